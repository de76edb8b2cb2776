"""The metric engine at Pagoda's size: full rebuild, nightly refresh at three lengths, every metric against SQL by hand.

    python -m bench.metrics [--scale 0.1] [--days 90] [--lengths 91,182,364] [--small 0.025] [--folder PATH]

Each refresh runs in a process of its own, whose most memory is told. On a shared machine processor time is the number.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.test_settings")
REPEATS = 3
QUICKEST = 0.02  # seconds: below it a ratio of two times says nothing


def _refresh(town: Path, store: Path, days: int) -> None:
    """One refresh in this process, told as JSON."""
    import django

    django.setup()
    from bench.pagoda import TownFeed
    from hearth.core.metrics import metrics
    from hearth.insight.services.columns import ColumnStore, refresh_columns

    feed = TownFeed(town, days)
    wall, processor = time.perf_counter(), time.process_time()
    manifest = refresh_columns(ColumnStore(store), feed, list(metrics), feed.today)
    print(json.dumps({
        "wall": time.perf_counter() - wall, "cpu": time.process_time() - processor, "through": manifest.through,
        "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }))  # fmt: skip


def _measured(what: str, town: Path, store: Path, days: int) -> None:
    command = [sys.executable, __file__, "--refresh", str(town), str(store), str(days)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    print(f"{what} days={days} facts={told['through']:,} wall={told['wall']:.1f}s cpu={told['cpu']:.1f}s "
          f"rss={told['rss']:.0f}MB (load {os.getloadavg()[0]:.1f})", flush=True)  # fmt: skip


def _by_hand(store_folder: Path, moment: int) -> None:
    """Every metric's processor time by that of the same metric in SQL by hand, and that both say the same."""
    import django

    django.setup()
    from hearth.core.metrics import metrics
    from hearth.insight.rules.measuring.evaluate import evaluable
    from hearth.insight.services.columns import ColumnStore
    from hearth.insight.services.columns.reading import GRAINS, log_of, statement
    from hearth.insight.tests.golden import by_hand

    for grain in GRAINS:
        ratios, ours, theirs, wrong = {}, 0.0, 0.0, []
        with log_of(ColumnStore(store_folder), grain, moment) as con:
            for metric in evaluable(list(metrics), grain):
                sides = {"ours": f"SELECT unit, value, n FROM ({statement(metric)})",
                         "hand": by_hand(metric.name, metric.nothing, metric.minimum, moment)}  # fmt: skip
                times, rows = _timed(con, sides)
                if not _equal(rows["ours"], rows["hand"]):
                    wrong.append(metric.name)
                ours, theirs = ours + times["ours"], theirs + times["hand"]
                ratios[metric.name] = (times["ours"] / max(times["hand"], QUICKEST), times["ours"], times["hand"])
        worst = sorted(ratios.items(), key=lambda one: -one[1][0])[:6]
        listed = ", ".join(f"{name} {ratio:.2f} ({a * 1000:.0f} / {b * 1000:.0f} ms)" for name, (ratio, a, b) in worst)
        over = sum(ratio > 1.5 for ratio, _, _ in ratios.values())
        print(f"by hand, {grain}: {len(ratios)} metrics, cpu {ours:.1f} / {theirs:.1f} s = {ours / theirs:.2f}, "
              f"over 1.5: {over}, other values: {wrong or 0}; most: {listed}", flush=True)  # fmt: skip


def _timed(con, sides: dict[str, str]) -> tuple[dict[str, float], dict[str, dict]]:
    times, rows = dict.fromkeys(sides, float("inf")), {}
    for _ in range(REPEATS):
        for side, statement in sides.items():
            begun = time.process_time()
            table = con.execute(statement).fetchall()
            times[side] = min(times[side], time.process_time() - begun)
            rows[side] = {unit: (value, n) for unit, value, n in table}
    return times, rows


def _equal(some: dict, others: dict) -> bool:
    return some.keys() == others.keys() and all(_near(some[unit], others[unit]) for unit in some)


def _near(one: tuple, other: tuple) -> bool:
    (value, n), (wanted, m) = one, other
    if value is None or wanted is None:
        return value is wanted and n == m
    return n == m and abs(value - wanted) <= 1e-9 * max(abs(wanted), 1e-3)


def main() -> None:
    """Run what is asked."""
    if sys.argv[1:2] == ["--refresh"]:
        _refresh(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
        return
    asked = argparse.ArgumentParser()
    asked.add_argument("--scale", type=float, default=0.1)
    asked.add_argument("--days", type=int, default=90)
    asked.add_argument("--lengths", default="91,182,364", help="whole weeks: nights of one weekday")
    asked.add_argument("--small", type=float, default=0.025, help="the scale at which lengths are compared")
    asked.add_argument("--folder", type=Path)
    told = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="pagoda-") as temporary:
        folder = told.folder or Path(temporary)
        _run(folder, told.scale, told.days, by_hand=True)
        for length in map(int, filter(None, told.lengths.split(","))):
            _run(folder, told.small, length, by_hand=False)


def _run(folder: Path, scale: float, days: int, *, by_hand: bool) -> None:
    from bench.pagoda import START, Town

    town, store = folder / f"town-{scale}-{days}", folder / f"columns-{scale}-{days}"
    Town(scale).write(town, days + 2)
    _measured(f"full rebuild, scale {scale}", town, store, days)
    for night in (1, 2):
        _measured(f"nightly refresh, scale {scale}", town, store, days + night)
    if by_hand:
        _by_hand(store, START + days + 2)


if __name__ == "__main__":
    main()

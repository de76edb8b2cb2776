"""How often alarms of change are false, and how soon they are right: run lengths in simulation.

    python bench/alarms.py [--write]

Daily counts with a weekday profile, Poisson or three times as variable, judged every day on what is known by then (84
days of what is usual, the last 28 watched). ``--write`` puts the table into ``docs/explanation/alarms.md``.
"""

import sys
from pathlib import Path

import numpy as np

from hearth.insight.rules.cusum import BASE, WATCHED, Side, watch

PAGE = Path(__file__).resolve().parent.parent / "docs" / "explanation" / "alarms.md"
PROFILE = np.array([1.2, 1.2, 1.1, 1.1, 1.0, 0.7, 0.7])
RUNS, HORIZON, LATER = 100, 728, 56
CHANGES: dict[Side, float] = {"falls": 0.4, "rises": 2.5}


def first_alarms(rate: float, side: Side, change: float, variance: int, horizon: int) -> np.ndarray:
    """Days until the first alarm of each run; ``horizon + 1`` when none came."""
    dice = np.random.default_rng(3)
    found = np.full(RUNS, horizon + 1)
    for run in range(RUNS):
        level = rate * np.tile(PROFILE, (BASE + WATCHED + horizon) // 7)
        level[BASE + WATCHED :] *= change
        counts = dice.poisson(level) if variance == 1 else dice.negative_binomial(level / (variance - 1), 1 / variance)
        for day in range(1, horizon + 1):
            if watch(counts[day : day + BASE + WATCHED], side) is not None:
                found[run] = day
                break
    return found


def main() -> None:
    """Print one line for each case; with ``--write`` keep them."""
    rows = ["| change | events a day | variance | days between false alarms | found in 28 days | median delay |"]
    rows.append("| --- | --- | --- | --- | --- | --- |")
    for side, change in CHANGES.items():
        for rate in (0.5, 2.0, 8.0):
            for variance in (1, 3):
                quiet = first_alarms(rate, side, 1.0, variance, HORIZON)
                alarms, days = int((quiet <= HORIZON).sum()), int(np.minimum(quiet, HORIZON).sum())
                between = f"{days / alarms:,.0f}" if alarms else f"more than {days:,}"
                moved = first_alarms(rate, side, change, variance, LATER)
                middle = float(np.median(moved))
                late = f"{middle:.0f} days" if middle <= LATER else f"more than {LATER}"
                word = f"falls to {change}" if side == "falls" else f"rises to {change}"
                row = (word, rate, f"{variance} × mean", between, f"{100 * (moved <= 28).mean():.0f} %", late)
                rows.append("| " + " | ".join(map(str, row)) + " |")
                print("alarms", *row)
    if "--write" in sys.argv:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition("<!-- measured -->")
        after = rest.partition("<!-- /measured -->")[2]
        table = "\n".join(rows)
        PAGE.write_text(f"{before}<!-- measured -->\n\n{table}\n\n<!-- /measured -->{after}", encoding="utf-8")


if __name__ == "__main__":
    main()

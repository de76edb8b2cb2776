"""``hearth metrics PATH``: every metric of an export, as a table, JSON or CSV. Needs no server and no database."""

import csv
import json
import sys
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.rules.headers import mapping_from_texts
from hearth.insight.queries.archive import read_archive
from hearth.insight.queries.numbers import compact
from hearth.insight.services.archive_metrics import WHOLE, ArchiveMetrics, ArchiveReading, measure_archive
from hearth.kit.clock import day_number, day_of_number
from hearth.kit.terminal import printable, say_what_can_be_said

SHOWN = 25
BRIEF = ("members", "authors_28d", "messages_28d", "starts_per_week", "questions", "questions_open", "newcomers")
INFERRED = "The archive carries no replies: who answers whom is inferred."


def archive_metrics(
    *,
    path: Path,
    group: str,
    at: str,
    format: str,  # noqa: A002
    mapping: list[str],
    as_json: bool,
    as_csv: bool,
) -> int:
    """Print the readings. 2 when the archive cannot be read, holds no talk, or has no such group."""
    say_what_can_be_said()
    try:
        day = day_number(date.fromisoformat(at)) + 1 if at else None
        log = read_archive(path, mapping_from_texts(*mapping), format=format or None, progress=_Told().read)
        found = measure_archive(log, day, _Told().step)
    except ValueError as problem:
        return _stop(f"--at or --map: {problem}")
    except ArchiveRefused as refused:
        return _stop(str(refused))
    except OSError as error:
        return _stop(f"{path}: {error.strerror or error}")
    readings = [one for one in found.readings if not group or group in (one.group, one.name)]
    if not readings:
        return _stop(
            f"There is no group called {group!r} that had begun by then." if group else "There is no talk here."
        )
    if as_json:
        sys.stdout.buffer.write(json.dumps(_plain(found, readings), ensure_ascii=False, indent=1).encode() + b"\n")
    elif as_csv:
        _csv(found, readings)
    else:
        _show(found, readings)
    return 0


class _Told:
    """Progress on stderr, a few times a second."""

    def __init__(self) -> None:
        self._last = 0.0

    def read(self, share: float, count: int) -> None:
        if time.monotonic() - self._last > 0.2:
            self._last = time.monotonic()
            typer.echo(f"\rreading {share:.0%}, {count:,} messages   ", nl=False, err=True)

    def step(self, step: str, done: int, total: int) -> None:
        typer.echo(f"\r{step} {done}/{total}                              ", nl=step == "metrics" and done >= total,
                   err=True)  # fmt: skip


def _row(one: ArchiveReading) -> dict[str, Any]:
    about = {"metric": one.metric.name, "version": one.metric.version, "unit": one.metric.unit}
    return about | {"value": one.value, "n": one.n, "note": one.note}


def _plain(found: ArchiveMetrics, readings: list[ArchiveReading]) -> dict[str, Any]:
    units: dict[str, dict[str, Any]] = {}
    for one in readings:
        units.setdefault(one.group, {"id": one.group, "name": one.name, "metrics": []})["metrics"].append(_row(one))
    whole = units.pop(WHOLE, None)
    about = {"before": day_of_number(found.day).isoformat(), "messages": found.messages, "replies": found.basis}
    return about | ({"whole": whole["metrics"]} if whole else {}) | {"groups": list(units.values())}


def _csv(found: ArchiveMetrics, readings: list[ArchiveReading]) -> None:
    rows = [{"group": one.group, "name": one.name, **_row(one)} for one in readings]
    writer = csv.DictWriter(sys.stdout, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)


def _show(found: ArchiveMetrics, readings: list[ArchiveReading]) -> None:
    console = Console()
    units: dict[str, list[ArchiveReading]] = defaultdict(list)
    for one in readings:
        units[one.group].append(one)
    last = day_of_number(found.day - 1)
    console.print(f"At the end of {last}, UTC. {found.messages:,} messages.", style="dim", highlight=False)
    if found.basis == "inferred":
        console.print(INFERRED, style="dim")
    if WHOLE in units or len(units) == 1:
        console.print(_every(units.pop(WHOLE if WHOLE in units else next(iter(units)))))
    if units:
        console.print(_brief(units))
        console.print("One group: --group NAME. Everything: --csv or --json.", style="dim")


def _every(readings: list[ArchiveReading]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("metric", "value", "unit", "n"):
        table.add_column(heading, justify="right" if heading in {"value", "n"} else "left")
    for one in readings:
        table.add_row(one.metric.name, _value(one), one.metric.unit, str(one.n))
    return table


def _brief(units: dict[str, list[ArchiveReading]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("group", no_wrap=True, overflow="ellipsis", max_width=28)
    for name in BRIEF:
        table.add_column(name, justify="right")
    for readings in list(units.values())[:SHOWN]:
        by_name = {one.metric.name: one for one in readings}
        table.add_row(printable(readings[0].name), *(_value(by_name[name]) for name in BRIEF))
    if len(units) > SHOWN:
        table.add_row(f"… and {len(units) - SHOWN} more")
    return table


def _value(one: ArchiveReading) -> str:
    return one.note.replace("_", " ") if one.value is None else compact(round(one.value, 4))


def _stop(why: str) -> int:
    typer.echo(printable(why), err=True)
    return 2

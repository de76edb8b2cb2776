"""``hearth metrics``: what the metrics of a community or a group say, for people and for programs."""

import csv
import json
import sys
from dataclasses import asdict
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from hearth.core.metrics import COMMUNITY
from hearth.core.models import Community
from hearth.core.tenancy import community_scope
from hearth.groups.queries import group_with_key
from hearth.insight.queries.numbers import compact
from hearth.insight.queries.readings import MetricReadings, readings_of
from hearth.insight.services.measuring import rebuild_metrics, refresh_metrics
from hearth.kit.terminal import say_what_can_be_said


def metrics(*, community: str, group: str, refresh: bool, rebuild: bool, as_json: bool, as_csv: bool) -> int:
    """Print the newest readings. 2 when there is no such community or group, or nothing was computed yet."""
    say_what_can_be_said()
    found = Community.objects.filter(key=community).first() if community else Community.objects.order_by("pk").first()
    if found is None:
        return _stop(f"There is no community called {community!r}.")
    with community_scope(found):
        unit = COMMUNITY
        if group:
            row = group_with_key(group)
            if row is None:
                return _stop(f"There is no group called {group!r} in {found.key}.")
            unit = row.pk
        if refresh or rebuild:
            (rebuild_metrics if rebuild else refresh_metrics)(_tell)
        told = readings_of("group", unit) if group else readings_of("community")
    if not any(one.readings for one in told):
        return _stop("Nothing was computed yet. Add --refresh.")
    rows = [_row(one) for one in told if one.metric.listed and not one.metric.waits]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif as_csv:
        writer = csv.DictWriter(sys.stdout, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    else:
        _show(rows)
    return 0


def _row(found: MetricReadings) -> dict[str, Any]:
    newest = found.newest
    reading = asdict(newest) if newest else {"day": None, "value": None, "n": 0, "note": "no_data"}
    about = {"metric": found.metric.name, "version": found.metric.version, "unit": found.metric.unit}
    return about | reading | {"day": newest.day.isoformat() if newest else ""}


def _show(rows: list[dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("metric", "value", "unit", "n", "as of"):
        table.add_column(heading, justify="right" if heading in {"value", "n"} else "left")
    for row in rows:
        shown = row["note"].replace("_", " ") if row["value"] is None else compact(round(row["value"], 4))
        table.add_row(row["metric"], shown, row["unit"], str(row["n"]), row["day"] or "")
    Console().print(table)


def _tell(step: str, done: int, total: int) -> None:
    typer.echo(f"\r{step} {done}/{total}   ", nl=done >= total, err=True)


def _stop(why: str) -> int:
    typer.echo(why, err=True)
    return 2

"""A metric as a row of a page: its value now, how it moved, its last quarter."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from hearth.core.metrics import Metric
from hearth.core.routing import link
from hearth.insight.queries.numbers import NOTES, compact, percent
from hearth.insight.queries.readings import MetricReadings, Reading

UNITS: dict[str, Any] = {
    "score": _("of 100"),
    "per day": _("a day"),
    "per week": _("a week"),
    "hours": _("hours"),
    "days": _("days"),
    "weeks": _("weeks"),
}
SEEDED: dict[str, Any] = {
    "organic": _("Members' own acts alone count; staff, schedules and bots are left out."),
    "seeded": _("Counts what staff, schedules, partners and bots did."),
    "both": _("Compares seeded with members' own messages."),
}
WEEKS_SHOWN = 13


@dataclass(frozen=True, slots=True)
class Line:
    """One metric as a row: its value now, against 28 days before, and its last quarter as a small picture."""

    metric: Metric
    title: str
    definition: str
    value: str
    unit: str
    why_missing: str
    change: str
    better: str
    spark: list[int]
    n: int
    url: str


def shown(metric: Metric, value: float | None) -> str:
    """A value as people read it, without its unit."""
    if value is None:
        return "–"
    if metric.name == "gini":
        return f"{value:.2f}"
    if metric.unit == "share":
        return percent(value)
    return compact(value)


def change_of(metric: Metric, now: Reading, before: Reading | None) -> tuple[str, str]:
    """The change in 28 days, and whether it is to the better: relative for counts, in points for shares."""
    if before is None or before.value is None or now.value is None:
        return "", ""
    if metric.unit == "share":
        moved = now.value - before.value
        size = f"{abs(100 * moved):.0f}"
        text = ngettext("{n} point", "{n} points", int(size))
    elif before.value:
        moved, text = now.value / before.value - 1, "{n} %"
        size = f"{abs(100 * moved):.0f}"
    else:
        return "", ""
    if size == "0":
        return "", ""
    better = "" if not metric.direction else "yes" if moved * metric.direction > 0 else "no"
    return f"{'▲' if moved > 0 else '▼'} {text.format(n=size)}", better


def line(found: MetricReadings, group: int) -> Line:
    """A row of the page."""
    metric, newest = found.metric, found.newest
    change, better = change_of(metric, newest, found.before) if newest else ("", "")
    values = [one.value for one in found.readings[-WEEKS_SHOWN:]]
    top = max((value for value in values if value is not None), default=0.0) or 1.0
    query = f"?group={group}" if group else ""
    return Line(
        metric,
        gettext(metric.title),
        f"{gettext(metric.definition)} {SEEDED[metric.seeded]}",
        shown(metric, newest.value if newest else None),
        str(UNITS.get(metric.unit, "")),
        gettext(NOTES[newest.note]) if newest and newest.note else "",
        change,
        better,
        [round(100 * max(value or 0.0, 0.0) / top) for value in values] if len(values) > 1 else [],
        newest.n if newest else 0,
        link("console:metric", metric.name) + query,
    )

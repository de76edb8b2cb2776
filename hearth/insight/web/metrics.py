"""The metrics pages: every number of the community or a group, and one metric over time."""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from hearth.core.metrics import COMMUNITY, Metric
from hearth.core.permissions import MANAGE_JOBS, may
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.core.work import open_job
from hearth.groups.queries import group_names
from hearth.insight.queries.numbers import NOTES, compact, percent
from hearth.insight.queries.readings import MetricReadings, Reading, measured_day, readings_of
from hearth.insight.web.again import begin
from hearth.insight.web.marking import marks_of
from hearth.kit.clock import day_of_number
from hearth.ui.charts import chart_data
from hearth.ui.lists.columns import Column
from hearth.ui.lists.export import csv_response
from hearth.ui.pages import page

FAMILIES = {
    "engagement": _("Engagement"),
    "activation": _("Activation"),
    "retention": _("Retention"),
    "value": _("Value"),
    "service": _("Service"),
    "belonging": _("Belonging"),
    "network": _("Network"),
    "acquisition": _("Acquisition"),
    "growth": _("Growth"),
    "order": _("Order"),
    "revenue": _("Revenue"),
}
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


def asked_group(request: HttpRequest) -> tuple[int, str]:
    """The group that was asked for and its name; (COMMUNITY, '') for the whole. 404 for a group that is not here."""
    raw = request.GET.get("group", "")
    if not raw:
        return COMMUNITY, ""
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 18 else 0
    names = group_names([number])
    if number not in names:
        raise Http404
    return number, best(names[number])


def found_of(group: int) -> list[MetricReadings]:
    """Every metric of a group, or of the community."""
    return readings_of("group", group) if group else readings_of("community")


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


def metrics_context(request: HttpRequest, group: int, name: str) -> dict[str, Any]:
    """What every page of metrics shows."""
    actor = request.actor  # type: ignore[attr-defined]
    day = measured_day()
    query = f"?group={group}" if group else ""
    return {
        "nav_active": "metrics",
        "group": group,
        "group_name": name,
        "group_url": link("console:group", group) if group else "",
        "query": query,
        "day": day_of_number(day) if day is not None else None,
        "may_refresh": may(actor, MANAGE_JOBS.key),
        "job": open_job(actor, "insight.refresh_metrics"),
    }


@require_safe
def overview(request: HttpRequest) -> HttpResponseBase:
    """Every metric of the community, or of ``?group=``, by family; also as ``?export=csv`` or ``json``."""
    group, name = asked_group(request)
    found = found_of(group)
    export = request.GET.get("export", "")
    if export == "csv":
        return csv_response("metrics", _columns(), _flat(found))
    if export == "json":
        return _json(found, group)
    told = [one for one in found if one.metric.listed and not one.metric.waits]
    families = [
        (title, [line(one, group) for one in told if one.metric.family == family]) for family, title in FAMILIES.items()
    ]
    waiting = [
        (gettext(one.metric.title), gettext(one.metric.definition), ", ".join(one.metric.waits_for))
        for one in found
        if one.metric.waits
    ]
    context = metrics_context(request, group, name) | {
        "page_title": gettext("Metrics"),
        "families": [(title, lines) for title, lines in families if lines],
        "waiting": waiting,
    }
    return page(request, "insight/console/metrics.html", context)


@require_safe
def one_metric(request: HttpRequest, metric_name: str) -> HttpResponse:
    """One metric over the weeks, with the period before beside it, its definition, and the table behind."""
    group, name = asked_group(request)
    found = next((one for one in found_of(group) if one.metric.name == metric_name), None)
    if found is None or found.metric.waits:
        raise Http404
    metric = found.metric
    percent = metric.unit == "share"
    scale = 100 if percent else 1

    def scaled(one: Reading | None) -> float | None:
        return None if one is None or one.value is None else round(scale * one.value, 2)

    values = [scaled(one) for one in found.readings]
    before = [scaled(found.before_place(at)) for at in range(len(values))]
    rows = [(one.day.isoformat(), value, old) for one, value, old in zip(found.readings, values, before, strict=True)]
    marks = marks_of([one.day for one in found.readings], group or None)
    chart = chart_data(
        [gettext("As of"), gettext(metric.title), gettext("Four weeks earlier")],
        rows,
        unit="%" if percent else UNITS.get(metric.unit, ""),
        previous=2,
        marks=[{"at": one.at.isoformat(), "label": str(one.number), "text": one.text} for one in marks],
    )
    context = metrics_context(request, group, name) | {
        "page_title": gettext(metric.title),
        "line": line(found, group),
        "chart": chart if sum(value is not None for value in values) > 1 else None,  # one point draws nothing
        "marks": marks,
        "metric": metric,
        "seeded": SEEDED[metric.seeded],
    }
    return page(request, "insight/console/metric_page.html", context)


@require_POST
def refresh_metrics(request: HttpRequest) -> HttpResponse:
    """Compute them again, as long work."""
    begin(request, "insight.refresh_metrics")
    return redirect(link("console:metrics"))


def _columns() -> list[Column]:
    names = ("metric", "version", "title", "day", "value", "n", "note", "unit")
    return [Column(name, name, value=itemgetter(name)) for name in names]


def _flat(found: list[MetricReadings]) -> Iterator[dict[str, Any]]:
    for one in found:
        for reading in one.readings:
            yield {
                "metric": one.metric.name,
                "version": one.metric.version,
                "title": gettext(one.metric.title),
                "day": reading.day,
                "value": reading.value,
                "n": reading.n,
                "note": reading.note,
                "unit": one.metric.unit,
            }


def _json(found: list[MetricReadings], group: int) -> HttpResponse:
    rows = [{**row, "day": row["day"].isoformat()} for row in _flat(found)]
    response = JsonResponse({"group": group or None, "readings": rows}, json_dumps_params={"ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="metrics.json"'
    response.headers["Cache-Control"] = "no-store"
    return response

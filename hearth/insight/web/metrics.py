"""The metrics pages: every number of the community or a group, and one metric over time."""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from hearth.core.lists import listed
from hearth.core.metrics import COMMUNITY
from hearth.core.permissions import MANAGE_JOBS, may
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.core.work import open_job
from hearth.groups.queries import group_names
from hearth.insight.access import SET_GOALS
from hearth.insight.queries.goals import Judged, judged, open_goal
from hearth.insight.queries.readings import MetricReadings, measured_day, readings_of
from hearth.insight.web.again import begin
from hearth.insight.web.marking import Mark, marks_of
from hearth.insight.web.metric_lines import SEEDED, UNITS, line
from hearth.insight.web.presenting_goals import goal_row
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
        (gettext(one.metric.title), gettext(one.metric.definition), listed(one.metric.waits_for))
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
    marks = marks_of([one.day for one in found.readings], group or None)
    goal = next(iter(judged(filter(None, [open_goal(metric.name, group)]))), None)
    context = metrics_context(request, group, name) | {
        "page_title": gettext(metric.title),
        "line": line(found, group),
        "chart": _chart(found, goal, marks),
        "marks": marks,
        "metric": metric,
        "seeded": SEEDED[metric.seeded],
        "goal": goal_row(goal) if goal else None,
        "may_set": may(request.actor, SET_GOALS.key),  # type: ignore[attr-defined]
    }
    return page(request, "insight/console/metric_page.html", context)


def _chart(found: MetricReadings, goal: Judged | None, marks: Sequence[Mark]) -> dict[str, Any] | None:
    """The weeks with the period before and the goal beside them. None for a single point, which draws nothing."""
    metric = found.metric
    scale = 100 if metric.unit == "share" else 1

    def scaled(value: float | None) -> float | None:
        return None if value is None else round(scale * value, 2)

    values = [scaled(one.value) for one in found.readings]
    if sum(value is not None for value in values) < 2:
        return None
    columns = [gettext("As of"), gettext(metric.title), gettext("Four weeks earlier")]
    aim: tuple[float | None, ...] = ()
    if goal is not None:
        columns.append(gettext("Goal"))
        aim = (scaled(goal.goal.value),)
    earlier = [found.before_place(at) for at in range(len(values))]
    return chart_data(
        columns,
        [
            (one.day.isoformat(), value, scaled(before.value if before else None), *aim)
            for one, value, before in zip(found.readings, values, earlier, strict=True)
        ],
        unit="%" if metric.unit == "share" else UNITS.get(metric.unit, ""),
        previous=2,
        marks=[{"at": one.at.isoformat(), "label": str(one.number), "text": one.text} for one in marks],
    )


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

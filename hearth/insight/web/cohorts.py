"""Who stays: retention by week of joining and the funnel from joining on, as pictures with their tables."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from hearth.insight.queries.cohorts import Cohort, cohorts_of, funnel_of
from hearth.insight.queries.numbers import percent
from hearth.insight.queries.readings import MetricReadings
from hearth.insight.web.metrics import asked_group, found_of, metrics_context
from hearth.ui.charts import chart_data
from hearth.ui.lists.columns import Column
from hearth.ui.lists.export import csv_response
from hearth.ui.pages import page

Step = tuple[MetricReadings, int]


@require_safe
def cohorts(request: HttpRequest) -> HttpResponseBase:
    """Cohorts and funnel of the community, or of ``?group=``; also as ``?export=cohorts`` or ``funnel`` (CSV)."""
    group, name = asked_group(request)
    found = found_of(group)
    weeks, steps = cohorts_of(found), funnel_of(found)
    export = request.GET.get("export", "")
    if export == "cohorts":
        return csv_response(
            "cohorts", _columns("joined_in_week", "members", "weeks_since", "share", "note"), _flat(weeks)
        )
    if export == "funnel":
        return csv_response("funnel", _columns("step", "title", "members", "share"), _flat_steps(steps))
    context = metrics_context(request, group, name) | {
        "page_title": gettext("Who stays"),
        "cohorts": cohort_chart(weeks),
        "few": sum(not one.shares for one in weeks),
        "funnel": funnel_chart(steps),
        "steps": [(gettext(one.metric.title), gettext(one.metric.definition)) for one, _n in steps],
    }
    return page(request, "insight/console/cohorts.html", context)


def cohort_chart(weeks: list[Cohort]) -> dict[str, Any] | None:
    """A heat table, weeks since joining by week of joining; None where no week has five who joined."""
    if not any(one.shares for one in weeks):
        return None
    rows: list[tuple[str, str, int | None]] = []
    for one in weeks:
        cells = [(str(since), _named(one), round(100 * share)) for since, share in one.shares]
        rows += cells or [("0", _named(one), None)]
    columns = [gettext("Weeks since"), gettext("Joined in the week from · members"), gettext("Active")]
    return chart_data(columns, rows, unit="%", labels=True)


def _named(one: Cohort) -> str:
    day = f"{one.week:%m-%d}"  # short, so that the picture has room on a phone
    return f"{day} · {one.members}" if one.shares else gettext("%(day)s: too few") % {"day": day}


def funnel_chart(steps: list[Step]) -> dict[str, Any] | None:
    """The steps with their shares of those who joined; None where too few joined."""
    if not steps:
        return None
    first = steps[0][1]
    rows = [(gettext(one.metric.title), n, percent(n / first)) for one, n in steps]
    return chart_data([gettext("Step"), gettext("Members"), gettext("Of those who joined")], rows)


def _columns(*names: str) -> list[Column]:
    return [Column(name, name, value=itemgetter(name)) for name in names]


def _flat(weeks: list[Cohort]) -> Iterator[dict[str, Any]]:
    for one in weeks:
        week = {"joined_in_week": one.week, "members": one.members if one.shares else None}
        for since, share in one.shares:
            yield {**week, "weeks_since": since, "share": share, "note": ""}
        if not one.shares:
            yield {**week, "weeks_since": None, "share": None, "note": "too_few"}


def _flat_steps(steps: list[Step]) -> Iterator[dict[str, Any]]:
    for one, n in steps:
        yield {
            "step": one.metric.name, "title": gettext(one.metric.title), "members": n, "share": n / steps[0][1],
        }  # fmt: skip

"""The routes of metrics: catalogue and readings, as JSON and CSV."""

from collections.abc import Iterator, Sequence
from datetime import date
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext

from hearth.core.api import Answer, BadParameter, Parameter, operation
from hearth.core.errors import NotFound
from hearth.core.metrics import COMMUNITY, FEW, Metric, metrics
from hearth.core.texts import best
from hearth.groups.queries import groups_after
from hearth.insight.api.answers import Catalogue, Definition, Fill, GroupName, Point, Readings, Reason, Series
from hearth.insight.queries.readings import Published, Reading, published_state, series_of, state_of, today_of_community
from hearth.kit.clock import day_of_number
from hearth.ui.lists.columns import Column
from hearth.ui.lists.export import csv_response

PAGE, MOST = 50, 200
COLUMNS = ("metric", "version", "unit", "group", "group_key", "group_name", "day", "value", "n", "reason", "as_of")
NAMED = "members"  # how many people a group has is no news of any one of them
FORMAT = Parameter("format", "word", "How to answer.", default="json", choices=("json", "csv"))


@operation("List the metrics", answer=Catalogue)
def catalogue(request: HttpRequest, given: dict[str, Any]) -> Answer:
    """Every metric that is declared, with its definition in the language asked for.

    A metric that waits for its facts is listed too, and says which.
    """
    fill = published_state()
    mark = (fill, [(metric.name, metric.version) for metric in metrics])
    return Answer(mark, lambda: Catalogue(_key(request), _fill(fill), [_definition(metric) for metric in metrics]))


@operation(
    "Read a metric over time",
    answer=Readings,
    parameters=(
        Parameter(
            "of", "word", "The community as a whole, or each of its groups.",
            default="community", choices=("community", "groups"),
        ),
        Parameter("group", "number", "One group, by its id."),
        Parameter("since", "day", "The first day, as 2026-01-31."),
        Parameter("until", "day", "The last day."),
        Parameter("limit", "number", "Groups on a page.", default=PAGE, high=MOST),
        Parameter("after", "number", "The group after which the page begins; `next` holds it.", default=0, low=0),
        FORMAT,
    ),
    also_csv=True,
)  # fmt: skip
def readings(request: HttpRequest, given: dict[str, Any], metric_name: str) -> Answer:
    """The readings of the Mondays of a year and of the newest day: of the community, of one group, or of all by pages.

    The community is computed as a unit of its own; never add groups up, members of several would count twice. As CSV
    all groups come at once, from `after` on.
    """
    metric = metrics.get(metric_name)
    if metric is None:
        raise NotFound()
    fill = state_of(metric)
    by_group = given["group"] is not None or given["of"] == "groups"
    if ("group" if by_group else "community") not in metric.grains:
        raise BadParameter("group" if given["group"] is not None else "of", " | ".join(metric.grains))
    if given["format"] == "csv":
        groups = _groups(given, None) if by_group else []
        rows = _rows(metric, fill, groups, given, by_group=by_group)
        columns = [Column(name, name, value=itemgetter(name)) for name in COLUMNS]
        return Answer((fill, metric.version, groups), lambda: csv_response(metric.name, columns, rows))
    groups = _groups(given, given["limit"] + 1) if by_group else []
    page, more = groups[: given["limit"]], len(groups) > given["limit"]

    def make() -> Readings:
        found = _series(metric, fill, page, given) if by_group else [_whole(metric, fill, given)]
        following = _following(request, page[-1].id) if more else None
        return Readings(_key(request), _fill(fill), _definition(metric), found, following)

    return Answer((fill, metric.version, page, more), make)


def _key(request: HttpRequest) -> str:
    return str(request.community.key)  # type: ignore[attr-defined]


def _fill(found: Published) -> Fill:
    as_of = day_of_number(found.day) if found.day is not None else None
    return Fill(found.state, as_of, found.number, found.facts_through)


def _definition(metric: Metric) -> Definition:
    return Definition(
        metric.name,
        metric.version,
        gettext(metric.title),
        gettext(metric.definition),
        metric.family,
        metric.unit,
        None if metric.direction == 0 else "more" if metric.direction > 0 else "less",
        metric.window_days,
        metric.minimum,
        metric.seeded,
        list(metric.grains),
        metric.history,
        list(metric.waits_for),
    )


def _groups(given: dict[str, Any], limit: int | None) -> list[GroupName]:
    """The groups of a page; the one asked for. Raises NotFound for a group that is not here."""
    one = given["group"]
    found = groups_after(one - 1, 1) if one is not None else groups_after(given["after"], limit)
    if one is not None and [group_id for group_id, _key, _names in found] != [one]:
        raise NotFound()
    return [GroupName(group_id, key, best(names)) for group_id, key, names in found]


def _whole(metric: Metric, fill: Published, given: dict[str, Any]) -> Series:
    found = series_of(metric, "community", [COMMUNITY], given["since"], given["until"])
    return Series(None, _points(metric, fill, found.get(COMMUNITY, [])))


def _series(metric: Metric, fill: Published, groups: Sequence[GroupName], given: dict[str, Any]) -> list[Series]:
    ids = [group.id for group in groups]
    found = series_of(metric, "group", ids, given["since"], given["until"])
    small = _small(ids) if metric.name != NAMED else set()
    return [
        Series(group, _points(metric, fill, found.get(group.id, []), withheld=group.id in small)) for group in groups
    ]


def _small(ids: list[int]) -> set[int]:
    """Groups of too few people to be broken down; those whose size nobody has counted yet, too."""
    day = published_state().day
    sizes = series_of(metrics[NAMED], "group", ids, day, day)
    return {one for one in ids if one not in sizes or (sizes[one][-1].value or 0) < FEW}


def _points(metric: Metric, fill: Published, found: list[Reading], *, withheld: bool = False) -> list[Point]:
    """Readings as they are told; where there can be none, one point of today that says why."""
    why = _why_none(metric, fill)
    if why is not None:
        return [Point(day_of_number(fill.day or today_of_community()), None, None, why)]
    if withheld:
        return [Point(one.day, None, None, "small_group") for one in found]
    return [Point(one.day, one.value, one.n, one.note or None) for one in found]  # type: ignore[arg-type]


def _why_none(metric: Metric, fill: Published) -> Reason | None:
    if metric.waits_for:
        return "waiting_for_facts"
    return fill.state if fill.state in {"not_computed", "damaged"} else None  # type: ignore[return-value]


def _following(request: HttpRequest, after: int) -> str:
    asked = {name: value for name, value in request.GET.items() if name != "after"}
    return f"{request.path}?{urlencode(asked | {'after': after})}"


def _rows(
    metric: Metric, fill: Published, groups: list[GroupName], given: dict[str, Any], *, by_group: bool
) -> Iterator[dict[str, Any]]:
    """All of them for CSV, read page by page."""
    about = {"metric": metric.name, "version": metric.version, "unit": metric.unit, "as_of": _fill(fill).as_of}
    pages = (
        (_series(metric, fill, groups[start : start + MOST], given) for start in range(0, len(groups), MOST))
        if by_group
        else iter([[_whole(metric, fill, given)]])
    )
    for page in pages:
        for one in page:
            name = one.group
            of = {"group": name and name.id, "group_key": name and name.key, "group_name": name and name.name}
            for point in one.readings:
                day: date = point.day
                yield about | of | {"day": day, "value": point.value, "n": point.n, "reason": point.reason}

"""Networks and maps as charts: what to draw, and the table behind."""

from collections import Counter, defaultdict
from typing import Any

from django.utils.translation import gettext

from hearth.core.routing import link
from hearth.core.texts import best
from hearth.insight.queries.fleet import MapPoint
from hearth.insight.queries.people import Picture
from hearth.ui.charts import chart_data
from hearth.ui.types import TEMPERATURES

LEAST = 5  # fewer in a picture would point at single ones


def network_chart(picture: Picture | None, *, named: bool) -> dict[str, Any] | None:
    """A reply network; None where too few take part. Without ``named`` nobody is named, and the table is of circles."""
    if picture is None or len(picture.nodes) < LEAST:
        return None
    place = {node.member_id: str(at) for at, node in enumerate(picture.nodes)}
    nodes: list[dict[str, Any]] = [
        {"id": place[node.member_id], "name": node.name, "value": node.replies, "group": node.part}
        if named
        else {
            "id": place[node.member_id],
            "name": gettext("Circle %(n)s") % {"n": node.part + 1},
            "value": node.replies,
            "group": node.part,
            "unnamed": True,
        }
        for node in picture.nodes
    ]
    return chart_data(
        *(_pairs(picture) if named else _circles(picture)),
        nodes=nodes,
        links=[{"source": place[one], "target": place[other], "value": n} for one, other, n in picture.edges],
        links_to=[link("console:member", node.member_id) for node in picture.nodes] if named else (),
    )


def _pairs(picture: Picture) -> tuple[list[str], list[tuple[str, str, int]]]:
    names = {node.member_id: node.name for node in picture.nodes}
    strongest = sorted(picture.edges, key=lambda edge: -edge[2])
    rows = [(names[one], names[other], n) for one, other, n in strongest]
    return [gettext("One"), gettext("Other"), gettext("Replies")], rows


def _circles(picture: Picture) -> tuple[list[str], list[tuple[str, int, int]]]:
    members = Counter(node.part for node in picture.nodes)
    part = {node.member_id: node.part for node in picture.nodes}
    replies: dict[int, int] = defaultdict(int)
    for one, other, n in picture.edges:
        if part[one] == part[other]:
            replies[part[one]] += n
    rows = [(gettext("Circle %(n)s") % {"n": at + 1}, count, replies[at]) for at, count in sorted(members.items())]
    return [gettext("Circle"), gettext("Members"), gettext("Replies within")], rows


def map_chart(points: list[MapPoint]) -> dict[str, Any] | None:
    """Groups by what members write of their own accord and the risk of silence; None where none can be placed."""
    if not points:
        return None
    columns = [
        gettext("Group"),
        gettext("Members' own messages a day"),
        gettext("Risk of silence, %"),
        gettext("Members"),
        gettext("Would remain without feeding, a day"),
        gettext("Dependence on feeding, %"),
    ]
    rows = [
        (
            best(one.name),
            round(one.level, 1),
            round(100 * one.risk),
            one.members,
            None if one.remains is None else round(one.remains, 1),
            None if one.dependence is None else round(100 * one.dependence),
        )
        for one in points
    ]
    return chart_data(
        columns,
        rows,
        levels=[TEMPERATURES[one.stage].level for one in points],
        sizes=[one.members for one in points],
        links_to=[link("console:group", one.group_id) for one in points],
    )

"""When groups were opened, closed, opened again and given norms: what a picture over time is marked with."""

from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from hearth.groups.models import Group, GroupClosure, Norms


class Moment(NamedTuple):
    """What happened on a day (in the zone asked for), how often: ``opened``, ``closed``, ``reopened`` or ``norms``."""

    day: date
    kind: str
    times: int


def moments_since(since: datetime, zone: ZoneInfo, group_id: int | None = None) -> list[Moment]:
    """Of every group or of one, in no order: four queries, at most a row for each day and kind."""
    one = Q() if group_id is None else Q(group=group_id)
    opened = Group.objects.filter(Q() if group_id is None else Q(pk=group_id))
    closures = GroupClosure.objects.filter(one)
    norms = Norms.objects.filter(one, version__gt=1)  # the first come with the group
    return [
        *_counted(opened, "opened_at", "opened", since, zone),
        *_counted(closures, "at", "closed", since, zone),
        *_counted(closures, "reopened_at", "reopened", since, zone),
        *_counted(norms, "at", "norms", since, zone),
    ]


def _counted(rows: QuerySet[Any], column: str, kind: str, since: datetime, zone: ZoneInfo) -> list[Moment]:
    days = rows.filter(**{f"{column}__gte": since}).order_by().annotate(day=TruncDate(column, tzinfo=zone))
    return [Moment(day, kind, times) for day, times in days.values_list("day").annotate(n=Count("pk"))]

"""The newest readings beside rows of groups: for lists that sort and filter by them, and for the day's overview."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from hearth.core.texts import best
from hearth.insight.models import GroupPulse
from hearth.insight.queries.pulse import reading_of
from hearth.insight.rules.stages import ORDER
from hearth.insight.types import GroupDiagnosis, Stage
from hearth.kit.clock import now

COLUMNS = ("stage", "heat", "risk", "authors_28d", "messages_28d", "open_questions", "since", "measured_at", "codes")
COLD = (Stage.DEAD, Stage.DORMANT, Stage.DECLINING)
LATELY = timedelta(days=14)


def with_pulse(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows of groups with the columns of their newest reading (see COLUMNS); None where there is none yet."""
    newest = GroupPulse.objects.filter(group=OuterRef("pk"))
    return rows.annotate(**{name: Subquery(newest.values(name)[:1]) for name in COLUMNS})


def count_by_stage() -> dict[str, int]:
    """How many groups are in each stage: one query."""
    rows = GroupPulse.objects.order_by().values("stage").annotate(n=Count("pk"))
    return {row["stage"]: row["n"] for row in rows}


def weeks_of(group_ids: Collection[int], count: int = 13) -> dict[int, list[int]]:
    """Messages a week of each group over the last ``count`` weeks, the oldest first: one query."""
    rows = GroupPulse.objects.filter(group_id__in=group_ids).values_list("group_id", "reading__weeks__messages")
    return {group_id: list(weeks or ())[-count:] for group_id, weeks in rows}


def sum_of_open_questions() -> int:
    """Open questions over all groups, as last measured."""
    return GroupPulse.objects.aggregate(n=Sum("open_questions"))["n"] or 0


def last_measured() -> datetime | None:
    """When groups were last measured."""
    return GroupPulse.objects.order_by("-measured_at").values_list("measured_at", flat=True).first()


@dataclass(frozen=True, slots=True)
class Cooled:
    """A group that passed into a colder stage lately, with its reading."""

    group_id: int
    name: str
    stage: str
    before: str
    since: datetime
    reading: GroupDiagnosis


def cooled_lately(limit: int = 20) -> tuple[list[Cooled], int]:
    """Groups that became colder in the last two weeks and still are, and those of one's own that were cooling when they
    were first measured (imported ones are history), the earliest first, and how many: one query
    (two past the limit).
    """
    colder = Q(came_from="", stage=Stage.DECLINING.value, group__source="")
    for stage, heat in ORDER.items():
        colder |= Q(came_from=stage.value, heat__lt=heat)
    rows = GroupPulse.objects.filter(colder, since__gte=now() - LATELY, stage__in=[stage.value for stage in COLD])
    found = list(rows.select_related("group").order_by("since", "pk")[: limit + 1])
    total = len(found) if len(found) <= limit else rows.count()
    return [
        Cooled(row.group_id, best(row.group.name), row.stage, row.came_from, row.since, reading_of(row))
        for row in found[:limit]
    ], total


def warmed_lately(limit: int) -> list[tuple[str, str, str]]:
    """Groups that became warmer in the last two weeks and still are: (name, stage before, stage), the newest first; one
    query.
    """
    warmer = Q(pk__in=[])
    for stage, heat in ORDER.items():
        warmer |= Q(came_from=stage.value, heat__gt=heat)
    rows = GroupPulse.objects.filter(warmer, since__gte=now() - LATELY).exclude(stage=Stage.COMPLETED.value)
    found = rows.order_by("-since", "pk").values_list("group__name", "came_from", "stage")[:limit]
    return [(best(name), before, stage) for name, before, stage in found]


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A group's place on the map: members' own messages a day now, the risk of silence, and where it can be told what
    would remain without feeding (a day) and the share that would vanish.
    """

    group_id: int
    name: dict[str, Any]
    stage: str
    members: int
    level: float
    risk: float
    remains: float | None
    dependence: float | None


def map_of_groups(limit: int) -> tuple[list[MapPoint], int, int]:
    """The groups most at risk, how many have a risk, and how many there are: three queries. Those without a risk are
    too young, too small or already silent.
    """
    placed = GroupPulse.objects.filter(risk__isnull=False)
    chosen = list(placed.order_by("-risk", "pk").values_list("pk", flat=True)[:limit])
    rows = GroupPulse.objects.filter(pk__in=chosen).order_by("-risk", "pk")
    found = rows.values_list(
        "group_id", "group__name", "stage", "reading__members", "risk", "reading__energy", "messages_28d"
    )
    counts = GroupPulse.objects.aggregate(all=Count("pk"), placed=Count("risk"))
    return [_point(*row) for row in found], counts["placed"], counts["all"]


def _point(
    group_id: int, name: dict[str, Any], stage: str, members: int, risk: float, energy: Any, messages: int
) -> MapPoint:
    told = energy or {}
    remains, dependence = (told.get(key) for key in ("remains", "dependence"))
    level = told["level"] if told else messages / 28
    return MapPoint(
        group_id,
        name,
        stage,
        members,
        level,
        risk,
        remains["value"] if remains else None,
        dependence["value"] if dependence else None,
    )


def stages_of(group_ids: Collection[int]) -> dict[int, str]:
    """Group id → stage, where measured."""
    return dict(GroupPulse.objects.filter(group_id__in=set(group_ids)).values_list("group_id", "stage"))

"""Goals with the readings they are judged by."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from hearth.core.metrics import COMMUNITY, Grain, Metric, metrics
from hearth.groups.access import is_shut
from hearth.insight.models import Goal
from hearth.insight.queries.readings import Reading, series_of, today_of_community
from hearth.insight.rules.goals import Value, standing
from hearth.insight.types import Bound, GoalState
from hearth.kit.clock import day_of_number, now

QUARTER = timedelta(days=91)  # how far back a goal is judged


@dataclass(frozen=True, slots=True)
class Judged:
    """An open goal with its metric's readings of the last quarter, the oldest first, and how it stands by them."""

    goal: Goal
    metric: Metric
    readings: tuple[Reading, ...]

    @property
    def bound(self) -> Bound:
        """The side from which it is reached."""
        return Bound(self.goal.bound)

    @property
    def begins(self) -> date:
        """From when it counts."""
        return self.goal.due or self.goal.set_on

    @property
    def values(self) -> list[Value]:
        """The readings that have a value."""
        return [(one.day, one.value) for one in self.readings if one.value is not None]

    @property
    def state(self) -> GoalState:
        """How it stands; unknown too where the newest reading has no value."""
        if not self.readings or self.readings[-1].value is None:
            return GoalState.UNKNOWN
        return standing(self.bound, self.goal.value, self.begins, self.values)


def open_goals() -> QuerySet[Goal]:
    """The goals that count or are coming: the community's first, then by group; a closed group's come back with it."""
    there = Goal.objects.filter(~is_shut("group"), ended_at=None)
    return there.select_related("group").order_by("group_id", "metric")


def open_goal(metric: str, group: int) -> Goal | None:
    """The goal of a metric in a group, or in the community."""
    return open_goals().filter(metric=metric, group=group or None).first()


def judged(goals: Iterable[Goal]) -> list[Judged]:
    """Goals with their readings: one piece of the published file for each metric. A metric that is gone is left out."""
    wanted: dict[tuple[Metric, Grain], list[Goal]] = defaultdict(list)
    ordered = list(goals)
    if not ordered:
        return []
    for goal in ordered:
        metric = metrics.get(goal.metric)
        if metric is not None and not metric.waits:
            wanted[metric, "group" if goal.group_id else "community"].append(goal)
    first = today_of_community() - QUARTER.days
    found = {}
    for (metric, grain), some in wanted.items():
        series = series_of(metric, grain, [goal.group_id or COMMUNITY for goal in some], first)
        for goal in some:
            found[goal.pk] = Judged(goal, metric, tuple(series.get(goal.group_id or COMMUNITY, ())))
    return [found[goal.pk] for goal in ordered if goal.pk in found]


def told_misses(limit: int) -> tuple[list[Judged], int]:
    """Goals whose miss was told and that nobody has put off, the longest missed first; and how many there are."""
    rows = open_goals().exclude(told_at=None).exclude(missed_since=None)
    rows = rows.filter(Q(rests_until=None) | Q(rests_until__lte=now())).order_by("missed_since", "pk")
    found = list(rows[: limit + 1])
    total = len(found) if len(found) <= limit else rows.count()
    return judged(found[:limit]), total


def today() -> date:
    """The community's present day."""
    return day_of_number(today_of_community())

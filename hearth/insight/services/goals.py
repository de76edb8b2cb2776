"""Goals on metrics: set, ended, put off; judged by the readings that every page shows."""

import math
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from hearth.core import audit
from hearth.core.errors import Refusal
from hearth.core.facts import emit
from hearth.core.metrics import metrics
from hearth.core.permissions import Actor, demand
from hearth.insight.access import SET_GOALS
from hearth.insight.facts import GoalEnded, GoalMissed, GoalReached, GoalSet
from hearth.insight.models import Goal
from hearth.insight.queries.goals import Judged, judged, open_goals, today
from hearth.insight.rules.goals import is_news, missed_since
from hearth.insight.services.alarms import budget_left
from hearth.insight.types import Bound, GoalState
from hearth.kit.clock import now

if TYPE_CHECKING:
    from hearth.groups.models import Group

REST = timedelta(days=7)


@transaction.atomic
def set_goal(
    actor: Actor,
    metric: str,
    group: "Group | None",
    *,
    bound: Bound,
    value: float,
    due: date | None = None,
    why: str = "",
) -> Goal:
    """Say what a metric shall reach, in its own unit (a share from 0 to 1); the goal it had there ends.

    Raises NotAllowed, Refusal for a metric that has no readings there, a value that cannot be, or a day
    that is over.
    """
    demand(actor, SET_GOALS.key)
    declared = metrics.get(metric)
    if declared is None or declared.waits or ("group" if group else "community") not in declared.grains:
        raise Refusal("This metric is not computed here.", field="metric")
    if not math.isfinite(value) or value < 0 or (declared.unit == "share" and value > 1):
        raise Refusal("This metric cannot have such a value.", field="value")
    if due is not None and due < today():
        raise Refusal("The day must not lie in the past.", field="due")
    before = Goal.objects.filter(metric=metric, group=group, ended_at=None).first()
    if before is not None:
        _end(actor, before)
    goal = Goal(
        metric=metric, group=group, bound=bound.value, value=value, due=due, why=why.strip()[:200],
        set_at=now(), set_on=today(), set_by=actor.ref,
    )  # fmt: skip
    try:
        with transaction.atomic():
            goal.save()
    except IntegrityError:
        raise Refusal("Somebody else set this goal at the same moment. Look at theirs first.") from None
    _tell_set(actor, goal)
    audit.record(
        actor, "goal_set", _subject(goal), before=_plain(before) if before else None, after=_plain(goal), why=why
    )
    return goal


@transaction.atomic
def end_goal(actor: Actor, goal: Goal) -> None:
    """Let a goal count no more. Raises NotAllowed."""
    demand(actor, SET_GOALS.key)
    if goal.ended_at is None:
        _end(actor, goal)
        audit.record(actor, "goal_ended", _subject(goal), before=_plain(goal))


@transaction.atomic
def reopen_goal(actor: Actor, goal: Goal) -> None:
    """Take the ending back. Raises NotAllowed, Refusal where another goal took its place."""
    demand(actor, SET_GOALS.key)
    if goal.ended_at is None:
        return
    if Goal.objects.filter(metric=goal.metric, group=goal.group_id, ended_at=None).exists():
        raise Refusal("There is a newer goal for this metric.")
    goal.ended_at, goal.ended_by = None, ""
    goal.save(update_fields=["ended_at", "ended_by"])
    _tell_set(actor, goal)
    audit.record(actor, "goal_set", _subject(goal), after=_plain(goal))


@transaction.atomic
def put_off(actor: Actor, goal: Goal) -> None:
    """Let a missed goal rest for a week. Raises NotAllowed."""
    demand(actor, SET_GOALS.key)
    goal.rests_until = now() + REST
    goal.save(update_fields=["rests_until"])


@transaction.atomic
def judge_goals(moment: datetime) -> None:
    """After a refresh: keep since when each goal is missed, tell what was reached, and misses within the budget."""
    news = []
    for one in judged(open_goals()):
        goal = one.goal
        if one.state is GoalState.UNKNOWN:
            continue
        since = missed_since(one.bound, goal.value, one.begins, one.values)
        # A miss that began before the quarter that is looked at keeps its first day.
        goal.missed_since = since and min(since, goal.missed_since or since)
        if one.state is GoalState.REACHED:
            goal.told_at = goal.rests_until = None
            if goal.reached_on is None:
                _tell_reached(one)
        elif is_news(goal.missed_since, one.readings[-1].day):
            goal.reached_on = None
            news.append(one)
        goal.save(update_fields=["missed_since", "reached_on", "told_at", "rests_until"])
    _tell_missed(news, moment)


def _tell_reached(one: Judged) -> None:
    goal, (day, value) = one.goal, one.values[-1]
    goal.reached_on = day
    if day > goal.set_on:  # reached when it was set is no news
        told = GoalReached(goal=goal.pk, metric=goal.metric, group=goal.group_id, reading=value)
        emit(told, subject=_subject(goal))


def _tell_missed(news: list[Judged], moment: datetime) -> None:
    waiting = [one for one in news if one.goal.told_at is None]
    for one in sorted(waiting, key=lambda one: (one.goal.missed_since, one.goal.pk))[: budget_left(moment)]:
        goal = one.goal
        goal.told_at = moment
        goal.save(update_fields=["told_at"])
        told = GoalMissed(goal=goal.pk, metric=goal.metric, group=goal.group_id, reading=one.values[-1][1])
        emit(told, subject=_subject(goal))


def _tell_set(actor: Actor, goal: Goal) -> None:
    told = GoalSet(
        goal=goal.pk, metric=goal.metric, group=goal.group_id, bound=goal.bound, value=goal.value,
        due=goal.due.isoformat() if goal.due else None,
    )  # fmt: skip
    emit(told, actor=actor, subject=_subject(goal))


def _end(actor: Actor, goal: Goal) -> None:
    goal.ended_at, goal.ended_by = now(), actor.ref
    goal.save(update_fields=["ended_at", "ended_by"])
    emit(GoalEnded(goal=goal.pk, metric=goal.metric, group=goal.group_id), actor=actor, subject=_subject(goal))


def _subject(goal: Goal) -> str:
    return f"group:{goal.group_id}" if goal.group_id else f"community:{goal.community_id}"


def _plain(goal: Goal) -> dict[str, object]:
    due = goal.due.isoformat() if goal.due else None
    return {"metric": goal.metric, "bound": goal.bound, "value": goal.value, "due": due}

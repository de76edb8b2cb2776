"""Alarms of change: kept while the change stands, told within a weekly budget, the dearest first; snoozed, dismissed.

A dismissal says that this kind of change is no news in this group: for half a year a change must be half as strong
again to be an alarm there, once for each dismissal, at most three times. Undoing the dismissal takes that back.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from hearth.core.community_settings import declare, value_of
from hearth.core.errors import Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor, demand
from hearth.insight.access import ANSWER_ALARMS
from hearth.insight.facts import AlarmAnswered, AlarmRaised
from hearth.insight.models import Alarm, AlarmAnswer, Goal
from hearth.insight.queries.alarms import stored_change
from hearth.insight.rules.cusum import ALARM
from hearth.insight.types import AlarmReason, Change, Diagnosis
from hearth.kit.clock import from_ms, now

ALARMS_A_WEEK = declare(
    "insight.alarms_a_week",
    "Alarms told in a week",
    help="Of all changes that stand and goals that are missed, only so many are told and shown on Today. 0 tells none.",
    kind="int",
    default=5,
    minimum=0,
    maximum=100,
)
WEEK = timedelta(days=7)
DISMISSED_FOR = timedelta(days=180)
RAISED_BY, RAISED_MOST = 1.5, 3
KEPT = timedelta(days=400)  # how long ended alarms stay to be looked up
SNOOZE_DAYS = range(1, 29)


@transaction.atomic
def keep_alarms(found: Diagnosis | None, moment: datetime) -> None:
    """Raise, renew and end alarms after a measuring; None: nobody talks here now, so that every alarm ends.

    Emits ``insight.alarm_raised`` for those that the week's budget lets through.
    """
    dismissals = Counter(
        AlarmAnswer.objects.filter(kind="dismiss", undone_at=None, until__gt=moment).values_list(
            "alarm__group_id", "alarm__kind"
        )
    )
    wanted = {
        (int(group.id), change.kind.value): change
        for group in (found.groups if found else ())
        for change in group.changes
        if change.score > ALARM * RAISED_BY ** min(RAISED_MOST, dismissals[int(group.id), change.kind.value])
    }
    standing = {(row.group_id, row.kind): row for row in Alarm.objects.filter(ended_at=None)}
    for key, row in standing.items():
        if key not in wanted:
            row.ended_at = moment
            row.save(update_fields=["ended_at"])
    for key, change in wanted.items():
        _keep(standing.get(key), key[0], change, moment)
    Alarm.objects.filter(ended_at__lt=moment - KEPT).delete()
    _tell(moment)


def _keep(row: Alarm | None, group_id: int, change: Change, moment: datetime) -> None:
    values = {"since": from_ms(change.since), "loss": change.loss, "reading": stored_change(change)}
    if row is None:
        Alarm.objects.create(group_id=group_id, kind=change.kind.value, raised_at=moment, **values)
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def budget_left(moment: datetime) -> int:
    """How many more alarms and missed goals may be told in the week that ends at ``moment``."""
    told = [rows.objects.filter(told_at__gt=moment - WEEK).count() for rows in (Alarm, Goal)]
    return max(0, value_of(ALARMS_A_WEEK) - sum(told))


def _tell(moment: datetime) -> None:
    left = budget_left(moment)
    if not left:
        return
    answered = AlarmAnswer.objects.filter(undone_at=None).filter(Q(kind="dismiss") | Q(until__gt=moment))
    rows = Alarm.objects.filter(ended_at=None, told_at=None).exclude(pk__in=answered.values("alarm_id"))
    for row in rows.order_by("-loss", "pk")[:left]:
        row.told_at = moment
        row.save(update_fields=["told_at"])
        emit(
            AlarmRaised(alarm=row.pk, group=row.group_id, kind=row.kind, loss=row.loss),
            subject=f"group:{row.group_id}",
        )


@transaction.atomic
def snooze_alarm(actor: Actor, alarm: Alarm, *, days: int) -> AlarmAnswer:
    """Let an alarm rest for 1 to 28 days; it comes back if the change still stands. Raises NotAllowed, Refusal."""
    if days not in SNOOZE_DAYS:
        raise Refusal("Give a number from %(low)s to %(high)s.", field="days", low=1, high=28)
    return _answer(actor, alarm, "snooze", timedelta(days=days))


@transaction.atomic
def dismiss_alarm(actor: Actor, alarm: Alarm, *, reason: AlarmReason) -> AlarmAnswer:
    """Put an alarm away for a reason, and let this kind be told later in this group. Raises NotAllowed."""
    return _answer(actor, alarm, "dismiss", DISMISSED_FOR, reason.value)


def _answer(actor: Actor, alarm: Alarm, kind: str, lasts: timedelta, reason: str = "") -> AlarmAnswer:
    demand(actor, ANSWER_ALARMS.key)
    moment = now()
    row = AlarmAnswer.objects.create(
        alarm=alarm, kind=kind, reason=reason, at=moment, by=actor.ref, until=moment + lasts
    )
    _emit(actor, alarm, kind, reason)
    return row


@transaction.atomic
def undo_answer(actor: Actor, answer: AlarmAnswer) -> None:
    """Take a snooze or a dismissal back: the alarm counts again, and the threshold falls again. Raises NotAllowed."""
    demand(actor, ANSWER_ALARMS.key)
    answer.undone_at, answer.undone_by = now(), actor.ref
    answer.save(update_fields=["undone_at", "undone_by"])
    _emit(actor, answer.alarm, "undo", answer.reason)


def _emit(actor: Actor, alarm: Alarm, answer: str, reason: str) -> None:
    told = AlarmAnswered(alarm=alarm.pk, group=alarm.group_id, kind=alarm.kind, answer=answer, reason=reason)
    emit(told, actor=actor, subject=f"group:{alarm.group_id}")

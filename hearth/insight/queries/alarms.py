"""Alarms for pages: those that need somebody now, and all that stands in one group."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Exists, OuterRef, Q, QuerySet
from pydantic import TypeAdapter

from hearth.insight.models import Alarm, AlarmAnswer
from hearth.insight.types import Change
from hearth.kit.clock import now

_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)


def stored_change(change: Change) -> dict[str, Any]:
    """A change as JSON values."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(change))
    return plain


def change_of(row: Alarm) -> Change:
    """The change of a stored alarm."""
    return _CHANGE.validate_python(row.reading, strict=False)


def _in_force() -> QuerySet[AlarmAnswer]:
    return AlarmAnswer.objects.filter(undone_at=None).filter(Q(kind="dismiss") | Q(until__gt=now()))


def open_alarms(limit: int) -> tuple[list[Alarm], int, int]:
    """Told alarms that stand unanswered, the dearest first; how many there are; how many more the budget holds back."""
    rows = Alarm.objects.filter(ended_at=None).exclude(Exists(_in_force().filter(alarm=OuterRef("pk"))))
    told = rows.exclude(told_at=None)
    found = list(told.select_related("group").order_by("-loss", "pk")[: limit + 1])
    total = len(found) if len(found) <= limit else told.count()
    return found[:limit], total, rows.filter(told_at=None).count()


def alarms_since(since: datetime, group_id: int | None = None) -> list[datetime]:
    """When alarms were told, of every group or of one: one query."""
    rows = Alarm.objects.filter(told_at__gte=since)
    return list((rows if group_id is None else rows.filter(group=group_id)).values_list("told_at", flat=True))


@dataclass(frozen=True, slots=True)
class GroupAlarms:
    """What stands in one group: alarms with the answer in force, if any, and all answers in force."""

    standing: list[tuple[Alarm, AlarmAnswer | None]]
    answers: list[AlarmAnswer]


def alarms_of_group(group_id: int) -> GroupAlarms:
    """Alarms and answers of one group: two queries. A dismissal counts until its half year is over, whatever became of
    its alarm.
    """
    alarms = list(Alarm.objects.filter(group_id=group_id, ended_at=None).order_by("-loss", "pk"))
    rows = _in_force().filter(alarm__group_id=group_id).filter(Q(kind="dismiss") | Q(alarm__ended_at=None))
    answers = list(rows.select_related("alarm").order_by("pk"))
    newest = {answer.alarm_id: answer for answer in answers}
    lasting = [answer for answer in answers if answer.until > now()]
    return GroupAlarms([(alarm, newest.get(alarm.pk)) for alarm in alarms], lasting)

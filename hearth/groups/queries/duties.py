"""Who is on duty."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import F, Q

from hearth.groups.models import Duty, DutyTurn


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody's turn at a duty."""

    duty: Duty
    member_id: int
    name: str
    weekday: int
    since: time
    until: time


def rosters() -> list[tuple[Duty, list[OnDuty]]]:
    """Every duty with its turns through the week: two queries."""
    turns: dict[int, list[OnDuty]] = {}
    for turn in _turns(Q()):
        turns.setdefault(turn.duty.pk, []).append(turn)
    return [(duty, turns.get(duty.pk, [])) for duty in Duty.objects.order_by("key")]


def on_duty(moment: datetime) -> list[OnDuty]:
    """Whose turn it is at ``moment``, given on the community's clock: one query."""
    clock, today, yesterday = moment.time(), moment.weekday(), (moment.weekday() - 1) % 7
    by_day = Q(until__gt=F("since")) & Q(weekday=today, since__lte=clock, until__gt=clock)
    begun = Q(until__lte=F("since"), weekday=today, since__lte=clock)
    over_night = Q(until__lte=F("since"), weekday=yesterday, until__gt=clock)
    return _turns(by_day | begun | over_night)


def _turns(which: Q) -> list[OnDuty]:
    rows = DutyTurn.objects.filter(which, member__left_at=None, member__merged_into=None)
    return [
        OnDuty(row.duty, row.member_id, row.member.display_name, row.weekday, row.since, row.until)
        for row in rows.select_related("duty", "member").order_by("weekday", "since", "member__display_name")
    ]

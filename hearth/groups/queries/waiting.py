"""Who waits for a place in a group, in which order, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, Q, QuerySet

from hearth.groups.models import Choice, Group, LineMove, Waiting
from hearth.groups.registry import activities, levels
from hearth.groups.types import WaitingEnd
from hearth.kit.clock import now
from hearth.people.queries.leaving import asked_to_go

THEN = ("first_come", "longest_here", "level", "active")


def waiting_line(group_id: int) -> QuerySet[Waiting]:
    """Who waits, the next one first, with ``member``: as a choice placed them, and behind those by who came first."""
    rows = Waiting.objects.filter(group=group_id, ended_at=None).select_related("member", "choice")
    return rows.order_by(F("place").asc(nulls_last=True), "since", "pk")


def offerable(group_id: int) -> QuerySet[Waiting]:
    """The line without those who asked to be erased: nothing is offered to them, and nobody waits for them."""
    return waiting_line(group_id).exclude(Exists(asked_to_go("member__person")))


def own_waiting(group_id: int, member_id: int) -> Waiting | None:
    """Somebody's open wait for a place: one query."""
    return Waiting.objects.filter(group=group_id, member=member_id, ended_at=None).select_related("choice").first()


def asked_before(group_id: int, member_id: int) -> datetime | None:
    """Since when somebody waited for a place in a group that was merged into this one, whose line did not take them
    then: one query.
    """
    rows = LineMove.objects.filter(regrouping__group=group_id, stood__member=member_id, place=None, undone_at=None)
    closed = rows.filter(stood__ended=WaitingEnd.CLOSED).order_by("stood__since")
    return closed.values_list("stood__since", flat=True).first()


def choice_to_come(group_id: int) -> Choice | None:
    """The choice that a group has ahead, if any: one query."""
    return Choice.objects.filter(group=group_id, drawn_at=None, cancelled_at=None).first()


def live_offers(group_id: int, moment: datetime | None = None) -> int:
    """How many free places are kept for those to whom they were offered: one query."""
    return Waiting.objects.filter(group=group_id, ended_at=None, offer_until__gt=moment or now()).count()


def must_wait(group: Group, member_id: int) -> bool:
    """Whether somebody would come in before their turn: a choice is to come, or others are to have what is free: those
    to whom it was offered, and those before them in line. Two queries.

    Whose turn it is while the group is full is not asked: it takes nobody.
    """
    chosen = choice_to_come(group.pk) is not None
    if group.capacity is None and not chosen:
        return False
    moment, ahead, passed = now(), 0, False
    for member, until in offerable(group.pk).values_list("member", "offer_until"):
        kept = until is not None and until > moment
        if member == member_id:
            if kept:
                return False
            passed = True
        elif kept or (until is None and not passed):
            ahead += 1
    return chosen or (group.capacity is not None and ahead > 0 and group.capacity - group.member_count <= ahead)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands in line, and the choice that placed them."""

    waiting: Waiting
    place: int
    of: int


def standing_in(group_id: int, member_id: int) -> Standing | None:
    """Where a member stands in a group's line: at most two queries."""
    mine = own_waiting(group_id, member_id)
    if mine is None:
        return None
    ids = list(waiting_line(group_id).values_list("pk", flat=True))
    return Standing(mine, ids.index(mine.pk) + 1, len(ids))


def orders_offered() -> dict[str, bool]:
    """The ways to order within a tier, and whether each can be chosen now."""
    return {"first_come": True, "longest_here": True, "level": bool(levels), "active": bool(activities)}


def due_choices(moment: datetime) -> list[Choice]:
    """Choices whose moment has come: one query."""
    rows = Choice.objects.filter(drawn_at=None, cancelled_at=None, opens_at__lte=moment)
    return list(rows.select_related("group").order_by("opens_at", "pk"))


def lapsed_offers(moment: datetime) -> list[Waiting]:
    """Offers that nobody took in time: one query."""
    rows = Waiting.objects.filter(ended_at=None, offer_until__lte=moment).select_related("group", "member")
    return list(rows.order_by("pk"))


def last_choices(group_id: int, limit: int = 5) -> list[Choice]:
    """The choices that were made, the newest first."""
    return list(Choice.objects.filter(Q(drawn_at__isnull=False), group=group_id).order_by("-drawn_at")[:limit])


def facts_of(rows: list[Waiting]) -> dict[int, dict[str, Any]]:
    """Member id → level and activity of those who wait, where the house tells them."""
    found: dict[int, dict[str, Any]] = {row.member_id: {"level": 0, "active": 0} for row in rows}
    for told in activities:
        for member, days in told(list(found)).items():
            found[member]["active"] = max(found[member]["active"], days)
    for row in rows:
        if levels:
            found[row.member_id]["level"] = max(told(row.member_id, row.group_id) for told in levels)
    return found

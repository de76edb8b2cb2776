"""Questions that wait for an answer, for those who look after many groups."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from hearth.conversation.models import Message, Room
from hearth.conversation.rules.rendering import excerpt
from hearth.core.permissions import Actor, may
from hearth.core.texts import best
from hearth.groups.registry import READ_TALK
from hearth.kit.clock import now
from hearth.people.queries import cards_of
from hearth.people.types import NameCard

LOOK_BACK = timedelta(days=91)  # older questions are history: the diagnosis tells of them


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question nobody has answered: where, by whom as staff see them, since when, due when."""

    id: int
    group_id: int
    group_name: str
    author: NameCard
    text: str
    asked_at: datetime
    due_at: datetime | None


def overdue_questions(actor: Actor, limit: int = 50) -> tuple[list[OpenQuestion], int]:
    """Questions past their due time in open groups, the longest overdue first, and how many there are: three queries.

    Nothing for staff who do not read talk.
    """
    if not may(actor, READ_TALK.key):
        return [], 0
    moment = now()
    rows = _open(moment).filter(answer_due_at__lte=moment, room__group__isnull=False)
    found = list(rows.order_by("answer_due_at", "pk").select_related("room__group")[: limit + 1])
    total = len(found) if len(found) <= limit else rows.count()
    return _questions(found[:limit]), total


def open_questions_in(actor: Actor, group_id: int, limit: int = 10) -> tuple[list[OpenQuestion], int]:
    """The open questions of one group, the oldest first, and how many there are."""
    if not may(actor, READ_TALK.key):
        return [], 0
    room = Room.objects.filter(group=group_id).values("pk")
    rows = _open(now()).filter(room__in=room)
    found = list(rows.order_by("occurred_at").select_related("room__group")[: limit + 1])
    total = len(found) if len(found) <= limit else rows.count()
    return _questions(found[:limit]), total


def count_open_questions(since: datetime, until: datetime) -> int:
    """How many questions asked in a stretch of time are open still."""
    rows = Message.objects.filter(is_question=True, first_answer_at=None, state="visible", accepted_id=None)
    return rows.filter(occurred_at__gte=since, occurred_at__lt=until).count()


def _open(moment: datetime) -> QuerySet[Message]:
    rows = Message.objects.filter(is_question=True, first_answer_at=None, state="visible", accepted_id=None)
    return rows.filter(occurred_at__gte=moment - LOOK_BACK)


def _questions(rows: list[Message]) -> list[OpenQuestion]:
    spaces: dict[str, set[int]] = {}
    for row in rows:
        spaces.setdefault(row.room.group.space if row.room.group else "general", set()).add(row.author_id)
    cards = {
        (space, identity): card
        for space, ids in spaces.items()
        for identity, card in cards_of(ids, space, for_staff=True).items()
    }
    return [
        OpenQuestion(
            id=row.pk,
            group_id=row.room.group.pk,
            group_name=best(row.room.group.name),
            author=cards[row.room.group.space, row.author_id],
            text=excerpt(row.text, 220),
            asked_at=row.occurred_at,
            due_at=row.answer_due_at,
        )
        for row in rows
        if row.room.group
    ]

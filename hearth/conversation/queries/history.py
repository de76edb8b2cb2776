"""The whole of a community's talk, in batches, for those who measure it. Not for pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from hearth.conversation.models import Message, Seen
from hearth.core import sql
from hearth.core.tenancy import current_community_id
from hearth.kit.clock import to_ms

FETCH = 5000


@dataclass(frozen=True, slots=True)
class Spoken:
    """One visible message as measuring needs it. Times in ms since 1970 UTC; ``author`` is a member, after merges."""

    id: int
    group_id: int
    author: int
    at_ms: int
    text: str
    origin: str
    reply_to: int | None
    thread: int | None
    topic: bool
    question: bool


def spoken(*, since_id: int = 0) -> Iterator[list[Spoken]]:
    """Every visible message of the community in scope, in batches, by id."""
    last = since_id
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT m.id, r.group_id, i.member_id, m.occurred_at, m.text, m.origin, m.reply_to_id, m.thread_id, "
                "m.topic <> '', m.is_question FROM conversation_message m JOIN conversation_room r ON r.id = m.room_id "
                "JOIN people_identity i ON i.id = m.author_id WHERE m.community_id = %s AND m.id > %s "
                "AND m.state = 'visible' AND r.group_id IS NOT NULL ORDER BY m.id LIMIT %s",
                [current_community_id(), last, FETCH],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield [_spoken(row) for row in rows]


def threads_begun() -> frozenset[int]:
    """Every message of the community in scope in whose thread somebody wrote."""
    inside = Message.objects.filter(thread__isnull=False, state="visible", room__group__isnull=False)
    return frozenset(inside.order_by().values_list("thread_id", flat=True).distinct())


def seen_since(row_id: int) -> Iterator[list[tuple[int, int, date, int]]]:
    """(row, group, day, member) of those seen reading in the groups of the community, after a row, in batches."""
    while True:
        rows = Seen.objects.filter(pk__gt=row_id, room__group__isnull=False).order_by("pk")
        batch = list(rows.values_list("pk", "room__group_id", "day", "member_id")[:FETCH])
        if not batch:
            return
        row_id = batch[-1][0]
        yield batch


def _spoken(row: tuple[Any, ...]) -> Spoken:
    return Spoken(row[0], row[1], row[2], to_ms(sql.as_datetime(row[3])), row[4], row[5], row[6], row[7],
                  bool(row[8]), bool(row[9]))  # fmt: skip

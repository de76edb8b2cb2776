"""Read marks in bulk: the live gateway gathers what many readers have seen and writes it a few times a second."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from hearth.core import sql
from hearth.kit.clock import now

_MARK = (
    "INSERT INTO conversation_readmark (community_id, room_id, member_id, number, at) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (room_id, member_id) DO UPDATE SET number = excluded.number, at = excluded.at "
    "WHERE excluded.number > conversation_readmark.number"
)
_SEEN = (
    "INSERT INTO conversation_seen (community_id, room_id, member_id, day) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (room_id, member_id, day) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A member read a room up to ``number``."""

    community_id: int
    room_id: int
    member_id: int
    number: int


@transaction.atomic
def write_marks(marks: Sequence[Mark]) -> None:
    """Move marks forward, never back, and note that the members were there today."""
    moment = now()
    ordered = sorted(
        marks, key=lambda mark: (mark.room_id, mark.member_id)
    )  # one order, so that no two writers wait in a circle
    with connection.cursor() as cursor:
        at, day = sql.moment(moment), connection.ops.adapt_datefield_value(moment.date())
        cursor.executemany(_MARK, [(m.community_id, m.room_id, m.member_id, m.number, at) for m in ordered])
        cursor.executemany(_SEEN, [(m.community_id, m.room_id, m.member_id, day) for m in ordered])

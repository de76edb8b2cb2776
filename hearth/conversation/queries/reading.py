"""How far members have read: unread counts of many rooms in one query, the first unread message, bookmarks.

Imported talk never counts as unread: it was said elsewhere, to others. Nor does what somebody said whom one blocked.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from hearth.conversation.models import Bookmark, ReadMark
from hearth.core import sql
from hearth.core.permissions import Actor
from hearth.kit.clock import now

CAP = 100  # counted no further: the page says 99+
FRESH_DAYS = 14  # in a room never opened, older talk does not count as unread

# Identities that a member does not want to hear from: ``people.queries.blocked_identity_ids`` inside a count.
BLOCKED = "SELECT i.id FROM people_identity i JOIN people_block b ON b.blocked_id = i.member_id WHERE b.member_id = %s"

_UNREAD = """
SELECT r.id, r.last_message_at, (SELECT COUNT(*) FROM (
  SELECT 1 FROM conversation_message m WHERE m.room_id = r.id AND m.number > COALESCE(k.number, 0)
  AND m.state = 'visible' AND NOT m.historical AND m.author_id <> %s AND m.author_id NOT IN ({blocked})
  AND (k.number IS NOT NULL OR m.occurred_at > %s) LIMIT {cap}
) unread)
FROM conversation_room r LEFT JOIN conversation_readmark k ON k.room_id = r.id AND k.member_id = %s
WHERE r.group_id IN ({marks})
"""


@dataclass(frozen=True, slots=True)
class RoomGlance:
    """A room as a list shows it: unread messages (at most CAP) and when somebody last spoke."""

    room_id: int
    group_id: int
    unread: int
    last_message_at: datetime | None


def glances(actor: Actor, group_ids: Collection[int]) -> dict[int, RoomGlance]:
    """Unread counts by group id: one query however many groups."""
    if not group_ids or actor.member_id is None:
        return {}
    groups, fresh = sorted(group_ids), now() - timedelta(days=FRESH_DAYS)
    query = _UNREAD.replace("SELECT r.id,", "SELECT r.id, r.group_id,", 1)
    with connection.cursor() as cursor:
        cursor.execute(
            query.format(cap=CAP, blocked=BLOCKED, marks=sql.marks(groups)),
            [actor.identity_id or 0, actor.member_id, sql.moment(fresh), actor.member_id, *groups],
        )
        rows = cursor.fetchall()
    return {
        group: RoomGlance(room, group, unread, None if last is None else sql.as_datetime(last))
        for room, group, last, unread in rows
    }


def read_mark(room_id: int, member_id: int | None) -> ReadMark | None:
    """How far a member has read a room and when, None when they never opened it."""
    if member_id is None:
        return None
    return ReadMark.objects.filter(room_id=room_id, member_id=member_id).first()


def first_unread(room_id: int, after: int, not_by: Collection[int]) -> int | None:
    """The id of the earliest visible message after a number in display order, by none of ``not_by``."""
    leave = sorted(not_by) or [0]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM (SELECT id, occurred_at, number FROM conversation_message WHERE room_id = %s AND number > "
            f"%s AND state = 'visible' AND NOT historical AND author_id NOT IN ({sql.marks(leave)}) "
            "ORDER BY number LIMIT 200) t ORDER BY occurred_at, number LIMIT 1",
            [room_id, after, *leave],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def bookmarked(member_id: int | None, message_ids: Sequence[int]) -> set[int]:
    """Which of these messages a member keeps."""
    if member_id is None or not message_ids:
        return set()
    rows = Bookmark.objects.filter(member_id=member_id, message_id__in=message_ids)
    return set(rows.values_list("message_id", flat=True))


def bookmarks_of(member_id: int, room_ids: Collection[int], limit: int = 200) -> list[int]:
    """Ids of the messages a member keeps in rooms they may still read, the latest bookmark first."""
    rows = Bookmark.objects.filter(member_id=member_id, message__room_id__in=room_ids, message__state="visible")
    return list(rows.order_by("-at", "-pk").values_list("message_id", flat=True)[:limit])

"""A member's own rooms: which they may read, what waits in them, who spoke last."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, QuerySet

from hearth.conversation.models import Message, Room
from hearth.conversation.queries.reading import BLOCKED, FRESH_DAYS
from hearth.conversation.rules.rendering import excerpt
from hearth.core import sql
from hearth.core.permissions import Actor
from hearth.groups.queries import rooms_snapshot
from hearth.groups.types import PostingRight
from hearth.kit.clock import now
from hearth.people.queries import cards_of

QUESTION_DAYS = 60  # older ones are history; diagnosis counts them, nobody waits for an answer any more


def own_rooms(actor: Actor) -> dict[int, PostingRight]:
    """The rooms of the groups that the actor is in and may read, with their rights there: two queries."""
    if actor.member_id is None:
        return {}
    rights = {group: right for group, right in rooms_snapshot(actor.member_id).items() if right.readable}
    rooms = Room.objects.filter(group_id__in=rights).values_list("pk", "group_id")
    return {room: rights[group] for room, group in rooms if group is not None}


def questions_waiting(room_ids: Collection[int], *, not_by: Collection[int] = ()) -> QuerySet[Message]:
    """Questions without an answer, the longest waiting first; imported ones and those of ``not_by`` left out."""
    rows = Message.objects.filter(
        room_id__in=room_ids,
        is_question=True,
        first_answer_at=None,
        accepted_id=None,
        state="visible",
        historical=False,
        occurred_at__gt=now() - timedelta(days=QUESTION_DAYS),
    )
    if not_by:
        rows = rows.exclude(author_id__in=not_by)
    return rows.order_by("occurred_at", "number")


def open_questions(room_ids: Collection[int], *, not_by: Collection[int] = (), limit: int = 50) -> list[int]:
    """Ids of the first ``questions_waiting``: one query."""
    return list(questions_waiting(room_ids, not_by=not_by).values_list("pk", flat=True)[:limit])


def count_questions(room_ids: Collection[int], *, not_by: Collection[int] = ()) -> dict[int, int]:
    """How many ``questions_waiting`` there are, by room that has some: one query."""
    rows = questions_waiting(room_ids, not_by=not_by).order_by()
    return dict(rows.values_list("room_id").annotate(n=Count("pk")))


def group_of_rooms(room_ids: Collection[int]) -> dict[int, int]:
    """The group of each room: one query."""
    rows = Room.objects.filter(pk__in=set(room_ids), group__isnull=False)
    return dict(rows.values_list("pk", "group_id"))


def texts_of(message_ids: Collection[int]) -> dict[int, str]:
    """The words of messages, for excerpts: one query."""
    return dict(Message.objects.filter(pk__in=set(message_ids)).values_list("pk", "text"))


@dataclass(frozen=True, slots=True)
class LastWord:
    """The newest message of a room: by whom, when, how it begins."""

    name: str
    text: str
    at: datetime


def last_words(spaces: Mapping[int, str], not_by: Collection[int] = ()) -> dict[int, LastWord]:
    """The newest visible message of each room by none of ``not_by``, rooms given with their spaces.

    One query, and one per kind of space.
    """
    if not spaces:
        return {}
    rooms, others = sorted(spaces), sorted(not_by) or [0]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.room_id, m.author_id, m.text, m.occurred_at FROM conversation_message m WHERE m.id IN ("
            "SELECT (SELECT x.id FROM conversation_message x WHERE x.room_id = r.id AND x.state = 'visible' "
            f"AND x.author_id NOT IN ({sql.marks(others)}) ORDER BY x.occurred_at DESC, x.number DESC LIMIT 1) "
            f"FROM conversation_room r WHERE r.id IN ({sql.marks(rooms)}))",
            [*others, *rooms],
        )
        rows = cursor.fetchall()
    names: dict[tuple[str, int], str] = {}
    for space in sorted(set(spaces.values())):
        cards = cards_of({row[1] for row in rows if spaces[row[0]] == space}, space)
        names.update({(space, identity): card.name for identity, card in cards.items()})
    return {
        room: LastWord(names.get((spaces[room], author), ""), excerpt(text), sql.as_datetime(at))
        for room, author, text, at in rows
    }


def unread_rooms(actor: Actor) -> int:
    """In how many of one's groups something waits: one query, for the counter on the tab."""
    if actor.member_id is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM groups_membership g JOIN conversation_room r ON r.group_id = g.group_id "
            "LEFT JOIN conversation_readmark k ON k.room_id = r.id AND k.member_id = g.member_id "
            "WHERE g.member_id = %s AND g.left_at IS NULL AND EXISTS (SELECT 1 FROM conversation_message m WHERE "
            "m.room_id = r.id AND m.number > COALESCE(k.number, 0) AND m.state = 'visible' AND NOT m.historical "
            f"AND m.author_id <> %s AND m.author_id NOT IN ({BLOCKED}) "
            "AND (k.number IS NOT NULL OR m.occurred_at > %s))",
            [actor.member_id, actor.identity_id or 0, actor.member_id, sql.moment(now() - timedelta(days=FRESH_DAYS))],
        )
        row = cursor.fetchone()
    return int(row[0])

"""Messages as readers see them: pages of history, single ones, threads. A fixed number of queries each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from hearth.conversation.models import Attachment
from hearth.conversation.rules.rendering import RENDERER, excerpt, render
from hearth.conversation.types import FileView, MessageView, ReplyView
from hearth.core import sql
from hearth.people.queries import cards_of
from hearth.people.types import NameCard

PAGE = 40
THREAD_PAGE = 200

_SELECT = """
SELECT m.id, m.room_id, m.number, m.author_id, m.occurred_at, m.html, m.renderer, m.text, m.state, m.topic,
       m.thread_id, m.origin, m.author_role, m.is_question, m.answer_due_at, m.first_answer_at, m.pinned_at,
       m.edited_at, m.historical, m.reply_count, m.reactions, a.answer_id, a.verified,
       r.id, r.author_id, r.text, r.state
FROM conversation_message m
LEFT JOIN conversation_message r ON r.id = m.reply_to_id
LEFT JOIN conversation_acceptedanswer a ON a.question_id = m.id AND a.withdrawn_at IS NULL AND m.is_question
"""


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of history, oldest first, and whether there is more on either side."""

    messages: list[MessageView]
    has_older: bool
    has_newer: bool

    @property
    def oldest_id(self) -> int | None:
        """Where to go on towards the past."""
        return self.messages[0].id if self.messages else None

    @property
    def newest_id(self) -> int | None:
        """Where to go on towards the present."""
        return self.messages[-1].id if self.messages else None


def newest(room_id: int, space: str, size: int = PAGE) -> Page:
    """The end of a room's history."""
    rows = _rows("WHERE m.room_id = %s ORDER BY m.occurred_at DESC, m.number DESC LIMIT %s", [room_id, size + 1])
    return Page(_views(rows[:size][::-1], space), len(rows) > size, has_newer=False)


def older_than(room_id: int, message_id: int, space: str, size: int = PAGE) -> Page:
    """The stretch before a message."""
    at, number = _position(message_id)
    rows = _rows(
        "WHERE m.room_id = %s AND (m.occurred_at, m.number) < (%s, %s) "
        "ORDER BY m.occurred_at DESC, m.number DESC LIMIT %s",
        [room_id, at, number, size + 1],
    )
    return Page(_views(rows[:size][::-1], space), len(rows) > size, has_newer=True)


def newer_than(room_id: int, message_id: int, space: str, size: int = PAGE) -> Page:
    """The stretch after a message."""
    at, number = _position(message_id)
    rows = _rows(
        "WHERE m.room_id = %s AND (m.occurred_at, m.number) > (%s, %s) ORDER BY m.occurred_at, m.number LIMIT %s",
        [room_id, at, number, size + 1],
    )
    return Page(_views(rows[:size], space), has_older=True, has_newer=len(rows) > size)


def around(room_id: int, message_id: int, space: str, size: int = PAGE) -> Page:
    """A stretch with a message in its middle: for links to a message."""
    before = older_than(room_id, message_id, space, size // 2)
    after = newer_than(room_id, message_id, space, size // 2)
    return Page(before.messages + by_ids([message_id], space) + after.messages, before.has_older, after.has_newer)


def thread(root_id: int, space: str, before: int | None = None, size: int = THREAD_PAGE) -> Page:
    """A thread: its root, then the newest answers in order, or those before one of them."""
    at, number = _position(before or 0)
    rows = _rows(
        "WHERE m.thread_id = %s AND m.id <> %s AND (m.occurred_at, m.number) < (%s, %s) "
        "ORDER BY m.occurred_at DESC, m.number DESC LIMIT %s",
        [root_id, root_id, at, number, size + 1],
    )
    answers = _views(rows[:size][::-1], space)
    return Page(by_ids([root_id], space) + answers, len(rows) > size, has_newer=before is not None)


def pinned(room_id: int, space: str) -> list[MessageView]:
    """What keepers keep in sight, newest pin first."""
    rows = _rows(
        "WHERE m.room_id = %s AND m.pinned_at IS NOT NULL AND m.state = 'visible' ORDER BY m.pinned_at DESC LIMIT 20",
        [room_id],
    )
    return _views(rows, space)


def by_ids(message_ids: Sequence[int], space: str) -> list[MessageView]:
    """These messages, in the order asked for; unknown ids are left out."""
    if not message_ids:
        return []
    rows = _rows(f"WHERE m.id IN ({sql.marks(message_ids)})", list(message_ids))
    found = {view.id: view for view in _views(rows, space)}
    return [found[message_id] for message_id in message_ids if message_id in found]


def rooms_of(message_ids: Sequence[int]) -> dict[int, int]:
    """The room of each message: one query."""
    if not message_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, room_id FROM conversation_message WHERE id IN ({sql.marks(message_ids)})", list(message_ids)
        )
        return dict(cursor.fetchall())


def own_reactions(identity_id: int | None, message_ids: Sequence[int]) -> set[tuple[int, str]]:
    """(message, emoji) pairs of one reader, to mark their own."""
    if identity_id is None or not message_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT message_id, emoji FROM conversation_reaction "
            f"WHERE author_id = %s AND message_id IN ({sql.marks(message_ids)})",
            [identity_id, *message_ids],
        )
        return set(cursor.fetchall())


def _position(message_id: int) -> tuple[Any, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT occurred_at, number FROM conversation_message WHERE id = %s", [message_id])
        row = cursor.fetchone()
    if row is None:
        return sql.moment(datetime.fromisoformat("9999-01-01T00:00:00+00:00")), 0
    at, number = row
    return sql.moment(sql.as_datetime(at)), number  # as it is stored: SQLite compares texts, fractions included


def _rows(where: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_SELECT + where, values)
        return list(cursor.fetchall())


def _views(rows: Sequence[tuple[Any, ...]], space: str) -> list[MessageView]:
    authors = {row[3] for row in rows} | {row[24] for row in rows if row[24] is not None}
    cards = cards_of(authors, space) if authors else {}
    files = _files([row[0] for row in rows])
    return [_view(row, cards, files.get(row[0], ())) for row in rows]


def _view(row: tuple[Any, ...], cards: dict[int, NameCard], files: tuple[FileView, ...]) -> MessageView:
    visible = row[8] == "visible"
    return MessageView(
        id=row[0],
        room_id=row[1],
        number=row[2],
        author=cards[row[3]],
        at=sql.as_datetime(row[4]),
        html=body_html(row[5], row[6], row[7]) if visible else "",
        state=row[8],
        topic=row[9] if visible else "",
        reply=_reply(row, cards),
        thread_id=row[10],
        origin=row[11],
        author_role=row[12],
        is_question=bool(row[13]),
        answer_due_at=_time(row[14]),
        first_answer_at=_time(row[15]),
        pinned=row[16] is not None,
        edited_at=_time(row[17]),
        historical=bool(row[18]),
        reply_count=row[19],
        reactions=orjson.loads(row[20]) if isinstance(row[20], str) else row[20],
        accepted_id=row[21],
        accepted_verified=bool(row[22]),
        files=files if visible else (),
    )


def _reply(row: tuple[Any, ...], cards: dict[int, NameCard]) -> ReplyView | None:
    if row[23] is None:
        return None
    return ReplyView(row[23], row[24], cards[row[24]].name, excerpt(row[25]) if row[26] == "visible" else "")


def body_html(html: str, renderer: int, text: str) -> str:
    """The stored HTML where it is of today's renderer; else rendered now (imports, older renderers)."""
    return html if renderer == RENDERER else render(text)


def _time(value: Any) -> datetime | None:
    return None if value is None else sql.as_datetime(value)


def _files(message_ids: Sequence[int]) -> dict[int, tuple[FileView, ...]]:
    found: dict[int, list[FileView]] = {}
    rows = Attachment.objects.filter(message_id__in=message_ids).order_by("id")
    for row in rows.values_list("message_id", "id", "kind", "name", "size", "width", "height"):
        found.setdefault(row[0], []).append(FileView(*row[1:]))
    return {message_id: tuple(files) for message_id, files in found.items()}

"""Room logs as the live gateway and the history API follow them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

from hearth.core import sql


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry: its number, what happened, to which message; ``historical`` for posts that an import brought; ``mark``
    is the reaction that came or went: (identity, emoji).
    """

    number: int
    kind: str
    message_id: int
    author_id: int | None
    historical: bool
    mark: tuple[int, str] | None = None


def head(room_id: int) -> int:
    """The number of a room's newest entry, 0 for an empty or unknown room."""
    return heads([room_id]).get(room_id, 0)


def heads(room_ids: Collection[int]) -> dict[int, int]:
    """The numbers of the rooms' newest entries."""
    found: dict[int, int] = {}
    with connection.cursor() as cursor:
        for chunk in sql.chunks(sorted(room_ids)):
            cursor.execute(f"SELECT id, last_number FROM conversation_room WHERE id IN ({sql.marks(chunk)})", chunk)
            found.update(cursor.fetchall())
    return found


def entries_after(room_id: int, after: int, *, upto: int, limit: int) -> list[LogLine]:
    """Entries numbered above ``after`` and at most ``upto``, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.number, e.kind, e.message_id, e.author_id, m.historical, e.data FROM conversation_entry e "
            "JOIN conversation_message m ON m.id = e.message_id "
            "WHERE e.room_id = %s AND e.number > %s AND e.number <= %s ORDER BY e.number LIMIT %s",
            [room_id, after, upto, limit],
        )
        rows = cursor.fetchall()
    return [
        LogLine(number, kind, message, author, bool(historical) and kind == "post", _mark(kind, author, data))
        for number, kind, message, author, historical, data in rows
    ]


def _mark(kind: str, author_id: int | None, data: Any) -> tuple[int, str] | None:
    if kind not in ("react", "unreact") or author_id is None:
        return None
    told = orjson.loads(data) if isinstance(data, str) else data
    return author_id, str(told.get("emoji", ""))


def rooms_of(message_ids: Collection[int]) -> dict[int, int]:
    """The rooms that messages are in, by message."""
    found: dict[int, int] = {}
    with connection.cursor() as cursor:
        for chunk in sql.chunks(sorted(message_ids)):
            cursor.execute(f"SELECT id, room_id FROM conversation_message WHERE id IN ({sql.marks(chunk)})", chunk)
            found.update(cursor.fetchall())
    return found


def first_words(message_ids: Collection[int]) -> dict[int, tuple[int, str, bool]]:
    """Room, text and whether it was edited since, by message: to tell a repeated post from another one."""
    found: dict[int, tuple[int, str, bool]] = {}
    with connection.cursor() as cursor:
        for chunk in sql.chunks(sorted(message_ids)):
            cursor.execute(
                "SELECT id, room_id, text, edited_at IS NOT NULL FROM conversation_message "
                f"WHERE id IN ({sql.marks(chunk)})",
                chunk,
            )
            found.update({row[0]: (row[1], row[2], bool(row[3])) for row in cursor.fetchall()})
    return found


def posted_before(author_id: int, client_ids: Collection[str]) -> set[str]:
    """Which of an author's client ids already stand for a message."""
    ids = list(client_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT client_id FROM conversation_message WHERE author_id = %s AND client_id IN ({sql.marks(ids)})",
            [author_id, *ids],
        )
        return {row[0] for row in cursor.fetchall()}

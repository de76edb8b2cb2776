"""Keeps the full-text index in step with messages. Readers use ``queries.search``."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from hearth.kit.search_terms import index_terms, spaced

Terms = tuple[int, int, int, str]  # message, community, room, text


def document(community_id: int, room_id: int, text: str) -> str:
    """What FTS5 indexes: markers of community and room, so that a search reads little else, then the text.

    Markers narrow, the message's row decides: a text that holds such a word gains nothing by it.
    """
    return f"c{community_id} r{room_id} {spaced(text)}"


def add(cursor: Any, rows: Sequence[Terms]) -> None:
    """Index new messages."""
    if connection.vendor == "postgresql":
        cursor.executemany(
            "INSERT INTO conversation_search (message_id, document) VALUES (%s, array_to_tsvector(%s))",
            [(message, _lexemes(community, room, text)) for message, community, room, text in rows],
        )
        return
    cursor.executemany(
        "INSERT INTO conversation_search (rowid, body) VALUES (%s, %s)",
        [(message, document(community, room, text)) for message, community, room, text in rows],
    )


def remove(cursor: Any, rows: Sequence[Terms]) -> None:
    """Forget messages; ``rows`` hold the text as it was indexed."""
    if connection.vendor == "postgresql":
        cursor.executemany("DELETE FROM conversation_search WHERE message_id = %s", [(row[0],) for row in rows])
        return
    cursor.executemany(
        "INSERT INTO conversation_search (conversation_search, rowid, body) VALUES ('delete', %s, %s)",
        [(message, document(community, room, text)) for message, community, room, text in rows],
    )


def replace(cursor: Any, message: int, community: int, room: int, old: str, new: str) -> None:
    """A message's text changed."""
    remove(cursor, [(message, community, room, old)])
    add(cursor, [(message, community, room, new)])


def _lexemes(community: int, room: int, text: str) -> list[str]:
    return sorted({f"c{community}", f"r{room}", *index_terms(text).split()})

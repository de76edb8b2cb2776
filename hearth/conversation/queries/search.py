"""Search over messages: Chinese words of any length and English ones, newest first, only in rooms one may read."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection

from hearth.kit.search_terms import index_terms, is_cjk, normalised, query_phrases

PAGE = 20
_MANY_ROOMS = 60
_MARKER = re.compile(r"[cr]\d*")


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of messages, newest first; ``next_before`` continues the list, None at its end."""

    message_ids: list[int]
    next_before: int | None


@dataclass(frozen=True, slots=True)
class Only:
    """What else found messages must be: by one author, by none of some, questions."""

    author_id: int | None = None
    questions: bool = False
    not_by: Collection[int] = ()

    def takes(self, author_id: int, is_question: bool) -> bool:
        """Whether a message of this author and kind is wanted."""
        wanted = self.author_id is None or author_id == self.author_id
        return wanted and author_id not in self.not_by and (is_question or not self.questions)


def search(
    query: str,
    *,
    community_id: int,
    room_ids: Collection[int],
    before: int | None = None,
    size: int = PAGE,
    only: Only | None = None,
) -> Found:
    """Messages that hold every phrase of ``query`` in one of ``room_ids``. An empty query finds nothing."""
    phrases = query_phrases(query)
    rooms = sorted(room_ids)
    if not phrases or not rooms:
        return Found([], None)
    look = _postgresql if connection.vendor == "postgresql" else _sqlite
    ids = look(phrases, community_id, rooms, before, size + 1, only or Only())
    return Found(ids[:size], ids[size - 1] if len(ids) > size else None)


def _sqlite(
    phrases: list[list[str]], community_id: int, rooms: Sequence[int], before: int | None, size: int, only: Only
) -> list[int]:
    words = [_fts_phrase(phrase) for phrase in phrases]
    marker = f"c{community_id}" if len(rooms) > _MANY_ROOMS else "(" + " OR ".join(f"r{room}" for room in rooms) + ")"
    match = " AND ".join([*words, marker])
    found: list[int] = []
    allowed, like_markers = set(rooms), _like_markers(phrases)
    # Rooms are checked again on the row itself: markers narrow, the row decides.
    while len(found) < size:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.rowid, m.room_id, m.state, m.author_id, m.is_question, m.text FROM (SELECT rowid FROM "
                "conversation_search WHERE conversation_search MATCH %s AND rowid < %s ORDER BY rowid DESC LIMIT %s) s "
                "JOIN conversation_message m ON m.id = s.rowid ORDER BY s.rowid DESC",
                [match, before or 2**62, size * 2],
            )
            rows = cursor.fetchall()
        found.extend(
            row[0]
            for row in rows
            if row[1] in allowed
            and row[2] == "visible"
            and only.takes(row[3], bool(row[4]))
            and _said(like_markers, row[5])
        )
        if len(rows) < size * 2:
            break
        before = rows[-1][0]
    return found[:size]


def _fts_phrase(phrase: Sequence[str]) -> str:
    if len(phrase) == 1:
        term = phrase[0].replace('"', "")
        # One CJK character: bigrams that begin with it. One word: itself and longer forms of it.
        return f'"{term}"*'
    return '"' + " ".join(phrase) + '"'


def _postgresql(
    phrases: list[list[str]], community_id: int, rooms: Sequence[int], before: int | None, size: int, only: Only
) -> list[int]:
    words = " & ".join(_tsquery_word(term, len(phrase) == 1) for phrase in phrases for term in phrase)
    marker = f"c{community_id}" if len(rooms) > _MANY_ROOMS else "(" + " | ".join(f"r{room}" for room in rooms) + ")"
    found: list[int] = []
    texts = [_joined(phrase) for phrase in phrases if len(phrase) > 1]
    like_markers = _like_markers(phrases)
    while len(found) < size:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT m.id, m.text, m.author_id, m.is_question FROM conversation_search s "
                "JOIN conversation_message m ON m.id = s.message_id "
                "WHERE s.document @@ to_tsquery('simple', %s) AND m.room_id = ANY(%s) AND m.state = 'visible' "
                "AND m.id < %s ORDER BY m.id DESC LIMIT %s",
                [f"{words} & {marker}", list(rooms), before or 2**62, size * 2],
            )
            rows = cursor.fetchall()
        # Bigrams say that the pairs occur; the text says whether they stand in a row.
        found.extend(
            row[0]
            for row in rows
            if only.takes(row[2], row[3])
            and all(text in normalised(row[1]) for text in texts)
            and _said(like_markers, row[1])
        )
        if len(rows) < size * 2:
            break
        before = rows[-1][0]
    return found[:size]


def _tsquery_word(term: str, alone: bool) -> str:
    quoted = "'" + term.replace("'", "") + "'"
    return f"{quoted}:*" if alone and (len(term) > 1 or is_cjk(term)) else quoted


def _like_markers(phrases: Sequence[Sequence[str]]) -> list[str]:
    """Words of the query that the index's own markers (``c1``, ``r7``) would answer to."""
    return [phrase[0] for phrase in phrases if len(phrase) == 1 and _MARKER.fullmatch(phrase[0])]


def _said(words: Sequence[str], text: str) -> bool:
    """Whether a text itself holds these words or longer forms of them."""
    return not words or all(any(term.startswith(word) for term in index_terms(text).split()) for word in words)


def _joined(phrase: Sequence[str]) -> str:
    """The run of characters that bigrams were made of."""
    return phrase[0] + "".join(term[-1] for term in phrase[1:])

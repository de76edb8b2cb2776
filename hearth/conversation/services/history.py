"""Imported talk: reactions and accepted answers of an archive, their messages found by the source's ids."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from hearth.core import facts, sql
from hearth.core.tenancy import current_community_id
from hearth.kit.clock import now

_INSERT_REACTION = sql.insert("conversation_reaction", "community_id, message_id, author_id, emoji, at")

_INSERT_ANSWER = sql.insert(
    "conversation_acceptedanswer", "community_id, question_id, answer_id, by_id, verified, at, withdrawn_at"
)


@dataclass(frozen=True, slots=True)
class ImportedReaction:
    """One reaction of an archive: to which message of which room, by which identity, when if it is known."""

    room_id: int
    external_id: str
    author_id: int
    emoji: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportedAnswer:
    """An accepted answer of an archive: question and answer by the source's ids, who accepted it and when, if known."""

    room_id: int
    question: str
    answer: str
    member_id: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Target:
    id: int
    group_id: int | None
    author_id: int
    at: datetime


def write_reactions(reactions: Sequence[ImportedReaction], source: str) -> int:
    """Store reactions of an archive in the running transaction; those already there, or to nothing, are left out.

    Emits one historical ``conversation.reaction_added`` each. Returns how many are new.
    """
    if not reactions:
        return 0
    with connection.cursor() as cursor:
        targets = _targets(cursor, ((reaction.room_id, reaction.external_id) for reaction in reactions), source)
        wanted = {
            (target.id, reaction.author_id, reaction.emoji): (target, reaction)
            for reaction in reactions
            if (target := targets.get((reaction.room_id, reaction.external_id))) is not None
        }
        there = _there(cursor, sorted({key[0] for key in wanted}))
        fresh = [pair for key, pair in wanted.items() if key not in there]
        if fresh:
            _insert(cursor, fresh)
            _count(cursor, sorted({target.id for target, _reaction in fresh}))
    return len(fresh)


def write_answers(answers: Sequence[ImportedAnswer], source: str) -> int:
    """Store accepted answers of an archive in the running transaction; a question that has one keeps it.

    Whatever was answered so was a question. Emits one historical ``conversation.answer_accepted`` each. Returns how
    many are new.
    """
    if not answers:
        return 0
    with connection.cursor() as cursor:
        pairs = ((it.room_id, ident) for it in answers for ident in (it.question, it.answer))
        targets = _targets(cursor, pairs, source)
        found = [
            (question, answer, it)
            for it in answers
            if (question := targets.get((it.room_id, it.question))) and (answer := targets.get((it.room_id, it.answer)))
        ]
        settled = _settled(cursor, sorted({question.id for question, _answer, _it in found}))
        fresh: dict[int, tuple[_Target, _Target, ImportedAnswer]] = {}
        for question, answer, it in found:
            if question.id not in settled and question.id != answer.id:
                fresh.setdefault(question.id, (question, answer, it))
        _insert_answers(cursor, list(fresh.values()))
    return len(fresh)


def _settled(cursor: Any, question_ids: Sequence[int]) -> set[int]:
    settled: set[int] = set()
    for ids in sql.chunks(question_ids):
        cursor.execute(
            "SELECT question_id FROM conversation_acceptedanswer "
            f"WHERE withdrawn_at IS NULL AND question_id IN ({sql.marks(ids)})",
            ids,
        )
        settled.update(row[0] for row in cursor.fetchall())
    return settled


def _insert_answers(cursor: Any, fresh: Sequence[tuple[_Target, _Target, ImportedAnswer]]) -> None:
    if not fresh:
        return
    community, adapt = current_community_id(), sql.adapter()
    recorded = adapt(now())
    rows, told = [], []
    for question, answer, it in fresh:
        at = adapt(it.at or answer.at)
        rows.append((community, question.id, answer.id, it.member_id, False, at, None))
        data = {
            "question": question.id,
            "answer": answer.id,
            "room": it.room_id,
            "group": question.group_id,
            "asker": question.author_id,
            "answerer": answer.author_id,
            "verified": False,
        }
        actor = f"member:{it.member_id}" if it.member_id is not None else ""
        told.append(
            (
                facts.new_fact_key(), community, "conversation.answer_accepted", 1, actor, "", "organic",
                f"room:{it.room_id}", None, at, recorded, True, orjson.dumps(data).decode(),
            )
        )  # fmt: skip
    sql.insert_many(cursor, _INSERT_ANSWER, rows)
    cursor.executemany(
        "UPDATE conversation_message SET accepted_id = %s, is_question = %s WHERE id = %s",
        [(answer.id, True, question.id) for question, answer, _it in fresh],
    )
    facts.insert_rows(cursor, told)


def _targets(cursor: Any, wanted: Iterable[tuple[int, str]], source: str) -> dict[tuple[int, str], _Target]:
    found = {}
    for pairs in sql.chunks(sorted(set(wanted))):
        cursor.execute(
            f"{sql.pairs_as('v', pairs)}SELECT m.id, r.group_id, m.author_id, m.occurred_at, m.room_id, m.external_id "
            "FROM v JOIN conversation_message m ON m.room_id = v.a AND m.external_id = v.b AND m.source = %s "
            "JOIN conversation_room r ON r.id = m.room_id",
            [*sql.flat(pairs), source],
        )
        for row in cursor.fetchall():
            found[(row[4], row[5])] = _Target(row[0], row[1], row[2], sql.as_datetime(row[3]))
    return found


def _there(cursor: Any, message_ids: Sequence[int]) -> set[tuple[int, int, str]]:
    there: set[tuple[int, int, str]] = set()
    for ids in sql.chunks(message_ids):
        cursor.execute(
            f"SELECT message_id, author_id, emoji FROM conversation_reaction WHERE message_id IN ({sql.marks(ids)})",
            ids,
        )
        there.update(cursor.fetchall())
    return there


def _insert(cursor: Any, fresh: Sequence[tuple[_Target, ImportedReaction]]) -> None:
    community, adapt = current_community_id(), sql.adapter()
    recorded = adapt(now())
    rows, told = [], []
    for target, reaction in fresh:
        at = adapt(reaction.at or target.at)
        rows.append((community, target.id, reaction.author_id, reaction.emoji, at))
        data = {
            "message": target.id,
            "room": reaction.room_id,
            "group": target.group_id,
            "author": target.author_id,
            "reactor": reaction.author_id,
            "emoji": reaction.emoji,
        }
        told.append(
            (
                facts.new_fact_key(), community, "conversation.reaction_added", 1, "", "", "organic",
                f"room:{reaction.room_id}", None, at, recorded, True, orjson.dumps(data).decode(),
            )
        )  # fmt: skip
    sql.insert_many(cursor, _INSERT_REACTION, rows)
    facts.insert_rows(cursor, told)


def _count(cursor: Any, message_ids: Sequence[int]) -> None:
    counts: dict[int, dict[str, int]] = {}
    for ids in sql.chunks(message_ids):
        cursor.execute(
            "SELECT message_id, emoji, COUNT(*) FROM conversation_reaction "
            f"WHERE message_id IN ({sql.marks(ids)}) GROUP BY message_id, emoji ORDER BY MIN(id)",
            ids,
        )
        for message_id, emoji, count in cursor.fetchall():
            counts.setdefault(message_id, {})[emoji] = count
    cursor.executemany(
        "UPDATE conversation_message SET reactions = %s WHERE id = %s",
        [(orjson.dumps(kinds).decode(), message_id) for message_id, kinds in counts.items()],
    )

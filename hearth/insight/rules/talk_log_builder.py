"""Fills a ``TalkLog`` message by message, from an archive or from a living community.

Per message only what needs the message alone is done at once; language and advert rules run over batches behind one
bulk search (RE2 by pyarrow), because most messages match nothing.
"""

import re
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hearth.insight.rules import adverts, copies
from hearth.insight.rules.columns import Beginnings, Bools, Interner, Ints, TextColumn, as_ints
from hearth.insight.rules.doubts import doubts
from hearth.insight.rules.talk_log import (
    EXCERPT,
    AuthorInfo,
    Excluded,
    GroupInfo,
    Memberships,
    Origin,
    TalkLog,
    first_words,
)
from hearth.insight.types import Rejection
from hearth.kit import language

_BATCH = 32_768  # messages: every search in bulk builds its automaton anew, so few and large ones are quicker
_BATCH_CHARACTERS = 16_000_000
_REJECTIONS = 20
_FUTURE_SLACK_MS = 86_400_000
_QUOTED = re.compile(r"(?:^|\n)[ \t]*(?:>|&gt;)[ \t]*([^\s>].*)|(?:^|\n)[^\n]{1,60} said:[ \t]*\n?(.+)")
_QUOTED_WITHIN = 2000  # characters
_GIVEN = ("group", "author", "thread", "mention", "origin", "at", "id_hash", "reply_hash", "quote")


class TalkLogBuilder:
    """Collects messages in any order; ``build`` sorts, resolves replies and drops doubles."""

    def __init__(self) -> None:
        self.groups: dict[str, GroupInfo] = {}
        self.author_info: dict[str, AuthorInfo] = {}
        self.rejected = 0
        self.rejections: list[Rejection] = []
        self.format = ""
        self.given = False  # whether the source tells of every reply and question
        self._group = Interner()
        self._author = Interner()
        self._thread = Interner()
        self._cols = {
            name: array(code)
            for name, code in {
                "group": "i", "author": "i", "thread": "i", "mention": "i", "origin": "b",
                "at": "q", "id_hash": "q", "reply_hash": "q", "quote": "q",
            }.items()
        }  # fmt: skip
        self._marks = {name: bytearray() for name in ("question", "link", "advert")}
        self._copy = array("q")
        self._ids = TextColumn()
        self._texts = Beginnings()
        self._asked: dict[int, str] = {}
        self._batch: list[tuple[Any, ...]] = []
        self._count = 0
        self._held = 0
        self._moves: list[tuple[int, int, int, bool]] = []
        self._listed: set[tuple[int, int]] = set()
        self._settled: list[tuple[int, int]] = []

    def add_group(self, info: GroupInfo) -> None:
        """Tell what is known of a group; may come before or after its messages."""
        self.groups[info.id] = info
        self._group.number(info.id)

    def add_author(self, info: AuthorInfo) -> None:
        """Tell an author's name; may come before or after the messages."""
        self.author_info[info.id] = info

    def reject(self, rejection: Rejection) -> None:
        """A piece of the archive that could not be used; the first ones are kept to be shown."""
        self.rejected += 1
        if len(self.rejections) < _REJECTIONS:
            self.rejections.append(rejection)

    def add_move(self, group: str, author: str, at_ms: int, *, joined: bool) -> None:
        """Somebody joined or left."""
        self._moves.append((self._group.number(group), self._author.number(author), at_ms, joined))

    def add_members(self, group: str, authors: Iterable[str]) -> None:
        """Who the source lists as members, without a date: members all along, unless a move tells otherwise."""
        number = self._group.number(group)
        self._listed.update((number, self._author.number(author)) for author in authors)

    def add_answer(self, group: str, question: str, answer: str) -> None:
        """An answer was accepted: its question asks, whatever its words, and the answer replies to it."""
        number = self._group.number(group)
        self._settled.append((hash((number, question)), hash((number, answer))))

    def add(
        self,
        group: str,
        author: str,
        at_ms: int,
        text: str,
        *,
        id: str = "",  # noqa: A002  what it is
        thread: str = "",
        reply_to: str = "",
        mentions: Iterable[str] = (),
        origin: Origin = Origin.ORGANIC,
        question: bool | None = None,
    ) -> None:
        """One message; times in ms since 1970 UTC. Whether it is a ``question`` is read from its words unless told."""
        self._batch.append((group, author, at_ms, text, id, thread, reply_to, mentions, origin, question))
        self._held += len(text)
        if len(self._batch) >= _BATCH or self._held >= _BATCH_CHARACTERS:
            self._flush()

    def __len__(self) -> int:
        return self._count + len(self._batch)

    def _flush(self) -> None:
        batch, self._batch, self._held = self._batch, [], 0
        if not batch:
            return
        groups, authors, times, texts, ids, threads, replies, mentions, origins, told = zip(*batch, strict=True)
        numbers = self._group.of_all(groups)
        column = _column(texts)
        asks, ads, linked, quoting = _bulk_hints(column)
        given = (
            numbers,
            self._author.of_all(authors),
            [self._thread.number(f"{at}\x00{name}") if name else -1 for at, name in zip(numbers, threads, strict=True)],
            [self._mentioned(who, names) if names else -1 for who, names in zip(authors, mentions, strict=True)],
            origins,
            times,
            [hash(pair) if pair[1] else -place for place, pair in enumerate(zip(numbers, ids, strict=True), len(self))],
            [hash(pair) if pair[1] else 0 for pair in zip(numbers, replies, strict=True)],
            [_quoted_words(text) if hint else 0 for text, hint in zip(texts, quoting, strict=True)],
        )
        for name, values in zip(_GIVEN, given, strict=True):
            self._cols[name].extend(values)
        self._ids.extend(ids)
        self._texts.extend(column)
        marks = self._marks
        marks["link"].extend([hint and language.has_link(text) for text, hint in zip(texts, linked, strict=True)])
        marks["advert"].extend(
            [hint and adverts.looks_like_advert(text) for text, hint in zip(texts, ads, strict=True)]
        )
        asking = [
            (hint and language.is_question(text)) if known is None else known
            for text, hint, known in zip(texts, asks, told, strict=True)
        ]
        marks["question"].extend(asking)
        for place, text in enumerate(texts):
            if asking[place] and len(text) > EXCERPT:
                self._asked[self._count + place] = language.question_excerpt(text, EXCERPT)
        self._copy.extend(map(copies.fingerprint, texts))
        self._count += len(batch)

    def _mentioned(self, author: str, names: Iterable[str]) -> int:
        """The first person called, oneself left out."""
        return next((self._author.number(name) for name in names if name != author), -1)

    def build(self, now_ms: int) -> TalkLog:
        """The log; messages after ``now_ms`` (a day of slack), without a time, or seen before are counted, not kept."""
        self._flush()
        cols = {name: as_ints(values) for name, values in self._cols.items()}
        marks = {name: np.frombuffer(bytes(values), dtype=np.bool_) for name, values in self._marks.items()}
        self._settle(cols, marks)
        no_time = cols["at"] <= 0
        future = cols["at"] > now_ms + _FUTURE_SLACK_MS
        double = _doubles(cols["id_hash"])
        keep = ~(no_time | future | double)
        kept = np.flatnonzero(keep)
        order = kept[np.lexsort((cols["id_hash"][kept] * 0 + kept, cols["at"][kept], cols["group"][kept]))]
        copied = copies.sort_out(
            np.where(keep & (cols["origin"] == int(Origin.ORGANIC)), as_ints(self._copy), 0),
            cols["author"],
            cols["group"],
            marks["link"] & ~marks["question"],
        )
        cols["origin"][copied.broadcast & ~marks["advert"]] = int(Origin.SCHEDULED)
        advert = marks["advert"] | copied.advert
        small = {
            name: cols[name][order].astype(np.int32) for name in ("group", "author", "thread", "mention", "origin")
        }
        return TalkLog(
            groups=tuple(self.groups.get(key, GroupInfo(key, key)) for key in self._group.names),
            authors=tuple(self.author_info.get(key, AuthorInfo(key, key)) for key in self._author.names),
            at=cols["at"][order],
            reply_to=_resolve(cols["id_hash"][order], cols["reply_hash"][order]),
            quote=cols["quote"][order],
            is_question=marks["question"][order],
            has_link=marks["link"][order],
            advert=advert[order],
            source_row=order.astype(np.int32),
            ids=self._ids,
            texts=self._texts,
            asked=self._asked,
            excluded=Excluded(
                future=int(future.sum()),
                no_time=int(no_time.sum()),
                duplicate=int((double & ~no_time & ~future).sum()),
            ),
            rejected=self.rejected,
            rejections=tuple(self.rejections),
            doubts=doubts(cols["group"][kept], cols["author"][kept], cols["at"][kept]),
            broadcasts=int((copied.broadcast & ~marks["advert"]).sum()),
            format=self.format,
            memberships=self._memberships(),
            given=self.given,
            **small,
        )

    def _settle(self, cols: dict[str, Ints], marks: dict[str, Bools]) -> None:
        if not self._settled:
            return
        questions, answers = np.array(sorted(self._settled, key=lambda pair: pair[1]), dtype=np.int64).T
        ids, place = cols["id_hash"], np.searchsorted(answers, cols["id_hash"]).clip(max=len(answers) - 1)
        marks["question"] = marks["question"] | np.isin(ids, questions)
        cols["reply_hash"] = np.where(
            (answers[place] == ids) & (cols["reply_hash"] == 0), questions[place], cols["reply_hash"]
        )

    def _memberships(self) -> Memberships | None:
        if not self._moves and not self._listed:
            return None
        open_since: dict[tuple[int, int], int] = {}
        rows: list[tuple[int, int, int, int]] = []
        for group, author, at, joined in sorted(self._moves, key=lambda move: move[2]):
            if joined:
                open_since.setdefault((group, author), at)
            else:
                rows.append((group, author, open_since.pop((group, author), 0), at))
        rows.extend((group, author, at, 0) for (group, author), at in open_since.items())
        moved = {(group, author) for group, author, _, _ in self._moves}
        rows.extend((group, author, 0, 0) for group, author in self._listed - moved)
        columns = np.array(rows, dtype=np.int64).T
        return Memberships(*columns)


def _column(texts: Sequence[str]) -> pa.StringArray:
    try:
        return pa.array(texts, type=pa.string())
    except UnicodeEncodeError:  # half a surrogate pair, from a broken export
        return pa.array([text.encode("utf-8", "replace").decode() for text in texts], type=pa.string())


def _bulk_hints(column: pa.StringArray) -> tuple[list[bool], ...]:
    """For each text: may it ask, advertise, link, quote? Cheap and never wrong about a no."""
    found = (
        pc.match_substring_regex(column, language.QUESTION_HINT),
        pc.or_(pc.match_substring_regex(column, adverts.HINTS.whole), _gapped(column)),
        pc.match_substring_regex(column, r"(?i)://|www\."),
        pc.match_substring_regex(column, r"(?:^|\n)\s*(?:>|&gt;)|\ssaid:\s*\n"),
    )
    return tuple(hits.to_pylist() for hits in found)


def _gapped(column: pa.StringArray) -> pa.BooleanArray:
    """Rows that hold an advert phrase with a gap: both sides somewhere, then in order."""
    hints = adverts.HINTS
    both = pc.and_(pc.match_substring_regex(column, hints.left), pc.match_substring_regex(column, hints.right))
    found = both.to_numpy(zero_copy_only=False)
    found[found] = pc.match_substring_regex(column.filter(both), hints.joined).to_numpy(zero_copy_only=False)
    return pa.array(found)


def _quoted_words(text: str) -> int:
    found = _QUOTED.search(text[:_QUOTED_WITHIN])
    return first_words(found.group(1) or found.group(2)) if found else 0


def _doubles(keys: Ints) -> Bools:
    """Rows whose id was seen before in the same group."""
    double = np.ones(len(keys), dtype=np.bool_)
    double[np.unique(keys, return_index=True)[1]] = False
    return double


def _resolve(ids: Ints, wanted: Ints) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Row numbers of the messages replied to; -1 where none is meant or it is not in the log."""
    rows = np.full(len(ids), -1, dtype=np.int32)
    asking = np.flatnonzero(wanted)
    if not len(asking):
        return rows
    order = np.argsort(ids, kind="stable")
    place = np.minimum(np.searchsorted(ids[order], wanted[asking]), len(ids) - 1)
    target = order[place]
    rows[asking] = np.where((ids[target] == wanted[asking]) & (target != asking), target, -1)
    return rows

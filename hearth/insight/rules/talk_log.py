"""Talk as columns: what the diagnosis reads, whoever wrote it.

Rows are sorted by group, then time. Columns hold numbers only; ids and excerpts are fetched for the few messages that
become evidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property

import numpy as np

from hearth.insight.rules.columns import Beginnings, Bools, Ints, SmallInts, TextColumn
from hearth.insight.rules.doubts import Doubts
from hearth.insight.types import Rejection
from hearth.kit.language import excerpt

EXCERPT = 200  # characters
_HEAD = 24


def first_words(text: str) -> int:
    """A fingerprint of a text's first words, to find what a quote quotes; 0 when there are too few."""
    plain = "".join(text[:80].lower().split())[:_HEAD]
    return hash(plain) or 1 if len(plain) >= 8 else 0


class Origin(IntEnum):
    """Where a message came from; everything but organic is *seeded*."""

    ORGANIC = 0
    OPERATOR = 1
    SCHEDULED = 2
    BOT = 3
    PARTNER = 4


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """What is known of a group beside its talk."""

    id: str
    name: str
    created_ms: int | None = None
    meant_to_end: bool = False
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class AuthorInfo:
    """Who writes: the source's id and the name to show."""

    id: str
    name: str
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Memberships:
    """Memberships as intervals: parallel columns; ``left`` is 0 while it lasts."""

    group: Ints
    author: Ints
    joined: Ints
    left: Ints


@dataclass(frozen=True, slots=True)
class Excluded:
    """Messages read but not measured, by reason."""

    future: int = 0
    no_time: int = 0
    duplicate: int = 0


_PLAIN_COLUMNS = (
    "group", "author", "at", "thread", "mention", "quote", "origin",
    "is_question", "has_link", "advert", "source_row",
)  # fmt: skip


@dataclass(frozen=True)
class TalkLog:
    """All messages of some groups, by (group, time).

    ``reply_to`` holds row numbers (-1: none), ``mention`` author numbers (-1), ``quote`` fingerprints of the quoted
    words (0: none). ``texts`` holds beginnings, ``asked`` the excerpts of questions that stand further down.
    ``given``: the source tells of replies and questions; they are taken as told wherever it holds any replies.
    """

    groups: tuple[GroupInfo, ...]
    authors: tuple[AuthorInfo, ...]
    group: SmallInts
    author: SmallInts
    at: Ints
    thread: SmallInts
    reply_to: SmallInts
    mention: SmallInts
    quote: Ints
    origin: SmallInts
    is_question: Bools
    has_link: Bools
    advert: Bools
    source_row: SmallInts
    ids: TextColumn
    texts: Beginnings
    asked: Mapping[int, str]
    excluded: Excluded = field(default_factory=Excluded)
    rejected: int = 0
    rejections: tuple[Rejection, ...] = ()
    broadcasts: int = 0
    doubts: Doubts = field(default_factory=Doubts)
    format: str = ""
    memberships: Memberships | None = None
    given: bool = False

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def organic(self) -> Bools:
        """Rows written by members themselves."""
        return np.equal(self.origin, int(Origin.ORGANIC))

    @cached_property
    def human(self) -> Bools:
        """Rows written by a person, staff and partners included."""
        return np.isin(self.origin, (int(Origin.ORGANIC), int(Origin.OPERATOR), int(Origin.PARTNER)))

    def bounds(self) -> Ints:
        """Row numbers at which each group begins; one more at the end."""
        return np.searchsorted(self.group, np.arange(len(self.groups) + 1)).astype(np.int64)

    def last_ordinary(self) -> int | None:
        """Time of the last message written by a member, in ms; of the last message at all when no member ever wrote."""
        if not len(self):
            return None
        own = self.at[self.organic]
        return int(own.max() if len(own) else self.at.max())

    def until(self, at: int) -> "TalkLog":
        """The log as it stood just before ``at`` (ms)."""
        if not len(self) or int(self.at.max()) < at:
            return self
        keep = self.at < at
        new_row = np.full(len(self) + 1, -1, dtype=np.int32)
        new_row[:-1][keep] = np.arange(int(keep.sum()), dtype=np.int32)
        kept = {name: getattr(self, name)[keep] for name in _PLAIN_COLUMNS}
        return replace(self, reply_to=new_row[self.reply_to[keep]], **kept)

    def message_id(self, row: int) -> str:
        """The source's id of a message."""
        return self.ids[int(self.source_row[row])]

    def excerpt(self, row: int) -> str:
        """The beginning of a message's text, or where it asks."""
        source = int(self.source_row[row])
        return self.asked.get(source) or excerpt(self.texts[source], EXCERPT)

    def heads(self, rows: Ints) -> Ints:
        """Fingerprints of the first words of some messages, to find what a quote quotes."""
        every = np.fromiter(map(first_words, self.texts), np.int64, len(self.texts))
        return every[self.source_row[rows]]

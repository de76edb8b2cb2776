"""Who there is and what they did: the columns that everything about people is computed from."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from hearth.insight.rules.columns import Bools, Floats, Ints
from hearth.insight.rules.people.graph import ReplyGraph, graph_of
from hearth.insight.rules.replies import Talk, read_talk
from hearth.insight.rules.talk_log import TalkLog
from hearth.insight.rules.times import DAY, WEEK

WEEKS = 26  # looked back for presence
SEASON = 91 * DAY  # looked back for ties and types
HALF_YEAR = 182 * DAY
MONTH = 28 * DAY
NEVER = -1
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Person:
    """A member who counts: neither staff nor bot. ``groups`` they are in and ``tends``, by id; ``barred``: under a mute
    or ban in force; ``here``: has not left.
    """

    id: str
    joined: int | None = None
    verified: bool = False
    here: bool = True
    barred: bool = False
    groups: frozenset[str] = frozenset()
    tends: frozenset[str] = frozenset()


class Pairs(NamedTuple):
    """Something that ``who`` did for or to ``whom`` (-1: nobody who counts), in ms; parallel columns of person
    numbers.
    """

    who: Ints = _NONE
    whom: Ints = _NONE
    at: Ints = _NONE


class Visits(NamedTuple):
    """Days on which somebody was seen reading: person numbers and ms."""

    who: Ints = _NONE
    at: Ints = _NONE


class Returns(NamedTuple):
    """Of each: further active days after the first, weeks from first to last and from first to now (0 for those who
    never did anything), and the ms of the last deed (-1).
    """

    x: Floats
    recency: Floats
    age: Floats
    last: Ints


@dataclass(frozen=True)
class Census:
    """People, their talk up to ``at`` and what they did beside it. ``thanks`` are reactions (who reacted to whom),
    ``accepted`` accepted answers (who answered whom).
    """

    log: TalkLog
    talk: Talk
    people: tuple[Person, ...]
    at: int
    thanks: Pairs = field(default_factory=Pairs)
    accepted: Pairs = field(default_factory=Pairs)
    visits: Visits = field(default_factory=Visits)

    @property
    def size(self) -> int:
        """How many people."""
        return len(self.people)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Id of a person → number."""
        return {person.id: number for number, person in enumerate(self.people)}

    @cached_property
    def writer(self) -> Ints:
        """The person behind each row of the log; -1 for seeded rows, staff and bots."""
        known = np.array([self.numbers.get(author.id, NEVER) for author in self.log.authors] or [NEVER])
        return np.where(self.log.organic, known[self.log.author], NEVER).astype(np.int64)

    @cached_property
    def own(self) -> Ints:
        """Rows written by people, in time."""
        rows = np.flatnonzero(self.writer >= 0)
        return rows[np.argsort(self.log.at[rows], kind="stable")]

    @cached_property
    def deeds(self) -> tuple[Ints, Ints]:
        """All that people did by themselves, messages and reactions: (who, when)."""
        who = np.concatenate((self.writer[self.own], self.thanks.who))
        return who, np.concatenate((self.log.at[self.own], self.thanks.at))

    def recent(self, rows: Ints, span: int) -> Ints:
        """Those of some rows in the last ``span`` ms."""
        return rows[self.log.at[rows] >= self.at - span]

    def counted(self, who: Ints) -> Ints:
        """How often each person stands in a column."""
        return np.bincount(who[who >= 0], minlength=self.size).astype(np.int64)

    @cached_property
    def first(self) -> Ints:
        """When each did their first deed; -1 for nobody's."""
        return _extreme(self.size, *self.deeds, latest=False)

    @cached_property
    def last(self) -> Ints:
        """When each did their last deed; -1 for nobody's."""
        return _extreme(self.size, *self.deeds, latest=True)

    @cached_property
    def seen(self) -> Ints:
        """When each was last present, reading included; -1 for never."""
        return np.maximum(self.last, _extreme(self.size, self.visits.who, self.visits.at, latest=True))

    @cached_property
    def weeks(self) -> Bools:
        """Who did something in which of the last 26 weeks: people by weeks, the last column ending now."""
        who, at = self.deeds
        return presence(self.size, who, at, self.at)

    @cached_property
    def answers(self) -> Ints:
        """Rows of members' asks whose first answer came from a person; see ``helper``."""
        asks = np.flatnonzero(self.talk.asks & (self.writer >= 0) & (self.talk.answer >= 0))
        return asks[self.writer[self.talk.answer[asks]] >= 0]

    @cached_property
    def opens(self) -> Bools:
        """Rows that open a conversation; the first reply in a thread, whose root stands outside of it, does not."""
        return self.talk.starts & (self.talk.target < 0)

    @cached_property
    def graph(self) -> ReplyGraph:
        """Who answered whom in the last 91 days."""
        rows = self.recent(self.own, SEASON)
        rows = rows[self.talk.target[rows] >= 0]
        return graph_of(self.size, self.writer[rows], self.writer[self.talk.target[rows]])

    def returns(self, at: int | None = None) -> Returns:
        """What the churn model reads, as it was known just before ``at`` (now)."""
        at = self.at if at is None else at
        who, when = self.deeds
        known = when < at
        who, when = who[known], when[known]
        first, last = (_extreme(self.size, who, when, latest=latest) for latest in (False, True))
        days = np.bincount(np.unique(who * 100_000 + when // DAY) // 100_000, minlength=self.size)
        age = np.where(last >= 0, (at - first) / WEEK, 0.0)
        recency = np.where(last >= 0, (last // DAY - first // DAY) * (DAY / WEEK), 0.0)
        return Returns(np.maximum(days - 1.0, 0.0), np.minimum(recency, age), age, last)


def presence(size: int, who: Ints, at: Ints, end: int, weeks: int = WEEKS) -> Bools:
    """People by weeks before ``end``, the last column ending there."""
    ago = (end - 1 - at) // WEEK
    inside = (ago >= 0) & (ago < weeks) & (who >= 0)
    found = np.zeros((size, weeks), dtype=np.bool_)
    found[who[inside], weeks - 1 - ago[inside]] = True
    return found


def _extreme(size: int, who: Ints, at: Ints, *, latest: bool) -> Ints:
    found = np.full(size, NEVER if latest else np.iinfo(np.int64).max, dtype=np.int64)
    (np.maximum if latest else np.minimum).at(found, who, at)
    found[found == np.iinfo(np.int64).max] = NEVER
    return found


def census_of(log: TalkLog, at: int | None = None, people: Iterable[Person] | None = None) -> Census:
    """A census of a log alone: everybody who wrote and is no bot counts; measured just after their last message."""
    if at is None:
        last = log.last_ordinary()
        at = 0 if last is None else last + 1
    log = log.until(at)
    if people is None:
        people = (Person(author.id) for author in log.authors if not author.is_bot)
    return Census(log, read_talk(log), tuple(people), at)

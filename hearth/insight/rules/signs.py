"""Signs of life of every group at a moment of the past, as it looked then: what stage and risk are read from.

The log is folded once into days (who wrote in which group on which day); a moment is a whole number of days after an
origin, and nothing that happened at or after it is looked at. All groups are read at once, so that a year of history
costs little.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hearth.insight.rules.columns import Bools, Ints
from hearth.insight.rules.group_view import FOUNDING, PEAK_WEEKS
from hearth.insight.rules.logistic import Floats
from hearth.insight.rules.replies import Talk
from hearth.insight.rules.talk_log import TalkLog
from hearth.insight.rules.times import DAY

LOOK_BACK = 7 * (PEAK_WEEKS + 4)  # days
NEVER = -1
_FAR = np.int64(1) << 40


class Sign(NamedTuple):
    """One group at one moment. ``silent`` is days since a member wrote (None: never), ``months`` the authors of the 28
    days ending 0, 1, ... 26 weeks ago, ``starts_before`` conversations opened in the twelve weeks before the last four.
    """

    age_weeks: float | None
    silent: float | None
    months: tuple[int, ...]
    messages: int
    returned: int
    newcomers: int
    weeks_active: int
    starts: int
    starts_before: int
    seeded: int
    own: int

    @property
    def authors(self) -> int:
        """Members who wrote in the last 28 days."""
        return self.months[0]

    @property
    def before(self) -> int:
        """Members who wrote in the 28 days before those."""
        return self.months[4]


@dataclass(frozen=True)
class Signs:
    """All groups at one moment; columns as in ``Sign``, ages and silences in days (NaN where unknown)."""

    age: Floats
    silent: Floats
    months: Ints
    messages: Ints
    returned: Ints
    newcomers: Ints
    weeks_active: Ints
    starts: Ints
    starts_before: Ints
    seeded: Ints
    own: Ints

    @property
    def authors(self) -> Ints:
        """Members who wrote in the last 28 days, per group."""
        return self.months[:, 0]

    @property
    def before(self) -> Ints:
        """Members who wrote in the 28 days before those, per group."""
        return self.months[:, 4]

    def rows(self) -> Iterable[Sign]:
        """One sign per group."""
        columns = (
            self.messages, self.returned, self.newcomers, self.weeks_active,
            self.starts, self.starts_before, self.seeded, self.own,
        )  # fmt: skip
        ages = [None if np.isnan(days) else days / 7 for days in self.age.tolist()]
        silent = [None if np.isnan(days) else days for days in self.silent.tolist()]
        months = map(tuple, self.months.tolist())
        return map(Sign, ages, silent, months, *(column.tolist() for column in columns))


@dataclass(frozen=True)
class DayLog:
    """A log folded into days after ``origin`` (ms). One row per group, author and day, by day."""

    origin: int
    groups: int
    born: Floats  # days after the origin; NaN where nothing is known
    group: Ints
    author: Ints
    day: Ints
    messages: Ints
    starts: Ints
    newcomer: Bools  # this day brought the member's first word, and the group was four weeks old by then
    seeded_group: Ints
    seeded_day: Ints
    group_key: Ints  # rows again, by group and day: where each group's last word before a moment is found
    group_last: Floats

    def at(self, day: int) -> Signs:
        """The signs of every group ``day`` days after the origin."""
        low, high = np.searchsorted(self.day, (day - LOOK_BACK, day))
        window = slice(int(low), int(high))
        group, author = self.group[window], self.author[window]
        ago = day - 1 - self.day[window]
        week = ago // 7
        messages, starts = self.messages[window], self.starts[window]
        month, fresh = ago < 28, self.newcomer[window]
        left, right = np.searchsorted(self.seeded_day, (day - 56, day))
        months = self._months(group, author, week)
        both = self._distinct(group[week < 8], author[week < 8])
        return Signs(
            age=np.maximum(0.0, day - self.born),
            silent=day - self._last_before(day),
            months=months,
            messages=self._sum(group[month], messages[month]),
            returned=months[:, 0] + months[:, 4] - both,
            newcomers=self._sum(group[month & fresh], None),
            weeks_active=self._weeks_active(group, author, week),
            starts=self._sum(group[month], starts[month]),
            starts_before=self._sum(group[(ago >= 28) & (ago < 112)], starts[(ago >= 28) & (ago < 112)]),
            seeded=self._sum(self.seeded_group[left:right], None),
            own=self._sum(group[ago < 56], messages[ago < 56]),
        )

    def authors_between(self, begin: int, end: int) -> Ints:
        """Members who wrote on the days [begin, end), per group."""
        low, high = np.searchsorted(self.day, (begin, end))
        return self._distinct(self.group[low:high], self.author[low:high])

    def _sum(self, group: Ints, what: Ints | None) -> Ints:
        return np.bincount(group, what, minlength=self.groups).astype(np.int64)

    def _distinct(self, group: Ints, author: Ints) -> Ints:
        return np.bincount(np.unique(group * _FAR + author) // _FAR, minlength=self.groups).astype(np.int64)

    def _months(self, group: Ints, author: Ints, week: Ints) -> Ints:
        """Distinct authors of four weeks ending 0 ... 26 weeks ago: each is counted by their latest week within."""
        keys = np.unique((group * _FAR + author) * 64 + week)
        week, pair = keys % 64, keys // 64
        later = np.r_[NEVER, week[:-1]]
        later[np.r_[True, pair[1:] != pair[:-1]]] = NEVER
        place = (pair // _FAR) * 64
        width = self.groups * 64
        change = np.bincount(place + np.maximum(np.maximum(week - 3, later + 1), 0), minlength=width)
        change -= np.bincount(place + week + 1, minlength=width)
        return change.reshape(self.groups, 64).cumsum(axis=1)[:, : PEAK_WEEKS + 1]

    def _weeks_active(self, group: Ints, author: Ints, week: Ints) -> Ints:
        late = week < 8
        keys = np.unique((group[late] * 8 + week[late]) * _FAR + author[late]) // _FAR
        met = np.bincount(keys, minlength=8 * self.groups) >= 2
        return met.reshape(self.groups, 8).sum(axis=1, dtype=np.int64)

    def _last_before(self, day: int) -> Floats:
        """When a member last wrote, in days after the origin; NaN where nobody had."""
        last = np.full(self.groups, np.nan)
        if len(self.group_key):
            here = np.arange(self.groups, dtype=np.int64)
            place = np.searchsorted(self.group_key, _day_key(here, day)) - 1
            known = (place >= 0) & (self.group_key[place] >> 32 == here)
            last[known] = self.group_last[place[known]]
        return last


def _day_key(group: Ints, day: Ints | int) -> Ints:
    """Group and day as one number that sorts like the pair; days may lie before the origin."""
    return (group << 32) + (day + (1 << 31))


def fold(log: TalkLog, talk: Talk, origin: int) -> DayLog:
    """Fold a log into days after ``origin`` (ms)."""
    rows = np.flatnonzero(log.organic)
    day = (log.at[rows] - origin) // DAY
    rows = rows[np.lexsort((log.author[rows], log.group[rows], day))]  # stable: within a day by time
    group, author = log.group[rows].astype(np.int64), log.author[rows].astype(np.int64)
    day = (log.at[rows] - origin) // DAY
    head = np.ones(len(rows), dtype=np.bool_)
    head[1:] = (group[1:] != group[:-1]) | (author[1:] != author[:-1]) | (day[1:] != day[:-1])
    heads = np.flatnonzero(head)
    ends = np.r_[heads[1:], len(rows)] if len(rows) else heads
    opened = np.r_[0, np.cumsum(talk.starts[rows])]
    group, author, day = group[heads], author[heads], day[heads]
    last = (log.at[rows[ends - 1]] - origin) / DAY
    by_group = np.lexsort((last, day, group))
    seeded = np.flatnonzero(~log.organic)
    seeded = seeded[np.argsort(log.at[seeded], kind="stable")]
    return DayLog(
        origin=origin,
        groups=len(log.groups),
        born=_born(log, origin),
        group=group,
        author=author,
        day=day,
        messages=ends - heads,
        starts=opened[ends] - opened[heads],
        newcomer=_newcomers(log)[rows[heads]],
        seeded_group=log.group[seeded].astype(np.int64),
        seeded_day=(log.at[seeded] - origin) // DAY,
        group_key=_day_key(group, day)[by_group],
        group_last=last[by_group],
    )


def _born(log: TalkLog, origin: int) -> Floats:
    """When each group was created, as far as is known: told, or its first message of any origin."""
    born = np.array([info.created_ms or np.nan for info in log.groups], dtype=np.float64)
    spoken, first = np.unique(log.group, return_index=True)
    born[spoken] = np.fmin(born[spoken], log.at[first])
    days: Floats = (born - origin) / DAY
    return days


def _newcomers(log: TalkLog) -> Bools:
    """Rows with a member's first word in a group, where members had talked for four weeks by then."""
    fresh = np.zeros(len(log), dtype=np.bool_)
    rows = np.flatnonzero(log.organic)
    if len(rows):
        group = log.group[rows].astype(np.int64)
        firsts = rows[np.unique(group * _FAR + log.author[rows], return_index=True)[1]]
        founded = np.full(len(log.groups), 0, dtype=np.int64)
        spoken, begin = np.unique(group, return_index=True)
        founded[spoken] = log.at[rows[begin]]
        fresh[firsts] = log.at[firsts] >= founded[log.group[firsts]] + FOUNDING
    return fresh

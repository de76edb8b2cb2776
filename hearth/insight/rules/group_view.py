"""One group at one moment, as the metrics see it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hearth.insight.rules.columns import Bools, Ints
from hearth.insight.rules.replies import Talk
from hearth.insight.rules.talk_log import GroupInfo, TalkLog
from hearth.insight.rules.times import DAY, WEEK

PEAK_WEEKS = 26
FOUNDING = 28 * DAY
ANSWERED_WITHIN = WEEK  # replies that come later are not counted


@dataclass(frozen=True)
class GroupView:
    """A group's slice of the log up to ``at``. Rows are log row numbers.

    ``anchor`` is ``at`` while the group lives: what is asked of the anchor describes the group's last weeks of life.
    """

    log: TalkLog
    talk: Talk
    info: GroupInfo
    begin: int
    end: int
    at: int
    members: int

    @cached_property
    def rows(self) -> Ints:
        """All rows of the group."""
        return np.arange(self.begin, self.end)

    @cached_property
    def own(self) -> Ints:
        """Rows written by members themselves (organic)."""
        return self.rows[self.log.organic[self.begin : self.end]]

    @cached_property
    def own_at(self) -> Ints:
        """Times of the members' messages."""
        return self.log.at[self.own]

    @cached_property
    def last(self) -> int | None:
        """Time of the members' last message."""
        return int(self.own_at[-1]) if len(self.own) else None

    @cached_property
    def born(self) -> int | None:
        """When the group was created, as far as is known: told, or its first message."""
        known = [time for time in (self.info.created_ms,) if time]
        if self.end > self.begin:
            known.append(int(self.log.at[self.begin]))
        return min(known) if known else None

    @cached_property
    def age_weeks(self) -> float | None:
        """Age in weeks, begun days as whole ones; None when nothing is known."""
        return None if self.born is None else max(0, (self.at - 1 - self.born) // DAY + 1) / 7

    @cached_property
    def lives(self) -> bool:
        """Whether two or more members wrote in the last 28 days."""
        return self.authors_in(28) >= 2

    @cached_property
    def anchor(self) -> int:
        """The moment that structural metrics are measured at: now, or just after the last time members talked.

        A stray word into a silent room is not its life: talk is a message within 28 days of somebody else's, the fifth
        or later in 91 days.
        """
        if self.lives or not len(self.own):
            return self.at
        author, times = self.log.author[self.own], self.own_at
        place = np.arange(len(times))
        run = np.maximum.accumulate(np.where(np.r_[True, author[1:] != author[:-1]], place, 0))
        talked = (run > 0) & (times - times[np.maximum(run - 1, 0)] <= FOUNDING)
        talked &= (place >= 4) & (times - times[np.maximum(place - 4, 0)] <= 91 * DAY)
        return int(times[np.flatnonzero(talked)[-1] if talked.any() else -1]) + 1

    def recent(self, days: float, *, skip: float = 0, until: int | None = None) -> Ints:
        """Members' rows in [until - skip - days, until - skip); ``until`` defaults to now."""
        end = (self.at if until is None else until) - int(skip * DAY)
        left, right = np.searchsorted(self.own_at, (end - int(days * DAY), end))
        return self.own[left:right]

    def authors_in(self, days: float, *, skip: float = 0) -> int:
        """Distinct members who wrote in a window before now."""
        return len(np.unique(self.log.author[self.recent(days, skip=skip)]))

    def all_in(self, days: float) -> Ints:
        """Rows of any origin in the window before now."""
        left, right = np.searchsorted(self.log.at[self.begin : self.end], (self.at - int(days * DAY), self.at))
        return self.rows[left:right]

    @cached_property
    def presence(self) -> Bools:
        """Who wrote in which of the last 30 weeks: authors by weeks, the last column ending now."""
        weeks = PEAK_WEEKS + 4
        rows = self.recent(weeks * 7)
        who, index = np.unique(self.log.author[rows], return_inverse=True)
        matrix = np.zeros((len(who), weeks), dtype=np.bool_)
        matrix[index, weeks - 1 - (self.at - 1 - self.log.at[rows]) // WEEK] = True
        return matrix

    @cached_property
    def authors_by_month(self) -> Ints:
        """Distinct authors in the 28 days ending 0, 1, 2 ... 26 weeks ago."""
        matrix = self.presence
        weeks = matrix.shape[1]
        ends = range(weeks, weeks - PEAK_WEEKS - 1, -1)
        return np.array([matrix[:, end - 4 : end].any(axis=1).sum() for end in ends], dtype=np.int64)

    @cached_property
    def weekly_authors(self) -> Ints:
        """Distinct authors in each of the last 30 weeks, oldest first."""
        counts: Ints = self.presence.sum(axis=0, dtype=np.int64)
        return counts

    @cached_property
    def firsts(self) -> Ints:
        """The first row of each member, newcomers only: those who came 28 days or more after the group's first talk."""
        if not len(self.own):
            return self.own
        first = self.own[np.unique(self.log.author[self.own], return_index=True)[1]]
        first.sort()
        late: Ints = first[self.log.at[first] >= self.own_at[0] + FOUNDING]
        return late

    def newcomers(self, days: float, *, skip: float) -> Ints:
        """First rows of newcomers in [anchor - days, anchor - skip)."""
        at = self.log.at[self.firsts]
        left, right = np.searchsorted(at, (self.anchor - int(days * DAY), self.anchor - int(skip * DAY)))
        return self.firsts[left:right]

    def asks(self, days: float, *, settled: bool, until: int | None = None) -> Ints:
        """Members' asks of the ``days`` before the anchor, or from there until later; ``settled``: those a day old."""
        end = (self.anchor if until is None else until) - (DAY if settled else 0)
        left, right = np.searchsorted(self.own_at, (self.anchor - int(days * DAY), end))
        rows = self.own[left : max(left, right)]
        return rows[self.talk.asks[rows]]

    def waited(self, rows: Ints) -> tuple[Ints, Bools]:
        """For each row: ms until the first answer within a week, else how long it was watched, and whether it came."""
        answer = self.talk.answer[rows]
        wait = np.maximum(self.log.at[np.maximum(answer, 0)] - self.log.at[rows], 0)
        came = (answer >= 0) & (wait <= ANSWERED_WITHIN)
        watched = np.minimum(self.anchor - self.log.at[rows], ANSWERED_WITHIN)
        return np.where(came, wait, watched), came

    def days_before(self, rows: Ints) -> Ints:
        """Whole days between each row and the anchor."""
        days: Ints = (self.anchor - 1 - self.log.at[rows]) // DAY
        return days

    def counts(self, days: float) -> tuple[Ints, Ints]:
        """Members who wrote in the window before the anchor and how much, busiest first."""
        who, count = np.unique(self.log.author[self.recent(days, until=self.anchor)], return_counts=True)
        order = np.lexsort((who, -count))
        return who[order].astype(np.int64), count[order]

"""Newcomers left alone: whether anybody answered somebody's first message.

Joyce & Kraut 2006 (J. Computer-Mediated Communication 11(3)): of 2,777 newcomers those who were answered posted again
in 56 % of cases, the others in 44 %. That somebody answers counts more than how fast.
"""

from dataclasses import dataclass

import numpy as np

from hearth.insight.rules.columns import Bools, Ints
from hearth.insight.rules.people.census import SEASON, Census
from hearth.insight.rules.people.helping import first_rows
from hearth.insight.rules.times import DAY

AT_RISK = 56 * DAY  # after it the chance has passed


@dataclass(frozen=True)
class Newcomers:
    """``waiting``: the row of a first message that nobody answered, by person (-1: none). ``covered`` of ``first``
    messages of the last 91 days that are a day old were answered within 24 hours, ``answered`` at any time.
    """

    waiting: Ints
    first: int
    covered: int
    answered: int


def newcomers(census: Census) -> Newcomers:
    """Look at first messages that answer nobody, or ask; whoever began by answering waits for nothing.

    At risk are those of the last 56 days whom nobody answered, then or later, and who are still here. Seeded answers of
    machines do not count, answers of staff do.
    """
    rows, log = first_rows(census), census.log
    rows = rows[(census.talk.target[rows] < 0) | census.talk.asks[rows]]
    at = log.at[rows]
    answer = census.talk.answer[rows]
    settled = (at >= census.at - SEASON) & (at < census.at - DAY)
    soon = (answer >= 0) & (log.at[np.maximum(answer, 0)] - at <= DAY)
    waiting = np.full(census.size, -1, dtype=np.int64)
    alone = rows[(at >= census.at - AT_RISK) & ~_answered_ever(census)[census.writer[rows]]]
    alone = alone[[census.people[who].here for who in census.writer[alone]]] if len(alone) else alone
    waiting[census.writer[alone]] = alone
    return Newcomers(waiting, int(settled.sum()), int((settled & soon).sum()), int((settled & (answer >= 0)).sum()))


def _answered_ever(census: Census) -> Bools:
    rows = census.own
    found = np.zeros(census.size, dtype=np.bool_)
    found[census.writer[rows[census.talk.answer[rows] >= 0]]] = True
    return found

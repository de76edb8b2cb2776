"""What kind of member somebody is, by what they come for as far as deeds tell; and RFM with fixed cuts."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from hearth.insight.rules.columns import Ints
from hearth.insight.rules.people.census import SEASON, Census
from hearth.insight.rules.times import DAY

RECENCY_CUTS = (7, 28, 91, 182)  # days since the last deed, at most
FREQUENCY_CUTS = (2, 4, 10, 20)  # weeks of the last 26 with a deed, at least
VALUE_CUTS = (1, 5, 20, 50)  # help score, at least


class Kind(IntEnum):
    """Kinds of members by behaviour in the last 91 days."""

    SILENT = 0
    READS = 1
    REACTS = 2
    TALKS = 3
    OPENS = 4
    ASKS = 5
    ANSWERS = 6


@dataclass(frozen=True)
class Deeds:
    """How much each did in the last 91 days."""

    messages: Ints
    starts: Ints
    asks: Ints
    answers: Ints
    reactions: Ints
    reading_days: Ints


def deeds_of(census: Census) -> Deeds:
    """Count."""
    rows, talk, since = census.recent(census.own, SEASON), census.talk, census.at - SEASON
    who = census.writer[rows]
    answers = census.talk.answer[census.answers]
    return Deeds(
        messages=census.counted(who),
        starts=census.counted(who[census.opens[rows]]),
        asks=census.counted(who[talk.asks[rows]]),
        answers=census.counted(census.writer[answers[census.log.at[answers] >= since]]),
        reactions=census.counted(census.thanks.who[census.thanks.at >= since]),
        reading_days=census.counted(census.visits.who[census.visits.at >= since]),
    )


def kinds(deeds: Deeds) -> Ints:
    """The first rule that fits:

    answers: gave three first answers or more, and no fewer than they asked; asks: half of what they wrote are
    questions; opens: opened two conversations or more, a third of what they wrote; reacts: three reactions or more,
    more than messages; talks: wrote anything else; reacts: only reacted; reads: was only seen reading; silent: nothing.
    """
    wrote = deeds.messages > 0
    return np.select(
        [
            (deeds.answers >= 3) & (deeds.answers >= deeds.asks),
            (deeds.asks > 0) & (2 * deeds.asks >= deeds.messages),
            (deeds.starts >= 2) & (3 * deeds.starts >= deeds.messages),
            wrote & (deeds.reactions >= 3) & (deeds.reactions > deeds.messages),
            wrote,
            deeds.reactions > 0,
            deeds.reading_days > 0,
        ],
        [Kind.ANSWERS, Kind.ASKS, Kind.OPENS, Kind.REACTS, Kind.TALKS, Kind.REACTS, Kind.READS],
        Kind.SILENT,
    ).astype(np.int64)


def rfm(census: Census, help_score: Ints) -> Ints:
    """Three digits from 1 to 5: recency, frequency, value (what they gave others; Hughes 1994 has money there). 0:
    never did anything.

    Fixed cuts, because quantiles break at ties: in a community most came once.
    """
    days = (census.at - census.last) / DAY
    recency = 5 - np.searchsorted(RECENCY_CUTS, days, "left")
    frequency = 1 + np.searchsorted(FREQUENCY_CUTS, census.weeks.sum(axis=1), "right")
    value = 1 + np.searchsorted(VALUE_CUTS, help_score, "right")
    return np.where(census.last >= 0, 100 * recency + 10 * frequency + value, 0).astype(np.int64)

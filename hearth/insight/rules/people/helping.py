"""The contribution of helping: a visible score with its parts, over the last half year."""

from dataclasses import dataclass

import numpy as np

from hearth.insight.rules.columns import Ints
from hearth.insight.rules.people.census import HALF_YEAR, Census

ACCEPTED, ANSWER, WELCOME, THANKS = 10, 3, 3, 1  # points each
PER_PAIR = 5  # times that the same one helped by the same one counts


@dataclass(frozen=True)
class Helping:
    """What each did for others in the last 182 days, the same pair counting five times at most.

    ``accepted`` answers, first ``answers`` to questions, ``welcomes`` (first answers to somebody's first message ever),
    ``thanks`` (different people who reacted to them); ``helped``: (helper, helped, times) of all but thanks.
    """

    accepted: Ints
    answers: Ints
    welcomes: Ints
    thanks: Ints
    helped: tuple[Ints, Ints, Ints]

    @property
    def score(self) -> Ints:
        """10 for an accepted answer, 3 for a first answer, 3 for a welcome, 1 for each person's thanks."""
        return ACCEPTED * self.accepted + ANSWER * self.answers + WELCOME * self.welcomes + THANKS * self.thanks


def helping(census: Census) -> Helping:
    """Count what people did for others."""
    since, log, writer = census.at - HALF_YEAR, census.log, census.writer
    asks = census.answers
    asks = asks[log.at[census.talk.answer[asks]] >= since]
    firsts = first_rows(census)
    firsts = firsts[census.talk.answer[firsts] >= 0]
    firsts = firsts[log.at[census.talk.answer[firsts]] >= since]
    answered = (writer[census.talk.answer[asks]], writer[asks])
    welcomed = (writer[census.talk.answer[firsts]], writer[firsts])
    kept = census.accepted.at >= since
    accepted = (census.accepted.who[kept], census.accepted.whom[kept])
    lately = census.thanks.at >= since
    thanked = (census.thanks.whom[lately], census.thanks.who[lately])
    return Helping(
        accepted=_capped(census, *accepted, PER_PAIR),
        answers=_capped(census, *answered, PER_PAIR),
        welcomes=_capped(census, *welcomed, PER_PAIR),
        thanks=_capped(census, *thanked, 1),
        helped=_paired(census.size, *(np.concatenate(both) for both in zip(answered, welcomed, accepted, strict=True))),
    )


def first_rows(census: Census) -> Ints:
    """The first message ever of each person, in time."""
    rows = census.own
    first: Ints = rows[np.sort(np.unique(census.writer[rows], return_index=True)[1])]
    return first


def _paired(size: int, helper: Ints, helped: Ints) -> tuple[Ints, Ints, Ints]:
    known = (helper >= 0) & (helper != helped)
    key, times = np.unique(helper[known] * (size + 1) + helped[known] + 1, return_counts=True)
    return key // (size + 1), key % (size + 1) - 1, times.astype(np.int64)


def _capped(census: Census, helper: Ints, helped: Ints, most: int) -> Ints:
    who, _, times = _paired(census.size, helper, helped)
    return np.bincount(who, weights=np.minimum(times, most), minlength=census.size).astype(np.int64)

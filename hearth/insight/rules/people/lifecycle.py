"""Where each member is on their way: PostHog's lifecycle in windows of 28 days, and tiers by behaviour."""

from enum import IntEnum

import numpy as np

from hearth.insight.rules.columns import Ints
from hearth.insight.rules.people.census import MONTH, SEASON, Census
from hearth.insight.rules.people.kept import Flow

PERIODS = 6
ACTIVATED_WEEKS = 3  # of the last 13
CARRYING_WEEKS = 8  # of the last 26
CARRYING_HELP = 10


class Phase(IntEnum):
    """PostHog: *new* did their first deed in the window; *returning* in this window and the one before; *resurrected*
    in this one, not in the one before, but earlier; *dormant* in the one before and not in this. Beyond it: *away*, in
    neither; *silent*, never.
    """

    SILENT = 0
    AWAY = 1
    DORMANT = 2
    RESURRECTED = 3
    RETURNING = 4
    NEW = 5


class Tier(IntEnum):
    """How far somebody came along: each supports the one above."""

    AWAY = 0
    ATTRACTED = 1
    KEPT = 2
    ACTIVATED = 3
    CARRYING = 4


def phases(census: Census, ago: int = 0) -> Ints:
    """The phase of each in the window that ended ``ago`` windows before now."""
    end = census.at - ago * MONTH
    who, at = census.deeds
    current = _did(census, who, at, end - MONTH, end)
    before = _did(census, who, at, end - 2 * MONTH, end - MONTH)
    began = (census.first >= 0) & (census.first < end)
    fresh = began & (census.first >= end - MONTH)
    return np.select(
        [~began, fresh, current & before, current, before],
        [Phase.SILENT, Phase.NEW, Phase.RETURNING, Phase.RESURRECTED, Phase.DORMANT],
        Phase.AWAY,
    ).astype(np.int64)


def _did(census: Census, who: Ints, at: Ints, start: int, end: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    found = np.zeros(census.size, dtype=np.bool_)
    found[who[(at >= start) & (at < end)]] = True
    return found


def flow(found: Ints) -> Flow:
    """Count phases."""
    counts = np.bincount(found, minlength=len(Phase))
    return Flow(*(int(counts[phase]) for phase in (Phase.NEW, Phase.RETURNING, Phase.RESURRECTED, Phase.DORMANT)))


def flows(census: Census) -> list[Flow]:
    """The last six windows of 28 days, the newest last."""
    return [flow(phases(census, ago)) for ago in range(PERIODS - 1, -1, -1)]


def tiers(census: Census, help_score: Ints) -> Ints:
    """How far each came.

    Away: not even reading for 91 days. Attracted: never did anything. Kept: did something, in fewer than 3 of the
    last 13 weeks. Activated: in 3 or more. Carrying: in 8 or more of the last 26 weeks, with a help score of 10 or
    more. Whoever has never been seen is attracted while they are new (91 days), then away.
    """
    gone = census.seen < census.at - SEASON
    joined = np.array([person.joined or 0 for person in census.people], dtype=np.int64)
    gone &= ~((census.seen < 0) & (joined >= census.at - SEASON))
    lately = census.weeks[:, -13:].sum(axis=1)
    carrying = (census.weeks.sum(axis=1) >= CARRYING_WEEKS) & (help_score >= CARRYING_HELP)
    return np.select(
        [gone, carrying, lately >= ACTIVATED_WEEKS, census.first >= 0],
        [Tier.AWAY, Tier.CARRYING, Tier.ACTIVATED, Tier.KEPT],
        Tier.ATTRACTED,
    ).astype(np.int64)

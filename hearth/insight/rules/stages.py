"""Stage of life of a group, by rules on its signs.

After Iriberri & Leroy 2009 and Young 2013 (inception, growth, maturity, split, death). Shares and sizes are in the
constants; a group is compared with its own past, not with bigger ones.

So that a group near a threshold does not flap, a stage is the coldest of the readings of the last fifteen midnights
(UTC): bad news counts at once, good news after two weeks in which nothing worse was read. It follows from the log
alone, so that whoever reads it when finds the same.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hearth.insight.rules import risk
from hearth.insight.rules.metric import MIN_DENOMINATOR
from hearth.insight.rules.metrics_activity import STARTS_AGE_WEEKS, STARTS_LEAST
from hearth.insight.rules.signs import Sign
from hearth.insight.types import Stage

SETTLE_DAYS = 14
DEAD_AFTER_DAYS = 90
CRITICAL_MASS = 15  # authors in 28 days that make a young group stand on its own
YOUNG_WEEKS = 39  # nine months: inception that lasts longer is something else
HALF = 0.5
LEAST_PEAK = 4
GROWING = 0.10
FALLING = -0.40
STARTS_FALLING = -0.60  # groups die because conversations are no longer opened, long before the last author leaves
THIN_WEEKS, THIN_AGE_WEEKS, QUIET_DAYS = 2, 12, 21
SPLIT_AT = 0.80  # of capacity
BEST_SIZE = 200  # capacity assumed where none is told

ORDER: dict[Stage, int] = {stage: place for place, stage in enumerate(Stage)}


class Room(NamedTuple):
    """What the rules need of a group beside its signs."""

    members: int
    counted: bool  # whether memberships are known
    capacity: int | None = None
    meant_to_end: bool = False


def settled(now: Stage, before: Iterable[Stage], room: Room) -> Stage:
    """The stage of a group, from its reading now and those of the last two weeks' midnights."""
    stage = now
    if now is not Stage.DEAD:
        readings = [Stage.DORMANT if one is Stage.DEAD else one for one in before]
        stage = min(readings, key=ORDER.__getitem__, default=now)
    if room.meant_to_end and stage in (Stage.DEAD, Stage.DORMANT):
        return Stage.COMPLETED
    return stage


def reading(sign: Sign, room: Room, chance: float | None) -> Stage:
    """What the rules say of one moment."""
    cold = _cold(sign)
    if cold is not None:
        return cold
    if _declining(sign, chance) or _thin(sign):
        return Stage.DECLINING
    young = sign.age_weeks is not None and sign.age_weeks < YOUNG_WEEKS
    said = sign.seeded + sign.own
    fed = said >= MIN_DENOMINATOR and sign.seeded > HALF * said
    if fed or (young and max(sign.months) < CRITICAL_MASS):
        return Stage.INCEPTION
    if _full(sign, room):
        return Stage.READY_TO_SPLIT
    return Stage.GROWTH if _growing(sign.months) else Stage.MATURITY


def _cold(sign: Sign) -> Stage | None:
    age_days = None if sign.age_weeks is None else sign.age_weeks * 7
    if sign.silent is None:
        return Stage.INCEPTION if age_days is not None and age_days < DEAD_AFTER_DAYS else Stage.DEAD
    if sign.silent >= DEAD_AFTER_DAYS:
        return Stage.DEAD
    if sign.authors >= 2:
        return None
    return Stage.INCEPTION if age_days is not None and age_days < 28 else Stage.DORMANT


def _declining(sign: Sign, chance: float | None) -> bool:
    peak = max(sign.months)
    if peak >= LEAST_PEAK and sign.authors < HALF * peak:
        return True
    trend = sign.authors / sign.before - 1 if sign.before >= MIN_DENOMINATOR else None
    started = _starts_trend(sign)
    falling = (trend is not None and trend <= FALLING) or (started is not None and started <= STARTS_FALLING)
    return falling or (chance is not None and chance >= risk.VERY_HIGH_RISK and trend is not None and trend < 0)


def _starts_trend(sign: Sign) -> float | None:
    if sign.starts_before < STARTS_LEAST or (sign.age_weeks or 0) < STARTS_AGE_WEEKS:
        return None
    return sign.starts / (sign.starts_before / 3) - 1


def _thin(sign: Sign) -> bool:
    """Old enough to know better, and silent for three weeks, or two people met in at most two of the last eight."""
    quiet = (sign.silent or 0) >= QUIET_DAYS or sign.weeks_active <= THIN_WEEKS
    return quiet and (sign.age_weeks or 0) >= THIN_AGE_WEEKS


def _full(sign: Sign, room: Room) -> bool:
    if room.capacity:
        return room.members >= SPLIT_AT * room.capacity
    if room.counted:
        return room.members >= SPLIT_AT * BEST_SIZE and sign.authors >= CRITICAL_MASS
    return sign.authors >= SPLIT_AT * BEST_SIZE


def _growing(months: Sequence[int]) -> bool:
    """More authors than in the months before, now and two weeks ago: one good week is not growth."""
    now, before = months[0], (months[4] + months[8]) / 2
    then, before_then = months[2], (months[6] + months[10]) / 2
    return now > (1 + GROWING) * before and then > (1 + GROWING) * before_then and now >= 3

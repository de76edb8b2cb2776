"""Stage of life of a group, by rules on its metrics.

After Iriberri & Leroy 2009 and Young 2013 (inception, growth, maturity, split, death). Shares and sizes are in the
constants; a group is compared with its own past, not with bigger ones.
"""

from hearth.insight.rules import risk
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.metric import Measure
from hearth.insight.types import Stage

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


def stage_of(view: GroupView, measured: dict[str, Measure], chance: float | None) -> Stage:
    """The stage of a group at this moment."""
    authors = view.authors_in(28)
    cold = _cold(view, authors)
    if cold is not None:
        return Stage.COMPLETED if view.info.meant_to_end and cold is not Stage.INCEPTION else cold
    if _declining(authors, measured, chance) or _thin(view, measured):
        return Stage.DECLINING
    young = view.age_weeks is not None and view.age_weeks < YOUNG_WEEKS
    fed = measured["seeded_share"].value
    small = young and (measured["authors_peak"].value or 0) < CRITICAL_MASS
    if small or (fed is not None and fed > HALF):
        return Stage.INCEPTION
    if _full(view, authors):
        return Stage.READY_TO_SPLIT
    return Stage.GROWTH if _growing(view) else Stage.MATURITY


def _cold(view: GroupView, authors: int) -> Stage | None:
    age_days = None if view.age_weeks is None else view.age_weeks * 7
    silent = view.at - view.last if view.last is not None else None
    if silent is None:
        return Stage.INCEPTION if age_days is not None and age_days < DEAD_AFTER_DAYS else Stage.DEAD
    if silent >= DEAD_AFTER_DAYS * 86_400_000:
        return Stage.DEAD
    if authors >= 2:
        return None
    return Stage.INCEPTION if age_days is not None and age_days < 28 else Stage.DORMANT


def _declining(authors: int, measured: dict[str, Measure], chance: float | None) -> bool:
    peak = int(measured["authors_peak"].value or 0)
    trend = measured["authors_trend"].value
    if peak >= LEAST_PEAK and authors < HALF * peak:
        return True
    started = measured["starts_trend"].value
    falling = (trend is not None and trend <= FALLING) or (started is not None and started <= STARTS_FALLING)
    return falling or (chance is not None and chance >= risk.VERY_HIGH_RISK and trend is not None and trend < 0)


def _thin(view: GroupView, measured: dict[str, Measure]) -> bool:
    """Old enough to know better, and silent for three weeks, or two people met in at most two of the last eight."""
    quiet = (measured["silence_days"].value or 0) >= QUIET_DAYS or (measured["weeks_active"].value or 0) <= THIN_WEEKS
    return quiet and (view.age_weeks or 0) >= THIN_AGE_WEEKS


def _full(view: GroupView, authors: int) -> bool:
    if view.info.capacity:
        return view.members >= SPLIT_AT * view.info.capacity
    if view.log.memberships is not None:
        return view.members >= SPLIT_AT * BEST_SIZE and authors >= CRITICAL_MASS
    return authors >= SPLIT_AT * BEST_SIZE


def _growing(view: GroupView) -> bool:
    """More authors than in the months before, now and two weeks ago: one good week is not growth."""
    months = view.authors_by_month
    now, before = float(months[0]), float(months[4:9:4].mean())
    then, before_then = float(months[2]), float(months[6:11:4].mean())
    return now > (1 + GROWING) * before and then > (1 + GROWING) * before_then and now >= 3


ORDER: dict[Stage, int] = {stage: place for place, stage in enumerate(Stage)}

"""Energy of each group: how much of its talk its members bring themselves, and how much only answers what is fed.

Seeds are what staff, schedules, bots and partners post. What members say is read as a process with two inputs
(``hawkes``) over the last eight weeks, in the community's own rhythm (``warp``). Says so where it cannot tell.
"""

import numpy as np

from hearth.insight.rules.columns import Ints
from hearth.insight.rules.hawkes import Interval, fit
from hearth.insight.rules.logistic import Floats
from hearth.insight.rules.talk_log import TalkLog
from hearth.insight.rules.times import DAY, HOUR, WEEK
from hearth.insight.rules.warp import profile, warp
from hearth.insight.types import Energy, EnergyNote, Estimate

WINDOW_DAYS, RHYTHM_DAYS, BEFORE_DAYS = 56, 182, 7
LEAST_DAYS = 14
LEAST_OWN, LEAST_SEEDS = 20, 5
MOST_OWN = 2000  # messages looked at in one group: its window is cut to them
MOST_GROUPS = 1000  # fitted in one go, the liveliest first: about ten milliseconds each
TOO_WIDE = 0.7  # of the interval of the dependence
REGULAR_SHARE, SAME_TIME = 0.6, HOUR // 2


def energies(log: TalkLog, at: int) -> list[Energy]:
    """Every group's energy at ``at`` (ms)."""
    recent = log.at[log.organic & (log.at >= at - RHYTHM_DAYS * DAY)]
    rhythm = profile(recent)
    bounds = log.bounds()
    groups = [_Fed(log, int(bounds[g]), int(bounds[g + 1]), at) for g in range(len(log.groups))]
    able = sorted((g for g, one in enumerate(groups) if one.note is None), key=lambda g: -groups[g].level)
    for g in able[MOST_GROUPS:]:
        groups[g].note = "beyond"
    return [one.energy(rhythm) for one in groups]


class _Fed:
    """One group's messages of the window; times in ms."""

    def __init__(self, log: TalkLog, begin: int, end: int, at: int) -> None:
        times, organic = log.at[begin:end], log.organic[begin:end]
        own, seeds = times[organic], times[~organic]
        since = at - WINDOW_DAYS * DAY
        if len(times):
            since = min(max(since, int(times[0])), at - LEAST_DAYS * DAY)
        if len(own) > MOST_OWN:
            since = max(since, int(own[-MOST_OWN]))
        self.at, self.since = at, since
        self.own = own[np.searchsorted(own, since - BEFORE_DAYS * DAY) :]
        self.seeds = seeds[np.searchsorted(seeds, since - BEFORE_DAYS * DAY) :][-MOST_OWN:]
        self.days = (at - since) / DAY
        said, fed = int((self.own >= since).sum()), int((self.seeds >= since).sum())
        self.level, self.fed = said / self.days, fed / self.days
        self.note = self._why_not(said, fed)

    def _why_not(self, said: int, fed: int) -> EnergyNote | None:
        if not fed:
            return "not_fed" if said else "too_few"
        if said < LEAST_OWN:
            return "too_few"
        if fed < LEAST_SEEDS:
            return "few_seeds"
        return "same_hour" if regular(self.seeds) else None

    def energy(self, rhythm: Floats) -> Energy:
        plain = (round(self.level, 4), round(self.fed, 4), round(self.days, 1))
        if self.note is not None:
            return Energy(*plain, note=self.note)
        begin, end = warp(np.array([self.since, self.at]), rhythm)
        found = fit(warp(self.own, rhythm) - begin, warp(self.seeds, rhythm) - begin, float(end - begin))
        dependence = found.dependence()
        if dependence[2] - dependence[1] > TOO_WIDE:
            return Energy(*plain, note="cannot_tell")
        return Energy(*plain, _told(found.remains()), _told(dependence), _told(found.per_seed()))


def regular(seeds: Ints) -> bool:
    """Whether seeds come at the same time every day or week, so that their answers look like the hour's own talk."""
    return any(_share_after(seeds, period) >= REGULAR_SHARE for period in (DAY, WEEK))


def _share_after(seeds: Ints, period: int) -> float:
    """Share of seeds with another one a period before, of those that could have."""
    later = seeds[seeds >= seeds[0] + period + SAME_TIME] if len(seeds) else seeds
    if len(later) < LEAST_SEEDS - 1:
        return 0.0
    left = np.searchsorted(seeds, later - period - SAME_TIME, "left")
    right = np.searchsorted(seeds, later - period + SAME_TIME, "right")
    expected = min(0.9, len(seeds) * 2 * SAME_TIME / max(1, int(seeds[-1] - seeds[0])))
    share = float((right > left).mean())
    return (share - expected) / (1 - expected)


def _told(interval: Interval) -> Estimate:
    return Estimate(*(round(value, 4) for value in interval))

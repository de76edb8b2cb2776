"""Poisson CUSUM with the weekday profile as what is expected (Page 1954; Lucas 1985 for counts).

S = max(0, S + (x ln(λ1/λ0) - (λ1 - λ0)) / φ) day by day, where λ0 is what the weekday usually brings and λ1 the change
that matters: half as much; or twice as much, and one more in two days. φ >= 1 is the overdispersion of the twelve weeks
before, because talk comes in bursts and is no Poisson process. An alarm stands while S is above H = ``ALARM``, chosen
by simulation.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from hearth.insight.rules.columns import Ints

Floats = npt.NDArray[np.float64]
Side = Literal["falls", "rises"]

BASE, WATCHED = 84, 28  # days of what is usual, and days watched after them
HALF, TWICE, MORE = 0.5, 2.0, 0.5  # the change that matters; MORE is in events a day
ALARM = 6.0  # docs/explanation/alarms.md shows the run lengths it gives
LEAST_USUAL = 28  # events in the base without which a fall cannot be told
FLOOR = 1 / 14  # events a day: what is expected at least where nothing ever was
_SHRINK = 4  # weeks of the mean that each weekday's own twelve are mixed with


@dataclass(frozen=True, slots=True)
class Run:
    """A change that stands at the end: how strongly, since which of the watched days, what was usual and what came."""

    score: float
    begin: int
    usual: float
    seen: int


def profile(base: Ints) -> Floats:
    """Expected events on each of the seven days that follow the base: its mean, drawn to what each brought."""
    weeks = base.reshape(-1, 7)
    mean = float(base.mean())
    rates = (weeks.sum(axis=0) + _SHRINK * mean) / (len(weeks) + _SHRINK)
    return np.asarray(np.maximum(rates, FLOOR), dtype=np.float64)


def overdispersion(base: Ints, rates: Floats) -> float:
    """Variance by mean of the base around its profile, at least 1."""
    usual = np.tile(rates, len(base) // 7)
    return max(1.0, float(((base - usual) ** 2 / usual).sum() / (len(base) - 7)))


def watch(days: Ints, side: Side) -> Run | None:
    """The change that stands at the end of BASE + WATCHED daily counts; None without one, or where little is known."""
    base, watched = days[:BASE], days[BASE:]
    if side == "falls" and base.sum() < LEAST_USUAL:
        return None
    rates = profile(base)
    usual, spread = np.tile(rates, WATCHED // 7), overdispersion(base, rates)
    changed = HALF * usual if side == "falls" else np.maximum(TWICE * usual, usual + MORE)
    steps = (watched * np.log(changed / usual) - (changed - usual)) / spread
    score, begin = 0.0, 0
    for day, step in enumerate(steps):
        if score <= 0:
            begin = day
        score = max(0.0, score + float(step))
    if score <= ALARM:
        return None
    return Run(score, begin, float(usual[begin:].sum()), int(watched[begin:].sum()))

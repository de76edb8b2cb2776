"""A point process with two inputs: what members say by themselves, and what is fed to them (Hawkes 1971).

The rate of members' messages is ``mu`` plus, after each message of theirs, ``n_oo`` answers on average, and after each
seed ``n_so``, spread over time by a kernel of exponentials with fixed rates and fitted weights. Fed messages are known
input and not explained. Times are days of warped time (see ``warp``): on the clock, day and night alone look like
answers (Filimonov & Sornette 2012).

The dependence D = n_so s / (mu + n_so s), s seeds a day, is profiled: for each D of a grid the rest is fitted by Fisher
scoring with weak normal priors, and D's interval holds what is not much less likely than the best.
``make pulse-study`` checks estimates and intervals in simulation.
"""

from dataclasses import dataclass

import numpy as np

from hearth.insight.rules.logistic import Floats

RATES = (256.0, 64.0, 16.0, 4.0, 1.0)  # per day: from five minutes to the next day
GRID = np.array(
    [0.0, 0.01, 0.03, 0.06, 0.1, 0.16, 0.23, 0.31, 0.4, 0.5, 0.6, 0.69, 0.77, 0.84, 0.9, 0.94, 0.97, 0.99, 0.997]
)
# Twice the log likelihood that the ends of an interval lose, and standard errors to each side. The book has 2.71 and
# 1.64 for nine in ten; that the rhythm is estimated too makes those too narrow, and these hold in simulation.
LOSS, WIDTH = 3.5, 1.9
_FAR = 4.0  # log likelihood below the best from which the profile need not be known
_STEPS, _CLOSE = 30, 0.02
Interval = tuple[float, float, float]


@dataclass(frozen=True)
class Fit:
    """Profile over ``GRID``: log likelihood, input a day, answers per message, and how sure their level is."""

    likelihood: Floats
    fed_in: Floats
    n: Floats
    level_error: Floats  # standard error of ln(input / (1 - n)) at each D
    seeds: float

    @property
    def best(self) -> int:
        """Place of the most likely D."""
        return int(np.argmax(self.likelihood))

    @property
    def n_oo(self) -> float:
        """Messages that one message of a member calls forth."""
        return float(self.n[self.best])

    @property
    def mu(self) -> float:
        """Members' messages a day that nothing called forth."""
        return float((1 - GRID[self.best]) * self.fed_in[self.best])

    def dependence(self) -> Interval:
        """Share of members' messages that would vanish without seeds: estimate, low, high."""
        return self._peak(), self._edge(-1), self._edge(1)

    def remains(self) -> Interval:
        """Members' messages a day without seeds."""
        middle, low, high = self.dependence()
        return self._with_level(*((1 - d) * self._level(d) for d in (middle, high, low)))

    def per_seed(self) -> Interval:
        """Members' messages that one seed brings, with all that follows from them."""
        return self._with_level(*(d * self._level(d) / self.seeds for d in self.dependence()))

    def _level(self, d: float) -> float:
        return float(np.interp(d, GRID, self.fed_in / (1 - self.n)))

    def _with_level(self, middle: float, low: float, high: float) -> Interval:
        """Two errors together, each side by itself (MOVER: Zou & Donner 2008)."""
        level = WIDTH * middle * float(self.level_error[self.best])
        return (
            middle,
            max(0.0, middle - float(np.hypot(middle - low, level))),
            middle + float(np.hypot(high - middle, level)),
        )

    def _peak(self) -> float:
        """The most likely D, between grid points where the top is inside."""
        i = self.best
        if i in (0, len(GRID) - 1):
            return float(GRID[i])
        x, y = GRID[i - 1 : i + 2], self.likelihood[i - 1 : i + 2]
        a, b, _ = np.polyfit(x - x[1], y, 2)
        return float(np.clip(x[1] - b / (2 * a), x[0], x[2])) if a < 0 else float(x[1])

    def _edge(self, side: int) -> float:
        lost = np.sqrt(np.maximum(0.0, 2 * (self.likelihood.max() - self.likelihood)))
        place = self.best
        while 0 <= place + side < len(GRID):
            if lost[place + side] > LOSS**0.5:
                part = (LOSS**0.5 - lost[place]) / (lost[place + side] - lost[place])
                return float(GRID[place] + part * (GRID[place + side] - GRID[place]))
            place += side
        return float(side > 0)


def fit(own: Floats, seeds: Floats, days: float, rates: tuple[float, ...] = RATES) -> Fit:
    """Fit to members' and fed messages; times in warped days, sorted, those on [0, days) explained.

    Earlier messages only call forth. Needs messages of both kinds on [0, days).
    """
    fed = float((seeds >= 0).sum()) / days
    data = _Data(own, seeds, days, fed, rates)
    start = len(GRID) // 2
    found = {start: data.climb(float(GRID[start]), data.centre)}
    for places in (range(start + 1, len(GRID)), range(start - 1, -1, -1)):
        at = found[start][1]
        for place in places:
            found[place] = data.climb(float(GRID[place]), at)
            at = found[place][1]
            if found[place][0] < max(row[0] for row in found.values()) - _FAR:
                break
    known = sorted(found)
    rows = [found[min(max(place, known[0]), known[-1])] for place in range(len(GRID))]
    at = np.array([row[1] for row in rows])
    return Fit(
        likelihood=np.array([row[0] for row in rows]),
        fed_in=np.exp(at[:, 0]),
        n=1 / (1 + np.exp(-at[:, 1])),
        level_error=np.array([row[2] for row in rows]),
        seeds=fed,
    )


def alone(own: Floats, days: float) -> tuple[float, float]:
    """Spontaneous messages a day and answers per message, where nothing is fed. Needs messages on [0, days)."""
    at = (data := _Data(own, own[:0], days, 1.0, RATES)).climb(0.0, data.centre)[1]
    return float(np.exp(at[0])), float(1 / (1 + np.exp(-at[1])))


class _Data:
    """What the likelihood needs, computed once: the rate is linear in what messages call forth."""

    def __init__(self, own: Floats, seeds: Floats, days: float, fed: float, rates: tuple[float, ...]) -> None:
        said = own[own >= 0]
        self.own = np.column_stack([_called(said, own, rate) for rate in rates])
        self.seeds = np.column_stack([_called(said, seeds, rate) for rate in rates]) / fed
        self.own_whole = np.array([_integral(own, rate, days) for rate in rates])
        self.seeds_whole = np.array([_integral(seeds, rate, days) for rate in rates]) / fed
        self.days = days
        self.centre = np.zeros(1 + len(rates))
        self.centre[0] = np.log(len(said) / days / 2)
        self.tight = np.r_[0.25, 0.1, np.full(len(rates) - 1, 0.03)]  # of the priors: 1 / spread**2

    def climb(self, d: float, at: Floats) -> tuple[float, Floats, float]:
        """The best log likelihood at this D, where it is, and the error of ln(input / (1 - n)) there."""
        damping, best, kept = 1e-3, -np.inf, at
        pull, bend = np.zeros(len(at)), np.eye(len(at))
        for _ in range(_STEPS):
            value, slope, curve = self._look(d, at)
            if value < best:
                damping *= 10
            else:
                gain, best, kept, pull, bend = value - best, value, at, slope, curve
                damping = max(damping / 10, 1e-9)
                if gain < _CLOSE:
                    break
            at = kept + np.clip(np.linalg.solve(bend + damping * np.diag(np.diag(bend)), pull), -2, 2)
        n = 1 / (1 + np.exp(-kept[1]))
        lean = np.zeros(len(at))
        lean[:2] = 1.0, n
        return best, kept, float(np.sqrt(lean @ np.linalg.solve(bend, lean)))

    def _look(self, d: float, at: Floats) -> tuple[float, Floats, Floats]:
        """Penalised log likelihood, its slope, and its expected curvature."""
        fed_in, n = np.exp(at[0]), 1 / (1 + np.exp(-at[1]))
        share = np.exp(np.r_[0.0, at[2:]])
        share /= share.sum()
        shape, whole = n * self.own + d * fed_in * self.seeds, n * self.own_whole + d * fed_in * self.seeds_whole
        plain = (1 - d) * fed_in
        rate = np.maximum(plain + shape @ share, 1e-12)
        turned = share[1:, None] * (np.eye(len(share))[1:] - share)  # of the shares by each of their logits
        by = np.column_stack(
            (plain + d * fed_in * (self.seeds @ share), n * (1 - n) * (self.own @ share), shape @ turned.T)
        )
        by_whole = np.r_[
            plain * self.days + d * fed_in * (self.seeds_whole @ share), n * (1 - n) * (self.own_whole @ share),
            turned @ whole,
        ]  # fmt: skip
        by /= rate[:, None]
        off = at - self.centre
        value = float(np.log(rate).sum() - plain * self.days - whole @ share - 0.5 * (self.tight * off**2).sum())
        return value, by.sum(axis=0) - by_whole - self.tight * off, by.T @ by + np.diag(self.tight)


def _called(at: Floats, by: Floats, rate: float) -> Floats:
    """Sum over earlier messages of rate * exp(-rate * gap), for each time: one pass, since exponentials forget."""
    if not len(by):
        return np.zeros(len(at))
    so_far = np.logaddexp.accumulate(rate * by)
    place = np.searchsorted(by, at, "left")
    sums = np.where(place > 0, so_far[np.maximum(place - 1, 0)] - rate * at, -np.inf)
    return rate * np.exp(sums)


def _integral(by: Floats, rate: float, days: float) -> float:
    """What all messages call forth on [0, days), for one answer each."""
    return float((np.exp(np.minimum(0.0, rate * by)) - np.exp(-rate * (days - by))).sum())

"""Talk with known causes, to check that the energy model finds them."""

from dataclasses import dataclass

import numpy as np

from hearth.insight.rules.columns import Ints
from hearth.insight.rules.logistic import Floats
from hearth.insight.rules.warp import HOURS, unwarp

BURN_IN = 28.0  # days before the first kept one, so that the talk has settled


@dataclass(frozen=True)
class Truth:
    """Causes: spontaneous messages a day, answers per message and per seed, seeds a day, share and rates of delays."""

    mu: float
    n_oo: float
    n_so: float
    seeds: float
    quick_share: float = 0.5
    rates: tuple[float, float] = (24.0, 1.0)

    @property
    def dependence(self) -> float:
        """Share of members' messages that would vanish without seeds."""
        fed = self.n_so * self.seeds
        return fed / (self.mu + fed)

    @property
    def remains(self) -> float:
        """Members' messages a day without seeds."""
        return self.mu / (1 - self.n_oo)

    @property
    def per_seed(self) -> float:
        """Members' messages that one seed brings."""
        return self.n_so / (1 - self.n_oo)


def day_and_night(depth: float = 0.9) -> Floats:
    """A weekly profile with mean 1: busy days, nights quieter by ``depth``, and a calmer weekend."""
    hour = np.arange(HOURS)
    shape = (1 + depth * np.sin(2 * np.pi * (hour % 24 - 8) / 24)) * np.where(hour // 24 < 5, 1.1, 0.75)
    flat: Floats = np.maximum(shape, 0.02)
    return flat / flat.mean()


def simulate(
    truth: Truth, days: float, dice: np.random.Generator, rhythm: Floats | None = None, *, even_seeds: bool = False
) -> tuple[Ints, Ints]:
    """Members' and fed messages as sorted times in ms; those of the weeks before, by which the talk settled, are < 0.

    Spontaneous talk, answers and random seeds follow ``rhythm``; ``even_seeds`` come at the same clock time each day.
    """
    weights = np.ones(HOURS) if rhythm is None else rhythm
    whole = BURN_IN + days
    if even_seeds:
        seeds = np.arange(0.4, whole, 1 / truth.seeds)
    else:
        seeds = dice.uniform(0, whole, dice.poisson(truth.seeds * whole))
    born = [dice.uniform(0, whole, dice.poisson(truth.mu * whole)), _children(seeds, truth.n_so, truth, dice)]
    generation = np.concatenate(born)
    while len(generation):
        generation = _children(generation, truth.n_oo, truth, dice)
        generation = generation[generation < whole]
        born.append(generation)
    own = np.sort(np.concatenate(born))
    own = own[own < whole]
    return unwarp(own - BURN_IN, weights), unwarp(np.sort(seeds) - BURN_IN, weights)


def _children(parents: Floats, mean: float, truth: Truth, dice: np.random.Generator) -> Floats:
    each = np.repeat(parents, dice.poisson(mean, len(parents)))
    quick = dice.random(len(each)) < truth.quick_share
    return each + dice.exponential(1.0, len(each)) / np.where(quick, *truth.rates)

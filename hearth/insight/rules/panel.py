"""Groups and fortnights of the past, with what happened after: what the risk is fitted, judged and recalibrated on.

A row sees nothing that happened at or after its moment; its outcome is known eight weeks later, and only then may it
teach (``purged``).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hearth.insight.rules.columns import Bools, Ints
from hearth.insight.rules.logistic import Floats
from hearth.insight.rules.signs import DayLog, Signs

STEP, FROM, UNTIL = 14, 28, 56  # days: between rows, and of the outcome after each
LEAST_AUTHORS, LEAST_AGE = 3, 56


@dataclass(frozen=True)
class Rows:
    """Parallel rows: what was known, whether the group fell dormant, which group, and when (days after origin)."""

    inputs: Floats
    outcome: Floats
    group: Ints
    day: Ints


def outcomes(days: DayLog, first: int, last: int, read: Callable[[Signs], Floats]) -> Rows:
    """Every group the forecast applies to, each fortnight back from ``last`` to after ``first``; ``read`` gives inputs.

    The outcome: fewer than two members write on the days [+28, +56).
    """
    found: list[tuple[Floats, Floats, Ints, Ints]] = []
    begun = int(days.day[0]) if len(days.day) else last
    for day in range(last, max(first, begun), -STEP):
        signs = days.at(day)
        rows = np.flatnonzero((signs.authors >= LEAST_AUTHORS) & (signs.age >= LEAST_AGE))
        silent = days.authors_between(day + FROM, day + UNTIL)[rows] < 2
        found.append((_columns(read(signs))[rows], silent.astype(np.float64), rows, np.full(len(rows), day)))
    if not found:
        return Rows(np.zeros((0, 1)), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))
    inputs, outcome, group, when = (np.concatenate(column) for column in zip(*found, strict=True))
    return Rows(inputs, outcome, group, when)


def purged(day: Ints, split: int) -> Bools:
    """Rows that may teach a forecast made on day ``split``: their outcome was known by then."""
    known: Bools = day + UNTIL <= split
    return known


def _columns(read: Floats) -> Floats:
    return read[:, None] if read.ndim == 1 else read

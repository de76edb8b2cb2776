"""A community's own level of risk, learned from what became of its groups.

Communities differ in how often groups die (in the archives of the study from one in six to one in three), and that is
the one thing a model from elsewhere cannot know. So the intercept is shifted by what the forecasts of the last year
missed here: a normal prior keeps it near zero until there is evidence. Coefficients stay as shipped; a refit on an
installation's own outcomes did not hold in communities of this size (``docs/explanation/pulse.md``).
"""

import numpy as np

from hearth.insight.rules.logistic import Floats, chance_of
from hearth.insight.rules.panel import outcomes
from hearth.insight.rules.risk import log_odds
from hearth.insight.rules.signs import DayLog

MEMORY_DAYS = 364
LEAST_EVENTS = 10  # rows of the panel with a dormancy
ROW_COUNTS = 0.15  # fortnights of one group repeat each other: so much evidence is one row
SPREAD = 0.25  # of the prior, in log-odds


def shift_of(days: DayLog, now: int = 0) -> float:
    """Log-odds to add to every forecast made ``now`` (days after the origin); only outcomes known by then are used."""
    rows = outcomes(days, now - MEMORY_DAYS - 56, now - 56, log_odds)
    return shift(rows.inputs[:, 0], rows.outcome)


def shift(score: Floats, outcome: Floats) -> float:
    """The most likely shift of some log-odds, given what happened and the prior; 0 with too few events."""
    if outcome.sum() < LEAST_EVENTS:
        return 0.0
    found = 0.0
    for _ in range(50):
        chance = chance_of(score + found)
        slope = ROW_COUNTS * float((outcome - chance).sum()) - found / SPREAD**2
        step = slope / (ROW_COUNTS * float((chance * (1 - chance)).sum()) + 1 / SPREAD**2)
        found += step
        if abs(step) < 1e-9:
            break
    return float(np.clip(found, -2.0, 2.0))

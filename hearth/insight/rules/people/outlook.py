"""Each member's chance to do something in the next 28 days, with what it was worth when it was last tried."""

from dataclasses import dataclass

import numpy as np

from hearth.insight.rules.columns import Bools, Floats, Ints
from hearth.insight.rules.people.census import HALF_YEAR, MONTH, Census
from hearth.insight.rules.people.churn import Nbd, auc, calibrate, fit

AHEAD = 4.0  # weeks
TRIED = 3  # months back, whose outcome is known


@dataclass(frozen=True)
class Outlook:
    """``comes``: the calibrated chance of each (not a number where it cannot be told), ``raw`` the same before it was
    calibrated.

    ``auc`` of the model and ``auc_recency`` of merely ordering by the last deed, tried on the last 28 days with what
    was known before; ``members`` that it was tried on.
    """

    comes: Floats
    raw: Floats
    auc: float | None = None
    auc_recency: float | None = None
    members: int = 0


@dataclass(frozen=True)
class _Trial:
    forecast: Floats
    recency: Ints
    came: Bools


def outlook(census: Census, at: int | None = None) -> Outlook:
    """Fit on what is known before ``at`` (now), try on the three months before, recalibrate by that.

    Only those with a deed in the last 182 days are judged: of the others recency says all there is to say.
    """
    at = census.at if at is None else at
    unknown = np.full(census.size, np.nan)
    model = _fitted(census, at)
    trials = [trial for back in range(1, TRIED + 1) if (trial := _tried(census, at - back * MONTH))]
    if model is None or not trials:
        return Outlook(unknown, unknown)
    steps = calibrate(
        np.concatenate([trial.forecast for trial in trials]), np.concatenate([trial.came for trial in trials])
    )
    known = census.returns(at)
    raw = np.where(known.last >= at - HALF_YEAR, model.comes(known.x, known.recency, known.age, AHEAD), np.nan)
    last = trials[0]
    return Outlook(
        unknown if steps is None else steps.apply(raw),
        raw,
        auc(last.forecast, last.came),
        auc(last.recency.astype(np.float64), last.came),
        len(last.came),
    )


def _fitted(census: Census, at: int) -> Nbd | None:
    known = census.returns(at)
    return fit(known.x, known.recency, known.age)


def _tried(census: Census, at: int) -> _Trial | None:
    """What would have been said at ``at``, and what came of it."""
    known, model = census.returns(at), _fitted(census, at)
    if model is None:
        return None
    judged = known.last >= at - HALF_YEAR
    forecast = model.comes(known.x, known.recency, known.age, AHEAD)[judged]
    return _Trial(forecast, known.last[judged], came_between(census, at, at + MONTH)[judged])


def came_between(census: Census, start: int, end: int) -> Bools:
    """Who did something in [start, end)."""
    who, when = census.deeds
    found = np.zeros(census.size, dtype=np.bool_)
    found[who[(when >= start) & (when < end)]] = True
    return found

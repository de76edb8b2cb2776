"""Who may be leaving: BG/NBD and MBG/NBD, fitted by maximum likelihood, and their recalibration.

A member is described by three numbers: ``x`` times they came back after the first time, ``recency`` the time from first
to last, ``age`` the time from first to now, in any one unit. BG/NBD is Fader, Hardie & Lee 2005 (Marketing Science
24(2)); in it everybody who came once is alive for certain, which is useless among people of whom most come once.
MBG/NBD (Batislam, Denizel & Filiztekin 2007, Int. J. of Research in Marketing 24) lets them leave after the first
time, too, and is what is used.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln, logit

from hearth.insight.rules.columns import Bools, Floats

LEAST_MEMBERS = 50  # seen for some time, before anything is fitted
LEAST_RETURNS = 20  # members who came back at all
LEAST_OUTCOMES = 20  # of either kind, before it is recalibrated
FIT_ON = 5_000  # members, drawn at random; four parameters need no more
_PRECISE = {"maxiter": 2000, "xatol": 1e-6, "fatol": 1e-10}


@dataclass(frozen=True, slots=True)
class Nbd:
    """A fitted model. ``modified``: MBG/NBD rather than BG/NBD."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    modified: bool = True

    def alive(self, x: Floats, recency: Floats, age: Floats) -> Floats:
        """The chance that somebody has not left for good."""
        return np.asarray(expit(-_log_odds_gone(self, x, recency, age)), dtype=np.float64)

    def comes(self, x: Floats, recency: Floats, age: Floats, ahead: float) -> Floats:
        """The chance that somebody comes at least once within ``ahead`` from now."""
        stays_away = ((self.alpha + age) / (self.alpha + age + ahead)) ** (self.r + x)
        return self.alive(x, recency, age) * (1.0 - stays_away)


def _log_odds_gone(model: Nbd, x: Floats, recency: Floats, age: Floats) -> Floats:
    place = np.log(model.a) - np.log(model.b + x if model.modified else model.b + np.maximum(x, 1.0) - 1.0)
    odds = place + (model.r + x) * (np.log(model.alpha + age) - np.log(model.alpha + recency))
    return odds if model.modified else np.where(x > 0, odds, -np.inf)


def log_likelihood(model: Nbd, x: Floats, recency: Floats, age: Floats) -> float:
    """Of all members together."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + age)
    stay = betaln(a, b + x + (1.0 if model.modified else 0.0)) - betaln(a, b)
    return float((rate + stay + np.logaddexp(0.0, _log_odds_gone(model, x, recency, age))).sum())


def fit(x: Floats, recency: Floats, age: Floats, *, modified: bool = True) -> Nbd | None:
    """Fit by maximum likelihood; None where too few members were seen or came back. Deterministic."""
    seen = age > 0
    x, recency, age = x[seen], recency[seen], age[seen]
    if len(x) < LEAST_MEMBERS or int((x > 0).sum()) < LEAST_RETURNS:
        return None
    if len(x) > FIT_ON:
        pick = np.random.default_rng(len(x)).choice(len(x), FIT_ON, replace=False)
        x, recency, age = x[pick], recency[pick], age[pick]
    scale = float(age.max())

    def loss(logs: Floats) -> float:
        r, alpha, a, b = np.exp(np.clip(logs, -12.0, 12.0))
        model = Nbd(r, alpha * scale, a, b, 0.0, modified)
        return -log_likelihood(model, x, recency, age) / len(x)

    best = None
    for start in ((0.0, 0.0, 0.0, 0.0), (-1.0, -2.0, -0.5, 1.0)):
        found = minimize(loss, np.array(start), method="Nelder-Mead", options=_PRECISE)
        best = found if best is None or found.fun < best.fun else best
    assert best is not None
    r, alpha, a, b = (float(one) for one in np.exp(np.clip(best.x, -12.0, 12.0)))
    return Nbd(r, alpha * scale, a, b, -float(best.fun) * len(x), modified)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic recalibration (Cox 1958, Biometrika 45): the log odds of a forecast, moved and stretched.

    It keeps the order of forecasts. On the archives isotonic regression came out the same with more to go wrong.
    """

    shift: float
    stretch: float

    def apply(self, forecast: Floats) -> Floats:
        """Calibrated forecasts."""
        return np.asarray(expit(self.shift + self.stretch * _log_odds(forecast)), dtype=np.float64)


def _log_odds(forecast: Floats) -> Floats:
    return np.asarray(logit(np.clip(forecast, 1e-4, 1.0 - 1e-4)), dtype=np.float64)


def calibrate(forecast: Floats, came: Bools) -> Calibration | None:
    """Learn from forecasts whose outcome is known, drawn to no change at all; None where either outcome is rare."""
    if min(int(came.sum()), int((~came).sum())) < LEAST_OUTCOMES:
        return None
    odds = _log_odds(forecast)

    def loss(line: Floats) -> float:
        told = line[0] + line[1] * odds
        return float((np.logaddexp(0.0, told) - came * told).sum() + line[0] ** 2 + (line[1] - 1.0) ** 2)

    found = minimize(loss, np.array((0.0, 1.0)), method="BFGS")
    return Calibration(float(found.x[0]), float(found.x[1]))


def auc(score: Floats, came: Bools) -> float | None:
    """The chance that one who came had the higher score than one who did not, ties counting half."""
    yes, no = int(came.sum()), int((~came).sum())
    if not yes or not no:
        return None
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2.0)[place]
    return float((rank[came].sum() - yes * (yes + 1) / 2.0) / (yes * no))

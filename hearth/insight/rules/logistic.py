"""L2-regularised logistic regression by iteratively reweighted least squares, and how to judge a forecast."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Logistic:
    """Coefficients on standardised features: p = 1 / (1 + exp(-(intercept + sum(weight * (x - mean) / scale))))."""

    intercept: float
    weights: Floats
    mean: Floats
    scale: Floats

    def predict(self, features: Floats) -> Floats:
        """Probabilities for rows of features."""
        return chance_of(self.score(features))

    def score(self, features: Floats) -> Floats:
        """Log-odds for rows of features."""
        return self.intercept + self.parts(features).sum(axis=1)

    def parts(self, features: Floats) -> Floats:
        """What each feature adds to the log-odds beside a row at the mean."""
        return (features - self.mean) / self.scale * self.weights


def chance_of(log_odds: Floats) -> Floats:
    """Probabilities of log-odds."""
    chance: Floats = 1.0 / (1.0 + np.exp(-log_odds))
    return chance


def fit(features: Floats, outcome: Floats, penalty: float, weight: Floats | None = None) -> Logistic:
    """Fit; the intercept is not penalised. ``weight`` counts rows unequally."""
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    design = np.c_[np.ones(len(features)), (features - mean) / scale]
    rows = np.ones(len(features)) if weight is None else weight
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 0.0
    beta = np.zeros(design.shape[1])
    for _ in range(100):
        chance = 1.0 / (1.0 + np.exp(-(design @ beta)))
        curvature = rows * chance * (1.0 - chance) + 1e-12
        gradient = design.T @ (rows * (outcome - chance)) - ridge * beta
        step = np.linalg.solve((design * curvature[:, None]).T @ design + np.diag(ridge), gradient)
        beta += step
        if np.abs(step).max() < 1e-10:
            break
    return Logistic(float(beta[0]), beta[1:], mean, scale)


def auc(score: Floats, outcome: Floats) -> float:
    """Area under the ROC curve: chance that a true case ranks above another, ties half."""
    order = np.argsort(score, kind="stable")
    ranked = score[order]
    first = np.searchsorted(ranked, ranked, "left")
    last = np.searchsorted(ranked, ranked, "right")
    ranks = np.empty(len(score))
    ranks[order] = (first + last + 1) / 2.0
    cases = outcome.sum()
    others = len(outcome) - cases
    return float((ranks[outcome == 1].sum() - cases * (cases + 1) / 2.0) / (cases * others))


def average_precision(score: Floats, outcome: Floats) -> float:
    """Area under the precision-recall curve (step form)."""
    hits = outcome[np.argsort(-score, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float((precision * hits).sum() / hits.sum())


def brier(chance: Floats, outcome: Floats) -> float:
    """Mean squared error of the probabilities."""
    return float(((chance - outcome) ** 2).mean())


def calibration(chance: Floats, outcome: Floats) -> float:
    """Calibration slope: 1 when the log-odds mean what they say, below 1 when they are too bold."""
    clipped = np.clip(chance, 1e-6, 1 - 1e-6)
    model = fit(np.log(clipped / (1 - clipped))[:, None], outcome, 1e-6)
    return float(model.weights[0] / model.scale[0])

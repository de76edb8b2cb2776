"""The chance that a group falls dormant: fewer than two members write in the fifth to eighth week from now.

A fitted, regularised logistic on size, trend and recency; a hand-weighted "health score" forecasts far worse. The
coefficients and how well they did on groups they had not seen are in ``risk_model.json``, written by
``bench/fit_risk.py``. Asked only of groups that live: three authors in 28 days, eight weeks of age.
"""

import json
import math
from functools import lru_cache
from pathlib import Path

import numpy as np

from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.logistic import Floats, Logistic
from hearth.insight.rules.talk_log import TalkLog
from hearth.insight.rules.times import DAY, WEEK
from hearth.insight.types import Note

MODEL_FILE = Path(__file__).with_name("risk_model.json")
FEATURES = ("log_authors", "log_messages", "author_trend", "log_recency")
LEAST_AUTHORS = 3
LEAST_AGE_WEEKS = 8
HIGH_RISK = 0.20
VERY_HIGH_RISK = 0.50


def features(view: GroupView) -> list[float]:
    """What the model sees, in the order of ``FEATURES``."""
    authors = view.authors_in(28)
    before = view.authors_in(28, skip=28)
    silent = (view.at - view.last) / DAY if view.last is not None else 365.0
    return [
        math.log1p(authors),
        math.log1p(len(view.recent(28))),
        math.log((authors + 1) / (before + 1)),
        math.log1p(silent),
    ]


def asked_of(view: GroupView) -> Note | None:
    """None when the forecast applies; else why not."""
    authors = view.authors_in(28)
    if authors < 2:
        return "already_cold"
    if view.age_weeks is None or view.age_weeks < LEAST_AGE_WEEKS:
        return "too_young"
    return "too_few" if authors < LEAST_AUTHORS else None


def dormant_later(log: TalkLog, begin: int, end: int, at: int) -> bool:
    """The outcome: fewer than two members write in [at + 4 weeks, at + 8 weeks)."""
    rows = np.arange(begin, end)[log.organic[begin:end]]
    left, right = np.searchsorted(log.at[rows], (at + 4 * WEEK, at + 8 * WEEK))
    return len(np.unique(log.author[rows[left:right]])) < 2


@lru_cache(maxsize=1)
def model() -> Logistic:
    """The fitted model."""
    stored = json.loads(MODEL_FILE.read_text())
    return Logistic(
        stored["intercept"],
        *(np.array([stored[key][name] for name in FEATURES]) for key in ("weights", "mean", "scale")),
    )


def risk_of(view: GroupView) -> tuple[float | None, Note | None]:
    """The chance of dormancy in eight weeks, or why there is none."""
    why = asked_of(view)
    if why is not None:
        return None, why
    return float(model().predict(_row(view))[0]), None


def _row(view: GroupView) -> Floats:
    return np.array([features(view)], dtype=np.float64)


def measured() -> dict[str, dict[str, float]]:
    """How well the shipped model did when it was fitted, on groups it had not seen."""
    found: dict[str, dict[str, float]] = json.loads(MODEL_FILE.read_text())["measured"]
    return found

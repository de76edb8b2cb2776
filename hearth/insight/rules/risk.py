"""The chance that a group falls dormant: fewer than two members write in the fifth to eighth week from now.

A fitted, regularised logistic on five numbers; a hand-weighted "health score" forecasts far worse. Which numbers, how
well they forecast in communities they had not seen, and where simpler ones win, is in ``docs/explanation/pulse.md``.
The coefficients are in ``risk_model.json``; ``make pulse-study`` writes both. Asked only of groups that live: three
authors in 28 days, eight weeks of age.
"""

import json
import math
from functools import lru_cache
from pathlib import Path

import numpy as np

from hearth.insight.rules import wording as w
from hearth.insight.rules.columns import Bools
from hearth.insight.rules.logistic import Floats, Logistic, chance_of
from hearth.insight.rules.panel import LEAST_AGE, LEAST_AUTHORS
from hearth.insight.rules.signs import Sign, Signs
from hearth.insight.types import Driver, Note, Text, Tile

MODEL_FILE = Path(__file__).with_name("risk_model.json")
FEATURES = ("log_authors", "log_messages", "author_trend", "log_recency", "peak_ratio")
TILES: dict[Tile, tuple[str, ...]] = {
    Tile.STARTS: ("log_messages", "log_recency"),
    Tile.BREADTH: ("log_authors",),
    Tile.RETURN: ("author_trend", "peak_ratio"),
}
PLAYS = {Tile.STARTS: w.PLAY_RITUAL, Tile.BREADTH: w.PLAY_VOICES, Tile.RETURN: w.PLAY_RETURN}
LEAST_AGE_WEEKS = LEAST_AGE / 7
HIGH_RISK = 0.20
VERY_HIGH_RISK = 0.50


def features(signs: Signs) -> Floats:
    """What the model sees of each group, in the order of ``FEATURES``; a group that never spoke counts as silent for a
    year.
    """
    authors, before = signs.authors + 1.0, signs.before + 1.0
    return np.column_stack(
        (
            np.log(authors),
            np.log1p(signs.messages),
            np.log(authors / before),
            np.log1p(np.nan_to_num(signs.silent, nan=365.0)),
            np.log(authors / (signs.months.max(axis=1) + 1.0)),
        )
    )


def asked_of(signs: Signs) -> Bools:
    """Which groups the forecast applies to."""
    applies: Bools = (signs.authors >= LEAST_AUTHORS) & (signs.age >= LEAST_AGE)
    return applies


def why_not(sign: Sign) -> Note | None:
    """Why the forecast does not apply; None when it does."""
    if sign.authors < 2:
        return "already_cold"
    if sign.age_weeks is None or sign.age_weeks < LEAST_AGE_WEEKS:
        return "too_young"
    return "too_few" if sign.authors < LEAST_AUTHORS else None


@lru_cache(maxsize=1)
def model() -> Logistic:
    """The fitted model."""
    stored = json.loads(MODEL_FILE.read_text())
    return Logistic(
        stored["intercept"],
        *(np.array([stored[key][name] for name in FEATURES]) for key in ("weights", "mean", "scale")),
    )


def log_odds(signs: Signs) -> Floats:
    """Log-odds of dormancy, NaN where the forecast does not apply. Add a community's shift before use."""
    return np.where(asked_of(signs), model().score(features(signs)), np.nan)


def chances(signs: Signs, shift: float = 0.0) -> list[float | None]:
    """Chance of dormancy per group; None where the forecast does not apply. ``shift``: ``recalibration.shift_of``."""
    return [None if math.isnan(p) else p for p in chance_of(log_odds(signs) + shift).tolist()]


def drivers(signs: Signs) -> list[tuple[Driver, ...]]:
    """Per group: what each tile adds to the log-odds beside a middling group, the worst first. Exact, since the model
    is linear: the tiles and the intercept (with the shift) add up to the log-odds.
    """
    parts = model().parts(features(signs))
    place = {name: i for i, name in enumerate(FEATURES)}
    sums = {tile: parts[:, [place[name] for name in names]].sum(axis=1).tolist() for tile, names in TILES.items()}
    asked = asked_of(signs)
    found: list[tuple[Driver, ...]] = []
    for g, sign in enumerate(signs.rows()):
        told = [Driver(tile, round(sums[tile][g], 4), _told(tile, sign), Text(PLAYS[tile])) for tile in TILES]
        found.append(tuple(sorted(told, key=lambda one: -one.log_odds)) if asked[g] else ())
    return found


def _told(tile: Tile, sign: Sign) -> Text:
    if tile is Tile.STARTS:
        return Text(w.TILE_STARTS, {"messages": sign.messages, "days": round(sign.silent or 0)})
    if tile is Tile.BREADTH:
        return Text(w.TILE_BREADTH, {"authors": sign.authors})
    return Text(w.TILE_RETURN, {"now": sign.authors, "before": sign.before, "peak": max(sign.months)})


def measured() -> dict[str, dict[str, float]]:
    """How well the shipped model, the bar and counting messages did, each on archives it had not seen."""
    found: dict[str, dict[str, float]] = json.loads(MODEL_FILE.read_text())["measured"]
    return found

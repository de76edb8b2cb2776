"""How forecasts are made for communities that were not seen, and how they are judged."""

import numpy as np

from bench.pulse.inputs import Study
from hearth.insight.rules import logistic, recalibration
from hearth.insight.rules.panel import purged

PENALTY, SEED, FOLDS, DRAWS = 3.0, 20260101, 10, 300


def weights(study: Study) -> np.ndarray:
    """Each archive counts alike, so that the one with the most rooms does not speak for all."""
    share = np.bincount(study.archive)
    return (len(study.archive) / len(share) / share)[study.archive]


def fit(study: Study, names: tuple[str, ...], rows: np.ndarray, outcome: np.ndarray | None = None) -> logistic.Logistic:
    """The regularised logistic on some rows."""
    happened = study.outcome if outcome is None else outcome
    return logistic.fit(study.columns(names)[rows], happened[rows], PENALTY, weights(study)[rows])


def left_out(study: Study, names: tuple[str, ...], outcome: np.ndarray | None = None) -> np.ndarray:
    """Log-odds for each archive from a model that saw only the others."""
    score = np.zeros(len(study.outcome))
    for number in np.unique(study.archive):
        held = study.archive == number
        score[held] = fit(study, names, ~held, outcome).score(study.columns(names)[held])
    return score


def by_group(study: Study, names: tuple[str, ...]) -> np.ndarray:
    """Log-odds for each group from a model that saw other groups of the same archives."""
    fold = (np.random.default_rng(SEED).permutation(int(study.group.max()) + 1) % FOLDS)[study.group]
    score = np.zeros(len(study.outcome))
    for k in range(FOLDS):
        score[fold == k] = fit(study, names, fold != k).score(study.columns(names)[fold == k])
    return score


def by_time(study: Study, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds for the last two fifths of each archive's rows from what was known before them; which rows."""
    early, late = np.zeros(len(study.day), bool), np.zeros(len(study.day), bool)
    for number in np.unique(study.archive):
        here = study.archive == number
        split = int(np.quantile(study.day[here], 0.6))
        early |= here & purged(study.day, split)
        late |= here & (study.day >= split)
    return fit(study, names, early).score(study.columns(names)), late


def recalibrated(study: Study, score: np.ndarray) -> np.ndarray:
    """The scores with each moment's shift, learned in the same archive from outcomes known by then."""
    found = score.copy()
    for number in np.unique(study.archive):
        here = study.archive == number
        for day in np.unique(study.day[here]):
            known = here & purged(study.day, int(day)) & (study.day > day - recalibration.MEMORY_DAYS - 56)
            found[here & (study.day == day)] += recalibration.shift(score[known], study.outcome[known])
    return found


def refitted(study: Study, names: tuple[str, ...], score: np.ndarray) -> np.ndarray:
    """The scores, or where ten dormancies a parameter are known, those of a model of the archive's own past."""
    found = score.copy()
    for number in np.unique(study.archive):
        here = study.archive == number
        for day in np.unique(study.day[here]):
            known = here & purged(study.day, int(day))
            if study.outcome[known].sum() >= 10 * (len(names) + 1):
                now = here & (study.day == day)
                own = logistic.fit(study.columns(names)[known], study.outcome[known], PENALTY)
                found[now] = own.score(study.columns(names)[now])
    return found


def judge(score: np.ndarray, outcome: np.ndarray) -> dict[str, float]:
    """AUC, average precision, Brier score, calibration slope and bias in the large of log-odds."""
    chance = logistic.chance_of(score)
    return {
        "auc": logistic.auc(score, outcome),
        "ap": logistic.average_precision(score, outcome),
        "brier": logistic.brier(chance, outcome),
        "slope": logistic.calibration(chance, outcome),
        "bias": float(chance.mean() - outcome.mean()),
    }


def in_archives(study: Study, score: np.ndarray) -> list[dict[str, float]]:
    """Each archive judged by itself."""
    return [judge(score[study.archive == a], study.outcome[study.archive == a]) for a in np.unique(study.archive)]


def gains(study: Study, score: np.ndarray, bar: np.ndarray) -> dict[str, tuple[float, float]]:
    """90 % intervals of what a score gains on the bar, mean over archives: bootstrap over groups within archives."""
    dice = np.random.default_rng(SEED)
    rows_of = [np.flatnonzero(study.group == g) for g in range(int(study.group.max()) + 1)]
    groups_in = [np.unique(study.group[study.archive == a]) for a in np.unique(study.archive)]
    found: dict[str, list[float]] = {"auc": [], "ap": [], "brier": []}
    for _ in range(DRAWS):
        draws = [np.concatenate([rows_of[g] for g in dice.choice(groups, len(groups))]) for groups in groups_in]
        for name, one in _measures().items():
            found[name].append(float(np.mean([one(score[r], study.outcome[r]) - one(bar[r], study.outcome[r])
                                              for r in draws])))  # fmt: skip
    return {name: tuple(np.quantile(values, (0.05, 0.95))) for name, values in found.items()}  # type: ignore[misc]


def _measures() -> dict[str, object]:
    return {
        "auc": logistic.auc,
        "ap": logistic.average_precision,
        "brier": lambda score, outcome: logistic.brier(logistic.chance_of(score), outcome),
    }


def lead(study: Study, score: np.ndarray, budget: float) -> tuple[float, float, int]:
    """Share of groups' falls that a warning stood before, weeks it stood by then (median), and falls.

    Each fortnight the groups with the highest score are warned of, a share ``budget`` of those it applies to, at least
    one. A warning stands from the first of the fortnights in a row that raised it; it counts when the last of them lies
    within six weeks before the fall.
    """
    warned: dict[int, set[int]] = {}
    for archive in np.unique(study.archive):
        for day in np.unique(study.day[study.archive == archive]):
            here = np.flatnonzero((study.archive == archive) & (study.day == day))
            top = here[np.argsort(-score[here], kind="stable")][: max(1, round(budget * len(here)))]
            for row in top:
                warned.setdefault(int(study.group[row]), set()).add(int(day))
    stood, falls = [], 0
    asked = {(int(g), int(d)) for g, d in zip(study.group, study.day, strict=True)}
    for _, group, day in study.falls:
        if not any((group, day - back) in asked for back in range(1, 43)):
            continue
        falls += 1
        days = warned.get(group, set())
        last = max((one for one in days if day - 42 <= one < day), default=None)
        if last is not None:
            first = last
            while first - 14 in days:
                first -= 14
            stood.append((day - first) / 7)
    return len(stood) / max(falls, 1), float(np.median(stood)) if stood else 0.0, falls

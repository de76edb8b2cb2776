"""Fit the risk of dormancy on real archives and print how well it forecasts for groups it has not seen.

    python bench/fit_risk.py [--write]

Panel: every two weeks, every group with at least three authors in the last 28 days and eight weeks of age, while eight
more weeks are known. Judged by 10-fold cross-validation over groups, and by leaving each archive out. ``--write``
stores the coefficients fitted on everything in ``hearth/insight/rules/risk_model.json``.
"""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np

from hearth.insight.queries.archive import read_archive
from hearth.insight.rules import logistic, risk
from hearth.insight.rules.panel import PENALTY, SEED, Panel, cross_validated, panel, row_weights

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("HEARTH_DATA", ROOT.parent / "shared" / "data"))
ARCHIVES = ("bytecodealliance_zulip", "fcc_gitter", "ncar_zulip")


def rank(score: np.ndarray, outcome: np.ndarray) -> dict[str, float]:
    """AUC and average precision of a score that is no probability."""
    return {
        "auc": round(logistic.auc(score, outcome), 3),
        "ap": round(logistic.average_precision(score, outcome), 3),
    }


def judge(chance: np.ndarray, outcome: np.ndarray) -> dict[str, float]:
    """AUC, average precision, Brier score and calibration slope, rounded."""
    return {
        "auc": round(logistic.auc(chance, outcome), 3),
        "ap": round(logistic.average_precision(chance, outcome), 3),
        "brier": round(logistic.brier(chance, outcome), 4),
        "slope": round(logistic.calibration(chance, outcome), 2),
    }


def one_archive(data: Panel, number: int, chance: np.ndarray, naive: np.ndarray) -> dict[str, float]:
    """The cross-validated forecast within one archive, beside the naive count."""
    here = data.archive == number
    outcome = data.outcome[here]
    return {
        "rows": int(here.sum()),
        "dormant": round(float(outcome.mean()), 3),
        **judge(chance[here], outcome),
        "naive_auc": round(logistic.auc(naive[here], outcome), 3),
    }


def across(data: Panel, names: list[str]) -> dict[str, dict[str, float]]:
    """Each archive forecast by the model of the others."""
    found = {}
    for number, name in enumerate(names):
        held = data.archive == number
        if 0 < data.outcome[held].sum() < held.sum():
            fitted = logistic.fit(data.features[~held], data.outcome[~held], PENALTY, row_weights(data)[~held])
            found[name] = {"rows": int(held.sum()), **judge(fitted.predict(data.features[held]), data.outcome[held])}
    return found


def interval(chance: np.ndarray, naive: np.ndarray, data: Panel) -> list[float]:
    """90 % interval of the AUC's gain over the naive count, by bootstrap over groups."""
    rng, members = (
        np.random.default_rng(SEED),
        [np.flatnonzero(data.group == g) for g in range(int(data.group.max()) + 1)],
    )
    gains = []
    for _ in range(300):
        rows = np.concatenate([members[g] for g in rng.integers(0, len(members), len(members))])
        outcome = data.outcome[rows]
        gains.append(logistic.auc(chance[rows], outcome) - logistic.auc(naive[rows], outcome))
    return [round(float(q), 3) for q in np.quantile(gains, (0.05, 0.95))]


def main() -> None:
    """Fit, judge, print, and store when asked."""
    started = time.perf_counter()
    logs = {name: read_archive(DATA / name / "messages.ndjson.xz") for name in ARCHIVES}
    data = panel(logs)
    every = list(range(len(risk.FEATURES)))
    full = cross_validated(data, every)
    size = cross_validated(data, [0])
    messages = -data.features[:, 1]
    report = {
        "rows": len(data.outcome),
        "groups": int(data.group.max()) + 1,
        "dormant": round(float(data.outcome.mean()), 3),
        "model": judge(full, data.outcome),
        "authors_only": judge(size, data.outcome),
        "naive_messages_28d": rank(messages, data.outcome)
        | {"brier": judge(cross_validated(data, [1]), data.outcome)["brier"]},
        "gain_auc_over_naive_90": interval(full, messages, data),
        "each_archive": {name: one_archive(data, i, full, messages) for i, name in enumerate(ARCHIVES)},
        "left_out": across(data, list(ARCHIVES)),
        "shuffled_auc": round(logistic.auc(full, np.random.default_rng(1).permutation(data.outcome)), 3),
    }  # fmt: skip
    for key, value in report.items():
        print(f"{key:24}", json.dumps(value))
    print(f"seconds {time.perf_counter() - started:.1f}", file=sys.stderr)
    fitted = logistic.fit(data.features, data.outcome, PENALTY, row_weights(data))
    print(
        "weights",
        dict(zip(risk.FEATURES, (round(float(w), 3) for w in fitted.weights), strict=True)),
        round(fitted.intercept, 3),
    )
    if "--write" in sys.argv:
        named = {
            key: {name: round(float(value), 6) for name, value in zip(risk.FEATURES, getattr(fitted, key), strict=True)}
            for key in ("weights", "mean", "scale")
        }
        stored = {
            "version": 1,
            "outcome": "fewer than two members write in weeks 5 to 8 from now",
            "fitted_on": list(ARCHIVES),
            "penalty": PENALTY,
            "intercept": round(fitted.intercept, 6),
            **named,
            "measured": report,
        }
        risk.MODEL_FILE.write_text(json.dumps(stored, indent=2) + "\n")


if __name__ == "__main__":
    main()

"""How well the chance of coming back is told: MBG/NBD, BG/NBD and recency on the archives under HEARTH_DATA.

python bench/churn.py

At up to six moments, a quarter of a year apart, everything is fitted on what was known then (and recalibrated on the
three months before), and held against who did something in the next 28 days, among those active in the 182 days before.
"""

import os
from pathlib import Path

import numpy as np

from hearth.insight.queries.archive import read_archive
from hearth.insight.rules.people.census import MONTH, SEASON, census_of
from hearth.insight.rules.people.churn import auc, fit
from hearth.insight.rules.people.outlook import came_between, outlook

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("HEARTH_DATA", ROOT.parent / "shared" / "data"))
ARCHIVES = ("ncar_zulip", "bytecodealliance_zulip", "bytecodealliance_github_events", "fcc_gitter")
MOMENTS = 6


def study(name: str) -> dict[str, np.ndarray]:
    """All forecasts of an archive with what came of them."""
    whole = census_of(read_archive(DATA / name / "messages.ndjson.xz"))
    told: dict[str, list[np.ndarray]] = {key: [] for key in ("came", "mbg", "raw", "bg", "recency")}
    scores: dict[str, list[float]] = {key: [] for key in ("mbg", "bg", "recency")}
    for back in range(MOMENTS):
        at = whole.at - MONTH - back * SEASON
        look = outlook(whole, at)
        judged = ~np.isnan(look.comes)
        if not judged.any():
            continue
        came = came_between(whole, at, at + MONTH)[judged]
        x, recency, age, last = whole.returns(at)
        plain = fit(x, recency, age, modified=False)
        forecasts = {
            "mbg": look.comes,
            "raw": look.raw,
            "bg": plain.alive(x, recency, age),
            "recency": last.astype(float),
        }
        for key, forecast in forecasts.items():
            told[key].append(forecast[judged])
            found = auc(forecast[judged], came)
            if key in scores and found is not None:
                scores[key].append(found)
        told["came"].append(came)
    if not told["came"]:
        print(f"{name}: not enough data")
        return {}
    joined = {key: np.concatenate(parts) for key, parts in told.items()}
    _say(name, joined, {key: float(np.mean(values)) for key, values in scores.items()})
    return joined


def _say(name: str, told: dict[str, np.ndarray], scores: dict[str, float]) -> None:
    came = told["came"].astype(float)
    mean, top = came.mean(), told["raw"] >= np.quantile(told["raw"], 0.9)
    brier = {key: np.mean((told[key] - came) ** 2) for key in ("raw", "mbg")}
    print(
        f"{name}: {len(came)} forecasts, {mean:.1%} came | AUC MBG/NBD {scores['mbg']:.3f}, recency "
        f"{scores['recency']:.3f}, BG/NBD alive {scores['bg']:.3f} | Brier raw {brier['raw']:.4f}, recalibrated "
        f"{brier['mbg']:.4f}, always the mean {mean * (1 - mean):.4f} | told on average {told['raw'].mean():.3f}, "
        f"recalibrated {told['mbg'].mean():.3f} | top tenth told {told['raw'][top].mean():.2f}, recalibrated "
        f"{told['mbg'][top].mean():.2f}, came {came[top].mean():.2f}"
    )


if __name__ == "__main__":
    for archive in ARCHIVES:
        study(archive)

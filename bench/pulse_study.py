"""Fit the risk of dormancy on real archives, judge it on archives it has not seen, check energy in simulation.

    python -m bench.pulse_study [--write]

What is measured and why: docs/explanation/pulse.md. ``--write`` puts the tables there and the coefficients of the
shipped model, fitted on all archives, into hearth/insight/rules/risk_model.json.
"""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np

from bench.pulse import judging as j
from bench.pulse.energy import energy_tables
from bench.pulse.inputs import Study, collect
from bench.pulse.tables import between, of_archives, table
from hearth.insight.rules import logistic, risk

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("HEARTH_DATA", ROOT.parent / "shared" / "data"))
PAGE = ROOT / "docs" / "explanation" / "pulse.md"
ARCHIVES = ("bytecodealliance_zulip", "fcc_gitter", "ncar_zulip")
BAR = ("log_authors", "log_messages", "author_trend", "log_recency")
BAR_NAME, SHIPPED_NAME = "**bar: size + trend + recency**", "**shipped: bar + best month**"
MODELS: dict[str, tuple[str, ...]] = {
    "equal-weight composite of six": ("composite",),
    "messages, 28 days (naive)": ("log_messages",),
    "authors, 28 days": ("log_authors",),
    "recency": ("log_recency",),
    "weeks active of 8": ("weeks_active",),
    BAR_NAME: BAR,
    "bar + weeks active": (*BAR, "weeks_active"),
    "bar + conversations started": (*BAR, "log_starts"),
    "bar + trend of starts": (*BAR, "starts_trend"),
    "bar + retention": (*BAR, "retention"),
    "bar + newcomers": (*BAR, "log_newcomers"),
    "bar + answers within a day": (*BAR, "answered"),
    "bar + absence factor (CAF)": (*BAR, "log_absence"),
    "bar + effective speakers, Gini": (*BAR, "log_speakers", "gini"),
    "bar + Hawkes mu, n": (*BAR, "log_mu", "hawkes_n"),
    "bar + age": (*BAR, "log_age"),
    SHIPPED_NAME: risk.FEATURES,
    "shipped + newcomers + starts": (*risk.FEATURES, "log_newcomers", "log_starts"),
    "all": (*risk.FEATURES, "weeks_active", "log_starts", "starts_trend", "log_newcomers", "retention", "log_age",
            "answered", "log_absence", "log_speakers", "gini", "log_mu", "hawkes_n"),
}  # fmt: skip
SINGLE = ("weeks_active", "log_starts", "retention", "answered", "log_newcomers", "log_absence", "log_speakers", "gini",
          "log_mu", "hawkes_n", "log_age")  # fmt: skip


def archives(study: Study) -> str:
    """What the archives hold."""
    rows = []
    for number, name in enumerate(ARCHIVES):
        here = study.archive == number
        outcome = study.outcome[here]
        rows.append([name, str(here.sum()), str(len(np.unique(study.group[here]))), f"{outcome.mean():.3f}",
                     str(len(np.unique(study.group[here & (study.outcome == 1)])))])  # fmt: skip
    return table(("archive", "rows", "groups", "dormant", "groups that fell"), rows)


def compared(study: Study, scores: dict[str, np.ndarray]) -> str:
    """Every model on archives it has not seen."""
    head = ("model", "AUC", "AP", "Brier", *(f"{name.split('_')[0]}: AUC / AP / Brier / slope" for name in ARCHIVES))
    return table(head, ([name, *of_archives(j.in_archives(study, score))] for name, score in scores.items()))


def intervals(study: Study, scores: dict[str, np.ndarray], bar: np.ndarray) -> str:
    """What the models gain on the bar, with intervals."""
    rows = []
    for name, score in scores.items():
        found = j.gains(study, score, bar)
        rows.append(
            [name, *(f"{low:+.{d}f} … {high:+.{d}f}" for (low, high), d in zip(found.values(), (3, 3, 4), strict=True))]
        )
    return table(("model against the bar", "AUC", "AP", "Brier (less is better)"), rows)


def other_splits(study: Study) -> str:
    """Groups not seen (ten folds), and the future not seen (purged)."""
    rows = []
    for name in (
        "messages, 28 days (naive)",
        BAR_NAME,
        SHIPPED_NAME,
        "bar + age",
        "all",
    ):
        groups = j.judge(j.by_group(study, MODELS[name]), study.outcome)
        score, late = j.by_time(study, MODELS[name])
        future = j.judge(score[late], study.outcome[late])
        rows.append([name, *(f"{one[key]:.{d}f}" for one in (groups, future)
                             for key, d in (("auc", 3), ("ap", 3), ("brier", 4), ("slope", 2)))])  # fmt: skip
    head = [f"{split}: {what}" for split in ("other groups", "later") for what in ("AUC", "AP", "Brier", "slope")]
    return table(("model", *head), rows)


def levels(study: Study, score: np.ndarray, bar: np.ndarray) -> str:
    """Shipped as it is, with the community's own level, and refitted on the community's own past."""
    forms = {"as shipped": score, "with the community's own level": j.recalibrated(study, score),
             "the bar": bar, "the bar with the community's own level": j.recalibrated(study, bar),
             "refitted where 10 dormancies a parameter are known": j.refitted(study, risk.FEATURES, score)}  # fmt: skip
    rows = []
    for name, one in forms.items():
        judged = j.in_archives(study, one)
        rows.append([name, f"{np.mean([each['brier'] for each in judged]):.4f}",
                     *(f"{each['auc']:.3f} / {each['brier']:.4f} / {each['slope']:.2f} / {each['bias']:+.3f}"
                       for each in judged)])  # fmt: skip
    return table(
        (
            "model on archives not seen",
            "Brier",
            *(f"{name.split('_')[0]}: AUC / Brier / slope / bias" for name in ARCHIVES),
        ),
        rows,
    )


def leads(study: Study, scores: dict[str, np.ndarray]) -> str:
    """How long a warning had stood when a group fell dormant."""
    rows = []
    for name in ("messages, 28 days (naive)", "recency", BAR_NAME, SHIPPED_NAME):
        found = [j.lead(study, scores[name], budget) for budget in (0.1, 0.2)]
        rows.append([name, *(text for share, weeks, _ in found for text in (f"{100 * share:.0f} %", f"{weeks:.0f}"))])
    falls = j.lead(study, scores["recency"], 0.1)[2]
    head = [
        f"{budget} warned: {what}" for budget in ("a tenth", "a fifth") for what in ("falls caught", "weeks (median)")
    ]
    return table((f"model ({falls} falls)", *head), rows)


def placebo(study: Study) -> list[float]:
    """AUC on archives not seen of models taught with shuffled outcomes: five shuffles within archives."""
    found, dice = [], np.random.default_rng(j.SEED)
    for _ in range(5):
        shuffled = study.outcome.copy()
        for number in np.unique(study.archive):
            here = np.flatnonzero(study.archive == number)
            shuffled[here] = study.outcome[dice.permutation(here)]
        score = j.left_out(study, risk.FEATURES, shuffled)
        found.append(float(np.mean([logistic.auc(score[study.archive == a], shuffled[study.archive == a])
                                    for a in np.unique(study.archive)])))  # fmt: skip
    return found


def singles(study: Study) -> str:
    """Single numbers by themselves, the better direction counted."""
    rows = []
    for name in SINGLE:
        values = study.columns((name,))[:, 0]
        found = [
            logistic.auc(-values[study.archive == a], study.outcome[study.archive == a]) for a in range(len(ARCHIVES))
        ]
        rows.append([f"`{name}`", *(f"{one:.3f}" for one in found)])
    return table(("less of it, by itself: AUC", *ARCHIVES), rows)


def coefficients(fitted: logistic.Logistic) -> str:
    """What is shipped."""
    rows = [[f"`{name}`", *(f"{round(float(value), 6):.4f}" for value in row)]
            for name, *row in zip(risk.FEATURES, fitted.weights, fitted.mean, fitted.scale, strict=True)]  # fmt: skip
    return table(
        ("input", "weight", "mean", "scale"), [*rows, ["intercept", f"{round(fitted.intercept, 6):.4f}", "", ""]]
    )


def store(fitted: logistic.Logistic, measured: dict[str, object]) -> None:
    """Write the shipped model."""
    named = {
        key: {name: round(float(value), 6) for name, value in zip(risk.FEATURES, getattr(fitted, key), strict=True)}
        for key in ("weights", "mean", "scale")
    }
    stored = {"version": 2, "outcome": "fewer than two members write in weeks 5 to 8 from now",
              "fitted_on": list(ARCHIVES), "penalty": j.PENALTY, "intercept": round(fitted.intercept, 6),
              **named, "measured": measured}  # fmt: skip
    risk.MODEL_FILE.write_text(json.dumps(stored, indent=2) + "\n")


def measured_of(study: Study, scores: dict[str, np.ndarray], fakes: list[float]) -> dict[str, object]:
    """The numbers that the product itself quotes: means over archives not seen."""
    short = {"model": SHIPPED_NAME, "bar": BAR_NAME,
             "naive_messages_28d": "messages, 28 days (naive)"}  # fmt: skip
    means = {
        key: {what: round(float(np.mean([one[what] for one in j.in_archives(study, scores[name])])), 4)
              for what in ("auc", "ap", "brier")}
        for key, name in short.items()
    }  # fmt: skip
    rows, groups = len(study.outcome), int(study.group.max()) + 1
    return {"rows": rows, "groups": groups, "dormant": round(float(study.outcome.mean()), 3), **means,
            "shuffled_auc": round(float(np.mean(fakes)), 3)}  # fmt: skip


def main() -> None:
    """Fit, judge, print, and write when asked."""
    started = time.process_time()
    study = collect({name: DATA / name / "messages.ndjson.xz" for name in ARCHIVES})
    scores = {name: j.left_out(study, names) for name, names in MODELS.items()}
    bar, shipped = scores[BAR_NAME], scores[SHIPPED_NAME]
    chosen = {name: scores[name] for name in scores if name not in (BAR_NAME, "recency")}
    chosen["shipped, with the community's own level"] = j.recalibrated(study, shipped)
    fakes = placebo(study)
    fitted = j.fit(study, risk.FEATURES, np.ones(len(study.outcome), bool))
    said = {
        "archives": archives(study),
        "models": compared(study, scores),
        "gains": intervals(study, chosen, bar),
        "splits": other_splits(study),
        "levels": levels(study, shipped, bar),
        "leads": leads(study, scores),
        "singles": singles(study),
        "placebo": "Shuffled outcomes: AUC " + ", ".join(f"{one:.3f}" for one in fakes) + ".",
        "coefficients": coefficients(fitted),
        **energy_tables(),
    }
    for name, content in said.items():
        print(f"-- {name}\n{content}\n")
    print(f"pulse_study rows={len(study.outcome)} cpu={time.process_time() - started:.0f}s", file=sys.stderr)
    if "--write" in sys.argv:
        store(fitted, measured_of(study, scores, fakes))
        text = PAGE.read_text(encoding="utf-8")
        for name, content in said.items():
            text = between(text, name, content)
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Groups and fortnights of the past, with what happened after: what the risk is fitted and judged on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hearth.insight.rules import logistic, risk
from hearth.insight.rules.columns import AnyInts
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.logistic import Floats
from hearth.insight.rules.replies import read_talk
from hearth.insight.rules.talk_log import TalkLog
from hearth.insight.rules.times import WEEK

PENALTY = 3.0
FOLDS = 10
SEED = 20260101


@dataclass(frozen=True)
class Panel:
    """Rows of (archive, group, moment): features and what happened."""

    features: Floats
    outcome: Floats
    group: AnyInts
    archive: AnyInts


def panel(logs: Mapping[str, TalkLog]) -> Panel:
    """Every admissible group and fortnight."""
    rows, outcomes, groups, archives = [], [], [], []
    for number, (name, log) in enumerate(logs.items()):
        talk, bounds, end = read_talk(log), log.bounds(), (log.last_ordinary() or 0) + 1
        for g, info in enumerate(log.groups):
            begin, stop = int(bounds[g]), int(bounds[g + 1])
            if stop == begin:
                continue
            first = max(int(log.at[begin]), info.created_ms or 0)
            for at in range(end - 8 * WEEK, first + risk.LEAST_AGE_WEEKS * WEEK, -2 * WEEK):
                view = GroupView(log, talk, info, begin, begin + int(np.searchsorted(log.at[begin:stop], at)), at, 0)
                if risk.asked_of(view) is None:
                    rows.append(risk.features(view))
                    outcomes.append(risk.dormant_later(log, begin, stop, at))
                    groups.append(f"{name}/{info.id}")
                    archives.append(number)
    return Panel(
        np.array(rows),
        np.array(outcomes, dtype=np.float64),
        np.unique(groups, return_inverse=True)[1],
        np.array(archives),
    )


def row_weights(data: Panel) -> Floats:
    """Each archive counts alike, so that the one with the most rooms does not speak for all."""
    share = np.bincount(data.archive)
    return (len(data.archive) / len(share) / share)[data.archive]


def cross_validated(data: Panel, columns: list[int]) -> Floats:
    """Probabilities for every row from models that never saw its group."""
    fold_of = np.random.default_rng(SEED).permutation(int(data.group.max()) + 1) % FOLDS
    fold, chance, weight = fold_of[data.group], np.zeros(len(data.outcome)), row_weights(data)
    for k in range(FOLDS):
        seen = fold != k
        fitted = logistic.fit(data.features[seen][:, columns], data.outcome[seen], PENALTY, weight[seen])
        chance[~seen] = fitted.predict(data.features[~seen][:, columns])
    return chance

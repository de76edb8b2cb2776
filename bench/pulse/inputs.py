"""Rows of the study: every group and fortnight of the archives, with all candidate inputs as they were known then."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hearth.insight.queries.archive import read_archive
from hearth.insight.rules import concentration, hawkes, metrics_people as people, risk
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.panel import UNTIL, outcomes
from hearth.insight.rules.replies import Talk, read_talk
from hearth.insight.rules.signs import DayLog, Signs, fold
from hearth.insight.rules.talk_log import TalkLog
from hearth.insight.rules.times import DAY
from hearth.insight.rules.warp import profile, warp

SIGN_INPUTS = (
    *risk.FEATURES, "weeks_active", "log_starts", "starts_trend", "log_newcomers", "retention", "log_age",
)  # fmt: skip
VIEW_INPUTS = (
    "answered", "log_absence", "log_speakers", "gini", "log_mu", "hawkes_n", "composite",
)  # fmt: skip
NAMES = (*SIGN_INPUTS, *VIEW_INPUTS)


@dataclass(frozen=True)
class Study:
    """Parallel rows over all archives; ``day`` counts back from each archive's end. ``falls``: (archive, group, day) of
    each first fortnight with fewer than two authors after one with more.
    """

    inputs: np.ndarray
    outcome: np.ndarray
    group: np.ndarray
    archive: np.ndarray
    day: np.ndarray
    falls: list[tuple[int, int, int]]

    def columns(self, names: tuple[str, ...]) -> np.ndarray:
        """Some inputs."""
        return self.inputs[:, [NAMES.index(name) for name in names]]


def collect(paths: dict[str, Path]) -> Study:
    """Read the archives; a group of one is never a group of another."""
    parts, falls = [], []
    for number, path in enumerate(paths.values()):
        log = read_archive(path)
        talk, end = read_talk(log), (log.last_ordinary() or 0) + 1
        days = fold(log, talk, end)
        rows = outcomes(days, -(1 << 20), -UNTIL, from_signs)
        more = from_views(log, talk, end, rows.group, rows.day)
        parts.append((np.c_[rows.inputs, more], rows.outcome, rows.group + 100_000 * number, rows.day))
        falls += [(number, group + 100_000 * number, day) for group, day in fallen(days)]
    inputs, outcome, group, day = (np.concatenate(column) for column in zip(*parts, strict=True))
    inputs[:, NAMES.index("composite")] = composite(inputs)
    known, number = np.unique(group, return_inverse=True)
    place = {int(one): at for at, one in enumerate(known)}
    told = [(archive, place[one], when) for archive, one, when in falls if one in place]
    return Study(inputs, outcome, number, group // 100_000, day, told)


def from_signs(signs: Signs) -> np.ndarray:
    """Inputs that the product's own signs give."""
    return np.c_[
        risk.features(signs),
        signs.weeks_active / 8,
        np.log1p(signs.starts),
        np.log((signs.starts + 1) / (signs.starts_before / 3 + 1)),
        np.log1p(signs.newcomers),
        (signs.returned + 1) / (signs.before + 2),
        np.log1p(np.nan_to_num(signs.age) / 7),
    ]


def from_views(log: TalkLog, talk: Talk, end: int, groups: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Inputs that need messages one by one: answers (given by then), concentration, excitation."""
    bounds, found = log.bounds(), np.zeros((len(groups), len(VIEW_INPUTS)))
    for day in np.unique(days):
        at = end + int(day) * DAY
        known = replace(talk, answer=np.where(log.at[np.maximum(talk.answer, 0)] < at, talk.answer, -1))
        rhythm = profile(log.at[log.organic & (log.at < at) & (log.at >= at - 182 * DAY)])
        for row in np.flatnonzero(days == day):
            group = int(groups[row])
            begin, stop = int(bounds[group]), int(bounds[group + 1])
            stop = begin + int(np.searchsorted(log.at[begin:stop], at))
            found[row, :-1] = from_view(GroupView(log, known, log.groups[group], begin, stop, at, 0), rhythm)
    return found


def from_view(view: GroupView, rhythm: np.ndarray) -> tuple[float, ...]:
    """One group at one moment; ratios are drawn to a half where little is known."""
    waited, came = view.waited(view.asks(people.ASK_DAYS, settled=True))
    counts = np.unique(view.log.author[view.recent(28)], return_counts=True)[1]
    since = view.at - 56 * DAY
    begin, end = warp(np.array([since, view.at]), rhythm)
    own = view.own_at[np.searchsorted(view.own_at, since - 7 * DAY) :][-1000:]
    if own[0] > since - 7 * DAY and len(own) == 1000:
        begin = warp(own[:1], rhythm)[0]
    mu, n = hawkes.alone(warp(own, rhythm) - begin, float(end - begin))
    return (
        (float((came & (waited <= DAY)).sum()) + 2) / (len(waited) + 4),
        float(np.log1p(concentration.absence_factor(counts))),
        float(np.log(concentration.effective_speakers(counts))),
        concentration.gini(counts),
        float(np.log1p(mu)),
        n,
    )


def composite(inputs: np.ndarray) -> np.ndarray:
    """A health score as dashboards have it: six respectable dimensions by rank, each counting alike, no fitting."""
    good = ("log_authors", "author_trend", "retention", "answered", "log_newcomers")
    ranks = [inputs[:, NAMES.index(name)].argsort().argsort() / len(inputs) for name in good]
    ranks.append(1 - inputs[:, NAMES.index("gini")].argsort().argsort() / len(inputs))
    return np.mean(ranks, axis=0)


def fallen(days: DayLog) -> list[tuple[int, int]]:
    """Each (group, day) on which a fortnight's reading finds fewer than two authors where the one before found two."""
    found, before = [], None
    for day in range(int(days.day[0]) % 14 - 14 * (-int(days.day[0]) // 14 + 1), 1, 14):
        alive = days.authors_between(day - 28, day) >= 2
        if before is not None:
            found += [(int(group), day) for group in np.flatnonzero(before & ~alive)]
        before = alive
    return found

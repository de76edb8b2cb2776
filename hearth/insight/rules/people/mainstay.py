"""Those who were there from the beginning, those who are always there, and those who could tend a group next."""

from dataclasses import dataclass

import numpy as np

from hearth.insight.rules.columns import Bools, Ints
from hearth.insight.rules.people.census import HALF_YEAR, MONTH, SEASON, WEEKS, Census, presence
from hearth.insight.rules.people.graph import graph_of
from hearth.insight.rules.people.helping import Helping
from hearth.insight.rules.people.kept import Candidate
from hearth.insight.rules.people.leaders import percentiles
from hearth.insight.rules.people.positions import leader_rank
from hearth.insight.rules.people.ties import drawable
from hearth.insight.rules.times import DAY

FOUNDING = MONTH
SEED_DAYS = 3  # on which somebody wrote in the founding weeks
FOUNDED_GROUP = 5  # people who ever wrote, before a group has seed users
FAN_SHARE, FAN_WEEKS = 0.6, 8  # of the last 26 weeks, or of all weeks of a younger community; at least so many
FAN_LATELY = 14 * DAY
FAN_SIGNS = 3
NEXT_WEEKS = 6  # of the last 12, in the group
NEXT_SHOWN = 3
FEWEST = 5  # active people below which a group is not broken down
DRAWN = 60  # people in the picture of a group


def seed_users(census: Census) -> dict[int, list[str]]:
    """Person → groups in whose first 28 days they wrote on three days or more."""
    log, found = census.log, dict[int, list[str]]()
    for number, rows in _by_group(census):
        if len(np.unique(census.writer[rows])) < FOUNDED_GROUP:
            continue
        early = rows[log.at[rows] < log.at[rows[0]] + FOUNDING]
        day = np.unique(census.writer[early] * 100_000 + log.at[early] // DAY) // 100_000
        who, days = np.unique(day, return_counts=True)
        for person in who[days >= SEED_DAYS]:
            found.setdefault(int(person), []).append(log.groups[number].id)
    return found


def _by_group(census: Census) -> list[tuple[int, Ints]]:
    """People's rows of each group that has any, in time."""
    rows = np.sort(census.own)  # the log is sorted by group and time
    bounds = np.searchsorted(census.log.group[rows], np.arange(len(census.log.groups) + 1))
    return [
        (number, rows[bounds[number] : bounds[number + 1]])
        for number in range(len(census.log.groups))
        if bounds[number] < bounds[number + 1]
    ]


@dataclass(frozen=True)
class Fans:
    """Who is a hard-core fan, and the signs by name."""

    fan: Bools
    signs: dict[str, Bools]


def fans(census: Census, helping: Helping, endorsers: Ints, starts: Ints) -> Fans:
    """Active in 60 % of the last 26 weeks (of all weeks, where the community is younger), in 8 at least, and in the
    last 14 days, with three of these: three first answers or more, endorsed by five people,
    three conversations opened, an answer accepted.
    """
    signs = {
        "answers": helping.answers >= 3,
        "endorsed": endorsers >= 5,
        "starts": starts >= 3,
        "accepted": helping.accepted >= 1,
    }
    weeks = max(FAN_WEEKS, FAN_SHARE * _age_in_weeks(census))
    steady = (census.weeks.sum(axis=1) >= weeks) & (census.last >= census.at - FAN_LATELY)
    return Fans(steady & (np.sum(list(signs.values()), axis=0) >= FAN_SIGNS), signs)


def _age_in_weeks(census: Census) -> int:
    """Weeks since anybody did anything, 26 at most."""
    anybody = np.flatnonzero(census.weeks.any(axis=0))
    return WEEKS - int(anybody[0]) if len(anybody) else 0


@dataclass(frozen=True)
class GroupPeople:
    """People of one group: how many were active in 91 days, candidates, the best first, and the ties to draw (two
    people, replies between them). Both are empty where fewer than five were active.
    """

    id: str
    active: int
    candidates: tuple[Candidate, ...] = ()
    ties: tuple[tuple[int, int, int], ...] = ()


def groups_people(census: Census, helping: Helping) -> list[GroupPeople]:
    """Each group in which people ever wrote, with its possible keepers and its ties."""
    found = []
    for number, rows in _by_group(census):
        key, recent = census.log.groups[number].id, census.recent(rows, SEASON)
        active = len(np.unique(census.writer[recent]))
        if active < FEWEST:
            found.append(GroupPeople(key, active))
            continue
        candidates = tuple(_candidates(census, helping, number, rows))
        found.append(GroupPeople(key, active, candidates, _drawn(census, recent)))
    return found


def _drawn(census: Census, rows: Ints) -> tuple[tuple[int, int, int], ...]:
    rows = rows[census.talk.target[rows] >= 0]
    one, other = census.writer[rows], census.writer[census.talk.target[rows]]
    who, place = np.unique(np.concatenate((one, other)), return_inverse=True)
    outside = np.where(np.concatenate((one, other)) >= 0, place, -1)
    graph = graph_of(len(who), outside[: len(rows)], outside[len(rows) :])
    found = drawable(graph, leader_rank(graph), DRAWN)
    return tuple((int(who[a]), int(who[b]), strength) for a, b, strength in found.ties)


def _candidates(census: Census, helping: Helping, group: int, rows: Ints) -> list[Candidate]:
    """Present in 6 of the last 12 weeks, in the group where that is known, not tending it, under no restriction; by the
    mean percentile of weeks, first answers, breadth of ties and accepted answers among the group's people.
    """
    rows = census.recent(rows, HALF_YEAR)
    who, place = np.unique(census.writer[rows], return_inverse=True)
    weeks = presence(len(who), place, census.log.at[rows], census.at)
    answers, ties = _answers_in(census, rows, who), _ties_in(census, rows, who)
    accepted = helping.accepted[who]
    steady = weeks[:, -12:].sum(axis=1) >= NEXT_WEEKS
    fit = steady & np.array([_free(census, int(one), group) for one in who], dtype=np.bool_)
    fit &= (answers > 0) | (ties >= 3)
    everybody = np.ones(len(who), dtype=np.bool_)
    told = [one for one in (weeks.sum(axis=1), answers, ties, accepted) if len(np.unique(one)) > 1]
    if not told or not fit.any():
        return []
    score = np.mean([percentiles(one, everybody) for one in told], axis=0)
    order = [one for one in np.lexsort((who, -score)) if fit[one]][:NEXT_SHOWN]
    return [
        Candidate(
            int(who[one]), round(float(score[one]), 4), int(weeks[one].sum()), int(answers[one]), int(ties[one]),
            int(accepted[one]), census.people[int(who[one])].verified,
        )
        for one in order
    ]  # fmt: skip


def _free(census: Census, person: int, group: int) -> bool:
    one, key = census.people[person], census.log.groups[group].id
    inside = not one.groups or key in one.groups
    return one.here and inside and not one.barred and key not in one.tends


def _answers_in(census: Census, rows: Ints, who: Ints) -> Ints:
    asks = rows[census.talk.asks[rows] & (census.talk.answer[rows] >= 0)]
    helper = census.writer[census.talk.answer[asks]]
    return np.bincount(np.searchsorted(who, helper[np.isin(helper, who)]), minlength=len(who)).astype(np.int64)


def _ties_in(census: Census, rows: Ints, who: Ints) -> Ints:
    """With how many different people each exchanged replies in these rows."""
    target = census.talk.target[rows]
    one, other = census.writer[rows[target >= 0]], census.writer[target[target >= 0]]
    kept = (other >= 0) & (one != other)
    ends = np.concatenate((one[kept] * census.size + other[kept], other[kept] * census.size + one[kept]))
    end = np.unique(ends) // max(census.size, 1)
    return np.bincount(np.searchsorted(who, end[np.isin(end, who)]), minlength=len(who)).astype(np.int64)

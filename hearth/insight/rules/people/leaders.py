"""Opinion leaders: where replies lead, how many different people endorse, accepted answers, credential.

The index is the mean percentile over these parts among those active in the last 91 days (two-step flow: Katz &
Lazarsfeld 1955), so no part can be bought alone: a circle of few who answer one another scores in the first, not in
the second.
"""

from dataclasses import dataclass

import numpy as np

from hearth.insight.rules.columns import AnyInts, Bools, Floats, Ints
from hearth.insight.rules.people.census import SEASON, Census
from hearth.insight.rules.people.graph import graph_of
from hearth.insight.rules.people.helping import Helping
from hearth.insight.rules.people.positions import leader_rank

LEAST_WEEKS = 8  # active, of the last 26
LEAST_ELIGIBLE = 5
LEAST_ENDORSERS = 3
LEADER = 0.8


@dataclass(frozen=True)
class Leaders:
    """``index`` from 0 to 1 (not a number for those who cannot be judged), its ``parts`` by name, who is a leader, how
    many different people endorsed each, and how many were compared.
    """

    index: Floats
    parts: dict[str, Floats]
    leader: Bools
    endorsers: Ints
    eligible: int


def percentiles(values: AnyInts | Floats, among: Bools) -> Floats:
    """The share of the others in ``among`` below each, ties counting half: middle ranks, 0.5 where all are equal."""
    found = np.full(len(values), np.nan)
    count = int(among.sum())
    if count:
        _, place, size = np.unique(values[among], return_inverse=True, return_counts=True)
        found[among] = ((np.cumsum(size) - size / 2.0) / count)[place]
    return found


def leaders(census: Census, helping: Helping) -> Leaders:
    """Judge those with 8 active weeks of the last 26 who are here and under no restriction.

    A part in which all are equal tells nothing and is left out. A leader has an index of 0.8 or more and was endorsed
    (answered or reacted to) by three different people.
    """
    rank = leader_rank(census.graph)
    endorsers = _endorsers(census)
    active = census.last >= census.at - SEASON
    free = np.array([person.here and not person.barred for person in census.people], dtype=np.bool_)
    judged = active & free & (census.weeks.sum(axis=1) >= LEAST_WEEKS)
    verified = np.array([person.verified for person in census.people], dtype=np.int64)
    told: dict[str, AnyInts | Floats] = {
        "rank": rank,
        "endorsers": endorsers,
        "accepted": helping.accepted,
        "credential": verified,
    }
    parts = {name: percentiles(values, active) for name, values in told.items() if len(np.unique(values[active])) > 1}
    nobody = np.full(census.size, np.nan)
    if int(active.sum()) < LEAST_ELIGIBLE or not parts:
        return Leaders(nobody, {}, np.zeros(census.size, dtype=np.bool_), endorsers, int(active.sum()))
    index = np.where(judged, np.mean(list(parts.values()), axis=0), np.nan)
    leader = judged & (np.nan_to_num(index) >= LEADER) & (endorsers >= LEAST_ENDORSERS)
    return Leaders(index, parts, leader, endorsers, int(active.sum()))


def _endorsers(census: Census) -> Ints:
    """How many different people answered or reacted to each in the last 91 days."""
    graph, thanks = census.graph, census.thanks
    lately = thanks.at >= census.at - SEASON
    both = graph_of(census.size, np.r_[graph.source, thanks.who[lately]], np.r_[graph.target, thanks.whom[lately]])
    return both.endorsers


def reach(census: Census, found: Leaders) -> float | None:
    """Share of those active in the last 91 days who are a leader or have a tie with one; None below five."""
    active = census.last >= census.at - SEASON
    if int(active.sum()) < LEAST_ELIGIBLE:
        return None
    near = found.leader | (np.asarray(census.graph.known @ found.leader.astype(np.float64)).ravel() > 0)
    return float(near[active].mean())

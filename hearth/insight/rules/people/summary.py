"""What is said of a whole community's people. Where fewer than five were active, nothing is broken down."""

import numpy as np

from hearth.insight.rules.people.census import MONTH, SEASON
from hearth.insight.rules.people.graph import giant
from hearth.insight.rules.people.kept import Summary
from hearth.insight.rules.people.kinds import Kind
from hearth.insight.rules.people.leaders import reach
from hearth.insight.rules.people.lifecycle import Tier, flows
from hearth.insight.rules.people.mainstay import FEWEST
from hearth.insight.rules.people.positions import leader_rank
from hearth.insight.rules.people.reading import People
from hearth.insight.rules.people.ties import clustering, drawable, overlap_by_strength

DRAWN = 150  # people in the picture of a community


def summary(found: People) -> Summary:
    """Sum up."""
    census, network, graph = found.census, found.network, found.census.graph
    here = np.array([person.here for person in census.people], dtype=np.bool_)
    lately = census.last >= census.at - MONTH
    season = census.last >= census.at - SEASON
    tied = graph.degree > 0
    told = int(season.sum()) >= FEWEST
    return Summary(
        at=census.at,
        told=told,
        people=int(here.sum()),
        active=int(lately.sum()),
        flows=tuple(flows(census)) if told else (),
        kinds=_counts(found.kinds[here], Kind) if told else {},
        tiers=_counts(found.tiers[here], Tier) if told else {},
        waiting=int((found.newcomers.waiting >= 0).sum()),
        leaders=int(found.leaders.leader.sum()),
        leader_reach=reach(census, found.leaders),
        bridges=int(network.bridge[here].sum()),
        fans=int(found.fans.fan[here].sum()),
        seeds=sum(bool(here[person]) for person in found.seeds),
        basis=found.census.talk.basis,
        ties=len(graph.pairs[0]),
        clustering=clustering(graph) if told else None,
        distance=network.paths.mean if told else None,
        distance_p95=network.paths.p95 if told else None,
        distance_sources=network.paths.sources,
        distance_exact=network.paths.exact,
        largest_part=float(giant(graph).sum() / tied.sum()) if told and tied.any() else None,
        core=int(network.core.max(initial=0)),
        overlap=tuple(overlap_by_strength(graph, network.overlap)),
        auc=found.outlook.auc,
        auc_recency=found.outlook.auc_recency,
        tried_on=found.outlook.members,
    )


def _counts(values: np.ndarray[tuple[int], np.dtype[np.int64]], names: type[Kind] | type[Tier]) -> dict[str, int]:
    counts = np.bincount(values, minlength=len(names))
    return {one.name.lower(): int(counts[one]) for one in names}


def drawn(found: People) -> list[tuple[str, str, int]]:
    """The ties of the community's picture by the ids of people; none where there are too few."""
    census = found.census
    if int((census.last >= census.at - SEASON).sum()) < FEWEST:
        return []
    picture = drawable(census.graph, leader_rank(census.graph), DRAWN)
    return [(census.people[one].id, census.people[other].id, strength) for one, other, strength in picture.ties]

"""Everything about people at one moment, ready to be stored: a portrait of each, a picture of each group and of the
whole.
"""

from dataclasses import dataclass

import numpy as np

from hearth.insight.rules.columns import Bools, Floats, Ints
from hearth.insight.rules.people.census import SEASON, Census
from hearth.insight.rules.people.helping import Helping, helping
from hearth.insight.rules.people.kinds import Deeds, Kind, deeds_of, kinds, rfm
from hearth.insight.rules.people.leaders import Leaders, leaders
from hearth.insight.rules.people.lifecycle import Phase, Tier, phases, tiers
from hearth.insight.rules.people.mainstay import Fans, fans, seed_users
from hearth.insight.rules.people.newcomers import Newcomers, newcomers
from hearth.insight.rules.people.outlook import Outlook, outlook
from hearth.insight.rules.people.positions import Paths, constraint, core_numbers, shortest_paths
from hearth.insight.rules.people.ties import overlap, weak_ties

BRIDGES = 0.95  # above so many of those who have ties
LEAST_TIED = 20
BRIDGE_TIES = 3
TIES_KEPT = 8


@dataclass(frozen=True)
class Network:
    """Where people stand among others, in columns."""

    core: Ints
    paths: Paths
    constraint: Floats
    overlap: Floats
    weak: Ints
    bridge: Bools
    groups: Ints


@dataclass(frozen=True)
class People:
    """All that was found, in columns by person."""

    census: Census
    phases: Ints
    tiers: Ints
    kinds: Ints
    rfm: Ints
    deeds: Deeds
    helping: Helping
    leaders: Leaders
    newcomers: Newcomers
    network: Network
    fans: Fans
    seeds: dict[int, list[str]]
    outlook: Outlook


def read_people(census: Census) -> People:
    """Find everything."""
    helped = helping(census)
    deeds = deeds_of(census)
    led = leaders(census, helped)
    score = helped.score
    return People(
        census=census,
        phases=phases(census),
        tiers=tiers(census, score),
        kinds=kinds(deeds),
        rfm=rfm(census, score),
        deeds=deeds,
        helping=helped,
        leaders=led,
        newcomers=newcomers(census),
        network=read_network(census),
        fans=fans(census, helped, led.endorsers, deeds.starts),
        seeds=seed_users(census),
        outlook=outlook(census),
    )


def read_network(census: Census) -> Network:
    """Measure the reply graph. A bridge lies on more shortest paths than 95 % of the tied, and has three ties."""
    graph = census.graph
    paths, shared = shortest_paths(graph), overlap(graph)
    tied = graph.degree > 0
    bridge = np.zeros(graph.size, dtype=np.bool_)
    if int(tied.sum()) >= LEAST_TIED:
        mark = np.quantile(paths.between[tied], BRIDGES)
        bridge = (paths.between >= mark) & (paths.between > 0) & (graph.degree >= BRIDGE_TIES)
    return Network(
        core_numbers(graph), paths, constraint(graph), shared, weak_ties(graph, shared), bridge, _groups_of(census)
    )


def _groups_of(census: Census) -> Ints:
    """In how many groups each wrote in the last 91 days."""
    rows = census.recent(census.own, SEASON)
    count = max(len(census.log.groups), 1)
    key = np.unique(census.writer[rows] * count + census.log.group[rows])
    return np.bincount(key // count, minlength=census.size).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a portrait says beyond its columns: numbers with fixed names, worded at the edge."""

    messages: int
    starts: int
    asks: int
    answers: int
    reactions: int
    reading_days: int
    helped_accepted: int
    helped_answers: int
    helped_welcomes: int
    helped_thanks: int
    endorsers: int
    ties: int
    mutual_ties: int
    weak_ties: int
    core: int
    between: float
    constraint: float | None
    groups: int
    leader_parts: dict[str, float]
    fan_signs: tuple[str, ...]
    seed_of: tuple[str, ...]
    tied_with: tuple[tuple[str, int, int], ...]  # person, replies to them, replies from them
    helped: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """One person. Times in ms since 1970 UTC, None for never; ``comes``, ``index`` None where it cannot be told."""

    id: str
    kind: str
    tier: str
    phase: str
    first: int | None
    last: int | None
    seen: int | None
    weeks: int
    rfm: int
    help_score: int
    comes: float | None
    index: float | None
    leader: bool
    bridge: bool
    seed: bool
    fan: bool
    waiting: int | None  # row of the first message that nobody answered
    parts: Parts


def portrait(found: People, person: int) -> Portrait:
    """One person's portrait."""
    census, waiting = found.census, int(found.newcomers.waiting[person])
    return Portrait(
        id=census.people[person].id,
        kind=Kind(int(found.kinds[person])).name.lower(),
        tier=Tier(int(found.tiers[person])).name.lower(),
        phase=Phase(int(found.phases[person])).name.lower(),
        first=_time(census.first[person]),
        last=_time(census.last[person]),
        seen=_time(census.seen[person]),
        weeks=int(census.weeks[person].sum()),
        rfm=int(found.rfm[person]),
        help_score=int(found.helping.score[person]),
        comes=_share(found.outlook.comes[person]),
        index=_share(found.leaders.index[person]),
        leader=bool(found.leaders.leader[person]),
        bridge=bool(found.network.bridge[person]),
        seed=person in found.seeds,
        fan=bool(found.fans.fan[person]),
        waiting=waiting if waiting >= 0 else None,
        parts=_parts(found, person),
    )


def _time(at: int) -> int | None:
    return int(at) if at >= 0 else None


def _share(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def _parts(found: People, person: int) -> Parts:
    deeds, helped, network, graph = found.deeds, found.helping, found.network, found.census.graph
    return Parts(
        messages=int(deeds.messages[person]),
        starts=int(deeds.starts[person]),
        asks=int(deeds.asks[person]),
        answers=int(deeds.answers[person]),
        reactions=int(deeds.reactions[person]),
        reading_days=int(deeds.reading_days[person]),
        helped_accepted=int(helped.accepted[person]),
        helped_answers=int(helped.answers[person]),
        helped_welcomes=int(helped.welcomes[person]),
        helped_thanks=int(helped.thanks[person]),
        endorsers=int(found.leaders.endorsers[person]),
        ties=int(graph.degree[person]),
        mutual_ties=int(graph.mutual_ties[person]),
        weak_ties=int(network.weak[person]),
        core=int(network.core[person]),
        between=round(float(network.paths.between[person]), 4),
        constraint=_share(network.constraint[person]),
        groups=int(network.groups[person]),
        leader_parts={name: round(float(values[person]), 4) for name, values in found.leaders.parts.items()}
        if not np.isnan(found.leaders.index[person])
        else {},
        fan_signs=tuple(name for name, sign in found.fans.signs.items() if sign[person]),
        seed_of=tuple(found.seeds.get(person, ())),
        tied_with=_tied_with(found, person),
        helped=_helped(found, person),
    )


def _tied_with(found: People, person: int) -> tuple[tuple[str, int, int], ...]:
    """The strongest ties."""
    mutual, directed, people = found.census.graph.mutual, found.census.graph.directed, found.census.people
    begin, end = int(mutual.indptr[person]), int(mutual.indptr[person + 1])
    others, strength = mutual.indices[begin:end], mutual.data[begin:end]
    order = np.lexsort((others, -strength))[:TIES_KEPT]
    rows = []
    for other, both in zip(others[order], strength[order], strict=True):
        given = int(directed[person, other])
        rows.append((people[int(other)].id, given, int(both) - given))
    return tuple(rows)


def _helped(found: People, person: int) -> tuple[tuple[str, int], ...]:
    who, whom, times = found.helping.helped
    begin, end = np.searchsorted(who, (person, person + 1))
    order = begin + np.lexsort((whom[begin:end], -times[begin:end]))[:TIES_KEPT]
    return tuple((found.census.people[int(whom[at])].id, int(times[at])) for at in order if whom[at] >= 0)

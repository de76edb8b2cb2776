"""Parting a group so that those who talk with one another stay together.

A *tie* is a pair of members who turned to each other in the last 91 days, by reply or reaction; it is *strong* when
both did (Friedkin 1980, Social Networks 2: a returned choice measures the strength that Granovetter meant in 1973).
Parting a graph evenly is NP-hard (Garey, Johnson, Stockmeyer 1976). Several starts (Louvain communities of networkx at
different resolutions, packed into the parts) are each improved by single moves as Fiduccia and Mattheyses did (1982,
DAC): the best move at a time, also a bad one, each member once in a pass, and the pass is cut where it stood best.
Sizes and keepers are bounds that no move may break; so is that every part gets its share of those who have strong
ties, for else all ties would be kept by leaving the silent behind by themselves. ``bench/split.py`` holds it against
Kernighan and Lin's halves (1970), which do that in 6 of 15 real rooms, and against packed communities alone.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from hearth.groups.rules.ties import Tie, kept_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WANTED = 0.8  # share of strong ties that should stay together
WEAK = 0.05  # what a tie that only one side made counts beside a strong one
RESOLUTIONS = (0.5, 1.0, 2.0, 5.0)
UNEVENNESS = (1.1, 1.25, 1.5)  # the largest part by the mean; the next only where fewer than WANTED stay together
LEAST = 0.5  # the smallest part by the mean
CIRCLE = 3  # fewer with strong ties for each part are not shared out: they stay one circle
PASSES = 8
SEED = 7


@dataclass(frozen=True, slots=True)
class Parting:
    """Member → part from 0; how many strong ties there are, and how many of them stay within a part."""

    parts: dict[int, int]
    strong: int
    kept: int

    @property
    def share(self) -> float | None:
        """The share of strong ties kept; None where there are none."""
        return self.kept / self.strong if self.strong else None


def part(
    members: Sequence[int],
    ties: Sequence[Tie],
    parts: int,
    *,
    most: int | None = None,
    owner: int | None = None,
    keepers: Collection[int] = (),
) -> Parting:
    """Part members into ``parts``, as evenly as keeping WANTED of the strong ties allows.

    Part 0 keeps the room. It is the owner's part, and where the owner has no strong ties of their own, the part with
    most of them, to which the owner comes. No part is larger than ``most``; every part has a keeper (the owner is one)
    where there are as many. ValueError where they do not fit.
    """
    size = len(members)
    if parts < 2 or size < 2 * parts or (most is not None and most * parts < size):
        raise ValueError("the members do not fit into the parts")
    tending = {*keepers} if owner is None else {*keepers, owner}
    found: Parting | None = None
    for uneven in UNEVENNESS:
        net = _Net(members, ties, parts, uneven, most or size, tending)
        made = _told(members, *_housed(net, _best(net), members.index(owner) if owner in members else None), ties)
        if found is None or made.kept > found.kept:
            found = made
        if found.share is None or found.share >= WANTED:
            break
    assert found is not None
    return found


def _housed(net: "_Net", parts: Ints, owner: int | None) -> tuple[Ints, int]:
    """The parts and which of them keeps the room, after an owner without strong ties has come to the livelier one."""
    strong = net.weights == 1.0
    within = np.bincount(parts, (strong * (parts[:, None] == parts[None, :])).sum(axis=1), minlength=net.parts)
    most = within == within.max()
    first = int(np.where(most, np.bincount(parts, minlength=net.parts), -1).argmax())
    if owner is None or parts[owner] == first:
        return parts, first
    home = int(parts[owner])
    there = np.flatnonzero(parts == first)
    if strong[owner].any() or most[home]:
        return parts, home
    alone = net.keeps[parts == home].sum() == 1
    heirs = there[net.keeps[there]] if alone else there[:0]
    if not len(heirs):
        heirs = there[~net.keeps[there] & ~strong[there].any(axis=1)]
    if not len(heirs):  # nobody can take the owner's place
        if len(there) >= net.most or (parts == home).sum() <= net.least:
            return parts, home
        return _moved(parts, [(owner, first)]), first
    lost, won = (net.weights[heirs][:, parts == one].sum(axis=1) for one in (first, home))
    return _moved(parts, [(owner, first), (int(heirs[int((lost - won).argmin())]), home)]), first


def _moved(parts: Ints, moves: Iterable[tuple[int, int]]) -> Ints:
    parts = parts.copy()
    for who, where in moves:
        parts[who] = where
    return parts


def _told(members: Sequence[int], parts: Ints, first: int, ties: Sequence[Tie]) -> Parting:
    counts = np.bincount(parts)
    order = [first, *(int(one) for one in np.argsort(-counts, kind="stable") if one != first)]
    named = {old: new for new, old in enumerate(order)}
    found = {member: named[int(one)] for member, one in zip(members, parts, strict=True)}
    return Parting(found, *kept_of(found, ties))


class _Net:
    """The ties as a matrix, the members without any (who fill the parts up in the end), and the bounds."""

    def __init__(
        self,
        members: Sequence[int],
        ties: Iterable[Tie],
        parts: int,
        uneven: float,
        most: int,
        keepers: Collection[int],
    ) -> None:
        self.parts, self.size = parts, len(members)
        place = {member: n for n, member in enumerate(members)}
        self.weights = np.zeros((self.size, self.size))
        for one in ties:
            a, b = place.get(one.a), place.get(one.b)
            if a is not None and b is not None and a != b:
                self.weights[a, b] = self.weights[b, a] = 1.0 if one.is_strong else WEAK
        self.keeps = np.array([member in keepers for member in members])
        self.core = (self.weights == 1.0).any(axis=1)
        if self.core.sum() < CIRCLE * parts:
            self.core[:] = False
        self.loose = (self.weights.sum(axis=1) == 0) & ~self.keeps
        self.tied = np.flatnonzero(~self.loose)
        self.spare = int(self.loose.sum())
        self.most = min(most, _at_most(self.size, parts, uneven))
        self.least = max(1, self.size - self.most * (parts - 1), int(self.size / parts * LEAST))
        self.most_core = _at_most(int(self.core.sum()), parts, uneven)
        self.least_core = int(self.core.sum() / parts * LEAST)

    def starts(self) -> Iterable[list[list[int]]]:
        """Groups of members who belong together, finer and finer; the last start is everybody for themselves."""
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from(int(n) for n in self.tied)
        rows, columns = np.nonzero(np.triu(self.weights))
        graph.add_weighted_edges_from(
            (int(a), int(b), float(self.weights[a, b])) for a, b in zip(rows, columns, strict=True)
        )
        for resolution in RESOLUTIONS if graph.number_of_edges() else ():
            found = nx.community.louvain_communities(graph, resolution=resolution, seed=SEED)
            yield sorted((sorted(one) for one in found), key=lambda one: (-len(one), one))
        yield [[int(n)] for n in self.tied]


def _at_most(count: int, parts: int, uneven: float) -> int:
    return max(int(np.ceil(count / parts)), int(count / parts * uneven))


def _best(net: _Net) -> Ints:
    found, held = None, -1.0
    for groups in net.starts():
        parts = _packed(net, groups)
        _spread_keepers(net, parts)
        _spread_core(net, parts)
        parts = _improved(net, parts)
        worth = _within(net, parts)
        if worth > held:
            found, held = parts, worth
    assert found is not None
    return _evened(net, _filled(net, found))


def _within(net: _Net, parts: Ints) -> float:
    tied = net.tied
    same = parts[tied][:, None] == parts[tied][None, :]
    return float((net.weights[np.ix_(tied, tied)] * same).sum() / 2)


def _packed(net: _Net, groups: Iterable[list[int]]) -> Ints:
    """Each group to the part it has most to do with among those with room for it, else piece by piece."""
    parts = np.full(net.size, -1)
    sizes, cores = np.zeros((2, net.parts), dtype=np.int64)
    most = min(net.most, net.size - net.least * (net.parts - 1))
    waiting = [list(one) for one in groups][::-1]
    while waiting:
        group = waiting.pop()
        core = int(net.core[group].sum())
        free = np.flatnonzero((sizes + len(group) <= most) & (cores + core <= net.most_core))
        if not len(free) and len(group) > 1:
            half = len(group) // 2
            waiting += [group[half:], group[:half]]
            continue
        if not len(free):
            free = np.flatnonzero(sizes < net.most)
        pull = [float(net.weights[group][:, parts == one].sum()) for one in free]
        best = max(range(len(free)), key=lambda n: (pull[n], -cores[free[n]], -sizes[free[n]]))
        chosen = int(free[best])
        parts[group] = chosen
        sizes[chosen] += len(group)
        cores[chosen] += core
    return parts


def _spread_keepers(net: _Net, parts: Ints) -> None:
    """Give a part without keeper the one of another that has two or more who costs least."""
    for bare in range(net.parts):
        counts = np.bincount(parts[net.keeps], minlength=net.parts)
        if counts[bare]:
            continue
        free = [n for n in np.flatnonzero(net.keeps) if counts[parts[n]] > 1]
        if not free:
            return
        chosen = max(free, key=lambda n: net.weights[n, parts == bare].sum() - net.weights[n, parts == parts[n]].sum())
        parts[chosen] = bare


def _spread_core(net: _Net, parts: Ints) -> None:
    """Give a part with too few who have strong ties some of the part that has most, those first who cost least."""
    kept = np.bincount(parts[net.keeps], minlength=net.parts)
    for poor in range(net.parts):
        while (counts := np.bincount(parts[net.core], minlength=net.parts))[poor] < net.least_core:
            rich = int(counts.argmax())
            free = [n for n in np.flatnonzero(net.core & (parts == rich)) if not net.keeps[n] or kept[rich] > 1]
            if not free or int((parts == poor).sum()) >= net.most:
                break
            chosen = max(free, key=lambda n: net.weights[n, parts == poor].sum() - net.weights[n, parts == rich].sum())
            parts[chosen] = poor
            if net.keeps[chosen]:
                kept[rich], kept[poor] = kept[rich] - 1, kept[poor] + 1


def _improved(net: _Net, parts: Ints) -> Ints:
    for _pass in range(PASSES):
        made, gained = _one_pass(net, parts)
        parts = made
        if gained <= 1e-9:
            break
    return parts


def _one_pass(net: _Net, start: Ints) -> tuple[Ints, float]:
    """Every tied member moved at most once, the best first; what stood best on the way, and what it gained."""
    parts, every = start.copy(), np.arange(net.parts)
    inside = (parts[:, None] == every[None, :]).astype(float)
    links = net.weights @ inside
    sizes = inside.sum(axis=0)
    kept, cores = inside[net.keeps].sum(axis=0), inside[net.core].sum(axis=0)
    free = ~net.loose
    gained, top, best = 0.0, 0.0, parts.copy()
    for _move in range(len(net.tied)):
        gains = links - links[np.arange(net.size), parts.clip(0)][:, None]
        gains[~free] = -np.inf
        gains[free, parts[free]] = -np.inf
        gains[:, sizes >= net.most] = -np.inf
        low = np.maximum(net.least - sizes, 0).sum() >= net.spare  # nobody is left to fill a part up with
        mine = parts.clip(0)
        gains[(sizes[mine] <= net.least) & low] = -np.inf
        gains[net.keeps & (kept[mine] <= 1)] = -np.inf
        gains[np.ix_(net.core, cores >= net.most_core)] = -np.inf
        gains[net.core & (cores[mine] <= net.least_core)] = -np.inf
        who, where = divmod(int(gains.argmax()), net.parts)
        if gains[who, where] == -np.inf:
            break
        gained += float(gains[who, where])
        was, parts[who], free[who] = int(parts[who]), where, False
        sizes[was] -= 1
        sizes[where] += 1
        for counted, is_one in ((kept, net.keeps[who]), (cores, net.core[who])):
            counted[was] -= is_one
            counted[where] += is_one
        links[:, was] -= net.weights[:, who]
        links[:, where] += net.weights[:, who]
        if gained > top + 1e-9:
            top, best = gained, parts.copy()
    return best, top


def _filled(net: _Net, parts: Ints) -> Ints:
    """Those without ties go where the fewest are."""
    parts, sizes = parts.copy(), np.bincount(parts[net.tied], minlength=net.parts)
    for n in np.flatnonzero(net.loose):
        parts[n] = int(sizes.argmin())
        sizes[parts[n]] += 1
    return parts


def _evened(net: _Net, parts: Ints) -> Ints:
    """Who has no strong tie breaks none by going: of the largest part to the smallest, those first who cost least."""
    parts, even = parts.copy(), _at_most(net.size, net.parts, UNEVENNESS[0])
    free = ~(net.weights == 1.0).any(axis=1) & ~net.keeps
    while True:
        sizes = np.bincount(parts, minlength=net.parts)
        largest, smallest = int(sizes.argmax()), int(sizes.argmin())
        found = np.flatnonzero(free & (parts == largest))
        if sizes[largest] <= even or not len(found):
            return parts
        lost, won = (net.weights[found][:, parts == one].sum(axis=1) for one in (largest, smallest))
        parts[found[int((lost - won).argmin())]] = smallest

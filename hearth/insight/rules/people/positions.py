"""Where people stand in the reply graph: LeaderRank, core, betweenness, constraint, distances."""

from dataclasses import dataclass
from itertools import count

import numpy as np
from scipy import sparse

from hearth.insight.rules.columns import Floats, Ints
from hearth.insight.rules.people.graph import ReplyGraph, giant, row_products

EXACT = 500  # people up to whom every shortest path is looked at
SOURCES = 256  # people from whom paths are followed in a larger graph
BATCH = 64  # of them at once
ROUNDS = 1000
SETTLED = 1e-10


def leader_rank(graph: ReplyGraph) -> Floats:
    """LeaderRank (Lü, Zhang, Yeung & Zhou 2011, PLoS ONE 6:e21202), weighted by replies; the scores add up to the size.

    A ground node is joined both ways to everybody, so that the walk needs no parameter; in the end its score is shared
    out evenly. Without a single edge everybody has 1.
    """
    size = graph.size
    if not size:
        return np.zeros(0)
    leaving = np.asarray(graph.directed.sum(axis=1)).ravel() + 1.0
    walk = (sparse.diags(1.0 / leaving) @ graph.directed).T.tocsr()
    score, ground = np.ones(size), 0.0
    for _ in range(ROUNDS):
        after = walk @ score + ground / size
        ground = float((score / leaving).sum())
        moved = float(np.abs(after - score).sum())
        score = after
        if moved < SETTLED * size:
            break
    return np.asarray(score + ground / size)


def core_numbers(graph: ReplyGraph) -> Ints:
    """k-core of each (Seidman 1983; Kitsak et al. 2010): the largest k such that they keep k ties among those who
    do.
    """
    left = graph.degree.copy()
    core = np.zeros(graph.size, dtype=np.int64)
    alive = np.ones(graph.size, dtype=np.bool_)
    level = 0
    while alive.any():
        level = max(level, int(left[alive].min()))
        peel = np.flatnonzero(alive & (left <= level))
        core[peel] = level
        alive[peel] = False
        left -= np.asarray(graph.known[peel].sum(axis=0)).ravel().astype(np.int64)
    return core


@dataclass(frozen=True, slots=True)
class Paths:
    """What following shortest paths tells.

    ``between``: share of all pairs of others whose shortest paths pass through each (Freeman 1977). ``mean`` and
    ``p95`` of the distances in the largest connected part (None without one), ``sources`` people they were followed
    from, ``exact`` whether that was everybody.
    """

    between: Floats
    mean: float | None
    p95: int | None
    sources: int
    exact: bool


def shortest_paths(graph: ReplyGraph, sources: int = SOURCES) -> Paths:
    """Brandes 2001 (J. Math. Sociology 25) in matrix form, ties taken as equal; beyond ``EXACT`` people from a
    sample.
    """
    size = graph.size
    exact = size <= max(EXACT, sources)
    start = np.arange(size) if exact else np.sort(np.random.default_rng(size).choice(size, sources, replace=False))
    through, inside = np.zeros(size), giant(graph)
    lengths = np.zeros(0, dtype=np.int64)
    for begin in range(0, len(start), BATCH):
        some = start[begin : begin + BATCH]
        far, part = _followed(graph.known, some)
        through += part
        seen = far[:, inside[some]][inside]
        found = np.bincount(seen[seen > 0].astype(np.int64), minlength=len(lengths))
        found[: len(lengths)] += lengths
        lengths = found
    others = (size - 1) * (size - 2)
    between = through * (size / max(len(start), 1)) / others if others > 0 else through
    mean, p95 = _summed(lengths)
    return Paths(between, mean, p95, len(start), exact)


def _followed(known: sparse.csr_matrix, some: Ints) -> tuple[Ints, Floats]:
    """Distances from some people (-1: no way), a column each, and how much of their paths passes through everybody."""
    size, columns = known.shape[0], np.arange(len(some))
    far = np.full((size, len(some)), -1, dtype=np.int16)
    far[some, columns] = 0
    ways = np.zeros((size, len(some)))
    ways[some, columns] = 1.0
    front = ways
    for step in count(1):
        front = (known @ front) * (far < 0)
        reached = front > 0
        if not reached.any():
            break
        far[reached] = step
        ways += front
    passing = np.zeros_like(ways)
    for step in range(int(far.max()), 1, -1):
        share = np.where(far == step, (1.0 + passing) / np.maximum(ways, 1.0), 0.0)
        passing += (known @ share) * ways * (far == step - 1)
    return far, np.asarray(passing.sum(axis=1))


def _summed(lengths: Ints) -> tuple[float | None, int | None]:
    total = int(lengths.sum())
    if not total:
        return None, None
    mean = float((lengths * np.arange(len(lengths))).sum()) / total
    return mean, int(np.searchsorted(np.cumsum(lengths), 0.95 * total, "left"))


def constraint(graph: ReplyGraph) -> Floats:
    """Burt's constraint (1992): near 0, contacts do not know one another; not a number for those without a tie.

    c_i = Σ_j (p_ij + Σ_q p_iq p_qj)², p_ij the share of i's replies, either way, that are with j.
    """
    total = np.asarray(graph.mutual.sum(axis=1)).ravel()
    share = (sparse.diags(1.0 / np.maximum(total, 1.0)) @ graph.mutual).tocsr()
    coo = share.tocoo()
    one, other = coo.row.astype(np.int64), coo.col.astype(np.int64)
    round_about = row_products(share, share.T.tocsr(), one, other)
    found = np.bincount(one, weights=(coo.data + round_about) ** 2, minlength=graph.size)
    return np.where(total > 0, found, np.nan)

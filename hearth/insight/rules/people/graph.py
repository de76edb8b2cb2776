"""The reply graph: who answered whom and how often. People are numbers; nobody answers themselves.

An edge a→b says that a answered b: in the walk of LeaderRank a gives b their voice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from hearth.insight.rules.columns import AnyInts, Bools, Floats, Ints

CHUNK = 20_000  # pairs whose neighbours are compared at once; bounds the memory of large graphs


@dataclass(frozen=True)
class ReplyGraph:
    """``size`` people; parallel columns of distinct directed edges with the number of replies on each."""

    size: int
    source: Ints
    target: Ints
    weight: Ints

    @cached_property
    def directed(self) -> sparse.csr_matrix:
        """Replies from row to column."""
        values = self.weight.astype(np.float64)
        return sparse.csr_matrix((values, (self.source, self.target)), shape=(self.size, self.size))

    @cached_property
    def mutual(self) -> sparse.csr_matrix:
        """Replies in either direction, symmetric."""
        both = (self.directed + self.directed.T).tocsr()
        both.sort_indices()
        return both

    @cached_property
    def known(self) -> sparse.csr_matrix:
        """1 where two people have a tie, symmetric."""
        one = self.mutual.copy()
        one.data = np.ones_like(one.data)
        return one

    @cached_property
    def degree(self) -> Ints:
        """With how many people each has a tie."""
        return np.diff(self.mutual.indptr).astype(np.int64)

    @cached_property
    def pairs(self) -> tuple[Ints, Ints, Ints]:
        """Ties as (one, other, replies in either direction), each once."""
        upper = sparse.triu(self.mutual, 1).tocoo()
        return upper.row.astype(np.int64), upper.col.astype(np.int64), upper.data.astype(np.int64)

    @cached_property
    def endorsers(self) -> Ints:
        """How many distinct people answered each."""
        return np.bincount(self.target, minlength=self.size).astype(np.int64)

    @cached_property
    def mutual_ties(self) -> Ints:
        """How many ties of each go both ways."""
        both = self.known.multiply(self.directed > 0).multiply((self.directed > 0).T)
        return np.asarray(both.sum(axis=1)).ravel().astype(np.int64)


def graph_of(size: int, source: AnyInts, target: AnyInts, count: AnyInts | None = None) -> ReplyGraph:
    """A graph from single replies (or counted ones): equal pairs are added up, replies to oneself dropped."""
    keep = (source != target) & (source >= 0) & (target >= 0)
    key, place = np.unique(source[keep].astype(np.int64) * size + target[keep], return_inverse=True)
    counted = np.ones(len(source), dtype=np.int64) if count is None else count
    weight = np.bincount(place, weights=counted[keep], minlength=len(key)).astype(np.int64)
    return ReplyGraph(size, key // max(size, 1), key % max(size, 1), weight)


def row_products(left: sparse.csr_matrix, right: sparse.csr_matrix, one: Ints, other: Ints) -> Floats:
    """For each pair: the sum over all people of left[one] times right[other]."""
    found = np.zeros(len(one))
    for part in _parts(len(one)):
        found[part] = np.asarray(left[one[part]].multiply(right[other[part]]).sum(axis=1)).ravel()
    return found


def _parts(count: int) -> Iterator[slice]:
    for start in range(0, count, CHUNK):
        yield slice(start, start + CHUNK)


def giant(graph: ReplyGraph) -> Bools:
    """Who is in the largest connected part (the lowest-numbered of equals); nobody where there is no tie."""
    inside = np.zeros(graph.size, dtype=np.bool_)
    if graph.size and len(graph.source):
        _, label = sparse.csgraph.connected_components(graph.known, directed=False)
        inside = label == int(np.bincount(label).argmax())
    return inside

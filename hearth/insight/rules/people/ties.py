"""What ties are like: mutual or not, strong or weak, and the parts that a network falls into."""

from dataclasses import dataclass

import numpy as np

from hearth.insight.rules.columns import Floats, Ints
from hearth.insight.rules.people.graph import ReplyGraph, row_products

BANDS = ((1, 1), (2, 3), (4, 9), (10, None))  # replies in either direction


def overlap(graph: ReplyGraph) -> Floats:
    """For each of ``graph.pairs``: the share of their other contacts that two people have in common (Onnela et al.
    2007, PNAS 104): n_ij / ((k_i - 1) + (k_j - 1) - n_ij); not a number for two who know nobody else.
    """
    one, other, _ = graph.pairs
    common = row_products(graph.known, graph.known, one, other)
    around = graph.degree[one] + graph.degree[other] - 2 - common
    return np.where(around > 0, common / np.maximum(around, 1.0), np.nan)


def overlap_by_strength(graph: ReplyGraph, found: Floats) -> list[tuple[int, int | None, int, float]]:
    """Mean overlap of ties by strength (least and most replies, ties, mean); bands without a tie are left out.

    Where weak ties are bridges it rises with strength (Granovetter 1973).
    """
    strength = graph.pairs[2]
    rows = []
    for least, most in BANDS:
        inside = (strength >= least) & (strength <= (most or strength.max(initial=0))) & ~np.isnan(found)
        if inside.any():
            rows.append((least, most, int(inside.sum()), float(found[inside].mean())))
    return rows


def weak_ties(graph: ReplyGraph, found: Floats) -> Ints:
    """How many ties of each lead to somebody with whom they share no contact."""
    one, other, _ = graph.pairs
    weak = found == 0
    ends = np.concatenate((one[weak], other[weak]))
    return np.bincount(ends, minlength=graph.size).astype(np.int64)


def clustering(graph: ReplyGraph) -> float | None:
    """Transitivity: the share of paths over two ties that close to a triangle; None without such a path."""
    degree = graph.degree
    paths = int((degree * (degree - 1)).sum()) / 2
    if not paths:
        return None
    one, other, _ = graph.pairs
    return float(row_products(graph.known, graph.known, one, other).sum()) / paths


@dataclass(frozen=True, slots=True)
class Drawable:
    """A part of a network small enough to be drawn: people, ties with their strength, how many people are left out."""

    people: tuple[int, ...]
    ties: tuple[tuple[int, int, int], ...]
    left_out: int


def drawable(graph: ReplyGraph, rank: Floats, most: int) -> Drawable:
    """The ``most`` people of highest rank, as far as they have ties among themselves."""
    tied = np.flatnonzero(graph.degree > 0)
    inside = np.zeros(graph.size, dtype=np.bool_)
    inside[tied[np.lexsort((tied, -rank[tied]))][:most]] = True
    one, other, strength = graph.pairs
    keep = inside[one] & inside[other]
    people = np.unique(np.concatenate((one[keep], other[keep])))
    ties = tuple(zip(one[keep].tolist(), other[keep].tolist(), strength[keep].tolist(), strict=True))
    return Drawable(tuple(people.tolist()), ties, len(tied) - len(people))

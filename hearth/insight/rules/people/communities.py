"""The parts that a network falls into. For what can be drawn: networkx is slow, and takes half a second to load."""

from collections.abc import Iterable

import networkx as nx


def communities(ties: Iterable[tuple[int, int, int]]) -> dict[int, int]:
    """Person → their part, the largest 0 (Louvain, Blondel et al. 2008)."""
    net: nx.Graph = nx.Graph()
    net.add_weighted_edges_from(sorted(ties))
    parts = nx.community.louvain_communities(net, seed=7) if len(net) else []
    ordered = sorted(parts, key=lambda part: (-len(part), min(part)))
    return {person: number for number, people in enumerate(ordered) for person in people}

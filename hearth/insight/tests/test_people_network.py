"""Measures of the reply graph: by hand on small ones, equal to networkx on the karate club and on a drawn one."""

import networkx as nx
import numpy as np
import pytest

from hearth.insight.rules.people import positions, ties
from hearth.insight.rules.people.communities import communities
from hearth.insight.rules.people.graph import giant, graph_of


def graph(size, *edges):
    """Edges as (source, target) or (source, target, count)."""
    columns = [np.array([edge[side] for edge in edges], dtype=np.int64) for side in (0, 1)]
    counts = np.array([edge[2] if len(edge) > 2 else 1 for edge in edges], dtype=np.int64)
    return graph_of(size, *columns, counts)


def karate():
    net = nx.karate_club_graph()
    return net, graph(34, *((a, b, net[a][b]["weight"]) for a, b in net.edges))


def scale_free():
    net = nx.gnp_random_graph(120, 0.04, seed=3, directed=True)
    return net, graph(120, *net.edges)


EMPTY = graph(0)
ALONE = graph(1)
STRANGERS = graph(3)


def test_replies_to_oneself_are_dropped_and_equal_ones_added_up():
    made = graph_of(3, np.array([0, 0, 1, 2, 0]), np.array([1, 1, 1, 0, -1]))
    edges = sorted(zip(made.source.tolist(), made.target.tolist(), made.weight.tolist(), strict=True))
    assert edges == [(0, 1, 2), (2, 0, 1)]
    assert made.endorsers.tolist() == [1, 1, 0]
    assert made.degree.tolist() == [2, 1, 1]


def test_leader_rank_of_three_by_hand():
    """Two answer the third; the scores solve s = walk(s) with the ground node, as worked out on paper.

    The two have 1/2 of their score for the third and 1/2 for the ground, the third all for the ground; every person
    gets g/3 of it. With y for the two and x for the third: y = g/3, x = g/3 + 2 · y/2 = 2g/3. They add up to 3, as the
    ground begins with 0: 2y + x + g = 7g/3 = 3, g = 9/7. Shared out: y = 3/7 + 3/7, x = 6/7 + 3/7.
    """
    rank = positions.leader_rank(graph(3, (0, 2), (1, 2)))
    assert rank == pytest.approx([6 / 7, 6 / 7, 9 / 7], abs=1e-8)


def test_leader_rank_adds_up_to_everybody_and_is_even_among_equals():
    assert positions.leader_rank(graph(4, (0, 1), (1, 2), (2, 3), (3, 0))) == pytest.approx([1, 1, 1, 1])
    assert positions.leader_rank(STRANGERS) == pytest.approx([1, 1, 1])
    assert positions.leader_rank(karate()[1]).sum() == pytest.approx(34)
    assert len(positions.leader_rank(EMPTY)) == 0


def test_leader_rank_counts_how_often_somebody_is_answered():
    rank = positions.leader_rank(graph(3, (0, 1, 9), (0, 2, 1)))
    assert rank[1] > rank[2] > rank[0]


@pytest.mark.parametrize("made", [karate, scale_free])
def test_core_numbers_are_those_of_networkx(made):
    net, found = made()
    expected = nx.core_number(net.to_undirected())
    assert positions.core_numbers(found).tolist() == [expected[node] for node in net]


@pytest.mark.parametrize("made", [karate, scale_free])
def test_betweenness_is_that_of_networkx(made):
    net, found = made()
    expected = nx.betweenness_centrality(net.to_undirected())
    paths = positions.shortest_paths(found)
    assert (paths.exact, paths.sources) == (True, len(net))
    assert paths.between == pytest.approx([expected[node] for node in net], abs=1e-12)


def test_distances_are_those_of_networkx():
    net, found = karate()
    assert positions.shortest_paths(found).mean == pytest.approx(nx.average_shortest_path_length(net))


@pytest.mark.parametrize("made", [karate, scale_free])
def test_constraint_is_that_of_networkx(made):
    net, found = made()
    expected = nx.constraint(net, weight="weight" if made is karate else None)
    assert positions.constraint(found) == pytest.approx([expected[node] for node in net], abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("made", [karate, scale_free])
def test_clustering_is_that_of_networkx(made):
    net, found = made()
    assert ties.clustering(found) == pytest.approx(nx.transitivity(net.to_undirected()))


def test_overlap_by_hand():
    """A square with one diagonal (0-1, 1-2, 2-3, 3-0, 0-2) and a leaf 4 on 3; (5-6) know nobody else."""
    found = graph(7, (0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (3, 4), (5, 6))
    value = dict(
        zip(zip(found.pairs[0].tolist(), found.pairs[1].tolist(), strict=True), ties.overlap(found), strict=True)
    )
    assert value[0, 1] == pytest.approx(1 / ((3 - 1) + (2 - 1) - 1))
    assert value[0, 2] == pytest.approx(2 / ((3 - 1) + (3 - 1) - 2))
    assert value[3, 4] == 0
    assert np.isnan(value[5, 6])
    assert ties.weak_ties(found, ties.overlap(found)).tolist() == [0, 0, 0, 1, 1, 0, 0]


def test_overlap_is_averaged_by_strength():
    found = graph(4, (0, 1, 12), (1, 2, 1), (2, 0, 3), (2, 3, 1))
    rows = ties.overlap_by_strength(found, ties.overlap(found))
    assert rows == [(1, 1, 2, 0.25), (2, 3, 1, 0.5), (10, None, 1, 1.0)]


def test_a_chain_leads_through_its_middle():
    """0-1-2-3: of the 3 pairs of others, 1 lies between 0-2 and 0-3; distances 1, 2, 3 from the ends."""
    paths = positions.shortest_paths(graph(4, (0, 1), (1, 2), (2, 3)))
    assert paths.between == pytest.approx([0, 2 / 3, 2 / 3, 0])
    assert (paths.mean, paths.p95) == (pytest.approx((3 * 1 + 2 * 2 + 3) / 6), 3)


def test_a_star_has_no_constraint_to_speak_of_and_a_pair_all_of_it():
    found = positions.constraint(graph(7, (0, 1), (0, 2), (0, 3), (0, 4), (5, 6)))
    assert found[0] == pytest.approx(4 * (1 / 4) ** 2)
    assert found[5] == found[6] == found[1] == 1


def test_what_nobody_has_is_told_as_nothing():
    for none in (EMPTY, ALONE, STRANGERS):
        paths = positions.shortest_paths(none)
        assert (paths.mean, paths.p95, paths.between.sum()) == (None, None, 0)
        assert positions.core_numbers(none).sum() == 0
        assert np.isnan(positions.constraint(none)).all()
        assert not giant(none).any()
        assert (ties.clustering(none), ties.overlap_by_strength(none, ties.overlap(none))) == (None, [])
        assert ties.drawable(none, positions.leader_rank(none), 10) == ties.Drawable((), (), 0)
    assert communities([]) == {}


def test_when_all_are_tied_everybody_is_equal():
    everybody = graph(5, *((a, b) for a in range(5) for b in range(5) if a != b))
    assert positions.core_numbers(everybody).tolist() == [4] * 5
    assert positions.leader_rank(everybody) == pytest.approx([1] * 5)
    assert ties.overlap(everybody) == pytest.approx([1] * 10)
    assert positions.shortest_paths(everybody).between == pytest.approx([0] * 5)


def test_the_largest_part_is_found():
    assert giant(graph(6, (0, 1), (2, 3), (3, 4))).tolist() == [False, False, True, True, True, False]


@pytest.mark.thorough
def test_a_large_graph_is_sampled_near_the_truth():
    net = nx.barabasi_albert_graph(700, 3, seed=5)
    paths = positions.shortest_paths(graph(700, *net.edges))
    assert (paths.exact, paths.sources) == (False, positions.SOURCES)
    exact = nx.betweenness_centrality(net)
    top = sorted(net, key=lambda node: -exact[node])[:5]
    assert paths.between[top] == pytest.approx([exact[node] for node in top], rel=0.25)
    assert paths.mean == pytest.approx(nx.average_shortest_path_length(net), abs=0.05)


def test_two_circles_are_two_parts_and_the_picture_keeps_the_foremost():
    circles = [(a, b) for base in (0, 4) for a in range(base, base + 4) for b in range(base, base + 4) if a < b]
    found = graph(9, *circles, (3, 4))
    whole = ties.drawable(found, positions.leader_rank(found), 20)
    assert (len(whole.people), whole.left_out) == (8, 0)
    parts = communities(whole.ties)
    assert {frozenset(p for p in parts if parts[p] == n) for n in (0, 1)} == {
        frozenset(range(4)),
        frozenset(range(4, 8)),
    }
    few = ties.drawable(found, np.arange(9.0), 4)
    assert (few.people, few.left_out) == ((4, 5, 6, 7), 4)

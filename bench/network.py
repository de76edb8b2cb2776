"""Measures of a reply graph of 20,000 people and about 200,000 edges, each on its own.

python bench/network.py [--people 20000] [--replies 300000]

The graph is made: activity and popularity have heavy tails (Pareto, shape 0.8), people sit in groups of about 300 and
answer within theirs seven times in ten, two in three replies are answered, and ties are used again.
"""

import argparse
import os
import resource
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from hearth.insight.rules.people import positions, ties
from hearth.insight.rules.people.graph import ReplyGraph, graph_of


def made(people: int, replies: int) -> ReplyGraph:
    """A reply graph with the tails of real ones."""
    chance = np.random.default_rng(1)
    active, liked = chance.pareto(0.8, people) + 0.02, chance.pareto(0.8, people) + 0.02
    active, liked = np.minimum(active, 2000.0), np.minimum(liked, 2000.0)
    home = chance.integers(0, max(1, people // 300), people)
    source = chance.choice(people, replies, p=active / active.sum())
    target = np.empty(replies, dtype=np.int64)
    inside = chance.random(replies) < 0.7
    target[~inside] = chance.choice(people, int((~inside).sum()), p=liked / liked.sum())
    for group in range(int(home.max()) + 1):
        mine = np.flatnonzero(home == group)
        rows = np.flatnonzero(inside & (home[source] == group))
        target[rows] = mine[chance.choice(len(mine), len(rows), p=liked[mine] / liked[mine].sum())]
    back = chance.random(replies) < 0.66
    return graph_of(people, np.r_[source, target[back]], np.r_[target, source[back]])


def main() -> None:
    """Print each measure's processor and wall time."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--replies", type=int, default=300_000)
    asked = parser.parse_args()
    graph = made(asked.people, asked.replies)
    tail, said = np.sort(graph.degree)[::-1], np.asarray(graph.directed.sum(axis=1)).ravel()
    top = np.sort(said)[::-1][: graph.size // 100].sum() / said.sum()
    print(
        f"{graph.size} people, {len(graph.source)} edges, {len(graph.pairs[0])} ties, ties per person: median "
        f"{np.median(tail):.0f}, most {tail[0]}; the top 1 % wrote {100 * top:.0f} % of the replies"
    )
    rank = positions.leader_rank(graph)
    measures = {
        "LeaderRank": lambda: positions.leader_rank(graph),
        "k-core": lambda: positions.core_numbers(graph),
        f"betweenness and distances ({positions.SOURCES} sources)": lambda: positions.shortest_paths(graph),
        "Burt constraint": lambda: positions.constraint(graph),
        "overlap of ties": lambda: ties.overlap(graph),
        "clustering": lambda: ties.clustering(graph),
        "drawing with communities (150 people)": lambda: ties.communities(ties.drawable(graph, rank, 150).ties),
    }
    whole, wall = time.process_time(), time.perf_counter()
    for name, measure in measures.items():
        begun, since = time.process_time(), time.perf_counter()
        measure()
        print(f"  {name}: {time.process_time() - begun:.2f} s processor, {time.perf_counter() - since:.2f} s")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    load = Path("/proc/loadavg").read_text().split()[0]
    print(
        f"network people={graph.size} edges={len(graph.source)} total={time.perf_counter() - wall:.1f}s "
        f"cpu={time.process_time() - whole:.1f}s rss={memory:.0f}MB (load {load})"
    )


if __name__ == "__main__":
    main()

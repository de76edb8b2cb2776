"""How much of what holds a group together survives a split, and how long the plan takes.

python -m bench.split

On the archives under HEARTH_DATA: in each room its 91 days with the most ties, at most 500 people, parted in two and
three; beside them the best of sixty partings by METIS (Karypis and Kumar 1998) of those who have strong ties, within
the same bounds for their parts, Kernighan and Lin's halves and Louvain communities packed by size, both of networkx.
*Quiet* is a part with less than a quarter of those who have strong ties: what is kept by leaving the silent behind is
no split. Then made groups: circles of 40 whose members turn to one another eight times in ten.
"""

import lzma
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import networkx as nx
import numpy as np
import orjson
import pymetis

from hearth.groups.rules.partition import LEAST, UNEVENNESS, WANTED, part
from hearth.groups.rules.ties import Tie, kept_of

DATA = Path(os.environ.get("HEARTH_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
ARCHIVES = ("fcc_gitter", "bytecodealliance_zulip", "ncar_zulip", "bytecodealliance_github_events")
SEASON = 91 * 86_400
LEAST_PEOPLE, LEAST_TIES, MOST_PEOPLE = 60, 15, 500
Talk = tuple[str, set[str]]


def rooms(name: str) -> Iterator[tuple[str, int, list[Tie]]]:
    """(room, people, ties) of an archive: who named or answered whom in the room's densest 91 days."""
    author: dict[str, str] = {}
    seasons: dict[str, dict[int, list[Talk]]] = defaultdict(lambda: defaultdict(list))
    with lzma.open(DATA / name / "messages.ndjson.xz") as lines:
        for line in lines:
            told = orjson.loads(line)
            if told.get("bot"):
                continue
            author[told["id"]] = told["u"]
            to = {*told.get("men", ()), author.get(told.get("re"), told["u"])} - {told["u"]}
            seasons[told["ch"]][int(told["ts"]) // SEASON].append((told["u"], to))
    for room, found in seasons.items():
        people, ties = tied(max(found.values(), key=lambda rows: sum(len(to) for _who, to in rows)))
        if people >= LEAST_PEOPLE and sum(one.is_strong for one in ties) >= LEAST_TIES:
            yield f"{name}/{room}", people, ties


def tied(rows: list[Talk]) -> tuple[int, list[Tie]]:
    """How many people, and the ties among the most active."""
    active = Counter(who for who, _to in rows).most_common(MOST_PEOPLE)
    place = {who: n for n, (who, _times) in enumerate(active)}
    turned = Counter((place[who], place[one]) for who, to in rows for one in to if who in place and one in place)
    pairs = {(min(pair), max(pair)) for pair in turned}
    return len(place), [Tie(a, b, turned[a, b], turned[b, a]) for a, b in sorted(pairs)]


def is_quiet(parts: dict[int, int], ties: list[Tie]) -> bool:
    """Whether a half has less than a quarter of those who have strong ties."""
    core = {member for one in ties if one.is_strong for member in (one.a, one.b)}
    counts = Counter(parts[member] for member in core)
    return min(counts[0], counts[1]) < len(core) / 4


def share(people: int, ties: list[Tie], parts: int) -> tuple[float, list[int], float, bool]:
    """Share of strong ties that ours keeps, the sizes of the parts, processor seconds, whether a half is quiet."""
    since = time.process_time()
    found = part(range(people), ties, parts)
    sizes, quiet = sorted(Counter(found.parts.values()).values()), is_quiet(found.parts, ties)
    return found.share or 0.0, sizes, time.process_time() - since, quiet


def of_networkx(people: int, ties: list[Tie]) -> list[tuple[float, bool]]:
    """The same share for halves by Kernighan and Lin, and for packed Louvain communities, and whether one is quiet."""
    net: nx.Graph[int] = nx.Graph()
    net.add_nodes_from(range(people))
    net.add_weighted_edges_from((one.a, one.b, 1.0 if one.is_strong else 0.05) for one in ties)
    bins: list[list[int]] = [[], []]
    for group in sorted(nx.community.louvain_communities(net, seed=7), key=len, reverse=True):
        min(bins, key=len).extend(group)
    found = []
    for halves in (nx.community.kernighan_lin_bisection(net, seed=7), bins):
        parts = {one: n for n, half in enumerate(halves) for one in half}
        strong, kept = kept_of(parts, ties)
        found.append((kept / strong, is_quiet(parts, ties)))
    return found


def of_metis(ties: list[Tie], parts: int) -> float:
    """The largest share of strong ties that METIS keeps between parts as uneven as ours may be; 0 where none are."""
    strong = [(one.a, one.b) for one in ties if one.is_strong]
    near: dict[int, list[int]] = defaultdict(list)
    for a, b in strong:
        near[a].append(b)
        near[b].append(a)
    core = {member: n for n, member in enumerate(sorted(near))}
    links = [[core[one] for one in near[member]] for member in core]
    mean, best = len(core) / parts, 0.0
    for uneven in UNEVENNESS:
        for seed in range(20):
            options = pymetis.Options(ufactor=round((uneven - 1) * 1000), seed=seed, ncuts=10)
            _cut, found = pymetis.part_graph(parts, adjacency=links, options=options, recursive=False)
            sizes = [found.count(n) for n in range(parts)]
            if min(sizes) >= LEAST * mean and max(sizes) <= UNEVENNESS[-1] * mean + 1:
                best = max(best, sum(found[core[a]] == found[core[b]] for a, b in strong) / len(strong))
    return best


def made(people: int) -> list[Tie]:
    """Circles of 40: six contacts each of which two in three are returned, eight in ten within the circle."""
    chance = np.random.default_rng(1)
    turned: Counter[tuple[int, int]] = Counter()
    for one in range(people):
        for _contact in range(6):
            near = one // 40 * 40 + int(chance.integers(min(40, people - one // 40 * 40)))
            other = near if chance.random() < 0.8 else int(chance.integers(people))
            turned[one, other] += 1
            turned[other, one] += int(chance.random() < 2 / 3)
    pairs = {(min(pair), max(pair)) for pair in turned if pair[0] != pair[1]}
    return [Tie(a, b, turned[a, b], turned[b, a]) for a, b in sorted(pairs)]


def main() -> None:
    """Print a line for each archive and each made group."""
    sizes, slowest = [], 0.0
    columns: dict[str, list[tuple[float, bool]]] = {
        name: []
        for name in ("two parts", "three", "METIS two", "METIS three", "Kernighan-Lin halves", "Louvain packed")
    }
    for name in ARCHIVES:
        for _room, people, ties in rooms(name):
            two, three = share(people, ties, 2), share(people, ties, 3)
            sizes.append(people)
            slowest = max(slowest, two[2], three[2])
            of_theirs = [(of_metis(ties, parts), False) for parts in (2, 3)]
            row = [(two[0], two[3]), (three[0], False), *of_theirs, *of_networkx(people, ties)]
            for column, one in zip(columns.values(), row, strict=True):
                column.append(one)
    said = ", ".join(
        f"{name} {np.mean([kept for kept, _quiet in found]):.2f} ({sum(kept >= WANTED for kept, _quiet in found)} at "
        f"{WANTED:.0%} or more, {sum(quiet for _kept, quiet in found)} quiet)"
        for name, found in columns.items()
    )
    print(
        f"split {len(sizes)} real rooms of {min(sizes)} to {max(sizes)}: ties kept in {said}; slowest {slowest:.2f} s"
    )
    load = Path("/proc/loadavg").read_text().split()[0]
    for people in (500, 2000):
        ties = made(people)
        for parts in (2, 4):
            kept, found, seconds, _quiet = share(people, ties, parts)
            print(f"split made group of {people}, {len(ties)} ties ({sum(one.is_strong for one in ties)} strong) in "
                  f"{parts}: {kept:.0%} kept, parts {found}, processor {seconds:.2f} s (load {load})")  # fmt: skip


if __name__ == "__main__":
    main()

"""Who comes next where places are few: first come, or the best of the existing members as the operator orders them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hearth.groups.rules.known import same


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who waits. ``joined``: since when they are in the community; ``level`` and ``active`` where told."""

    row: int
    since: datetime
    tags: frozenset[str] = frozenset()
    joined: datetime | None = None
    level: int = 0
    active: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A place in line: from 1 on, and the tier that led to it (from 1; 0 for none of the tiers)."""

    row: int
    place: int
    tier: int


def tier_of(tags: Iterable[str], tiers: Sequence[Sequence[str]]) -> int:
    """The first tier of which somebody carries a tag, from 1 on; 0 for none."""
    mine = {same(tag) for tag in tags}
    for n, tier in enumerate(tiers, 1):
        if mine & {same(tag) for tag in tier}:
            return n
    return 0


def in_line(candidates: Sequence[Candidate], tiers: Sequence[Sequence[str]], then: str) -> list[Placed]:
    """The whole line: by tier, within a tier by ``then``, at last by who came first (ties by number).

    ``then``: first_come, longest_here (in the community), level or active (days with a message in four weeks).
    """
    tier = {one.row: tier_of(one.tags, tiers) for one in candidates}
    last = len(tiers) + 1
    line = sorted(candidates, key=lambda one: (tier[one.row] or last, _within(one, then), one.since, one.row))
    return [Placed(one.row, place, tier[one.row]) for place, one in enumerate(line, 1)]


def _within(one: Candidate, then: str) -> float:
    """The smaller, the earlier within a tier. Raises KeyError for an unknown order."""
    longest = one.joined.timestamp() if one.joined else float("inf")
    return {"first_come": 0.0, "longest_here": longest, "level": -one.level, "active": -one.active}[then]

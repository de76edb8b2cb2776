"""Who turned to whom in a group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tie:
    """Two members who turned to each other by reply or reaction: how often the one, how often the other."""

    a: int
    b: int
    from_a: int
    from_b: int

    @property
    def is_strong(self) -> bool:
        """Whether both did."""
        return self.from_a > 0 and self.from_b > 0


def kept_of(parts: Mapping[int, int], ties: Iterable[Tie]) -> tuple[int, int]:
    """(strong ties among these members, those whose two are in one part); ``parts`` tells each member's."""
    strong = [(one.a, one.b) for one in ties if one.is_strong and one.a in parts and one.b in parts]
    return len(strong), sum(parts[a] == parts[b] for a, b in strong)

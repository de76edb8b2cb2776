"""What is kept of a reading of people, and read by every process: none needs the engines that measured it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who could tend a group next, from 0 to 1, and why: weeks in the group of the last 26, first answers given and
    different people they have ties with there, accepted answers anywhere.
    """

    person: int
    score: float
    weeks: int
    answers: int
    ties: int
    accepted: int
    verified: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """How many were in each phase in a window of 28 days."""

    new: int
    returning: int
    resurrected: int
    dormant: int

    @property
    def quick_ratio(self) -> float | None:
        """Those won over those lost, (new + resurrected) / dormant; None where nobody went dormant."""
        return (self.new + self.resurrected) / self.dormant if self.dormant else None


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of those who are here, shares (None: too few or no data) and the newest six windows of 28 days.
    ``basis`` says where replies come from; ``told`` whether there are enough active people to be broken down.
    """

    at: int
    told: bool
    people: int
    active: int
    flows: tuple[Flow, ...]
    kinds: Mapping[str, int]
    tiers: Mapping[str, int]
    waiting: int
    leaders: int
    leader_reach: float | None
    bridges: int
    fans: int
    seeds: int
    basis: str
    ties: int
    clustering: float | None
    distance: float | None
    distance_p95: int | None
    distance_sources: int
    distance_exact: bool
    largest_part: float | None
    core: int
    overlap: tuple[tuple[int, int | None, int, float], ...]
    auc: float | None
    auc_recency: float | None
    tried_on: int

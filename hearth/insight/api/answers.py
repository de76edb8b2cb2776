"""What the routes answer. Field names are part of the contract of version 1: add, never rename."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from hearth.core.metrics import Grain
from hearth.insight.queries.readings import State

Reason = Literal[
    "too_few", "no_data", "small_group", "waiting_for_facts", "not_computed", "damaged",
    "too_young", "already_cold", "not_fed", "few_seeds", "same_hour", "cannot_tell", "beyond", "few_replies",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fill:
    """How far the readings go. `number` grows with every publication: two pages with one number fit together.

    `state`: `current`; `behind` (today is not computed yet); `not_computed` (never so far); `damaged` (found broken,
    built anew by the next refresh). `as_of` is the day at whose beginning the newest readings were taken, in the
    community's time zone. `facts_through` is the last fact in them, null for what is read off the pulse.
    """

    state: State
    as_of: date | None
    number: int
    facts_through: int | None


@dataclass(frozen=True, slots=True)
class Definition:
    """A metric as it is declared. `version` changes when the number would mean something else.

    `better` says which way is good. `window_days` is how far back it looks, null for all time. `minimum` is the fewest
    observations for a value. `counts` says whose acts count. `history` is false where only the newest reading can be
    told. `waits_for` names facts that nothing emits yet; until then the metric has no value.
    """

    name: str
    version: int
    title: str
    definition: str
    family: str
    unit: str
    better: Literal["more", "less"] | None
    window_days: int | None
    minimum: int
    counts: Literal["organic", "seeded", "both"]
    of: list[Grain]
    history: bool
    waits_for: list[str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every declared metric of a community, and how far its readings go."""

    community: str
    fill: Fill
    metrics: list[Definition]


@dataclass(frozen=True, slots=True)
class GroupName:
    """A group, with its name in the language asked for."""

    id: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Point:
    """A value at the beginning of a day, and how many observations stand behind it.

    `value` is null where there is none, never zero for it; `reason` then says why: `too_few` observations, `no_data`,
    `small_group` (fewer than five members: not broken down), `waiting_for_facts`, `not_computed`, or `damaged`. Metrics
    of the pulse also say `too_young` (a group of less than eight weeks), `already_cold`, `not_fed`, `few_seeds`,
    `same_hour` (always fed at the same hour), `cannot_tell`, and `beyond` (not among the thousand liveliest).
    What rests on who answered whom says `few_replies` where a community's talk records hardly any replies.
    """

    day: date
    value: float | None
    n: int | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Series:
    """Readings of the community (`group` is null) or of one group, the oldest first: Mondays, and the newest day.

    Metrics of the pulse also have each day of the last eight weeks.
    """

    group: GroupName | None
    readings: list[Point]


@dataclass(frozen=True, slots=True)
class Readings:
    """A metric over time. `next` is the address of the next page of groups, null on the last."""

    community: str
    fill: Fill
    metric: Definition
    series: list[Series]
    next: str | None

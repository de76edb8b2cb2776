"""How well members match what a group says it is for. What is not known of somebody is no mismatch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hearth.groups.rules.known import same

ATTRIBUTES = ("department", "hospital", "city", "kind", "badge")
MOST_CONDITIONS, MOST_VALUES = 5, 100


@dataclass(frozen=True, slots=True)
class Trait:
    """What a member of the group has: one of the values."""

    attribute: str
    values: tuple[str, ...]


def traits_of(raw: Sequence[Mapping[str, Any]]) -> tuple[Trait, ...]:
    """A definition as it is kept: attribute, values."""
    return tuple(Trait(one["attribute"], tuple(one["values"])) for one in raw)


def matches(definition: Sequence[Trait], told: Mapping[str, str]) -> bool | None:
    """Whether somebody has every trait: False where one is known to be another, None where too little is known."""
    found = [_has(trait, told.get(trait.attribute, "")) for trait in definition]
    if False in found:
        return False
    return None if None in found else True


def _has(trait: Trait, mine: str) -> bool | None:
    return _same(mine) in _alike(trait.values) if mine else None


_same = lru_cache(maxsize=4096)(same)  # departments and cities of many members are few


@lru_cache(maxsize=4096)
def _alike(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(same, values))


def better(definitions: Mapping[int, Sequence[Trait]], told: Mapping[str, str]) -> int | None:
    """The group in which somebody has every trait, the one that asks most first; None where there is none."""
    fits = [pk for pk, definition in definitions.items() if definition and matches(definition, told)]
    return min(fits, key=lambda pk: (-len(definitions[pk]), pk), default=None)

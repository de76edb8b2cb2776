"""Where an entry code leads somebody: rules by what they are, in order, else a default."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hearth.groups.rules.known import same

ASKED = ("department", "hospital", "city")  # what the joining page asks for where a profile says nothing
KNOWN = ("kind", "language")
ATTRIBUTES = (*ASKED, *KNOWN)


@dataclass(frozen=True, slots=True)
class Rule:
    """Whoever has one of the values is led to the group."""

    attribute: str
    values: tuple[str, ...]
    group: int


@dataclass(frozen=True, slots=True)
class Placement:
    """The group, and the rule (from 0) that led there; None for the default or one's own choice."""

    group: int
    rule: int | None


def rules_of(raw: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Rules as they are kept: attribute, values, group."""
    return tuple(Rule(one["attribute"], tuple(one["values"]), one["group"]) for one in raw)


def missing(rules: Sequence[Rule], told: Mapping[str, str]) -> list[str]:
    """What must be asked before it can be said where somebody belongs: nothing once a rule before it has matched."""
    asked: list[str] = []
    for rule in rules:
        mine = told.get(rule.attribute, "")
        if not mine and rule.attribute in ASKED and rule.attribute not in asked:
            asked.append(rule.attribute)
        elif _fits(rule, mine) and not asked:
            return []
    return asked


def place(rules: Sequence[Rule], told: Mapping[str, str], default: int | None, chosen: int | None) -> Placement | None:
    """The first rule that fits, else the default, else what was chosen among the rules' groups; None: ask."""
    for n, rule in enumerate(rules):
        if _fits(rule, told.get(rule.attribute, "")):
            return Placement(rule.group, n)
    if default is not None:
        return Placement(default, None)
    if chosen is not None and chosen in {rule.group for rule in rules}:
        return Placement(chosen, None)
    return None


def _fits(rule: Rule, mine: str) -> bool:
    return bool(mine) and same(mine) in {same(value) for value in rule.values}


def numbered(names: Mapping[str, str], serial: int, most: int = 80) -> dict[str, str]:
    """The names of the next group of a series: "Cardiology" becomes "Cardiology 2" in every language."""
    return {language: f"{name[: most - len(str(serial)) - 1]} {serial}" for language, name in names.items()}

"""Small changes to a door's steps as plain data; ``gates.parsed`` checks what comes out."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from hearth.groups.rules.gates import Condition

Plain = dict[str, Any]


def key_of(item: Mapping[str, Any]) -> str:
    """The key of a condition as it stands in plain data."""
    return Condition(item["kind"], {name: value for name, value in item.items() if name != "kind"}).key


def with_condition(steps: list[Plain], start: int, condition: Plain, beside: str = "") -> list[Plain]:
    """The steps with one more condition from ``start`` members on; ``beside`` is the key of what it may stand for."""
    changed = deepcopy(steps)
    step = next((one for one in changed if one["from"] == start), None)
    if step is None:
        step = {"from": start, "join": "all", "conditions": []}
        changed.append(step)
    for n, item in enumerate(step["conditions"]):
        if beside and "kind" in item and key_of(item) == beside:
            step["conditions"][n] = {"join": "any", "conditions": [item, condition]}
            return changed
        if beside and beside in [key_of(one) for one in item.get("conditions", [])]:
            item["conditions"].append(condition)
            return changed
    step["conditions"].append(condition)
    return changed


def without_condition(steps: list[Plain], start: int, key: str) -> list[Plain]:
    """The steps without a condition; of two alternatives the other one is left, of none nothing."""
    changed = deepcopy(steps)
    for step in changed:
        if step["from"] == start:
            step["conditions"] = [kept for item in step["conditions"] if (kept := _without(item, key)) is not None]
    return changed


def _without(item: Plain, key: str) -> Plain | None:
    if "kind" in item:
        return None if key_of(item) == key else item
    left = [one for one in item["conditions"] if key_of(one) != key]
    return {**item, "conditions": left} if len(left) > 1 else (left[0] if left else None)


def with_join(steps: list[Plain], start: int, join: str) -> list[Plain]:
    """The steps with one of them asking for all or for any of its conditions."""
    return [{**step, "join": join} if step["from"] == start else step for step in steps]


def without_step(steps: list[Plain], start: int) -> list[Plain]:
    """The steps without the one that begins there."""
    return [step for step in steps if step["from"] != start]

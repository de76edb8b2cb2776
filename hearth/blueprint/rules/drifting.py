"""How a copy stands to its original: what either changed since, field by field, told apart by what was copied."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hearth.blueprint.rules.filling import AT, Parts
from hearth.blueprint.types import Wanted, WantedPart
from hearth.kit.described import Change, Objects, Shape

Side = Literal["here", "there", "both"]
Place = tuple[str, str]  # part, and the field of the copy itself or what hangs on it
OF = " · "  # between the key of an object and its field; no key has blanks in it


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a copy does not say as its original does now: who changed it since, and what each says.

    ``side``: *here* the copy changed, *there* the original, *both*.
    """

    place: Place
    side: Side
    then: Any
    now: Any
    here: Any


def flat(parts: Parts, part: str, key: str, shapes: Mapping[str, Shape]) -> dict[Place, Any]:
    """What is said of the object ``key``: its fields, and what hangs on it in other parts as a whole."""
    own = parts.get(part, {}).get(key, {})
    made: dict[Place, Any] = {(part, field): value for field, value in own.items() if field not in shapes[part].own}
    for other, objects in parts.items():
        if other != part:
            made |= {(other, name.removesuffix(AT + key)): fields for name, fields in objects.items()}
    return made


def differences(then: Mapping[Place, Any], now: Mapping[Place, Any], here: Mapping[Place, Any]) -> list[Difference]:
    """Where the copy (``here``) is not what the original says ``now``; ``then`` is what was copied."""
    found = []
    for place in dict.fromkeys([*then, *now, *here]):
        was, shall, stands = then.get(place), now.get(place), here.get(place)
        if stands == shall:
            continue
        side: Side = "there" if stands == was else "here" if shall == was else "both"
        found.append(Difference(place, side, was, shall, stands))
    return found


def changed_in_original(differences: Iterable[Difference]) -> list[Difference]:
    """What the original alone changed since."""
    return [one for one in differences if one.side == "there"]


def differences_of_all(then: Parts, now: Parts, here: Parts) -> list[Difference]:
    """The same for everything that is described: field by field, and as a whole what one of them lacks.

    Fields of which the original says nothing (people who are not there) are the copy's own.
    """
    found: list[Difference] = []
    for part in dict.fromkeys([*now, *here]):
        for key in dict.fromkeys([*now.get(part, {}), *here.get(part, {})]):
            was, shall, stands = (side.get(part, {}).get(key) for side in (then, now, here))
            if shall is None or stands is None:
                found += differences({(part, key): was}, {(part, key): shall}, {(part, key): stands})
            else:
                found += differences(
                    _by_field(part, key, was or {}, shall),
                    _by_field(part, key, shall, shall),
                    _by_field(part, key, stands, shall),
                )
    return found


def _by_field(part: str, key: str, fields: Mapping[str, Any], said: Mapping[str, Any]) -> dict[Place, Any]:
    return {(part, f"{key}{OF}{name}" if key else name): fields.get(name) for name in said}


def with_brought(parts: Parts, changes: Iterable[Change]) -> Parts:
    """What was copied, and on top of it what bringing the copy up to date has changed since: neither is its own."""
    made = {part: dict(objects) for part, objects in parts.items()}
    for one in changes:
        objects = made.setdefault(one.section, {})
        if one.kind == "remove":
            objects.pop(one.key, None)
        else:
            objects[one.key] = {**objects.get(one.key, {}), **one.after}
    return made


def wanted_of(behind: Iterable[Difference], shapes: Mapping[str, Shape]) -> Wanted:
    """The description that gives a copied community what its original says, and leaves all else alone."""
    objects: dict[str, Objects] = {}
    gone: dict[str, set[str]] = {}
    for one in behind:
        part, thing = one.place
        key, of, name = thing.rpartition(OF) if shapes[part].keyed else ("", OF, thing)
        if of:
            objects.setdefault(part, {}).setdefault(key, {})[name] = one.now
        elif one.now is None:
            gone.setdefault(part, set()).add(thing)
        else:
            objects.setdefault(part, {})[thing] = one.now
    return {
        part: WantedPart(objects.get(part, {}), keep_others=True, gone=frozenset(gone.get(part, ())))
        for part in {**objects, **gone}
    }

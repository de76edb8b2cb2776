"""The difference between what is wanted and what stands, in the order in which it can be done."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hearth.blueprint.types import Wanted, WantedPart
from hearth.kit.described import Change, Fields, Objects, Shape

EMPTY: tuple[Any, ...] = (None, "", {}, [])


def plan(wanted: Wanted, standing: Mapping[str, Objects], shapes: Sequence[Shape]) -> list[Change]:
    """What to create and change, parts that others need first, then what to remove in the opposite order.

    A part that is not wanted is left alone, and so is a field that an object does not name.
    """
    ordered = [shape for shape in in_order(shapes) if shape.key in wanted]
    made: list[Change] = []
    gone: list[Change] = []
    for shape in ordered:
        part, there = wanted[shape.key], standing.get(shape.key, {})
        made += _made(shape, part, there)
        gone += _gone(shape, part, there)
    return made + gone[::-1]


def in_order(shapes: Sequence[Shape]) -> list[Shape]:
    """Each part after those it names in ``after``; otherwise as they were registered."""
    by_key = {shape.key: shape for shape in shapes}
    placed: dict[str, Shape] = {}

    def place(shape: Shape, above: frozenset[str]) -> None:
        if shape.key in placed or shape.key in above:
            return
        for earlier in shape.after:
            if earlier in by_key:
                place(by_key[earlier], above | {shape.key})
        placed[shape.key] = shape

    for shape in shapes:
        place(shape, frozenset())
    return list(placed.values())


def _made(shape: Shape, part: WantedPart, there: Objects) -> Iterator[Change]:
    for key in parents_first(part.objects, shape.parent):
        fields = part.objects[key]
        if key not in there:
            yield Change(shape.key, key, "create", after=dict(fields))
            continue
        before, after = difference(fields, there[key], shape)
        if after:
            yield Change(shape.key, key, "change", before, after)


def difference(fields: Fields, there: Fields, shape: Shape) -> tuple[Fields, Fields]:
    """What fields are and what they should be, where these differ; a lasting field is never emptied."""
    after = {
        name: value
        for name, value in fields.items()
        if value != there.get(name) and (value or name not in shape.lasting)
    }
    return {name: there.get(name) for name in after}, after


def _gone(shape: Shape, part: WantedPart, there: Objects) -> Iterator[Change]:
    leaving = part.gone & set(there)
    if not part.keep_others:
        leaving |= set(there) - set(part.objects)
    for key in parents_first({key: there[key] for key in there if key in leaving}, shape.parent):
        yield Change(shape.key, key, "remove", before=dict(there[key]))


def parents_first(objects: Objects, parent: str) -> Iterable[str]:
    """Keys in their order, each behind the one it stands below."""
    if not parent:
        return list(objects)
    placed: dict[str, None] = {}
    for key in objects:
        line = [key]
        while (above := objects[line[-1]].get(parent)) in objects and above not in placed and above not in line:
            line.append(above)
        placed.update(dict.fromkeys(line[::-1]))
    return list(placed)


def lacking(changes: Iterable[Change], shapes: Sequence[Shape]) -> Iterator[tuple[str, str, str]]:
    """(part, key, field) of what new objects need and do not say."""
    needed = {shape.key: shape.needed for shape in shapes}
    for change in changes:
        if change.kind == "create":
            absent = [field for field in needed[change.section] if change.after.get(field) in EMPTY]
            yield from ((change.section, change.key, field) for field in absent)


def without(wanted: Wanted, undone: Iterable[Change]) -> Wanted:
    """``wanted`` with what stood before in place of changes that were not done, each told whole."""
    made = dict(wanted)
    for change in undone:
        part = made.get(change.section) or WantedPart({}, keep_others=True)
        objects = dict(part.objects)
        if change.kind == "create":
            objects.pop(change.key, None)
        else:
            objects[change.key] = {**objects.get(change.key, {}), **change.before}
        made[change.section] = replace(part, objects=objects, gone=part.gone - {change.key})
    return made


def with_later(wanted: Wanted, done: Iterable[Change]) -> Wanted:
    """``wanted`` after changes that were done since by what describes nothing but itself, such as copies.

    What ``wanted`` says of an object follows them; what they made otherwise is no more than known to be there.
    """
    made = dict(wanted)
    for change in done:
        part = made.get(change.section)
        if part is None:
            continue
        objects, said = dict(part.objects), part.objects.get(change.key)
        if change.kind == "remove":
            objects.pop(change.key, None)
        elif said is not None:
            objects[change.key] = {name: change.after.get(name, value) for name, value in said.items()}
        elif not part.keep_others:
            objects[change.key] = {}
        gone = part.gone if change.kind == "remove" else part.gone - {change.key}
        made[change.section] = replace(part, objects=objects, gone=gone)
    return made


def way_back(done: Iterable[Change]) -> Wanted:
    """What stood before ``done``, changes in the order in which they were made: the plan for it undoes them."""
    before: dict[str, dict[str, Fields | None]] = {}
    for change in done:
        objects = before.setdefault(change.section, {})
        earlier = objects.get(change.key)
        if change.key in objects:
            if earlier is not None:
                objects[change.key] = {**change.before, **earlier}
        else:
            objects[change.key] = None if change.kind == "create" else dict(change.before)
    return {
        section: WantedPart(
            {key: fields for key, fields in objects.items() if fields is not None},
            keep_others=True,
            gone=frozenset(key for key, fields in objects.items() if fields is None),
        )
        for section, objects in before.items()
    }

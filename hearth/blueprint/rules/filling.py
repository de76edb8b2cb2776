"""From an original to its copies: what belongs to it, under the copy's key, with the values of the copy's line.

Values are data. A placeholder is ``{word}`` and nothing else: no attributes, no formats, no second round over what was
filled in. ``{{`` and ``}}`` are braces.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError

from hearth.blueprint.rules.reading import scalar
from hearth.blueprint.rules.targets import COLUMN, KEY
from hearth.blueprint.rules.wording import nearest, problem_of
from hearth.blueprint.types import Document, Original, Position, Problem, Table, Target
from hearth.kit.described import LANGUAGES, Fields, Objects, Shape
from hearth.kit.text import noted

AT = "@"  # between a metric and the key of its group
_MARK = re.compile(r"\{\{|\}\}|\{([^{}\n]{1,60})\}")
_BRACES = {"{{": "{", "}}": "}"}
Parts = dict[str, Objects]


def fill(text: str, value_of: Callable[[str], str | None]) -> str:
    """``text`` with each ``{word}`` replaced by ``value_of(word)``, in one pass; it stays where that is None."""

    def told(found: re.Match[str]) -> str:
        value = _BRACES.get(found[0]) or value_of(found[1].strip().lower())
        return found[0] if value is None else value

    return _MARK.sub(told, text)


def belonging(key: str, part: str, standing: Mapping[str, Objects], shapes: list[Shape]) -> Parts:
    """The object ``key`` of ``part`` and what hangs on it in other parts (``…@key``), without what is its own alone."""
    made: Parts = {}
    for shape in shapes:
        there = standing.get(shape.key, {})
        if shape.key == part:
            mine = {key: there[key]} if key in there else {}
        else:
            mine = {one: fields for one, fields in there.items() if one.endswith(AT + key)}
        if mine:
            kept = {one: {f: v for f, v in fields.items() if f not in shape.own} for one, fields in mine.items()}
            made[shape.key] = kept
    return made


def renamed(key: str, original: Original, copy: str) -> str:
    """The key of something of the original in its copy."""
    if not original.key:  # a whole community: its things keep their keys
        return key
    if key == original.key:
        return copy
    return key.removesuffix(AT + original.key) + AT + copy if key.endswith(AT + original.key) else key


def unknown_words(original: Original, table: Table, shapes: Mapping[str, Shape]) -> Iterator[Problem]:
    """Fields that cannot be said otherwise, and placeholders for which the table has no column."""
    names = shapes[original.part].names()
    for name in (*original.sets, *(column for column in table.columns if ":" in column)):
        field, _sign, language = name.partition(":")
        if field not in names or (language and language not in LANGUAGES) or not COLUMN.fullmatch(name):
            yield _no_field(name, names)
    staying = set(staying_words(original, table, shapes))
    for word, field in _words(original, shapes):
        if word not in table.columns and (word, field) not in staying:
            yield _no_column(word, field, table.columns)


def staying_words(original: Original, table: Table, shapes: Mapping[str, Shape]) -> list[tuple[str, str]]:
    """(word, field) of what stands in braces in the original's own texts and is copied as it is."""
    if not original.braces:
        return []
    said: dict[tuple[str, str], None] = {}
    for name, text in original.sets.items():
        fill(text, _noting(said, name.partition(":")[0]))
    return [
        (word, field)
        for word, field in _words(original, shapes)
        if (word, field) not in said and word not in table.columns and not nearest(word, table.columns)
    ]


def _no_field(name: str, names: list[str]) -> Problem:
    near = nearest(name, names)
    if near:
        return Problem(
            "There is no field `%(name)s`; did you mean `%(near)s`?", None, {"name": name[:60], "near": near}
        )
    known = ", ".join(names)
    return Problem("There is no field `%(name)s`; there are %(known)s.", None, {"name": name[:60], "known": known})


def _no_column(word: str, field: str, columns: tuple[str, ...]) -> Problem:
    values = {"word": word, "field": field, "near": nearest(word, columns), "known": ", ".join(columns)}
    if values["near"]:
        return Problem("`{%(word)s}` in `%(field)s` is no column; did you mean `{%(near)s}`?", None, values)
    sentence = noted(
        "`{%(word)s}` in `%(field)s` is no column; there are %(known)s. For braces write them twice: `{{`."
    )
    return Problem(sentence, None, values)


def _words(original: Original, shapes: Mapping[str, Shape]) -> dict[tuple[str, str], None]:
    """Every placeholder with the field it stands in."""
    found: dict[tuple[str, str], None] = {}
    for part, objects in original.stood.items():
        for key, fields in objects.items():
            of = original.sets if _is_main(part, key, original) else {}
            for field, value in _said(fields, of).items():
                _deep(value, _noting(found, field), plain=field in of or field in shapes[part].filled)
    return found


def _noting(found: dict[tuple[str, str], None], field: str) -> Callable[[str], str | None]:
    return lambda word: found.setdefault((word, field))


def foreign_words(original: Original, columns: Collection[str], shapes: Mapping[str, Shape]) -> set[str]:
    """What stands in braces and is no column."""
    return {word for word, _field in _words(original, shapes)} - set(columns)


def _is_main(part: str, key: str, original: Original) -> bool:
    return part == original.part and key == original.key


def _said(fields: Fields, otherwise: Mapping[str, str]) -> Fields:
    """Fields with those said otherwise: ``field`` whole, ``field:language`` in one language."""
    made = dict(fields)
    for name, text in otherwise.items():
        field, _sign, language = name.partition(":")
        if language:
            there = made.get(field)
            texts = {made.get("language", "en"): there} if isinstance(there, str) else there or {}
            made[field] = {**texts, language: text}
        else:
            made[field] = text
    return made


def _deep(value: Any, value_of: Callable[[str], str | None], *, plain: bool) -> Any:
    """A value with its texts filled in: those per language always, plain ones where ``plain`` says so."""
    if isinstance(value, str):
        return fill(value, value_of) if plain else value
    if isinstance(value, Mapping):
        texts = plain or (bool(value) and set(value) <= set(LANGUAGES))
        return {name: _deep(inner, value_of, plain=texts) for name, inner in value.items()}
    return [_deep(inner, value_of, plain=plain) for inner in value] if isinstance(value, list) else value


def copied(
    original: Original, target: Target, shapes: Mapping[str, Shape], language: str, at: Position | None = None
) -> tuple[Parts, list[Problem]]:
    """What one copy is to be, by part and key, and what is wrong with it; ``language`` is the community's."""
    made: Parts = {}
    problems: list[Problem] = []

    def value_of(word: str) -> str | None:
        if word not in target.values and original.braces:
            return None
        value = target.values.get(word, "")
        empty = Problem("`%(key)s` is empty in this line.", at, {"key": word})
        if not value and empty not in problems:
            problems.append(empty)
        return value

    for part, objects in original.stood.items():
        shape = shapes[part]
        for key, fields in objects.items():
            main = _is_main(part, key, original)
            filled = _filled(fields, original.sets if main else {}, shape, value_of)
            if main:
                filled = _said(filled, _own_columns(shape, target))
            if main and KEY in fields:  # a community says its own
                filled[KEY] = target.key
            absent: Fields = {field: {} for field in shape.lasting if filled.get(field) == {}}  # no norms stay no norms
            said = {field: value for field, value in filled.items() if field not in absent}
            whole, wrong = _validated(shape, said, language, at)
            problems += wrong if main else [replace(one, about=f"{part} {key}: {one.about}") for one in wrong]
            made.setdefault(part, {})[renamed(key, original, target.key)] = whole | absent
    return made, problems


def _filled(fields: Fields, sets: Mapping[str, str], shape: Shape, value_of: Callable[[str], str | None]) -> Fields:
    told = _said(fields, sets)
    return {
        field: _deep(value, value_of, plain=field in sets or field in shape.filled) for field, value in told.items()
    }


def _own_columns(shape: Shape, target: Target) -> dict[str, str]:
    """The columns that are named like fields, where this line says something."""
    names = set(shape.names()) - {KEY}
    return {column: text for column, text in target.values.items() if text and column.partition(":")[0] in names}


def _validated(shape: Shape, fields: Fields, language: str, at: Position | None) -> tuple[Fields, list[Problem]]:
    model = shape.model()
    document = Document(places={(): at} if at else {})
    try:
        found = model.model_validate(_as_values(shape, fields), context={"language": language})
    except ValidationError as wrong:
        return {}, [_with_field(one, problem_of(one, model, document, ())) for one in wrong.errors(include_url=False)]
    return found.model_dump(mode="json", by_alias=True, exclude_unset=True), []


def _with_field(error: Any, problem: Problem) -> Problem:
    return replace(problem, about=str(error["loc"][0]) if error["loc"] else "")


def _as_values(shape: Shape, fields: Fields) -> Fields:
    """Cells where the model wants numbers, truth or lists."""
    kinds = _kinds(shape.model())
    return {name: _as_value(kinds.get(name, set()), value) for name, value in fields.items()}


@lru_cache(maxsize=32)
def _kinds(model: type[BaseModel]) -> dict[str, set[str]]:
    """Field → what its values may be, in the words of JSON Schema."""
    told = model.model_json_schema()["properties"]
    return {name: {str(one.get("type")) for one in field.get("anyOf", [field])} for name, field in told.items()}


def _as_value(kinds: set[str], value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not value and "null" in kinds:
        return None
    if "array" in kinds:
        return value.replace(";", " ").replace(",", " ").split()
    return scalar(value) if kinds & {"integer", "number", "boolean"} else value

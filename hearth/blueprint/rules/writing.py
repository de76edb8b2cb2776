"""A community as YAML: a new text, or a standing one brought up to date with its comments and order."""

import io
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from hearth.blueprint.rules.checking import COMMUNITY, HEAD, KEEP_OTHERS
from hearth.blueprint.types import FORMAT, Wanted
from hearth.kit.described import LANGUAGES, Fields, Objects, Shape


class NotWritable(ValueError):
    """A text that is read, and cannot be brought up to date: its line and column, counted from one."""

    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.line, self.column = line, column


SHORT = 60  # characters, up to which the members of a list stand on one line

Defaults = Mapping[str, Fields]  # part → what its fields are when nobody names them


def written(standing: Mapping[str, Objects], shapes: Sequence[Shape], defaults: Defaults) -> str:
    """A whole community as a new text; what is as by default is left out."""
    document = CommentedMap({HEAD: FORMAT})
    language = standing[COMMUNITY][""]["language"]
    for shape in shapes:
        objects = {
            key: _shown(fields, shape, defaults[shape.key], language)
            for key, fields in standing.get(shape.key, {}).items()
        }
        value = CommentedMap(objects) if shape.keyed else objects.get("", CommentedMap())
        if value:
            document[shape.key] = value
            document.yaml_set_comment_before_after_key(shape.key, before="\n")
    return _dumped(document)


def drafted(
    objects: Mapping[str, Objects], shapes: Sequence[Shape], language: str, head: str, notes: Mapping[str, str]
) -> str:
    """Some parts as a new text that leaves alone what it does not name: ``head`` above all, a note above each part.

    ``language`` is the community's. Notes stand in comments, so they must be without line breaks of other kinds.
    """
    document = CommentedMap({HEAD: FORMAT})
    document.yaml_set_start_comment(head)
    for shape in shapes:
        if shape.key not in objects:
            continue
        made = {key: _all_of(fields, language) for key, fields in objects[shape.key].items()}
        document[shape.key] = CommentedMap({KEEP_OTHERS: True, **made}) if shape.keyed else made[""]
        document.yaml_set_comment_before_after_key(shape.key, before="\n" + notes.get(shape.key, ""))
    return _dumped(document)


def brought_up_to_date(
    text: str,
    wanted: Wanted,
    settled: Wanted,
    standing: Mapping[str, Objects],
    shapes: Sequence[Shape],
    defaults: Defaults,
) -> str:
    """``text`` with what stands now in the parts it names; comments, order and templates stay.

    ``wanted`` is what the text says, ``settled`` the same without people nobody knows: about those it is left as it is.
    Raises NotWritable for what libyaml reads and the writer does not, such as a tab before a comment.
    """
    try:
        document = _yaml().load(text)
    except MarkedYAMLError as wrong:
        mark = wrong.problem_mark
        raise NotWritable(mark.line + 1 if mark else 1, mark.column + 1 if mark else 1) from None
    language = standing[COMMUNITY][""]["language"]
    for shape in shapes:
        if shape.key not in wanted:
            continue
        here, part = document[shape.key], wanted[shape.key]
        known = settled[shape.key].objects
        if not shape.keyed:
            _update(here, part.objects[""], known[""], standing[shape.key][""], defaults[shape.key], language)
            continue
        _update_all(here, part.objects, known, standing[shape.key], defaults[shape.key], language)
        if not part.keep_others:
            for key, fields in standing[shape.key].items():
                if key not in part.objects:
                    here[key] = _shown(fields, shape, defaults[shape.key], language)
    return _dumped(document)


def _update_all(here: Any, said: Objects, known: Objects, there: Objects, defaults: Fields, language: str) -> None:
    for name in [name for name in here if name != KEEP_OTHERS]:
        key = name if name in said else str(name).lower()
        if key in there:
            if here[name] is None:
                here[name] = CommentedMap()
            _update(here[name], said[key], known.get(key, {}), there[key], defaults, language)
        elif key in known:
            del here[name]


def _update(here: Any, said: Fields, known: Fields, there: Fields, defaults: Fields, language: str) -> None:
    """Write into ``here`` the fields of one object that it says otherwise, or does not say though it should."""
    own = there.get("language") or language
    for field, value in there.items():
        if field in said:
            if field in known and known[field] != value:
                here[field] = _value(value, own)
        elif value != defaults.get(field) and field not in here and field != "key":
            here[field] = _value(value, own)


def _shown(fields: Fields, shape: Shape, defaults: Fields, language: str) -> CommentedMap:
    own, kept = fields.get("language") or language, {"key", *shape.needed}
    return CommentedMap(
        {name: _value(value, own) for name, value in fields.items() if name in kept or value != defaults.get(name)}
    )


def _all_of(fields: Fields, language: str) -> CommentedMap:
    own = fields.get("language") or language
    return CommentedMap({name: _value(value, own) for name, value in fields.items()})


def _value(value: Any, language: str) -> Any:
    """A value as it is best read: a text of one language as a string, long ones as blocks, short lists on one line."""
    if isinstance(value, dict) and value and set(value) <= set(LANGUAGES):
        if set(value) == {language}:
            return _block(value[language])
        return CommentedMap({code: _block(value[code]) for code in LANGUAGES if code in value})
    if isinstance(value, dict):
        return CommentedMap({name: _value(inner, language) for name, inner in value.items()})
    if isinstance(value, list):
        made = CommentedSeq([_value(inner, language) for inner in value])
        if all(isinstance(inner, str) and len(inner) <= SHORT for inner in value):
            made.fa.set_flow_style()
        return made
    return _text(value) if isinstance(value, str) else value


def _block(text: str) -> str:
    """Words for people: several lines as a block, whose last line break is no part of them."""
    seen = all(char in "\n " or unicodedata.category(char)[0] not in "CZ" for char in text)
    return LiteralScalarString(text + "\n") if "\n" in text and seen else _text(text)


def _text(text: str) -> str:
    return DoubleQuotedScalarString(text) if text[2:3] == ":" else text  # a clock, for readers of YAML 1.1


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 110
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(document: Any) -> str:
    told = io.StringIO()
    _yaml().dump(document, told)
    return told.getvalue()

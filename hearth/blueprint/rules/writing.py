"""A community as YAML: new files, or standing ones brought up to date with their comments and order."""

import io
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from hearth.blueprint.rules.checking import COMMUNITY, HEAD, KEEP_OTHERS
from hearth.blueprint.types import FORMAT, Wanted
from hearth.kit.described import LANGUAGES, Fields, Objects, Shape


class NotWritable(ValueError):
    """A text that is read, and cannot be brought up to date: its file, line and column, counted from one."""

    def __init__(self, file: str, line: int, column: int) -> None:
        super().__init__(file, line, column)
        self.file, self.line, self.column = file, line, column


SHORT = 60  # characters, up to which the members of a list stand on one line

Defaults = Mapping[str, Fields]  # part → what its fields are when nobody names them
Home = Callable[[Shape, str], str]  # part and key → the file into which something new is written
GROUPS, AT = "groups", "@"  # a goal of one group is called metric@group


def one_file(_shape: Shape, _key: str) -> str:
    """All of it into one file, whatever it is called."""
    return ""


def in_folder(shape: Shape, key: str) -> str:
    """Each group with what hangs on it into a file of its own, each list into one, all else into one more."""
    if not shape.keyed:
        return "community.yaml"
    group = key if shape.key == GROUPS else key.rpartition(AT)[2] if shape.keys == "name" and AT in key else ""
    return f"groups/{group}.yaml" if group else f"{shape.key}.yaml"


@dataclass(slots=True)
class Rewritten:
    """Files of a blueprint brought up to date: the ``texts`` of those that change, and those ``gone``: what they
    described has ended. Those ``bare`` have nothing left but comments, or bear a name that people gave them.
    """

    texts: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)


def written(
    standing: Mapping[str, Objects], shapes: Sequence[Shape], defaults: Defaults, home: Home = one_file
) -> dict[str, str]:
    """A whole community as new texts by file; what is as by default is left out."""
    files: dict[str, _File] = {}
    language = standing[COMMUNITY][""]["language"]
    for shape in shapes:
        for key, fields in standing.get(shape.key, {}).items():
            shown = _shown(fields, shape, defaults[shape.key], language)
            if shape.keyed or shown:
                _add(files.setdefault(home(shape, key), _File()), shape, key, shown)
    return {name: _dumped(file.document) for name, file in files.items()}


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


@dataclass(slots=True)
class _File:
    """One file while it is brought up to date; ``lost`` are the keys of what was taken out of it.

    ``above`` are the comments of a file in which nothing else stands yet.
    """

    text: str = ""
    above: str = ""
    document: Any = field(default_factory=lambda: CommentedMap({HEAD: FORMAT}))
    changed: bool = False
    lost: list[tuple[Shape, str]] = field(default_factory=list)


def brought_up_to_date(
    texts: Mapping[str, str],
    wanted: Wanted,
    settled: Wanted,
    standing: Mapping[str, Objects],
    shapes: Sequence[Shape],
    defaults: Defaults,
    home: Home = one_file,
) -> Rewritten:
    """``texts`` (by file) with what stands now in the parts they name; comments, order and templates stay.

    ``wanted`` is what they say, ``settled`` the same without people nobody knows: about those they are left as they
    are. What none of them has yet goes to its ``home``. A file in which nothing is to be said otherwise stays as it
    is to the letter. Raises NotWritable for what libyaml reads and the writer does not, such as a tab before a comment.
    """
    files = {name: _loaded(name, text) for name, text in texts.items()}
    language = standing[COMMUNITY][""]["language"]
    for shape in shapes:
        if shape.key not in wanted:
            continue
        part, there = wanted[shape.key], standing[shape.key]
        known = settled[shape.key].objects
        if not shape.keyed:
            _bring_one(files, shape, part.objects[""], known[""], there[""], defaults[shape.key], language)
            continue
        homes = [file for file in files.values() if shape.key in file.document]
        for file in homes:
            _bring_objects(file, shape, part.objects, known, there, defaults[shape.key], language)
        for key in [] if part.keep_others else [key for key in there if key not in part.objects]:
            shown = _shown(there[key], shape, defaults[shape.key], language)
            _add(files.setdefault(home(shape, key), _File()), shape, key, shown)
        _take_out_empty(files, homes, shape)
    return _rewritten(files, home)


def _bring_one(
    files: Mapping[str, _File], shape: Shape, said: Fields, known: Fields, there: Fields, defaults: Fields, own: str
) -> None:
    """A part that is one object: each field where it is said, and what is said nowhere where the part begins."""
    own = there.get("language") or own
    homes = [file for file in files.values() if shape.key in file.document]
    for file in homes:
        here = file.document[shape.key]
        mine = {name: value for name, value in there.items() if name in here or (file is homes[0] and name not in said)}
        file.changed |= _update(here, said, known, mine, defaults, own)


def _bring_objects(
    file: _File, shape: Shape, said: Objects, known: Objects, there: Objects, defaults: Fields, language: str
) -> None:
    here = file.document[shape.key]
    for name in [name for name in here if name != KEEP_OTHERS]:
        key = name if name in said else str(name).lower()
        if key in there:
            fields = CommentedMap() if here[name] is None else here[name]
            own = there[key].get("language") or language
            if _update(fields, said[key], known.get(key, {}), there[key], defaults, own):
                here[name], file.changed = fields, True
        elif key in known:
            del here[name]
            file.changed = True
            file.lost.append((shape, key))


def _update(here: Any, said: Fields, known: Fields, there: Fields, defaults: Fields, own: str) -> bool:
    """Write into ``here`` the fields of one object that it says otherwise, or does not say though it should.

    Whether anything was to be written.
    """
    changed = False
    for name, value in there.items():
        if name in said:
            other = name in known and known[name] != value
        else:
            other = value != defaults.get(name) and name not in here and name != "key"
        if other:
            here[name], changed = _value(value, own), True
    return changed


def _add(file: _File, shape: Shape, key: str, shown: CommentedMap) -> None:
    """Something new at the end of its part, and the part at the end of the file where it is new too."""
    if shape.key not in file.document:
        _add_part(file, shape)
    if shape.keyed:
        file.document[shape.key][key] = shown
    else:
        file.document[shape.key].update(shown)
    file.changed = True


def _add_part(file: _File, shape: Shape) -> None:
    file.document[shape.key] = CommentedMap()
    file.document.yaml_set_comment_before_after_key(shape.key, before="\n")
    file.changed = True


def _take_out_empty(files: Mapping[str, _File], homes: Sequence[_File], shape: Shape) -> None:
    """A part that lost its last object in a file goes from it; one of which nothing is left stays named as empty,
    beside the community where another file says that.
    """
    emptied = [file for file in homes if file.lost and not file.document[shape.key]]
    named = any(shape.key in file.document for file in files.values() if file not in emptied)
    keepers = [] if named else [file for file in files.values() if COMMUNITY in file.document] + emptied
    for file in emptied:
        if file not in keepers[:1]:
            del file.document[shape.key]
    for file in keepers[:1] if emptied else []:
        if shape.key not in file.document:
            _add_part(file, shape)


def _rewritten(files: Mapping[str, _File], home: Home) -> Rewritten:
    made = Rewritten()
    for name, file in files.items():
        if not file.changed:
            continue
        if file.lost and not set(file.document) - {HEAD}:
            if "#" not in file.text and all(home(shape, key) == name for shape, key in file.lost):
                made.gone.append(name)
                continue
            made.bare.append(name)
        told = file.above + _dumped(file.document)
        made.texts[name] = told.rstrip("\n") + "\n" if name in made.bare else told
    return made


def _loaded(name: str, text: str) -> _File:
    try:
        document = _yaml().load(text)
    except MarkedYAMLError as wrong:
        mark = wrong.problem_mark
        raise NotWritable(name, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1) from None
    return _File(text, text, CommentedMap()) if document is None else _File(text, "", document)


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

"""YAML as a stream of events: limits first, no aliases, no tags, every value with its place, all errors told.

Why not a loader: aliases are how a few lines become a billion (CVE-2003-1564), tags are how data becomes code
(CVE-2020-14343), and both lose the line.
Scalars are read by the core schema of YAML 1.2: ``no`` and ``08:00`` are texts.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml import events

from hearth.blueprint.types import Document, Path, Position, Problem
from hearth.kit.text import noted

MOST_BYTES = 2_000_000
MOST_NODES = 100_000
MOST_DEPTH = 12
MOST_FILES = 2_000  # a file for each group
MOST_PROBLEMS = 100

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # events of libyaml come 30 times faster
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE, _FALSE = frozenset({"true", "True", "TRUE"}), frozenset({"false", "False", "FALSE"})
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_STR = "tag:yaml.org,2002:str"


def scalar(text: str) -> Any:
    """A plain scalar by the core schema of YAML 1.2."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


class _Stop(Exception):
    """The rest of a file is not worth reading."""


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read."""

    value: Any
    path: Path
    key: str | None = None
    skipped: bool = False  # the value at hand belongs to a key that was there already


@dataclass(slots=True)
class _Reader:
    """Puts one file's events into a document."""

    file: str
    document: Document
    nodes: int
    stack: list[_Open] = field(default_factory=list)
    root: Any = None
    begun: bool = False

    def read(self, text: str) -> None:
        """Every event in turn."""
        loader = _Loader(text)
        try:
            while loader.check_event():
                self._take(loader.get_event())
        finally:
            loader.dispose()

    def _say(self, sentence: Problem) -> None:
        if len(self.document.problems) < MOST_PROBLEMS:
            self.document.problems.append(sentence)

    def _position(self, event: Any) -> Position:
        return Position(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _take(self, event: Any) -> None:
        if isinstance(event, events.AliasEvent):
            raise_at = self._position(event)
            self._say(Problem("Anchors and aliases (& and *) are not read here; use `like:` and a template.", raise_at))
            raise _Stop
        if isinstance(event, events.DocumentStartEvent):
            self._begin(event)
        elif isinstance(event, events.NodeEvent):
            self._node(event)
        elif isinstance(event, (events.MappingEndEvent, events.SequenceEndEvent)):
            self.stack.pop()

    def _begin(self, event: Any) -> None:
        if self.begun:
            self._say(
                Problem(
                    "One file holds one document; write the second one into a file of its own.", self._position(event)
                )
            )
            raise _Stop
        self.begun = True

    def _node(self, event: Any) -> None:
        at = self._position(event)
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self._say(Problem("This is too much: at most %(most)s values.", at, {"most": MOST_NODES}))
            raise _Stop
        if event.anchor is not None:
            self._say(Problem("Anchors and aliases (& and *) are not read here; use `like:` and a template.", at))
            raise _Stop
        if event.tag not in (None, "!", _STR):
            self._say(Problem("The tag `%(tag)s` is not read here; take it away.", at, {"tag": event.tag[:60]}))
        if self._is_key():
            self._open_key(event, at)
            return
        self._put(event, at)

    def _is_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None

    def _open_key(self, event: Any, at: Position) -> None:
        around = self.stack[-1]
        if not isinstance(event, events.ScalarEvent):
            self._say(Problem("A key must be a plain word.", at))
            raise _Stop
        around.key = event.value
        path = (*around.path, event.value)
        around.skipped = event.value in around.value
        if around.skipped:
            first = self.document.places[path]
            self._say(
                Problem(
                    "`%(key)s` stands here twice; the first is in line %(line)s.",
                    at,
                    {"key": event.value[:60], "line": first.line},
                )
            )
        else:
            self.document.places[path] = at

    def _put(self, event: Any, at: Position) -> None:
        value: Any
        if isinstance(event, events.ScalarEvent):
            value = scalar(event.value) if event.implicit[0] else event.value
        else:
            value = {} if isinstance(event, events.MappingStartEvent) else []
        path = self._attach(value, at)
        if not isinstance(event, events.ScalarEvent):
            if len(self.stack) >= MOST_DEPTH:
                self._say(Problem("This is nested too deep: at most %(most)s levels.", at, {"most": MOST_DEPTH}))
                raise _Stop
            self.stack.append(_Open(value, path))

    def _attach(self, value: Any, at: Position) -> Path:
        """Put a value where it belongs; a value under a repeated key is read and forgotten."""
        if not self.stack:
            self.root = value
            self.document.places.setdefault((), at)
            return ()
        around = self.stack[-1]
        if isinstance(around.value, list):
            path: Path = (*around.path, len(around.value))
            self.document.places.setdefault(path, at)
            around.value.append(value)
            return path
        path = (*around.path, around.key or "")
        if around.skipped:
            path = (*path, "\0")
        else:
            around.value[around.key] = value
        around.key = None
        return path


def read_files(files: Iterable[tuple[str, bytes]]) -> Document:
    """One description from the contents of one or several files (name, bytes). What is wrong is told, never raised."""
    told, merged, total, nodes = Document(), Document(), 0, 0
    for count, (name, raw) in enumerate(files):
        total += len(raw)
        if total > MOST_BYTES or count >= MOST_FILES:
            sentence = noted("This is too large: at most %(bytes)s bytes in %(files)s files.")
            told.problems.append(Problem(sentence, Position(name, 1, 1), {"bytes": MOST_BYTES, "files": MOST_FILES}))
            break
        one, nodes = _read(name, raw, nodes)
        told.problems += one.problems[: MOST_PROBLEMS - len(told.problems)]
        _merge(merged, one, told.problems)
    merged.problems = told.problems
    return merged


def _read(name: str, raw: bytes, nodes: int) -> tuple[Document, int]:
    document = Document()
    start = Position(name, 1, 1)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw[: wrong.start].count(b"\n") + 1
        document.problems.append(Problem("This is not UTF-8; save the file as UTF-8 text.", Position(name, line, 1)))
        return document, nodes
    reader = _Reader(name, document, nodes)
    try:
        reader.read(text)
    except _Stop:
        return document, reader.nodes
    except yaml.YAMLError as wrong:
        document.problems.append(_syntax(wrong, name))
        return document, reader.nodes
    if isinstance(reader.root, dict):
        document.data = reader.root
    elif reader.root is not None:
        document.problems.append(Problem("A blueprint is a mapping of parts, such as `charter:` and `groups:`.", start))
    return document, reader.nodes


def _syntax(wrong: yaml.YAMLError, name: str) -> Problem:
    mark = getattr(wrong, "problem_mark", None) or getattr(wrong, "context_mark", None)
    at = Position(name, mark.line + 1, mark.column + 1) if mark else Position(name, 1, 1)
    said = getattr(wrong, "problem", None) or getattr(wrong, "reason", None) or "unreadable"
    return Problem("This is not YAML: %(problem)s.", at, {"problem": said})


def _merge(whole: Document, one: Document, problems: list[Problem]) -> None:
    """Bring another file's parts in: parts of two files come together, one thing said in two files is an error."""
    for key, value in one.data.items():
        here = whole.data.get(key)
        if key not in whole.data:
            whole.data[key] = value
        elif isinstance(here, dict) and isinstance(value, dict):
            for name, inner in value.items():
                if name in here:
                    problems.append(_twice((key, name), whole, one))
                else:
                    here[name] = inner
        elif here != value or key != "hearth":
            problems.append(_twice((key,), whole, one))
    for path, at in one.places.items():
        whole.places.setdefault(path, at)


def _twice(path: Path, whole: Document, one: Document) -> Problem:
    values = {"key": path[-1], "first": whole.at(path)}
    return Problem("`%(key)s` is said in two files; the first is at %(first)s.", one.at(path), values)

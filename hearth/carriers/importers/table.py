"""Any table of messages: CSV, TSV, JSON lines, a JSON array, or a JSON object that holds an array. Columns are
mapped or guessed.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.cells import as_channel, as_flag, as_name, as_names, as_text, member
from hearth.carriers.rules.headers import FIELDS, column_index, completed, is_enough
from hearth.carriers.rules.json_items import JsonItems, json_lines
from hearth.carriers.rules.reasons import gettext_noop, refusal
from hearth.carriers.rules.times import TimeProblemError, day_comes_first, parse_time
from hearth.carriers.types import ArchiveAuthor, ArchiveMessage, ArchiveRecord, ImportMapping, Sample
from hearth.kit.tables import Rows, best_delimiter

_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".ndjson", ".jsonl", ".json")
_LOOK = 200  # rows looked at to learn columns and the order of days and months
_LOOK_AT = 8  # files looked at to recognise the format
_SHOWN, _SHOWN_LENGTH = 20, 40  # columns named in a refusal, and characters of each


class _Head:
    """What the beginning of a file shows: its kind, columns and the mapping completed from them."""

    def __init__(self, source: ArchiveSource, entry: SourceEntry, mapping: ImportMapping) -> None:
        text = source.head(entry)
        self.entry = entry
        self.kind = _kind(text)
        self.delimiter = ""
        self.has_header = True
        if self.kind == "rows":
            self._from_rows(text.decode("utf-8", "replace"), mapping)
        else:
            self._from_objects(text, mapping)
        self.mapping = completed(mapping, self.columns)
        self.enough = is_enough(dict(self.mapping.columns)) and self._resolves()

    def _from_rows(self, text: str, mapping: ImportMapping) -> None:
        if "\n" not in text:
            text = text.replace("\r", "\n")  # the line ends of old Macs
        self.delimiter = mapping.delimiter or best_delimiter(text)
        # The last line of the head may be cut.
        lines = text.split("\n")[: -1 if len(text) > 60_000 else None][: _LOOK + 1]
        rows = [row.cells for row in Rows((line + "\n" for line in lines if line), self.delimiter) if row.cells]
        declared = [column for column in mapping.columns.values() if column]
        self.has_header = not declared or not all(column.startswith("#") for column in declared)
        width = len(rows[0]) if rows else 0
        self.columns = tuple(cell.strip() for cell in rows[0]) if rows and self.has_header else ("",) * width
        self.rows = [tuple(row) for row in (rows[1:] if self.has_header else rows)]

    def _from_objects(self, text: bytes, mapping: ImportMapping) -> None:
        found = islice(_objects(text, self.kind), _LOOK)
        objects = [item for item in found if isinstance(item, dict)]
        columns: dict[str, None] = {}
        for item in objects:
            for key, value in item.items():
                columns.setdefault(key)
                if isinstance(value, dict):
                    columns.update(dict.fromkeys(f"{key}.{inner}" for inner in value))
        columns.update(dict.fromkeys(column for column in mapping.columns.values() if column))
        self.columns = tuple(columns)
        self.rows = [tuple(as_text(member(item, column)) for column in self.columns) for item in objects]

    def _resolves(self) -> bool:
        try:
            for column in self.mapping.columns.values():
                column_index(column, self.columns)
        except KeyError:
            return False
        return True

    def times(self) -> list[str]:
        """The first texts of the time column."""
        name = self.mapping.columns.get("date") or self.mapping.columns.get("time", "")
        at = column_index(name, self.columns)
        return [row[at] for row in self.rows if at < len(row)]


def recognises(source: ArchiveSource) -> float:
    """Likely when columns say who, when and what; possible for any other table, which then asks for a mapping."""
    best = 0.0
    for head in islice(_heads(source, ImportMapping()), _LOOK_AT):
        if head.enough:
            return 0.6
        if len(head.columns) > 1 and head.rows:
            best = (
                0.3
                if head.kind != "rows" or not source.entries[1:] or head.entry.name.endswith((".csv", ".tsv"))
                else best
            )
    return best


def sample(source: ArchiveSource, mapping: ImportMapping) -> Sample | None:
    """The first rows and the mapping proposed for them."""
    for head in islice(_heads(source, mapping), _LOOK_AT):
        if len(head.columns) > 1:
            return Sample(head.entry.name, head.columns, tuple(head.rows[:10]), head.mapping)
    return None


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """The messages of every file whose columns are known. Raises ArchiveRefused when there is none."""
    usable: list[SourceEntry] = []
    columns: tuple[str, ...] = ()
    for head in _heads(reading.source, reading.mapping):
        columns = columns or head.columns
        if head.enough:
            usable.append(head.entry)
        else:
            reading.leave_out("other_file")
    if not usable:
        raise refusal("mapping_needed", name=reading.source.name, columns=_named(columns))
    reading.plan(usable)
    for entry in usable:  # looked at again: the heads of very many files are too much to keep
        yield from _file(_Head(reading.source, entry, reading.mapping), reading)


def _named(columns: tuple[str, ...]) -> str:
    """The columns as a refusal names them: not all of a hundred, and none in full that is a text."""
    names = [name if len(name) <= _SHOWN_LENGTH else name[:_SHOWN_LENGTH] + "…" for name in columns if name]
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "") or "–"


def _file(head: _Head, reading: Reading) -> Iterator[ArchiveRecord]:
    maker = _Maker(head, reading)
    if head.kind == "rows":
        yield from _from_rows(head, reading, maker)
        return
    for item in _streamed(head, reading):
        if isinstance(item, dict):
            yield from maker.records([member(item, name) if name else None for name in maker.names])
        else:
            yield reading.reject("not_a_message" if item is not _BROKEN else "bad_json")


def _from_rows(head: _Head, reading: Reading, maker: "_Maker") -> Iterator[ArchiveRecord]:
    index = [column_index(name, head.columns) if name else -1 for name in maker.names]
    width, furthest = len(head.columns), max(index)
    text_last = index[FIELDS.index("text")] == width - 1
    lines = (line.decode() + "\n" for _, block in reading.line_blocks(head.entry) for line in block)
    first = True
    for row in Rows(lines, head.delimiter, width, text_last=text_last):
        reading.line = row.line
        if first:
            first = False
            if head.has_header and not row.problem:
                continue
        if row.problem:
            yield reading.reject(row.problem, **dict(row.params))
        elif furthest < len(row.cells):
            cells = row.cells
            yield from maker.records([cells[at] if at >= 0 else "" for at in index])


_BROKEN = object()


def _streamed(head: _Head, reading: Reading) -> Iterator[Any]:
    if head.kind == "document":
        for key, item in reading.json_items(head.entry):
            if not key.startswith("="):
                yield item
        return
    yield from json_lines(reading, head.entry, _BROKEN)


class _Maker:
    """Turns the values of one row, in the order of FIELDS, into records."""

    def __init__(self, head: _Head, reading: Reading) -> None:
        mapping = head.mapping
        self.names = [mapping.columns.get(known, "") for known in FIELDS]
        self._reading = reading
        self._zone = ZoneInfo(mapping.tz)
        self._day_first = mapping.day_first if mapping.day_first is not None else day_comes_first(head.times())
        self._channel = mapping.channel or as_channel(head.entry.name)
        self._named: set[str] = set()

    def records(self, values: list[Any]) -> Iterator[ArchiveRecord]:
        """A message, before it its author where a name goes with an id; or a rejection."""
        at, date, author, author_name, text, channel, ident, thread, reply_to, mentions, is_bot, files = values
        try:
            when = f"{date} {at}" if date else at
            at_ms = parse_time(when, self._zone, self._day_first)
        except TimeProblemError as problem:
            yield self._reading.reject(problem.code, **({} if problem.code == "no_time" else {"value": when}))
            return
        who, bot = as_name(author), as_flag(is_bot)
        name = as_text(author_name).strip()
        if name and who and who not in self._named:
            self._named.add(who)
            yield ArchiveAuthor(who, name, bot)
        yield ArchiveMessage(
            as_text(ident).strip(),
            as_name(channel) or self._channel,
            who,
            at_ms,
            as_text(text),
            as_text(thread).strip(),
            as_text(reply_to).strip(),
            as_names(mentions),
            bot,
            None,
            as_names(files),
        )


def _heads(source: ArchiveSource, mapping: ImportMapping) -> Iterator[_Head]:
    alone = len(source.entries) == 1
    for entry in source.entries:
        if alone or entry.name.lower().endswith(_SUFFIXES):
            yield _Head(source, entry, mapping)


def _kind(text: bytes) -> str:
    """``rows``, ``lines`` (an object a line) or ``document`` (one JSON text)."""
    start = text.lstrip()[:1]
    if start == b"[":
        return "document"
    if start != b"{":
        return "rows"
    first, _, rest = text.lstrip().partition(b"\n")
    try:
        alone = isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        return "document" if not rest.lstrip().startswith(b'{"') else "lines"
    return (
        "lines"
        if alone and (rest.strip() or not any(isinstance(item, list) for item in orjson.loads(first).values()))
        else "document"
    )


def _objects(text: bytes, kind: str) -> Iterator[Any]:
    if kind == "document":
        for piece in JsonItems(iter((text,))):
            if not piece.problem and not piece.key.startswith("="):
                yield piece.value
        return
    for line in text.split(b"\n"):
        try:
            yield orjson.loads(line)
        except orjson.JSONDecodeError:
            continue


register_importer(
    Importer(
        "table",
        gettext_noop("Table of messages (CSV, TSV, JSON)"),
        recognises,
        read,
        sample,
        export=gettext_noop(
            "Any tool that gives a table with the time, the person and the words: WeCom and many others."
        ),
    )
)

"""Message archives: one JSON object a line with ``id, ts, ch, th, u, bot, re, men, t`` (times in seconds).

The plainest way to bring talk from anywhere: see ``docs/reference/importers.md``. Written for speed, as these are the
large ones.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.json_items import parse_json
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.rules.times import TimeProblemError, parse_time
from hearth.carriers.types import ArchiveMessage, ArchiveRecord

_SUFFIXES = (".ndjson", ".jsonl", ".json", ".txt")


def recognises(source: ArchiveSource) -> float:
    """Certain when a file begins with a line that has these very keys."""
    return 0.95 if any(True for _ in _entries(source)) else 0.0


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Every line a message."""
    entries = list(_entries(reading.source)) or list(reading.source.entries[:1])
    reading.plan(entries)
    for entry in entries:
        for first, lines in reading.line_blocks(entry):
            for number, line in enumerate(lines, first):
                if not line or line == b"\r":
                    continue
                reading.line = number
                try:
                    row = orjson.loads(line)
                except orjson.JSONDecodeError:
                    if not line.strip():
                        continue
                    try:
                        row = parse_json(line)
                    except ValueError:
                        yield reading.reject("bad_json")
                        continue
                yield _record(row, reading)


def _record(row: Any, reading: Reading) -> ArchiveRecord:
    if type(row) is not dict:
        return reading.reject("not_a_message")
    get = row.get
    at = get("ts")
    try:
        at_ms = at * 1000 if type(at) is int and 0 < at < 100_000_000_000 else parse_time(at)
    except TimeProblemError as problem:
        return reading.reject(problem.code, **({} if problem.code == "no_time" else {"value": at}))
    mentions = get("men")
    return ArchiveMessage(
        _text(get("id")),
        _text(get("ch")),
        _text(get("u")),
        at_ms,
        _text(get("t")),
        _text(get("th")),
        _text(get("re")),
        tuple(map(_text, mentions)) if type(mentions) is list else (),
        bool(get("bot")),
    )


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    return "" if value is None or isinstance(value, dict | list | bool) else str(value)


def _entries(source: ArchiveSource) -> Iterator[SourceEntry]:
    alone = len(source.entries) == 1
    for entry in source.entries:
        if not alone and not entry.name.lower().endswith(_SUFFIXES):
            continue
        for line in source.head(entry).split(b"\n")[:5]:
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            if isinstance(row, dict) and {"ts", "ch", "u"} <= row.keys() and ("t" in row or "id" in row):
                yield entry
                break


register_importer(Importer("messages", gettext_noop("Message archive (NDJSON)"), recognises, read))

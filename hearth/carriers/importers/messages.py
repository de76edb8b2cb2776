"""Message archives: one JSON object a line with ``id, ts, ch, th, u, bot, re, men, t`` (times in seconds).

The plainest way to bring talk from anywhere: see ``docs/reference/importers.md``. Written for speed, as these are the
large ones.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.json_items import parse_json
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.rules.times import TimeProblemError, parse_time
from hearth.carriers.types import ArchiveMessage, ArchiveRecord

_SUFFIXES = (".ndjson", ".jsonl", ".json", ".txt")
_LOOK_AT = 50  # files: an export of another format may hold a hundred thousand


def recognises(source: ArchiveSource) -> float:
    """Certain when a file begins with a line that has these very keys."""
    return 0.95 if any(_is_ours(source, entry) for entry in islice(_candidates(source), _LOOK_AT)) else 0.0


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Every line a message."""
    source = reading.source
    entries = [entry for entry in _candidates(source) if _is_ours(source, entry)] or list(source.entries[:1])
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


def _candidates(source: ArchiveSource) -> Iterator[SourceEntry]:
    alone = len(source.entries) == 1
    return (entry for entry in source.entries if alone or entry.name.lower().endswith(_SUFFIXES))


def _is_ours(source: ArchiveSource, entry: SourceEntry) -> bool:
    for line in source.head(entry).split(b"\n")[:5]:
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(row, dict) and {"ts", "ch", "u"} <= row.keys() and ("t" in row or "id" in row):
            return True
    return False


register_importer(
    Importer(
        "messages",
        gettext_noop("Message archive (NDJSON)"),
        recognises,
        read,
        export=gettext_noop("One JSON object a line, from your own program."),
    )
)

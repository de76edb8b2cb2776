"""zulip-archive: a folder per stream (``349267-wasi-threads``) with a JSON file per topic, messages as rendered HTML.

Format: https://github.com/zulip/zulip-archive, ``lib/populate.py``. Names are percent-encoded with a dot for the
percent sign. Authors have only a name, which is their id here. ``stream_index.json``, where present, gives names and
ids of streams as they are.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import unquote

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.html_text import markdown_from_html
from hearth.carriers.rules.json_items import JsonItems
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.rules.times import TimeProblemError, parse_time
from hearth.carriers.types import ArchiveAuthor, ArchiveChannel, ArchiveMessage, ArchiveRecord

_STREAM = re.compile(r"(\d+)-(.*)", re.DOTALL)
_TOPIC = re.compile(r".+/(?!stream_index\.json$)[^/]*\.json", re.DOTALL)
_ESCAPE = re.compile(r"\.([0-9A-Fa-f]{2})")
_NEAR = re.compile(r"narrow/(?:stream|channel)/(\d+)[^/]*/.*/(?:near|with)/(\d+)")
_BOTS = frozenset(("Notification Bot", "Welcome Bot", "Zulip Welcome Bot", "Email Gateway", "Zulip Notification Bot"))


def recognises(source: ArchiveSource) -> float:
    """Certain when topic files hold messages with the four fields that the tool writes."""
    topics = _topics(source)
    for entry in topics[:5]:
        for piece in islice(JsonItems(iter((source.head(entry),))), 5):
            if isinstance(piece.value, dict) and {"content", "sender_full_name", "timestamp"} <= piece.value.keys():
                return 0.95
    return 0.0


def decoded(name: str) -> str:
    """``blog.20post`` -> ``blog post``."""
    return unquote(_ESCAPE.sub(r"%\1", name), errors="replace")


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Streams by folder name, topics by file name, messages in the order of the file."""
    topics = _topics(reading.source)
    index = reading.source.find("stream_index.json")
    names = _stream_names(reading.document(index)) if index is not None else {}
    reading.plan(topics)
    for entry in topics:
        folder, _, base = entry.name.rpartition("/")
        ident, shown = _stream(folder.rsplit("/", 1)[-1])
        yield ArchiveChannel(ident, names.get(ident, shown))
        topic = decoded(base[: -len(".json")])
        for key, row in reading.json_items(entry):
            if not key:
                yield from _records(row, ident, topic, reading)


def _records(row: Any, channel: str, topic: str, reading: Reading) -> Iterator[ArchiveRecord]:
    if not isinstance(row, dict) or not isinstance(row.get("content"), str):
        yield reading.reject("not_a_message")
        return
    try:
        at_ms = parse_time(row.get("timestamp"))
    except TimeProblemError as problem:
        yield reading.reject(problem.code, **({} if problem.code == "no_time" else {"value": row.get("timestamp")}))
        return
    ident, name = row.get("id"), row.get("sender_full_name")
    if not isinstance(ident, int | str) or ident == "":
        yield reading.reject("no_id")
        return
    author = name if isinstance(name, str) else ""
    rendered = markdown_from_html(row["content"])
    is_bot = author in _BOTS
    if author:
        yield ArchiveAuthor(author, author, is_bot)
    mentions = tuple(dict.fromkeys(who for who, _ in rendered.mentions))
    yield ArchiveMessage(
        str(ident), channel, author, at_ms, rendered.text, topic, _quoted(rendered.quoted, channel), mentions, is_bot
    )


def _quoted(targets: tuple[str, ...], channel: str) -> str:
    """The message a quote was taken from, where it lies in the same stream."""
    for target in targets:
        found = _NEAR.search(target[:1000])
        if found and found[1] == channel:
            return found[2]
    return ""


def _stream(folder: str) -> tuple[str, str]:
    found = _STREAM.fullmatch(folder)
    return (found[1], decoded(found[2])) if found else (folder, decoded(folder))


def _stream_names(index: Any) -> dict[str, str]:
    streams = index.get("streams") if isinstance(index, dict) else None
    if not isinstance(streams, dict):
        return {}
    return {str(about.get("id")): name for name, about in streams.items() if isinstance(about, dict)}


def _topics(source: ArchiveSource) -> list[SourceEntry]:
    return [entry for entry in source.entries if _TOPIC.fullmatch(entry.name)]


register_importer(
    Importer(
        "zulip-archive",
        gettext_noop("Zulip (zulip-archive)"),
        recognises,
        read,
        export=gettext_noop("The JSON folder that the tool zulip-archive writes."),
    )
)

"""One pass over an archive: hands importers pieces of files as clean UTF-8, counts progress, collects what went
wrong.
"""

from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import chain
from typing import Any, cast

import orjson

from hearth.carriers.queries.sources import FileEntry, Source
from hearth.carriers.queries.streams import Budget, chunks
from hearth.carriers.registry import SourceEntry
from hearth.carriers.rules.json_items import JsonItems, parse_json
from hearth.carriers.rules.reasons import rejected
from hearth.carriers.types import ImportMapping, Rejected
from hearth.kit.encodings import Transcoder

AT_ONCE = 8 * 1024 * 1024


class SourceReading:
    """See ``registry.Reading``. ``pending`` holds rejections of whole files until they are handed out."""

    def __init__(self, source: Source, mapping: ImportMapping, now_ms: int) -> None:
        self.source = source
        self.mapping = mapping
        self.now_ms = now_ms
        self.file = ""
        self.line = 0
        self.left_out: Counter[str] = Counter()
        self.pending: list[Rejected] = []
        self.planned_bytes = source.size_bytes
        self.done_bytes = 0
        self._budget = Budget(source.limits)
        self._document = b""
        self._lines: list[int] = []
        self._item = -1
        self._cut = False

    def plan(self, entries: list[SourceEntry]) -> None:
        """Progress is measured against the packed size of these."""
        self.planned_bytes = sum(entry.stored for entry in entries)

    def chunks(self, entry: SourceEntry, *, raw: bool = False) -> Iterator[bytes]:
        """An entry in pieces of about a quarter megabyte, as clean UTF-8 unless ``raw``. Damage ends it and becomes a
        rejection.
        """
        self.file, self.line, self._cut = entry.name, 0, False
        transcoder = Transcoder(self.mapping.encoding or self.source.encoding)
        stream = chunks(
            cast(FileEntry, entry).span, self._budget, self._count, lambda code: self._damaged(entry.name, code)
        )
        with closing(stream):
            if raw:
                yield from stream
                return
            for data in stream:
                clean = transcoder.feed(data)
                if clean:
                    yield clean
        rest = transcoder.feed(b"", final=True)
        if rest:
            yield rest
        if transcoder.replaced:
            self._note(entry.name, "encoding_replaced", encoding=transcoder.label)

    def line_blocks(self, entry: SourceEntry, *, raw: bool = False) -> Iterator[tuple[int, list[bytes]]]:
        """Blocks of lines without their ``\\n``. Too long a line is left out and noted."""
        limit = self.source.limits.line_bytes
        number, tail, skipping, old_mac = 1, b"", False, False
        for chunk in self.chunks(entry, raw=raw):
            if number == 1 and not tail and b"\n" not in chunk:
                old_mac = b"\r" in chunk
            lines = (tail + (chunk.replace(b"\r", b"\n") if old_mac else chunk)).split(b"\n")
            tail = lines.pop()
            if skipping and lines:
                lines[0] = b""
                skipping = False
            if skipping or len(tail) > limit:
                if not skipping:
                    self._note(entry.name, "line_too_long", line=number + len(lines), limit=limit)
                skipping, tail = True, b""
            if lines:
                yield number, lines
                number += len(lines)
        if tail and (not self._cut or tail.endswith(b"}")):  # half a line is no line: "truncated" has said it
            yield number, [tail]

    def first_look(self, entry: SourceEntry) -> Generator[tuple[int, list[bytes]], None, None]:
        """See ``registry.Reading.first_look``."""
        noted, done, total = len(self.pending), self.done_bytes, self._budget.total
        try:
            yield from self.line_blocks(entry)
        finally:
            del self.pending[noted:]
            self.done_bytes, self._budget.total = done, total

    def json_items(self, entry: SourceEntry, into: frozenset[str] = frozenset()) -> Iterator[tuple[str, Any]]:
        """See ``registry.Reading.json_items``. Small files are parsed at once; large or broken ones in pieces."""
        stream = self.chunks(entry)
        head, size = [], 0
        for chunk in stream:
            head.append(chunk)
            size += len(chunk)
            if into or size > AT_ONCE:
                break
        else:
            whole = b"".join(head)
            try:
                value = orjson.loads(whole)
            except orjson.JSONDecodeError:
                head = [whole]
            else:
                yield from self._whole(entry, whole, value)
                return
        for piece in JsonItems(chain(head, stream), in_batches=True, into=into):
            self.file, self.line = entry.name, piece.line
            if piece.batch is not self._document:
                self._document, self._lines = piece.batch, []
            self._item = piece.place if piece.batch else -1
            if piece.problem:
                self._note_once(entry.name, piece.problem, piece.line)
            else:
                yield piece.key, piece.value
        self._document, self._item = b"", -1

    def document(self, entry: SourceEntry) -> Any:
        """A JSON file as one value, or None."""
        limit = self.source.limits.document_bytes
        parts, size = [], 0
        for chunk in self.chunks(entry):
            parts.append(chunk)
            size += len(chunk)
            if size > limit:
                self._note(entry.name, "file_too_large", limit=limit)
                return None
        try:
            return parse_json(b"".join(parts))
        except ValueError:
            self._note_once(entry.name, "bad_json", 0)
            return None

    def reject(self, code: str, **params: object) -> Rejected:
        """A rejection at the place the importer stands."""
        return rejected(self.file, self._line_now(), code, **params)

    def leave_out(self, kind: str, count: int = 1) -> None:
        """Count what is left out on purpose."""
        if count > 0:
            self.left_out[kind] += count

    def drained(self) -> list[Rejected]:
        """The pending rejections, which are then no longer pending."""
        pending, self.pending = self.pending, []
        return pending

    def _whole(self, entry: SourceEntry, text: bytes, value: Any) -> Iterator[tuple[str, Any]]:
        """Elements of a parsed text. Their lines are only looked up when one of them is rejected."""
        self._document, self._lines, self._item, self.line = text, [], -1, 1
        pairs = value.items() if isinstance(value, dict) else [("", value)]
        if not isinstance(value, dict | list):
            self._note(entry.name, "not_a_message")
            pairs = []
        for key, member in pairs:
            items = member if isinstance(member, list) else [member]
            shown = key if isinstance(member, list) else "=" + key
            for item in items:
                self._item += 1
                self.file = entry.name
                yield shown, item
        self._document, self._item = b"", -1

    def _line_now(self) -> int:
        if self._item < 0:
            return self.line
        if not self._lines:
            self._lines = [piece.line for piece in JsonItems(iter((self._document,)))]
        return self.line - 1 + self._lines[self._item] if self._item < len(self._lines) else 0

    def _count(self, size: int) -> None:
        self.done_bytes += size

    def _damaged(self, file: str, code: str) -> None:
        self._cut = True
        self._note(file, code)

    def _note(self, file: str, code: str, line: int = 0, **params: object) -> None:
        self.pending.append(rejected(file, line, code, **params))

    def _note_once(self, file: str, code: str, line: int) -> None:
        """A cut-off file makes cut-off JSON: one word is enough."""
        if not self._cut or code not in ("truncated", "bad_json"):
            self._note(file, code, line)

"""JSON in pieces: elements of a large array one by one, and sound elements saved from a broken one.

``orjson`` parses a whole text or nothing. An export of a gigabyte fits no memory and one damaged element must not
cost the others, so ``JsonItems`` finds where elements begin and end (strings respected) and hands out their bytes.
"""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import orjson

from hearth.carriers.registry import Reading, SourceEntry

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{}]', re.DOTALL)
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SPACE = re.compile(rb"[\s,]*")
_SCALAR = re.compile(rb"[^\s,\]}]+")
_HALF_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\x([0-9A-Fa-f]{2})")
_SEAM = re.compile(rb"\}\s*,\s*(?=\{)")
_OPEN, _CLOSE, _QUOTE = frozenset(b"[{"), frozenset(b"]}"), ord('"')
ELEMENT_BYTES = 4 * 1024 * 1024
MOST_ERRORS = 200
MOST_WASTED = 8 * 1024 * 1024  # bytes looked at for elements that have no end


class Piece(NamedTuple):
    """An element: the array's key, its value, and the line it begins in. ``problem`` is a code when there is no value.

    Elements read in one go share a ``batch`` (their bytes) that begins in ``line``; ``place`` counts them from 0.
    """

    key: str
    value: Any
    line: int
    problem: str = ""
    batch: bytes = b""
    place: int = 0


def json_lines(reading: Reading, entry: SourceEntry, broken: object) -> Iterator[Any]:
    """The value of each line that is not empty, ``broken`` for one that is no JSON. Says where the reading stands."""
    for first, lines in reading.line_blocks(entry):
        for number, line in enumerate(lines, first):
            if not line.strip():
                continue
            reading.line = number
            try:
                yield parse_json(line)
            except ValueError:
                yield broken


def parse_json(raw: bytes) -> Any:
    """Parse one JSON text. Takes what ``orjson`` refuses but exports contain: lone surrogates, NaN, and the ``\\x0B``
    that Telegram writes for a control character. Raises ValueError.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    if b"\\x" in raw:
        raw = _HALF_ESCAPE.sub(rb"\1\\u00\2", raw)
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ValueError(str(error)) from None
    return _without_surrogates(value)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value


class JsonItems:
    """Iterate over the elements of a JSON text given in chunks. Never raises on bad input; ends with a problem
    instead.

    ``into`` names objects to go into instead of handing them out whole, by their path (``chats``, ``chats.list``: the
    elements of that array). Each begins with a piece whose key is ``{`` and its path; its members' keys begin with it.
    """

    def __init__(
        self,
        chunks: Iterator[bytes],
        element_bytes: int = ELEMENT_BYTES,
        *,
        in_batches: bool = False,
        into: frozenset[str] = frozenset(),
    ) -> None:
        self._into = into
        self._in_batches = self._batches = in_batches
        self._chunks = chunks
        self._limit = element_bytes
        self._buffer = b""
        self._at = 0
        self._line = 1
        self._counted = 0
        self._errors = 0
        self._wasted = 0
        self._ended = False

    def __iter__(self) -> Iterator[Piece]:
        opener = self._next_byte()
        if opener == ord("["):
            self._at += 1
            yield from self._array("")
        elif opener == ord("{"):
            self._at += 1
            yield from self._object()
        elif opener is not None:
            yield Piece("", None, self._line, "bad_json")

    def _more(self) -> bool:
        chunk = b"" if self._ended else next(self._chunks, b"")
        if not chunk:
            self._ended = True
            return False
        self._here()
        self._counted = 0
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        self._batches = self._in_batches
        return True

    def _next_byte(self) -> int | None:
        """The next byte that is neither space nor comma, not consumed; None at the end."""
        while True:
            found = _SPACE.match(self._buffer, self._at)
            assert found is not None
            self._at = found.end()
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return None

    def _here(self) -> int:
        """The line of the current place; each byte is looked at once."""
        self._line += self._buffer.count(b"\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _array(self, key: str) -> Iterator[Piece]:
        while self._errors < MOST_ERRORS:
            byte = self._next_byte()
            if byte is None:
                yield self._cut_off(key)
                return
            if byte == ord("]"):
                self._at += 1
                return
            line = self._here()
            if byte == ord("{") and key in self._into:
                yield from self._inside(key, line)
                continue
            values, batch = self._batch() if byte == ord("{") else ([], b"")
            if values:
                yield from (Piece(key, value, line, "", batch, at) for at, value in enumerate(values))
                continue
            raw = self._value(byte)
            yield from self._parsed(key, raw, line) if raw is not None else self._resync(key, line)
        if self._errors == MOST_ERRORS:
            self._errors += 1
            yield Piece(key, None, self._here(), "too_many_errors")

    def _batch(self) -> tuple[list[Any], bytes]:
        """As many whole elements of the buffer as parse in one go; none when that does not work out.

        Cut at one of the last places where an object follows another. If what comes before it is valid between
        brackets, it can only be a run of whole elements.
        """
        if not self._batches:
            return [], b""
        seams = [found.start() + 1 for found in _SEAM.finditer(self._buffer, max(self._at, len(self._buffer) - 16_384))]
        for end in reversed(seams[-6:]):
            batch = b"[" + self._buffer[self._at : end] + b"]"
            try:
                values = orjson.loads(batch)
            except orjson.JSONDecodeError:
                continue
            self._at = end
            return values, batch
        # Not again before there is more to see, or a buffer would be parsed as often as it has elements.
        self._batches = False
        return [], b""

    def _cut_off(self, key: str) -> Piece:
        self._errors = MOST_ERRORS + 1  # said once, whatever is still open around it
        return Piece(key, None, self._here(), "truncated")

    def _inside(self, path: str, line: int) -> Iterator[Piece]:
        self._at += 1
        yield Piece("{" + path, {}, line)
        yield from self._object(path + ".")

    def _object(self, path: str = "") -> Iterator[Piece]:
        while self._errors < MOST_ERRORS:
            byte = self._next_byte()
            if byte is None:
                yield self._cut_off("")
                return
            if byte == ord("}"):
                self._at += 1
                return
            line = self._here()
            name = self._key(byte)
            key = None if name is None else path + name
            byte = None if key is None else self._next_byte()
            if key is None or byte is None:
                yield Piece("", None, line, "bad_json" if key is None and not self._ended else "truncated")
                self._errors = MOST_ERRORS + 1
                return
            if byte == ord("["):
                self._at += 1
                yield from self._array(key)
                continue
            if byte == ord("{") and key in self._into:
                yield from self._inside(key, line)
                continue
            raw = self._value(byte)
            if raw is None:
                yield Piece("=" + key, None, line, "truncated")
                return
            yield from self._parsed("=" + key, raw, line)

    def _key(self, byte: int) -> str | None:
        raw = self._value(byte) if byte == _QUOTE else None
        if raw is None or self._next_byte() != ord(":"):
            return None
        self._at += 1
        try:
            return str(parse_json(raw))
        except ValueError:
            return None

    def _value(self, byte: int) -> bytes | None:
        """The bytes of the value that begins here, consumed; None when it does not end within the limit."""
        if byte in _OPEN:
            return self._container()
        pattern = _STRING if byte == _QUOTE else _SCALAR
        while True:
            found = pattern.match(self._buffer, self._at)
            if found is not None and (found.end() < len(self._buffer) or self._ended):
                self._at = found.end()
                return found.group()
            if len(self._buffer) - self._at > self._limit:
                return None
            if not self._more() and found is None:
                return None

    def _container(self) -> bytes | None:
        depth, scan = 0, self._at
        while True:
            for token in _TOKEN.finditer(self._buffer, scan):
                byte = self._buffer[token.start()]
                if byte in _OPEN:
                    depth += 1
                elif byte in _CLOSE:
                    depth -= 1
                    if depth == 0:
                        raw = self._buffer[self._at : token.end()]
                        self._at = token.end()
                        return raw
                elif token.end() - token.start() == 1:
                    scan = token.start()  # a string that goes on in the next chunk
                    break
            else:
                scan = len(self._buffer)
            begun = self._at
            if len(self._buffer) - begun > self._limit or not self._more():
                self._wasted += len(self._buffer) - begun
                return None
            scan -= begun

    def _parsed(self, key: str, raw: bytes, line: int) -> Iterator[Piece]:
        try:
            yield Piece(key, parse_json(raw), line)
        except ValueError:
            self._errors += 1
            yield Piece(key, None, line, "bad_json")
            yield from self._saved(key, raw, line)

    def _saved(self, key: str, raw: bytes, line: int) -> Iterator[Piece]:
        """Sound objects swallowed by a broken one: a missing quote or brace joins it with those that follow."""
        seams = [found.end() for found in _SEAM.finditer(raw)]
        for start, end in pairwise([*seams, len(raw)]):
            try:
                value = orjson.loads(raw[start:end].rstrip(b" \t\r\n,"))
            except orjson.JSONDecodeError:
                continue
            yield Piece(key, value, line + raw.count(b"\n", 0, start))

    def _resync(self, key: str, line: int) -> Iterator[Piece]:
        """The element has no end: give it up and go on at the next one, but not for ever."""
        self._errors = self._errors + 1 if self._wasted < MOST_WASTED else MOST_ERRORS
        seam = _SEAM.search(self._buffer, self._at)
        if seam is not None:
            self._at = seam.end()
            yield Piece(key, None, line, "bad_json")
        elif self._ended:
            self._at = len(self._buffer)
            self._errors = MOST_ERRORS + 1
            yield Piece(key, None, line, "truncated")
        else:
            self._at = max(self._at, len(self._buffer) - 1024)
            yield Piece(key, None, line, "bad_json")

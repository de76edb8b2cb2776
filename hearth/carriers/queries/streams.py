"""Bytes of one packed or plain file in chunks: nothing raised for bad data, nothing unpacked beyond its limits.

Damage ends a stream and is told to ``note`` (a code of ``rules.reasons``), so what was read before it stands.
"""

import bz2
import lzma
import os
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Protocol

from hearth.carriers.types import Limits

CHUNK = 256 * 1024
XZ_MEMORY = 128 * 1024 * 1024
MAGIC = {"gzip": b"\x1f\x8b", "xz": b"\xfd7zXZ\x00", "bzip2": b"BZh"}
_DAMAGE = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)

Note = Callable[[str], None]
Count = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Span:
    """Where the packed bytes of an entry lie: ``length`` of them from ``offset`` on, in an open file or in the one at
    ``path``.

    Files of a folder are opened when they are read: a folder may hold more of them than a process may have open.
    """

    fd: int
    offset: int
    length: int
    method: str  # plain, deflate, gzip, xz, bzip2
    crc: int | None = None
    path: str = ""


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Inflate:
    """zlib with the interface of the other two: what was not consumed is kept for the next call."""

    def __init__(self, window: int) -> None:
        self._object = zlib.decompressobj(window)
        self._full = False
        self.saved = b""

    @property
    def eof(self) -> bool:
        return self._object.eof

    @property
    def needs_input(self) -> bool:
        return not self._full and not self._object.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._object.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        given = self._object.unconsumed_tail + data
        before = self._object.copy()
        try:
            out = self._object.decompress(given, max_length)
        except zlib.error:
            self.saved = _byte_by_byte(before, given, max_length)
            raise
        self._full = len(out) == max_length
        return out


def _byte_by_byte(unpacker: "zlib._Decompress", given: bytes, most: int) -> bytes:
    """What came before the damage: an error discards the output of its whole call, so calls are made very small."""
    out = bytearray()
    try:
        for at in range(len(given)):
            out += unpacker.decompress(given[at : at + 1])
            if len(out) > most:
                break
    except zlib.error:
        pass
    return bytes(out[:most])


def _unpacker(method: str) -> _Unpacker:
    if method == "xz":
        return lzma.LZMADecompressor(memlimit=XZ_MEMORY)
    if method == "bzip2":
        return bz2.BZ2Decompressor()
    return _Inflate(-15 if method == "deflate" else 31)


class Budget:
    """What one archive may still unpack to. Shared by all its entries in one reading."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.total = 0

    def allows(self, packed: int, unpacked: int, fresh: int) -> bool:
        """Whether an entry of ``packed`` bytes may hand out ``unpacked``, ``fresh`` of them now."""
        self.total += fresh
        if self.total > self.limits.total_bytes:
            return False
        return unpacked <= self.limits.free_bytes or unpacked <= packed * self.limits.ratio


def packed_chunks(span: Span, count: Count, note: Note) -> Iterator[bytes]:
    """The bytes as they lie in the file."""
    try:
        fd = os.open(span.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC) if span.path else span.fd
    except OSError:
        note("corrupt")
        return
    offset, left = span.offset, span.length
    try:
        while left > 0:
            data = os.pread(fd, min(CHUNK, left), offset)
            if not data:
                note("truncated")
                return
            offset += len(data)
            left -= len(data)
            count(len(data))
            yield data
    except OSError:
        note("corrupt")
    finally:
        if span.path:
            os.close(fd)


def chunks(span: Span, budget: Budget, count: Count, note: Note) -> Generator[bytes, None, None]:
    """The unpacked bytes."""
    crc, unpacked, sound = 0, 0, True

    def noted(code: str) -> None:
        nonlocal sound
        sound = False
        note(code)

    source = packed_chunks(span, count, noted)
    stream = source if span.method == "plain" else _unpacked(source, span.method, noted)
    for data in stream:
        unpacked += len(data)
        if not budget.allows(span.length, unpacked, len(data)):
            note("expands_too_much")
            return
        if span.crc is not None:
            crc = zlib.crc32(data, crc)
        yield data
    if sound and span.crc is not None and crc != span.crc:
        note("corrupt")


def _unpacked(source: Iterator[bytes], method: str, note: Note) -> Iterator[bytes]:
    unpacker, data = _unpacker(method), b""
    while True:
        if unpacker.eof:
            data = _next_stream(unpacker.unused_data, source, method)
            if not data:
                return
            unpacker = _unpacker(method)
        elif unpacker.needs_input and not data:
            data = next(source, b"")
            if not data:
                note("truncated")
                return
        try:
            out = unpacker.decompress(data, CHUNK)
        except _DAMAGE:
            if isinstance(unpacker, _Inflate) and unpacker.saved:
                yield unpacker.saved
            note("corrupt")
            return
        data = b""
        if out:
            yield out


def _next_stream(rest: bytes, source: Iterator[bytes], method: str) -> bytes:
    """The start of a following stream in the same file (``cat a.gz b.gz``), or b"" when only padding follows."""
    if method == "deflate":
        return b""
    while not rest.strip(b"\0"):
        rest = next(source, b"")
        if not rest:
            return b""
    rest = rest.lstrip(b"\0")
    return rest if rest.startswith(MAGIC[method]) else b""

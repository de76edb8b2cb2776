"""The files of a zip archive, read without unpacking to disk; and those of a zip cut off before its directory.

The directory at the end names every file; where a download broke off it is missing, and the headers before each file
are followed instead.
"""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from hearth.carriers.queries.streams import CHUNK, Budget, Span
from hearth.carriers.rules.names import decoded_name
from hearth.carriers.rules.reasons import refusal
from hearth.carriers.types import Limits

_LOCAL = struct.Struct("<4s5H3L2H")
_METHODS = {zipfile.ZIP_STORED: "plain", zipfile.ZIP_DEFLATED: "deflate", zipfile.ZIP_BZIP2: "bzip2"}
_UTF8, _ENCRYPTED, _STREAMED = 0x800, 0x1, 0x8
_DAMAGE = (
    zipfile.BadZipFile,
    OSError,
    EOFError,
    ValueError,
    struct.error,
    NotImplementedError,
    OverflowError,
    IndexError,
)

Problem = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Found:
    """A file in an archive, before its name was judged."""

    name: str
    span: Span
    stored: int


def zip_files(file: BinaryIO, shown: str, limits: Limits, problem: Problem) -> Iterator[Found]:
    """Files of a zip in the order of their names. Raises ArchiveRefused for what no part of can be read."""
    try:
        with zipfile.ZipFile(file) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except _DAMAGE:
        problem(shown, "truncated")
        yield from _salvaged(file, limits, problem)
        return
    if len(infos) > limits.files:
        raise refusal("too_many_files", name=shown, limit=limits.files)
    if sum(info.file_size for info in infos) > limits.total_bytes:
        raise refusal("too_large", name=shown, limit=limits.total_bytes)
    if infos and all(info.flag_bits & _ENCRYPTED for info in infos):
        raise refusal("encrypted_archive", name=shown)
    forged = _overlapping(infos)
    starts = {info.header_offset: _data_offset(file, info.header_offset) for info in infos}
    if any(start is None for offset, start in starts.items() if offset not in forged):
        problem(shown, "corrupt")  # the directory does not fit the file: bytes were lost or added
        yield from _salvaged(file, limits, problem)
        return
    for info in infos:
        name = _name_of(info)
        code = "overlapping_file" if info.header_offset in forged else _unreadable(info)
        if code:
            problem(name, code)
            continue
        span = Span(
            file.fileno(), starts[info.header_offset] or 0, info.compress_size, _METHODS[info.compress_type], info.CRC
        )
        yield Found(name, span, info.compress_size)


def _unreadable(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _ENCRYPTED:
        return "encrypted_file"
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "special_file"
    return "" if info.compress_type in _METHODS else "unsupported_compression"


def _overlapping(infos: list[zipfile.ZipInfo]) -> set[int]:
    """Offsets of entries whose packed bytes reach into the next one: how a small zip unpacks to petabytes."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    forged: set[int] = set()
    for info, following in pairwise(ordered):
        if info.header_offset + _LOCAL.size + info.compress_size > following.header_offset:
            forged.update((info.header_offset, following.header_offset))
    return forged


def _name_of(info: zipfile.ZipInfo) -> str:
    unicode_path = _unicode_path(info.extra)
    if unicode_path:
        return unicode_path
    if info.flag_bits & _UTF8:
        return info.orig_filename
    try:
        return decoded_name(info.orig_filename.encode("cp437"))
    except UnicodeEncodeError:
        return info.orig_filename


def _unicode_path(extra: bytes) -> str:
    """The name in the Info-ZIP Unicode Path field (APPNOTE 4.6.9), or ""."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == 0x7075 and size > 5:
            return extra[at + 9 : at + 4 + size].decode("utf-8", "replace")
        at += 4 + size
    return ""


def _data_offset(file: BinaryIO, header_offset: int) -> int | None:
    header = os.pread(file.fileno(), _LOCAL.size, header_offset) if header_offset >= 0 else b""
    if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
        return None
    name_size, extra_size = _LOCAL.unpack(header)[-2:]
    return header_offset + _LOCAL.size + int(name_size) + int(extra_size)


def _salvaged(file: BinaryIO, limits: Limits, problem: Problem) -> Iterator[Found]:
    """Follow the local headers from the start of the file; where one is damaged, go on at the next."""
    fd, at, count, budget, sought = file.fileno(), 0, 0, Budget(limits), 0
    while count < limits.files:
        header = os.pread(fd, _LOCAL.size, at)
        if header[:4] != b"PK\x03\x04":
            # Lost bytes make an entry reach into the next one: look from a little before.
            following = _next_header(fd, max(sought, at - 4096))
            if following is None:
                return
            at = following
            continue
        if len(header) < _LOCAL.size:
            return
        count += 1
        sought = at + 4
        _sign, _version, flags, method, _time, _date, crc, packed, _size, name_size, extra_size = _LOCAL.unpack(header)
        raw_name = os.pread(fd, name_size, at + _LOCAL.size)
        name = decoded_name(raw_name)
        start = at + _LOCAL.size + name_size + extra_size
        if flags & _ENCRYPTED or method not in _METHODS or packed == 0xFFFFFFFF:
            problem(name, "encrypted_file" if flags & _ENCRYPTED else "unsupported_compression")
            at += _LOCAL.size
            continue
        streamed = bool(flags & _STREAMED)
        if streamed:
            end = _end_of_deflate(fd, start, budget) if method == zipfile.ZIP_DEFLATED else None
            packed = (os.fstat(fd).st_size if end is None else end) - start
        if not name.endswith("/"):
            yield Found(name, Span(fd, start, packed, _METHODS[method], None if streamed else crc), packed)
        at = start + packed
        if streamed:
            at += _descriptor_size(os.pread(fd, 24, at))


def _next_header(fd: int, at: int) -> int | None:
    """Where the next local header begins, or None: the directory and the end of the file hold none."""
    while data := os.pread(fd, CHUNK, at):
        found = data.find(b"PK\x03\x04")
        if found >= 0:
            return at + found
        at += max(1, len(data) - 3)
    return None


def _end_of_deflate(fd: int, start: int, budget: Budget) -> int | None:
    """Where a deflate stream of unknown length ends; None when it is cut off."""
    unpacker, at, unpacked = zlib.decompressobj(-15), start, 0
    while not unpacker.eof:
        data = unpacker.unconsumed_tail
        if not data:
            data = os.pread(fd, CHUNK, at)
            at += len(data)
        try:
            fresh = len(unpacker.decompress(data, CHUNK)) if data else 0
        except zlib.error:
            return None
        unpacked += fresh
        if not data or not budget.allows(at - start, unpacked, fresh):
            return None
    return at - len(unpacker.unused_data)


def _descriptor_size(data: bytes) -> int:
    """The size of a data descriptor: with or without its signature, which is optional."""
    return 16 if data[:4] == b"PK\x07\x08" else 12

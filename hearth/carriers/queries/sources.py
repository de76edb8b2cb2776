"""An archive as a list of files: a single file (plain, gz, xz, bz2), a folder, a zip, a tar (also packed).

Order is fixed (by name), links are not followed, names that point outside are refused. Only a packed tar touches the
disk: it is unpacked once into an unnamed temporary file, within ``Limits`` and half of the free space, because its
files are needed in another order.
"""

import hashlib
import os
import shutil
import tarfile
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from hearth.carriers.queries.streams import MAGIC, Budget, Span, chunks
from hearth.carriers.queries.zips import Found, zip_files
from hearth.carriers.registry import SourceEntry
from hearth.carriers.rules.names import decoded_name, is_junk, is_nested_archive, safe_name, without_packing
from hearth.carriers.rules.reasons import refusal, rejected
from hearth.carriers.types import Limits, Rejected
from hearth.kit.encodings import Transcoder

HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One ordinary file. ``stored`` counts packed bytes."""

    name: str
    stored: int
    span: Span


class Source:
    """An opened archive. ``problems`` tells what of it was left out and why."""

    def __init__(self, path: Path, limits: Limits, encoding: str = "") -> None:
        self.path = path
        self.name = path.name or str(path)
        self.limits = limits
        self.encoding = encoding
        self.problems: list[Rejected] = []
        self.size_bytes = 0
        self._files: list[BinaryIO] = []
        self._names: set[str] = set()
        self._heads: dict[str, bytes] = {}
        self._damage: set[str] = set()
        weakref.finalize(self, _close_all, self._files)
        try:
            found = self._open(path)
            self.entries = tuple(sorted(found, key=lambda entry: entry.name))
        except BaseException:
            _close_all(self._files)
            raise
        self._by_base: dict[str, FileEntry] = {}
        for entry in sorted(self.entries, key=lambda entry: (entry.name.count("/"), entry.name)):
            self._by_base.setdefault(entry.name.rsplit("/", 1)[-1], entry)

    def close(self) -> None:
        """Let go of the files; a source is of no use afterwards."""
        _close_all(self._files)

    @property
    def is_damaged(self) -> bool:
        """Whether what was looked at so far was cut off or broken."""
        return bool(self._damage) or any(problem.code in ("truncated", "corrupt") for problem in self.problems)

    def find(self, name: str) -> FileEntry | None:
        """The shallowest entry of this name in any folder."""
        return self._by_base.get(name)

    def head(self, entry: SourceEntry, size: int = HEAD) -> bytes:
        """The first bytes of an entry as UTF-8."""
        if entry.name not in self._heads:
            parts, got, transcoder = [], 0, Transcoder(self.encoding)
            span = cast(FileEntry, entry).span
            with closing(chunks(span, Budget(self.limits), _ignore, self._damage.add)) as stream:
                for data in stream:
                    parts.append(transcoder.feed(data))
                    got += len(parts[-1])
                    if got >= HEAD:
                        break
            if len(self._heads) > 64:
                self._heads.clear()
            self._heads[entry.name] = b"".join(parts)[:HEAD]
        return self._heads[entry.name][:size]

    def fingerprint(self) -> str:
        """A short name of the content: changes when a file is added, resized or rewritten at its ends."""
        digest = hashlib.blake2b(digest_size=8)
        for entry in self.entries:
            span = entry.span
            digest.update(f"{entry.name}\0{entry.stored}\0{span.crc}\0".encode("utf-8", "replace"))
        for file in self._files[:64]:
            size = os.fstat(file.fileno()).st_size
            digest.update(os.pread(file.fileno(), HEAD, 0) + os.pread(file.fileno(), HEAD, max(0, size - HEAD)))
        return digest.hexdigest()

    def _open(self, path: Path) -> list[FileEntry]:
        if not path.exists():
            raise refusal("not_found", name=path.name)
        if not path.is_dir() and not path.is_file():
            raise refusal("special_file")  # opening a pipe would wait for ever
        try:
            found = self._folder(path) if path.is_dir() else self._single(path)
        except OSError:
            raise refusal("unreadable", name=path.name) from None
        if not found and not self.problems:
            raise refusal("empty_archive", name=path.name)
        return found

    def _folder(self, root: Path) -> list[FileEntry]:
        archives: list[Path] = []
        found: list[FileEntry] = []
        for path, relative in _walk(root):
            name = safe_name(relative)
            if name is None or path.is_symlink() or not path.is_file():
                code = "unsafe_name" if name is None else "link" if path.is_symlink() else "special_file"
                self.problems.append(rejected(relative, 0, code))
            elif is_nested_archive(name, packed_too=False):
                archives.append(path)
            elif not is_junk(name):
                self._room_for_one_more(len(found))
                span = self._packed_span(path)
                self.size_bytes += span.length
                found.append(FileEntry(without_packing(name), span.length, span))
        if len(archives) == 1 and not any(_may_hold_messages(entry.name) for entry in found):
            return self._single(archives[0])
        self.problems += [rejected(path.name, 0, "nested_archive") for path in archives]
        return found

    def _room_for_one_more(self, count: int) -> None:
        if count >= self.limits.files:
            raise refusal("too_many_files", name=self.name, limit=self.limits.files)

    def _hold(self, path: Path) -> BinaryIO:
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")
        self._files.append(file)
        return file

    def _packed_span(self, path: Path) -> Span:
        """A file of a folder: looked into now, opened again when it is read."""
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            return Span(-1, 0, os.fstat(fd).st_size, _method(os.pread(fd, 8, 0)), path=str(path))
        finally:
            os.close(fd)

    def _single(self, path: Path) -> list[FileEntry]:
        file = self._hold(path.resolve())
        fd = file.fileno()
        self.size_bytes = os.fstat(fd).st_size
        if self.size_bytes == 0:
            raise refusal("empty_archive", name=path.name)
        head = os.pread(fd, 512, 0)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
            return self._judged(zip_files(file, path.name, self.limits, self._problem))
        if head[257:262] == b"ustar":
            return self._judged(self._tar(file, path.name))
        method = _method(head)
        span = Span(fd, 0, self.size_bytes, method)
        if method != "plain" and self._starts_as_tar(span):
            return self._judged(self._tar(self._spooled(span, path.name), path.name))
        return [FileEntry(without_packing(path.name), self.size_bytes, span)]

    def _starts_as_tar(self, span: Span) -> bool:
        with closing(chunks(span, Budget(self.limits), _ignore, _ignore)) as stream:
            head = b""
            for data in stream:
                head += data
                if len(head) >= 262:
                    break
        return head[257:262] == b"ustar"

    def _spooled(self, span: Span, shown: str) -> BinaryIO:
        # The file lives as long as the source: closed by the finalizer, without a name on disk.
        spool = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
        self._files.append(spool)
        room = min(self.limits.total_bytes, shutil.disk_usage(tempfile.gettempdir()).free // 2)
        written = 0
        for data in chunks(span, Budget(self.limits), _ignore, lambda code: self._problem(shown, code)):
            written += len(data)
            if written > room:
                raise refusal("too_large", name=shown, limit=room)
            spool.write(data)
        spool.flush()
        return spool

    def _tar(self, file: BinaryIO, shown: str) -> Iterator[Found]:
        file.seek(0)
        size = os.fstat(file.fileno()).st_size
        try:
            with tarfile.open(fileobj=file, mode="r:") as archive:
                for count, member in enumerate(archive):
                    self._room_for_one_more(count)
                    if member.isdir():
                        continue
                    name = decoded_name(member.name.encode("utf-8", "surrogateescape"))
                    code = "link" if member.issym() or member.islnk() else ""
                    if not code and (not member.isreg() or member.issparse()):
                        code = "special_file"
                    if code:
                        self._problem(name, code)
                        continue
                    if member.offset_data + member.size > size:
                        self._problem(name, "truncated")
                    length = min(member.size, max(0, size - member.offset_data))
                    yield Found(name, Span(file.fileno(), member.offset_data, length, "plain"), length)
        except (tarfile.TarError, OSError, ValueError, EOFError, OverflowError, IndexError, KeyError):
            self._problem(shown, "truncated")

    def _judged(self, files: Iterator[Found]) -> list[FileEntry]:
        found: list[FileEntry] = []
        for file in files:
            name = safe_name(file.name)
            if name is None:
                self._problem(file.name, "unsafe_name")
            elif is_nested_archive(name, packed_too=True):
                # Deep down lie attachments, which nobody misses; near the top it may be the talk itself.
                if name.count("/") < 2:
                    self._problem(name, "nested_archive")
            elif name in self._names:
                self._problem(name, "duplicate_name")
            elif not is_junk(name):
                self._names.add(name)
                found.append(FileEntry(name, file.stored, file.span))
        if any(entry.name in ("xl/workbook.xml", "content.xml") for entry in found):
            raise refusal("spreadsheet", name=self.name)
        return found

    def _problem(self, name: str, code: str) -> None:
        if len(self.problems) < 10_000:
            self.problems.append(rejected(name.replace("\0", "?")[:300], 0, code))


def _method(head: bytes) -> str:
    return next((name for name, magic in MAGIC.items() if head.startswith(magic)), "plain")


def _walk(root: Path) -> Iterator[tuple[Path, str]]:
    for folder, folders, files in os.walk(root, followlinks=False):
        folders.sort()
        for name in sorted(files):
            path = Path(folder) / name
            yield path, path.relative_to(root).as_posix()
        for name in folders:
            path = Path(folder) / name
            if path.is_symlink():
                yield path, path.relative_to(root).as_posix()


def _may_hold_messages(name: str) -> bool:
    return name.lower().endswith((".json", ".ndjson", ".jsonl", ".csv", ".tsv"))


def _close_all(files: list[BinaryIO]) -> None:
    for file in files:
        file.close()


def _ignore(_: object) -> None:
    return

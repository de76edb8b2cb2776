"""Archives made to harm, and a watch over whoever reads them. Cases are numbered: the same number is the same case."""

import gzip
import io
import random
import re
import resource
import signal
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.queries import open_archive
from hearth.carriers.registry import load_importers
from hearth.carriers.rules.times import DAY_MS, EARLIEST_MS
from hearth.carriers.tests.archives import NOW_MS
from hearth.carriers.types import (
    ArchiveAnswer,
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveMove,
    ArchiveReaction,
    Limits,
    Rejected,
)

LIMITS = Limits(
    files=60, total_bytes=4_000_000, free_bytes=1_000_000, ratio=50, line_bytes=300_000, document_bytes=600_000
)
SECONDS = 5.0  # of the processor, for one case
MEGABYTES = 96  # on top of what the process had, for one case
ROOM = 3 << 28  # bytes of address space on top: beyond it Python raises MemoryError
_PIECES = (
    b'"', b"{", b"[", b"]", b"}", b",", b":", b"\\", b"\n", b"\r", b"\t", b" ", b"\0", b"<", b"<p>", b"<a>",
    b"</p>", b"&", b"&#", b"> ", b">>", b"Re: ", b"[a] ", b"=?", b"?=", b"=?utf-8?q?", b"--", b"\n--", b"(",
    b")", b"*", b"~", b"`", b"|", b"@", b"#", b"<@U", b"[quote=", b"[/quote]", b"From ", b"\nFrom ", b"a", b"1",
    b"-", b";", b";a=", b"\xe4", b"\xff", b"<row Id=", b"/", b"://", b"\xe2\x80\x8e", b"12:00", b"['", b'","',
    b"}\n{", b"},{",
)  # fmt: skip
_BROKEN = (
    b"\xff\xfe", b"\xef\xbb\xbf", b"\xc0\xaf", b"\xed\xa0\x80", b"\\ud800", b"\\udc00\\ud800",
    b"\xf4\x90\x80\x80", b"\x80", b"\xa1\xa1\xa1", b"\0\0", b"\xd6\xd0\xce\xc4", b"\x1b$B", b"&#xD800;",
    b"=ED=A0=80", b"%ED%A0%80", b"\xe2\x80\xa8", b"charset=punycode\n\n-", b"charset=utf-16\n\n\xff",
    b"charset=unicode_escape\n\n\\ud800",
)  # fmt: skip
_CLOCKS = (
    b"0", b"-1", b"1e308", b"-1e308", b"1e400", b"99999999999999999999999999", b"253402300799999", b"NaN",
    b"Infinity", b'"9999-12-31T23:59:59.999Z"', b'"0001-01-01T00:00:00+14:00"', b'"2024-02-30 24:61:61"',
    b'"-2024-01-01"', b'""', b"99:99", b"00:00", b"9999-12-31", b"0000-00-00",
    b"Fri, 31 Dec 9999 23:59:59 +2359", b"Mon Feb 30 99:99:99 0000",
)  # fmt: skip
_VALUES = (
    b"null", b"true", b"[]", b"{}", b"[[]]", b'{"a":{}}', b"-0.5", b'""', b'"\\u0000"', b"[null]", b"[1,2]",
    b'[{"id":1}]', b"12345678901234567890", b'{"id":[],"name":{},"nodes":[null,[]]}', b"1e400",
)  # fmt: skip
_VALUE = re.compile(rb'(?<=:)\s*(?:"(?:[^"\\]|\\.)*"|-?[\d.eE+-]+|true|false|null)')
_TIME = re.compile(
    rb"(?:19|20)\d\d[-/]?\d\d[-/]?\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?"
    rb"|\b1[67]\d{8}(?:\d{3})?(?:\.\d+)?|\d{1,2}:\d\d(?::\d\d)?"
)


class Case(NamedTuple):
    """One archive: its bytes, the name it is uploaded by, and the format an operator insists on."""

    data: bytes
    name: str
    format: str | None


class Harm(AssertionError):
    """What a reader did that it must never do."""


class _TooLongError(BaseException):
    """Raised from a timer: no importer can swallow it with ``except Exception``."""


def case(number: int, seeds: dict[str, bytes]) -> Case:
    """The case of this number."""
    rng = random.Random(number)
    seed = sorted(seeds)[number % len(seeds)]
    data = seeds[seed]
    files = _unpacked(data)
    if files and rng.random() < 0.85:
        data = _packed(_harmed_files(files, rng), rng)
    else:
        data = _harmed(data, rng)
        if rng.random() < 0.05:
            data = gzip.compress(data + b"\0" * rng.choice((0, 10_000_000)), 1)
    keys = list(load_importers())
    name = rng.choice(("archive.bin", "a.json", "a.txt", "a.log", "a.csv", "2024-03-05.log", "a.mbox", "#ward.log"))
    return Case(data or b"x", name, rng.choice(keys) if rng.random() < 0.3 else None)


def _unpacked(data: bytes) -> dict[str, bytes]:
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
    with suppress(tarfile.TarError), tarfile.open(fileobj=io.BytesIO(data)) as tar:
        files = ((member.name, tar.extractfile(member)) for member in tar)
        return {name: file.read() for name, file in files if file is not None}
    return {}


def _harmed_files(files: dict[str, bytes], rng: random.Random) -> dict[str, bytes]:
    files = dict(files)
    for name in rng.sample(sorted(files), min(len(files), rng.choice((1, 1, 2, 4)))):
        files[name] = _harmed(files[name], rng)
    change = rng.random()
    if change < 0.04:  # a bomb under a name that a reader trusts
        files[rng.choice(sorted(files))] = b"[" + rng.choice((b" ", b"0,", b"\n", b"{},")) * 4_000_000
    elif change < 0.08:
        name = rng.choice(sorted(files))
        files[rng.choice(("../x.json", "/etc/x", "a\0b.json", "#" * 300, "x/" * 200 + "a.json", "CON"))] = files.pop(
            name
        )
    elif change < 0.12:
        del files[rng.choice(sorted(files))]
    return files or {"x": b"x"}


def _packed(files: dict[str, bytes], rng: random.Random) -> bytes:
    raw = io.BytesIO()
    method = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(raw, "w", method, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("\0", "_"), content)
    return raw.getvalue()


def _harmed(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.choice((1, 1, 2, 3))):
        data = rng.choice(_HARMS)(data, rng)
    return data


def _place(data: bytes, rng: random.Random) -> int:
    return rng.randrange(len(data) + 1)


def _flipped(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randrange(1, 20)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: _place(data, rng)] if rng.random() < 0.7 else data[_place(data, rng) :]


def _doubled(data: bytes, rng: random.Random) -> bytes:
    start, end = sorted((_place(data, rng), _place(data, rng)))
    piece = data[start:end][: rng.choice((50, 500, 5000))]
    times = rng.choice((2, 10, 100)) if piece else 0
    return data[:start] + piece * times + data[start:]


def _stuffed(data: bytes, rng: random.Random) -> bytes:
    """A piece over and over: lines without end, brackets without end, what patterns stumble over."""
    at = _place(data, rng)
    piece = b"".join(rng.choices(_PIECES, k=rng.choice((1, 1, 2, 3))))
    return data[:at] + piece * (rng.choice((100, 1000, 20_000, 100_000)) // len(piece)) + data[at:]


def _misspelt(data: bytes, rng: random.Random) -> bytes:
    at = _place(data, rng)
    return data[:at] + rng.choice(_BROKEN) * rng.choice((1, 3, 200)) + data[at:]


def _mistyped(data: bytes, rng: random.Random) -> bytes:
    share = rng.choice((0.05, 0.3))
    return _VALUE.sub(lambda found: rng.choice(_VALUES) if rng.random() < share else found[0], data)


def _mistimed(data: bytes, rng: random.Random) -> bytes:
    share = rng.choice((0.1, 0.5, 1.0))

    def other(found: re.Match[bytes]) -> bytes:
        return rng.choice(_CLOCKS).strip(b'"') if rng.random() < share else found[0]

    return _TIME.sub(other, data)


def _nested(data: bytes, rng: random.Random) -> bytes:
    at, deep = _place(data, rng), rng.choice((50, 500, 5000, 50_000))
    begin, end = rng.choice(
        ((b"[", b"]"), (b'{"a":', b"}"), (b"<div>", b"</div>"), (b"<blockquote>", b""), (b"> ", b""), (b"*a", b"*"))
    )
    return data[:at] + begin * deep + (b"1" + end * deep if rng.random() < 0.7 else b"") + data[at:]


_HARMS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flipped, _cut, _doubled, _stuffed, _misspelt, _mistyped, _mistimed, _nested,
)  # fmt: skip


def read_watched(made: Case, folder: Path) -> int:
    """Read a case to its end; the number of records. Raises Harm for anything but records or a refusal."""
    path = folder / made.name
    path.write_bytes(made.data)
    try:
        with (
            watched(),
            suppress(ArchiveRefused),
            open_archive(path, format=made.format, now_ms=NOW_MS, limits=LIMITS) as archive,
        ):
            return _sound(archive.read())
    finally:
        path.unlink()
    return 0


@contextmanager
def watched(seconds: float = SECONDS, megabytes: int = MEGABYTES) -> Iterator[None]:
    """Harm when the block raises, computes longer, or grows the process by more."""

    def ring(*_: object) -> None:
        raise _TooLongError

    before = _peak_after_reset()
    limits = resource.getrlimit(resource.RLIMIT_AS)
    handler = signal.signal(signal.SIGPROF, ring)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + ROOM, limits[1]))
        signal.setitimer(signal.ITIMER_PROF, seconds)
        yield
    except _TooLongError:
        raise Harm(f"computed for more than {seconds} s") from None
    except MemoryError:
        raise Harm("filled memory") from None
    except Harm:
        raise
    except Exception as error:
        raise Harm(f"raised {error!r}") from error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)
        resource.setrlimit(resource.RLIMIT_AS, limits)
    grown = (_status("VmHWM") - before) // 1024
    if grown > megabytes:
        raise Harm(f"grew by {grown} MB")


def _peak_after_reset() -> int:
    """KiB in memory; from now on the peak is counted anew (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmHWM")


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise LookupError(name)


def _address_space() -> int:
    return _status("VmSize") * 1024


_TEXTS: dict[type, tuple[str, ...]] = {
    ArchiveMessage: ("id", "channel", "author", "text", "thread", "reply_to"),
    ArchiveAuthor: ("id", "name", "email"),
    ArchiveChannel: ("id", "name", "description"),
    ArchiveReaction: ("channel", "message", "author", "emoji"),
    ArchiveMove: ("channel", "author", "kind", "by"),
    ArchiveAnswer: ("channel", "question", "answer", "by"),
    Rejected: ("file", "code", "reason"),
}


def _sound(records: Iterable[Any]) -> int:
    """How many records there are. Harm when one of them could not be stored."""
    count = 0
    for record in records:
        count += 1
        for name in _TEXTS[type(record)]:
            text = getattr(record, name)
            if type(text) is not str or (not text.isascii() and text.encode("utf-8", "replace") != _encoded(text)):
                raise Harm(f"{name} of {type(record).__name__} is no text: {text!r:.80}")
        if type(record) is ArchiveMessage:
            _sound_message(record)
    return count


def _sound_message(message: ArchiveMessage) -> None:
    if type(message.at_ms) is not int or not EARLIEST_MS <= message.at_ms <= NOW_MS + DAY_MS:
        raise Harm(f"no time: {message.at_ms!r:.80}")
    if not message.id or not message.author.strip() or not message.channel.strip() or "\0" in message.text:
        raise Harm(f"no message: {message!r:.200}")
    if message.edited_ms is not None and type(message.edited_ms) is not int:
        raise Harm(f"no time: {message.edited_ms!r:.80}")
    for text in (*message.mentions, *message.files):
        if type(text) is not str:
            raise Harm(f"no name: {text!r:.80}")


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return b""

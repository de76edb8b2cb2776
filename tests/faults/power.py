"""A power cut, simulated: a SQLite file layer that remembers what the disk was told to keep.

Every write goes to a real file and into a journal. ``xSync`` is the only promise a disk makes. ``image_at`` builds what
a disk may hold after a cut: all that was synced, and of the rest a random part, each write kept, lost or torn
between sectors. The method is that of SQLite's own crash tests (https://sqlite.org/testing.html, "Crash Testing").
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import apsw

SECTOR = 512  # bytes; the smallest piece that a disk keeps or loses as one


@dataclass(slots=True)
class Act:
    """One thing that happened to a file: ``write``, ``truncate``, ``sync`` or ``delete``."""

    file: str
    kind: str
    offset: int = 0
    data: bytes = b""


@dataclass(slots=True)
class Disk:
    """The journal of everything that files were told, in order."""

    acts: list[Act] = field(default_factory=list)

    def image_at(self, moment: int, chance: random.Random) -> dict[str, bytes]:
        """File name → contents after a power cut between act ``moment - 1`` and act ``moment``."""
        by_file: dict[str, list[Act]] = defaultdict(list)
        for act in self.acts[:moment]:
            by_file[act.file].append(act)
        images = {}
        for file, acts in by_file.items():
            content = _after(acts, chance)
            if content is not None:
                images[file] = bytes(content)
        return images


def _after(acts: list[Act], chance: random.Random) -> bytearray | None:
    kept = max((place for place, act in enumerate(acts) if act.kind == "sync"), default=-1)
    content = bytearray()
    for place, act in enumerate(acts):
        if act.kind == "delete":
            content = bytearray()  # the file may or may not be gone; an empty one is the same to SQLite
        elif act.kind == "truncate" and (place <= kept or chance.random() < 0.5):
            del content[act.offset :]
        elif act.kind == "write":
            for offset, data in [(act.offset, act.data)] if place <= kept else _torn(act, chance):
                if len(content) < offset:
                    content.extend(bytes(offset - len(content)))
                content[offset : offset + len(data)] = data
    return content


def _torn(act: Act, chance: random.Random) -> Iterator[tuple[int, bytes]]:
    """What of an unsynced write reached the disk: everything, nothing, or some of its sectors."""
    fate = chance.random()
    if fate < 0.4:
        yield act.offset, act.data
    elif fate < 0.6:
        for start in range(0, len(act.data), SECTOR):
            if chance.random() < 0.5:
                yield act.offset + start, act.data[start : start + SECTOR]


class RecordingVFS(apsw.VFS):
    """SQLite's own file layer, with a journal beside it."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.disk = disk
        super().__init__(name, "")

    def xOpen(self, name, flags):  # noqa: N802  SQLite's name
        return RecordingFile(name, flags, self.disk)

    def xDelete(self, filename, syncdir):  # noqa: N802
        super().xDelete(filename, syncdir)
        self.disk.acts.append(Act(Path(filename).name, "delete"))


class RecordingFile(apsw.VFSFile):
    """One open file."""

    def __init__(self, name, flags, disk: Disk) -> None:
        super().__init__("", name, flags)
        self.disk = disk
        self.label = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "temporary").name

    def xWrite(self, data, offset):  # noqa: N802
        super().xWrite(data, offset)
        self.disk.acts.append(Act(self.label, "write", offset, bytes(data)))

    def xTruncate(self, size):  # noqa: N802
        super().xTruncate(size)
        self.disk.acts.append(Act(self.label, "truncate", size))

    def xSync(self, flags):  # noqa: N802
        super().xSync(flags)
        self.disk.acts.append(Act(self.label, "sync"))

"""The private store of files: by digest, inside ``HEARTH_HOME/media``, never under a public address.

Each community has a folder of its own, so that erasing or moving one never touches another. A name in the store is
``<community>/<first two of the digest>/<digest><ending>``; whoever serves a file checks permission first. What arrives
encrypted lies apart, as ``<community>/sealed/<chance>``: equal files are not to be told from their names.
"""

import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from hearth.core.tenancy import current_community_id
from hearth.kit.clock import from_ms

_NAME = re.compile(r"\d{1,18}/(?:[0-9a-f]{2}/[0-9a-f]{64}(?:\.[a-z0-9]{1,12}){0,2}|sealed/[0-9a-f]{64})")
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the store: its name there, the SHA-256 of its bytes, its size in bytes."""

    name: str
    digest: str
    size: int


def keep(data: bytes, ending: str = "") -> Kept:
    """Store ``data`` for the community in scope; the same bytes are stored once. ``ending`` is like ``.jpg``."""
    digest = hashlib.sha256(data).hexdigest()
    name = f"{current_community_id()}/{digest[:2]}/{digest}{ending}"
    _write(path_of(name), data)
    return Kept(name, digest, len(data))


def keep_beside(kept: Kept, data: bytes, ending: str) -> str:
    """Store something made from a kept file (a thumbnail) under its name plus ``ending``."""
    name = kept.name + ending
    _write(path_of(name), data)
    return name


def keep_sealed(data: bytes) -> str:
    """Store encrypted ``data`` for the community in scope under a name of chance."""
    name = f"{current_community_id()}/sealed/{secrets.token_hex(32)}"
    _write(path_of(name), data)
    return name


def _write(target: Path, data: bytes) -> None:
    """Whole or not at all; a file that is there already is touched, so that no clean-up takes it for an old one."""
    if target.exists():
        target.touch()
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def path_of(name: str) -> Path:
    """Where a stored file lies. Raises ValueError for a name that the store never gave."""
    if _NAME.fullmatch(name) is None:
        raise ValueError("not a name of the store")
    return Path(settings.MEDIA_ROOT) / name


def open_kept(name: str) -> BinaryIO:
    """Open a stored file for reading. Raises FileNotFoundError."""
    return path_of(name).open("rb")


def chunks(name: str, start: int, length: int) -> Iterator[bytes]:
    """``length`` bytes of a stored file from ``start`` on, in pieces."""
    with open_kept(name) as source:
        source.seek(start)
        while length > 0 and (piece := source.read(min(_CHUNK, length))):
            length -= len(piece)
            yield piece


def drop(name: str) -> None:
    """Remove a stored file; one that is gone already is no error."""
    path_of(name).unlink(missing_ok=True)


def kept_before(moment: datetime, *, sealed: bool = False) -> Iterator[str]:
    """Names of the community's files (or of its ``sealed`` ones) that were last written before ``moment``."""
    folder = Path(settings.MEDIA_ROOT) / str(current_community_id())
    for path in sorted(folder.glob("sealed/*" if sealed else "??/*")):
        if from_ms(int(path.stat().st_mtime * 1000)) < moment:
            name = path.relative_to(settings.MEDIA_ROOT).as_posix()
            if _NAME.fullmatch(name):
                yield name

"""Pokes: a datagram that tells gateway and worker to look at the log now instead of at the next poll.

A lost poke costs a fraction of a second, never data: everybody polls as well.
"""

import contextlib
import hashlib
import os
import socket
import tempfile
from pathlib import Path

from django.conf import settings

READERS = ("gateway", "worker")


LONGEST = 100  # bytes; the address of a Unix socket holds 108


def socket_path(reader: str) -> Path:
    """Where ``reader`` listens: in ``HEARTH_HOME/run``, or in a private temporary folder when that path is too long."""
    folder = Path(settings.HEARTH_HOME) / "run"
    if len(os.fsencode(folder)) + len(reader) + 6 > LONGEST:
        short = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"hearth-{os.getuid()}-{short}"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder / f"{reader}.sock"


def poke(*readers: str) -> None:
    """Wake the readers (default: all). Never blocks, never fails."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as out:
        for reader in readers or READERS:
            with contextlib.suppress(OSError):
                out.sendto(b"1", str(socket_path(reader)))


def listener(reader: str) -> socket.socket:
    """A bound, non-blocking socket on which ``reader`` hears pokes; a stale one is replaced."""
    path = socket_path(reader)
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    heard.bind(str(path))
    return heard


def drain(heard: socket.socket) -> None:
    """Empty the socket after it became readable."""
    with contextlib.suppress(BlockingIOError):
        while heard.recv(64):
            pass

"""Ports for servers that tests start: nobody else is given them between the choice and the start."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path
from typing import IO

# Below what the kernel hands out to connections (from 32768 on Linux): a port that is free stays free until used.
OWN = range(15_000, 32_000)
_kept: list[IO[str]] = []


def free_port() -> int:
    """A port on loopback that is free, and set aside for this process among all that ask here."""
    folder = Path(tempfile.gettempdir()) / f"hearth-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    while True:
        port = random.choice(OWN)
        held = (folder / str(port)).open("a")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:  # set aside by another run, or somebody listens
            held.close()
            continue
        _kept.append(held)
        return port

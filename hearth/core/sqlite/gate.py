"""A fair gate before SQLite's one writer.

SQLite lets a waiting writer sleep and look again, up to 100 ms at a time, and whoever comes first after a commit gets
in: an importer that writes batch after batch starves everybody else. Here writers pass two file locks. Whoever holds
the *queue* lock is next and waits, with short looks, for the *gate* lock, which the present writer holds; the importer
that has just left must queue behind. A process that dies drops its locks with it.
"""

import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path

LOOK = 0.0004  # seconds between two looks at a lock that is held
_SLOW_LOOK = 0.002  # after a while


class GateTimeout(Exception):
    """The gate did not open in time."""


@dataclass(slots=True)
class WriteGate:
    """One connection's way through the gate of the database at ``path``. Not for sharing between threads."""

    path: Path
    timeout: float = 20.0
    _queue: int = -1
    _gate: int = -1
    inside: bool = False
    watching: bool = False  # whether to look, when leaving, if somebody waits
    wanted_at: float = float("-inf")  # when somebody was last seen waiting, by the monotonic clock

    def enter(self) -> None:
        """Wait for the turn. Raises GateTimeout after ``timeout`` seconds."""
        if self.inside:
            return
        if self._gate < 0:
            self._queue, self._gate = self._opened("queue"), self._opened("gate")
        until = time.monotonic() + self.timeout
        self._take(self._queue, until)
        try:
            self._take(self._gate, until)
        finally:
            fcntl.flock(self._queue, fcntl.LOCK_UN)
        self.inside = True

    def leave(self) -> None:
        """Let the next one in; does nothing outside."""
        if self.inside:
            if self.watching and self._is_wanted():
                self.wanted_at = time.monotonic()
            self.inside = False
            fcntl.flock(self._gate, fcntl.LOCK_UN)

    def _is_wanted(self) -> bool:
        try:
            fcntl.flock(self._queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(self._queue, fcntl.LOCK_UN)
        return False

    def close(self) -> None:
        """Leave and give the files back."""
        self.leave()
        for held in (self._queue, self._gate):
            if held >= 0:
                os.close(held)
        self._queue = self._gate = -1

    def _opened(self, name: str) -> int:
        return os.open(f"{self.path}-{name}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _take(self, lock: int, until: float) -> None:
        pause, looks = LOOK, 0
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise GateTimeout from None
                time.sleep(pause)
                looks += 1
                pause = LOOK if looks < 200 else _SLOW_LOOK
            else:
                return

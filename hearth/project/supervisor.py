"""Keeps child processes alive: starts them, starts them again with growing pauses, and ends them in good order.

No Django here: the parent stays small and cannot be pulled down by what its children load.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 30.0  # seconds before a dead child is started again
STEADY = 20.0  # seconds after which a child counts as healthy and its pause is forgotten
GRACE = 15.0  # seconds that children get to end
LOOK = 0.1  # seconds between two looks at the children
_PR_SET_PDEATHSIG = 1
PARENT = "HEARTH_PARENT"


@dataclass(slots=True)
class Child:
    """One process to keep alive."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    pause: float = FIRST_PAUSE
    started: float = 0.0
    due: float = 0.0

    @property
    def pid(self) -> int | None:
        """The number of the running process, None while there is none."""
        return self.process.pid if self.process else None


@dataclass(slots=True)
class Supervisor:
    """Watches over ``children`` until ``ask_to_end`` or a signal. ``on_change`` hears of every start and end."""

    children: list[Child]
    grace: float = GRACE
    on_change: Callable[[], None] = lambda: None
    _ending: threading.Event = field(default_factory=threading.Event)

    def ask_to_end(self) -> None:
        """End all children and return from ``run``; safe in a signal handler."""
        self._ending.set()

    @property
    def ending(self) -> threading.Event:
        """Set once the house is asked to end."""
        return self._ending

    def listen_to_signals(self) -> None:
        """End on SIGTERM and SIGINT (Ctrl-C); a second one ends at once."""

        def end(_signal: int, _frame: object) -> None:
            if self._ending.is_set():
                self.grace = 0.0
            self._ending.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)

    def run(self) -> bool:
        """Keep the children alive until asked to end. False when one had to be killed at the end."""
        for child in self.children:
            self._start(child)
        while not self._ending.is_set():
            for child in self.children:
                self._look(child)
            self._ending.wait(LOOK)
        return self._end_all()

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(  # noqa: S603  our own commands
            child.command,
            env={**os.environ, **child.environment, PARENT: str(os.getpid())},
            start_new_session=True,  # Ctrl-C reaches the parent alone, which ends the children in order
            stdin=subprocess.DEVNULL,
        )
        child.started = time.monotonic()
        log.info("child_started", child=child.name, pid=child.process.pid)
        self.on_change()

    def _look(self, child: Child) -> None:
        moment = time.monotonic()
        if child.process is None:
            if moment >= child.due:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            if moment - child.started > STEADY:
                child.pause = FIRST_PAUSE
            return
        _kill_group(child.process.pid)  # what a killed server leaves behind would keep its port
        log.warning("child_died", child=child.name, code=code, pause=child.pause)
        child.process, child.due = None, moment + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE)
        self.on_change()

    def _end_all(self) -> bool:
        alive = [child for child in self.children if child.process is not None]
        for child in alive:
            _tell(child, signal.SIGTERM)
        asked = time.monotonic()
        while time.monotonic() - asked < self.grace and any(_runs(child) for child in alive):
            time.sleep(0.02)
        stubborn = [child for child in alive if _runs(child)]
        for child in alive:
            if child.process is not None:
                _kill_group(child.process.pid)
                child.process.wait()
        for child in stubborn:
            log.warning("child_killed", child=child.name, grace=self.grace)
        log.info("house_ended")
        return not stubborn


def _runs(child: Child) -> bool:
    return child.process is not None and child.process.poll() is None


def _tell(child: Child, what: signal.Signals) -> None:
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError):
            child.process.send_signal(what)


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def end_with_parent() -> None:
    """For a child: get SIGTERM when the supervisor is killed (Linux), so that no process of the house stays alone.

    Does nothing in a process that no supervisor started. The wish outlives ``exec``.
    """
    parent = os.environ.get(PARENT, "")
    if not parent or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):  # it died before we asked
        sys.exit(1)

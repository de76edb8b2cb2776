"""The worker: carries facts to handlers, works off jobs in three lanes, and keeps the clock.

Five threads, each with its own database connection. On SQLite they take turns at the one writer; on PostgreSQL any
number of workers may run. It ends when asked: a long job stops at its next sign of progress and goes on later.
"""

import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog
from django.db import close_old_connections, connection

from hearth.core import jobs, relay, wake
from hearth.core.models import WorkerBeat
from hearth.kit.clock import now

log = structlog.get_logger(__name__)

POLL = 0.2  # seconds between two looks at the log when nobody pokes
IDLE = 0.5  # seconds between two looks at an empty queue
BREATH = 0.05  # seconds between two looks at an empty queue while facts pour in
CLOCK = 3.0  # seconds between two looks at schedules and leases
FORGET = timedelta(days=2)  # beats of workers that are long gone
SOON, LATEST = 0.5, 30.0  # pauses after a failure, in seconds: the first, the longest


@dataclass(slots=True)
class Worker:
    """One worker process. ``run`` blocks until ``ask_to_end``."""

    name: str = field(default_factory=jobs.worker_name)
    grace: float = 10.0  # seconds that a busy lane gets at the end
    _ending: threading.Event = field(default_factory=threading.Event)
    _pokes: dict[str, threading.Event] = field(default_factory=dict)

    def run(self) -> bool:
        """Work until asked to end, then wait for the lanes. False when one was still busy after the grace."""
        jobs.ending.clear()
        threads = [
            self._started("relay", self._relay),
            *(self._started(lane, partial(self._lane, lane)) for lane in jobs.LANES),
            self._started("clock", self._clock),
        ]
        self._hear_pokes()
        until = time.monotonic() + self.grace
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def ask_to_end(self) -> None:
        """Let every lane finish what it holds; safe to call from a signal handler."""
        self._ending.set()
        jobs.ending.set()
        for poke in self._pokes.values():
            poke.set()

    def _started(self, name: str, step: Callable[[], None]) -> threading.Thread:
        self._pokes[name] = threading.Event()
        thread = threading.Thread(target=self._keep_going, args=(name, step), name=name, daemon=True)
        thread.start()
        return thread

    def _hear_pokes(self) -> None:
        with wake.listener("worker") as heard:
            while not self._ending.is_set():
                ready, _w, _x = select.select([heard], [], [], POLL)
                if ready:
                    wake.drain(heard)
                    for poke in self._pokes.values():
                        poke.set()

    def _rest(self, lane: str, seconds: float) -> None:
        self._pokes[lane].wait(seconds)
        self._pokes[lane].clear()

    def _keep_going(self, name: str, step: Callable[[], None]) -> None:
        pause = SOON
        while not self._ending.is_set():
            try:
                close_old_connections()
                step()
                pause = SOON
            except Exception as error:
                log.exception("lane_failed", lane=name, error=repr(error))
                connection.close()
                self._ending.wait(pause)
                pause = min(pause * 2, LATEST)
        connection.close()

    def _relay(self) -> None:
        if relay.run_once() == 0:
            self._rest("relay", POLL)

    def _lane(self, lane: jobs.Lane) -> None:
        if not jobs.run_next(self.name, lane=lane):
            self._ending.wait(BREATH)
            self._rest(lane, IDLE)

    def _clock(self) -> None:
        WorkerBeat.objects.update_or_create(worker=self.name, defaults={"at": now()})
        WorkerBeat.objects.filter(at__lt=now() - FORGET).delete()
        jobs.reap(self.name)
        jobs.run_schedules()
        self._ending.wait(CLOCK)

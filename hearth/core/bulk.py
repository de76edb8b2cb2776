"""Writing much that can be written again: commits need not reach the disk one by one, the last one carries them all.

An import stores its checkpoint in the transaction of each batch. After a power cut it goes on from the newest one that
reached the disk, so a lost batch costs seconds, never a message: what must be on disk is only what was *acknowledged*.
SQLite's WAL and PostgreSQL's log are sequential; the first ordinary commit after the block makes everything before it
durable too. What others commit meanwhile is as durable as ever, and carries what the block wrote so far.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

TURNS = 4  # transactions between two moves of the log: a few megabytes, so that the disk is never busy for long
LONGEST_REST = 0.1  # seconds
CALM = 2.0  # seconds without anybody waiting, after which the block may hold the database longer


@dataclass(slots=True)
class Bulk:
    """How a block gets on with others. ``gate`` is SQLite's, where there is one."""

    gate: Any = None
    turns: int = 0
    rested_at: float = field(default_factory=time.monotonic)

    @property
    def is_alone(self) -> bool:
        """Whether nobody else wanted to write lately: then larger transactions cost nobody anything."""
        return self.gate is None or time.monotonic() - self.gate.wanted_at > CALM

    def rest(self) -> None:
        """Between two transactions: leave the others as much time as was taken, if there are any.

        And move SQLite's log into the database file now and then. Within a commit (SQLite's own way) that would keep
        all other writers waiting.
        """
        self.turns += 1
        if self.gate is not None and self.turns % TURNS == 0:
            _run("PRAGMA wal_checkpoint(PASSIVE)")
        if not self.is_alone:
            time.sleep(min(time.monotonic() - self.rested_at, LONGEST_REST))
        self.rested_at = time.monotonic()


@contextmanager
def bulk_writing() -> Iterator[Bulk]:
    """Run a block whose commits do not wait for the disk. ``rest`` between two of its transactions."""
    if connection.vendor == "postgresql":
        before = _asked("SHOW synchronous_commit")
        with _settings("SET synchronous_commit = off", f"SET synchronous_commit = {before}"):
            yield Bulk()
    elif connection.in_atomic_block:  # tests; SQLite cannot change how it commits inside a transaction
        yield Bulk()
    else:
        level, pages = _asked("PRAGMA synchronous"), _asked("PRAGMA wal_autocheckpoint")
        with (
            _settings("PRAGMA synchronous=NORMAL", f"PRAGMA synchronous={level}"),
            _settings("PRAGMA wal_autocheckpoint=0", f"PRAGMA wal_autocheckpoint={pages}"),
            connection.watched_gate() as gate,  # type: ignore[attr-defined]
        ):
            yield Bulk(gate)


@contextmanager
def _settings(during: str, after: str) -> Iterator[None]:
    _run(during)
    try:
        yield
    finally:
        _run(after)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _asked(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]

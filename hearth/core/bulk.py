"""Writing much that can be written again: commits need not reach the disk one by one, the last one carries them all.

An import stores its checkpoint in the transaction of each batch. After a power cut it goes on from the newest one that
reached the disk, so a lost batch costs seconds, never a message: what must be on disk is only what was *acknowledged*.
SQLite's WAL and PostgreSQL's log are sequential; the first ordinary commit after the block makes everything before it
durable too. What others commit meanwhile is as durable as ever, and carries what the block wrote so far.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

TURNS = 8  # transactions between two moves of the log: a few megabytes, so that the disk is never busy for long


@contextmanager
def bulk_writing() -> Iterator[Callable[[], None]]:
    """Run a block whose commits do not wait for the disk. Call what it gives between two transactions.

    That moves SQLite's log into the database file now and then, outside every transaction: within a commit (SQLite's
    own way) it would keep all other writers waiting.
    """
    if connection.vendor == "postgresql":
        with _postgresql():
            yield _nothing
    elif connection.in_atomic_block:  # tests; SQLite cannot change how it commits inside a transaction
        yield _nothing
    else:
        with _sqlite() as between:
            yield between


def _nothing() -> None: ...


@contextmanager
def _postgresql() -> Iterator[None]:
    _run("SET synchronous_commit = off")
    try:
        yield
    finally:
        _run("RESET synchronous_commit")


@contextmanager
def _sqlite() -> Iterator[Callable[[], None]]:
    level, pages = _asked("PRAGMA synchronous"), _asked("PRAGMA wal_autocheckpoint")
    _run("PRAGMA synchronous=NORMAL")
    _run("PRAGMA wal_autocheckpoint=0")
    turns = 0

    def between() -> None:
        nonlocal turns
        turns += 1
        if turns % TURNS == 0:
            _run("PRAGMA wal_checkpoint(PASSIVE)")

    try:
        yield between
    finally:
        _run(f"PRAGMA synchronous={level}")
        _run(f"PRAGMA wal_autocheckpoint={pages}")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _asked(question: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])

"""A SQLite database in a backup: SQLite's own online backup, which sees one moment and blocks no writer."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from hearth.core.safekeeping.manifest import DamagedBackup, TableSum, sum_of_rows

MEMBER = "database.sqlite3"


def copy(source: Path, target: Path) -> None:
    """Write a consistent copy of a database in use."""
    with closing(sqlite3.connect(source, timeout=30)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)  # all pages in one step: in WAL mode that is one snapshot, and writers go on
        written.execute("PRAGMA journal_mode=DELETE")  # one file, no -wal beside it


def sums(database: Path) -> dict[str, TableSum]:
    """The checksum of every ordinary table; a full-text index is told by the tables that hold it."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as read:
        names = read.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
        ).fetchall()
        return {name: sum_of_rows(_rows(read, name)) for (name,) in names}


def _rows(read: sqlite3.Connection, table: str) -> Iterator[bytes]:
    for row in read.execute(f'SELECT * FROM "{table}"'):
        yield repr(row).encode()


def examine(database: Path) -> None:
    """Let SQLite check the whole file. Raises DamagedBackup with what it found."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as read:
        found = read.execute("PRAGMA integrity_check").fetchone()[0]
        broken = read.execute("PRAGMA foreign_key_check").fetchone()
    if found != "ok":
        raise DamagedBackup(f"SQLite says of the database: {found}")
    if broken is not None:
        raise DamagedBackup(f"A row of {broken[0]} refers to a row of {broken[2]} that is missing.")

"""Power loss with the default database: what was acknowledged is there afterwards.

``HEARTH_FAULTS=long`` cuts more often.
"""

import os
import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest

from hearth.project.environment import SQLITE_OPTIONS
from tests.faults.power import Disk, RecordingVFS

pytestmark = pytest.mark.faults

CUTS = 1500 if os.environ.get("HEARTH_FAULTS") == "long" else 150
COMMITS = 1200
TABLES = (
    "CREATE TABLE message (id INTEGER PRIMARY KEY, body TEXT NOT NULL);"
    "CREATE TABLE fact (id INTEGER PRIMARY KEY, message INTEGER NOT NULL UNIQUE, data TEXT NOT NULL);"
    "CREATE INDEX fact_data ON fact (data);"
    "CREATE TABLE history (id INTEGER PRIMARY KEY, body TEXT NOT NULL);"
    "CREATE TABLE checkpoint (stands INTEGER NOT NULL);"
    "INSERT INTO checkpoint VALUES (0);"
)


@dataclass(frozen=True, slots=True)
class Storm:
    """A run of posts: the disk's journal and, per acknowledged message, how much of it was written by then."""

    disk: Disk
    acknowledged: list[int]


def storm(folder: Path, pragmas: str, *, beside_import: bool = False) -> Storm:
    """Post messages with their facts, one transaction each, as the writer does, and note every acknowledgement.

    With ``beside_import`` batches of history come between, as ``core.bulk`` writes them: with their checkpoint, and
    without waiting for the disk.
    """
    disk = Disk()
    name = f"power-{folder.name}"
    vfs = RecordingVFS(name, disk)
    acknowledged = []
    chance = random.Random(1)
    with closing(apsw.Connection(str(folder / "hearth.db"), vfs=name)) as database:
        database.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()  # no shared memory through this file layer
        database.execute(pragmas).fetchall()
        database.execute(TABLES).fetchall()
        for number in range(COMMITS):
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO message VALUES (?, ?)", (number, "医生" * chance.randint(10, 900)))
            database.execute("INSERT INTO fact VALUES (?, ?, ?)", (number, number, f"message {number}"))
            database.execute("COMMIT")
            acknowledged.append(len(disk.acts))
            if beside_import:
                bring_batch(database, number * ROWS)
    del vfs
    return Storm(disk, acknowledged)


ROWS = 4


def bring_batch(database: apsw.Connection, first: int) -> None:
    """One transaction of an import."""
    database.execute("PRAGMA synchronous=NORMAL").fetchall()
    database.execute("BEGIN IMMEDIATE")
    for row in range(first, first + ROWS):
        database.execute("INSERT INTO history VALUES (?, ?)", (row, "史料" * 200))
    database.execute("UPDATE checkpoint SET stands = ?", (first + ROWS,))
    database.execute("COMMIT")
    database.execute("PRAGMA synchronous=FULL").fetchall()


def lost_after_cuts(run: Storm, folder: Path) -> tuple[int, int]:
    """Cut the power at random moments: (cuts that lost an acknowledged message, cuts that damaged the file)."""
    chance = random.Random(20260504)
    lost = damaged = 0
    for cut in range(CUTS):
        moment = chance.randint(run.acknowledged[0], len(run.disk.acts))
        acknowledged = sum(1 for at in run.acknowledged if at <= moment)
        place = folder / f"cut-{cut}"
        place.mkdir()
        for name, content in run.disk.image_at(moment, chance).items():
            (place / name).write_bytes(content)
        kept = survivors(place / "hearth.db")
        damaged += kept is None
        lost += kept is not None and not set(range(acknowledged)) <= kept
        for file in place.iterdir():
            file.unlink()
    return lost, damaged


def survivors(database: Path) -> set[int] | None:
    """The messages that are there with their facts after start-up, None for a damaged file."""
    try:
        with closing(sqlite3.connect(database)) as opened:
            if opened.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                return None
            if opened.execute("SELECT count(*) FROM sqlite_master WHERE name = 'checkpoint'").fetchone()[0] == 0:
                return set()  # even the tables were not kept
            history = [row[0] for row in opened.execute("SELECT id FROM history ORDER BY id")]
            if history != list(range(opened.execute("SELECT coalesce(max(stands), 0) FROM checkpoint").fetchone()[0])):
                return None  # an import would lose or double something when it goes on
            messages = {row[0] for row in opened.execute("SELECT id FROM message")}
            facts = {row[0] for row in opened.execute("SELECT message FROM fact")}
    except sqlite3.DatabaseError:
        return None
    return messages if messages == facts else None


def test_no_acknowledged_message_is_lost_with_the_default_settings(tmp_path: Path):
    run = storm(tmp_path, str(SQLITE_OPTIONS["init_command"]))
    assert "synchronous=FULL" in str(SQLITE_OPTIONS["init_command"])
    assert lost_after_cuts(run, tmp_path) == (0, 0)


def test_beside_an_import_that_does_not_wait_for_the_disk_none_is_lost_and_the_import_can_go_on(tmp_path: Path):
    run = storm(tmp_path, str(SQLITE_OPTIONS["init_command"]), beside_import=True)
    assert lost_after_cuts(run, tmp_path) == (0, 0)


def test_negative_control_with_normal_most_cuts_lose_something(tmp_path: Path):
    run = storm(tmp_path, str(SQLITE_OPTIONS["init_command"]).replace("synchronous=FULL", "synchronous=NORMAL"))
    lost, damaged = lost_after_cuts(run, tmp_path)
    assert (lost > CUTS / 2, damaged) == (True, 0), lost


def test_negative_control_without_any_sync_files_are_damaged(tmp_path: Path):
    run = storm(tmp_path, str(SQLITE_OPTIONS["init_command"]).replace("synchronous=FULL", "synchronous=OFF"))
    lost, damaged = lost_after_cuts(run, tmp_path)
    assert damaged > 0
    assert lost + damaged > CUTS / 2

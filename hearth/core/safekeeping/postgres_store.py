"""A PostgreSQL database in a backup: COPY of every table inside one snapshot."""

import zipfile
from collections.abc import Iterator
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from hearth.core.safekeeping.manifest import DamagedBackup, TableSum, differences, sum_of_rows

FOLDER = "tables/"
_CHUNK = 1 << 16


def write(archive: zipfile.ZipFile) -> dict[str, TableSum]:
    """Add every table to the ZIP, all from one moment; returns their checksums."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return {table: sum_of_rows(_written(archive, table)) for table in tables()}


def tables() -> list[str]:
    """The tables of the installation, in order of name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
        return [name for (name,) in cursor.fetchall()]


def is_used() -> bool:
    """Whether the database holds a community or a user; a schema alone does not count."""
    present = set(tables())
    with connection.cursor() as cursor:
        for table in {"core_community", "core_user"} & present:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {_quoted(table)})")
            if cursor.fetchone()[0]:
                return True
    return False


def read(archive: zipfile.ZipFile, told: dict[str, TableSum]) -> None:
    """Fill an empty database: the schema by our migrations, then every row, then compare. All or nothing.

    Raises DamagedBackup, and leaves the rows out, when a table differs from what the manifest tells.
    """
    call_command("migrate", verbosity=0, interactive=False)
    present = tables()
    if set(present) != set(told):
        odd = ", ".join(sorted(set(present) ^ set(told)))
        raise DamagedBackup(f"The tables differ from those of this version: {odd}")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE " + ", ".join(_quoted(table) for table in present))
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in present:
            _fill(cursor, archive, table)
        _move_sequences(cursor)
        found = {table: sum_of_rows(_lines(cursor, table)) for table in present}
        wrong = differences(told, found)
        if wrong:
            raise DamagedBackup("; ".join(wrong))


def _columns(cursor: Any, table: str) -> str:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND table_name = %s AND is_generated = 'NEVER' ORDER BY column_name",
        [table],
    )
    return ", ".join(_quoted(name) for (name,) in cursor.fetchall())


def _lines(cursor: Any, table: str) -> Iterator[bytes]:
    """Every row as PostgreSQL's COPY writes it; a line is a row, for line breaks in values are escaped."""
    columns, rest = _columns(cursor, table), b""
    with cursor.copy(f"COPY {_quoted(table)} ({columns}) TO STDOUT") as copied:
        for block in copied:
            *lines, rest = (rest + bytes(block)).split(b"\n")
            yield from lines
    if rest:
        yield rest


def _written(archive: zipfile.ZipFile, table: str) -> Iterator[bytes]:
    with connection.cursor() as cursor, archive.open(f"{FOLDER}{table}", "w", force_zip64=True) as out:
        for line in _lines(cursor, table):
            out.write(line + b"\n")
            yield line


def _fill(cursor: Any, archive: zipfile.ZipFile, table: str) -> None:
    columns = _columns(cursor, table)
    with (
        archive.open(f"{FOLDER}{table}") as source,
        cursor.copy(f"COPY {_quoted(table)} ({columns}) FROM STDIN") as copied,
    ):
        while block := source.read(_CHUNK):
            copied.write(block)


def _move_sequences(cursor: Any) -> None:
    """Let every sequence go on after the highest id that came back."""
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND is_identity = 'YES'"
    )
    for table, column in cursor.fetchall():
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, %s), coalesce(max({_quoted(column)}), 0) + 1, false) "
            f"FROM {_quoted(table)}",
            [_quoted(table), column],
        )


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)

"""Small pieces of SQL that SQLite and PostgreSQL share, for the writer and its neighbours."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from django.db import connection

_T = TypeVar("_T")


def insert(table: str, columns: str) -> str:
    """An INSERT of all ``columns`` by position. Names are constants of ours."""
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(columns.split(',')))})"


STRIDE = 100  # rows of one statement: few enough for any limit of bound values, and always as many, to be prepared once


def insert_many(cursor: Any, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Insert ``rows`` by a ``statement`` that ``insert`` made: many with each, at two thirds of the cost."""
    whole = len(rows) - len(rows) % STRIDE
    for start in range(0, whole, STRIDE):
        cursor.execute(_widened(statement), [value for row in rows[start : start + STRIDE] for value in row])
    if whole < len(rows):
        cursor.executemany(statement, rows[whole:])


@cache
def _widened(statement: str) -> str:
    head, values, row = statement.partition(" VALUES ")
    return head + values + ", ".join([row] * STRIDE)


def marks(values: Sequence[Any]) -> str:
    """As many placeholders as values."""
    return ", ".join(["%s"] * len(values))


def pairs_as(name: str, pairs: Sequence[tuple[Any, Any]]) -> str:
    """``WITH name(a, b) AS (VALUES …)``: joined on an index over (a, b) it finds each pair by one look-up.

    SQLite answers ``(a, b) IN (VALUES …)`` by reading the whole index, so join instead.
    """
    return f"WITH {name}(a, b) AS (VALUES {', '.join(['(%s, %s)'] * len(pairs))}) "


def flat(pairs: Sequence[tuple[Any, Any]]) -> list[Any]:
    """The values of ``pairs_as``, in order."""
    return [value for pair in pairs for value in pair]


def chunks(values: Sequence[_T], size: int = 400) -> Iterator[Sequence[_T]]:
    """Slices that stay under SQLite's limit of bound values."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def moment(value: datetime) -> Any:
    """A time as the database at hand takes it in plain SQL."""
    return adapter()(value)


def adapter() -> Callable[[datetime], Any]:
    """The function behind ``moment``, asked once where there are many times to write."""
    return _as_it_is if connection.vendor == "postgresql" else _as_text


def _as_it_is(value: datetime) -> datetime:
    return value


def _as_text(value: datetime) -> str:
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.replace(tzinfo=None).isoformat(" ", "microseconds")


def moment_or_none(value: datetime | None) -> Any:
    """As ``moment``, for a time that may be missing."""
    return None if value is None else moment(value)


def as_datetime(value: Any) -> datetime:
    """A time that plain SQL brought, aware and in UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def allocate_ids(cursor: Any, table: str, count: int) -> list[int]:
    """Ids for ``count`` rows about to be inserted.

    SQLite: the next ones of the table's counter, safe because the caller holds the only write transaction.
    PostgreSQL: from the table's sequence.
    """
    if count == 0:
        return []
    if connection.vendor == "postgresql":
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return sorted(row[0] for row in cursor.fetchall())
    cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
    row = cursor.fetchone()
    first = (row[0] if row else 0) + 1
    return list(range(first, first + count))


def forget_deleted(index: str) -> None:
    """Take deleted words out of one of SQLite's full-text indexes, which keep them until their parts are merged.

    Step by step, so that others may write in between; PostgreSQL needs nothing of it. Source: sqlite.org/fts5.html,
    "The merge command": a negative first step, then on until a step changes nothing.
    """
    if connection.vendor != "sqlite":
        return
    pages = -MERGE_PAGES
    with connection.cursor() as cursor:
        while True:
            before = _changes(cursor)
            cursor.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', %s)", [pages])
            pages = MERGE_PAGES
            if _changes(cursor) - before < 2:
                return


MERGE_PAGES = 500


def _changes(cursor: Any) -> int:
    cursor.execute("SELECT total_changes()")
    return int(cursor.fetchone()[0])

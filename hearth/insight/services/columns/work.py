"""What the steps of a refresh share: the connection, the files read and written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import duckdb
import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
from ibis.expr.types import Table

from hearth.insight.rules.columnfile import Manifest, place_of
from hearth.insight.services.columns.store import ColumnStore

MEMORY = "3GB"
LITTLE = 500_000  # acts: below, handing thousands of small questions from thread to thread costs more than it saves
TYPES = {"BIGINT": "int64", "INTEGER": "int32", "SMALLINT": "int16", "DOUBLE": "float64", "VARCHAR": "string",
         "BOOLEAN": "boolean"}  # fmt: skip
WEEK = 7
SCHEMAS: dict[str, dict[str, str]] = {
    "acts": {
        "fact": "BIGINT",
        "at": "BIGINT",
        "day": "INTEGER",
        "offset": "SMALLINT",
        "unit": "BIGINT",
        "identity": "BIGINT",
        "kind": "VARCHAR",
        "object": "BIGINT",
        "parent": "BIGINT",
        "thread": "BIGINT",
        "origin": "VARCHAR",
        "question": "BOOLEAN",
        "link": "BOOLEAN",
        "advert": "BOOLEAN",
    },
    "messages": {
        "unit": "BIGINT",
        "day": "INTEGER",
        "at": "BIGINT",
        "offset": "SMALLINT",
        "member": "BIGINT",
        "organic": "BOOLEAN",
        "question": "BOOLEAN",
        "link": "BOOLEAN",
        "advert": "BOOLEAN",
        "message": "BIGINT",
        "start": "BOOLEAN",
        "answer_hours": "DOUBLE",
        "repliers": "INTEGER",
        "replies": "INTEGER",
        "accepted": "BOOLEAN",
    },
    "member_days": {
        "unit": "BIGINT",
        "day": "INTEGER",
        "member": "BIGINT",
        "messages": "INTEGER",
        "starts": "INTEGER",
        "questions": "INTEGER",
        "reactions": "INTEGER",
        "accepted": "INTEGER",
        "seeded": "INTEGER",
    },
    "ties": {"unit": "BIGINT", "day": "INTEGER", "member": "BIGINT", "other": "BIGINT", "replies": "INTEGER"},
    "presence": {"unit": "BIGINT", "day": "INTEGER", "member": "BIGINT"},
    "people": {"identity": "BIGINT", "member": "BIGINT", "is_bot": "BOOLEAN"},
    "units": {"unit": "BIGINT", "born": "INTEGER"},
    "memberships": {
        "unit": "BIGINT",
        "member": "BIGINT",
        "joined": "INTEGER",
        "until": "INTEGER",
        "invited": "BOOLEAN",
        "verified_from": "INTEGER",
        "verified_until": "INTEGER",
    },
    "doors": {
        "unit": "BIGINT",
        "member": "BIGINT",
        "day": "INTEGER",
        "kind": "VARCHAR",
        "passed": "BOOLEAN",
        "settled": "INTEGER",
    },
    "spans": {
        "unit": "BIGINT",
        "member": "BIGINT",
        "first_day": "INTEGER",
        "first_at": "BIGINT",
        "first_message": "BIGINT",
        "last_day": "INTEGER",
    },
    "takedowns": {"object": "BIGINT", "fact": "BIGINT", "gone": "BOOLEAN"},
    "verdicts": {
        "question": "BIGINT",
        "fact": "BIGINT",
        "unit": "BIGINT",
        "day": "INTEGER",
        "answer": "BIGINT",
        "identity": "BIGINT",
        "stands": "BOOLEAN",
    },
    "readings": {
        "grain": "VARCHAR",
        "unit": "BIGINT",
        "metric": "VARCHAR",
        "moment": "INTEGER",
        "version": "SMALLINT",
        "value": "DOUBLE",
        "n": "BIGINT",
        "note": "VARCHAR",
    },
}
ORDER = {"acts": 'unit, "at", fact', "messages": 'unit, day, "at", message', "readings": "grain, unit, metric, moment"}
ROLLED = ("messages", "member_days", "ties")


class Feed(Protocol):
    """Where acts and states come from. Days are whole numbers since 1970 in the group's own zone."""

    def upto(self) -> int:
        """The last fact that may be read."""

    def mark(self, fact: int) -> str:
        """What tells this log from another with the same numbers, as of a fact."""

    def acts(self, after: int, upto: int) -> Iterator[pa.Table]:
        """Acts (columns of ``SCHEMAS["acts"]``) of the facts after one up to another, in batches. ``offset``: minutes
        that the group's clock was ahead of UTC. May be left out: offset (0), link and advert (not known).
        """

    def presence(self, after: int) -> Iterator[tuple[int, pa.Table]]:
        """Who was seen, in batches: the last id, and (unit, day, member)."""

    def people(self) -> pa.Table:
        """Every identity: (identity, member, is_bot)."""

    def units(self) -> pa.Table:
        """Every group: (unit, born)."""

    def memberships(self) -> pa.Table:
        """Every membership there ever was."""

    def doors(self) -> pa.Table:
        """What came of those who came to a group: columns of ``SCHEMAS["doors"]``."""


@dataclass(slots=True)
class Work:
    """One refresh: ``base`` is what was published, ``fresh`` the files written, ``dropped`` those they replace,
    ``proven`` those of ``base`` that were found to be what was written.
    """

    store: ColumnStore
    base: Manifest
    con: duckdb.DuckDBPyConnection
    number: int
    fresh: list[str] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    proven: set[str] = field(default_factory=set)

    def sql(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        return list(self.con.execute(statement, values).fetchall())

    def spare_threads(self) -> None:
        """Ask the log of a small community in one thread."""
        self.view("acts", self.files("acts"), "every_act", check=False)
        if self.sql("SELECT count(*) FROM every_act")[0][0] < LITTLE:
            self.sql("SET threads = 1")

    def load(self, name: str, rows: pa.Table) -> None:
        """Make ``rows`` a table with the columns of its schema."""
        self.con.register("handed", rows)
        columns = _cast(name.removeprefix("new_"))
        self.sql(f"CREATE OR REPLACE TABLE {name} AS SELECT {columns} FROM handed")
        self.con.unregister("handed")

    def add(self, name: str, rows: pa.Table) -> None:
        """Append ``rows`` to a table."""
        self.con.register("handed", rows)
        self.sql(f"INSERT INTO {name} BY NAME SELECT * FROM handed")
        self.con.unregister("handed")

    def view(self, table: str, names: list[str], alias: str = "", *, check: bool = True) -> None:
        """A view ``alias`` over files of ``table``; empty without any."""
        if not names:
            self.sql(f"CREATE OR REPLACE VIEW {alias or table} AS SELECT {_nothing(table)} WHERE false")
            return
        if check:
            self._prove(names)
        listed = ", ".join(f"'{self.store.folder / name}'" for name in names)
        self.sql(f"CREATE OR REPLACE VIEW {alias or table} AS SELECT * FROM read_parquet([{listed}])")

    def _prove(self, names: list[str]) -> None:
        """Check the files of ``base`` that were not checked in this refresh. Damaged when one was changed."""
        doubtful = [name for name in names if name in self.base.files and name not in self.proven]
        self.store.checked(self.base, doubtful)
        self.proven.update(doubtful)

    def files(self, table: str, first: int | None = None, last: int | None = None) -> list[str]:
        """The files of a table that count now, of the parts ``first`` to ``last``."""
        names = [*(name for name in self.base.files if name not in self.dropped), *self.fresh]
        inside = []
        for name in sorted(names):
            folder, part = place_of(name)
            if folder == table and (first is None or part >= first) and (last is None or part <= last):
                inside.append(name)
        return inside

    def write(self, table: str, part: int, query: str, *, instead: bool = True) -> None:
        """Write a part of a table; ``instead`` of the files that held it, or beside them."""
        if instead:
            self.dropped.update(name for name in self.files(table, part, part) if name in self.base.files)
        name = f"{table}/{part}.{self.number}.parquet"
        path = self.store.draft(name)
        order = ORDER.get(table, ", ".join(list(SCHEMAS[table])[:3]))
        # A page asks for the readings of one group: small pieces let it skip the others.
        piece = 20_480 if table == "readings" else 122_880
        options = f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {piece})"
        self.sql(f"COPY (SELECT {quoted(table)} FROM ({query}) ORDER BY {order}) TO '{path}' {options}")
        self.fresh.append(name)

    def write_weeks(self, table: str, rows: str) -> None:
        """Write the rows of the table ``rows`` by week, beside the files that stand."""
        for (week,) in self.sql(f"SELECT DISTINCT day // {WEEK} FROM {rows} ORDER BY 1"):
            self.write(table, week, f"SELECT * FROM {rows} WHERE day // {WEEK} = {week}", instead=False)

    def state(self, table: str, alias: str = "") -> None:
        """A view over the one file of a state."""
        self.view(table, self.files(table), alias)


def connect(store: ColumnStore) -> duckdb.DuckDBPyConnection:
    """A DuckDB of its own in memory, which spills into the store's folder."""
    return duckdb.connect(
        config={
            "memory_limit": MEMORY, "temp_directory": str(store.folder / "spill"), "preserve_insertion_order": False,
        }
    )  # fmt: skip


def described(name: str, schema: str) -> Table:
    """The table ``name`` with the columns of ``schema``, for expressions."""
    return ibis.table({column: TYPES[kind] for column, kind in SCHEMAS[schema].items()}, name=name)


def as_sql(expression: Table) -> str:
    """An expression in DuckDB's SQL."""
    return str(ibis.to_sql(expression, dialect="duckdb"))


def quoted(table: str) -> str:
    """The columns of a table, as SQL."""
    return ", ".join(f'"{name}"' for name in SCHEMAS[table])


def _cast(table: str) -> str:
    return ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in SCHEMAS[table].items())


def _nothing(table: str) -> str:
    return ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in SCHEMAS[table].items())


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def getvariable(variable: str) -> dt.int32:
    """DuckDB's own: the value of a variable, a constant to its planner."""
    raise NotImplementedError

"""Readings: the value of every metric, for every group and the community, at today and at the Mondays before."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple, cast, get_args

import duckdb

from hearth.core.metrics import Grain, Metric
from hearth.insight.rules.measuring.evaluate import evaluable, evaluated
from hearth.insight.rules.measuring.log import TABLES, MomentLog, of_community, of_groups
from hearth.insight.services.columns.store import ColumnStore
from hearth.insight.services.columns.work import WEEK, Work, as_sql, connect, described, getvariable, quoted

MONDAY = 4  # 1970-01-05, the first Monday, was day 4
HISTORY_WEEKS = 53
GRAINS = cast("tuple[Grain, ...]", get_args(Grain))
INTERVALS = ("spans", "memberships", "doors", "units")
DATED = ("messages", "member_days", "ties", "presence")

# The first day at which a rewritten membership reads otherwise: somebody who leaves today changes nothing before today.
_REWRITTEN = """
WITH was AS (SELECT * FROM memberships EXCEPT SELECT * FROM new_memberships),
    becomes AS (SELECT * FROM new_memberships EXCEPT SELECT * FROM memberships),
    told AS (
        SELECT CASE WHEN w.unit IS NULL OR b.unit IS NULL OR w.invited IS DISTINCT FROM b.invited
            THEN coalesce(w.joined, b.joined) ELSE least(
                CASE WHEN w.until IS DISTINCT FROM b.until THEN least(w.until, b.until) END,
                CASE WHEN w.verified_from IS DISTINCT FROM b.verified_from
                    THEN least(w.verified_from, b.verified_from) END,
                CASE WHEN w.verified_until IS DISTINCT FROM b.verified_until
                    THEN least(w.verified_until, b.verified_until) END) END AS since
        FROM was w FULL JOIN becomes b ON w.unit = b.unit AND w.member = b.member AND w.joined = b.joined
    )
SELECT min(since) FROM told
UNION ALL SELECT min(born) FROM (
    (SELECT * FROM units EXCEPT SELECT * FROM new_units) UNION ALL (SELECT * FROM new_units EXCEPT SELECT * FROM units))
"""

# Who matches whom a group is for is told of now alone: whenever they came, only the newest reading feels it.
_AT_DOORS = """
SELECT DISTINCT CASE WHEN kind = 'placed' THEN {newest} ELSE day END FROM (
    (SELECT * FROM doors EXCEPT SELECT * FROM new_doors) UNION ALL (SELECT * FROM new_doors EXCEPT SELECT * FROM doors))
"""


class Change(NamedTuple):
    """Something in the past changed, at ``since`` to ``until``; ``endless`` when every later moment feels it."""

    since: int
    until: int
    endless: bool = False


def moments(first: int, today: int) -> list[int]:
    """Today and the Mondays before it, at most ``HISTORY_WEEKS`` and none before there was anything to read."""
    oldest = max(first + 1, today - HISTORY_WEEKS * WEEK)
    monday = oldest + (MONDAY - oldest) % WEEK
    return sorted({*range(monday, today, WEEK), today})


def changes_of(work: Work, today: int) -> list[Change]:
    """What happened to the past in this refresh: dirty days, firsts that moved, memberships that were rewritten."""
    found = [Change(day, day) for (day,) in work.sql("SELECT DISTINCT day FROM dirty")]
    found += [
        Change(since, until)
        for since, until in work.sql(
            "SELECT DISTINCT least(o.first_day, n.first_day), greatest(o.first_day, n.first_day) "
            "FROM spans o JOIN new_spans n USING (unit, member) WHERE o.first_message <> n.first_message "
            "UNION SELECT day, day FROM new_presence"
        )
    ]
    found += [Change(day, day) for (day,) in work.sql(_AT_DOORS.format(newest=today - 1))]
    found += [Change(since, since, endless=True) for (since,) in work.sql(_REWRITTEN) if since is not None]
    return found


def todo(metrics: Iterable[Metric], work: Work, changes: list[Change], today: int, first: int) -> dict[int, set[str]]:
    """The metrics to compute at each moment."""
    wanted: dict[int, set[str]] = {}
    work.state("readings", "old_readings")
    known = set(work.sql("SELECT DISTINCT moment, metric, version FROM old_readings"))
    for moment in moments(first, today):
        for metric in metrics:
            if not metric.history and moment != today:
                continue
            if (moment, metric.name, metric.version) not in known or _felt(metric, moment, changes):
                wanted.setdefault(moment, set()).add(metric.name)
    return wanted


def _felt(metric: Metric, moment: int, changes: list[Change]) -> bool:
    reach = metric.window_days
    return any(
        change.since < moment and (change.endless or reach is None or moment <= change.until + reach)
        for change in changes
    )


def read(work: Work, metrics: list[Metric], wanted: dict[int, set[str]], today: int, first: int,
         tell: Callable[[int, int], None]) -> None:  # fmt: skip
    """Compute what is wanted and write the readings of all moments, those of one group side by side."""
    longest = max((metric.window_days or 0) for metric in metrics) + 1
    _load(work, min(wanted, default=today) - longest, today)
    work.sql(f"CREATE TABLE found AS SELECT {quoted('readings')} FROM readings WHERE false")
    chosen = {moment: [metric for metric in metrics if metric.name in wanted[moment]] for moment in sorted(wanted)}
    for turn, grain in enumerate(GRAINS):
        place(work, grain)
        for step, moment in enumerate(chosen):
            read_moment(work, chosen[moment], moment, grain)
            tell(turn * len(chosen) + step + 1, len(GRAINS) * len(chosen))
    work.state("readings", "old_readings")
    days = ", ".join(map(str, moments(first, today)))
    work.write(
        "readings", 0, "SELECT * FROM found UNION ALL BY NAME SELECT * FROM old_readings "
        f"WHERE moment IN ({days}) AND (moment, metric) NOT IN (SELECT DISTINCT (moment, metric) FROM found)",
    )  # fmt: skip


def _load(work: Work, first: int, last: int) -> None:
    """Bring the days that the windows reach into memory, once."""
    for table in DATED:
        work.view(table, work.files(table, first // WEEK, last // WEEK), f"{table}_files")
        work.sql(f"CREATE TABLE {table}_near AS SELECT * FROM {table}_files WHERE day >= {first} AND day < {last}")


@contextmanager
def log_of(store: ColumnStore, grain: Grain, moment: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """The log as the metrics of a grain see it at a moment: the tables ``log_messages`` and so on, as published."""
    con = connect(store)
    try:
        work = Work(store, store.manifest(), con, 0)
        for table in DATED:
            work.view(table, work.files(table), f"{table}_files", check=False)
            work.sql(f"CREATE TABLE {table}_near AS SELECT * FROM {table}_files WHERE day < {moment}")
        for state in INTERVALS:
            work.state(state, f"{state}_files")
            work.sql(f"CREATE TABLE new_{state} AS SELECT * FROM {state}_files")
        place(work, grain)
        work.sql(f"SET VARIABLE moment = {moment}::INTEGER")
        yield con
    finally:
        con.close()


def described_log() -> MomentLog:
    """The tables of a grain by name, at the day in the variable ``moment``."""
    tables = {name: described(f"log_{name}", "memberships" if name == "places" else name) for name in TABLES}
    return MomentLog(tables, getvariable("moment"))


@cache
def statement(metric: Metric) -> str:
    """The metric in DuckDB's SQL over the tables of a grain, at the day in the variable ``moment``: compiled once."""
    log = described_log()
    return as_sql(evaluated(metric, log, log.tables["units"]))


@cache
def placed(grain: Grain) -> dict[str, str]:
    """The log's tables at a grain, in DuckDB's SQL over the tables brought near: compiled once."""
    tables = {name: described(f"{name}_near", name) for name in DATED}
    tables |= {name: described(f"new_{name}", name) for name in INTERVALS}
    of_grain = of_groups(tables) if grain == "group" else of_community(tables)
    return {name: as_sql(rows) for name, rows in of_grain.items()}


def place(work: Work, grain: Grain) -> None:
    """Point the log's tables at a grain."""
    for name, rows in placed(grain).items():
        kind = "TABLE" if name in INTERVALS and grain != "group" else "VIEW"
        work.sql(f"CREATE OR REPLACE TEMP {kind} {grain}_{name} AS {rows}")
        work.sql(f"CREATE OR REPLACE TEMP VIEW log_{name} AS SELECT * FROM {grain}_{name}")


def read_moment(work: Work, metrics: list[Metric], moment: int, grain: Grain) -> None:
    """Add to the table ``found`` what metrics say at a moment, over the tables of the grain that was placed."""
    work.sql(f"SET VARIABLE moment = {moment}::INTEGER")
    for metric in evaluable(metrics, grain):
        found = f"SELECT {moment} AS moment, '{grain}' AS grain, * FROM ({statement(metric)})"
        work.sql(f"INSERT INTO found BY NAME {found}")

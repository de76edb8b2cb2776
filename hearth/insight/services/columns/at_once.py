"""Every metric at one moment from a feed alone, in memory: for what is read once and not kept, such as an archive."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from hearth.core.metrics import Metric
from hearth.insight.rules.columnfile import Manifest
from hearth.insight.rules.measuring.evaluate import evaluable
from hearth.insight.services.columns.reading import GRAINS, place, read_moment
from hearth.insight.services.columns.rolling import plan
from hearth.insight.services.columns.store import ColumnStore
from hearth.insight.services.columns.work import ROLLED, SCHEMAS, Feed, Work, connect, quoted

_SPANS = """
CREATE TABLE new_spans AS
SELECT unit, member, min(day) AS first_day, min("at") AS first_at, arg_min(message, ("at", message)) AS first_message,
       max(day) AS last_day
FROM rolled_messages WHERE organic GROUP BY unit, member
"""


def readings_at(feed: Feed, metrics: Sequence[Metric], moment: int, tell: Callable[[str, int, int], None]) -> pa.Table:
    """The readings (columns of ``SCHEMAS["readings"]``) of every group and of the whole at the beginning of a day."""
    with TemporaryDirectory(prefix="hearth-metrics-") as folder:
        store = ColumnStore(Path(folder))
        con = connect(store)
        try:
            work = Work(store, Manifest(), con, 1)
            tell("facts", 0, 1)
            _load(work, feed)
            tell("days", 0, 1)
            _roll(work)
            for step, grain in enumerate(GRAINS):
                tell("metrics", step, len(GRAINS))
                place(work, grain)
                read_moment(work, evaluable(list(metrics), grain), moment, grain)
            tell("metrics", len(GRAINS), len(GRAINS))
            return con.sql(f"SELECT {quoted('readings')} FROM found").to_arrow_table()
        finally:
            con.close()


def _load(work: Work, feed: Feed) -> None:
    for table in SCHEMAS:
        work.view(table, [])
    for state in ("people", "units", "memberships", "doors"):
        work.load(f"new_{state}", getattr(feed, state)())
    for empty, table in (("week_acts", "acts"), ("presence_near", "presence"), ("new_takedowns", "takedowns"),
                         ("new_verdicts", "verdicts"), ("found", "readings")):  # fmt: skip
        work.sql(f"CREATE TABLE {empty} AS SELECT * FROM {table}")
    for batch in feed.acts(0, feed.upto()):
        work.add("week_acts", batch)
    for _, batch in feed.presence(0):
        work.add("presence_near", batch)


def _roll(work: Work) -> None:
    """All days in one piece."""
    work.sql("CREATE TABLE todo AS SELECT DISTINCT unit, day FROM week_acts")
    for variable, whole in (("first_day", "min"), ("last_day", "max")):
        work.sql(f"SET VARIABLE {variable} = (SELECT coalesce({whole}(day), 0) FROM todo)::INTEGER")
    for name, statement in plan():
        work.sql(f"CREATE TEMP TABLE {name} AS {statement}")
    for table in ROLLED:
        work.sql(f"CREATE VIEW {table}_near AS SELECT * FROM rolled_{table}")
    work.sql(_SPANS)

"""The same metrics on Apache Spark: from the acts and states of a column store to roll-ups and readings.

For communities whose history no longer fits one machine. The expressions are those DuckDB runs (``rules.measuring``,
the declarations in every module); nothing is told twice. The session is the caller's, so that it may be any cluster's;
the column files must be readable under the same path on every machine of it (a shared file system).
"""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from hearth.core.metrics import Grain, Metric
from hearth.insight.rules.measuring.evaluate import evaluable, evaluated
from hearth.insight.rules.measuring.log import TABLES, MomentLog, of_community, of_groups
from hearth.insight.rules.measuring.rollup import Source, roll_up
from hearth.insight.services.columns.reading import DATED, GRAINS, INTERVALS
from hearth.insight.services.columns.store import ColumnStore
from hearth.insight.services.columns.work import ROLLED, SCHEMAS, described

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

READ = ("acts", "people", "takedowns", "verdicts", "memberships", "doors", "units", "presence")
TOGETHER = 8  # metrics in one statement: Spark's cost for a statement is a good part of a second
EVER = 10_000_000
ARROW = {"BIGINT": pa.int64(), "INTEGER": pa.int32(), "SMALLINT": pa.int16(), "DOUBLE": pa.float64(),
         "VARCHAR": pa.string(), "BOOLEAN": pa.bool_()}  # fmt: skip
# A member's span in a group, as the embedded engine keeps it.
_SPANS = """
SELECT unit, member, min(day) AS first_day, min(at) AS first_at, min_by(message, struct(at, message)) AS first_message,
       max(day) AS last_day
FROM messages WHERE organic GROUP BY unit, member
"""


class Cluster:
    """A column store as Spark sees it: its tables as views, its roll-ups made anew."""

    def __init__(self, session: "SparkSession", store: ColumnStore) -> None:
        """Damaged when a column file is not what was written."""
        self.session = session
        self._ibis = ibis.pyspark.connect(session)
        self._numbers = count()
        manifest = store.manifest()
        for table in READ:
            names = [name for part in manifest.of(table).values() for name in part]
            paths = store.checked(manifest, names)
            rows = session.read.parquet(*paths) if paths else session.createDataFrame([], _types(table))
            rows.select(*SCHEMAS[table]).createOrReplaceTempView(table)
        self._roll()

    def _roll(self) -> None:
        gone, verdicts = described("takedowns", "takedowns"), described("verdicts", "verdicts")
        source = Source(
            described("acts", "acts"), described("people", "people"), gone.filter(gone.gone),
            verdicts.filter(verdicts.stands),
        )  # fmt: skip
        rolls = roll_up(source, -EVER, EVER, self._keep)
        for table in ROLLED:
            self._name(self._frame(getattr(rolls, table)), table)
        self._name(self.session.sql(_SPANS), "spans")

    def rows(self, table: str) -> pa.Table:
        """The rows of a table or roll-up."""
        return self._arrow(self.session.table(table), table)

    def readings(self, metrics: Sequence[Metric], moments: Iterable[int]) -> pa.Table:
        """Every metric for every unit at the beginning of each of the days ``moments``, as the column ``readings`` have
        them: grain, unit, metric, moment, version, value, n, note.
        """
        days, found = list(moments), []
        for grain in GRAINS:
            tables = self._placed(grain)
            for moment in days:
                asked = evaluable([metric for metric in metrics if metric.expression is not None], grain)
                if moment != max(days):
                    asked = [metric for metric in asked if metric.history]
                found += self._evaluated(asked, MomentLog(tables, moment), grain)
        return pa.concat_tables(found)

    def _evaluated(self, metrics: Sequence[Metric], log: MomentLog, grain: Grain) -> list[pa.Table]:
        units = described(f"{grain}_units", "units")
        found = []
        for begin in range(0, len(metrics), TOGETHER):
            several = [evaluated(metric, log, units) for metric in metrics[begin : begin + TOGETHER]]
            rows = several[0].union(*several[1:]) if several[1:] else several[0]
            rows = rows.mutate(grain=ibis.literal(grain), moment=ibis.literal(log.moment, "int32"))
            found.append(self._arrow(self._frame(rows), "readings"))
        return found

    def _placed(self, grain: Grain) -> dict[str, Table]:
        """The log's tables at a grain, kept, for every metric reads them."""
        tables = {name: described(name, name) for name in (*DATED, *INTERVALS)}
        placed = of_groups(tables) if grain == "group" else of_community(tables)
        for name in TABLES:
            self._name(self._frame(placed[name]), f"{grain}_{name}", keep=name in INTERVALS)
        return {name: described(f"{grain}_{name}", "memberships" if name == "places" else name) for name in TABLES}

    def _frame(self, expression: Table) -> "DataFrame":
        return self.session.sql(str(self._ibis.compile(expression)))

    def _keep(self, expression: Table) -> Table:
        name = f"kept_{next(self._numbers)}"
        self._name(self._frame(expression), name)
        return ibis.table(expression.schema(), name=name)

    def _name(self, rows: "DataFrame", name: str, *, keep: bool = True) -> None:
        if keep:
            # Not persisted: then every later statement would be planned with all that led to these rows, three quarters
            # of its work on a small log. Where a worker is lost with its rows, the command is run again.
            rows = rows.localCheckpoint()
        rows.createOrReplaceTempView(name)

    def _arrow(self, rows: "DataFrame", table: str) -> pa.Table:
        found = rows.select(*SCHEMAS[table]).toArrow()
        return found.cast(pa.schema([(name, ARROW[kind]) for name, kind in SCHEMAS[table].items()]))


def _types(table: str) -> Any:
    """The columns of a table in Spark's words."""
    words = {"INTEGER": "int", "VARCHAR": "string"}
    return ", ".join(f"{name} {words.get(kind, kind)}" for name, kind in SCHEMAS[table].items())

"""``hearth metrics-on-cluster``: the readings of a community computed on Apache Spark."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import typer

from hearth.core.metrics import metrics
from hearth.insight.services.columns import ColumnStore
from hearth.kit.terminal import say_what_can_be_said

ROLL_UPS = ("messages", "member_days", "ties", "spans")


def metrics_on_cluster(*, columns: Path, out: Path, master: str, roll_ups: bool, newest: int) -> int:
    """Write ``readings.parquet`` (and the roll-ups) to the folder ``out``; 2 without pyspark or columns."""
    say_what_can_be_said()
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415  an extra, of half a gigabyte

        from hearth.insight.services.cluster import Cluster  # noqa: PLC0415
    except ImportError:
        typer.echo("pyspark is not installed: uv sync --extra cluster", err=True)
        return 2
    store = ColumnStore(columns)
    published = store.manifest().of("readings")
    if not published:
        typer.echo(f"There are no published columns in {columns}.", err=True)
        return 2
    readings = columns / published[0][-1]
    days = [day for (day,) in duckdb.execute(f"SELECT DISTINCT moment FROM '{readings}' ORDER BY 1").fetchall()]
    builder = SparkSession.builder.appName("hearth")
    session = (builder.master(master) if master else builder).getOrCreate()
    try:
        cluster = Cluster(session, store)
        out.mkdir(parents=True, exist_ok=True)
        for table in ROLL_UPS if roll_ups else ():
            pq.write_table(cluster.rows(table), out / f"{table}.parquet")
        pq.write_table(
            cluster.readings([metric for metric in metrics if not metric.waits], days[-newest:]),
            out / "readings.parquet",
        )
    finally:
        session.stop()
    return 0

"""The cluster: a master and two workers on loopback say what DuckDB says, for every metric, grain and roll-up."""

import os
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import duckdb
import numpy as np
import pytest
from django.db import connection

from hearth.conversation.access import room_of_group
from hearth.conversation.services.changing import hide_message, react
from hearth.conversation.services.posting import post_message
from hearth.core.metrics import metrics
from hearth.groups.services import admit_member
from hearth.insight.queries.readings import columns_folder
from hearth.insight.services.columns import ColumnStore, refresh_columns
from hearth.insight.services.measuring import refresh_metrics
from hearth.insight.tests.columns import START
from hearth.insight.tests.test_columns import living
from hearth.kit.clock import now
from tests.ports import free_port

# Half a thousand rows: compiling Java for each statement would take far longer than running it, and so would compiling
# it well.
HASTY = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SETTINGS = f"""
spark.driver.extraJavaOptions {HASTY}
spark.executor.extraJavaOptions {HASTY}
spark.ui.enabled false
spark.sql.shuffle.partitions 2
spark.default.parallelism 2
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.sql.adaptive.enabled false
spark.executor.memory 512m
spark.executor.cores 1
spark.cores.max 2
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
"""
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark is not installed (the extra `cluster`)"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed (17 or newer, for Spark)"),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A standalone master and two workers from the pip package; (address, environment, folder)."""
    folder = tmp_path_factory.mktemp("spark")
    (folder / "spark-defaults.conf").write_text(SETTINGS)
    home = Path(find_spec("pyspark").origin).parent
    env = os.environ | {
        "SPARK_HOME": str(home), "SPARK_CONF_DIR": str(folder), "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "local"), "SPARK_WORKER_DIR": str(folder / "work"),
        "SPARK_DAEMON_JAVA_OPTS": HASTY, "PYTHONWARNINGS": "ignore", "PYSPARK_PYTHON": sys.executable,
    }  # fmt: skip
    port = free_port()
    address = f"spark://127.0.0.1:{port}"
    started = []

    def start(name: str, *arguments: str) -> Path:
        log = folder / f"{name}.log"
        with log.open("wb") as file:
            started.append(
                subprocess.Popen(
                    [home / "bin" / "spark-class", *arguments], env=env, stdout=file, stderr=file, cwd=folder
                )
            )
        return log

    deploy = "org.apache.spark.deploy"
    here = ("--host", "127.0.0.1", "--webui-port", "0")
    try:
        log = start("master", f"{deploy}.master.Master", *here, "--port", str(port))
        _wait(log, "Starting Spark master", started)
        for number in (1, 2):
            start(f"worker-{number}", f"{deploy}.worker.Worker", *here, "--cores", "1", "--memory", "1g", address)
        _wait(log, "Registering worker", started, times=2)
        yield address, env, folder
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def _wait(log: Path, words: str, started: list[subprocess.Popen], times: int = 1) -> None:
    until = time.monotonic() + 120
    while log.read_text(errors="replace").count(words) < times:
        assert time.monotonic() < until, log.read_text(errors="replace")
        assert all(process.poll() is None for process in started), log.read_text(errors="replace")
        time.sleep(0.2)


def told_by(cluster, store: ColumnStore, out: Path, newest: int) -> Path:
    """What the cluster computes from a store, in a process of its own; it must have run on both workers."""
    address, env, folder = cluster
    before = len(list((folder / "work").glob("app-*/*")))
    command = [sys.executable, "-m", "hearth.cli.main", "metrics-on-cluster", store.folder, out, "--master", address,
               "--roll-ups", "--newest", str(newest)]  # fmt: skip
    run = subprocess.run([*map(str, command)], env=env, capture_output=True, text=True, timeout=900, check=False)
    assert run.returncode == 0, run.stderr[-4000:]
    assert len(list((folder / "work").glob("app-*/*"))) == before + 2
    return out


def other_rolls(store: ColumnStore, out: Path) -> dict[str, int]:
    """How many rows of each roll-up stand on one side alone."""
    manifest, found = store.manifest(), {}
    for table in ("messages", "member_days", "ties", "spans"):
        files = [str(store.folder / name) for part in manifest.of(table).values() for name in part]
        ours, theirs = f"FROM read_parquet({files})", f"FROM '{out / table}.parquet'"
        found[table] = len(
            duckdb.sql(f"({ours} EXCEPT ALL {theirs}) UNION ALL ({theirs} EXCEPT ALL {ours})").fetchall()
        )
        assert duckdb.execute(f"SELECT count(*) {theirs}").fetchall()[0][0] > 2
    return found


def other_readings(store: ColumnStore, out: Path) -> tuple[list[tuple], int]:
    """The readings that differ by more than a billionth or stand on one side alone, and how many there are."""
    (name,) = store.manifest().of("readings")[0]
    ours = f"(SELECT * FROM '{store.folder / name}' WHERE moment IN (SELECT moment FROM theirs))"
    con = duckdb.connect()
    con.execute(f"CREATE VIEW theirs AS FROM '{out / 'readings.parquet'}'")
    differ = con.execute(
        f"SELECT grain, unit, metric, moment, o.value, t.value, o.n, t.n FROM {ours} o FULL JOIN theirs t "
        "USING (grain, unit, metric, moment) WHERE o.n IS DISTINCT FROM t.n OR o.note IS DISTINCT FROM t.note "
        "OR o.version IS DISTINCT FROM t.version OR (o.value IS NULL) <> (t.value IS NULL) "
        "OR abs(o.value - t.value) > 1e-9 * greatest(abs(o.value), 1e-9)"
    ).fetchall()
    return differ, con.execute("SELECT count(DISTINCT (grain, metric, moment)) FROM theirs").fetchall()[0][0]


def test_the_cluster_says_what_the_embedded_engine_says(cluster, tmp_path):
    store = ColumnStore(tmp_path / "columns")
    story = living(5, 70, 900)
    story.members[5] = 6  # a merge
    asked = [metric for metric in metrics if not metric.waits]
    refresh_columns(store, story, asked, START + 70)
    out = told_by(cluster, store, tmp_path / "out", 1)
    assert other_rolls(store, out) == {"messages": 0, "member_days": 0, "ties": 0, "spans": 0}
    differ, told = other_readings(store, out)
    assert differ == []
    assert told == sum(len(metric.grains) for metric in asked if metric.expression is not None)


@pytest.fixture
def talk(settings, tmp_path, ada, bo, chen, dara, cardiology, time_machine):
    """Forty days of a living group, in the fact log of whichever database there is."""
    settings.HEARTH_HOME = tmp_path
    admit_member(ada.actor, cardiology, dara.member, how="staff")
    chance, people = np.random.default_rng(3), [ada, bo, chen, dara]
    begin, said = now(), []
    for hour in np.sort(chance.uniform(24, 40 * 24, 160)):
        time_machine.move_to(begin + timedelta(hours=float(hour)), tick=False)
        who = people[int(chance.choice(4, p=[0.1, 0.4, 0.3, 0.2]))]
        if said and chance.random() < 0.2:
            react(who.actor, said[-1], "👍", on=True)
            continue
        back = int(chance.integers(1, 5))
        answered = {"reply_to": said[-back]} if len(said) >= back and chance.random() < 0.5 else {}
        text = "Who reads the echo?" if chance.random() < 0.3 else "I do."
        access = room_of_group(who.actor, cardiology.pk)
        said.append(post_message(access, text=text, client_id=f"client-{len(said):06}", **answered).message_id)
    hide_message(bo.actor, said[40], "an advert")
    time_machine.move_to(begin + timedelta(days=41), tick=False)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL: make cluster-test-postgres")
@pytest.mark.django_db
def test_facts_of_a_living_log_come_to_the_same_on_both_engines(cluster, talk, tmp_path):
    refresh_metrics()
    store = ColumnStore(columns_folder())
    out = told_by(cluster, store, tmp_path / "out", 1)
    assert other_rolls(store, out) == {"messages": 0, "member_days": 0, "ties": 0, "spans": 0}
    differ, told = other_readings(store, out)
    assert differ == []
    assert told > 100

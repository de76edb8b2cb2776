"""The doctor finds what is wrong, and every finding says what to do."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from hearth.cli.doctor import CAUTION, GOOD, LATE, WRONG, Finding, doctor, examine
from hearth.core import jobs
from hearth.core.metrics import metrics
from hearth.core.models import AuditEntry, AuditHead, Fact, Job, ParkedFact, WorkerBeat
from hearth.core.models.job import JobState
from hearth.insight.services.columns import ColumnStore, refresh_columns
from hearth.insight.tests.columns import START, living
from hearth.kit.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings, tmp_path: Path) -> Path:
    """A sound folder of an installation."""
    settings.HEARTH_HOME = tmp_path / "home"
    settings.EMAIL_FILE_PATH = settings.HEARTH_HOME / "mail"
    (settings.HEARTH_HOME / "secrets").mkdir(parents=True, mode=0o700)
    settings.HEARTH_HOME.chmod(0o700)
    (settings.HEARTH_HOME / "secrets" / "secret_key").write_text("k" * 50)
    (settings.HEARTH_HOME / "secrets" / "secret_key").chmod(0o600)
    return settings.HEARTH_HOME


@pytest.fixture
def gateway(settings) -> Iterator[None]:
    """Something answers on the gateway's port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.HEARTH_GATEWAY_PORT = server.getsockname()[1]
        yield


@pytest.fixture
def no_gateway(settings) -> Iterator[None]:
    """Nothing answers on the gateway's port: it is held, so that no house on this machine can answer there either."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        settings.HEARTH_GATEWAY_PORT = held.getsockname()[1]
        yield


@pytest.fixture
def well(home: Path, gateway: None) -> Path:
    """An installation in good health."""
    WorkerBeat.objects.create(worker="host/1/a")
    return home


def found(what: str) -> Finding:
    return next(finding for finding in examine() if finding.what == what)


def test_a_sound_installation_is_told_so(well: Path):
    findings = {
        finding.what: finding.state for finding in examine() if not finding.what.startswith(("hearth.", "security"))
    }
    cautions = {"mail"}
    if connection.vendor == "postgresql":
        findings.pop("durability")  # the scratch cluster of tests does not sync
    assert {what for what, state in findings.items() if state != GOOD} == cautions


def test_every_complaint_says_what_to_do(home: Path, no_gateway: None):
    (home / "secrets" / "secret_key").chmod(0o644)
    complaints = [finding for finding in examine() if finding.state != GOOD]
    assert {"secrets", "mail", "gateway", "worker"} <= {finding.what for finding in complaints}
    assert all(finding.advice for finding in complaints)


def test_secrets_that_others_can_read_are_wrong(well: Path):
    (well / "secrets" / "secret_key").chmod(0o640)
    assert found("secrets").state == WRONG
    assert "chmod 600" in found("secrets").advice


def test_an_open_folder_is_a_caution(well: Path):
    well.chmod(0o755)
    assert found("home").state == CAUTION


def test_a_worker_that_fell_silent_is_noticed(well: Path):
    WorkerBeat.objects.update(at=now() - timedelta(minutes=5))
    assert (found("worker").state, "last seen" in found("worker").told) == (CAUTION, True)


def test_a_mail_server_that_does_not_answer_is_wrong(well: Path, settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.getsockname()[1]
        assert found("mail").state == GOOD
    assert found("mail").state == WRONG


def test_parked_facts_late_jobs_and_failed_ones_are_noticed(well: Path):
    jobs_before = found("jobs").state
    Job.objects.create(name="t", run_after=now() - LATE - timedelta(minutes=1))
    assert (jobs_before, found("jobs").state) == (GOOD, WRONG)
    Job.objects.update(state=JobState.FAILED, finished_at=now())
    assert found("jobs").state == CAUTION
    Job.objects.update(finished_at=now() - timedelta(days=8))
    assert found("jobs").state == GOOD
    assert ParkedFact.objects.count() == 0


def test_a_changed_past_is_wrong(well: Path):
    AuditHead.objects.create(chain=0, number=1, digest="x" * 64)
    AuditEntry.objects.create(chain=0, number=1, actor="house", action="forged", subject="x:1", digest="x" * 64)
    assert (found("audit log").state, found("audit log").told) == (WRONG, "the chain of the platform breaks at entry 1")


def test_a_clock_that_went_back_is_wrong(well: Path):
    if connection.vendor == "sqlite":
        WorkerBeat.objects.update(at=now() + timedelta(minutes=1))
        assert found("clock").state == WRONG
    else:
        assert found("clock").state == GOOD


def test_machines_read_json_and_the_exit_code(well: Path, capsys):
    code = doctor(as_json=True)
    told = json.loads(capsys.readouterr().out)["findings"]
    assert {"what", "state", "told", "advice"} == set(told[0])
    assert code == (1 if any(finding["state"] == WRONG for finding in told) else 0)
    (well / "secrets" / "secret_key").chmod(0o640)
    assert doctor(as_json=False) == 1
    assert "→ chmod 600" in capsys.readouterr().out


def test_the_name_of_a_worker_tells_machine_and_process():
    assert jobs.worker_name().count("/") == 2
    assert jobs.worker_name() != jobs.worker_name()


def test_facts_are_counted_and_not_their_ids(well: Path, community):
    first = Fact.objects.order_by("pk").first()
    assert first is not None
    Fact.objects.create(
        pk=first.pk + 50_000, name="core.x", subject="x", occurred_at=now(), recorded_at=now(), historical=False
    )
    assert found("facts") == Finding("facts", GOOD, f"{Fact.objects.count()} to take")


def test_column_files_are_proven_and_told_when_they_are_old(well: Path, time_machine):
    assert found("metrics").told == "nothing was computed yet"
    story = living(1, 8, 40)
    store = ColumnStore(well / "columns" / "1")
    manifest = refresh_columns(store, story, [metrics.get("messages_28d")], START + 8)
    time_machine.move_to(datetime(1970, 1, 1, 12, tzinfo=UTC) + timedelta(days=START + 9))
    assert found("metrics") == Finding("metrics", GOOD, "column files are whole")
    time_machine.move_to(datetime(1970, 1, 1, 12, tzinfo=UTC) + timedelta(days=START + 11))
    assert found("metrics").told == "of community 1: last computed 3 days ago"
    whole = (store.folder / "manifest.json").read_bytes()
    (store.folder / "manifest.json").write_bytes(whole.replace(b'"format":', b'"format":9'))
    assert found("metrics").told == "of community 1: not computed by this version yet"
    (store.folder / "manifest.json").write_bytes(whole)
    (name,) = manifest.of("people")[0]
    (store.folder / name).write_bytes(b"PAR1")
    damaged = found("metrics")
    assert damaged.state == CAUTION
    assert damaged.told == f"column files of community 1: {name} was changed after it was written"
    (store.folder / name).unlink()
    assert found("metrics").told.endswith(f"{name} is missing")

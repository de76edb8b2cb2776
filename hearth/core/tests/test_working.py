"""The worker as a real process: killed in the middle of a job, ended in good order, and woken by facts."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import transaction

from hearth.core import jobs
from hearth.core.facts import emit
from hearth.core.models import Community, Job, WorkerBeat
from hearth.core.models.job import JobState
from hearth.core.tenancy import community_scope
from hearth.core.tests import worker_process
from hearth.core.tests.conftest import BellRung
from hearth.core.tests.other_process import database_url

pytestmark = pytest.mark.django_db(transaction=True)


Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start worker processes; none outlives the test."""
    started = []

    def begin() -> "subprocess.Popen[bytes]":
        env = {**os.environ, "DATABASE_URL": database_url(), "HEARTH_HOME": str(settings.HEARTH_HOME)}
        command = [sys.executable, "-m", "hearth.core.tests.worker_process"]
        env["DJANGO_SETTINGS_MODULE"] = os.environ.get("HEARTH_WORKER_TEST_SETTINGS", "hearth.project.settings")
        started.append(subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def wait_for(seen: Callable[[], bool], seconds: float = 60.0) -> None:
    """Until ``seen``; fails after ``seconds``."""
    until = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.03)


def steps_done() -> int:
    return Community.objects.filter(key__startswith="step-").count()


def queue_steps(community: Community) -> Job:
    worker_process.declare()
    with community_scope(community):
        return jobs.enqueue("t.steps")


@pytest.mark.thorough
def test_a_job_of_a_killed_worker_goes_on_where_it_stopped(hill: Community, start: Start):
    job = queue_steps(hill)
    first = start()
    wait_for(lambda: steps_done() >= 5)
    first.kill()
    first.wait()
    done = steps_done()
    assert done < worker_process.STEPS
    start()
    wait_for(lambda: Job.objects.get(pk=job.pk).state == JobState.DONE)
    job.refresh_from_db()
    assert steps_done() == worker_process.STEPS  # each step once: a second one would break on its key
    assert (job.error, job.result) == ("the worker stopped answering", {"steps": worker_process.STEPS})


@pytest.mark.thorough
def test_a_worker_that_is_asked_to_end_gives_its_job_back_and_ends_well(hill: Community, start: Start):
    job = queue_steps(hill)
    first = start()
    wait_for(lambda: steps_done() >= 3)
    first.terminate()
    assert first.wait(10) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (JobState.WAITING, 0, "")
    assert 3 <= steps_done() < worker_process.STEPS


@pytest.mark.thorough
def test_a_fact_reaches_its_handler_in_the_worker(hill: Community, start: Start):
    start()
    wait_for(WorkerBeat.objects.exists)
    with transaction.atomic(), community_scope(hill):
        fact = emit(BellRung(bell=1), subject="bell:1")
    wait_for(lambda: Community.objects.filter(key=f"echo-{fact.pk}").exists())

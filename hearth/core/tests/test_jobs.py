"""Long work: claimed once, kept by a lease, resumed where it stopped, cancelled and repeated on request."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from hearth.core import jobs
from hearth.core.errors import Conflict, NotAllowed, NotFound, Refusal
from hearth.core.models import Community, Job, Schedule
from hearth.core.models.job import JobState
from hearth.core.permissions import Actor
from hearth.core.tenancy import community_scope, scope_or_none
from hearth.kit.clock import now

pytestmark = pytest.mark.django_db


def test_a_job_runs_once_in_its_community_and_keeps_its_result(in_hill: Community):
    @jobs.job("t.count")
    def count(run, *, upto):
        return {"sum": sum(range(upto)), "scope": scope_or_none().community_id}

    job = jobs.enqueue("t.count", upto=5)
    assert jobs.run_next("w") is True
    assert jobs.run_next("w") is False
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"sum": 10, "scope": in_hill.pk})
    assert (job.attempts, job.lease_until) == (1, None)


def test_the_house_may_queue_work_of_its_own():
    seen = []
    jobs.job("t.house")(lambda run: seen.append(scope_or_none()))
    assert jobs.enqueue("t.house").community_id is None
    jobs.run_next("w")
    assert seen == [None]


def test_an_unknown_job_is_refused_when_it_is_queued(in_hill: Community):
    with pytest.raises(KeyError, match=r"no job is called 't\.typo'"):
        jobs.enqueue("t.typo")
    assert Job.objects.count() == 0


def test_a_unique_key_keeps_a_second_job_out_until_the_first_has_ended(in_hill: Community):
    jobs.job("t.unique")(lambda run: None)
    first = jobs.enqueue("t.unique", unique_key="refresh")
    assert jobs.enqueue("t.unique", unique_key="refresh").pk == first.pk
    jobs.run_next("w")
    assert jobs.enqueue("t.unique", unique_key="refresh").pk != first.pk


def test_a_unique_key_never_reaches_into_another_community(hill: Community, dale: Community):
    jobs.job("t.unique")(lambda run: None)
    made = []
    for community in (hill, dale):
        with community_scope(community):
            made.append(jobs.enqueue("t.unique", unique_key="refresh"))
    assert [job.community_id for job in made] == [hill.pk, dale.pk]


def test_a_failing_job_is_tried_again_later_and_fails_in_the_end(in_hill: Community):
    tried = []

    @jobs.job("t.fails", attempts=3)
    def fail(run):
        tried.append(run.row.attempts)
        raise ValueError("no luck")

    job = jobs.enqueue("t.fails")
    assert jobs.run_next("w") is True
    assert jobs.run_next("w") is False  # not before its pause is over
    for pause in (11, 60):
        with time_machine.travel(timezone.now() + timedelta(seconds=pause)):
            jobs.run_next("w")
    job.refresh_from_db()
    assert (job.state, tried) == (JobState.FAILED, [1, 2, 3])
    assert "no luck" in job.error


def test_a_failing_job_does_not_hold_up_the_others(in_hill: Community):
    @jobs.job("t.poison", attempts=1)
    def poison(run):
        raise ValueError("poison")

    jobs.job("t.good")(lambda run: {"ok": True})
    jobs.enqueue("t.poison")
    good = jobs.enqueue("t.good")
    jobs.run_next("w")
    jobs.run_next("w")
    good.refresh_from_db()
    assert good.state == JobState.DONE


def test_no_lane_waits_behind_another(in_hill: Community):
    ran = []
    for lane in jobs.LANES:
        jobs.job(f"t.{lane}", lane=lane)(lambda run: ran.append(run.row.name))
    for lane in ("background", "long", "quick"):
        jobs.enqueue(f"t.{lane}")
    for lane in ("quick", "long", "background"):
        assert jobs.run_next("w", lane=lane) is True
        assert jobs.run_next("w", lane=lane) is False
    assert ran == ["t.quick", "t.long", "t.background"]


def test_a_claimed_job_is_nobody_elses(in_hill: Community):
    jobs.job("t.mine")(lambda run: None)
    jobs.enqueue("t.mine")
    assert jobs.claim("one") is not None
    assert jobs.claim("two") is None


def test_a_job_of_a_silent_worker_goes_on_from_its_checkpoint(in_hill: Community):
    @jobs.job("t.resumes", lease=60)
    def count(run):
        return {"from": run.row.checkpoint.get("line", 0)}

    job = jobs.enqueue("t.resumes")
    lost = jobs.claim("elsewhere/1/a")
    lost.checkpoint({"line": 400})
    assert jobs.reap() == 0  # its lease still stands
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert jobs.reap() == 1
        jobs.run_next("w")
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"from": 400})


def test_the_silent_worker_learns_that_its_lease_is_lost(in_hill: Community):
    jobs.job("t.lost", lease=60)(lambda run: None)
    jobs.enqueue("t.lost")
    lost = jobs.claim("elsewhere/1/a")
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        jobs.reap()
        jobs.claim("w")
        with pytest.raises(jobs.LeaseLost):
            lost.progress(1)
        with pytest.raises(jobs.LeaseLost):
            lost.checkpoint({"line": 1})


def test_a_job_that_kills_its_workers_fails_in_the_end(in_hill: Community):
    jobs.job("t.deadly", attempts=2, lease=60)(lambda run: None)
    job = jobs.enqueue("t.deadly")
    moment = timezone.now()
    for _death in range(2):
        with time_machine.travel(moment):
            assert jobs.claim("elsewhere/1/a") is not None
        moment += timedelta(seconds=61)
        with time_machine.travel(moment):
            jobs.reap()
        moment += timedelta(seconds=1)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "the worker stopped answering")


def test_a_job_that_gets_on_survives_any_number_of_restarts(in_hill: Community):
    jobs.job("t.long_import", attempts=2, lease=60)(lambda run: run.row.checkpoint)
    job = jobs.enqueue("t.long_import")
    moment = timezone.now()
    for line in range(5):
        with time_machine.travel(moment):
            jobs.claim("elsewhere/1/a").checkpoint({"line": line})
        moment += timedelta(seconds=61)
        with time_machine.travel(moment):
            jobs.reap()
        moment += timedelta(seconds=1)
    with time_machine.travel(moment):
        jobs.run_next("w")
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"line": 4})


def test_a_worker_that_ends_gives_its_job_back_without_a_lost_attempt(in_hill: Community):
    jobs.job("t.interrupted")(lambda run: run.progress(1))
    job = jobs.enqueue("t.interrupted")
    jobs.ending.set()
    try:
        jobs.run_next("w")
    finally:
        jobs.ending.clear()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.done) == (JobState.WAITING, 0, 1)


def test_a_running_job_stops_at_its_next_sign_of_progress(in_hill: Community, ada: Actor):
    steps = []

    @jobs.job("t.stops")
    def work(run):
        for step in range(10):
            steps.append(step)
            if step == 2:
                jobs.ask_cancel(ada, run.row.pk)
            run.progress(step, 10)

    job = jobs.enqueue("t.stops")
    jobs.run_next("w")
    job.refresh_from_db()
    assert (job.state, steps, job.done) == (JobState.CANCELLED, [0, 1, 2], 2)


def test_a_waiting_job_is_cancelled_at_once_and_can_be_repeated(in_hill: Community, ada: Actor):
    jobs.job("t.waits")(lambda run: None)
    job = jobs.enqueue("t.waits")
    jobs.ask_cancel(ada, job.pk)
    assert jobs.run_next("w") is False
    jobs.repeat(ada, job.pk)
    assert jobs.run_next("w") is True
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_who_stops_what_has_ended_is_told_so(in_hill: Community, ada: Actor):
    jobs.job("t.ends")(lambda run: None)
    job = jobs.enqueue("t.ends")
    jobs.run_next("w")
    assert jobs.ask_cancel(ada, job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.cancel_asked_at) == (JobState.DONE, None)


def test_nobody_stops_what_is_somebodys_right(in_hill: Community, ada: Actor):
    jobs.job("t.owed", owed=True)(lambda run: None)
    job = jobs.enqueue("t.owed")
    with pytest.raises(Refusal):
        jobs.ask_cancel(ada, job.pk)
    job.refresh_from_db()
    assert (job.state, job.cancel_asked_at) == (JobState.WAITING, None)


def test_what_waits_is_withdrawn_by_its_key_here_alone(hill: Community, dale: Community):
    jobs.job("t.withdrawn")(lambda run: None)
    with community_scope(dale):
        theirs = jobs.enqueue("t.withdrawn", unique_key="1")
    with community_scope(hill):
        ours, other = (jobs.enqueue("t.withdrawn", unique_key=key) for key in "12")
        jobs.withdraw("t.withdrawn", unique_key="1")
    states = [Job.objects.get(pk=row.pk).state for row in (theirs, ours, other)]
    assert states == [JobState.WAITING, JobState.CANCELLED, JobState.WAITING]


def test_nobody_cancels_another_communitys_job(hill: Community, dale: Community, ada: Actor, eve: Actor):
    jobs.job("t.theirs")(lambda run: None)
    with community_scope(dale):
        job = jobs.enqueue("t.theirs")
    with pytest.raises(NotFound):
        jobs.ask_cancel(ada, job.pk)
    with pytest.raises(NotAllowed):
        jobs.ask_cancel(eve, job.pk)
    with pytest.raises(NotFound):
        jobs.repeat(ada, job.pk)
    job.refresh_from_db()
    assert (job.state, job.cancel_asked_at) == (JobState.WAITING, None)


def test_a_schedule_queues_its_job_when_the_time_has_come_and_only_once():
    jobs.job("t.nightly", cron="0 3 * * *")(lambda run: None)
    with time_machine.travel("2026-05-04T02:59:00Z", tick=False):
        assert jobs.run_schedules() == 0
        assert Schedule.objects.get().next_at.isoformat() == "2026-05-04T03:00:00+00:00"
    with time_machine.travel("2026-05-04T03:00:01Z", tick=False):
        assert [jobs.run_schedules(), jobs.run_schedules()] == [1, 0]
    with time_machine.travel("2026-05-05T03:00:01Z", tick=False):
        assert jobs.run_schedules() == 1
    assert Job.objects.count() == 1  # the first has not run yet, so the second night adds none


def test_a_dead_process_of_this_machine_loses_its_job_at_once(in_hill: Community):
    jobs.job("t.dead", lease=600)(lambda run: None)
    jobs.enqueue("t.dead")
    ours = jobs.worker_name()
    host = ours.split("/", maxsplit=1)[0]
    jobs.claim(f"{host}/999999999/abcd")
    assert jobs.reap(ours) == 1
    jobs.claim(ours)
    assert jobs.reap(ours) == 0
    assert Job.objects.get().lease_until > now()


def test_a_failed_job_is_not_repeated_beside_an_open_one_of_its_kind(in_hill: Community, ada: Actor):
    jobs.job("t.twin")(lambda run: None)
    failed = jobs.enqueue("t.twin", unique_key="refresh")
    Job.objects.filter(pk=failed.pk).update(state=JobState.FAILED)
    jobs.enqueue("t.twin", unique_key="refresh")
    with pytest.raises(Conflict):
        jobs.repeat(ada, failed.pk)
    failed.refresh_from_db()
    assert failed.state == JobState.FAILED

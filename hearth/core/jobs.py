"""Long work: declared by name, queued in the database, run by the worker with a lease, resumed after a crash.

::

    @job("carriers.import_archive", attempts=3)
    def import_archive(run: JobRun, *, path: str) -> dict: ...

    enqueue("carriers.import_archive", path="…", unique_key="…")

``run.progress(done, total)`` tells how far it is, keeps the lease and raises ``Cancelled`` when somebody asked to stop;
``run.checkpoint({...})`` stores where to go on. A worker that is asked to end makes the next of either raise
``Interrupted``; the job goes back to the queue without losing an attempt.
"""

import os
import secrets
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

import structlog
from cronsim import CronSim
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from hearth.core import wake
from hearth.core.errors import Conflict, NotFound, Refusal
from hearth.core.models import Job, Schedule
from hearth.core.models.job import JobState
from hearth.core.permissions import MANAGE_JOBS, Actor, demand
from hearth.core.tenancy import community_scope, scope_or_none
from hearth.kit.clock import now
from hearth.kit.registry import Registry

log = structlog.get_logger(__name__)


Lane = Literal["quick", "long", "background"]
LANES: tuple[Lane, ...] = get_args(Lane)


@dataclass(frozen=True, slots=True)
class JobKind:
    """A declared job: its function, how often it is tried, how long a silent worker keeps it (seconds).

    ``owed`` to somebody as their right: nobody else may stop it.
    """

    name: str
    run: Callable[..., dict[str, Any] | None]
    title: str
    attempts: int
    lease: int
    lane: Lane
    cron: str
    owed: bool


kinds: Registry[JobKind] = Registry("job")


def job(
    name: str,
    *,
    title: str = "",
    attempts: int = 3,
    lease: int = 60,
    lane: Lane = "quick",
    cron: str = "",
    owed: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a job; ``cron`` (UTC) runs it on a schedule.

    ``lane``: *quick* jobs never wait behind *long* ones, and neither behind what computes for minutes in the
    *background* while nobody waits for it.
    """

    def declare(run: Callable[..., Any]) -> Callable[..., Any]:
        kinds.register(name, JobKind(name, run, title or name, attempts, lease, lane, cron, owed))
        return run

    return declare


class Cancelled(Exception):
    """Somebody asked the job to stop; what was committed stays."""


class LeaseLost(Exception):
    """Another worker took the job over because this one was silent too long."""


class Interrupted(Exception):
    """The worker ends; the job waits for the next one."""


# Set by the worker when it was asked to end.
ending = threading.Event()


def worker_name() -> str:
    """A name for this process that no earlier or later one has: ``host/pid/random``."""
    return f"{socket.gethostname()[:40]}/{os.getpid()}/{secrets.token_hex(4)}"


@dataclass(slots=True)
class JobRun:
    """A running job as its function sees it."""

    row: Job
    lease: int

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Tell how far the job is and keep it. Raises Cancelled, Interrupted or LeaseLost."""
        changed = self._mine().update(
            done=done, total=total, note=note[:200], lease_until=now() + timedelta(seconds=self.lease)
        )
        if not changed:
            raise LeaseLost(self.row.pk)
        wake.poke("gateway")
        if ending.is_set():
            raise Interrupted(self.row.pk)
        if Job.objects.filter(pk=self.row.pk, cancel_asked_at__isnull=False).exists():
            raise Cancelled(self.row.pk)

    def checkpoint(self, state: dict[str, Any]) -> None:
        """Store where to go on after a crash; call it inside the transaction of the work it stands for.

        A job that gets on is not poisonous: its attempts count anew, so that many restarts do not fail a long import.
        """
        if not self._mine().update(checkpoint=state, attempts=1):
            raise LeaseLost(self.row.pk)
        self.row.attempts = 1
        self.row.checkpoint = state

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.row.pk, state=JobState.RUNNING, worker=self.row.worker)


def enqueue(
    name: str,
    *,
    actor: Actor | None = None,
    unique_key: str = "",
    run_after: datetime | None = None,
    **args: Any,
) -> Job:
    """Queue a job for the community in scope (none in scope: for the house), in the running transaction if any.

    With a ``unique_key`` a job of the same community that is still open is returned instead of a second one. Raises
    KeyError for an unknown name.
    """
    kind = kinds[name]
    scope = scope_or_none()
    row = Job(
        name=kind.name,
        args=args,
        community_id=scope.community_id if scope else None,
        run_after=run_after or now(),
        created_by_id=actor.user_id if actor else None,
    )
    if unique_key:
        row.unique_key = f"{row.community_id or 'house'}:{unique_key}"
    return _stored(row)


def withdraw(name: str, *, unique_key: str) -> None:
    """End a job of the community in scope that waits for what will not happen any more."""
    scope = scope_or_none()
    key = f"{scope.community_id if scope else 'house'}:{unique_key}"
    Job.objects.filter(name=name, unique_key=key, state=JobState.WAITING).update(
        state=JobState.CANCELLED, finished_at=now()
    )


def _stored(row: Job) -> Job:
    """Save a new job, or give the open one that holds its unique key."""
    while True:
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            if not row.unique_key:
                raise
            same = Job.objects.filter(name=row.name, unique_key=row.unique_key)
            standing = same.filter(state__in=[JobState.WAITING, JobState.RUNNING]).first()
            if standing is not None:
                return standing
            row.pk = None  # it ended between our two looks: there is room for a new one
        else:
            transaction.on_commit(lambda: wake.poke("worker"))
            return row


def claim(worker: str, *, lane: Lane | None = None) -> JobRun | None:
    """Take the next due job: an update that must hit one row, so that two workers never share one."""
    names = [kind.name for kind in kinds if lane is None or kind.lane == lane]
    due = Job.objects.filter(state=JobState.WAITING, run_after__lte=now(), name__in=names)
    for pk in due.order_by("run_after", "id").values_list("pk", flat=True)[:5]:
        taken = claim_this(worker, pk)
        if taken is not None:
            return taken
    return None


def claim_this(worker: str, pk: int) -> JobRun | None:
    """Take one job, due or not: for a command that does its own work. None when somebody else has it."""
    kind = kinds[Job.objects.values_list("name", flat=True).get(pk=pk)]
    taken = Job.objects.filter(pk=pk, state=JobState.WAITING).update(
        state=JobState.RUNNING,
        worker=worker,
        attempts=F("attempts") + 1,
        started_at=now(),
        lease_until=now() + timedelta(seconds=kind.lease),
    )
    return JobRun(Job.objects.get(pk=pk), kind.lease) if taken else None


def work_off(run: JobRun) -> None:
    """Run one claimed job to its end and store the outcome; failures are retried with growing pauses."""
    kind = kinds[run.row.name]
    try:
        with _scope_of(run.row):
            result = kind.run(run, **run.row.args)
    except Cancelled:
        _finish(run, JobState.CANCELLED)
    except Interrupted:
        run._mine().update(
            state=JobState.WAITING, run_after=now(), lease_until=None, attempts=Greatest(F("attempts") - 1, 0)
        )
    except LeaseLost:
        log.warning("lease_lost", job=run.row.pk)
    except Exception as error:  # noqa: BLE001  stored, retried and shown
        _fail(run, kind, error)
    else:
        _finish(run, JobState.DONE, result=result or {})


def run_next(worker: str, *, lane: Lane | None = None) -> bool:
    """Claim and run one job. False when nothing is due."""
    run = claim(worker, lane=lane)
    if run is None:
        return False
    work_off(run)
    return True


def _scope_of(row: Job) -> Any:
    return community_scope(row.community) if row.community else nullcontext()  # the whole row: addresses need its key


def _finish(run: JobRun, state: JobState, **values: Any) -> None:
    run._mine().update(state=state, finished_at=now(), lease_until=None, **values)
    wake.poke("gateway")


def _fail(run: JobRun, kind: JobKind, error: Exception) -> None:
    told = "".join(traceback.format_exception(error))[-4000:]
    log.warning("job_failed", job=run.row.pk, name=kind.name, attempt=run.row.attempts, error=repr(error))
    if run.row.attempts >= kind.attempts:
        _finish(run, JobState.FAILED, error=told)
        return
    pause = timedelta(seconds=10 * 4 ** (run.row.attempts - 1))
    run._mine().update(state=JobState.WAITING, run_after=now() + pause, error=told, lease_until=None)


def reap(own_name: str = "") -> int:
    """Give jobs of silent or dead workers back to the queue, or fail them when their attempts are used up.

    A worker is dead when its lease ran out, or at once when it ran on this machine and its process is gone.
    """
    reaped = 0
    for row in Job.objects.filter(state=JobState.RUNNING):
        if row.lease_until is not None and row.lease_until >= now() and not _is_gone(row.worker, own_name):
            continue
        spent = row.name not in kinds or row.attempts >= kinds[row.name].attempts
        state = JobState.FAILED if spent else JobState.WAITING
        lost = Job.objects.filter(pk=row.pk, state=JobState.RUNNING, worker=row.worker, lease_until=row.lease_until)
        reaped += lost.update(
            state=state,
            run_after=now(),
            lease_until=None,
            finished_at=now() if spent else None,
            error=row.error or "the worker stopped answering",
        )
    return reaped


def _is_gone(worker: str, own_name: str) -> bool:
    """Whether a worker of this machine has no process any more. Unknown names and other machines are not judged."""
    host, _slash, rest = worker.partition("/")
    pid = rest.partition("/")[0]
    if host != socket.gethostname()[:40] or not pid.isdigit():
        return False
    if int(pid) == os.getpid():  # our number was another's before: containers start at the same one every time
        return bool(own_name) and worker != own_name
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def run_schedules() -> int:
    """Queue every scheduled job whose time has come; one worker wins each by a guarded update."""
    started = 0
    for kind in kinds:
        if not kind.cron:
            continue
        following = next(CronSim(kind.cron, now()))
        row, made = Schedule.objects.get_or_create(key=kind.name, defaults={"next_at": following})
        if made or row.next_at > now():
            continue
        with transaction.atomic():
            won = Schedule.objects.filter(pk=row.pk, next_at=row.next_at).update(next_at=following, last_at=now())
            if won:
                _stored(Job(name=kind.name, unique_key="house:schedule"))
                started += 1
    return started


def is_owed(row: Job) -> bool:
    """Whether a job is somebody's right, which nobody else stops."""
    kind = kinds.get(row.name)
    return kind is not None and kind.owed


def ask_cancel(actor: Actor, job_id: int) -> bool:
    """Ask a job of the actor's community to stop; a waiting one stops at once. False when it had ended already.

    Raises NotFound, NotAllowed, Refusal for what is owed to somebody.
    """
    demand(actor, MANAGE_JOBS.key)
    mine = Job.objects.filter(pk=job_id, community_id=actor.community_id)
    row = mine.first()
    if row is None:
        raise NotFound()
    if is_owed(row):
        raise Refusal("Somebody has a right to this, so it cannot be stopped here.")
    if mine.filter(state=JobState.WAITING).update(state=JobState.CANCELLED, finished_at=now()):
        return True
    return bool(mine.filter(state=JobState.RUNNING).update(cancel_asked_at=now()))


def repeat(actor: Actor, job_id: int) -> None:
    """Queue a failed or cancelled job again; it goes on from its checkpoint.

    Raises NotFound, NotAllowed, Conflict while another one with its unique key waits or runs.
    """
    demand(actor, MANAGE_JOBS.key)
    ended = Job.objects.filter(pk=job_id, community_id=actor.community_id)
    ended = ended.filter(state__in=[JobState.FAILED, JobState.CANCELLED])
    waiting = {"state": JobState.WAITING, "attempts": 0, "run_after": now()}
    try:
        with transaction.atomic():
            changed = ended.update(**waiting, cancel_asked_at=None, finished_at=None)
    except IntegrityError:
        raise Conflict("The same work waits or runs already.") from None
    if not changed:
        raise NotFound()
    wake.poke("worker")


@contextmanager
def running_alone(worker: str = "test") -> Iterator[Callable[[], int]]:
    """For tests and tools without a worker: a function that works off everything due and counts it."""

    def drain() -> int:
        count = 0
        while run_next(worker):
            count += 1
        return count

    yield drain

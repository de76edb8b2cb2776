"""Long work and parked facts of one community, for the console."""

from django.db.models import QuerySet

from hearth.core.errors import NotFound
from hearth.core.models import Job, ParkedFact
from hearth.core.models.job import JobState
from hearth.core.permissions import MANAGE_JOBS, RUN_COMMUNITY, Actor, demand, may
from hearth.core.relay import repeat_parked

OPEN_STATES = (JobState.WAITING, JobState.RUNNING)


def jobs_for(actor: Actor) -> QuerySet[Job]:
    """The jobs of the actor's community: order and slice them. Raises NotAllowed."""
    demand(actor, RUN_COMMUNITY.key)
    return Job.objects.filter(community_id=actor.community_id).select_related("created_by")


def job_for(actor: Actor, job_id: int) -> Job:
    """A job of the actor's community. Raises NotFound, NotAllowed."""
    found = jobs_for(actor).filter(pk=job_id).first()
    if found is None:
        raise NotFound()
    return found


def open_job(actor: Actor, name: str) -> Job | None:
    """The newest job of that name that waits or runs in the actor's community. Raises NotAllowed."""
    return jobs_for(actor).filter(name=name, state__in=OPEN_STATES).order_by("-pk").first()


def count_open_jobs(actor: Actor) -> int:
    """How many jobs wait or run: one query."""
    return Job.objects.filter(community_id=actor.community_id, state__in=OPEN_STATES).count()


def parked_facts(actor: Actor) -> QuerySet[ParkedFact]:
    """Facts that a handler gave up on, the oldest first. Nothing for those who do not manage long work."""
    rows = ParkedFact.objects.filter(fact__community_id=actor.community_id, parked_at__isnull=False)
    return rows.select_related("fact").order_by("parked_at") if may(actor, MANAGE_JOBS.key) else rows.none()


def repeat_fact(actor: Actor, parked_id: int) -> None:
    """Give a parked fact another round. Raises NotAllowed, NotFound."""
    demand(actor, MANAGE_JOBS.key)
    if not parked_facts(actor).filter(pk=parked_id).exists():
        raise NotFound()
    repeat_parked(parked_id)

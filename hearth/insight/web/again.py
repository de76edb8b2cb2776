"""Measuring again on demand: the press of a button, as long work."""

from django.http import HttpRequest

from hearth.core.idempotency import once
from hearth.core.jobs import enqueue
from hearth.core.permissions import MANAGE_JOBS, demand


def begin(request: HttpRequest, job_name: str) -> None:
    """Queue a job for the community, once however often the button is pressed. Raises NotAllowed."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, MANAGE_JOBS.key)
    with once(request) as claim:
        if claim.fresh:
            job = enqueue(job_name, actor=actor, unique_key=f"community:{actor.community_id}")
            claim.result = {"job": job.pk}

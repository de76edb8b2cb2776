"""Measuring people again, on demand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearth.core.idempotency import once
from hearth.core.jobs import enqueue
from hearth.core.permissions import MANAGE_JOBS, demand
from hearth.core.routing import link


@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """Measure how members take part, as long work."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, MANAGE_JOBS.key)
    with once(request) as claim:
        if claim.fresh:
            job = enqueue("insight.refresh_people", actor=actor, unique_key=f"community:{actor.community_id}")
            claim.result = {"job": job.pk}
    messages.success(request, _("Measuring has begun. You can leave this page; it goes on."))
    return redirect(link("console:people"))

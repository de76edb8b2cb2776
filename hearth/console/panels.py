"""What waits at the console itself: long work that failed, and facts that a handler gave up on."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy

from hearth.blueprint.queries.drafts import draft_for
from hearth.blueprint.registry import APPLY
from hearth.console.wording import job_title
from hearth.core.permissions import MANAGE_JOBS, may
from hearth.core.routing import link
from hearth.core.work import jobs_for, parked_facts
from hearth.kit.clock import now
from hearth.ui.panels import AgendaItem, Urgency, Waiting, agenda_source, panel

SHOWN = 10
LATELY = timedelta(days=14)


@agenda_source(
    "console.failed_jobs", gettext_lazy("Long work that failed"), icon="circle-x", urgency=Urgency.HOUSE, tone="caution"
)
def failed_jobs(request: HttpRequest) -> Waiting:
    """Jobs of the last two weeks that used up their attempts and were not repeated."""
    actor = request.actor  # type: ignore[attr-defined]
    if not may(actor, MANAGE_JOBS.key):
        return Waiting()
    failed = jobs_for(actor).filter(state="failed", finished_at__gte=now() - LATELY)
    rows = list(failed.order_by("finished_at", "pk")[: SHOWN + 1])
    total = len(rows) if len(rows) <= SHOWN else failed.count()
    items = [
        AgendaItem(
            title=_("%(job)s failed") % {"job": job_title(row.name)},
            detail=row.error.strip().rsplit("\n", 1)[-1][:160],
            url=link("console:job", row.pk),
            action=_("See why"),
            since=row.finished_at or row.created_at,
        )
        for row in rows[:SHOWN]
    ]
    return Waiting(items, total, link("console:jobs") + "?f.state=failed")


@agenda_source(
    "console.parked_facts",
    gettext_lazy("Facts that could not be handled"),
    icon="triangle-alert",
    urgency=Urgency.HOUSE,
    tone="caution",
)
def parked(request: HttpRequest) -> Waiting:
    """Facts parked after their last attempt."""
    rows = parked_facts(request.actor)  # type: ignore[attr-defined]
    found = list(rows[: SHOWN + 1])
    items = [
        AgendaItem(
            title=_("“%(fact)s” could not be handled by %(handler)s") % {"fact": row.fact.name, "handler": row.handler},
            detail=row.error[:160],
            url=link("console:fact-repetition", row.pk),
            action=_("Try again"),
            since=row.parked_at or row.created_at,
            post=True,
        )
        for row in found[:SHOWN]
    ]
    return Waiting(items, len(found) if len(found) <= SHOWN else rows.count(), link("console:jobs") + "#parked")


@panel("console.start", "console.empty", "console/start_invitation.html", order=20)
def guided_start(request: HttpRequest, _subject: object) -> dict[str, object] | None:
    """The way to a first community, for those who may go it."""
    actor = request.actor  # type: ignore[attr-defined]
    return {"begun": draft_for(actor) is not None} if may(actor, APPLY.key) else None

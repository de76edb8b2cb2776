"""Long work: what runs, what ended, what failed; stopped and repeated. And facts that could not be handled."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearth.blueprint.queries import batch_of_job, revision_of_job
from hearth.carriers.queries.uploads import upload_of_job
from hearth.console.saved import VIEWS
from hearth.console.wording import STATE_TONES, STATES, job_title
from hearth.core.idempotency import once
from hearth.core.jobs import ask_cancel, is_owed, kinds, repeat
from hearth.core.models import Job
from hearth.core.permissions import MANAGE_JOBS, Actor, may
from hearth.core.routing import link
from hearth.core.work import OPEN_STATES, job_for, jobs_for, parked_facts, repeat_fact
from hearth.ui.lists import Column, Filter, ListPage
from hearth.ui.pages import page

PARKED_SHOWN = 30


def _tone(row: Job) -> str:
    return STATE_TONES.get(row.state, "")


def _progress(row: Job) -> str:
    if row.state not in OPEN_STATES:
        return ""
    return f"{100 * row.done // row.total} %" if row.total else ""


JOBS = ListPage(
    key="jobs",
    title=gettext_lazy("Jobs"),
    columns=(
        Column(
            "name",
            gettext_lazy("Job"),
            kind="link",
            value=lambda row: job_title(row.name),
            sort="name",
            url=lambda row: link("console:job", row.pk),
            lead=True,
        ),
        Column(
            "state", gettext_lazy("State"), kind="badge", value=lambda row: STATES[row.state], sort="state", tone=_tone
        ),
        Column("progress", gettext_lazy("Progress"), value=_progress),
        Column("created", gettext_lazy("Asked for"), kind="time", value="created_at", sort="created_at"),
        Column("finished", gettext_lazy("Ended"), kind="time", value="finished_at", sort="finished_at"),
        Column("attempts", gettext_lazy("Attempts"), kind="number", sort="attempts", visible=False),
    ),
    filters=(
        Filter("state", gettext_lazy("State"), choices=list(STATES.items())),
        Filter("name", gettext_lazy("Job"), choices=lambda: [(kind.name, job_title(kind.name)) for kind in kinds]),
    ),
    default_sort="-created",
    empty=gettext_lazy("No long work yet. Imports, diagnoses and measuring appear here."),
    empty_picture="plan",
)


@require_http_methods(["GET", "HEAD", "POST"])
def jobs(request: HttpRequest) -> HttpResponse:
    """The list of long work."""
    actor = request.actor  # type: ignore[attr-defined]
    parked = parked_facts(actor)
    context = {
        "nav_active": "jobs",
        "parked": parked[:PARKED_SHOWN],
        "parked_count": parked.count(),
        "may_manage": may(actor, MANAGE_JOBS.key),
    }
    return JOBS.respond(request, jobs_for(actor), template="console/jobs.html", context=context, saved=VIEWS)


@require_safe
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """One piece of long work."""
    row = job_for(request.actor, job_id)  # type: ignore[attr-defined]
    context = {
        "nav_active": "jobs",
        "page_title": job_title(row.name),
        "job": row,
        "state": STATES[row.state],
        "tone": STATE_TONES.get(row.state, ""),
        "is_open": row.state in OPEN_STATES,
        "may_manage": may(request.actor, MANAGE_JOBS.key),  # type: ignore[attr-defined]
        "is_owed": is_owed(row),
        "result": [(key, value) for key, value in row.result.items() if isinstance(value, str | int | float)],
        "upload": upload_of_job(row.pk),
        "why_stopped": row.cancel_asked_at,
    }
    return page(request, "console/job.html", context)


@require_safe
def progress(request: HttpRequest, job_id: int) -> JsonResponse:
    """How far a job is, in the reader's words, and where to go when it is done."""
    row = job_for(request.actor, job_id)  # type: ignore[attr-defined]
    told: dict[str, Any] = {"done": row.done, "total": row.total, "note": _note(row), "state": row.state}
    if row.state not in OPEN_STATES:
        told["url"] = _place_of(row)
        told["state"] = "done"  # the page at that address says how it ended
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


def _note(row: Job) -> str:
    if row.cancel_asked_at is not None:
        return _("Stopping…")
    if row.state == "waiting":
        return _("Waiting for its turn")
    parts = [_progress(row)] if row.total else []
    if row.note.isdigit():
        count = int(row.note)
        parts.append(ngettext("%(n)s message", "%(n)s messages", count) % {"n": f"{count:,}"})
    return " · ".join(part for part in parts if part)


def _place_of(row: Job) -> str:
    upload = upload_of_job(row.pk)
    if upload is not None:
        return link("console:upload", upload.pk)
    batch = batch_of_job(row.pk)
    if batch is not None:
        return link("console:copy-batch", batch)
    number = revision_of_job(row.pk)
    if number is not None:
        return link("console:blueprint-applied", number)
    if "roster" in row.args and row.name.startswith("people."):
        return link("console:roster", row.args["roster"])
    shown = {"insight.refresh_pulse": "console:diagnosis", "insight.refresh_people": "console:people"}
    if row.name == "groups.regroup":
        return link("console:regrouping", row.args["regrouping"])
    return link(shown[row.name]) if row.name in shown else link("console:job", row.pk)


def _once(request: HttpRequest, act: Callable[[Actor, int], Any], pk: int, told: str) -> None:
    with once(request) as claim:
        if claim.fresh:
            act(request.actor, pk)  # type: ignore[attr-defined]
    messages.success(request, told)


@require_POST
def cancellation(request: HttpRequest, job_id: int) -> HttpResponse:
    """Ask a job to stop."""
    with once(request) as claim:
        if claim.fresh:
            claim.result = {"stops": ask_cancel(request.actor, job_id)}  # type: ignore[attr-defined]
    if claim.result["stops"]:
        messages.success(request, _("It stops at the next safe point. What was done so far stays."))
    else:
        messages.info(request, _("It had ended before it could be stopped."))
    return redirect(_place_of(job_for(request.actor, job_id)))  # type: ignore[attr-defined]


@require_POST
def repetition(request: HttpRequest, job_id: int) -> HttpResponse:
    """Queue a job again that failed or was stopped; it goes on from where it stood."""
    _once(request, repeat, job_id, _("It goes on from where it stood."))
    return redirect(_place_of(job_for(request.actor, job_id)))  # type: ignore[attr-defined]


@require_POST
def fact_repetition(request: HttpRequest, parked_id: int) -> HttpResponse:
    """Give a parked fact another round."""
    _once(request, repeat_fact, parked_id, _("It is tried again within seconds."))
    return redirect(link("console:jobs") + "#parked")

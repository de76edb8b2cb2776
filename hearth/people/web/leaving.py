"""One's own data: fetch all of it, or be erased with it."""

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from hearth.core.community_settings import value_of
from hearth.core.errors import NotFound
from hearth.core.idempotency import once
from hearth.core.routing import link
from hearth.people import services
from hearth.people.access import own_member
from hearth.people.queries.leaving import communities_of, newest_export, obstacles_of, open_erasure, what_stays
from hearth.people.services.erasing import GRACE
from hearth.people.types import Words
from hearth.people.web.confirming import confirmed, page_to_confirm, signed_in_lately
from hearth.people.web.portal import show
from hearth.ui.attempts import attempt

WORDS = (
    (Words.REMOVE, gettext_lazy("Delete my messages too")),
    (Words.KEEP, gettext_lazy("Leave my messages without my name, so that others can read on")),
)


class ErasureForm(forms.Form):
    """What becomes of one's messages, and that one means it."""

    words = forms.ChoiceField(label=gettext_lazy("My messages"), choices=WORDS, widget=forms.RadioSelect)
    sure = forms.BooleanField(label=gettext_lazy("I know that this cannot be undone once it has begun"))


def _my_data(request: HttpRequest, form: ErasureForm | None = None) -> HttpResponse:
    member = own_member(request.actor)  # type: ignore[attr-defined]
    subject = services.subject_of(member.person_id)
    context = {
        "export": newest_export(request.user.pk or 0),
        "erasure": open_erasure(member.person_id),
        "obstacles": obstacles_of(subject),
        "places": communities_of(subject),
        "stays": what_stays(),
        "days": value_of(GRACE),
        "confirmed": signed_in_lately(request),
        "page_to_confirm": page_to_confirm(request),
        "form": form or ErasureForm(),
    }
    return show(request, "people/my_data.html", context)


@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """What can be fetched, and how to go for good."""
    return _my_data(request)


@require_POST
@confirmed
def own_export(request: HttpRequest) -> HttpResponse:
    """Have a file made of everything held of oneself."""
    with once(request) as claim:
        if claim.fresh:
            services.order_own_export(request.actor)  # type: ignore[attr-defined]
    return redirect(link("people:my-data"))


@require_GET
def export_progress(request: HttpRequest) -> JsonResponse:
    """How far the newest file is, for the bar."""
    row = newest_export(request.user.pk or 0)
    job = row.job if row else None
    told = {"done": job.done, "total": job.total, "note": "", "state": job.state} if job else {"state": "done"}
    if job is None or job.state not in {"waiting", "running"}:
        told |= {"state": "done", "url": link("people:my-data")}
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


@require_GET
@confirmed
def export_file(request: HttpRequest, export_id: int) -> FileResponse:
    """The file itself, for whoever asked for it."""
    row, file = services.open_export(request.actor, export_id)  # type: ignore[attr-defined]
    answer = FileResponse(file, as_attachment=True, filename=row.name, content_type="application/octet-stream")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_POST
@confirmed
def erasure(request: HttpRequest) -> HttpResponse:
    """Ask to be erased."""
    form = ErasureForm(request.POST)

    def ask(data: dict[str, Any]) -> dict[str, Any]:
        return {"erasure": services.ask_erasure(request.actor, data["words"]).pk}  # type: ignore[attr-defined]

    if attempt(request, form, ask) is None:
        return _my_data(request, form)
    return redirect(link("people:my-data"))


@require_POST
def erasure_calling_off(request: HttpRequest) -> HttpResponse:
    """Stay after all."""
    own_member(request.actor)  # type: ignore[attr-defined]
    with once(request) as claim:
        if claim.fresh:
            with suppress(NotFound):  # called off in another window: they stay all the same
                services.call_off_erasure(request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("You stay. Nothing was deleted."))
    return redirect(link("people:my-data"))

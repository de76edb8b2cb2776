"""Tags of one member, put on and taken off on their page by the service behind the list's bulk actions."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearth.console.pages.members import member_page
from hearth.console.pages.members_bulk import ROUTE, TagForm
from hearth.console.undo import keep_undo
from hearth.core.errors import Refusal
from hearth.core.idempotency import once
from hearth.core.routing import link
from hearth.people.access import member_for
from hearth.people.errors import ConsentMissing
from hearth.people.queries.lists import tags_of
from hearth.people.services import change_tags
from hearth.ui.attempts import attempt
from hearth.ui.pages import tell_undo


@require_POST
def tagging(request: HttpRequest, member_id: int) -> HttpResponse:
    """One more tag; the page says why where it cannot be put."""
    actor = request.actor  # type: ignore[attr-defined]
    found, form = member_for(actor, member_id), TagForm(request.POST)

    def put(data: dict[str, Any]) -> dict[str, Any]:
        if not change_tags(actor, [found.pk], data["tag"], on=True, sensitive=data["sensitive"]):
            had = found.pk in tags_of([found.pk], data["tag"]).having
            raise Refusal("Has it already.", field="tag") if had else ConsentMissing(field="tag")
        return {"undo": keep_undo(request, "untag", [[data["tag"], [found.pk], data["sensitive"]]], ROUTE)}

    done = attempt(request, form, put)
    if done is None:
        return member_page(request, found, form)
    tell_undo(request, _("The tag is put on."), done["undo"])
    return HttpResponseRedirect(link("console:member", found.pk))


@require_POST
def untagging(request: HttpRequest, member_id: int) -> HttpResponse:
    """A tag taken off, with the way back; one that is gone already changes nothing."""
    actor, tag = request.actor, request.POST.get("tag", "")  # type: ignore[attr-defined]
    found = member_for(actor, member_id)
    with once(request) as claim:
        if claim.fresh:
            delicate = found.pk in tags_of([found.pk], tag).delicate
            done = change_tags(actor, [found.pk], tag, on=False)
            claim.result = {"undo": keep_undo(request, "tag", [[tag, done, delicate]] if done else [], ROUTE)}
    if claim.result["undo"]:
        tell_undo(request, _("The tag is taken off."), claim.result["undo"])
    return HttpResponseRedirect(link("console:member", found.pk))

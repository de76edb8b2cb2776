"""The verification desk, and merging two members who are one human."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearth.core.errors import NotFound
from hearth.core.permissions import demand
from hearth.core.routing import link
from hearth.kit.clock import now
from hearth.people import services
from hearth.people.access import member_for, verification_for
from hearth.people.queries import open_verifications, verifications_of
from hearth.people.queries.operating import identities_count, look_alikes
from hearth.people.registry import MERGE, VERIFY
from hearth.people.services.licences import reveal_licence
from hearth.ui.attempts import attempt
from hearth.ui.pages import PANEL_TARGET, page, tell_undo

YEAR = timedelta(days=365)


class DecisionForm(forms.Form):
    """Confirm a credential until a day, or refuse it with a word to the member."""

    expires_on = forms.DateField(
        label=gettext_lazy("Valid until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("On that day the badge ends and the member is asked again."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note to the member"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed to refuse: what is missing, and how to mend it."),
    )


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Credentials that wait, the oldest first."""
    rows = open_verifications(request.actor)  # type: ignore[attr-defined]
    context = {"nav_active": "verification", "page_title": _("Verification"), "rows": rows}
    return page(request, "people/console/queue.html", context)


def _details(request: HttpRequest, row: Any, form: DecisionForm | None = None, licence: str = "") -> HttpResponse:
    waiting = open_verifications(request.actor)  # type: ignore[attr-defined]
    ids = [one.id for one in waiting]
    context = {
        "nav_active": "verification",
        "page_title": row.member.real_name or row.member.display_name,
        "row": row,
        "member": row.member,
        "form": form or DecisionForm(initial={"expires_on": (now() + YEAR).date()}),
        "licence": licence,
        "earlier": [one for one in verifications_of(row.member_id) if one.pk != row.pk],
        "next": next((pk for pk in ids if pk != row.pk), None),
        "is_own": row.member_id == request.actor.member_id,  # type: ignore[attr-defined]
        "state_words": STATE_WORDS,
        "page_shortcuts": [(("Alt", "Y"), _("Confirm")), (("Alt", "N"), _("Refuse"))],
    }
    return page(request, "people/console/verification.html", context, {PANEL_TARGET: "details"})


STATE_WORDS = {
    "waiting": gettext_lazy("Waiting"),
    "verified": gettext_lazy("Confirmed"),
    "refused": gettext_lazy("Refused"),
    "expired": gettext_lazy("Expired"),
    "revoked": gettext_lazy("Revoked"),
}


def _for_reviewer(request: HttpRequest, verification_id: int) -> Any:
    demand(request.actor, VERIFY.key)  # type: ignore[attr-defined]
    return verification_for(request.actor, verification_id)  # type: ignore[attr-defined]


@require_safe
def verification(request: HttpRequest, verification_id: int) -> HttpResponse:
    """One credential with what the reviewer checks."""
    return _details(request, _for_reviewer(request, verification_id))


@require_POST
def decision(request: HttpRequest, verification_id: int) -> HttpResponse:
    """Confirm or refuse, then on to the next one."""
    row = _for_reviewer(request, verification_id)
    form = DecisionForm(request.POST)
    verified = request.POST.get("verdict") == "verified"

    def decide(data: dict[str, Any]) -> dict[str, Any]:
        expires = data["expires_on"] if verified else None
        actor = request.actor  # type: ignore[attr-defined]
        services.decide_verification(actor, row.pk, verified=verified, expires_on=expires, note=data["note"])
        return {"decided": True}

    if attempt(request, form, decide) is None:
        return _details(request, row, form)
    told = _("Confirmed. The member is told.") if verified else _("Refused. The member is told why.")
    messages.success(request, told)
    return redirect(link("console:verification"))


@require_POST
def licence(request: HttpRequest, verification_id: int) -> HttpResponse:
    """Open the sealed licence number; the look is on record."""
    row = _for_reviewer(request, verification_id)
    form = forms.Form(request.POST)
    seen: dict[str, str] = {}

    def look(_data: dict[str, Any]) -> dict[str, Any]:
        seen["number"] = reveal_licence(request.actor, row.pk)  # type: ignore[attr-defined]
        return {"looked": True}  # the number itself is never stored with the key

    attempt(request, form, look)
    response = _details(request, row, None, seen.get("number", ""))
    response.headers["Cache-Control"] = "no-store"
    return response


class MergeForm(forms.Form):
    """Whom a member is merged into, and why."""

    into = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(
        label=gettext_lazy("Why"), max_length=200, help_text=gettext_lazy("How you know that they are one person.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def merging(request: HttpRequest, member_id: int) -> HttpResponse:
    """Find the other one, look at what would happen, merge; Undo parts them again exactly."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, MERGE.key)
    member = member_for(actor, member_id)
    query = request.GET.get("q", "").strip()[:80]
    chosen = request.POST.get("into") or request.GET.get("into", "")
    into = member_for(actor, int(chosen)) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None
    form = MergeForm(request.POST or None, initial={"into": into.pk if into else None})
    if request.method == "POST" and into is not None:

        def merge(data: dict[str, Any]) -> dict[str, Any]:
            return {"batch": str(services.merge_members(actor, member, into, data["why"]))}

        told = attempt(request, form, merge)
        if told is not None:
            text = _("%(one)s and %(other)s are one member now.")
            names = {"one": member.display_name, "other": into.display_name}
            tell_undo(request, text % names, link("console:merge-undo", told["batch"]), seconds=30)
            return redirect(link("console:member", into.pk))
    context = {
        "nav_active": "members",
        "page_title": _("Merge %(name)s") % {"name": member.display_name},
        "member": member,
        "into": into,
        "query": query,
        "found": [] if into else look_alikes(actor, member, query),
        "form": form,
        "identities": identities_count(member),
    }
    return page(request, "people/console/merging.html", context)


@require_POST
def merge_undo(request: HttpRequest, batch: str) -> HttpResponse:
    """Part two members again."""
    try:
        key = UUID(batch)
    except ValueError:
        raise NotFound() from None
    form = forms.Form(request.POST)
    if attempt(request, form, lambda _data: services.undo_merge(request.actor, key)) is None:  # type: ignore[attr-defined]
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        messages.success(request, _("Undone: they are two members again."))
    return redirect(link("console:members"))

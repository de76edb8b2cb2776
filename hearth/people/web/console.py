"""Merging two members who are one human."""

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
from hearth.people import services
from hearth.people.access import member_for
from hearth.people.queries.badges import WHAT_A_BADGE_CONFIRMS
from hearth.people.queries.duplicates import duplicates
from hearth.people.queries.lists import holds_badge
from hearth.people.queries.operating import identities_count, look_alikes
from hearth.people.registry import MERGE
from hearth.people.web.words import FIELD_WORDS
from hearth.ui.attempts import attempt, errors_of
from hearth.ui.pages import page, tell_undo

WHY_WORDS = {
    "email": gettext_lazy("Same e-mail address"),
    "phone": gettext_lazy("Same name and phone number"),
    "work": gettext_lazy("Same name, hospital and department"),
    "name": gettext_lazy("Same name, which nobody else here has; no hospital or department to tell them apart"),
}


class MergeForm(forms.Form):
    """Whom a member is merged into, and why."""

    into = forms.IntegerField(widget=forms.HiddenInput)
    take = forms.MultipleChoiceField(
        label=gettext_lazy("Take over from the one that goes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    why = forms.CharField(
        label=gettext_lazy("Why"), max_length=200, help_text=gettext_lazy("How you know that they are one person.")
    )

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["take"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["take"]


@require_http_methods(["GET", "HEAD", "POST"])
def merging(request: HttpRequest, member_id: int) -> HttpResponse:
    """Find the other one, look at what would happen, merge; Undo parts them again exactly."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, MERGE.key)
    member = member_for(actor, member_id)
    query = request.GET.get("q", "").strip()[:80]
    chosen = request.POST.get("into") or request.GET.get("into", "")
    into = member_for(actor, int(chosen)) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None
    form = MergeForm(_differing(member, into), request.POST or None, initial={"into": into.pk if into else None})
    if request.method == "POST" and into is not None:

        def merge(data: dict[str, Any]) -> dict[str, Any]:
            return {"batch": str(services.merge_members(actor, member, into, data["why"], take=data.get("take", ())))}

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


def _differing(member: Any, into: Any) -> list[tuple[str, str]]:
    """Fields in which the two differ, with both values; what a badge confirms is not offered."""
    if into is None:
        return []
    told = []
    for name, label in FIELD_WORDS.items():
        mine, theirs = getattr(member, name), getattr(into, name)
        if mine and mine != theirs and not (name in WHAT_A_BADGE_CONFIRMS and holds_badge(into.pk)):
            words = _("%(field)s: “%(new)s” instead of “%(old)s”")
            told.append((name, words % {"field": label, "new": mine, "old": theirs or "–"}))
    return told


@require_safe
def duplicate_members(request: HttpRequest) -> HttpResponse:
    """Pairs of members who may be one human."""
    pairs = duplicates(request.actor)  # type: ignore[attr-defined]
    context = {
        "nav_active": "members",
        "page_title": _("Members who may be one person"),
        "pairs": [(pair, WHY_WORDS[pair.why]) for pair in pairs],
    }
    return page(request, "people/console/duplicates.html", context)


@require_POST
def merge_undo(request: HttpRequest, batch: str) -> HttpResponse:
    """Part two members again."""
    try:
        key = UUID(batch)
    except ValueError:
        raise NotFound() from None
    form = forms.Form(request.POST)
    if attempt(request, form, lambda _data: services.undo_merge(request.actor, key)) is None:  # type: ignore[attr-defined]
        messages.error(request, errors_of(form))
    else:
        messages.success(request, _("Undone: they are two members again."))
    return redirect(link("console:members"))

"""Whom a group is for, how many of its members match, and who stands better elsewhere: moved with one press."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from hearth.core.errors import Refusal
from hearth.core.permissions import may
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups import services
from hearth.groups.access import group_where, member_in
from hearth.groups.models import Group
from hearth.groups.queries.purity import already_there, purity_of
from hearth.groups.registry import MANAGE_GROUP, REGROUP
from hearth.groups.rules.purity import traits_of
from hearth.groups.services.texts import said
from hearth.groups.web.forms import is_one_of
from hearth.ui.attempts import attempt
from hearth.ui.pages import page, tell_undo

WORDS = {
    "department": gettext_lazy("Department"),
    "hospital": gettext_lazy("Hospital"),
    "city": gettext_lazy("City"),
    "kind": gettext_lazy("Kind of member"),
    "badge": gettext_lazy("Badge (yes or no)"),
}


class TraitForm(forms.Form):
    """What members of the group have."""

    attribute = forms.ChoiceField(label=gettext_lazy("Whose"), choices=list(WORDS.items()))
    values = is_one_of()


@require_http_methods(["GET", "HEAD", "POST"])
def purity(request: HttpRequest, group_id: int) -> HttpResponse:
    """The definition of a group, how pure it is, and the misplaced."""
    actor = request.actor  # type: ignore[attr-defined]
    group = group_where(actor, group_id, MANAGE_GROUP.key)
    act = request.POST.get("act", "add")
    refused: Any = []
    form = TraitForm(request.POST if request.method == "POST" and act == "add" else None)
    if request.method == "POST":
        asked = form if act == "add" else forms.Form(request.POST)
        done = attempt(request, asked, lambda data: _act(request, group, act, data))
        if done is not None:
            if done.get("moved"):
                told = _("%(who)s is now in %(group)s.") % {"who": done["who"], "group": done["to"]}
                tell_undo(request, told, link("console:regrouping", done["moved"]) + "?act=take_back")
            return redirect(link("console:group-purity", group.pk))
        refused = [] if act == "add" else asked.non_field_errors()
    found = purity_of(group)
    context: dict[str, Any] = {
        "nav_active": "groups",
        "page_title": best(group.name) or group.key,
        "group": group,
        "form": form,
        "refused": refused,
        "traits": [
            (n, WORDS[one.attribute], said(one.attribute, one.values))
            for n, one in enumerate(traits_of(group.definition))
        ],
        "purity": found,
        "there": already_there(found) if found else set(),
        "may_move": may(actor, REGROUP.key),
    }
    return page(request, "groups/console/purity.html", context, status=422 if context["refused"] else None)


def _act(request: HttpRequest, group: Group, act: str, data: dict[str, Any]) -> dict[str, Any]:
    if act == "move":
        return _move(request, group)
    kept = list(group.definition)
    if act == "add":
        kept.append({"attribute": data["attribute"], "values": data["values"].splitlines()})
    elif act == "remove":
        told = request.POST.get("trait", "")
        kept = [one for n, one in enumerate(kept) if str(n) != told]
    else:
        raise Refusal("Choose one of the values offered.")
    services.change_group(request.actor, group, definition=kept)  # type: ignore[attr-defined]
    return {"group": group.pk}


def _move(request: HttpRequest, group: Group) -> dict[str, Any]:
    """Move one of the misplaced to where they match as things stand now."""
    actor, found = request.actor, purity_of(group)  # type: ignore[attr-defined]
    told = request.POST.get("member", "")
    one = next((one for one in found.misplaced if str(one.seen.pk) == told), None) if found else None
    if one is None or one.better is None:
        raise Refusal("Choose one of the values offered.")
    row = services.move_member(actor, group, one.better, member_in(actor, group, one.seen.pk))
    return {"moved": row.pk, "who": one.seen.name, "to": best(one.better.name)}

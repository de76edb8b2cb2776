"""Operators' acts on a group: open it, change its card with a reason, give roles, publish norms, close and reopen."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hearth.core.errors import Refusal
from hearth.core.permissions import demand
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups import queries, services
from hearth.groups.access import group_where
from hearth.groups.queries.operating import closure_of
from hearth.groups.registry import CLOSE_GROUP, GIVE_ROLE, MANAGE_GROUP, OPEN_GROUP
from hearth.groups.web.forms import GroupForm, NormsForm
from hearth.groups.web.name_cards import lacking
from hearth.people.access import member_for
from hearth.people.queries.operating import find_members
from hearth.ui.attempts import attempt
from hearth.ui.pages import page, tell_undo

ROLES = (
    ("keeper", gettext_lazy("Keeper")),
    ("assistant", gettext_lazy("Assistant")),
    ("owner", gettext_lazy("Owner of record")),
)


class WhyForm(forms.Form):
    """A reason for the audit log."""

    why = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, required=False, help_text=gettext_lazy("Kept in the audit log.")
    )


class EditForm(WhyForm, GroupForm):
    """The card of a group with the reason for changing it."""


class OpeningForm(GroupForm):
    """A new group, its first norms, and who answers for it."""

    norms = forms.CharField(
        label=gettext_lazy("Norms"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Everybody accepts them on entry. They can be rewritten later; members are told."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: HttpRequest) -> HttpResponse:
    """Open a group; the operator is its owner of record until it is handed over."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, OPEN_GROUP.key)
    form = OpeningForm(request.POST or None, initial={"visibility": "listed", "space": "general", "capacity": 200})
    if request.method == "POST":
        done = attempt(
            request, form, lambda data: {"group": services.open_group(actor, language=get_language() or "", **data).pk}
        )
        if done is not None:
            messages.success(request, _("The group is open. Invite its first members with a join link."))
            return redirect(link("console:group", done["group"]))
    context = {"nav_active": "groups", "page_title": _("Open a group"), "form": form}
    return page(request, "groups/console/opening.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, group_id: int) -> HttpResponse:
    """Change a group's card in the reader's language, its capacity and its door; say why."""
    actor = request.actor  # type: ignore[attr-defined]
    group = group_where(actor, group_id, MANAGE_GROUP.key)
    language = get_language() or group.language
    form = EditForm.of(group, language, request.POST or None)
    held_up = lacking(request, group, form)
    if request.method == "POST" and not held_up:

        def change(data: dict[str, Any]) -> dict[str, Any]:
            changed = services.change_group(actor, group, why=data["why"], **form.changes(group, language))
            return {"group": changed.pk}

        if attempt(request, form, change) is not None:
            messages.success(request, _("Saved."))
            return redirect(link("console:group", group.pk))
    context = {
        "nav_active": "groups",
        "page_title": best(group.name) or group.key,
        "group": group,
        "form": form,
        "lacking": held_up,
    }
    return page(request, "groups/console/edit.html", context, status=422 if held_up else None)


@require_http_methods(["GET", "HEAD", "POST"])
def norms(request: HttpRequest, group_id: int) -> HttpResponse:
    """Publish a new version of the norms."""
    actor = request.actor  # type: ignore[attr-defined]
    group = group_where(actor, group_id, MANAGE_GROUP.key)
    newest = queries.newest_norms(group.pk)
    form = NormsForm(request.POST or None, texts=newest.text if newest else {})
    if request.method == "POST":
        done = attempt(request, form, lambda _data: {"ok": services.publish_norms(actor, group, form.texts()).pk})
        if done is not None:
            messages.success(request, _("The new norms are in force."))
            return redirect(link("console:group", group.pk))
    context = {
        "nav_active": "groups",
        "page_title": best(group.name) or group.key,
        "group": group,
        "form": form,
        "version": newest.version if newest else 0,
    }
    return page(request, "groups/console/norms.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: HttpRequest, group_id: int) -> HttpResponse:
    """Give and end roles: the person is found by name and joins the group with the role if needed."""
    actor = request.actor  # type: ignore[attr-defined]
    group = group_where(actor, group_id, GIVE_ROLE.key)
    query = request.GET.get("q", "").strip()[:80]
    form = WhyForm(request.POST or None)
    if request.method == "POST":
        if attempt(request, form, lambda data: _give(request, group, data["why"])) is not None:
            return redirect(link("console:group-roles", group.pk))
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        return redirect(link("console:group-roles", group.pk))
    context = {
        "nav_active": "groups",
        "page_title": best(group.name) or group.key,
        "group": group,
        "keepers": queries.keepers_of([group.pk]).get(group.pk, []),
        "role_words": dict(ROLES),
        "query": query,
        "found": find_members(actor, query, 12) if query else [],
        "roles": ROLES,
        "form": form,
    }
    return page(request, "groups/console/roles.html", context)


def _give(request: HttpRequest, group: Any, why: str) -> dict[str, Any]:
    actor = request.actor  # type: ignore[attr-defined]
    told = request.POST.get("member", "")
    if not (told.isascii() and told.isdigit() and len(told) < 19):
        raise Refusal("Choose one of the values offered.")
    member, role = member_for(actor, int(told)), request.POST.get("role", "")
    if request.POST.get("end"):
        services.end_role(actor, group, member, role, why=why)
        messages.success(request, _("The role has ended."))
        return {"member": member.pk}
    services.admit_member(actor, group, member, how="staff", why=why)
    if role == "owner":
        services.hand_over(actor, group, member, why=why)
    else:
        services.give_role(actor, group, member, role, why=why)
    messages.success(request, _("The role is given."))
    return {"member": member.pk}


@require_POST
def closure(request: HttpRequest, group_id: int) -> HttpResponse:
    """Close a group; Undo reopens it."""
    actor = request.actor  # type: ignore[attr-defined]
    group = group_where(actor, group_id, CLOSE_GROUP.key)
    form = WhyForm(request.POST)
    if attempt(request, form, lambda data: {"ok": services.close_group(actor, group, why=data["why"]).pk}) is not None:
        tell_undo(request, _("The group is closed. It can still be read."), link("console:group-reopening", group.pk))
    else:
        messages.warning(request, _("The group was closed already."))
    return redirect(link("console:group", group.pk))


@require_POST
def reopening(request: HttpRequest, group_id: int) -> HttpResponse:
    """Let a closed group go on."""
    actor = request.actor  # type: ignore[attr-defined]
    group = group_where(actor, group_id, CLOSE_GROUP.key)
    form = WhyForm(request.POST)
    if closure_of(group.pk) is None:
        return redirect(link("console:group", group.pk))
    if attempt(request, form, lambda data: services.reopen_group(actor, group, why=data["why"])) is not None:
        messages.success(request, _("The group is open again."))
    return redirect(link("console:group", group.pk))

"""Pages for keepers: the card, the norms, roles, order, links."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hearth.core.idempotency import once
from hearth.core.routing import link
from hearth.groups import queries, services
from hearth.groups.access import group_for, group_where, link_for, member_in, restriction_for
from hearth.groups.queries.value_lines import promotion_rests
from hearth.groups.registry import CLOSE_GROUP, GIVE_ROLE, HAND_OVER, INVITE, MANAGE_GROUP, REMOVE_MEMBER, RESTRICT
from hearth.groups.web.forms import GroupForm, LinkForm, MuteForm, NormsForm, RemovalForm
from hearth.groups.web.name_cards import lacking
from hearth.groups.web.portal_context import group_context
from hearth.kit.clock import now
from hearth.people.queries import member_cards
from hearth.ui.attempts import attempt
from hearth.ui.pages import page

SET_ROLES = ("keeper", "assistant")


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, group_id: int) -> HttpResponse:
    """The card in the reader's language, the door, and the way to the norms."""
    group = group_where(request.actor, group_id, MANAGE_GROUP.key)
    language = get_language() or group.language
    form = GroupForm.of(group, language, request.POST or None)
    held_up = lacking(request, group, form)
    if request.method == "POST" and not held_up:
        done = attempt(
            request,
            form,
            lambda _data: {"ok": services.change_group(request.actor, group, **form.changes(group, language)).pk},
        )
        if done is not None:
            messages.success(request, _("Saved."))
            return redirect(link("groups:settings", group_id=group.pk))
    norms = queries.newest_norms(group.pk)
    context = group_context(request, group)
    context |= {
        "form": form,
        "norms_form": NormsForm(texts=norms.text if norms else {}),
        "norms_version": norms.version if norms else 0,
        "is_closed": queries.is_closed(group.pk),
        "tab": "settings",
        "lacking": held_up,
    }
    return page(request, "groups/settings.html", context, status=422 if held_up else None)


@require_POST
def norms(request: HttpRequest, group_id: int) -> HttpResponse:
    """Publish a new version of the norms."""
    group = group_where(request.actor, group_id, MANAGE_GROUP.key)
    newest = queries.newest_norms(group.pk)
    form = NormsForm(request.POST, texts=newest.text if newest else {})
    if attempt(request, form, lambda _data: {"ok": services.publish_norms(request.actor, group, form.texts()).pk}):
        messages.success(request, _("The new norms are in force."))
        return redirect(link("groups:settings", group_id=group.pk))
    context = group_context(request, group)
    context |= {
        "form": GroupForm.of(group, get_language() or group.language),
        "norms_form": form,
        "norms_version": newest.version if newest else 0,
        "tab": "settings",
    }
    return page(request, "groups/settings.html", context)


@require_POST
def closure(request: HttpRequest, group_id: int) -> HttpResponse:
    """Close a group."""
    group = group_where(request.actor, group_id, CLOSE_GROUP.key)
    with once(request) as claim:
        if claim.fresh:
            services.close_group(request.actor, group, why=request.POST.get("why", ""))
    messages.success(request, _("The group is closed. It can still be read."))
    return redirect(link("groups:card", group_id=group.pk))


@require_POST
def reopening(request: HttpRequest, group_id: int) -> HttpResponse:
    """Let a closed group go on."""
    group = group_where(request.actor, group_id, CLOSE_GROUP.key)
    with once(request) as claim:
        if claim.fresh:
            services.reopen_group(request.actor, group)
    return redirect(link("groups:card", group_id=group.pk))


@require_POST
def role(request: HttpRequest, group_id: int, member_id: int) -> HttpResponse:
    """Make a member keeper or assistant, or plain member again."""
    group = group_where(request.actor, group_id, GIVE_ROLE.key)
    member = member_in(request.actor, group, member_id)
    wanted = request.POST.get("role", "")
    with once(request) as claim:
        if claim.fresh:
            held = queries.roles_by_member(group.pk).get(member.pk, frozenset())
            if wanted in SET_ROLES:
                services.give_role(request.actor, group, member, wanted)
            for other in sorted(held & set(SET_ROLES) - {wanted}):
                services.end_role(request.actor, group, member, other)
    messages.success(request, _("Saved."))
    return redirect(link("groups:members", group_id=group.pk))


@require_POST
def owner(request: HttpRequest, group_id: int, member_id: int) -> HttpResponse:
    """Hand the group over."""
    group = group_for(request.actor, group_id)
    with once(request) as claim:
        if claim.fresh:  # pressed twice, the second press comes from somebody who is no longer the owner
            group = group_where(request.actor, group_id, HAND_OVER.key)
            services.hand_over(request.actor, group, member_in(request.actor, group, member_id))
    messages.success(request, _("The group has a new owner of record. You stay as keeper."))
    return redirect(link("groups:members", group_id=group.pk))


@require_http_methods(["GET", "POST"])
def removal(request: HttpRequest, group_id: int, member_id: int) -> HttpResponse:
    """Take a member out, with a reason."""
    group = group_where(request.actor, group_id, REMOVE_MEMBER.key)
    form = RemovalForm(request.POST or None)
    if request.method == "POST":

        def remove(data: dict[str, Any]) -> None:
            target = member_in(request.actor, group, member_id)
            services.remove_member(request.actor, group, target, data["why"], ban=data["ban"])

        if attempt(request, form, remove) is not None:
            messages.success(request, _("Taken out. The member was told why."))
            return redirect(link("groups:members", group_id=group.pk))
    member = member_in(request.actor, group, member_id)  # looked up last: pressed twice, they are gone already
    context = {
        "form": form,
        "card": member_cards([member.pk], group.space).get(member.pk),
        "title": _("Take a member out"),
        "action": _("Take out"),
        "tab": "members",
    }
    return page(request, "groups/order.html", {**group_context(request, group), **context})


@require_http_methods(["GET", "POST"])
def mute(request: HttpRequest, group_id: int, member_id: int) -> HttpResponse:
    """Take a member's voice for a while, with a reason."""
    group = group_where(request.actor, group_id, RESTRICT.key)
    member = member_in(request.actor, group, member_id)
    form = MuteForm(request.POST or None)
    if request.method == "POST":

        def restrict(data: dict[str, Any]) -> dict[str, Any]:
            until = now() + timedelta(hours=data["hours"]) if data["hours"] else None
            row = services.restrict(request.actor, member, group, kind="mute", until=until, why=data["why"])
            return {"restriction": row.pk}

        if attempt(request, form, restrict) is not None:
            messages.success(request, _("Muted. The member was told why."))
            return redirect(link("groups:members", group_id=group.pk))
    context = {
        "form": form,
        "card": member_cards([member.pk], group.space).get(member.pk),
        "title": _("Mute a member"),
        "action": _("Mute"),
        "tab": "members",
    }
    return page(request, "groups/order.html", {**group_context(request, group), **context})


@require_POST
def lifting(request: HttpRequest, restriction_id: int) -> HttpResponse:
    """Lift a restriction early."""
    row = restriction_for(request.actor, restriction_id)
    with once(request) as claim:
        if claim.fresh:
            services.lift(request.actor, row)
    messages.success(request, _("Lifted."))
    if row.group_id is None:
        return redirect(link("groups:discover"))
    return redirect(link("groups:members", group_id=row.group_id))


@require_http_methods(["GET", "POST"])
def links(request: HttpRequest, group_id: int) -> HttpResponse:
    """Links and QR codes into the group."""
    group = group_where(request.actor, group_id, INVITE.key)
    form = LinkForm(request.POST or None)
    if request.method == "POST":

        def make(data: dict[str, Any]) -> dict[str, Any]:
            until = now() + timedelta(days=data["days"]) if data["days"] else None
            row = services.make_join_link(
                request.actor, group, expires_at=until, max_uses=data["max_uses"], welcome=data["welcome"]
            )
            return {"link": row.pk}

        if attempt(request, form, make) is not None:
            return redirect(link("groups:links", group_id=group.pk))
    rows = [
        {"link": row, "url": request.build_absolute_uri(link("groups:entry", code=row.code))}
        for row in queries.links_of(group)
    ]
    context = {"form": form, "rows": rows, "rests": promotion_rests(group.pk), "tab": "links"}
    return page(request, "groups/links.html", {**group_context(request, group), **context})


@require_POST
def link_revocation(request: HttpRequest, link_id: int) -> HttpResponse:
    """Stop a link."""
    row = link_for(request.actor, link_id)
    with once(request) as claim:
        if claim.fresh:
            services.revoke_link(request.actor, row)
    messages.success(request, _("The link no longer works."))
    return redirect(link("groups:links", group_id=row.group_id))


@require_GET
def link_qr(request: HttpRequest, link_id: int) -> HttpResponse:
    """The QR code of a link as a picture."""
    row = link_for(request.actor, link_id)
    url = request.build_absolute_uri(link("groups:entry", code=row.code)) + "?qr"
    answer = HttpResponse(services.qr_svg(url), content_type="image/svg+xml")
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer

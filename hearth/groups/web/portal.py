"""Pages for members: discover groups, read a card, join, see who is there, leave."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hearth.core.errors import Refusal
from hearth.core.permissions import GroupRole, may
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups import queries, services
from hearth.groups.access import group_for, group_where, home_of, is_banned, roles_in
from hearth.groups.errors import GroupClosed, InvitingRests, KeptOut
from hearth.groups.models import Group
from hearth.groups.queries.doors import members_invite
from hearth.groups.queries.onboarding import welcome_for
from hearth.groups.registry import (
    GIVE_ROLE,
    HAND_OVER,
    REMOVE_MEMBER,
    RESTRICT,
    SEE_MEMBER_LIST,
    TEND,
)
from hearth.groups.web.door_view import door_view, given_in
from hearth.groups.web.forms import JoinForm, with_norms
from hearth.groups.web.name_cards import form_of
from hearth.groups.web.portal_context import group_context
from hearth.groups.web.waiting import line_view
from hearth.people.access import own_member
from hearth.people.queries import member_cards
from hearth.people.registry import SEE_MEMBERS
from hearth.ui.attempts import attempt
from hearth.ui.pages import page
from hearth.ui.panels import panels_of

PAGE = 50


@require_GET
def discover(request: HttpRequest) -> HttpResponse:
    """Groups to find: one's own first, then the liveliest."""
    search = request.GET.get("q", "").strip()[:80]
    rows = Paginator(queries.visible_groups(request.actor, search=search), PAGE).get_page(request.GET.get("page"))
    shown = [{"group": row, "name": best(row.name), "function": best(row.function)} for row in rows]
    return page(request, "groups/discover.html", {"nav_active": "discover", "q": search, "rows": shown, "page": rows})


@require_GET
def card(request: HttpRequest, group_id: int) -> HttpResponse:
    """What a group is, who tends it, its norms, and the way in."""
    group = group_for(request.actor, group_id)
    return _card(request, group, None)


def _card(request: HttpRequest, group: Group, form: JoinForm | None) -> HttpResponse:
    norms = queries.newest_norms(group.pk)
    keepers = queries.keepers_of([group.pk]).get(group.pk, [])
    cards = member_cards([keeper[0] for keeper in keepers], group.space)
    context = group_context(request, group)
    context |= {
        "form": with_norms(form or JoinForm(initial={"norms_version": norms.version if norms else None}), norms),
        "norms": best(norms.text) if norms else "",
        "norms_version": norms.version if norms else None,
        "owes_norms": bool(norms and context["is_in"] and not queries.has_accepted(norms, request.actor.member_id)),
        "card": best(group.card),
        "function": best(group.function),
        "name_form": form_of(group.name_rule),
        "keepers": [(cards[pk], role) for pk, _name, role in keepers if pk in cards],
        "is_closed": queries.is_closed(group.pk),
        "home": home_of(request.actor, group),
        "panels": panels_of("groups.card", request, group)["main"],
        "tab": "card",
    }
    if context["is_in"]:
        context["welcome"] = welcome_for(request.actor.member_id, group)
        context["may_invite_one"] = members_invite(group.pk)
    else:
        context |= {"door": door_view(request, group), "line": line_view(request, group)}
        if request.actor.member_id and is_banned(request.actor.member_id, group):
            context["kept_out"] = str(KeptOut())
    return page(request, "groups/card.html", context)


@require_POST
def join(request: HttpRequest, group_id: int) -> HttpResponse:
    """Come in by the open door."""
    group = group_for(request.actor, group_id)
    form = JoinForm(request.POST)

    def enter(data: dict[str, Any]) -> dict[str, Any]:
        own_member(request.actor)
        version = data["norms_version"] if data["accept_norms"] else None
        given = given_in(request)
        return said_by(
            services.knock(request.actor, group, how="open_door", given=given, norms_version=version, why=data["why"])
        )

    done = attempt(request, form, enter)
    if done is None:
        return _card(request, group, form)
    tell_knock(request, group, done)
    return redirect(link("groups:card", group_id=group.pk))


def said_by(knock: services.Knock) -> dict[str, Any]:
    """What became of a knock, to be kept with its idempotency key."""
    answer = knock.judgement.answer.value if knock.judgement else "passed"
    membership = knock.membership.pk if knock.membership else None
    return {"membership": membership, "answer": "line" if knock.waiting else answer}


def tell_knock(request: HttpRequest, group: Group, said: dict[str, Any]) -> None:
    """Say what became of it."""
    if said["membership"] is not None:
        messages.success(request, _("Welcome. You are in."))
    elif said["answer"] == "line":
        messages.success(request, _("You stand in line. See below where, and why."))
    elif said["answer"] == "waits":
        messages.success(request, _("Your request is made. Somebody who tends the group decides."))
    elif said["answer"] == "asks":
        messages.info(request, _("The door asks for more: see below."))
    else:
        messages.warning(request, _("You cannot come in yet: see below why."))


@require_POST
def acceptance(request: HttpRequest, group_id: int) -> HttpResponse:
    """Accept new norms as a member."""
    group = group_for(request.actor, group_id)
    form = JoinForm(request.POST)

    def accept(data: dict[str, Any]) -> None:
        if not data["accept_norms"]:
            raise Refusal("Say first that you accept the norms.", field="accept_norms")
        services.accept_norms(request.actor, group, data["norms_version"] or 0)

    if attempt(request, form, accept) is None:
        return _card(request, group, form)
    return redirect(link("groups:card", group_id=group.pk))


@require_http_methods(["GET", "POST"])
def leaving(request: HttpRequest, group_id: int) -> HttpResponse:
    """Leave: what it means, then the press."""
    group = group_for(request.actor, group_id)
    form = JoinForm(request.POST or None)
    posted = request.method == "POST"
    if posted and attempt(request, form, lambda _data: services.leave_group(request.actor, group)) is not None:
        messages.success(request, _("You have left %(group)s.") % {"group": best(group.name)})
        return redirect(link("groups:discover"))
    return page(request, "groups/leaving.html", {**group_context(request, group), "form": form})


@require_GET
def tending(request: HttpRequest, group_id: int) -> HttpResponse:
    """How a group is and who waits in it, for those who tend it: what other modules tell of it. Raises NotAllowed."""
    group = group_where(request.actor, group_id, TEND.key)
    context = group_context(request, group)
    told = panels_of("groups.tending", request, group)["main"]
    return page(request, "groups/tending.html", {**context, "panels": told, "tab": "tending"})


@require_GET
def members(request: HttpRequest, group_id: int) -> HttpResponse:
    """Who is in the group, as its space shows them, with what the reader may do."""
    group = group_for(request.actor, group_id)
    context = group_context(request, group)
    actor, roles = request.actor, context["roles"]
    if not may(actor, SEE_MEMBER_LIST.key, roles):
        return redirect(link("groups:card", group_id=group.pk))
    query = request.GET.get("q", "").strip()[:40]
    rows = Paginator(queries.members_named(group, query), PAGE).get_page(request.GET.get("page"))
    cards = member_cards([row.member_id for row in rows], group.space, for_staff=may(actor, SEE_MEMBERS.key))
    acts = {
        "may_remove": may(actor, REMOVE_MEMBER.key, roles),
        "may_mute": may(actor, RESTRICT.key, roles),
        "may_give": may(actor, GIVE_ROLE.key, roles),
        "may_hand_over": may(actor, HAND_OVER.key, roles),
    }
    restrictions = queries.live_restrictions_in(group) if acts["may_mute"] else []
    context |= acts | {
        "rows": [{"row": row, "card": cards[row.member_id]} for row in rows if row.member_id in cards],
        "page": rows,
        "query": query,
        "may_act": any(acts.values()),
        "restrictions": restrictions,
        "me": actor.member_id,
        "tab": "members",
    }
    return page(request, "groups/members.html", context)


def already_inside(request: HttpRequest, group: Group) -> HttpResponse | None:
    """Members who follow a link or code to their own group are led there; None for everybody else."""
    if request.actor is None or GroupRole.MEMBER not in roles_in(request.actor, group):
        return None
    messages.info(request, _("You are in this group already."))
    return redirect(link("groups:card", group_id=group.pk))


def kept_out(request: HttpRequest, group: Group) -> HttpResponse | None:
    """What those read who follow a link or code into a group that is closed or that they are banned from, instead of
    an invitation; None for everybody else.
    """
    actor = request.actor
    if actor is not None and actor.member_id and is_banned(actor.member_id, group):
        return _nothing_here(request, group, KeptOut())
    if queries.is_closed(group.pk):
        return _nothing_here(request, group, GroupClosed(), home_of(actor, group) if actor else None)
    return None


def rests_page(request: HttpRequest, group: Group) -> HttpResponse:
    """What those read who follow a link or code while nobody new is invited."""
    return _nothing_here(request, group, InvitingRests())


def _nothing_here(request: HttpRequest, group: Group, why: Refusal, home: Group | None = None) -> HttpResponse:
    context = {
        "group_name": best(group.name),
        "function": best(group.function),
        "community_name": best(request.community.name),
        "sentence": str(why),
        "home": home,
    }
    return page(request, "groups/rests.html", context, status=why.status)

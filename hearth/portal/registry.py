"""The frame around every page of a member: five tabs, the community, who one is."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from hearth.conversation.queries.own_rooms import unread_rooms
from hearth.core.permissions import Actor
from hearth.core.routing import link
from hearth.core.tenancy import scope_or_none
from hearth.core.texts import best
from hearth.notify.queries import unread_count
from hearth.people.queries import member_cards
from hearth.ui.registry import provides_frame
from hearth.ui.types import Link, NavItem, Persona, Shell

SCRIPTS = ("conversation/live.js", "portal/portal.js")


@provides_frame("portal")
def portal_frame(request: HttpRequest) -> Shell:
    """Navigation and counters of the community in scope: three queries. Outside a community only the way in."""
    scope = scope_or_none()
    actor: Actor | None = getattr(request, "actor", None)
    if scope is None or scope.community_id is None or actor is None:
        return Shell(sign_in_url=reverse("account_login"))
    community = getattr(request, "community")  # noqa: B009  set by the doorkeeper, unknown to Django's types
    cards = member_cards([actor.member_id], "general") if actor.member_id else {}
    card = cards.get(actor.member_id or 0)
    return Shell(
        nav=_tabs(actor),
        community=Link(best(community.name), link("portal:home")),
        person_name=card.name if card else request.user.get_username(),
        person_id=str(actor.member_id or ""),
        person_url=link("people:profile") if actor.member_id else "",
        persona=Persona(_("Team"), "shield-check") if actor.is_staff else None,
        live_url=link("conversation:ticket") if actor.member_id else "",
        sign_out_url=reverse("account_logout"),
        menu=_menu(actor),
        manifest_url=link("portal:manifest"),
        scripts=SCRIPTS,
    )


def _tabs(actor: Actor) -> tuple[NavItem, ...]:
    unread = unread_rooms(actor)
    notices = unread_count(actor.member_id)
    return (
        NavItem("home", link("portal:home"), _("Home"), "house"),
        NavItem("groups", link("portal:groups"), _("Groups"), "messages-square", badge=unread),
        NavItem("discover", link("groups:discover"), _("Discover"), "compass"),
        NavItem("inbox", link("notify:inbox"), _("Inbox"), "inbox", badge=notices, hot=True),
        NavItem("me", link("people:profile"), _("Me"), "circle-user"),
    )


def _menu(actor: Actor) -> tuple[Link, ...]:
    links = [
        Link(_("Search"), link("conversation:search")),
        Link(_("Open questions"), link("conversation:questions")),
        Link(_("Kept messages"), link("conversation:bookmarks")),
    ]
    if actor.is_staff and (console := _console()):
        links.append(Link(_("Console"), console))
    return tuple(links)


def _console() -> str:
    """The staff's side; an installation may run without it."""
    try:
        return link("console:today")
    except NoReverseMatch:
        return ""

"""What pages about people, and of signing in, need to know."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.template import Context
from django.urls import Resolver404, resolve
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from hearth.core.routing import link
from hearth.people.models import Verification
from hearth.people.registry import DemoPersona, Invited, credential_kinds, demo_personas, evidence_kinds, invitations
from hearth.people.rules.devices import device_of
from hearth.people.types import NameCard

register = template.Library()


@register.simple_tag(name="demo_personas")
def demo_personas_if_on() -> list[DemoPersona]:
    """Whom a visitor may step into: nobody unless this is a demo."""
    return list(demo_personas) if settings.HEARTH_DEMO else []


@register.simple_tag(takes_context=True)
def invited_to(context: Context) -> Invited | None:
    """What the page invites to that somebody wanted to reach before they were asked to sign in."""
    path = _wanted(context)
    return next((found for told in invitations if (found := told(path))), None)


@register.simple_tag(takes_context=True)
def leads_inside(context: Context) -> bool:
    """Whether they wanted to reach a page of a community; whether it is there is not told before they sign in."""
    try:
        return "community" in resolve(_wanted(context)).kwargs
    except Resolver404:
        return False


def _wanted(context: Context) -> str:
    request = context["request"]
    return urlsplit(request.POST.get("next") or request.GET.get("next", "")).path


@register.simple_tag
def tabs_about_me() -> list[dict[str, Any]]:
    """The pages about oneself, also those of other modules."""
    return [
        {"key": "profile", "label": _("Profile"), "icon": "circle-user", "url": link("people:profile")},
        {"key": "privacy", "label": _("Privacy"), "icon": "shield", "url": link("people:privacy")},
        {"key": "my_data", "label": _("My data"), "icon": "archive", "url": link("people:my-data")},
        {"key": "notices", "label": _("Notices"), "icon": "bell", "url": link("notify:settings")},
        {"key": "speech", "label": _("Language"), "icon": "languages", "url": link("people:speech")},
        {"key": "sessions", "label": _("Sign-ins"), "icon": "monitor", "url": link("people:sessions")},
        {"key": "tokens", "label": _("Tokens"), "icon": "key-round", "url": link("people:tokens")},
    ]


@register.simple_tag
def badge_words(row: Verification) -> str:
    """What was confirmed, by which means and when, in one sentence."""
    told = {"what": _badge(row.kind, row.means), "day": "–"}
    if row.decided_at:
        told["day"] = date_format(localtime(row.decided_at), "DATE_FORMAT")
    return _("%(what)s, confirmed on %(day)s.") % told


@register.filter
def badge_of(card: NameCard) -> str:
    """What a name card's badge says: what was confirmed, and by which means."""
    return _badge(card.verified_what, card.verified_by) if card.verified else ""


@register.filter
def claimed(row: Verification) -> str:
    """What a credential says of its holder in one line: kind, hospital, department."""
    kind = credential_kinds.get(row.kind)
    return " · ".join(part for part in (str(kind.title) if kind else row.kind, row.hospital, row.department) if part)


def _badge(key: str, means: Iterable[str]) -> str:
    kind = credential_kinds.get(key)
    what = str(kind.title) if kind else key
    by = [str(evidence_kinds[one].title) for one in means if one in evidence_kinds]
    return _("%(what)s (by: %(means)s)") % {"what": what, "means": get_text_list(by, _("and"))} if by else what


@register.filter
def device(agent: str) -> str:
    """A device in words, or what it calls itself."""
    found = device_of(agent)
    if found.browser and found.system:
        return _("%(browser)s on %(system)s") % found._asdict()
    return found.browser or found.system or agent or "–"


@register.simple_tag(takes_context=True)
def takes_passkeys(context: dict[str, Any]) -> bool:
    """Whether a browser makes passkeys for the address at hand: they belong to a name, never to a number."""
    host = urlsplit(f"//{context['request'].get_host()}").hostname or ""
    return not (":" in host or host.rpartition(".")[2].isdigit())

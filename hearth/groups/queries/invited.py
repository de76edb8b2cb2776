"""What the holder of a link or code may know before they sign in: where it leads, and by whom a letter was sent."""

from django.db.models import F, Q, QuerySet
from django.urls import Resolver404, resolve

from hearth.core.tenancy import across_communities
from hearth.core.texts import best
from hearth.groups.access import is_shut
from hearth.groups.models import EntryCode, Group, JoinLink
from hearth.groups.types import Space
from hearth.kit.clock import now
from hearth.people.registry import Invited


def invited_by(path: str) -> Invited | None:
    """What an address invites to; None for a wrong code as for one that is spent, past its day, revoked or of a closed
    group. One query for either, so that neither the answer nor the time tells them apart.
    """
    try:
        match = resolve(path)
    except Resolver404:
        return None
    told = {"groups:entry": _by_link, "groups:code": _by_code}.get(match.view_name)
    if told is None:
        return None
    with across_communities("whoever holds a link has not signed in yet"):
        return told(match.kwargs["community"], match.kwargs["code"].strip().upper())


def live_links() -> QuerySet[JoinLink]:
    """Links that work for whoever has not used them yet."""
    room = Q(max_uses=None) | Q(uses__lt=F("max_uses"))
    in_time = Q(expires_at=None) | Q(expires_at__gt=now())
    return JoinLink.objects.filter(room, in_time, revoked_at=None)


def _by_link(community: str, code: str) -> Invited | None:
    rows = live_links().filter(~is_shut("group"), community__key=community, code=code)
    row = rows.select_related("community", "group", "created_by").first()
    return Invited(best(row.community.name), _name(row.group), _sender(row)) if row else None


def _sender(link: JoinLink) -> str:
    """Who wrote to one person; a link for many names nobody, nor does a place where being a member says something about
    one's health.
    """
    by = link.created_by
    gone = by is None or by.left_at is not None or by.merged_into_id is not None
    return "" if by is None or gone or not link.email or link.group.space == Space.PATIENT else by.display_name


def _by_code(community: str, code: str) -> Invited | None:
    rows = EntryCode.objects.filter(community__key=community, code=code, revoked_at=None)
    row = rows.annotate(shut=is_shut("default_group")).select_related("community", "default_group").first()
    if row is None:
        return None
    leads_to_one = row.default_group is not None and not row.rules and not row.shut
    return Invited(best(row.community.name), _name(row.default_group) if leads_to_one else "")


def _name(group: Group) -> str:
    return best(group.name) or group.key

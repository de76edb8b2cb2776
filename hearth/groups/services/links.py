"""Join links and their QR codes: counted, limited, revocable."""

import io
from datetime import datetime, timedelta
from typing import Any

import segno
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from hearth.core import audit
from hearth.core.errors import NotAllowed, NotFound, Refusal
from hearth.core.facts import emit
from hearth.core.models import Community
from hearth.core.permissions import Actor, demand, may
from hearth.groups.access import resolve_actor, roles_in
from hearth.groups.errors import LinkSpent, LinksRest, NotForYou
from hearth.groups.facts import LinkMade, LinkRevoked
from hearth.groups.models import Group, JoinLink, Membership, Norms
from hearth.groups.queries.doors import keeps_use, members_invite
from hearth.groups.queries.value_lines import promotion_rests
from hearth.groups.registry import INVITE, INVITE_ONE
from hearth.groups.services.admission import admit_member
from hearth.groups.types import JoinedBy
from hearth.kit.clock import now
from hearth.kit.ids import new_code
from hearth.people.queries import confirmed_addresses, member_with_id
from hearth.people.services import join_community

INVITATION_LASTS = timedelta(days=14)


@transaction.atomic
def make_join_link(
    actor: Actor, group: Group, *, expires_at: datetime | None = None, max_uses: int | None = None, welcome: str = ""
) -> JoinLink:
    """A link that lets people in; ``welcome`` greets them instead of the group's word.

    Raises NotAllowed, Refusal for limits that make no sense, LinksRest.
    """
    demand(actor, INVITE.key, roles_in(actor, group))
    if promotion_rests(group.pk):
        raise LinksRest()
    if expires_at is not None and expires_at <= now():
        raise Refusal("The expiry date must lie in the future.", field="expires_at")
    if max_uses is not None and not 1 <= max_uses <= 100_000:
        raise Refusal("Give a number from %(low)s to %(high)s.", field="max_uses", low=1, high=100_000)
    link = JoinLink.objects.create(
        group=group,
        code=new_code(),
        created_by_id=actor.member_id,
        expires_at=expires_at,
        max_uses=max_uses,
        welcome=welcome.strip()[:500],
    )
    emit(LinkMade(link=link.pk, group=group.pk), actor=actor, subject=f"group:{group.pk}")
    audit.record(actor, "link_made", f"group:{group.pk}", after={"link": link.pk, "max_uses": max_uses})
    return link


@transaction.atomic
def invite(actor: Actor, group: Group, email: str) -> JoinLink:
    """An invitation for whoever owns an e-mail address: once, for fourteen days. Keepers and the team always may;
    members where the door asks for an invitation by a member.

    Raises NotAllowed, Refusal for what is no address.
    """
    roles = roles_in(actor, group)
    if not may(actor, INVITE.key, roles):
        demand(actor, INVITE_ONE.key, roles)
        if not members_invite(group.pk):
            raise NotAllowed()
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Refusal("This is no e-mail address.", field="email") from None
    link = JoinLink.objects.create(
        group=group,
        code=new_code(),
        created_by_id=actor.member_id,
        expires_at=now() + INVITATION_LASTS,
        max_uses=1,
        email=address,
    )
    emit(LinkMade(link=link.pk, group=group.pk), actor=actor, subject=f"group:{group.pk}")
    audit.record(actor, "link_made", f"group:{group.pk}", after={"link": link.pk, "addressed": True})
    return link


@transaction.atomic
def revoke_link(actor: Actor, link: JoinLink) -> None:
    """Stop a link at once. Raises NotAllowed."""
    demand(actor, INVITE.key, roles_in(actor, link.group))
    if JoinLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now()):
        emit(LinkRevoked(link=link.pk, group=link.group_id), actor=actor, subject=f"group:{link.group_id}")
        audit.record(actor, "link_revoked", f"group:{link.group_id}", after={"link": link.pk})


def look_at_link(code: str, member_id: int | None = None) -> tuple[JoinLink, Norms | None]:
    """The link of a code with the norms to accept, without using it. For a member whose use of it is kept it works
    until it is revoked. Raises NotFound, LinkSpent.
    """
    link = JoinLink.objects.select_related("group", "community").filter(code=code.strip().upper()).first()
    if link is None:
        raise NotFound()
    spent = link.max_uses is not None and link.uses >= link.max_uses
    over = spent or (link.expires_at is not None and link.expires_at <= now())
    if link.revoked_at or (over and not keeps_use(link, member_id)):
        raise LinkSpent()
    return link, Norms.objects.filter(group=link.group).order_by("-version").first()


def check_addressee(link: JoinLink, user_id: int | None) -> None:
    """An invitation works for whoever has shown that its address is theirs, and nobody else. Raises NotForYou."""
    if link.email and link.email not in confirmed_addresses(user_id or 0):
        raise NotForYou()


def way_of(link: JoinLink, *, by_qr: bool) -> str:
    """How somebody comes in who comes by this link."""
    return JoinedBy.INVITATION if link.email else JoinedBy.QR if by_qr else JoinedBy.LINK


@transaction.atomic
def redeem_link(
    actor_or_user: Any,
    code: str,
    accept_norms: int | None,
    *,
    display_name: str = "",
    by_qr: bool = False,
    why: str = "",
) -> Membership:
    """Come in by a link; ``accept_norms`` is the version shown and accepted.

    A user without a place in the community gets one first, under ``display_name``. A use counts only when somebody
    comes in; whoever is in already uses nothing up. Raises NotFound, LinkSpent, NotForYou and what ``admit_member``
    raises.
    """
    link, _norms = look_at_link(code, known_member(actor_or_user))
    actor = actor_for(actor_or_user, link.community_id, display_name)
    check_addressee(link, actor.user_id)
    member = member_with_id(actor.member_id)
    if member is None:
        raise NotFound()
    return admit_member(
        actor,
        link.group,
        member,
        how=way_of(link, by_qr=by_qr),
        invited_by=link.created_by,
        link=link,
        norms_version=accept_norms,
        why=why,
    )


def known_member(actor_or_user: Any) -> int | None:
    """The member that an actor is; None for a user without a place here."""
    return actor_or_user.member_id if isinstance(actor_or_user, Actor) else None


def actor_for(actor_or_user: Any, community_id: int, display_name: str) -> Actor:
    """The actor, or the one whom a user is in the community; a user without a place gets one. Raises NotFound."""
    if isinstance(actor_or_user, Actor):
        return actor_or_user
    community = Community.objects.get(pk=community_id)
    actor = resolve_actor(actor_or_user, community)
    if actor is None or actor.member_id is None:
        join_community(actor_or_user, community, display_name=display_name)
        actor = resolve_actor(actor_or_user, community)
    if actor is None:
        raise NotFound()
    return actor


def qr_svg(url: str) -> str:
    """The QR code of an address as an SVG that takes the colour of its surroundings, with its quiet zone.

    Error correction M; the quiet zone is 4 modules (ISO/IEC 18004).
    """
    out = io.BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(out, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, nl=False, title="QR", light="#fff")
    return out.getvalue().decode()

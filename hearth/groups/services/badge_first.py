"""Somebody comes into a group for professionals, has no badge yet, and asks for one first.

They get a place in the community and none in the group. Their use of the link or code is counted like that of whoever
comes in, and kept: with the badge it lets them in, though others have spent the link or its day is over.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import transaction

from hearth.core.errors import NotFound
from hearth.core.facts import emit
from hearth.core.permissions import Actor
from hearth.groups.errors import BadgeNotAsked, GroupClosed, GroupFull, InvitingRests, LinkSpent
from hearth.groups.facts import UseKept, WayOpened
from hearth.groups.models import EntryCode, Group, JoinLink, KeptUse, Membership
from hearth.groups.queries.doors import kept_use, ways_kept_for
from hearth.groups.queries.lists import is_closed
from hearth.groups.queries.value_lines import promotion_rests
from hearth.groups.services.admission import SPREAD, check_place, is_at_home
from hearth.groups.services.codes import tell_placed, way_for
from hearth.groups.services.links import actor_for, check_addressee, known_member, look_at_link, way_of
from hearth.groups.services.uses import count_use
from hearth.people.access import hold_member

if TYPE_CHECKING:
    from hearth.people.models import Member


@transaction.atomic
def ask_badge_first(actor_or_user: Any, code: str, *, display_name: str = "", by_qr: bool = False) -> KeptUse:
    """Keep a link's use for whoever holds it; a user without a place in the community gets one first, and whoever asks
    again uses nothing up.

    Raises NotFound, LinkSpent, NotForYou, Banned, GroupClosed, GroupFull, InvitingRests, BadgeNotAsked, NameMissing.
    """
    link, _norms = look_at_link(code, known_member(actor_or_user))
    check_way(link, actor_or_user.user_id if isinstance(actor_or_user, Actor) else actor_or_user.pk, by_qr=by_qr)
    actor = actor_for(actor_or_user, link.community_id, display_name)
    member = hold_member(actor.member_id or 0)  # a second press waits, and finds the use that is kept

    def count() -> None:
        if not count_use(link):
            raise LinkSpent()

    return _keep(actor, link.group, member, count, link=link)


@transaction.atomic
def ask_badge_first_by_code(actor: Actor, code: EntryCode, *, language: str, chosen: int | None = None) -> KeptUse:
    """Keep a member's use of a code, into the group where it leads them now.

    Raises NotFound while it cannot be said where, and as ``ask_badge_first``.
    """
    member = hold_member(actor.member_id or 0)
    way = way_for(code, member.pk, language=language, chosen=chosen)
    group = way.room or way.group
    if group is None:
        raise NotFound()

    def count() -> None:
        if way.rests:
            raise InvitingRests()
        if not code.opens_next:  # else the next one opens for whoever comes in
            check_room(group)
        count_use(code)
        tell_placed(actor, code, way, group)

    return _keep(actor, group, member, count, code=code)


def check_way(link: JoinLink, user_id: int | None, *, by_qr: bool = False) -> None:
    """Whether a link may keep a way for a user. Raises NotForYou, InvitingRests, GroupClosed, GroupFull."""
    check_addressee(link, user_id)
    if way_of(link, by_qr=by_qr) in SPREAD and promotion_rests(link.group_id):
        raise InvitingRests()
    if is_closed(link.group_id):
        raise GroupClosed()
    check_room(link.group)


def check_room(group: Group) -> None:
    """A full group asks nobody for a badge who could not come in with it. Raises GroupFull."""
    if group.capacity is not None and group.member_count >= group.capacity:
        raise GroupFull()


def _keep(
    actor: Actor,
    group: Group,
    member: "Member",
    count: Callable[[], None],
    *,
    link: JoinLink | None = None,
    code: EntryCode | None = None,
) -> KeptUse:
    check_place(group, member)
    if is_at_home(group, member) or Membership.objects.filter(group=group, member=member, left_at=None).exists():
        raise BadgeNotAsked()
    kept = kept_use(group.pk, member.pk, code)
    if kept is not None:
        return kept
    count()
    row = KeptUse.objects.create(group=group, member=member, link=link, entry_code=code)
    told = UseKept(group=group.pk, member=member.pk, link=link.pk if link else None, code=code.pk if code else None)
    emit(told, actor=actor, subject=f"group:{group.pk}")
    return row


def open_ways(member_id: int) -> None:
    """Tell, in the running transaction, which ways are open to somebody who was given a badge."""
    for kept in ways_kept_for(member_id):
        told = WayOpened(kept=kept.pk, group=kept.group_id, member=member_id)
        emit(told, subject=f"group:{kept.group_id}")

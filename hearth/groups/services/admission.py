"""Coming into a group and leaving it."""

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hearth.core import audit
from hearth.core.errors import NotAllowed, Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor, GroupRole, demand, may
from hearth.groups.access import demand_above, is_banned, roles_in, roles_of
from hearth.groups.errors import (
    BadgeNeedsReason,
    Banned,
    ChosenNameNeeded,
    GroupClosed,
    GroupFull,
    InvitationNeeded,
    InvitingRests,
    LinkSpent,
    NameCardIncomplete,
    NormsNotAccepted,
    NotInGroup,
    OthersWait,
    OverruleNeedsReason,
    OwnerStays,
    ProfessionalsOnly,
)
from hearth.groups.facts import (
    DoorOverruled,
    GroupFilled,
    MemberAdmitted,
    MemberLeft,
    MemberRemoved,
    RestrictionSet,
    RoleEnded,
)
from hearth.groups.models import (
    Application,
    EntryCode,
    Group,
    JoinLink,
    KeptUse,
    Membership,
    Norms,
    NormsAcceptance,
    Restriction,
    RoleAssignment,
    Waiting,
)
from hearth.groups.queries.badges import kinds_asked
from hearth.groups.queries.doors import judge_door, open_application
from hearth.groups.queries.lists import is_closed
from hearth.groups.queries.name_cards import lacks_of
from hearth.groups.queries.value_lines import promotion_rests
from hearth.groups.queries.waiting import must_wait
from hearth.groups.registry import ADMIT, REMOVE_MEMBER, before_own_entry
from hearth.groups.rules.gates import Answer
from hearth.groups.rules.paths import OWN, WAYS
from hearth.groups.services.gates import demand_open
from hearth.groups.services.uses import count_entry
from hearth.groups.types import ApplicationEnd, JoinedBy, LeftBy, RestrictionKind, Space, Visibility, WaitingEnd
from hearth.kit.clock import now
from hearth.people.access import hold_member
from hearth.people.queries import at_the_door, holds_badge

if TYPE_CHECKING:
    from hearth.people.models import Member

BY_LINK = frozenset({JoinedBy.LINK, JoinedBy.QR, JoinedBy.INVITATION})
BY_CODE = frozenset({JoinedBy.CODE, JoinedBy.QR})
SPREAD = frozenset({JoinedBy.LINK, JoinedBy.QR, JoinedBy.CODE})  # not addressed to somebody: they rest with promotion
CARD_PARTS = {"real": _("Real name"), "hospital": _("Hospital"), "department": _("Department"), "title": _("Title")}
BADGE = "badge"  # what was passed over, where the door would have opened


@transaction.atomic
def admit_member(
    actor: Actor,
    group: Group,
    member: "Member",
    *,
    how: str,
    invited_by: "Member | None" = None,
    link: JoinLink | None = None,
    norms_version: int | None = None,
    why: str = "",
    entry_code: EntryCode | None = None,
) -> Membership:
    """Let a member in; whoever is in already keeps their place and nothing happens.

    Members let themselves in (open door, link) past the group's door and accept the newest norms; keepers and staff let
    in others, and say why where the door would not open. ``entry_code``: it led them here. ``how`` is one of
    ``rules.paths``: ValueError for another. Raises NotAllowed, Banned, GroupClosed, GroupFull, NormsNotAccepted,
    InvitationNeeded, InvitingRests, ProfessionalsOnly, DoorAsks, DoorWaits, DoorRefuses, OthersWait, LinkSpent,
    OverruleNeedsReason, BadgeNeedsReason.
    """
    if how not in WAYS:
        raise ValueError(f"no way into a group is called {how!r}")
    present = Membership.objects.filter(group=group, member=member, left_at=None).first()
    if present is not None:
        return present
    group = Group.objects.get(pk=group.pk)  # as it stands now: the caller's row may be old
    member = hold_member(member.pk)  # a ban set at this moment waits, or is seen below
    by_oneself = actor.member_id == member.pk
    let_in = may(actor, ADMIT.key, roles_in(actor, group))
    if not by_oneself and not let_in:
        raise NotAllowed()
    check_place(group, member)
    if by_oneself and not let_in:
        check_own_entry(group, member, how, link, entry_code)
    norms = norms_to_accept(group, norms_version, required=by_oneself and how != JoinedBy.DEMO)
    if by_oneself and not let_in and must_wait(_held(group), member.pk):
        raise OthersWait()
    overruled = _past_the_door(actor, group, member, link, why, own=by_oneself and not let_in)
    row = Membership(group=group, member=member, joined_by=how, invited_by=invited_by, link=link, entry_code=entry_code)
    return _let_in(actor, row, norms, overruled, why)


def _held(group: Group) -> Group:
    """A group as it stands now, held: a place that is kept for somebody is not given away between look and entry."""
    return Group.objects.select_for_update().get(pk=group.pk)


def check_place(group: Group, member: "Member") -> None:
    """Nobody at all lets these in. Raises Refusal, Banned, GroupClosed."""
    check_belongs(group, member)
    if is_banned(member.pk, group):
        raise Banned()
    if is_closed(group.pk):
        raise GroupClosed()


def check_belongs(group: Group, member: "Member") -> None:
    """Whether a member has a place where the group is. Raises Refusal."""
    if member.community_id != group.community_id or member.merged_into_id is not None:
        raise Refusal("This member has no place in this community any more.")


def check_own_entry(
    group: Group, member: "Member", how: str, link: JoinLink | None, entry_code: EntryCode | None = None
) -> None:
    """Whether somebody may come to the door by themselves on this way.

    Raises InvitationNeeded, InvitingRests, ProfessionalsOnly.
    """
    with_link = how in BY_LINK and link is not None and link.group_id == group.pk
    led = with_link or (entry_code is not None and how in BY_CODE)
    if group.visibility == Visibility.HIDDEN and not led:
        raise InvitationNeeded()
    if how not in OWN or (how in BY_LINK | BY_CODE and not led):
        raise InvitationNeeded()
    if how in SPREAD and promotion_rests(group.pk):
        raise InvitingRests()
    if not is_at_home(group, member):
        raise ProfessionalsOnly()
    _check_name_card(group, member)
    for gate in before_own_entry:
        gate(group, member)


def is_at_home(group: Group, member: "Member | None") -> bool:
    """Whether the space is meant for somebody: a professional one for holders of a badge and staff, and for
    professionals without one where the community says so.
    """
    if member is None:
        return group.space != Space.PROFESSIONAL
    return member.kind not in kinds_asked(group) or holds_badge(member.pk)


def without_badge(group: Group, member_ids: Collection[int]) -> set[int]:
    """Who of these is asked for a badge by the space and holds none: at most three queries."""
    if group.space != Space.PROFESSIONAL:
        return set()
    asked = kinds_asked(group)
    return {seen.pk for seen in at_the_door(member_ids) if seen.kind in asked and not seen.verified}


def _check_name_card(group: Group, member: "Member") -> None:
    if not group.name_rule:
        return
    lacks = lacks_of(member, group.name_rule, group.space)
    if "other" in lacks:
        raise ChosenNameNeeded()
    if lacks:
        raise NameCardIncomplete(parts=[str(CARD_PARTS[part]) for part in lacks])


def _past_the_door(actor: Actor, group: Group, member: "Member", link: JoinLink | None, why: str, *, own: bool) -> str:
    """What the door said to somebody who is let in all the same, or BADGE; "" where it is open."""
    if actor.kind == "house":  # carries over who belongs here already
        return ""
    judgement = judge_door(group, member.pk, open_application(group.pk, member.pk), link)
    if own:
        demand_open(judgement)
    return overruling(judgement.answer, not own and not is_at_home(group, member), why)


def overruling(answer: Answer, lacks_badge: bool, why: str) -> str:
    """What staff and keepers pass over with a reason, "" for nothing. Raises OverruleNeedsReason, BadgeNeedsReason."""
    if answer != Answer.PASSED:
        if not why.strip():
            raise OverruleNeedsReason(field="why")
        return str(answer)
    if lacks_badge and not why.strip():
        raise BadgeNeedsReason(field="why")
    return BADGE if lacks_badge else ""


def norms_to_accept(group: Group, version: int | None, *, required: bool) -> Norms | None:
    """The norms that somebody who comes in accepts; None for nothing to accept. Raises NormsNotAccepted."""
    newest = Norms.objects.filter(group=group).order_by("-version").first()
    if newest is None or (version is None and not required):
        return None
    if version != newest.version:
        raise NormsNotAccepted(newest.version)
    return newest


def _let_in(actor: Actor, row: Membership, norms: Norms | None, overruled: str, why: str) -> Membership:
    group, member = row.group, row.member
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # the same person pressed twice and the other press was quicker
        return Membership.objects.get(group=group, member=member, left_at=None)
    take_seats(group, 1)
    if not count_entry(row) and actor.member_id == member.pk:  # whom others let in comes in without a use, too
        raise LinkSpent()
    end_requests(group, [member.pk], row.entry_code_id)
    if norms is not None:
        NormsAcceptance.objects.get_or_create(norms=norms, member=member)
    told = MemberAdmitted(
        group=group.pk,
        member=member.pk,
        how=str(row.joined_by),
        invited_by=row.invited_by_id,
        link=row.link_id,
        norms_version=norms.version if norms else None,
    )
    emit(told, actor=actor, subject=f"group:{group.pk}")
    taken, capacity = Group.objects.values_list("member_count", "capacity").get(pk=group.pk)
    if taken == capacity:
        emit(GroupFilled(group=group.pk, capacity=capacity), actor=actor, subject=f"group:{group.pk}")
    if actor.member_id != member.pk or overruled:
        after = {"group": group.pk, "how": str(row.joined_by)} | ({"door": overruled} if overruled else {})
        audit.record(actor, "member_admitted", f"member:{member.pk}", after=after, why=why)
    if overruled:
        told_past = DoorOverruled(group=group.pk, member=member.pk, answer=overruled)
        emit(told_past, actor=actor, subject=f"group:{group.pk}")
    return row


def end_requests(group: Group, member_ids: Collection[int], entry_code_id: int | None = None) -> None:
    """Members have come in: what they asked for, waited for or were kept on the way is over; also what a code kept."""
    asked = Application.objects.filter(group=group, member__in=member_ids, closed_at=None)
    asked.update(closed_at=now(), ended=ApplicationEnd.ENTERED)
    stood = Waiting.objects.filter(group=group, member__in=member_ids, ended_at=None)
    stood.update(ended_at=now(), ended=WaitingEnd.ENTERED, offer_until=None)
    by_way = Q(group=group) | Q(entry_code=entry_code_id or 0)
    KeptUse.objects.filter(by_way, member__in=member_ids, ended_at=None).update(ended_at=now())


def take_seats(group: Group, seats: int) -> None:
    """Take places by one guarded update: however many ask at once, capacity holds. Raises GroupFull."""
    room = Q(capacity=None) | Q(capacity__gte=F("member_count") + seats)
    if not Group.objects.filter(room, pk=group.pk).update(member_count=F("member_count") + seats):
        raise GroupFull()


def _give_back_seat(group_id: int) -> None:
    Group.objects.filter(pk=group_id, member_count__gt=0).update(member_count=F("member_count") - 1)


@transaction.atomic
def leave_group(actor: Actor, group: Group) -> None:
    """Go by one's own wish; roles in the group end. Raises NotInGroup, OwnerStays."""
    roles = roles_in(actor, group)
    if GroupRole.MEMBER not in roles or actor.member_id is None:
        raise NotInGroup("You are not in this group.")
    if GroupRole.OWNER in roles:
        raise OwnerStays()
    end_membership(actor, group, actor.member_id, LeftBy.OWN_WISH)


@transaction.atomic
def remove_member(actor: Actor, group: Group, member: "Member", why: str, *, ban: bool = False) -> None:
    """Take a member out, and with ``ban`` keep them out. Keepers remove those below them; staff anybody but the owner;
    staff are removed by administrators alone.

    Raises NotAllowed, Outranked, NotInGroup, OwnerStays, Refusal without a reason.
    """
    demand(actor, REMOVE_MEMBER.key, roles_in(actor, group))
    if not why.strip():
        raise Refusal("Say why; the member reads it.", field="why")
    roles = roles_of(member.pk, group)
    if GroupRole.MEMBER not in roles:
        raise NotInGroup()
    if GroupRole.OWNER in roles:
        raise OwnerStays()
    demand_above(actor, member.pk, group)
    if ban:
        row = Restriction.objects.create(
            member=member, group=group, kind=RestrictionKind.BAN, why=why.strip()[:300], by=actor.ref
        )
        told = RestrictionSet(restriction=row.pk, member=member.pk, group=group.pk, kind="ban", until=None)
        emit(told, actor=actor, subject=f"group:{group.pk}")
    end_membership(actor, group, member.pk, LeftBy.BANNED if ban else LeftBy.REMOVED, why=why)
    emit(MemberRemoved(group=group.pk, member=member.pk, banned=ban), actor=actor, subject=f"group:{group.pk}")
    after = {"group": group.pk, "ban": ban}
    audit.record(actor, "member_removed", f"member:{member.pk}", after=after, why=why)


def end_membership(
    actor: Actor | None, group: Group, member_id: int, left_by: str, *, why: str = "", batch: UUID | None = None
) -> bool:
    """Close the open membership and the roles that hang on it, in the running transaction. False when there is none."""
    mine = Membership.objects.filter(group=group, member=member_id, left_at=None)
    if not mine.update(left_at=now(), left_by=left_by, left_why=why[:300], merge_batch=batch):
        return False
    _give_back_seat(group.pk)
    held = RoleAssignment.objects.filter(group=group, member=member_id, until=None)
    for role in list(held.values_list("role", flat=True)):
        emit(RoleEnded(member=member_id, role=role, group=group.pk), actor=actor, subject=f"group:{group.pk}")
    held.update(until=now(), ended_by=actor.ref if actor else "house", ended_why=str(left_by))
    told = MemberLeft(group=group.pk, member=member_id, left_by=str(left_by))
    emit(told, actor=actor, subject=f"group:{group.pk}")
    return True


@transaction.atomic
def pass_memberships_on(from_member: int, into_member: int, batch: UUID) -> None:
    """After two members were merged: where the first is in a group, the second takes their place."""
    for row in Membership.objects.filter(member=from_member, left_at=None).select_related("group"):
        end_membership(None, row.group, from_member, LeftBy.MERGED, batch=batch)
        inside = Membership.objects.filter(group=row.group, member=into_member, left_at=None).exists()
        if inside or is_banned(into_member, row.group):
            continue
        take_seats(row.group, 1)
        Membership.objects.create(
            group=row.group,
            member_id=into_member,
            joined_at=row.joined_at,
            joined_by=JoinedBy.MERGE,
            invited_by_id=row.invited_by_id,
            merge_batch=batch,
        )
        told = MemberAdmitted(
            group=row.group_id, member=into_member, how="merge", invited_by=None, link=None, norms_version=None
        )
        emit(told, subject=f"group:{row.group_id}")


@transaction.atomic
def take_memberships_back(from_member: int, into_member: int, batch: UUID) -> None:
    """After a merge was undone: every place returns to whom it belonged, unless a keeper decided otherwise since."""
    given = Membership.objects.filter(member=into_member, merge_batch=batch, left_at=None, joined_by=JoinedBy.MERGE)
    for row in given.select_related("group"):
        end_membership(None, row.group, into_member, LeftBy.MERGED, batch=batch)
    ended = Membership.objects.filter(member=from_member, merge_batch=batch, left_by=LeftBy.MERGED)
    for row in ended.select_related("group"):
        if is_banned(from_member, row.group):
            continue
        take_seats(row.group, 1)
        Membership.objects.filter(pk=row.pk).update(left_at=None, left_by="", merge_batch=None)
        told = MemberAdmitted(
            group=row.group_id, member=from_member, how="merge", invited_by=None, link=None, norms_version=None
        )
        emit(told, subject=f"group:{row.group_id}")


@transaction.atomic
def return_to(actor: Actor, membership: Membership) -> None:
    """Let an ended membership go on as if it had not ended; an open one of the same member is left as it is.

    Raises Banned, GroupClosed, GroupFull.
    """
    group, member = membership.group, hold_member(membership.member_id)
    check_place(group, member)
    if Membership.objects.filter(group=group, member=member, left_at=None).exists():
        return
    take_seats(group, 1)
    Membership.objects.filter(pk=membership.pk).update(left_at=None, left_by="", left_why="")
    told = MemberAdmitted(
        group=group.pk, member=member.pk, how=JoinedBy.MOVED.value, invited_by=None, link=None, norms_version=None
    )
    emit(told, actor=actor, subject=f"group:{group.pk}")

"""One member's way from a group to another, and back; every place is taken by the services of admission."""

from typing import Any

from django.db import transaction

from hearth.core.errors import Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor, GroupRole
from hearth.groups.access import live_restrictions, roles_of
from hearth.groups.errors import NotInGroup, OwnerStays
from hearth.groups.facts import MemberMoved
from hearth.groups.models import Group, Membership, Move, Regrouping
from hearth.groups.queries.lists import has_accepted, newest_norms
from hearth.groups.queries.regrouping import wrote_in
from hearth.groups.services.admission import admit_member, end_membership, return_to
from hearth.groups.services.restrictions import restrict
from hearth.groups.services.roles import end_role, give_role
from hearth.groups.types import JoinedBy, LeftBy, RegroupingKind, RestrictionKind
from hearth.people.queries import member_with_id

KEPT_ROLES = (GroupRole.KEEPER, GroupRole.ASSISTANT)


def told(refusal: Refusal) -> dict[str, Any]:
    """A refusal as it is kept; ``queries.regrouping.why_not`` reads it."""
    return {"code": refusal.code, "sentence": refusal.sentence, "params": dict(refusal.params)}


def go(house: Actor, row: Regrouping, move: Move, target: Group) -> None:
    """Carry one move out, or note on it why not; the caller saves it."""
    try:
        with transaction.atomic():
            go_or_refuse(house, row, move, target)
    except Refusal as refusal:
        move.refused = told(refusal)


def go_or_refuse(house: Actor, row: Regrouping, move: Move, target: Group) -> None:
    """Carry one move out. Raises what keeps the member out of the target or in the source."""
    source, member = move.source, move.member
    roles = roles_of(member.pk, source)
    if GroupRole.MEMBER not in roles:
        raise NotInGroup()
    stays = row.kind == RegroupingKind.MERGE  # in the closed group, so that what was said there can still be read
    if GroupRole.OWNER in roles and not stays:
        raise OwnerStays()
    inside = Membership.objects.filter(group=target, member=member, left_at=None).exists()
    came = admit_member(
        house, target, member, how=JoinedBy.MOVED, norms_version=_accepted_already(source, target, member.pk)
    )
    # nobody was in a group that the split itself opened; whoever was in another already did not come by this move
    move.came = None if inside and row.kind != RegroupingKind.SPLIT else came
    move.had = sorted(str(role) for role in roles - {GroupRole.MEMBER})
    move.given = _give(house, target, move, roles)
    if not stays:
        _mute_there_too(house, move, target)
        move.left = Membership.objects.filter(group=source, member=member, left_at=None).first()
        end_membership(house, source, member.pk, LeftBy.MOVED)
    _tell(row, move, source, target)


def _accepted_already(source: Group, target: Group, member_id: int) -> int | None:
    """The version of the target's norms that counts as accepted: the same text was, in the source."""
    mine, theirs = newest_norms(source.pk), newest_norms(target.pk)
    same = mine is not None and theirs is not None and mine.text == theirs.text and has_accepted(mine, member_id)
    return theirs.version if same and theirs else None


def _give(house: Actor, target: Group, move: Move, roles: frozenset[GroupRole]) -> list[str]:
    """Who tended the one group tends the other; the owner of a merged group becomes a keeper."""
    wanted = {GroupRole.KEEPER if role == GroupRole.OWNER else role for role in roles - {GroupRole.MEMBER}}
    if roles_of(move.member_id, target) - {GroupRole.MEMBER}:
        return []  # they have a role there already
    for role in sorted(wanted):
        give_role(house, target, move.member, role)
    return sorted(str(role) for role in wanted)


def _mute_there_too(house: Actor, move: Move, target: Group) -> None:
    for mute in live_restrictions(RestrictionKind.MUTE).filter(member=move.member, group=move.source):
        restrict(house, move.member, target, kind=RestrictionKind.MUTE, until=mute.until, why=mute.why)


def bring_back(house: Actor, row: Regrouping, move: Move, target: Group) -> None:
    """Take one move back, or note on it why it stays; the caller saves it."""
    try:
        with transaction.atomic():
            if row.kind == RegroupingKind.MERGE:
                _out_of_home(house, move, target)
            else:
                _home_again(house, row, move, target)
            _tell(row, move, target, move.source, undone=True)
    except Refusal as refusal:
        move.stayed = told(refusal)


def _out_of_home(house: Actor, move: Move, target: Group) -> None:
    if not Membership.objects.filter(group=move.source, member=move.member, left_at=None).exists():
        raise Refusal("This person has left the former group meanwhile.")
    if move.came_id is None:
        _end_given(house, move, target)
    else:
        _leave(house, move, target)


def _end_given(house: Actor, move: Move, target: Group) -> None:
    for role in set(move.given) & set(roles_of(move.member_id, target)):
        end_role(house, target, move.member, role)


def _home_again(house: Actor, row: Regrouping, move: Move, target: Group) -> None:
    there = Membership.objects.filter(group=target, member=move.member_id, left_at=None)
    if move.came_id is not None:
        there = there.filter(pk=move.came_id)
    if move.left is None or not there.exists():
        raise Refusal("This person has left the new group meanwhile.")
    return_to(house, move.left)
    _leave_part(house, row, move, target)
    member = member_with_id(move.member_id)
    for role in set(move.had) & set(KEPT_ROLES):
        if member is not None and role not in roles_of(move.member_id, move.source):
            give_role(house, move.source, member, role)


def _leave_part(house: Actor, row: Regrouping, move: Move, target: Group) -> None:
    """Leave the group they went to. Who answers for it stays until it is closed, who was in it before the move, and of
    a split, who wrote there.
    """
    if GroupRole.OWNER in roles_of(move.member_id, target):
        return
    if move.came_id is None or (row.kind == RegroupingKind.SPLIT and wrote_in(target, [move.member_id])):
        _end_given(house, move, target)
    else:
        _leave(house, move, target)


def _leave(house: Actor, move: Move, target: Group) -> None:
    if GroupRole.OWNER in roles_of(move.member_id, target):
        raise OwnerStays()
    end_membership(house, target, move.member_id, LeftBy.MOVED)


def _tell(row: Regrouping, move: Move, source: Group, target: Group, *, undone: bool = False) -> None:
    fact = MemberMoved(
        regrouping=row.pk,
        kind=row.kind,
        member=move.member_id,
        from_group=source.pk,
        to_group=target.pk,
        undone=undone,
    )
    emit(fact, subject=f"group:{target.pk}")

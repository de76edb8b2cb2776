"""Letting many in at once, as staff do: past door and badge of ``admission``, asked once for all of them."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from hearth.core import audit
from hearth.core.errors import NotAllowed, Refusal
from hearth.core.facts import emit, emit_many
from hearth.core.permissions import Actor, may
from hearth.groups.access import live_bans, roles_in
from hearth.groups.errors import Banned, GroupClosed, GroupFull
from hearth.groups.facts import DoorOverruled, GroupFilled, MemberAdmitted, MemberLeft
from hearth.groups.models import Group, Membership, RoleAssignment
from hearth.groups.queries.doors import door_for
from hearth.groups.queries.lists import is_closed
from hearth.groups.registry import ADMIT
from hearth.groups.rules.gates import Answer
from hearth.groups.services.admission import (
    check_belongs,
    end_membership,
    end_requests,
    overruling,
    take_seats,
    without_badge,
)
from hearth.groups.types import JoinedBy, LeftBy
from hearth.kit.clock import now
from hearth.people.access import hold_members

if TYPE_CHECKING:
    from hearth.people.models import Member


@transaction.atomic
def admit_crowd(actor: Actor, group: Group, member_ids: Collection[int], why: str) -> Mapping[int, bool | Refusal]:
    """Let members in as staff does, each as ``admit_member`` with how="staff" would, in the order of their ids.

    Says of each: True came in, False was inside, or what kept them out. Raises NotAllowed, GroupClosed for all.
    """
    held = hold_members(member_ids)
    group = Group.objects.select_for_update().get(pk=group.pk)
    if not may(actor, ADMIT.key, roles_in(actor, group)):
        raise NotAllowed()
    if is_closed(group.pk):
        raise GroupClosed()
    told, overruled = _judged(actor, group, held, why)
    came = [member.pk for member in held if told[member.pk] is True]
    if came:
        _seat(actor, group, came)
        _record(actor, group, came, overruled, why)
    return told


def _judged(
    actor: Actor, group: Group, held: Collection["Member"], why: str
) -> tuple[dict[int, bool | Refusal], dict[int, str]]:
    ids = [member.pk for member in held]
    inside = set(Membership.objects.filter(group=group, member__in=ids, left_at=None).values_list("member", flat=True))
    bans, count = live_bans(), group.member_count
    house = actor.kind == "house"  # it carries over who belongs here already
    door = _open if house else door_for(group.pk, ids)
    bare = set() if house else without_badge(group, ids)
    told: dict[int, bool | Refusal] = {}
    overruled: dict[int, str] = {}
    for member in held:
        if member.pk in inside:
            told[member.pk] = False
            continue
        try:
            _check(group, member, bans)
            passed_over = overruling(door(member.pk, count), member.pk in bare, why)
            if group.capacity is not None and count >= group.capacity:
                raise GroupFull()
        except Refusal as refusal:
            told[member.pk] = refusal
            continue
        told[member.pk], count = True, count + 1
        if passed_over:
            overruled[member.pk] = passed_over
    return told, overruled


def _open(_member: int, _count: int) -> Answer:
    return Answer.PASSED


def _check(group: Group, member: "Member", bans: set[tuple[int, int | None]]) -> None:
    check_belongs(group, member)
    if {(member.pk, group.pk), (member.pk, None)} & bans:
        raise Banned()


def _seat(actor: Actor, group: Group, came: list[int]) -> None:
    moment = now()
    Membership.objects.bulk_create(
        Membership(group=group, member_id=member, joined_by=JoinedBy.STAFF, joined_at=moment) for member in came
    )
    take_seats(group, len(came))
    end_requests(group, came)


def _record(actor: Actor, group: Group, came: list[int], overruled: Mapping[int, str], why: str) -> None:
    subject, how = f"group:{group.pk}", JoinedBy.STAFF.value
    admitted = [
        MemberAdmitted(group=group.pk, member=member, how=how, invited_by=None, link=None, norms_version=None)
        for member in came
    ]
    past = [DoorOverruled(group=group.pk, member=member, answer=answer) for member, answer in overruled.items()]
    emit_many(admitted + past, [subject] * (len(came) + len(past)), actor=actor)
    if group.capacity is not None and group.member_count + len(came) == group.capacity:
        emit(GroupFilled(group=group.pk, capacity=group.capacity), actor=actor, subject=subject)
    after, nothing = {"group": group.pk, "how": how}, dict[str, Any]()
    entries = [
        (f"member:{member}", nothing, after | ({"door": overruled[member]} if member in overruled else {}))
        for member in came
    ]
    audit.record_many(actor, "member_admitted", entries, why=why)


@transaction.atomic
def end_crowd(actor: Actor, group: Group, member_ids: Collection[int]) -> None:
    """Take members out again, each as ``end_membership`` would; who is not inside is left alone."""
    hold_members(member_ids)
    roles = RoleAssignment.objects.filter(group=group, member__in=member_ids, until=None)
    held = set(roles.values_list("member_id", flat=True))
    for member in held:
        end_membership(actor, group, member, LeftBy.REMOVED)
    inside = Membership.objects.filter(group=group, member__in=member_ids, left_at=None)
    going = sorted(inside.values_list("member_id", flat=True))
    inside.update(left_at=now(), left_by=LeftBy.REMOVED, left_why="", merge_batch=None)
    Group.objects.filter(pk=group.pk).update(member_count=F("member_count") - len(going))
    left = [MemberLeft(group=group.pk, member=member, left_by=str(LeftBy.REMOVED)) for member in going]
    emit_many(left, [f"group:{group.pk}"] * len(going), actor=actor)

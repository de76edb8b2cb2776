"""Roles in a group, as intervals; exactly one owner of record."""

from typing import TYPE_CHECKING

from django.db import transaction

from hearth.core import audit
from hearth.core.errors import NotFound, Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor, GroupRole, demand
from hearth.groups.access import roles_in, roles_of
from hearth.groups.errors import NotInGroup, Outranked, OwnerStays
from hearth.groups.facts import GroupHandedOver, RoleEnded, RoleGiven
from hearth.groups.models import Group, RoleAssignment
from hearth.groups.registry import GIVE_ROLE, HAND_OVER
from hearth.groups.rules.ranks import RANKS, rank_of
from hearth.kit.clock import now

if TYPE_CHECKING:
    from hearth.people.models import Member

GIVEN = frozenset({GroupRole.KEEPER, GroupRole.ASSISTANT})


@transaction.atomic
def give_role(actor: Actor, group: Group, member: "Member", role: str, *, why: str = "") -> RoleAssignment:
    """Make a member keeper or assistant (the owner changes by ``hand_over``). Having it already changes nothing.

    Raises NotAllowed, Outranked for a role not below the actor's own, NotInGroup, Refusal.
    """
    _may_decide(actor, group, role)
    if GroupRole.MEMBER not in roles_of(member.pk, group):
        raise NotInGroup()
    held = RoleAssignment.objects.filter(group=group, member=member, role=role, until=None).first()
    if held is not None:
        return held
    row = RoleAssignment.objects.create(group=group, member=member, role=role, given_by=actor.ref, why=why[:200])
    told = RoleGiven(member=member.pk, role=str(role), group=group.pk)
    emit(told, actor=actor, subject=f"group:{group.pk}")
    after = {"group": group.pk, "role": str(role)}
    audit.record(actor, "role_given", f"member:{member.pk}", after=after, why=why)
    return row


@transaction.atomic
def end_role(actor: Actor, group: Group, member: "Member", role: str, *, why: str = "") -> None:
    """End a keeper's or assistant's role; one's own may always be laid down. Raises as ``give_role``, NotFound."""
    if role == GroupRole.OWNER:
        raise OwnerStays()
    if member.pk != actor.member_id:
        _may_decide(actor, group, role)
    mine = RoleAssignment.objects.filter(group=group, member=member, role=role, until=None)
    if not mine.update(until=now(), ended_by=actor.ref, ended_why=why[:200]):
        raise NotFound()
    told = RoleEnded(member=member.pk, role=str(role), group=group.pk)
    emit(told, actor=actor, subject=f"group:{group.pk}")
    before = {"group": group.pk, "role": str(role)}
    audit.record(actor, "role_ended", f"member:{member.pk}", before=before, why=why)


def _may_decide(actor: Actor, group: Group, role: str) -> None:
    held = roles_in(actor, group)
    demand(actor, GIVE_ROLE.key, held)
    if role not in GIVEN:
        raise Refusal("Choose one of the values offered.", field="role")
    if not actor.acts_as_staff and rank_of(held) <= RANKS[role]:
        raise Outranked()


@transaction.atomic
def hand_over(actor: Actor, group: Group, to_member: "Member", *, why: str = "") -> None:
    """Give the group to a new owner of record; the former one stays as keeper. At every moment there is exactly one.

    Raises NotAllowed, NotInGroup.
    """
    demand(actor, HAND_OVER.key, roles_in(actor, group))
    if GroupRole.MEMBER not in roles_of(to_member.pk, group):
        raise NotInGroup()
    owners = RoleAssignment.objects.select_for_update().filter(group=group, role=GroupRole.OWNER, until=None)
    former = owners.first()
    if former is not None and former.member_id == to_member.pk:
        return
    moment = now()
    ended = {"until": moment, "ended_by": actor.ref, "ended_why": why[:200]}
    owners.update(**ended)
    RoleAssignment.objects.filter(group=group, member=to_member, until=None).update(**ended)
    RoleAssignment.objects.create(
        group=group, member=to_member, role=GroupRole.OWNER, since=moment, given_by=actor.ref, why=why[:200]
    )
    subject = f"group:{group.pk}"
    emit(RoleGiven(member=to_member.pk, role="owner", group=group.pk), actor=actor, subject=subject)
    if former is not None:
        emit(RoleEnded(member=former.member_id, role="owner", group=group.pk), actor=actor, subject=subject)
        keeper = {"group": group, "member_id": former.member_id, "role": GroupRole.KEEPER, "until": None}
        if not RoleAssignment.objects.filter(**keeper).exists():
            RoleAssignment.objects.create(**keeper, since=moment, given_by=actor.ref, why=why[:200])
            emit(RoleGiven(member=former.member_id, role="keeper", group=group.pk), actor=actor, subject=subject)
    told = GroupHandedOver(group=group.pk, from_member=former.member_id if former else None, to_member=to_member.pk)
    emit(told, actor=actor, subject=subject)
    audit.record(
        actor,
        "group_handed_over",
        subject,
        before={"owner": former.member_id if former else None},
        after={"owner": to_member.pk},
        why=audit.sealed(why),
    )

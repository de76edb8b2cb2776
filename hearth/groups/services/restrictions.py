"""Mutes and bans: who, where, until when, why; lifted by those who may set them."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from hearth.core import audit
from hearth.core.errors import Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor, GroupRole, demand
from hearth.groups.access import demand_above, live_restrictions, roles_in
from hearth.groups.errors import Outranked, OwnerStays
from hearth.groups.facts import RestrictionLifted, RestrictionSet
from hearth.groups.models import Group, Membership, Restriction, RoleAssignment
from hearth.groups.registry import RESTRICT, RESTRICT_EVERYWHERE
from hearth.groups.services.admission import end_membership
from hearth.groups.types import LeftBy, RestrictionKind
from hearth.kit.clock import now
from hearth.people.access import hold_member
from hearth.people.errors import NotOneself

if TYPE_CHECKING:
    from hearth.people.models import Member


@transaction.atomic
def restrict(
    actor: Actor, member: "Member", group: Group | None, *, kind: str, until: datetime | None = None, why: str
) -> Restriction:
    """Mute or ban a member in a group, or everywhere with ``group`` None; a live one of its kind is replaced.

    A ban ends the memberships it covers. Raises NotAllowed, Outranked, OwnerStays, NotOneself, Refusal.
    """
    _may_restrict(actor, group)
    if kind not in RestrictionKind.values:
        raise Refusal("Choose one of the values offered.", field="kind")
    if member.pk == actor.member_id:
        raise NotOneself()
    if not why.strip():
        raise Refusal("Say why; the member reads it.", field="why")
    if until is not None and until <= now():
        raise Refusal("The end must lie in the future.", field="until")
    hold_member(member.pk)  # nobody comes in while a ban is being set
    demand_above(actor, member.pk, group)
    if kind == RestrictionKind.BAN:
        _keeps_owners(member, group)
    live_restrictions(kind).filter(member=member, group=group).update(lifted_at=now(), lifted_by=actor.ref)
    row = Restriction.objects.create(
        member=member, group=group, kind=kind, until=until, why=why.strip()[:300], by=actor.ref
    )
    subject = f"group:{group.pk}" if group else f"member:{member.pk}"
    told = RestrictionSet(
        restriction=row.pk,
        member=member.pk,
        group=group.pk if group else None,
        kind=str(kind),
        until=until.isoformat() if until else None,
    )
    emit(told, actor=actor, subject=subject)
    if kind == RestrictionKind.BAN:
        inside = Membership.objects.filter(member=member, left_at=None).select_related("group")
        for membership in inside.filter(group=group) if group else inside:
            end_membership(actor, membership.group, member.pk, LeftBy.BANNED, why=why)
    after = {"kind": str(kind), "group": told.group, "until": told.until}
    audit.record(actor, "restriction_set", f"member:{member.pk}", after=after, why=why)
    return row


@transaction.atomic
def lift(actor: Actor, restriction: Restriction) -> None:
    """Lift a restriction before its end; a lifted one stays lifted. Raises NotAllowed."""
    _may_restrict(actor, restriction.group)
    if restriction.member_id == actor.member_id:
        raise NotOneself()
    if not actor.acts_as_staff and _set_by_staff(restriction):
        raise Outranked("Staff set this restriction; only staff can lift it.")
    open_one = Restriction.objects.filter(pk=restriction.pk, lifted_at=None)
    if not open_one.update(lifted_at=now(), lifted_by=actor.ref):
        return
    told = RestrictionLifted(
        restriction=restriction.pk,
        member=restriction.member_id,
        group=restriction.group_id,
        kind=restriction.kind,
    )
    subject = f"group:{restriction.group_id}" if restriction.group_id else f"member:{restriction.member_id}"
    emit(told, actor=actor, subject=subject)
    before = {"kind": restriction.kind, "group": restriction.group_id}
    audit.record(actor, "restriction_lifted", f"member:{restriction.member_id}", before=before)


def _set_by_staff(restriction: Restriction) -> bool:
    kind, _colon, pk = restriction.by.partition(":")
    if kind != "member":
        return True
    return RoleAssignment.objects.filter(member=int(pk), group=None, until=None).exists()


def _may_restrict(actor: Actor, group: Group | None) -> None:
    if group is None:
        demand(actor, RESTRICT_EVERYWHERE.key)
    else:
        demand(actor, RESTRICT.key, roles_in(actor, group))


def _keeps_owners(member: "Member", group: Group | None) -> None:
    """A ban never orphans a group."""
    owned = RoleAssignment.objects.filter(member=member, until=None, role=GroupRole.OWNER)
    if (owned.filter(group=group) if group else owned).exists():
        raise OwnerStays()

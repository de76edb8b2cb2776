"""Parting a full group: the plan, changes to it, and the groups it opens."""

from importlib import import_module
from typing import Any

from django.db import transaction

from hearth.core.errors import Refusal
from hearth.core.permissions import Actor, GroupRole, demand
from hearth.core.texts import best
from hearth.groups.access import live_restrictions
from hearth.groups.errors import GroupClosed, GroupFull, OwnerStays, PlanOld
from hearth.groups.models import Group, Membership, Move, Regrouping, RegroupingPart, RoleAssignment
from hearth.groups.queries.codes import free_serials
from hearth.groups.queries.lists import is_closed, roles_by_member
from hearth.groups.queries.regrouping import moves_of, parts_of, sizes, staying_in, stored_ties, ties_of, wrote_in
from hearth.groups.registry import REGROUP
from hearth.groups.rules.placing import numbered
from hearth.groups.rules.tending import kept_by
from hearth.groups.services.admission import end_membership
from hearth.groups.services.alike import holder_of, open_alike
from hearth.groups.services.lifecycle import LEAST, MOST, close_group
from hearth.groups.services.restrictions import restrict
from hearth.groups.types import LeftBy, RegroupingKind, RestrictionKind
from hearth.kit.clock import now
from hearth.kit.ids import new_code
from hearth.kit.text import one_line
from hearth.people.queries.leaving import leaving_among

SMALLEST, MOST_PARTS, LARGEST = 4, 8, 2000


@transaction.atomic
def plan_split(actor: Actor, group: Group, *, parts: int = 2) -> Regrouping:
    """Plan to part a group so that strong ties stay together; nothing changes yet. A plan made before is replaced.

    Raises NotAllowed, GroupClosed, Refusal for a group too small or too large.
    """
    demand(actor, REGROUP.key)
    group = Group.objects.get(pk=group.pk)
    if is_closed(group.pk):
        raise GroupClosed()
    inside = list(Membership.objects.filter(group=group, left_at=None).order_by("pk").values_list("member", flat=True))
    leaving = leaving_among(inside)  # they stay where they are until they are gone
    members = [pk for pk in inside if pk not in leaving]
    if not 2 <= parts <= MOST_PARTS:
        raise Refusal("Give a number from %(low)s to %(high)s.", field="parts", low=2, high=MOST_PARTS)
    if not max(SMALLEST, 2 * parts) <= len(members) <= LARGEST:
        raise Refusal(
            "A group of %(low)s to %(high)s members can be split in so many parts; this one has %(members)s.",
            low=max(SMALLEST, 2 * parts), high=LARGEST, members=len(members),
        )  # fmt: skip
    roles, ties = roles_by_member(group.pk), ties_of(group.pk, members)
    owner = next((pk for pk, held in roles.items() if GroupRole.OWNER in held), None)
    keepers = [pk for pk, held in roles.items() if GroupRole.KEEPER in held and pk not in leaving]
    most = None if group.capacity is None else group.capacity - 1  # the owner may have to answer for a part as well
    plan = import_module("hearth.groups.rules.partition").part  # loads networkx
    parting = plan(members, ties, parts, most=most, owner=owner, keepers=keepers)
    _forget(group)
    row = Regrouping.objects.create(
        kind=RegroupingKind.SPLIT, group=group, by=actor.ref, ties=[[t.a, t.b, t.from_a, t.from_b] for t in ties]
    )
    _store_parts(row, group, parts, {pk: parting.parts[pk] for pk in sorted(keepers)})
    moves = [Move(regrouping=row, member_id=pk, source=group, part=parting.parts.get(pk, 0)) for pk in inside]
    Move.objects.bulk_create(moves, batch_size=200)
    return row


def _forget(group: Group) -> None:
    Regrouping.objects.filter(group=group, kind=RegroupingKind.SPLIT, begun_at=None).delete()


def _store_parts(row: Regrouping, group: Group, parts: int, keepers: dict[int, int]) -> None:
    serials = free_serials(group, parts - 1)
    owners = {where: member for member, where in reversed(keepers.items())}
    first = holder_of(group, GroupRole.OWNER)
    for number in range(parts):
        told: dict[str, Any] = {"group": group, "name": best(group.name), "owner": first}
        if number:
            told = {"name": best(numbered(group.name, serials[number - 1])), "owner_id": owners.get(number)}
            told["owner_id"] = told["owner_id"] or (first.pk if first else None)
        RegroupingPart.objects.create(regrouping=row, number=number, capacity=group.capacity, **told)


def _changeable(actor: Actor, row: Regrouping) -> Regrouping:
    demand(actor, REGROUP.key)
    row = Regrouping.objects.select_for_update().get(pk=row.pk)
    if row.begun_at is not None or row.kind != RegroupingKind.SPLIT:
        raise PlanOld()
    return row


@transaction.atomic
def shift_member(actor: Actor, row: Regrouping, member_id: int, to_part: int) -> None:
    """Put one member of the plan into another part. Raises NotAllowed, PlanOld, OwnerStays, Refusal."""
    row = _changeable(actor, row)
    if RoleAssignment.objects.filter(group=row.group, member=member_id, role=GroupRole.OWNER, until=None).exists():
        raise OwnerStays()
    if not row.parts.filter(number=to_part).exists() or not row.moves.filter(member=member_id).update(part=to_part):
        raise Refusal("Choose one of the values offered.")
    for part_row in row.parts.filter(owner=member_id, number__gt=0).exclude(number=to_part):
        part_row.owner = holder_of(row.group, GroupRole.OWNER)
        part_row.save(update_fields=["owner"])


@transaction.atomic
def choose_keeper(actor: Actor, row: Regrouping, member_id: int, number: int) -> None:
    """Let one of those who tend the group keep a part and answer for it; see ``rules.tending.kept_by``.

    Raises NotAllowed, PlanOld, Refusal for somebody who does not tend the group.
    """
    row = _changeable(actor, row)
    where = {move.member_id: move.part for move in moves_of(row)}
    roles = roles_by_member(row.group_id)
    tending = [pk for pk, held in roles.items() if pk in where and held & {GroupRole.OWNER, GroupRole.KEEPER}]
    owner = next((pk for pk in tending if GroupRole.OWNER in roles[pk]), None)
    if member_id not in tending or not row.parts.filter(number=number).exists():
        raise Refusal("Choose one of the values offered.")
    found = kept_by(where, stored_ties(row), tending, owner, number, member_id)
    for part in set(found.values()):
        row.moves.filter(member__in=[pk for pk in found if found[pk] == part != where[pk]]).update(part=part)
    for one in row.parts.filter(number__gt=0):
        here = [pk for pk in tending if found[pk] == one.number]
        if member_id in here or (one.owner_id != owner and found.get(one.owner_id or 0) != one.number):
            one.owner_id = member_id if member_id in here else next(iter(here), owner)
            one.save(update_fields=["owner"])


@transaction.atomic
def change_part(actor: Actor, row: Regrouping, number: int, *, name: str, capacity: int | None, owner: int) -> None:
    """Name a new group, say how many it holds and who answers for it: one of its part, or the group's owner.

    Raises NotAllowed, PlanOld, Refusal.
    """
    row = _changeable(actor, row)
    found = row.parts.filter(number=number).exclude(number=0).first()
    if found is None:
        raise Refusal("Choose one of the values offered.")
    if not one_line(name):
        raise Refusal("Give the group a name.", field="name")
    if capacity is not None and not LEAST <= capacity <= MOST:
        raise Refusal("Give a number from %(low)s to %(high)s.", field="capacity", low=LEAST, high=MOST)
    keeps = holder_of(row.group, GroupRole.OWNER)
    if owner != (keeps.pk if keeps else None) and not row.moves.filter(member=owner, part=number).exists():
        raise Refusal("Choose one of the values offered.", field="owner")
    found.name, found.capacity, found.owner_id = one_line(name)[:80], capacity, owner
    found.save(update_fields=["name", "capacity", "owner"])


def check_split(row: Regrouping) -> None:
    """Whether a plan can be carried out as it stands now. Raises GroupClosed, GroupFull, Refusal."""
    if is_closed(row.group_id):
        raise GroupClosed()
    moves, counted = moves_of(row), sizes(moves_of(row))
    where = {move.member_id: move.part for move in moves}
    for one in parts_of(row):
        if not counted[one.number]:
            raise Refusal("A part of the plan is empty. Put somebody into it, or plan fewer parts.")
        if one.number and one.owner_id is None:
            raise Refusal("Name the owner of record who answers for the group.")
        seats = counted[one.number] + (where.get(one.owner_id or 0) != one.number and one.number > 0)
        if one.number and one.capacity is not None and seats > one.capacity:
            raise GroupFull("%(group)s would hold more members than its capacity allows.", group=one.name)


def open_part(house: Actor, row: Regrouping, part_row: RegroupingPart) -> None:
    """Open a new group for a part, like the one it comes from; who was banned there is banned here."""
    group = row.group
    serial = free_serials(group, 1)[0]
    named = {**numbered(group.name, serial), group.language: part_row.name}
    if part_row.name == best(numbered(group.name, serial)):
        named = numbered(group.name, serial)
    made = open_alike(
        house, group, name=named, serial=serial, owner=part_row.owner, parent=group, lineage="split",
        capacity=part_row.capacity,
    )  # fmt: skip
    for ban in live_restrictions(RestrictionKind.BAN).filter(group=group).select_related("member"):
        restrict(house, ban.member, made, kind=RestrictionKind.BAN, until=ban.until, why=ban.why)
    part_row.group, part_row.done_at = made, now()
    part_row.save(update_fields=["group", "done_at"])


def close_parts(house: Actor, row: Regrouping) -> None:
    """After an undoing: close the groups that were opened, unless somebody is there who is not back where they were.

    Who answers for one leaves it, and so did all who came; whoever wrote there stays, to read it.
    """
    for one in parts_of(row):
        if one.number == 0 or one.group is None or is_closed(one.group.pk) or staying_in(row, one):
            continue
        owner = holder_of(one.group, GroupRole.OWNER)
        if owner is not None and not wrote_in(one.group, [owner.pk]):
            end_membership(house, one.group, owner.pk, LeftBy.MOVED)
        close_group(house, one.group, into=row.group)
        _give_key_back(one.group.pk)
        one.undone_at = now()
        one.save(update_fields=["undone_at"])


def _give_key_back(group_id: int) -> None:
    """A closed group in which nobody is left blocks its short name for no other."""
    group = Group.objects.get(pk=group_id)
    if not group.member_count:
        group.key = f"{group.key[:50]}-{new_code(8).lower()}"
        group.save(update_fields=["key"])

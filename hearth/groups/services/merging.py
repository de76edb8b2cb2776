"""Bringing dying sisters together in one home: the plan, its check, and the closing of the groups they came from."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from hearth.core.errors import Refusal
from hearth.core.permissions import Actor, GroupRole, demand
from hearth.core.texts import best
from hearth.groups.errors import GroupClosed, NoRoom, SpacesDiffer
from hearth.groups.models import EntryCode, Group, Move, Regrouping, RegroupingPart
from hearth.groups.queries.lists import is_closed
from hearth.groups.queries.regrouping import closing, members_by_group, open_groups, parts_of, would_go
from hearth.groups.registry import REGROUP
from hearth.groups.services.alike import holder_of
from hearth.groups.services.codes import change_entry_code
from hearth.groups.services.lifecycle import close_group, reopen_group
from hearth.groups.types import RegroupingKind
from hearth.kit.clock import now

MOST_SISTERS = 8


@transaction.atomic
def plan_merge(actor: Actor, home: Group, sisters: Sequence[int]) -> Regrouping:
    """Plan to bring the members of other groups into ``home`` and to close those; nothing changes yet.

    A plan made before for this home is replaced. Raises NotAllowed, GroupClosed, SpacesDiffer, Refusal.
    """
    demand(actor, REGROUP.key)
    wanted = sorted(set(sisters) - {home.pk})
    if not 1 <= len(wanted) <= MOST_SISTERS:
        raise Refusal("Choose from %(low)s to %(high)s groups.", low=1, high=MOST_SISTERS)
    found = open_groups([home.pk, *wanted])
    if home.pk not in found:
        raise GroupClosed()
    if set(wanted) - set(found):
        raise Refusal("Choose one of the values offered.")
    if any(found[pk].space != home.space for pk in wanted):
        raise SpacesDiffer()
    Regrouping.objects.filter(group=home, kind=RegroupingKind.MERGE, begun_at=None).delete()
    row = Regrouping.objects.create(kind=RegroupingKind.MERGE, group=home, by=actor.ref)
    for number, pk in enumerate([home.pk, *wanted]):
        group = found[pk]
        owner = holder_of(group, GroupRole.OWNER)
        RegroupingPart.objects.create(
            regrouping=row, number=number, group=group, name=best(group.name), capacity=group.capacity, owner=owner
        )
    _store_moves(row, members_by_group(wanted))
    return row


def _store_moves(row: Regrouping, members: dict[int, set[int]]) -> int:
    known = set(row.moves.values_list("source_id", "member_id"))
    moves = [
        Move(regrouping=row, member_id=member, source_id=group, part=0)
        for group, inside in members.items()
        for member in sorted(inside)
        if (group, member) not in known
    ]
    Move.objects.bulk_create(moves, batch_size=200)
    return len(moves)


def check_merge(row: Regrouping) -> None:
    """Whether a plan can be carried out as it stands now. Raises GroupClosed, SpacesDiffer, NoRoom."""
    parts = parts_of(row)
    if any(one.group is None or is_closed(one.group.pk) for one in parts):
        raise GroupClosed()
    if len({one.group.space for one in parts if one.group}) > 1:
        raise SpacesDiffer()
    home, needed = row.group, would_go(row).come
    free = None if home.capacity is None else home.capacity - home.member_count
    if free is not None and needed > free:
        raise NoRoom(needed=needed, free=free)


def late_comers(row: Regrouping) -> int:
    """Take those along who came into the groups after the plan was made. How many there are."""
    sources = [one.group_id for one in parts_of(row) if one.number and one.group_id]
    return _store_moves(row, members_by_group(sources))


def close_sources(house: Actor, row: Regrouping) -> None:
    """Close the groups whose members all found room in the home, and lead their entry codes there."""
    for one in closing(row).select_related("group").order_by("number"):
        if one.group is not None and not is_closed(one.group.pk):
            close_group(house, one.group, why=row.why, into=row.group)
            one.codes, one.done_at = _lead_codes(house, one.group, row.group), now()
            one.save(update_fields=["codes", "done_at"])


def _lead_codes(house: Actor, source: Group, home: Group) -> list[dict[str, Any]]:
    """Lead the codes of one group to another; what they said before and say now."""
    changed = []
    for code in EntryCode.objects.filter(revoked_at=None):
        was = {"rules": code.rules, "default_group": code.default_group_id}
        rules = [{**rule, "group": home.pk if rule["group"] == source.pk else rule["group"]} for rule in code.rules]
        default = home.pk if code.default_group_id == source.pk else code.default_group_id
        new = {"rules": rules, "default_group": default}
        if new != was:
            change_entry_code(house, code, rules=rules, default_group=default, opens_next=code.opens_next)
            changed.append({"code": code.pk, "was": was, "new": new})
    return changed


def reopen_sources(house: Actor, row: Regrouping) -> None:
    """Open the groups again that this merge closed; their codes lead there again where nobody changed them since."""
    for one in row.parts.filter(number__gt=0, done_at__isnull=False, undone_at=None).select_related("group"):
        if one.group is not None:
            reopen_group(house, one.group)
        for told in one.codes:
            code = EntryCode.objects.filter(pk=told["code"], revoked_at=None).first()
            if code and {"rules": code.rules, "default_group": code.default_group_id} == told["new"]:
                change_entry_code(house, code, opens_next=code.opens_next, **told["was"])
        one.undone_at = now()
        one.save(update_fields=["undone_at"])

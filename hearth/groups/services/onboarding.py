"""Newcomers: each gets a buddy among those who tend the group, and is greeted."""

from collections import Counter
from typing import TYPE_CHECKING

from django.db import transaction

from hearth.core.errors import NotFound
from hearth.core.facts import emit
from hearth.core.permissions import Actor, demand
from hearth.groups.access import roles_in
from hearth.groups.facts import BuddyGiven, NewcomerGreeted
from hearth.groups.models import Membership, Welcoming
from hearth.groups.queries import keeper_ids
from hearth.groups.registry import TEND
from hearth.groups.rules.onboarding import NEW_FOR, choose_buddy
from hearth.kit.clock import now
from hearth.people.queries.leaving import leaving_among

if TYPE_CHECKING:
    from hearth.groups.models import Group


@transaction.atomic
def give_buddy(group_id: int, member_id: int) -> Welcoming | None:
    """Let the keeper who greets the fewest newcomers now be the buddy of one who came in.

    None where nobody tends the group, for those who tend it themselves or asked to be erased; once for each membership.
    """
    leaving = leaving_among([member_id, *keeper_ids(group_id)])
    keepers = [pk for pk in keeper_ids(group_id) if pk not in leaving]
    membership = Membership.objects.filter(group=group_id, member=member_id, left_at=None).first()
    if membership is None or not keepers or member_id in {*keepers, *leaving}:
        return None
    rows = Welcoming.objects.filter(at__gt=now() - NEW_FOR, greeted_at=None, buddy__in=keepers)
    busy = Counter(rows.values_list("buddy_id", flat=True))
    buddy = choose_buddy({keeper: busy[keeper] for keeper in keepers})
    row, is_new = Welcoming.objects.get_or_create(membership=membership, defaults={"buddy_id": buddy, "at": now()})
    if is_new and buddy is not None:
        emit(BuddyGiven(group=group_id, member=member_id, buddy=buddy), subject=f"group:{group_id}")
    return row


@transaction.atomic
def greet(actor: Actor, group: "Group", member_id: int) -> None:
    """Say that a newcomer was greeted; saying it twice changes nothing. Raises NotAllowed, NotFound."""
    row = _welcoming(actor, group, member_id)
    if row.greeted_at is None:
        row.greeted_at, row.greeted_by = now(), actor.ref
        row.save(update_fields=["greeted_at", "greeted_by"])
        emit(NewcomerGreeted(group=group.pk, member=member_id), actor=actor, subject=f"group:{group.pk}")


@transaction.atomic
def undo_greeting(actor: Actor, group: "Group", member_id: int) -> None:
    """Take that back. Raises NotAllowed, NotFound."""
    row = _welcoming(actor, group, member_id)
    if row.greeted_at is not None:
        row.greeted_at, row.greeted_by = None, ""
        row.save(update_fields=["greeted_at", "greeted_by"])
        emit(NewcomerGreeted(group=group.pk, member=member_id, undone=True), actor=actor, subject=f"group:{group.pk}")


def _welcoming(actor: Actor, group: "Group", member_id: int) -> Welcoming:
    demand(actor, TEND.key, roles_in(actor, group))
    membership = Membership.objects.filter(group=group, member=member_id, left_at=None).first()
    if membership is None:
        raise NotFound()
    row, _is_new = Welcoming.objects.get_or_create(membership=membership, defaults={"at": now()})
    return row

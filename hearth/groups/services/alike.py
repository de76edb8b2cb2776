"""A group like another one: the next of a series, or a part of it."""

from typing import TYPE_CHECKING

from django.db import transaction

from hearth.core.permissions import Actor
from hearth.groups.models import Group, RoleAssignment
from hearth.groups.queries.doors import policy_of
from hearth.groups.queries.lists import newest_norms
from hearth.groups.services.gates import change_gates
from hearth.groups.services.lifecycle import open_group
from hearth.groups.services.texts import LocalInput

if TYPE_CHECKING:
    from hearth.people.models import Member


@transaction.atomic
def open_alike(
    house: Actor,
    group: Group,
    *,
    name: LocalInput,
    serial: int,
    owner: "Member | None",
    parent: Group,
    lineage: str = Group.NEXT,
    capacity: int | None = None,
) -> Group:
    """Open a group with the card, norms, door and settings of another; ``capacity`` None is that of the other."""
    norms, key = newest_norms(group.pk), f"{group.key[:50]}-{serial}"
    made = open_group(
        house,
        name=name,
        key="" if Group.objects.filter(key=key).exists() else key,
        theme=group.theme,
        function=group.function,
        card=group.card,
        welcome=group.welcome,
        norms=norms.text if norms else "",
        capacity=capacity or group.capacity,
        visibility=group.visibility,
        space=group.space,
        name_rule=group.name_rule,
        definition=group.definition,
        language=group.language,
        time_zone=group.time_zone,
        place=group.place,
        owner=owner,
        parent=parent,
        lineage=lineage,
    )
    policy = policy_of(group.pk)
    if policy is not None:
        change_gates(house, made, policy.steps)
    return made


def holder_of(group: Group, role: str) -> "Member | None":
    """Who holds a role in a group, the first of several."""
    held = RoleAssignment.objects.filter(group=group, role=role, until=None).select_related("member").order_by("pk")
    row = held.first()
    return row.member if row else None

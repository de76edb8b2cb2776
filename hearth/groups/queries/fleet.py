"""The fleet: every group with what an operator sorts and filters by."""

from collections.abc import Collection
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from hearth.core.permissions import KEEPERS, RUN_COMMUNITY as SEE_FLEET, Actor, GroupRole, demand
from hearth.groups.access import is_shut
from hearth.groups.models import Group, Place, RoleAssignment

COLUMNS = (
    "pk", "key", "name", "theme", "space", "visibility", "capacity", "member_count", "language", "lasting", "ends_on",
    "opened_at", "source", "place_id", "place_name", "owner_id", "owner_name", "is_closed",
)  # fmt: skip


def fleet(
    actor: Actor,
    *,
    place: Place | None = None,
    space: str = "",
    closed: bool | None = None,
    only: Collection[int] | None = None,
) -> QuerySet[Group, dict[str, Any]]:
    """One dict per group (see COLUMNS), in one query whatever the number of groups; order and slice it.

    ``place`` takes its whole subtree. Raises NotAllowed.
    """
    demand(actor, SEE_FLEET.key)
    owner = RoleAssignment.objects.filter(group=OuterRef("pk"), role=GroupRole.OWNER, until=None)
    rows = Group.objects.annotate(
        place_name=Subquery(Place.objects.filter(pk=OuterRef("place_id")).values("name")[:1]),
        owner_id=Subquery(owner.values("member_id")[:1]),
        owner_name=Subquery(owner.values("member__display_name")[:1]),
        is_closed=is_shut(),
    )
    if place is not None:
        rows = rows.filter(place__path__startswith=place.path)
    if space:
        rows = rows.filter(space=space)
    if closed is not None:
        rows = rows.filter(is_closed=closed)
    if only is not None:
        rows = rows.filter(pk__in=set(only))
    return rows.order_by("key").values(*COLUMNS)


def keepers_of(group_ids: Collection[int]) -> dict[int, list[tuple[int, str, str]]]:
    """Who tends each group: (member id, display name, role), owners first: one query."""
    held = RoleAssignment.objects.filter(group__in=set(group_ids), until=None, role__in=[str(r) for r in KEEPERS])
    found: dict[int, list[tuple[int, str, str]]] = {}
    for group_id, *keeper in held.order_by("-role", "pk").values_list(
        "group_id", "member_id", "member__display_name", "role"
    ):
        found.setdefault(group_id, []).append((keeper[0], keeper[1], keeper[2]))
    return found

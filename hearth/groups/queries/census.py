"""Roles, memberships and restrictions of everybody, for those who measure. Not for pages."""

from hearth.core.permissions import KEEPERS
from hearth.groups.access import live_restrictions
from hearth.groups.models import Membership, RoleAssignment
from hearth.groups.types import RestrictionKind


def groups_by_member() -> dict[int, list[int]]:
    """Member → the groups they are in now: one query."""
    found: dict[int, list[int]] = {}
    rows = Membership.objects.filter(left_at=None).order_by().values_list("member_id", "group_id")
    for member, group in rows.iterator(chunk_size=5000):
        found.setdefault(member, []).append(group)
    return found


def tended_by_member() -> dict[int, list[int]]:
    """Member → the groups they tend now: one query."""
    found: dict[int, list[int]] = {}
    held = RoleAssignment.objects.filter(until=None, group__isnull=False, role__in=[str(role) for role in KEEPERS])
    for member, group in held.order_by().values_list("member_id", "group_id"):
        found.setdefault(member, []).append(group)
    return found


def barred_members() -> set[int]:
    """Members under a mute or ban in force, anywhere: a query for each kind."""
    return {pk for kind in RestrictionKind.values for pk in live_restrictions(kind).values_list("member_id", flat=True)}

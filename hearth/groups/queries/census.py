"""Roles, memberships and restrictions of everybody, for those who measure. Not for pages."""

from datetime import datetime, timedelta

from hearth.core.permissions import KEEPERS
from hearth.groups.access import live_restrictions
from hearth.groups.models import DutyTurn, Membership, RoleAssignment
from hearth.groups.types import JoinedBy, RestrictionKind

BROUGHT = (JoinedBy.IMPORT, JoinedBy.MERGE, JoinedBy.DEMO)  # carried over: nobody came


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


def members_present() -> int:
    """How many different members are in a group: one query."""
    return Membership.objects.filter(left_at=None).values("member").distinct().count()


def came_and_went(since: datetime, until: datetime) -> tuple[int, int]:
    """How many came into a group and how many left one in between; who was carried over did neither: two queries."""
    rows = Membership.objects.exclude(joined_by__in=BROUGHT)
    came = rows.filter(joined_at__gte=since, joined_at__lt=until).count()
    return came, rows.filter(left_at__gte=since, left_at__lt=until).count()


def weeks_with_joins(moment: datetime, weeks: int) -> int:
    """In how many of the weeks before a moment somebody came into a group: one query."""
    first = moment - timedelta(weeks=weeks)
    rows = Membership.objects.exclude(joined_by__in=BROUGHT).filter(joined_at__gte=first, joined_at__lt=moment)
    return len({(joined - first) // timedelta(weeks=1) for joined in rows.values_list("joined_at", flat=True)})


def carrying() -> int:
    """How many different members hold a role in the team or in a group: one query."""
    return RoleAssignment.objects.filter(until=None, member__left_at=None).values("member").distinct().count()


def on_rosters() -> int:
    """How many different members have a turn at some duty: one query."""
    return DutyTurn.objects.filter(member__left_at=None).values("member").distinct().count()

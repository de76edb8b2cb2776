"""Snapshots of rights, for checks that must not ask the database again."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from hearth.core.permissions import Actor, GroupRole, may
from hearth.core.prepared import Prepared
from hearth.groups.access import is_shut, live_restrictions
from hearth.groups.models import Group, Membership, RoleAssignment
from hearth.groups.registry import READ_TALK
from hearth.groups.types import PostingRight, RestrictionKind, Visibility
from hearth.kit.clock import now

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
_TENDING = (GroupRole.OWNER, GroupRole.KEEPER, GroupRole.ASSISTANT)


def posting_right(actor: Actor, group_id: int) -> PostingRight:
    """What an actor may do in a group: one query. Of a group that does not exist here nothing is readable."""
    row = _IN_GROUP.first(group_id, actor.member_id, now())
    if row is None:
        return PostingRight(
            group_id=group_id,
            member_id=actor.member_id or 0,
            is_in=False,
            roles=frozenset(),
            muted_until=None,
            banned=False,
            closed=False,
            space="",
            visibility="",
            readable=False,
        )
    return _right(row, actor.member_id, reads_all=may(actor, READ_TALK.key))


def posting_snapshot(member_id: int | None, group_id: int) -> PostingRight | None:
    """The same for a plain member without staff roles; None when the group does not exist in this community."""
    row = _IN_GROUP.first(group_id, member_id, now())
    return _right(row, member_id) if row else None


def rooms_snapshot(member_id: int) -> dict[int, PostingRight]:
    """The rights in every group that the member is in, by group id: one query."""
    rights = (_right(row, member_id) for row in _WHERE_INSIDE.rows(member_id, now()))
    return {right.group_id: right for right in rights}


def _rights(member: int, moment: datetime) -> QuerySet[Group, tuple[Any, ...]]:
    here = Q(group=OuterRef("pk")) | Q(group=None)
    whom = Q(member=member) | Q(member__merged_into=member)
    mutes = live_restrictions(RestrictionKind.MUTE, moment).filter(here, whom)
    last_mute = mutes.annotate(end=Coalesce("until", Value(FOREVER, output_field=DateTimeField()))).order_by("-end")
    held = RoleAssignment.objects.filter(member=member, group=OuterRef("pk"), until=None)
    return Group.objects.annotate(
        inside=Exists(Membership.objects.filter(group=OuterRef("pk"), member=member, left_at=None)),
        muted_until=Subquery(last_mute.values("end")[:1]),
        banned=Exists(live_restrictions(RestrictionKind.BAN, moment).filter(here, whom)),
        shut=is_shut(),
        **{role.value: Exists(held.filter(role=role)) for role in _TENDING},
    ).values_list("pk", "space", "visibility", "inside", "muted_until", "banned", "shut", *(r.value for r in _TENDING))


# Asked whenever somebody opens a room or posts.
_IN_GROUP = Prepared(lambda group, member, moment: _rights(member, moment).filter(pk=group), int, int, datetime)
_WHERE_INSIDE = Prepared(lambda member, moment: _rights(member, moment).filter(Q(inside=True)), int, datetime)


def _right(row: tuple[Any, ...], member_id: int | None, *, reads_all: bool = False) -> PostingRight:
    group_id, space, visibility, inside, muted_until, banned, shut, *tending = row
    roles = {role for role, held in zip(_TENDING, tending, strict=True) if held}
    if inside:
        roles.add(GroupRole.MEMBER)
    return PostingRight(
        group_id=group_id,
        member_id=member_id or 0,
        is_in=inside,
        roles=frozenset(roles),
        muted_until=muted_until,
        banned=banned,
        closed=shut,
        space=space,
        visibility=visibility,
        readable=reads_all or (member_id is not None and not banned and (inside or visibility == Visibility.OPEN)),
    )

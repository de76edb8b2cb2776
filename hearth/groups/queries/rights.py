"""Snapshots of rights, for checks that must not ask the database again."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from hearth.core.permissions import Actor, GroupRole, may
from hearth.groups.access import live_restrictions
from hearth.groups.models import Group, GroupClosure, Membership, RoleAssignment
from hearth.groups.registry import READ_TALK
from hearth.groups.types import PostingRight, RestrictionKind, Visibility

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
_TENDING = (GroupRole.OWNER, GroupRole.KEEPER, GroupRole.ASSISTANT)


def posting_right(actor: Actor, group_id: int) -> PostingRight:
    """What an actor may do in a group: one query. Of a group that does not exist here nothing is readable."""
    row = _rights(actor.member_id).filter(pk=group_id).first()
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
    row = _rights(member_id).filter(pk=group_id).first()
    return _right(row, member_id) if row else None


def rooms_snapshot(member_id: int) -> dict[int, PostingRight]:
    """The rights in every group that the member is in, by group id: one query."""
    return {row["pk"]: _right(row, member_id) for row in _rights(member_id).filter(Q(inside=True))}


def _rights(member_id: int | None) -> QuerySet[Group, dict[str, Any]]:
    here = Q(group=OuterRef("pk")) | Q(group=None)
    whom = Q(member=member_id) | Q(member__merged_into=member_id)
    mutes = live_restrictions(RestrictionKind.MUTE).filter(here, whom)
    last_mute = mutes.annotate(end=Coalesce("until", Value(FOREVER, output_field=DateTimeField()))).order_by("-end")
    held = RoleAssignment.objects.filter(member=member_id, group=OuterRef("pk"), until=None)
    return Group.objects.annotate(
        inside=Exists(Membership.objects.filter(group=OuterRef("pk"), member=member_id, left_at=None)),
        muted_until=Subquery(last_mute.values("end")[:1]),
        banned=Exists(live_restrictions(RestrictionKind.BAN).filter(here, whom)),
        shut=Exists(GroupClosure.objects.filter(group=OuterRef("pk"), reopened_at=None)),
        **{role.value: Exists(held.filter(role=role)) for role in _TENDING},
    ).values("pk", "inside", "muted_until", "banned", "shut", "space", "visibility", *(r.value for r in _TENDING))


def _right(row: dict[str, Any], member_id: int | None, *, reads_all: bool = False) -> PostingRight:
    roles = {role for role in _TENDING if row[role.value]}
    if row["inside"]:
        roles.add(GroupRole.MEMBER)
    return PostingRight(
        group_id=row["pk"],
        member_id=member_id or 0,
        is_in=row["inside"],
        roles=frozenset(roles),
        muted_until=row["muted_until"],
        banned=row["banned"],
        closed=row["shut"],
        space=row["space"],
        visibility=row["visibility"],
        readable=reads_all
        or (member_id is not None and not row["banned"] and (row["inside"] or row["visibility"] == Visibility.OPEN)),
    )

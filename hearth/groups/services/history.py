"""Memberships of the past: who was in which group according to an archive, many at once and in plain SQL.

An archive of a few hundred groups brings newcomers to dozens of groups with every batch of messages; asking
group by group was two thirds of an import's time.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, transaction

from hearth.core import sql
from hearth.core.facts import emit_history
from hearth.core.permissions import Actor
from hearth.core.tenancy import current_community_id
from hearth.groups.access import live_bans
from hearth.groups.errors import GroupFull
from hearth.groups.facts import MemberAdmitted, MemberLeft
from hearth.groups.models import Membership
from hearth.groups.types import JoinedBy, LeftBy

if TYPE_CHECKING:
    from hearth.groups.models import Group


class Came(NamedTuple):
    """A member came into a group; ``invited_by`` is the member who added them, where the archive says so."""

    group: int
    member: int
    at: datetime
    invited_by: int | None = None


class Went(NamedTuple):
    """A member left a group, or was removed from it."""

    group: int
    member: int
    at: datetime
    left_by: LeftBy = LeftBy.OWN_WISH


IMPORT_BATCH = 500
_SEATS = (
    "UPDATE groups_group SET member_count = member_count + %s "
    "WHERE id = %s AND (capacity IS NULL OR capacity >= member_count + %s)"
)
_BACK = "UPDATE groups_group SET member_count = member_count - %s WHERE id = %s AND member_count >= %s"
_INSERT = sql.insert(
    "groups_membership", "community_id, group_id, member_id, joined_at, joined_by, invited_by_id, left_by, left_why"
)


def import_memberships(group: "Group", rows: Iterable[tuple[int, datetime]], *, actor: Actor | None = None) -> int:
    """Record who was in one group: (member id, when). See ``import_arrivals``."""
    return import_arrivals([Came(group.pk, member, at) for member, at in rows], actor=actor)


def import_arrivals(rows: Iterable[Came], *, actor: Actor | None = None) -> int:
    """Record who was in which group since when. Returns how many are new.

    For importers: no notices, norms or gates; bans and capacity hold. Facts are historical. Idempotent. Batches of 500,
    each atomic, so that others may write in between. Raises GroupFull.
    """
    wanted = list({row[:2]: row for row in rows}.values())
    return sum(_import(batch, actor) for batch in sql.chunks(wanted, IMPORT_BATCH))


@transaction.atomic
def _import(rows: Sequence[Came], actor: Actor | None) -> int:
    community = current_community_id()
    with connection.cursor() as cursor:
        kept_out = _inside(cursor, rows)
        banned = live_bans()
        fresh = [row for row in rows if row[:2] not in kept_out and not banned & {(row[1], row[0]), (row[1], None)}]
        if not fresh:
            return 0
        _take_seats(cursor, Counter(row.group for row in fresh))
        adapt, how = sql.adapter(), JoinedBy.IMPORT.value
        sql.insert_many(
            cursor,
            _INSERT,
            [(community, row.group, row.member, adapt(row.at), how, row.invited_by, "", "") for row in fresh],
        )
    came = [
        MemberAdmitted(
            group=row.group, member=row.member, how=how, invited_by=row.invited_by, link=None, norms_version=None
        )
        for row in fresh
    ]
    subjects = [f"group:{row.group}" for row in fresh]
    emit_history(came, [row.at for row in fresh], actor=actor, subject=subjects)
    return len(fresh)


@transaction.atomic
def import_departures(rows: Iterable[Went], *, actor: Actor | None = None) -> int:
    """Record who left which group when. Returns how many memberships ended.

    Ends only what an import began, and only for those who have never been here themselves: what happened at the other
    place is no reason to put anybody out of this one. Facts are historical. Idempotent.
    """
    gone = [row for row in rows if _end(row)]
    with connection.cursor() as cursor:
        seats = sorted(Counter(row.group for row in gone).items())
        cursor.executemany(_BACK, [(count, group, count) for group, count in seats])
    told = [MemberLeft(group=row.group, member=row.member, left_by=str(row.left_by)) for row in gone]
    subjects = [f"group:{row.group}" for row in gone]
    if told:
        emit_history(told, [row.at for row in gone], actor=actor, subject=subjects)
    return len(gone)


def _end(row: Went) -> int:
    begun = Membership.objects.filter(
        group_id=row.group,
        member_id=row.member,
        left_at=None,
        joined_by=JoinedBy.IMPORT,
        joined_at__lte=row.at,
        member__last_seen_on=None,
    )
    return begun.update(left_at=row.at, left_by=row.left_by)


def _inside(cursor: Any, rows: Sequence[Came]) -> set[tuple[int, int]]:
    """Who is in the group, or was at that time: an archive that is read again tells no new arrival."""
    pairs = [(row.group, row.member) for row in rows]
    cursor.execute(
        f"{sql.pairs_as('v', pairs)}SELECT m.group_id, m.member_id, m.left_at FROM v "
        "JOIN groups_membership m ON m.group_id = v.a AND m.member_id = v.b",
        sql.flat(pairs),
    )
    came = {(row.group, row.member): row.at for row in rows}
    return {
        (group, member)
        for group, member, left in cursor.fetchall()
        if left is None or sql.as_datetime(left) >= came[group, member]
    }


def _take_seats(cursor: Any, seats: Counter[int]) -> None:
    in_one_order = sorted(seats.items())  # so that two imports never wait in a circle
    cursor.executemany(_SEATS, [(count, group, count) for group, count in in_one_order])
    if cursor.rowcount != len(in_one_order):
        raise GroupFull()

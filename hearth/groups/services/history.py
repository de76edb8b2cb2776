"""Memberships of the past: who was in which group according to an archive, many at once and in plain SQL.

An archive of a few hundred groups brings newcomers to dozens of groups with every batch of messages; asking
group by group was two thirds of an import's time.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from hearth.core import sql
from hearth.core.facts import emit_history
from hearth.core.permissions import Actor
from hearth.core.tenancy import current_community_id
from hearth.groups.access import live_bans
from hearth.groups.errors import GroupFull
from hearth.groups.facts import MemberAdmitted
from hearth.groups.types import JoinedBy

if TYPE_CHECKING:
    from hearth.groups.models import Group

Came = tuple[int, int, datetime]  # group, member, when
IMPORT_BATCH = 500
_SEATS = (
    "UPDATE groups_group SET member_count = member_count + %s "
    "WHERE id = %s AND (capacity IS NULL OR capacity >= member_count + %s)"
)
_INSERT = sql.insert("groups_membership", "community_id, group_id, member_id, joined_at, joined_by, left_by, left_why")


def import_memberships(group: "Group", rows: Iterable[tuple[int, datetime]], *, actor: Actor | None = None) -> int:
    """Record who was in one group: (member id, when). See ``import_arrivals``."""
    return import_arrivals([(group.pk, member, at) for member, at in rows], actor=actor)


def import_arrivals(rows: Iterable[Came], *, actor: Actor | None = None) -> int:
    """Record who was in which group: (group id, member id, when). Returns how many are new.

    For importers: no notices, norms or gates; bans and capacity hold. Facts are historical. Idempotent. Batches of 500,
    each atomic, so that others may write in between. Raises GroupFull.
    """
    wanted = [(group, member, at) for (group, member), at in {(row[0], row[1]): row[2] for row in rows}.items()]
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
        _take_seats(cursor, Counter(group for group, _member, _at in fresh))
        adapt, how = sql.adapter(), JoinedBy.IMPORT.value
        sql.insert_many(
            cursor, _INSERT, [(community, group, member, adapt(at), how, "", "") for group, member, at in fresh]
        )
    came = [
        MemberAdmitted(group=group, member=member, how=how, invited_by=None, link=None, norms_version=None)
        for group, member, _at in fresh
    ]
    subjects = [f"group:{group}" for group, _member, _at in fresh]
    emit_history(came, [at for _group, _member, at in fresh], actor=actor, subject=subjects)
    return len(fresh)


def _inside(cursor: Any, rows: Sequence[Came]) -> set[tuple[int, int]]:
    pairs = [(group, member) for group, member, _at in rows]
    cursor.execute(
        f"{sql.pairs_as('v', pairs)}SELECT m.group_id, m.member_id FROM v "
        "JOIN groups_membership m ON m.group_id = v.a AND m.member_id = v.b AND m.left_at IS NULL",
        sql.flat(pairs),
    )
    return set(cursor.fetchall())


def _take_seats(cursor: Any, seats: Counter[int]) -> None:
    in_one_order = sorted(seats.items())  # so that two imports never wait in a circle
    cursor.executemany(_SEATS, [(count, group, count) for group, count in in_one_order])
    if cursor.rowcount != len(in_one_order):
        raise GroupFull()

"""Regroupings: begun from a plan, carried out in portions, each one transaction with the record of what it did; undone.

Killed at any moment, a portion is there with its record or not at all; carrying out again goes on with the first move
that has none.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from hearth.core import audit
from hearth.core.bulk import bulk_writing
from hearth.core.facts import emit
from hearth.core.jobs import enqueue
from hearth.core.models.job import JobState
from hearth.core.permissions import Actor, demand, house_actor
from hearth.groups.errors import AtWork, PlanOld, UndoLate
from hearth.groups.facts import GroupsMerged, GroupSplit, RegroupingUndone
from hearth.groups.models import Group, Move, Regrouping
from hearth.groups.queries.regrouping import (
    came_back,
    going,
    lines_to_carry,
    lines_to_put_back,
    steps_of,
    target_of,
    went,
)
from hearth.groups.registry import REGROUP
from hearth.groups.services.lines import carry_lines, offer_again, put_lines_back
from hearth.groups.services.merging import check_merge, close_sources, late_comers, reopen_sources
from hearth.groups.services.moving import bring_back, go, go_or_refuse
from hearth.groups.services.splitting import check_split, close_parts, open_part
from hearth.groups.types import RegroupingKind
from hearth.kit.clock import now

PORTION = 25  # members in one transaction: about a quarter of a second of SQLite's one writer
UNDO_DAYS = 14
Told = Callable[[int, int], Any]
MARKS = ["done_at", "refused", "left", "came", "had", "given", "undone_at", "stayed"]


@transaction.atomic
def begin_regrouping(actor: Actor, row: Regrouping, *, why: str = "") -> Regrouping:
    """Set a plan to work. Raises NotAllowed, PlanOld, AtWork, and what the plan's own check raises (GroupFull, ...)."""
    demand(actor, REGROUP.key)
    row = _held(row)
    if row.begun_at is not None:
        raise PlanOld()
    (check_split if row.kind == RegroupingKind.SPLIT else check_merge)(row)
    row.begun_at, row.why, row.by = now(), why.strip()[:300], actor.ref
    try:
        with transaction.atomic():
            row.save(update_fields=["begun_at", "why", "by"])
    except IntegrityError:
        raise AtWork() from None
    _queue(actor, row)
    groups = [part.group_id for part in row.parts.order_by("number") if part.group_id]
    after = {"groups": groups, "members": going(row).count()}
    audit.record(actor, f"{row.kind}_begun", f"group:{row.group_id}", after=after, why=why)
    return row


def _held(row: Regrouping) -> Regrouping:
    return Regrouping.objects.select_for_update().get(pk=row.pk)


def _queue(actor: Actor, row: Regrouping) -> None:
    row.job = enqueue("groups.regroup", actor=actor, unique_key=f"regrouping:{row.pk}", regrouping=row.pk)
    row.save(update_fields=["job"])


@transaction.atomic
def go_on(actor: Actor, row: Regrouping) -> Regrouping:
    """Try again whom there was no place for, or go on where the work stopped. Raises NotAllowed, PlanOld, AtWork."""
    demand(actor, REGROUP.key)
    row = _held(row)
    if row.begun_at is None or row.undone_at is not None or row.kind == RegroupingKind.MOVE:
        raise PlanOld()
    if row.undo_begun_at is None:
        going(row).exclude(refused={}).update(done_at=None, refused={})
        row.ended_at = None
        try:
            with transaction.atomic():
                row.save(update_fields=["ended_at"])
        except IntegrityError:
            raise AtWork() from None
    _queue(actor, row)
    return row


@transaction.atomic
def take_back(actor: Actor, row: Regrouping) -> Regrouping:
    """Bring everybody back who can be. Raises NotAllowed, AtWork while it is still at work, UndoLate."""
    demand(actor, REGROUP.key)
    row = _held(row)
    if row.begun_at is None or row.undo_begun_at is not None:
        raise UndoLate(days=UNDO_DAYS)
    if row.ended_at is None and is_running(row):
        raise AtWork()
    if (row.ended_at or now()) < now() - timedelta(days=UNDO_DAYS):
        raise UndoLate(days=UNDO_DAYS)
    row.undo_begun_at, row.ended_at = now(), row.ended_at or now()
    row.save(update_fields=["undo_begun_at", "ended_at"])
    audit.record(actor, f"{row.kind}_undo_begun", f"group:{row.group_id}", after={"regrouping": row.pk})
    if row.kind == RegroupingKind.MOVE:
        carry_out(row.pk, lambda _done, _total: None)
    else:
        _queue(actor, row)
    return row


def is_running(row: Regrouping) -> bool:
    """Whether its work waits for a worker or is being done."""
    return row.job is not None and row.job.state in {JobState.WAITING, JobState.RUNNING}


@transaction.atomic
def move_member(actor: Actor, source: Group, target: Group, member: Any, *, why: str = "") -> Regrouping:
    """Move one person to another group, at once. Raises NotAllowed, and what keeps them out (GroupFull, Banned)."""
    demand(actor, REGROUP.key)
    moment = now()
    row = Regrouping.objects.create(
        kind=RegroupingKind.MOVE, group=target, by=actor.ref, why=why.strip()[:300], begun_at=moment, ended_at=moment
    )
    move = Move.objects.create(regrouping=row, member=member, source=source, part=0, done_at=moment)
    go_or_refuse(house_actor(source.community_id), row, move, target)
    move.save(update_fields=MARKS)
    return row


def carry_out(regrouping_id: int, said: Told, *, portion: int = PORTION) -> dict[str, int]:
    """Do what is left of a regrouping, or of its undoing; ``said(done, total)`` may raise to interrupt."""
    with bulk_writing() as bulk:
        while True:
            with transaction.atomic():
                row = Regrouping.objects.select_for_update().get(pk=regrouping_id)
                left = _undo_portion(row, portion) if row.undo_begun_at else _portion(row, portion)
            total = steps_of(row)
            said(max(0, total - left), total)
            if not left:
                return counts(row)
            bulk.rest()


def _portion(row: Regrouping, portion: int) -> int:
    """The next step of the work; how many are left then. What ends it is part of the last portion."""
    if row.ended_at is not None:
        return 0
    house = house_actor(row.community_id)
    waiting = going(row).filter(done_at=None).order_by("pk")
    part = row.parts.filter(number__gt=0, done_at=None).order_by("number").first()
    if row.kind == RegroupingKind.SPLIT and part is not None:
        open_part(house, row, part)
        return max(1, waiting.count())
    moves = _next(waiting, portion)
    for move in moves:
        go(house, row, move, target_of(row, move))
        move.done_at = now()
        move.save(update_fields=MARKS)
    left = waiting.count()
    if row.kind == RegroupingKind.MERGE:
        left = left or late_comers(row)
        left += lines_to_carry(row).count() if left or moves else carry_lines(house, row, portion)
    if not left:
        if row.kind == RegroupingKind.MERGE:
            close_sources(house, row)
            offer_again(row)
        row.ended_at = now()
        row.save(update_fields=["ended_at"])
        _tell(row, house)
    return int(left)


def _next(rows: Any, portion: int) -> list[Move]:
    return list(rows.select_related("member", "source", "left__group")[:portion])


def counts(row: Regrouping) -> dict[str, int]:
    """How many went, and how many did not; of a merge each person once, and without those who were there already."""
    if row.kind == RegroupingKind.MERGE:
        told = went(row)
        return {"moved": told.come, "refused": told.stay}
    done = going(row).filter(done_at__isnull=False)
    return {"moved": done.filter(refused={}).count(), "refused": done.exclude(refused={}).count()}


def _tell(row: Regrouping, house: Actor) -> None:
    groups = [part.group_id for part in row.parts.order_by("number") if part.group_id]
    fact = GroupSplit if row.kind == RegroupingKind.SPLIT else GroupsMerged
    found = counts(row)
    emit(fact(regrouping=row.pk, group=row.group_id, groups=groups, **found), subject=f"group:{row.group_id}")
    already = {"already": went(row).already} if row.kind == RegroupingKind.MERGE else {}
    audit.record(house, f"{row.kind}_done", f"group:{row.group_id}", after=found | already, why=row.why)


def _undo_portion(row: Regrouping, portion: int) -> int:
    if row.undone_at is not None:
        return 0
    house = house_actor(row.community_id)
    if row.kind == RegroupingKind.MERGE:
        reopen_sources(house, row)
    back = going(row).filter(done_at__isnull=False, refused={}, undone_at=None).order_by("pk")
    for move in _next(back, portion):
        bring_back(house, row, move, target_of(row, move))
        move.undone_at = now()
        move.save(update_fields=MARKS)
    left = back.count()
    if row.kind == RegroupingKind.MERGE:
        left += lines_to_put_back(row).count() if left else put_lines_back(house, row, portion)
    if not left:
        if row.kind == RegroupingKind.SPLIT:
            close_parts(house, row)
        else:
            offer_again(row)
        row.undone_at = now()
        row.save(update_fields=["undone_at"])
        _tell_undone(row, house)
    return int(left)


def _tell_undone(row: Regrouping, house: Actor) -> None:
    done = going(row).filter(undone_at__isnull=False)
    merge = row.kind == RegroupingKind.MERGE  # those who were in the home before do not come back from it
    returned = came_back(row) if merge else done.filter(stayed={}).count()
    found = {"returned": returned, "stayed": done.exclude(stayed={}).count()}
    emit(RegroupingUndone(regrouping=row.pk, group=row.group_id, **found), subject=f"group:{row.group_id}")
    audit.record(house, f"{row.kind}_undone", f"group:{row.group_id}", after=found)

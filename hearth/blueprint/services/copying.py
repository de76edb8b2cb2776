"""Batches of copies: begun with the first ones, gone on with, rolled back. Each stage is one revision of a plan."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from hearth.blueprint.errors import BatchEnded, BlueprintRefused, CopiesRefused, PlanChanged
from hearth.blueprint.models import Copy, CopyBatch, Revision
from hearth.blueprint.queries.batches import copies_planned, left_to_do, living_copies, plan_of_closing
from hearth.blueprint.queries.copies import BatchState, only_of, state_of
from hearth.blueprint.queries.wording import said
from hearth.blueprint.registry import APPLY
from hearth.blueprint.services.applying import begin_revision, fingerprint
from hearth.blueprint.types import Original, Plan, Table
from hearth.core import audit
from hearth.core.errors import Conflict
from hearth.core.permissions import Actor, demand
from hearth.kit.clock import now


@transaction.atomic
def begin_copies(
    actor: Actor, original: Original, table: Table, *, first: int = 1, strict: bool = True, seen: str | None = None
) -> CopyBatch:
    """Store a batch and begin with its ``first`` copies (0: with all); ``strict`` stops at the first that is refused.

    ``seen`` is the fingerprint of the plan for all of them. Raises NotAllowed, BlueprintRefused, PlanChanged,
    NothingToDo, AlreadyApplying.
    """
    demand(actor, APPLY.key)
    plan, problems = copies_planned(actor, original, table)
    if problems:
        raise BlueprintRefused()
    if seen is not None and seen != fingerprint(plan):
        raise PlanChanged()
    batch = _stored_batch(actor, original, table, first=min(first, len(table.targets)), strict=strict)
    keys = [target.key for target in table.targets[: first or None]]
    _begin(actor, batch, only_of(plan, keys))
    after = {"number": batch.number, "original": batch.key, "copies": len(table.targets)}
    audit.record(actor, "copies_begun", f"batch:{batch.pk}", after=after)
    return batch


def _stored_batch(actor: Actor, original: Original, table: Table, **how: Any) -> CopyBatch:
    """A batch with its copies, nothing of it made yet. Raises Conflict when somebody was quicker."""
    number = (CopyBatch.objects.aggregate(newest=Max("number"))["newest"] or 0) + 1
    told: dict[str, Any] = {"part": original.part, "key": original.called, "stood": dict(original.stood)}
    told |= {"sets": dict(original.sets), "columns": list(table.columns), "source": table.source[:200], "by": actor.ref}
    try:
        with transaction.atomic():
            batch = CopyBatch.objects.create(number=number, **told, **how)
    except IntegrityError:
        raise Conflict() from None
    rows = [Copy(batch=batch, line=one.line, key=one.key, values=dict(one.values)) for one in table.targets]
    Copy.objects.bulk_create(rows, batch_size=200)
    return batch


def _begin(actor: Actor, batch: CopyBatch, plan: Plan, **how: Any) -> Revision:
    source = f"{batch.key} × {batch.copies.count()}"
    return begin_revision(actor, plan, source=source, batch=batch, **{"strict": batch.strict} | how)


@transaction.atomic
def go_on(actor: Actor, batch: CopyBatch, *, leave_out: bool = False) -> Revision | None:
    """Make what is left of a batch; ``leave_out`` passes over what was refused. None when nothing is left then.

    Raises NotAllowed, BatchEnded, CopiesRefused with the first reason, AlreadyApplying.
    """
    demand(actor, APPLY.key)
    state = _locked(batch, lambda found: found.may_go_on)
    plan, problems = left_to_do(actor, state)
    if leave_out:
        lines = {problem.at.line for problem in problems if problem.at}
        state = _passed_over(state, lines)
        plan, problems = left_to_do(actor, state)
    if problems:
        raise CopiesRefused(said=said(problems[0]))
    after = {"number": batch.number, "left": state.left}
    audit.record(actor, "copies_gone_on", f"batch:{batch.pk}", after=after)
    return _begin(actor, batch, plan) if plan else None


def _passed_over(state: BatchState, lines: set[int]) -> BatchState:
    refused = [one.copy.pk for one in state.copies if not one.is_settled and (one.refused or one.copy.line in lines)]
    Copy.objects.filter(pk__in=refused).update(left_out=True)
    return state_of(state.batch)


def _locked(batch: CopyBatch, fits: Callable[[BatchState], bool]) -> BatchState:
    """The state of a batch that nobody else changes meanwhile. Raises BatchEnded where it does not fit."""
    state = state_of(CopyBatch.objects.select_for_update().get(pk=batch.pk))
    if not fits(state):
        raise BatchEnded()
    return state


@transaction.atomic
def roll_back_copies(
    actor: Actor, batch: CopyBatch, *, also_living: bool = False, seen: str | None = None
) -> Revision | None:
    """Close the copies of a batch; those in which members write only where ``also_living`` says so.

    Nothing is deleted, and what is left of the batch is not made any more. None when no copy stands open. Raises
    NotAllowed, BatchEnded, PlanChanged, AlreadyApplying.
    """
    demand(actor, APPLY.key)
    state = _locked(batch, lambda found: found.word not in {"closing", "running"})
    spared = () if also_living else tuple(one.key for one in living_copies(state))
    plan = plan_of_closing(actor, state, spared)
    if seen is not None and seen != fingerprint(plan):
        raise PlanChanged()
    if state.word == "rolled_back" and not plan:
        raise BatchEnded()
    batch.rolled_back_at, batch.rolled_back_by = now(), actor.ref
    batch.save(update_fields=["rolled_back_at", "rolled_back_by"])
    after = {"number": batch.number, "closed": plan.count("remove"), "spared": len(spared)}
    audit.record(actor, "copies_rolled_back", f"batch:{batch.pk}", after=after)
    if all(one.refused for one in plan.changes):
        return None
    return _begin(actor, batch, plan, strict=False, undoes=batch.revisions.order_by("number").first())

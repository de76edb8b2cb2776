"""Revisions: begun with a plan, carried out in portions, each one transaction with the record of what it did.

Killed at any moment, a portion is there with its record or not at all; carrying out again goes on with the first step
that has none. One community has one open revision, held by a constraint.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q

from hearth.blueprint.errors import AlreadyApplying, NothingToDo, PlanChanged
from hearth.blueprint.facts import BlueprintApplied
from hearth.blueprint.models import CopyBatch, Revision, Step
from hearth.blueprint.registry import APPLY
from hearth.blueprint.types import Plan
from hearth.core import audit
from hearth.core.bulk import bulk_writing
from hearth.core.errors import NotAllowed, Refusal
from hearth.core.facts import emit
from hearth.core.jobs import enqueue
from hearth.core.models import Job
from hearth.core.models.job import JobState
from hearth.core.permissions import Actor, demand, house_actor
from hearth.core.sections import sections
from hearth.groups.access import resolve_actor
from hearth.kit.clock import now
from hearth.kit.described import Change

PORTION = 50  # changes in one transaction: about half a second of SQLite's one writer
Told = Callable[[int, int], Any]


def fingerprint(plan: Plan) -> str:
    """What a plan would do, in one word: two plans with the same one do the same."""
    told = [
        (one.change.section, one.change.key, one.change.kind, one.change.before, one.change.after)
        for one in plan.changes
    ]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


@transaction.atomic
def begin_revision(
    actor: Actor,
    plan: Plan,
    *,
    source: str = "",
    files: Sequence[tuple[str, str]] = (),
    undoes: Revision | None = None,
    seen: str | None = None,
    batch: CopyBatch | None = None,
    strict: bool = False,
    upkeep: bool = False,
    job: Job | None = None,
) -> Revision:
    """Store what a plan will do and queue the work; changes that the plan calls refused are left out.

    ``seen`` is the fingerprint of the plan that somebody looked at, ``batch`` the copies that it makes; a ``strict``
    one ends at the first step that is refused, and ``upkeep`` brings copies up to date with their original. Where
    ``job`` carries it out, none is queued.

    Raises NotAllowed, NothingToDo, PlanChanged, AlreadyApplying.
    """
    demand(actor, APPLY.key)
    if seen is not None and seen != fingerprint(plan):
        raise PlanChanged()
    changes = [one.change for one in plan.changes if not one.refused]
    if not changes:
        raise NothingToDo()
    _set_aside_what_stopped()
    number = (Revision.objects.aggregate(newest=Max("number"))["newest"] or 0) + 1
    told: dict[str, Any] = {
        "number": number,
        "source": source[:200],
        "files": list(files),
        "undoes": undoes,
        "by": actor.ref,
    }
    told |= {"batch": batch, "strict": strict, "upkeep": upkeep}
    try:
        with transaction.atomic():
            row = Revision.objects.create(**told, by_user_id=actor.user_id)
    except IntegrityError:
        raise AlreadyApplying() from None
    _store_steps(row, changes)
    row.job = job or enqueue("blueprint.apply", actor=actor, unique_key=f"application:{number}", application=row.pk)
    row.save(update_fields=["job"])
    after = {"number": number, "changes": len(changes), "undoes": undoes.number if undoes else None}
    audit.record(actor, "blueprint_application_begun", f"application:{row.pk}", after=after)
    return row


def _set_aside_what_stopped() -> None:
    """End a revision whose work failed, was cancelled or is gone: what it did stays, the rest is not done."""
    running = Q(job__state__in=[JobState.WAITING, JobState.RUNNING])
    Revision.objects.filter(~running, ended_at=None).update(ended_at=now(), stopped=True)


def _store_steps(row: Revision, changes: list[Change]) -> None:
    steps = [
        Step(
            revision=row,
            number=number,
            section=one.section,
            key=one.key,
            kind=one.kind,
            before=one.before,
            after=one.after,
        )
        for number, one in enumerate(changes, 1)
    ]
    Step.objects.bulk_create(steps, batch_size=200)


def carry_out(revision_id: int, told: Told, *, portion: int = PORTION) -> dict[str, int]:
    """Do what is left of a revision, in portions; ``told(done, total)`` hears of each and may raise to interrupt.

    A step that is refused is recorded with the reason, and the others go on. Returns the counts.
    """
    row = Revision.objects.select_related("by_user", "community").get(pk=revision_id)
    actor = actor_of(row)
    total = row.steps.count()
    with bulk_writing() as bulk:
        while True:
            with transaction.atomic():
                left = _one_portion(row, actor, portion)
            told(total - left, total)
            if not left:
                break
            bulk.rest()
    return counted(row)


def actor_of(row: Revision) -> Actor:
    """Who began it, with the rights they have now; without any where they have no place here any more."""
    if row.by_user is None:
        return house_actor(row.community_id) if row.by == "house" else Actor(community_id=row.community_id)
    return resolve_actor(row.by_user, row.community) or Actor(community_id=row.community_id)


def _one_portion(row: Revision, actor: Actor, portion: int) -> int:
    """Carry out the next steps; how many are left then. The last portion ends the revision; then none are."""
    if Revision.objects.select_for_update().filter(pk=row.pk, ended_at=None).first() is None:
        return 0
    waiting = row.steps.filter(done_at=None).order_by("number")
    done: list[Step] = []
    for step in waiting[:portion]:
        step.refused = _done(actor, step, taken_back=row.undoes_id is not None)
        step.done_at = now()
        done.append(step)
        if row.strict and step.refused:
            break
    Step.objects.bulk_update(done, ["refused", "done_at"], batch_size=200)
    left = int(waiting.count())
    stopped = bool(row.strict and done and done[-1].refused and left)
    if not left or stopped:
        end_revision(row, actor, stopped=stopped)
        return 0
    return left


def _done(actor: Actor, step: Step, *, taken_back: bool) -> dict[str, Any]:
    """Carry one step out; why it was refused, or nothing."""
    change = Change(step.section, step.key, step.kind, step.before, step.after, taken_back)  # type: ignore[arg-type]
    try:
        with transaction.atomic():
            demand(actor, APPLY.key)
            sections[step.section].write(actor, change)
    except Refusal as refused:
        return {"sentence": refused.sentence, "params": dict(refused.params)}
    except KeyError:  # a part that this version of the house does not know
        return {"sentence": NotAllowed.sentence, "params": {}}
    return {}


def counted(row: Revision) -> dict[str, int]:
    """How many steps of a revision were carried out, by kind, and how many were refused."""
    done = Q(done_at__isnull=False, refused={})
    told: dict[str, int] = row.steps.aggregate(
        created=Count("pk", filter=done & Q(kind="create")),
        changed=Count("pk", filter=done & Q(kind="change")),
        removed=Count("pk", filter=done & Q(kind="remove")),
        refused=Count("pk", filter=Q(done_at__isnull=False) & ~Q(refused={})),
    )
    return told


def end_revision(row: Revision, actor: Actor, *, stopped: bool) -> None:
    """End a revision and tell of it, in the transaction of its last step."""
    Revision.objects.filter(pk=row.pk).update(ended_at=now(), stopped=stopped)
    counts = counted(row)
    subject = f"application:{row.pk}"
    emit(BlueprintApplied(application=row.pk, undoes=row.undoes_id, **counts), actor=actor, subject=subject)
    audit.record(actor, "blueprint_applied", subject, after={"number": row.number, **counts})

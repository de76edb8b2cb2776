"""Communities copied from one: each is founded once, then brought to its plan by a revision of its own.

A batch's revision has one step for each community. Killed at any moment, a step goes on where it was: what is founded
is remembered in the transaction that founds it, and the revision there belongs to the same job, which carries it on.
"""

from typing import Any

from django.db import transaction

from hearth.blueprint.access import actor_in, demand_founding
from hearth.blueprint.models import Copy, CopyBatch, Revision, Step
from hearth.blueprint.queries.batches import original_of
from hearth.blueprint.queries.community_copies import (
    ADMIN,
    COMMUNITY,
    may_come_back,
    plan_back_of,
    plan_of_copy,
    wanted_copy,
)
from hearth.blueprint.services.applying import Told, actor_of, begin_revision, carry_out, counted, end_revision
from hearth.blueprint.services.founding import make_admin
from hearth.blueprint.types import Plan, Table, Target
from hearth.core.errors import Refusal
from hearth.core.models import Community, User
from hearth.core.permissions import Actor
from hearth.core.tenancy import community_scope
from hearth.groups.services import found_community
from hearth.kit.clock import now
from hearth.people.queries import member_with_id


def carry_on(revision_id: int, told: Told, **how: Any) -> dict[str, int]:
    """Do what is left of a revision, whatever it makes; see ``carry_out``."""
    row = Revision.objects.select_related("by_user", "community", "batch", "job").get(pk=revision_id)
    if row.batch is None or row.batch.part != COMMUNITY:
        return carry_out(revision_id, told, **how)
    return _carry_communities(row, row.batch, told)


def _carry_communities(row: Revision, batch: CopyBatch, told: Told) -> dict[str, int]:
    if row.ended_at is not None:
        return counted(row)
    actor, total = actor_of(row), row.steps.count()
    while (step := row.steps.filter(done_at=None).order_by("number").first()) is not None:
        done = step.number - 1

        def still_here(_done: int, _total: int, done: int = done) -> None:
            told(done, total)

        still_here(0, 0)
        refused = _done(row, batch, actor, step, still_here)
        if _recorded(row, actor, step, refused):
            break
    told(total, total)
    return counted(row)


@transaction.atomic
def _recorded(row: Revision, actor: Actor, step: Step, refused: dict[str, Any]) -> bool:
    """Remember that a step was done or refused; whether that was the last one."""
    step.refused, step.done_at = refused, now()
    step.save(update_fields=["refused", "done_at"])
    left = row.steps.filter(done_at=None).exists()
    stopped = bool(row.strict and refused and left)
    if left and not stopped:
        return False
    end_revision(row, actor, stopped=stopped)
    return True


def _done(row: Revision, batch: CopyBatch, actor: Actor, step: Step, told: Told) -> dict[str, Any]:
    """Make one copy, or take it back; why it was refused, or nothing."""
    copy = batch.copies.select_related("founded").get(key=step.key)
    copy.batch = batch
    try:
        if step.kind == "create":
            return _made(row, actor, copy, told)
        return _carried(row, actor, copy, told, back=True)
    except Refusal as refused:
        return {"sentence": refused.sentence, "params": dict(refused.params)}


def _made(row: Revision, actor: Actor, copy: Copy, told: Told) -> dict[str, Any]:
    there = founded_copy(actor, copy)
    if copy.values.get(ADMIN):  # before the rest, which may name them as owner
        make_admin(there, copy.values[ADMIN].lower(), "")
    refused = _carried(row, actor, copy, told)
    if refused:
        return refused
    copy.done_at = now()
    copy.save(update_fields=["done_at"])
    return {}


@transaction.atomic
def founded_copy(actor: Actor, copy: Copy) -> Community:
    """The community of a copy, founded in the same transaction that remembers it; one that was rolled back is taken.

    Raises NotAllowed, KeyTaken, Refusal.
    """
    demand_founding(actor)
    if copy.founded is not None:
        return copy.founded
    there = Community.objects.filter(key=copy.key).first()
    if there is None or not may_come_back(copy.batch.key, there):
        wanted, _problems = wanted_copy(original_of(copy.batch), _target(copy), Table())
        fields = wanted[COMMUNITY].objects[""]
        there = found_community(copy.key, fields["name"], fields["language"], fields["time_zone"])
        _give_founder_a_place(actor, there)
    copy.founded = there
    copy.save(update_fields=["founded"])
    return there


def _give_founder_a_place(actor: Actor, there: Community) -> None:
    """A person who founds administers what they found: groups are opened by somebody, and somebody has to run it."""
    user = User.objects.filter(pk=actor.user_id or 0).first()
    if user is not None:
        member = member_with_id(actor.member_id)
        make_admin(there, user.email, member.display_name if member else "")


def _target(copy: Copy) -> Target:
    return Target(copy.line, copy.key, copy.values)


def _carried(row: Revision, actor: Actor, copy: Copy, told: Told, *, back: bool = False) -> dict[str, Any]:
    """Carry on the revision of this job in a copy, or begin one; why something of it was refused, or nothing."""
    there = copy.founded
    assert there is not None
    who = actor_in(actor, there)
    with community_scope(there):
        mine = Revision.objects.filter(ended_at=None, job=row.job).first()
    if mine is None:
        plan = plan_back_of(who, copy) if back else plan_of_copy(who, original_of(copy.batch), _target(copy), there)
        mine = _begun(row, who, copy, plan, back=back)
    if mine is None:
        return {}
    with community_scope(there):
        carry_out(mine.pk, told)
        bad = mine.steps.exclude(refused={}).order_by("number").first()
    return bad.refused if bad is not None else {}


@transaction.atomic
def _begun(row: Revision, who: Actor, copy: Copy, plan: Plan, *, back: bool) -> Revision | None:
    if all(one.refused for one in plan.changes):
        return None
    there = copy.founded
    assert there is not None
    with community_scope(there):
        undoes = Revision.objects.filter(number=copy.began_with).first() if back else None
        mine = begin_revision(who, plan, source=row.source, undoes=undoes, job=row.job)
    if not back and copy.began_with is None:
        copy.began_with = mine.number
        copy.save(update_fields=["began_with"])
    return mine

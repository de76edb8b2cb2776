"""Batches of copies, whatever is copied: groups or whole communities."""

from collections.abc import Collection
from typing import Any

from hearth.blueprint.models import CopyBatch
from hearth.blueprint.queries import community_copies as of_communities, copies as of_groups
from hearth.blueprint.queries.community_copies import COMMUNITY
from hearth.blueprint.queries.copies import BatchState, Living
from hearth.blueprint.registry import APPLY
from hearth.blueprint.types import Original, Plan, Problem, Table, Target
from hearth.core.errors import NotFound
from hearth.core.permissions import Actor, demand


def batches(actor: Actor, part: str = "") -> list[CopyBatch]:
    """The batches of copies that somebody may see, the newest first; of one ``part`` alone. Raises NotAllowed."""
    demand(actor, APPLY.key)
    rows = CopyBatch.objects.order_by("-number")
    return [row for row in (rows.filter(part=part) if part else rows) if of_communities.may_see(actor, row)]


def batch_for(actor: Actor, number: int) -> CopyBatch:
    """A batch by its number in the community. Raises NotAllowed, and NotFound where they may not know of it."""
    demand(actor, APPLY.key)
    found = CopyBatch.objects.filter(number=number).first()
    if found is None or not of_communities.may_see(actor, found):
        raise NotFound()
    return found


def copies_planned(
    actor: Actor, original: Original, table: Table, made: Collection[str] = ()
) -> tuple[Plan, list[Problem]]:
    """The plan that makes the copies of a table, and everything because of which they cannot be made.

    What was ``made`` before is never changed again, only completed. Raises NotAllowed.
    """
    planned = of_communities.communities_planned if original.part == COMMUNITY else of_groups.groups_planned
    return planned(actor, original, table, made)


def original_of(batch: CopyBatch) -> Original:
    """What was copied, as it stood when the batch began; its braces were looked at then."""
    return Original(batch.part, "" if batch.part == COMMUNITY else batch.key, batch.stood, batch.sets, braces=True)


def left_to_do(actor: Actor, state: BatchState) -> tuple[Plan, list[Problem]]:
    """The plan for what is left of a batch, from what stood of the original when it began. Raises NotAllowed."""
    batch = state.batch
    targets = tuple(Target(one.copy.line, one.copy.key, one.copy.values) for one in state.copies if not one.is_settled)
    table = Table(batch.source, tuple(batch.columns), targets)
    begun = {one.copy.key for one in state.copies if one.made or one.copy.founded_id}
    return copies_planned(actor, original_of(batch), table, begun)


def living_copies(state: BatchState) -> list[Living]:
    """The open copies of a batch in which members wrote, most writers first."""
    is_community = state.batch.part == COMMUNITY
    return of_communities.living_communities(state) if is_community else of_groups.living_groups(state)


def plan_of_closing(actor: Actor, state: BatchState, spared: Collection[str]) -> Plan:
    """The plan that rolls a batch back, but the copies that are spared. Raises NotAllowed."""
    undoing = of_communities.plan_of_undoing if state.batch.part == COMMUNITY else of_groups.plan_of_closing_groups
    return undoing(actor, state, spared)


def batch_begun_with(actor: Actor, original: Original, table: Table) -> CopyBatch | None:
    """The newest batch of this original, if it was begun with this table and stands. Raises NotAllowed."""
    wanted = [(one.key, dict(one.values)) for one in table.targets]
    mine = [one for one in batches(actor, original.part) if one.key == original.called and one.rolled_back_at is None]
    newest: Any = next(iter(mine), None)
    if newest is None or newest.sets != dict(original.sets):
        return None
    same = list(newest.copies.order_by("line").values_list("key", "values")) == wanted
    return newest if same else None

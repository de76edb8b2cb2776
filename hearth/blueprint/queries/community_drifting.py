"""How the communities that were copied from the one in scope drift from it."""

from dataclasses import dataclass

from hearth.blueprint.access import actor_in, may_in_all
from hearth.blueprint.models import Copy
from hearth.blueprint.queries.batches import original_of
from hearth.blueprint.queries.community_copies import COMMUNITY, may_come_back, original_community, wanted_copy
from hearth.blueprint.queries.copies import shapes_by_key
from hearth.blueprint.queries.lineage import brought
from hearth.blueprint.queries.plans import plan_of, settled, standing
from hearth.blueprint.registry import APPLY
from hearth.blueprint.rules.drifting import Difference, changed_in_original, differences_of_all, wanted_of, with_brought
from hearth.blueprint.rules.filling import Parts
from hearth.blueprint.rules.targets import KEY
from hearth.blueprint.types import Original, Plan, Table, Target
from hearth.core.models import Community
from hearth.core.permissions import Actor, demand
from hearth.core.sections import sections
from hearth.core.tenancy import community_scope


@dataclass(frozen=True, slots=True)
class CommunityDrift:
    """A copied community and everything in which it is not what its original says now."""

    copy: Copy
    community: Community
    differences: tuple[Difference, ...]

    @property
    def key(self) -> str:
        """The copy's key."""
        return self.copy.key

    @property
    def behind(self) -> list[Difference]:
        """What the original alone changed since."""
        return changed_in_original(self.differences)


def drift_of_communities(actor: Actor, only: str = "") -> list[CommunityDrift]:
    """The copies of the community in scope that stand, those nearest to it first; ``only`` the one with this key.

    Only those that the actor may operate, whoever operates the others of their batch. Raises NotAllowed.
    """
    now = original_community(actor)
    found = [_drift(copy, now) for copy in standing_copies(actor) if only in {"", copy.key}]
    return sorted(found, key=lambda one: (len(one.differences), one.copy.key))


def plan_of_community_update(actor: Actor, drift: CommunityDrift) -> Plan:
    """The plan, in a copy, that gives it what its original alone changed since; what it changed itself stays.

    It is by whoever ``actor`` is there. Raises NotAllowed.
    """
    who = actor_in(actor, drift.community)
    with community_scope(drift.community):
        return plan_of(who, wanted_of(drift.behind, shapes_by_key()))[0]


def standing_copies(actor: Actor) -> list[Copy]:
    """The newest copy row of each community that was made from this one, was not rolled back, and that the actor may
    operate. Raises NotAllowed.
    """
    demand(actor, APPLY.key)
    newest: dict[int | None, Copy] = {}
    made = Copy.objects.filter(batch__part=COMMUNITY, founded__isnull=False, done_at__isnull=False)
    for copy in made.select_related("founded", "batch").order_by("-batch__number", "line"):
        newest.setdefault(copy.founded_id, copy)
    return [one for one in newest.values() if not _is_closed(one) and _may_operate(actor, one)]


def _may_operate(actor: Actor, copy: Copy) -> bool:
    assert copy.founded is not None
    return may_in_all(actor, [copy.founded])


def _is_closed(copy: Copy) -> bool:
    assert copy.founded is not None
    return copy.batch.rolled_back_at is not None and may_come_back(copy.batch.key, copy.founded)


def _drift(copy: Copy, now: Original) -> CommunityDrift:
    there = copy.founded
    assert there is not None
    was = original_of(copy.batch)
    shall = Original(COMMUNITY, "", now.stood, copy.batch.sets, braces=True)
    with community_scope(there):
        here = {key: objects for key, objects in standing(sections.keys()).items() if key in _compared()}
        for fields in here[COMMUNITY].values():
            fields.pop(KEY, None)
        since = (change for at, change in brought() if at > copy.batch.begun_at)
        told = differences_of_all(with_brought(_said(was, copy), since), _said(shall, copy), here)
    return CommunityDrift(copy, there, tuple(told))


def _compared() -> set[str]:
    """Every part but those that list people: these are each community's own."""
    return {one.shape.key for one in sections if one.shape.keys != "person"}


def _said(original: Original, copy: Copy) -> Parts:
    """What an original says of this copy, without people who are not there."""
    wanted, _problems = wanted_copy(original, Target(copy.line, copy.key, copy.values), Table())
    known, _notes = settled(wanted)
    return {part: dict(one.objects) for part, one in known.items() if part in _compared()}

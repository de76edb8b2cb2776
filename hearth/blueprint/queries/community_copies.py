"""A whole community copied to others: what is copied, and the plan for each copy."""

from hearth.blueprint.models import Copy, CopyBatch
from hearth.blueprint.queries.copies import shapes_by_key
from hearth.blueprint.queries.plans import plan_of, plan_of_new, standing
from hearth.blueprint.registry import APPLY
from hearth.blueprint.rules.filling import copied, unknown_words
from hearth.blueprint.rules.reading import MOST_PROBLEMS
from hearth.blueprint.rules.targets import KEY
from hearth.blueprint.types import Document, Original, Plan, Problem, Table, Target, Wanted, WantedPart
from hearth.core.models import Community
from hearth.core.permissions import Actor, demand, house_actor
from hearth.core.sections import sections
from hearth.core.tenancy import community_scope

COMMUNITY = "community"


def original_community(actor: Actor, sets: dict[str, str] | None = None) -> Original:
    """The community in scope as it stands, to be copied. Raises NotAllowed."""
    demand(actor, APPLY.key)
    return Original(COMMUNITY, "", standing(sections.keys()), sets or {})


def wanted_copy(original: Original, target: Target, table: Table) -> tuple[Wanted, list[Problem]]:
    """What one copy is to be, and what is wrong with it. What it has besides is left alone."""
    language = original.stood[COMMUNITY][""]["language"]
    parts, problems = copied(original, target, shapes_by_key(), language, table.at(target.line))
    for fields in parts[COMMUNITY].values():
        fields.pop(KEY, None)  # says which community is meant; nothing to change
    return {part: WantedPart(objects, keep_others=True) for part, objects in parts.items()}, problems


def problems_of_copies(original: Original, table: Table, before: CopyBatch | None) -> list[Problem]:
    """Everything because of which the communities of a table cannot be founded; those that ``before`` founded may."""
    problems = [*table.problems, *unknown_words(original, table, shapes_by_key())]
    if problems:
        return problems
    mine = set(before.copies.filter(founded__isnull=False).values_list("key", flat=True)) if before else set()
    keys = [target.key for target in table.targets]
    taken = set(Community.objects.filter(key__in=keys).values_list("key", flat=True)) - mine
    for target in table.targets:
        if target.key in taken:
            at = table.at(target.line)
            problems.append(
                Problem("There is a community `%(key)s` already; take another key.", at, {"key": target.key})
            )
        problems += wanted_copy(original, target, table)[1]
        if len(problems) >= MOST_PROBLEMS:
            break
    return problems[:MOST_PROBLEMS]


def plan_of_copy(original: Original, target: Target, table: Table, founded: Community | None) -> Plan:
    """What is left to do for one copy; for one that is not founded yet, what would be made."""
    wanted, _problems = wanted_copy(original, target, table)
    if founded is None:
        return plan_of_new(wanted, Document())[0]
    with community_scope(founded):
        return plan_of(house_actor(founded.pk), wanted)[0]


def unfinished_community_batch(original: Original, table: Table) -> CopyBatch | None:
    """The newest batch of this community that was begun with the same table and is not done."""
    newest = CopyBatch.objects.filter(part=COMMUNITY).order_by("-number").first()
    if newest is None or newest.sets != dict(original.sets) or not newest.copies.filter(done_at=None).exists():
        return None
    wanted = [(one.key, dict(one.values)) for one in table.targets]
    return newest if list(newest.copies.order_by("line").values_list("key", "values")) == wanted else None


def original_of_batch(batch: CopyBatch) -> Original:
    """What was copied, as it stood when the batch began."""
    return Original(batch.part, "", batch.stood, batch.sets)


def origin_of_community(community: Community) -> str | None:
    """The key of the community that this one was copied from; None for one that is no copy."""
    return Copy._base_manager.filter(founded=community).values_list("batch__key", flat=True).first()

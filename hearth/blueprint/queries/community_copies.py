"""A whole community copied to others: what is copied, the plans, which copies live, and what undoes them."""

from collections.abc import Collection, Mapping
from dataclasses import replace

import orjson
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _, gettext_noop, ngettext

from hearth.blueprint.access import actor_in, demand_founding, may_in_all
from hearth.blueprint.models import Copy, CopyBatch, Revision
from hearth.blueprint.queries.copies import BatchState, Living, kept_braces, same_names, shapes_by_key
from hearth.blueprint.queries.history import plan_back
from hearth.blueprint.queries.plans import plan_of, plan_of_new, standing
from hearth.blueprint.registry import APPLY
from hearth.blueprint.rules.filling import copied, unknown_words
from hearth.blueprint.rules.reading import MOST_PROBLEMS
from hearth.blueprint.rules.targets import KEY
from hearth.blueprint.types import Document, Original, Plan, Planned, Problem, Table, Target, Wanted, WantedPart
from hearth.conversation.queries.activity import writers_here
from hearth.core.models import Community, User
from hearth.core.permissions import Actor, StaffRole, demand
from hearth.core.sections import Stranger, sections
from hearth.core.tenancy import community_scope
from hearth.groups.queries import has_open_groups
from hearth.kit.described import Change, Fields

COMMUNITY, STAFF = "community", "staff"
ADMIN = "admin"  # the column with the address of whoever runs a copy
LONGEST_KEY = 40  # characters of the short name of a community


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


def communities_planned(
    actor: Actor, original: Original, table: Table, made: Collection[str] = ()
) -> tuple[Plan, list[Problem]]:
    """A change for each community that is founded and filled, and everything because of which they cannot be.

    Those that were ``made`` before are only completed. Raises NotAllowed.
    """
    demand_founding(actor)
    problems = [*_addresses(table), *table.problems, *unknown_words(original, table, shapes_by_key())]
    if problems:
        return Plan(), problems
    problems = _taken(original, table, made)
    changes = []
    for target in table.targets:
        wanted, wrong = wanted_copy(original, target, table)
        problems += wrong
        if len(problems) >= MOST_PROBLEMS:
            break
        groups = len(wanted["groups"].objects) if "groups" in wanted else 0
        after = {"name": wanted[COMMUNITY].objects[""].get("name", {}), "groups": groups}
        changes.append(Planned(Change(COMMUNITY, target.key, "create", {}, after)))
    if problems:
        return Plan(), problems[:MOST_PROBLEMS]
    return Plan(tuple(changes), (*same_names(changes, original), *kept_braces(original, table))), []


def _addresses(table: Table) -> list[Problem]:
    wrong = []
    for one in table.targets:
        try:
            validate_email(one.values.get(ADMIN) or "nobody@example.org")
        except ValidationError:
            sentence = "Name a person by the e-mail address with which they sign in."
            wrong.append(Problem(sentence, table.at(one.line), about=ADMIN))
    return wrong


def _taken(original: Original, table: Table, made: Collection[str]) -> list[Problem]:
    lines = {target.key: target.line for target in table.targets if target.key not in made}
    there = Community.objects.filter(key__in=lines)
    taken = {one.key for one in there if not may_come_back(original.called, one)}
    sentence = gettext_noop("There is a community `%(key)s` already; take another key.")
    return [Problem(sentence, table.at(line), {"key": key}) for key, line in lines.items() if key in taken]


def may_come_back(original: str, community: Community) -> bool:
    """Whether a community is a copy of ``original`` that was rolled back and in which no group stands open."""
    back = Copy.objects.filter(batch__part=COMMUNITY, batch__key=original, batch__rolled_back_at__isnull=False)
    if not back.filter(founded=community).exists():
        return False
    with community_scope(community):
        return not has_open_groups()


def plan_of_copy(actor: Actor, original: Original, target: Target, founded: Community | None) -> Plan:
    """What is left to do for one copy by ``actor``, who acts there; for one that is not founded, what would be made.

    Whoever founds a copy or is named to run it administers it, whatever else they are in the original.
    """
    wanted, _problems = wanted_copy(original, target, Table())
    admins = _admins(actor, target)
    staff = wanted.get(STAFF, WantedPart({}, keep_others=True))
    running = {email: {"roles": _with_admin(staff.objects.get(email, {}))} for email in sorted(admins)}
    wanted[STAFF] = replace(staff, objects={**staff.objects, **running})
    if founded is None:
        plan = plan_of_new(wanted, Document())[0]
        changes = (*_made_staff(original, running), *plan.changes)
        return replace(plan, changes=changes, notes=tuple(_of_others(plan.notes, admins)))
    with community_scope(founded):
        return plan_of(actor, wanted)[0]


def _with_admin(fields: Fields) -> list[str]:
    return list(dict.fromkeys([StaffRole.ADMIN.value, *fields.get("roles", ())]))


def _made_staff(original: Original, running: Mapping[str, Fields]) -> list[Planned]:
    """What a copy would make of those who run it, whom a plan for a community that is not there cannot know."""
    said = [Change(STAFF, email, "create", {}, fields) for email, fields in running.items()]
    elsewhere = orjson.dumps({part: objects for part, objects in original.stood.items() if part != STAFF}).decode()
    named = _("What names them in the original, as owner or on duty, names them in the copy too.")
    told = sections[STAFF].consequences(said)
    return [
        Planned(change, (*follows, *([named] if f'"{change.key}"' in elsewhere else [])))
        for change, follows in zip(said, told, strict=True)
    ]


def _admins(actor: Actor, target: Target) -> set[str]:
    """Who gets a place in a copy when it is founded: whoever founds it, and whoever its line names."""
    founder = User.objects.filter(pk=actor.user_id or 0).values_list("email", flat=True)
    return {*founder, target.values.get(ADMIN, "").lower()} - {""}


def _of_others(notes: Collection[str], known: set[str]) -> list[str]:
    """The notes that are about nobody in ``known``."""
    return [note for note in notes if not (isinstance(note, Stranger) and note.email in known)]


def may_see(actor: Actor, batch: CopyBatch) -> bool:
    """Whether somebody may know of a batch: of communities, whoever may operate all of them."""
    if batch.part != COMMUNITY:
        return True
    return may_in_all(actor, Community.objects.filter(pk__in=batch.copies.exclude(founded=None).values("founded")))


def living_communities(state: BatchState) -> list[Living]:
    """The copies of a batch in which members wrote, most writers first."""
    found = []
    for one in state.copies:
        there = one.copy.founded
        if there is None:
            continue
        with community_scope(there):
            writers = writers_here() if has_open_groups() else 0
        if writers:
            found.append(Living(one.copy.key, there.pk, writers))
    return sorted(found, key=lambda one: (-one.writers, one.key))


def plan_of_undoing(actor: Actor, state: BatchState, spared: Collection[str]) -> Plan:
    """The plan that rolls a batch of communities back: all that was made in each is taken back. Raises NotAllowed."""
    demand(actor, APPLY.key)
    changes = []
    for one in state.copies:
        if one.copy.founded is None or one.copy.key in spared:
            continue
        groups = _closing(actor, one.copy)
        if groups is not None:
            changes.append(
                Planned(Change(COMMUNITY, one.copy.key, "remove", {"groups": groups}), (_groups_closed(groups),))
            )
    return Plan(tuple(changes))


def _closing(actor: Actor, copy: Copy) -> int | None:
    """How many groups taking a copy back closes; None where nothing is to be taken back."""
    assert copy.founded is not None
    plan = plan_back_of(actor_in(actor, copy.founded), copy)
    return sum(one.change.section == "groups" for one in plan.changes) if plan else None


def plan_back_of(actor: Actor, copy: Copy) -> Plan:
    """The plan, by ``actor`` who acts there, to what stood before a copy was made."""
    with community_scope(copy.founded):
        began = Revision.objects.filter(number=copy.began_with).first()
        return plan_back(actor, began) if began is not None else Plan()


def _groups_closed(count: int) -> str:
    told = ngettext(
        "%(n)s group there is closed; none is deleted.", "%(n)s groups there are closed; none is deleted.", count
    )
    return told % {"n": count}


def origin_of_community(community: Community) -> CopyBatch | None:
    """The newest batch that made this community; None for one that is no copy."""
    rows = Copy._base_manager.filter(founded=community).select_related("batch__community").order_by("-batch")
    newest = rows.first()
    return newest.batch if newest else None

"""Blueprints against what stands: read, planned, exported."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _, gettext_noop

from hearth.blueprint.rules.checking import check, references
from hearth.blueprint.rules.planning import in_order, lacking, plan
from hearth.blueprint.rules.reading import read_files
from hearth.blueprint.types import Description, Document, Plan, Planned, Problem, Wanted
from hearth.core.permissions import RUN_COMMUNITY, Actor, demand, may
from hearth.core.sections import nobody_leaves, sections
from hearth.core.tenancy import community_scope
from hearth.kit.described import Change, Objects, Shape

MISSING = gettext_noop("There is no `%(key)s` under `%(part)s`, neither here nor in the community.")
LACKING = gettext_noop("`%(key)s` is new, so it needs `%(field)s`.")


def shapes() -> list[Shape]:
    """Every part of blueprints, each after those it needs."""
    return in_order([one.shape for one in sections])


def read_blueprint(files: Iterable[tuple[str, bytes]], *, language: str = "en") -> tuple[Description, list[Problem]]:
    """What files (name, bytes) describe, and all that is wrong with them; ``language`` is the community's, if any."""
    return check(read_files(files), shapes(), language=language)


def standing(keys: Collection[str]) -> dict[str, Objects]:
    """What stands in these parts of the community in scope."""
    return {key: sections[key].read() for key in keys}


def settled(wanted: Wanted) -> tuple[Wanted, list[str]]:
    """What is wanted, without people nobody knows, and a sentence about each of them.

    Where a part names some, its others stay: one of them may be meant.
    """
    made: Wanted = {}
    notes: dict[str, None] = {}
    for key, part in wanted.items():
        objects, said = sections[key].settled(part.objects)
        doubtful = not part.keep_others and len(objects) < len(part.objects)
        made[key] = replace(part, objects=objects, keep_others=part.keep_others or doubtful)
        notes.update(dict.fromkeys(said))
    return made, list(notes)


def plan_of(actor: Actor, wanted: Wanted, document: Document | None = None) -> tuple[Plan, list[Problem]]:
    """What would change in the community in scope, with consequences, and what points nowhere. Raises NotAllowed."""
    demand(actor, RUN_COMMUNITY.key)
    known, notes = settled(wanted)
    pointed = {target for shape in shapes() if shape.key in known for target in shape.refers.values()}
    there = standing({*known, *pointed})
    place = document or Document()
    changes = plan(known, there, shapes())
    problems = _dangling(known, there, place) + _lacking(changes, place)
    notes += [nobody_leaves(key) for key in _staying(wanted, known, there)]
    return Plan(tuple(_with_consequences(actor, changes)), tuple(notes)), problems


def _staying(wanted: Wanted, known: Wanted, there: Mapping[str, Objects]) -> list[str]:
    """The parts in which something that is not described stays, because somebody nobody knows is."""
    doubtful = [key for key, part in known.items() if part.keep_others and not wanted[key].keep_others]
    return [key for key in doubtful if set(there[key]) - set(known[key].objects)]


def plan_of_new(wanted: Wanted, document: Document) -> tuple[Plan, list[Problem]]:
    """What would be done in a community once it is founded, and what points nowhere."""
    with community_scope(0):  # in which nobody is anybody
        known, notes = settled(wanted)
    changes = plan(known, _as_founded(known), shapes())
    problems = _dangling(known, {}, document) + _lacking(changes, document)
    return Plan(tuple(Planned(change) for change in changes), tuple(notes)), problems


def _as_founded(wanted: Wanted) -> dict[str, Objects]:
    """What stands right after founding: name, language and clock as they are wanted, all else by default."""
    there = {shape.key: {"": shape.defaults()} for shape in shapes() if not shape.keyed}
    if "community" in wanted:
        there["community"] = wanted["community"].objects
    return there


def _lacking(changes: list[Change], document: Document) -> list[Problem]:
    return [
        Problem(LACKING, document.at((section, key)), {"key": key, "field": field})
        for section, key, field in lacking(changes, shapes())
    ]


def _dangling(wanted: Wanted, there: Mapping[str, Objects], document: Document) -> list[Problem]:
    return [
        Problem(MISSING, document.at(path), {"key": key, "part": part})
        for path, key, part in references(wanted, shapes(), there)
    ]


def _with_consequences(actor: Actor, changes: list[Change]) -> list[Planned]:
    told: dict[int, Planned] = {}
    for one in sections:
        mine = [(index, change) for index, change in enumerate(changes) if change.section == one.shape.key]
        if not mine:
            continue
        refused = "" if may(actor, one.permission) else _("You may not change this; an administrator may.")
        follows = one.consequences([change for _index, change in mine])
        for (index, change), said in zip(mine, follows, strict=True):
            told[index] = Planned(change, tuple(said), refused)
    return [told[index] for index in range(len(changes))]

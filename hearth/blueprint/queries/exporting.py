"""The community in scope as YAML: one text or a folder of them, new or brought up to date."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from hearth.blueprint.queries.plans import read_blueprint, settled, shapes, standing
from hearth.blueprint.rules.writing import (
    Home,
    NotWritable,
    Rewritten,
    brought_up_to_date,
    in_folder,
    one_file,
    written,
)
from hearth.blueprint.types import Position, Problem
from hearth.core.models import Community
from hearth.core.permissions import RUN_COMMUNITY, Actor, demand
from hearth.core.sections import Section, sections
from hearth.kit.described import Fields, Objects

UNWRITABLE = gettext_noop("What stands here can be read and not be brought up to date; put the text into quotes.")


@dataclass(frozen=True, slots=True)
class Export:
    """What an export would write; ``unnamed`` are parts in which something stands and that no file names."""

    files: Rewritten
    unnamed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def exported(actor: Actor, onto: str = "") -> tuple[str, list[Problem]]:
    """The community in scope as YAML; ``onto`` a text whose comments and order stay, if there is nothing wrong with it.

    Raises NotAllowed.
    """
    made = export_onto(actor, {"": onto.encode()} if onto.strip() else {}, one_file)
    return ("" if made.problems else made.files.texts.get("", onto)), made.problems


def export_onto(actor: Actor, files: Mapping[str, bytes], home: Home = in_folder) -> Export:
    """The community in scope, onto the files that stand (by name) or into new ones. Raises NotAllowed."""
    demand(actor, RUN_COMMUNITY.key)
    all_there = standing(sections.keys())
    if not files:
        return Export(Rewritten(written(all_there, shapes(), _defaults(), home)))
    language = Community.objects.values_list("language", flat=True).get(pk=actor.community_id)
    description, problems = read_blueprint(files.items(), language=language)
    if problems:
        return Export(Rewritten(), problems=problems)
    wanted = description.wanted
    known, _notes = settled(wanted)
    texts = {name: raw.decode("utf-8-sig").replace("\r\n", "\n") for name, raw in files.items()}
    try:
        made = brought_up_to_date(texts, wanted, known, all_there, shapes(), _defaults(), home)
    except NotWritable as wrong:
        at = Position(wrong.file, wrong.line, wrong.column)
        return Export(Rewritten(), problems=[Problem(UNWRITABLE, at)])
    return Export(made, [one.shape.key for one in sections if one.shape.key not in wanted and _says(one, all_there)])


def _says(part: Section, there: Mapping[str, Objects]) -> bool:
    """Whether anything stands in a part that is not as by default."""
    objects = there[part.shape.key]
    if part.shape.keyed:
        return bool(objects)
    usual = part.shape.defaults() | part.defaults()
    return any(value != usual.get(name) for name, value in objects[""].items())


def _defaults() -> dict[str, Fields]:
    return {one.shape.key: one.shape.defaults() | one.defaults() for one in sections}

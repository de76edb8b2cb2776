"""What modules can describe in a blueprint: each fills in its ``blueprint.py`` how a part is read and changed.

Reading gives what stands now in exactly the shape of the file; changing goes through the module's own services, so that
rights, facts and audit hold. The engine that compares and applies stands in ``hearth.blueprint`` and knows no part.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from hearth.core.permissions import Actor
from hearth.kit.described import Change, Fields, Objects, Shape
from hearth.kit.registry import Registry


class Stranger(str):
    """The note about somebody whom a blueprint names and nobody knows, with the address that it is about."""

    email: str

    def __new__(cls, sentence: str, email: str) -> "Stranger":
        """The sentence, as any other note is one."""
        made = super().__new__(cls, sentence)
        made.email = email
        return made


Notes = list[str]


def nobody_leaves(where: str) -> str:
    """The note about a place that names a stranger: one of those who are there may be meant, written wrongly."""
    return _("`%(where)s` names somebody whom nobody knows, so nobody is taken away there yet.") % {"where": where}


@dataclass(frozen=True, slots=True)
class Words:
    """How people call the fields of a part, and what may stand in them: by the keys of the file, to be translated."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # of a field: value → word


def _nothing_follows(changes: Sequence[Change]) -> list[list[str]]:
    return [[] for _change in changes]


def _none_of_its_own() -> Fields:
    return {}


def _no_words() -> Words:
    return Words()


def _as_it_is(objects: Objects) -> tuple[Objects, Notes]:
    return objects, []


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a blueprint.

    ``read()`` tells what stands in the community in scope, every field of every object, in a fixed number of queries.
    ``write(actor, change)`` carries one change out and may raise a Refusal; ``permission`` is what it needs.
    ``settled`` resolves who is named: objects without those nobody knows, and a sentence about each of them; where it
    leaves an object out, none that stands is taken away.
    ``defaults`` tells what a field is by default where that depends on the community.
    ``consequences`` says in words what follows from each of the changes, in a fixed number of queries for all.
    ``words`` tells how people call its fields and their values; a field without one is shown by its key.
    """

    shape: Shape
    title: str
    help: str
    permission: str
    read: Callable[[], Objects]
    write: Callable[[Actor, Change], Any]
    settled: Callable[[Objects], tuple[Objects, Notes]] = _as_it_is
    consequences: Callable[[Sequence[Change]], list[list[str]]] = _nothing_follows
    defaults: Callable[[], Fields] = _none_of_its_own
    words: Callable[[], Words] = _no_words


sections: Registry[Section] = Registry("section of a blueprint")


def section(shape: Shape, **how: Any) -> Section:
    """Declare a part of blueprints: title and help for people, and how it is read and changed."""
    return sections.register(shape.key, Section(shape, **how))

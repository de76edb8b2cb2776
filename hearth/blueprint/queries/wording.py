"""Changes in words and values as people read them, for the command line and the console alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hearth.blueprint.types import Planned, Problem
from hearth.core.sections import Words, sections
from hearth.kit.described import LANGUAGES, Change

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a change: its key in the file, how people call it, its value before and after.

    '' where there is no value before or after, and no word that says more than the key.
    """

    field: str
    before: str = ""
    after: str = ""
    label: str = ""

    @property
    def long(self) -> bool:
        """Whether before and after are better read below each other."""
        return len(self.before) + len(self.after) > 60

    @property
    def fills(self) -> bool:
        """Whether a long text takes the place of nothing, which need not stand above it."""
        return self.long and self.before == NOTHING


@dataclass(frozen=True, slots=True)
class Told:
    """One change as it is shown."""

    kind: str
    title: str
    key: str
    lines: tuple[Line, ...]
    consequences: tuple[str, ...] = ()
    refused: str = ""


def tell(planned: Planned) -> Told:
    """A change of a plan with what follows from it."""
    change = planned.change
    return Told(change.kind, title(change), change.key, lines(change), planned.consequences, planned.refused)


def tell_change(change: Change, refused: str = "") -> Told:
    """A change alone."""
    return Told(change.kind, title(change), change.key, lines(change), (), refused)


def title(change: Change) -> str:
    """The part that a change belongs to, in the reader's language."""
    declared = sections.get(change.section)
    return _(declared.title) if declared else change.section


def lines(change: Change) -> tuple[Line, ...]:
    """What is created or changed, field by field; nothing for what is removed."""
    if change.kind == "remove":
        return ()
    words = words_of(change.section)
    if change.kind == "create":
        fields: list[tuple[str, Any, Any]] = [
            (field, "", value) for field, value in change.after.items() if value not in ({}, [], None)
        ]
    else:
        fields = [(field, change.before.get(field), value) for field, value in change.after.items()]
    return tuple(_line(field, before, after, words) for field, before, after in fields)


def words_of(section: str) -> Words:
    """How people call the fields of a part and their values."""
    declared = sections.get(section)
    return declared.words() if declared else Words()


def _line(field: str, before: Any, after: Any, words: Words) -> Line:
    named = words.values.get(field, {})
    told = "" if before == "" else shown(before, named)
    return Line(field, told, shown(after, named), label(field, words))


def label(field: str, words: Words) -> str:
    """How people call a field, where that says more than its key."""
    told = str(words.fields.get(field, ""))
    return "" if told.lower() == field.replace("_", " ") else told


def field_called(section: str, thing: str) -> str:
    """A field, or ``object · field``, as people call it."""
    head, between, field = thing.rpartition(" · ")
    return head + between + (label(field, words_of(section)) or field)


def shown(value: Any, named: Mapping[str, Any] | None = None) -> str:
    """A value of a blueprint in one text; ``named`` are the words for its values, shown before them."""
    if named and isinstance(value, str) and value in named:
        word = str(named[value])
        return value if word.lower() == value.replace("_", " ") else f"{word} ({value})"
    if value in (None, "", {}, []):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        if set(value) <= set(LANGUAGES):
            texts = [value[code] for code in LANGUAGES if code in value]
            return ("\n\n" if any("\n" in text for text in texts) else " / ").join(texts)
        return ", ".join(f"{name} {shown(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ("; " if isinstance(value[0], Mapping) else ", ").join(shown(inner, named) for inner in value)
    return str(value)


def said(problem: Problem) -> str:
    """A problem with its place, in the reader's language."""
    return problem.told(_(problem.sentence))


def why_refused(refused: Mapping[str, Any]) -> str:
    """Why a step was not carried out, in the reader's language; '' when it was."""
    if not refused:
        return ""
    sentence = _(refused["sentence"])
    return sentence % refused["params"] if refused["params"] else sentence

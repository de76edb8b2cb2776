"""Operators' texts and choices as services take them: checked, trimmed, one text per language."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from hearth.core.errors import Refusal
from hearth.groups.rules.purity import ATTRIBUTES, MOST_CONDITIONS, MOST_VALUES
from hearth.kit.text import one_line

LocalInput = str | Mapping[str, str]


def local(value: LocalInput, language: str, *, most: int, field: str) -> dict[str, str]:
    """One text per language; a plain string counts as written in ``language``. Raises Refusal (language, length)."""
    texts = {language: value} if isinstance(value, str) else dict(value)
    known = dict(settings.LANGUAGES)
    trim = one_line if field == "name" else str.strip
    cleaned = {code: trimmed for code, text in texts.items() if (trimmed := trim(text))}
    if not set(cleaned) <= set(known):
        raise Refusal("Write in one of the languages offered.", field=field)
    if any(len(text) > most for text in cleaned.values()):
        raise Refusal("This is too long: at most %(most)s characters.", field=field, most=most)
    return cleaned


def known_language(code: str) -> str:
    """A language of the house. Raises Refusal."""
    if code not in dict(settings.LANGUAGES):
        raise Refusal("Choose one of the values offered.", field="language")
    return code


def known_zone(name: str) -> str:
    """An IANA time zone. Raises Refusal."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refusal("There is no time zone of this name.", field="time_zone") from None
    return name


def chosen(value: str, among: Collection[str], field: str) -> str:
    """One of the values offered. Raises Refusal."""
    if value not in among:
        raise Refusal("Choose one of the values offered.", field=field)
    return value


def defined(definition: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Whom a group is for, trimmed: each attribute once, with values. Raises Refusal."""
    kept = []
    for one in definition:
        values = [value for raw in one["values"] if (value := one_line(raw)[:120])][:MOST_VALUES]
        if not values:
            raise Refusal("Write at least one value.", field="values")
        kept.append({"attribute": chosen(one["attribute"], ATTRIBUTES, "attribute"), "values": values})
    if len({one["attribute"] for one in kept}) != len(kept) or len(kept) > MOST_CONDITIONS:
        raise Refusal("Say each thing once.", field="attribute")
    return kept

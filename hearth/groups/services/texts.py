"""Operators' texts and choices as services take them: checked, trimmed, one text per language."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from hearth.core.errors import Refusal
from hearth.groups.rules.known import UNKNOWN, key_of, unknown
from hearth.groups.rules.purity import ATTRIBUTES, MOST_CONDITIONS, MOST_VALUES
from hearth.groups.types import KNOWN_WORDS
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


def known_values(attribute: str, raw: Iterable[str]) -> list[str]:
    """Values of an attribute of members, trimmed; those that are keys or words for keys, as keys, each once.

    Raises Refusal for none at all, and for one that nobody can have.
    """
    values = [value for one in raw if (value := one_line(one)[:120])][:MOST_VALUES]
    if not values:
        raise Refusal("Write at least one value.", field="values")
    if attribute not in KNOWN_WORDS:
        return values
    words = {key: str(word) for key, word in KNOWN_WORDS[attribute].items()}
    stray = unknown(values, words)
    if stray is not None:
        raise Refusal(UNKNOWN, field="values", value=stray, known=tuple(words.values()))
    return list(dict.fromkeys(key for value in values if (key := key_of(value, words))))


def said(attribute: str, values: Iterable[str]) -> list[str]:
    """Values of an attribute as the reader calls them."""
    words = KNOWN_WORDS.get(attribute, {})
    return [str(words.get(key_of(value, words) or "", value)) for value in values]


def defined(definition: Sequence[Mapping[str, Any]], before: Collection[Any] = ()) -> list[dict[str, Any]]:
    """Whom a group is for, trimmed: each attribute once, with values. What stood there ``before`` may stay as it is.

    Raises Refusal.
    """
    kept = []
    for one in definition:
        attribute = chosen(one["attribute"], ATTRIBUTES, "attribute")
        values = list(one["values"]) if one in before else known_values(attribute, one["values"])
        kept.append({"attribute": attribute, "values": values})
    if len({one["attribute"] for one in kept}) != len(kept) or len(kept) > MOST_CONDITIONS:
        raise Refusal("Say each thing once.", field="attribute")
    return kept

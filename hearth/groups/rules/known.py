"""Values that stand for something the house knows, such as kinds of members: kept as keys, written as words too."""

from collections.abc import Iterable, Mapping

from hearth.groups.rules.gates import gettext_noop
from hearth.kit.chinese import simplified

KINDS = ("professional", "patient", "customer", "staff", "guest")
UNKNOWN = gettext_noop("“%(value)s” is unknown here. Known are: %(known)s.")


def same(one: str) -> str:
    """Two spellings of a word are the same word when this is: case, spaces and the Chinese script do not count."""
    return " ".join(simplified(one).casefold().split())


def key_of(value: str, words: Mapping[str, str]) -> str | None:
    """The key that a value is, or whose word it is; None where it is neither."""
    wanted = same(value)
    return next((key for key, word in words.items() if wanted in {same(key), same(word)}), None)


def unknown(values: Iterable[str], words: Mapping[str, str]) -> str | None:
    """The first of the values that nobody can be."""
    return next((value for value in values if key_of(value, words) is None), None)

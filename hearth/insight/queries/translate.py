"""Put message ids into a language. Works without Django, from the same compiled catalogues."""

import gettext
from collections.abc import Callable
from pathlib import Path

from hearth.insight.types import Text

LOCALES = Path(__file__).resolve().parents[2] / "locale"
LANGUAGES = {"en": "en", "zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}

Translate = Callable[[str], str]


def translator(language: str, locales: Path = LOCALES) -> Translate:
    """A function from English message id to the language's text; English where a translation is missing.

    Raises ValueError for a language that is not one of ours.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language} (known: {', '.join(LANGUAGES)})")
    return gettext.translation("django", locales, [LANGUAGES[language]], fallback=True).gettext


def say(text: Text, translate: Translate) -> str:
    """A text filled and translated."""
    return translate(text.msgid).format_map(text.params)

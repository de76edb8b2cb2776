"""Put message ids into a language. Works without Django, from the same compiled catalogues."""

import gettext
from collections.abc import Callable
from pathlib import Path

from hearth.carriers.rules.reasons import TEMPLATES
from hearth.insight.types import Rejection, Text

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


def why_rejected(one: Rejection, translate: Translate) -> str:
    """Why a piece of an archive could not be used, in the reader's language where the code is one of today's."""
    template = TEMPLATES.get(one.code)
    if template is None:
        return one.reason
    try:
        return translate(template) % dict(one.params) if one.params else translate(template)
    except KeyError:
        return one.reason

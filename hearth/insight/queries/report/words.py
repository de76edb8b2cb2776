"""Translation inside the report: message ids in, escaped HTML text out."""

from collections.abc import Mapping
from html import escape

from hearth.insight.queries.translate import Translate
from hearth.insight.types import Number, Text


def _(text: str) -> str:
    """Mark a message id for translation."""
    return text


class Words:
    """Calls give plain translated text; ``html`` and ``say`` give escaped text ready for the page."""

    def __init__(self, translate: Translate, language: str) -> None:
        self.translate = translate
        self.language = language

    def __call__(self, msgid: str) -> str:
        """Translated, not escaped."""
        return self.translate(msgid)

    def html(self, msgid: str, params: Mapping[str, Number] | None = None) -> str:
        """Translated, filled, escaped."""
        text = self.translate(msgid)
        return escape(text.format_map(params) if params else text)

    def say(self, text: Text) -> str:
        """A sentence of the diagnosis, escaped."""
        return escape(self.translate(text.msgid).format_map(text.params))

"""Language rules over many texts at once: one search in RE2 sorts out the texts that cannot match."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from hearth.kit import language


def are_questions(texts: Sequence[str]) -> list[bool]:
    """``language.is_question`` of each text. Texts must be valid Unicode (no lone surrogates)."""
    hints = pc.match_substring_regex(pa.array(texts, type=pa.string()), language.QUESTION_HINT).to_pylist()
    return [hint and language.is_question(text) for hint, text in zip(hints, texts, strict=True)]

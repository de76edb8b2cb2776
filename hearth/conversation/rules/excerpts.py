"""The piece of a message in which a search found its words, with the words marked."""

import re
from collections.abc import Sequence

from hearth.conversation.rules.rendering import plain_words
from hearth.kit.search_terms import is_cjk

AROUND = 60  # characters kept on each side of the first hit
Piece = tuple[str, bool]


def marked(text: str, phrases: Sequence[Sequence[str]]) -> list[Piece]:
    """``text`` around its first hit as pieces, each with whether it is a hit. Without a hit its beginning.

    ``phrases`` come from ``kit.search_terms.query_phrases``. White space is folded, marks of markup are left out.
    """
    plain = plain_words(text)
    words = [re.escape(_joined(phrase)) for phrase in phrases if phrase]
    hits = list(re.finditer("|".join(words), plain, re.IGNORECASE)) if words else []
    start = max(0, hits[0].start() - AROUND) if hits else 0
    end = min(len(plain), (hits[0].end() if hits else 0) + AROUND * 2)
    pieces: list[Piece] = [("…", False)] if start else []
    at = start
    for hit in hits:
        if hit.start() < at or hit.end() > end:
            continue
        pieces += [(plain[at : hit.start()], False), (hit.group(), True)]
        at = hit.end()
    pieces.append((plain[at:end] + ("…" if end < len(plain) else ""), False))
    return [piece for piece in pieces if piece[0]]


def _joined(phrase: Sequence[str]) -> str:
    """The run of characters that bigrams were made of, or the one word."""
    if len(phrase) > 1 and is_cjk(phrase[0]):
        return phrase[0] + "".join(term[-1] for term in phrase[1:])
    return phrase[0]

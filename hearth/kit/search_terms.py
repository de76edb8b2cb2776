"""Words for full-text search that finds Chinese as well as English.

Chinese has no spaces and its commonest words have two characters, which trigram indexes do not find. So every run of
CJK characters becomes its overlapping bigrams (a lone character stays as it is); other words stay whole and lower case.
"""

import re
import unicodedata

_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af\U00020000-\U0002ffff"
_TOKEN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:['’][^\W_{_CJK}]+)*")
_CJK_START = re.compile(rf"[{_CJK}]")
_CJK_RUN = re.compile(rf"[{_CJK}]+")


def normalised(text: str) -> str:
    """NFKC (full-width forms become plain) and case-folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def spaced(text: str) -> str:
    """``text`` with every CJK run written as bigrams, for an engine that cuts the other words itself (FTS5)."""
    if text.isascii():
        return text
    return _CJK_RUN.sub(lambda run: f" {' '.join(_bigrams(run[0]))} ", unicodedata.normalize("NFKC", text))


def index_terms(text: str) -> str:
    """The terms of ``text`` for the index, separated by spaces, in order (so that phrases can be found)."""
    out: list[str] = []
    for token in _TOKEN.findall(normalised(text)):
        if _CJK_START.match(token):
            out.extend(_bigrams(token))
        else:
            out.append(_plain(token))
    return " ".join(out)


def query_phrases(query: str, limit: int = 12) -> list[list[str]]:
    """The phrases that a text must hold to match ``query``: bigrams of a CJK run in a row, or one word.

    A query of a single CJK character gives ``[["医"]]``; the engine then looks for bigrams that begin with it.
    """
    tokens = _TOKEN.findall(normalised(query))[:limit]
    return [_bigrams(token) if _CJK_START.match(token) else [_plain(token)] for token in tokens]


def lookup_terms(*texts: str) -> str:
    """The terms by which short texts (names, a hospital) are looked up in any order, each once, between single spaces.

    Words stay whole, without accents; of a CJK run come its characters and its pairs, so that any part of it is found.
    """
    terms = (term for token in _TOKEN.findall(normalised(" ".join(texts))) for term in _lookup(token, pairs_only=False))
    return " ".join(dict.fromkeys(terms))


def lookup_query(query: str, limit: int = 8) -> list[str]:
    """The terms that a looked-up row must all hold: CJK terms as they are, other words as the beginning of one."""
    tokens = _TOKEN.findall(normalised(query))[:limit]
    return list(dict.fromkeys(term for token in tokens for term in _lookup(token, pairs_only=True)))


def _lookup(token: str, *, pairs_only: bool) -> list[str]:
    if not _CJK_START.match(token):
        letters = unicodedata.normalize("NFKD", _plain(token))
        return ["".join(letter for letter in letters if not unicodedata.combining(letter))]
    pairs = _bigrams(token)
    return pairs if pairs_only or len(token) == 1 else [*token, *pairs]


def is_cjk(term: str) -> bool:
    """Whether a term is of CJK characters."""
    return bool(_CJK_START.match(term))


def _bigrams(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] if len(run) > 1 else [run]


def _plain(token: str) -> str:
    return token.replace("'", "").replace("’", "")

"""Simplified and traditional Chinese as one."""

from collections.abc import Sequence
from functools import cache

from opencc import OpenCC


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplified(text: str) -> str:
    """The text in simplified characters, for comparing (OpenCC, ``t2s``); text without Chinese as it is."""
    return text if text.isascii() else str(_converter().convert(text))


def readable(texts: Sequence[str], language: str) -> list[str]:
    """Those of the spellings of several things that fit a language; all where none does."""
    latin = [text for text in texts if text.isascii()]
    plain = [text for text in texts if not text.isascii() and simplified(text) == text]
    full = [text for text in texts if not text.isascii() and simplified(text) != text]
    wanted = {"zh-hans": plain or full, "zh-hant": full or plain}.get(language, latin)
    return wanted or list(texts)

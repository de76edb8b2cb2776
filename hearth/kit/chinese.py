"""Simplified and traditional Chinese as one."""

from functools import cache

from opencc import OpenCC


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplified(text: str) -> str:
    """The text in simplified characters, for comparing (OpenCC, ``t2s``); text without Chinese as it is."""
    return text if text.isascii() else str(_converter().convert(text))

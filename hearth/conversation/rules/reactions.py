"""What may stand under a message as a reaction: an emoji, not words in disguise."""

import unicodedata

_KEYCAP = "\u20e3"
_SHOWN = frozenset({"So", "Sm", "Po", "Pd", "Cn"})  # a few emojis are punctuation (‼, 〰), some newer than our tables
_JOINING = frozenset({"Sk", "Mn", "Me"})  # skin tones, variation selectors
_LETTERS = frozenset("\u2139\u24c2")  # information, circled M
_LONGEST = 16  # characters: a family with skin tones has eleven


def is_emoji(text: str) -> bool:
    """Whether ``text`` is one emoji or a short run of them."""
    if not text or text.isascii() or len(text) > _LONGEST:
        return False
    if text.endswith(_KEYCAP):
        return text[0] in "0123456789#*" and len(text) <= 3
    return any(map(_shows, text)) and all(_shows(ch) or _joins(ch) for ch in text)


def _shows(ch: str) -> bool:
    return not ch.isascii() and (ch in _LETTERS or unicodedata.category(ch) in _SHOWN)


def _joins(ch: str) -> bool:
    """Zero-width joiner and tags (flags of regions) join; other invisible characters turn lines round."""
    return ch == "\u200d" or "\U000e0020" <= ch <= "\U000e007f" or unicodedata.category(ch) in _JOINING

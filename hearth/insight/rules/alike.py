"""Which texts are nearly the same: MinHash over runs of four characters (Broder 1997), for Chinese as for English.

Digits, spaces, punctuation and case do not count, so that a changed date or name of a day hides no template.
"""

import re

import numpy as np

from hearth.insight.rules.columns import Bools, Ints

RUN = 4  # characters
ALIKE = 0.5  # estimated share of common runs (Jaccard)
LEAST = 8  # characters; shorter texts tell nothing by being alike
_HASHES = 64
_PRIME = (1 << 31) - 1
_LETTERS = re.compile(r"[^\W\d_]+")
_dice = np.random.default_rng(20)
_FACTOR, _SHIFT = (_dice.integers(1, _PRIME, (_HASHES, 1), dtype=np.int64) for _ in range(2))


def alike(texts: list[str]) -> Bools:
    """For each pair of texts: are they nearly the same. A text is never alike to itself."""
    plain = ["".join(_LETTERS.findall(text.lower())) for text in texts]
    marks = np.stack([_signature(text) for text in plain]) if plain else np.zeros((0, _HASHES), dtype=np.int64)
    long = np.array([len(text) >= LEAST for text in plain], dtype=np.bool_)
    near: Bools = (marks[:, None, :] == marks[None, :, :]).mean(axis=2) >= ALIKE
    near &= long[:, None] & long[None, :]
    np.fill_diagonal(near, val=False)
    return near


def _signature(text: str) -> Ints:
    """The least hash of the text's runs under each hash function: two texts agree as often as they share runs."""
    letters = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.int64)
    if len(letters) < RUN:
        return np.full(_HASHES, -1, dtype=np.int64)
    runs = letters[: len(letters) - RUN + 1].copy()
    for step in range(1, RUN):
        runs = (runs * 1_000_003 + letters[step : len(letters) - RUN + 1 + step]) % _PRIME
    least: Ints = ((_FACTOR * runs[None, :] + _SHIFT) % _PRIME).min(axis=1)
    return least

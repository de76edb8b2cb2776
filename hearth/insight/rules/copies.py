"""The same text posted again and again by one author: an announcement sent to many groups, or an advert.

An identical text in five or more groups is a *broadcast* when its author otherwise takes part in the talk: it is input,
not life, and counts as seeded. By somebody who hardly says anything else it is an advert, and so is the same link post
repeated in several groups.
"""

from typing import NamedTuple

import numpy as np

from hearth.insight.rules.columns import Bools, Ints

BROADCAST_GROUPS = 5  # identical text by one author in this many groups
REPEATED_GROUPS = 3  # identical link post by one author in this many groups is an advert
OTHER_TALK = 20  # messages beside the copies that make somebody a participant
_SHORT = 40


class Copies(NamedTuple):
    """Per message: is it a copy of a broadcast, is it a repeated advert."""

    broadcast: Bools
    advert: Bools


def fingerprint(text: str) -> int:
    """Equal for equal texts; 0 for texts too short to tell anything by being repeated."""
    return hash(text[:400]) or 1 if len(text) >= _SHORT else 0


def sort_out(prints: Ints, author: Ints, group: Ints, linked: Bools) -> Copies:
    """Judge copies; rows with print 0 are left out. Columns run in parallel."""
    broadcast = np.zeros(len(prints), dtype=np.bool_)
    advert = np.zeros(len(prints), dtype=np.bool_)
    rows = np.flatnonzero(prints)
    if not len(rows):
        return Copies(broadcast, advert)
    keys = prints[rows] ^ (author[rows] * 0x9E3779B97F4A7C1)
    order = np.lexsort((group[rows], keys))
    keys, groups = keys[order], group[rows][order]
    first = np.r_[True, keys[1:] != keys[:-1]]
    fresh = first | np.r_[True, groups[1:] != groups[:-1]]
    text = np.cumsum(first) - 1
    spread = np.bincount(text, weights=fresh)[text]
    copies = np.bincount(text)[text]
    written = np.bincount(author)
    others = written[author[rows][order]] - copies
    wide = spread >= BROADCAST_GROUPS
    takes_part = others >= OTHER_TALK
    broadcast[rows[order[wide & takes_part]]] = True
    advert[rows[order[(wide & ~takes_part) | ((spread >= REPEATED_GROUPS) & ~wide & linked[rows][order])]]] = True
    return Copies(broadcast, advert)

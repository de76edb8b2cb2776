"""What is measured but looks wrong: an export that was read twice, a clock that went back.

Nothing is left out for it: a word of warning, for somebody who knows the archive to judge.
"""

from dataclasses import dataclass

import numpy as np

from hearth.insight.rules.columns import Ints
from hearth.insight.rules.times import DAY

LEAST = 20  # messages of a group, below which nothing is said of it
PAIRED = 0.9  # of a group's (author, time) pairs that hold an even number of messages
BACK_MOST = 0.5  # of a file that runs backwards in more than half of it the order is meant


@dataclass(frozen=True, slots=True)
class Doubts:
    """How many messages stand in groups that seem to have been read twice; are dated more than a day before what stands
    above them; and how many groups hold exactly the messages of another.
    """

    doubled: int = 0
    backwards: int = 0
    twin_groups: int = 0


def doubts(group: Ints, author: Ints, at: Ints) -> Doubts:
    """Look through messages in the order of the archive; columns run in parallel, times in ms."""
    if not len(at):
        return Doubts()
    return Doubts(_doubled(group, author, at), _backwards(group, at), _twins(group, at))


def _doubled(group: Ints, author: Ints, at: Ints) -> int:
    """Messages in groups where nearly every author has, at every time, an even number of messages: by chance most have
    one.
    """
    order = np.lexsort((at, author, group))
    g, a, t = group[order], author[order], at[order]
    new = np.r_[True, (g[1:] != g[:-1]) | (a[1:] != a[:-1]) | (t[1:] != t[:-1])]
    heads = np.flatnonzero(new)
    size = np.diff(np.r_[heads, len(g)])
    where = g[heads]
    groups = int(where.max()) + 1
    pairs = np.bincount(where, minlength=groups)
    even = np.bincount(where, weights=size % 2 == 0, minlength=groups)
    messages = np.bincount(g, minlength=groups)
    hit = (messages >= LEAST) & (even >= PAIRED * pairs)
    return int(messages[hit].sum())


def _backwards(group: Ints, at: Ints) -> int:
    order = np.argsort(group, kind="stable")
    g, t = group[order], at[order]
    span = int(t.max() - t.min()) + 1
    ahead = np.maximum.accumulate(g.astype(np.int64) * span + (t - t.min()))  # the latest so far within each group
    behind = ahead - (g.astype(np.int64) * span + (t - t.min())) > DAY
    count = int(behind.sum())
    return count if len(t) >= LEAST and count <= BACK_MOST * len(t) else 0


def _twins(group: Ints, at: Ints) -> int:
    order = np.lexsort((at, group))
    g, t = group[order], at[order]
    heads = np.flatnonzero(np.r_[True, g[1:] != g[:-1]])
    stretches = np.split(t, heads[1:])
    seen: set[bytes] = set()
    twins = 0
    for times in stretches:
        if len(times) >= LEAST:
            mark = times.tobytes()
            twins += mark in seen
            seen.add(mark)
    return twins

"""How talk is spread over people. Risk of leaning on few, not health: all of it is confounded with size."""

import math

import numpy as np

from hearth.insight.rules.columns import AnyInts, Ints


def gini(counts: Ints) -> float:
    """Gini coefficient over those who wrote, small-sample corrected (times n/(n-1)); 0 for fewer than two people."""
    n = len(counts)
    total = int(counts.sum())
    if n < 2 or total == 0:
        return 0.0
    ordered = np.sort(counts).astype(np.float64)
    raw = 2.0 * float((np.arange(1, n + 1) * ordered).sum()) / (n * total) - (n + 1) / n
    return raw * n / (n - 1)


def absence_factor(counts: Ints) -> int:
    """Contributor absence factor (CHAOSS): the fewest people who together wrote half of all messages."""
    if not len(counts) or counts.sum() == 0:
        return 0
    ordered = np.sort(counts)[::-1]
    return int(np.searchsorted(np.cumsum(ordered), counts.sum() / 2.0 - 1e-9, "left")) + 1


def effective_speakers(counts: Ints) -> float:
    """Hill number of order 1, e^H: as many equally busy people would be as diverse (Shannon 1948, Hill 1973)."""
    total = counts.sum()
    if total == 0:
        return 0.0
    shares = counts[counts > 0] / total
    return math.exp(-float((shares * np.log(shares)).sum()))


def reciprocity(sources: AnyInts, targets: AnyInts) -> tuple[float | None, int]:
    """Share of directed reply pairs that are answered in kind, and the number of pairs; self-replies are left out."""
    pairs = {(int(a), int(b)) for a, b in zip(sources, targets, strict=True) if a != b}
    if not pairs:
        return None, 0
    return sum((b, a) in pairs for a, b in pairs) / len(pairs), len(pairs)

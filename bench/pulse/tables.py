"""The study's tables as Markdown."""

from collections.abc import Iterable, Sequence

import numpy as np


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, the first column to the left."""
    ruler = "|" + "|".join([" --- "] + [" ---: "] * (len(head) - 1)) + "|"
    return "\n".join(["| " + " | ".join(head) + " |", ruler, *("| " + " | ".join(row) + " |" for row in rows)])


def of_archives(judged: Sequence[dict[str, float]]) -> list[str]:
    """AUC, AP, Brier and slope: the mean over archives, then each archive's AUC / AP / Brier / slope."""
    mean = [
        f"{np.mean([one[key] for one in judged]):.{digits}f}" for key, digits in (("auc", 3), ("ap", 3), ("brier", 4))
    ]
    return [*mean, *(f"{one['auc']:.3f} / {one['ap']:.3f} / {one['brier']:.4f} / {one['slope']:.2f}" for one in judged)]


def between(text: str, name: str, content: str) -> str:
    """A text with what stands between its markers of a name replaced."""
    begin, end = f"<!-- {name} begin -->", f"<!-- {name} end -->"
    head, rest = text.split(begin)
    return head + begin + "\n" + content + "\n" + end + rest.split(end)[1]

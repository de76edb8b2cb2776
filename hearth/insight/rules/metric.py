"""What the evaluation of a metric in memory comes to."""

from typing import NamedTuple

from hearth.insight.types import Note

MIN_DENOMINATOR = 5  # below this a ratio says nothing: null, shown as "too few"


class Measure(NamedTuple):
    """A value, how many observations stand behind it, and why it is missing."""

    value: float | int | None
    n: int = 0
    note: Note | None = None


def share(part: int, whole: int) -> Measure:
    """A ratio, null when the whole is too small."""
    return Measure(part / whole, whole) if whole >= MIN_DENOMINATOR else Measure(None, whole, "too_few")

"""What a metric is: declared once, used by page, terminal, JSON and report."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from hearth.insight.rules.group_view import GroupView
from hearth.insight.types import Note

MIN_DENOMINATOR = 5  # below this a ratio says nothing: null, shown as "too few"


class Measure(NamedTuple):
    """A value, how many observations stand behind it, and why it is missing."""

    value: float | int | None
    n: int = 0
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's declaration.

    ``direction``: 1 more is better, -1 less is better, 0 neither. ``window_days``: None for all time.
    ``anchor``: "now", or "life" for what is measured in a silent group's last weeks of life.
    ``minimum``: fewest observations for a value. ``organic``: how seeded activity is treated.
    ``replies``: whether the value rests on replies, given or inferred.
    """

    name: str
    version: int
    title: str
    definition: str
    unit: Literal["count", "share", "per week", "hours", "days", "weeks", "people"]
    direction: Literal[-1, 0, 1]
    window_days: int | None
    anchor: Literal["now", "life"]
    minimum: int
    organic: str
    compute: Callable[[GroupView], Measure]
    replies: bool = False


def share(part: int, whole: int) -> Measure:
    """A ratio, null when the whole is too small."""
    return Measure(part / whole, whole) if whole >= MIN_DENOMINATOR else Measure(None, whole, "too_few")

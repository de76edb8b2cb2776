"""Goals: whether readings reach them, and since when they do not. Values are in the metric's own unit."""

from collections.abc import Sequence
from datetime import date, timedelta

from hearth.insight.types import Bound, GoalState

FOR = timedelta(days=7)  # a miss is told when it has lasted: one bad day is no news
Value = tuple[date, float]


def reaches(bound: Bound, aim: float, value: float) -> bool:
    """Whether a value is on the right side; the aim itself is."""
    return value >= aim if bound is Bound.AT_LEAST else value <= aim


def standing(bound: Bound, aim: float, begins: date, values: Sequence[Value]) -> GoalState:
    """How a goal that counts from ``begins`` stands by its newest value (``values``: the oldest first)."""
    if not values:
        return GoalState.UNKNOWN
    day, value = values[-1]
    if reaches(bound, aim, value):
        return GoalState.REACHED
    return GoalState.MISSED if day >= begins else GoalState.COMING


def missed_since(bound: Bound, aim: float, begins: date, values: Sequence[Value]) -> date | None:
    """The first day of the values in a row, up to the newest, that miss a goal that counts from ``begins``."""
    since = None
    for day, value in reversed(values):
        if day < begins or reaches(bound, aim, value):
            break
        since = day
    return since


def is_news(since: date | None, newest: date) -> bool:
    """Whether a miss has lasted for a week."""
    return since is not None and newest - since >= FOR

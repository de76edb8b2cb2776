"""When a service that a metric shows is kept, due, or has stopped: as goals are judged, a week of misses is a stop."""

from collections.abc import Sequence
from datetime import date

from hearth.groups.rules.value_lines import Standing
from hearth.groups.types import LineState
from hearth.insight.rules.goals import FOR, Value, missed_since, reaches
from hearth.insight.types import Bound


def stands_by(bound: Bound, aim: float, begins: date, values: Sequence[Value], newest: date) -> Standing:
    """How a service stands by its metric's values, the oldest first; ``newest`` is the day of the newest reading.

    Where that one has no value (too few to tell), nothing is said. What was before ``begins`` counts neither way.
    """
    if not values or values[-1][0] != newest:
        return Standing(LineState.UNKNOWN, newest, newest)
    day, value = values[-1]
    if reaches(bound, aim, value):
        return Standing(LineState.KEPT, _reached_since(bound, aim, begins, values), day, value)
    since = missed_since(bound, aim, begins, values) or day
    if day - since >= FOR:
        return Standing(LineState.STOPPED, since + FOR, day, value)
    return Standing(LineState.DUE, since, day, value)


def _reached_since(bound: Bound, aim: float, begins: date, values: Sequence[Value]) -> date:
    since: date = values[-1][0]
    for day, value in reversed(values):
        if day < begins or not reaches(bound, aim, value):
            break
        since = day
    return since

"""When a service that is done in a rhythm is kept, due, or has stopped. Days are those of the community's clock."""

from dataclasses import dataclass
from datetime import date, timedelta

from hearth.groups.types import LineState

LEAST_DAYS, MOST_DAYS = 1, 92


@dataclass(frozen=True, slots=True)
class Standing:
    """A state, the day on which it began, and the day of what shows it (None before anything did)."""

    state: LineState
    since: date
    shown_on: date | None = None
    reading: float | None = None


def grace(every: int) -> int:
    """How many days after it is due a service has stopped: half its rhythm, rounded up. A daily one has one day."""
    return (every + 1) // 2


def stands(every: int, begins: date, last: date | None, today: date) -> Standing:
    """How a service that is done every so many days stands: by its last deed, or by the day from which it counts."""
    from_day = max(begins, last) if last else begins
    due = from_day + timedelta(days=every)
    stopped = due + timedelta(days=grace(every))
    if today >= stopped:
        return Standing(LineState.STOPPED, stopped, last)
    if today >= due:
        return Standing(LineState.DUE, due, last)
    return Standing(LineState.KEPT, from_day, last)

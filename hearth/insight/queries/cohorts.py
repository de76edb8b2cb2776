"""Retention cohorts and the joining funnel, put together from stored readings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from hearth.core.metrics import FEW
from hearth.insight.queries.readings import MetricReadings, Reading

COHORTS = 12
MONDAY = 0
CELL = "cohort_week_"
STEPS = ("funnel_joined", "funnel_wrote", "funnel_answered", "funnel_stayed")


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those who joined in the week that begins on a Monday: how many, and (weeks since, share active in it) for the
    weeks that are over; 0 is the week of joining. ``shares`` is empty for fewer than five.
    """

    week: date
    members: int
    shares: tuple[tuple[int, float], ...]


def cohorts_of(found: Iterable[MetricReadings]) -> list[Cohort]:
    """The last dozen weeks in which somebody joined, the oldest first. A cell is a reading of a Monday."""
    cells: dict[date, dict[int, Reading]] = {}
    for one in found:
        if one.metric.name.startswith(CELL):
            since = int(one.metric.name.removeprefix(CELL))
            for reading in one.readings:
                if reading.day.weekday() == MONDAY and reading.n:
                    week = reading.day - timedelta(days=7 * (since + 1))
                    cells.setdefault(week, {})[since] = reading
    return [_cohort(week, cells[week]) for week in sorted(cells)[-COHORTS:]]


def _cohort(week: date, cells: dict[int, Reading]) -> Cohort:
    members = max(cell.n for cell in cells.values())
    told = [(since, cells[since].value) for since in sorted(cells)]
    shares = tuple((since, value) for since, value in told if value is not None)
    return Cohort(week, members, shares if members >= FEW else ())


def funnel_of(found: Iterable[MetricReadings]) -> list[tuple[MetricReadings, int]]:
    """The steps from joining on, each with how many came so far; empty where fewer than five joined."""
    by_name = {one.metric.name: one for one in found}
    steps = [by_name[name] for name in STEPS if name in by_name]
    told = [(one, int(one.newest.value or 0)) for one in steps if one.newest is not None]
    return told if told and told[0][1] >= FEW else []

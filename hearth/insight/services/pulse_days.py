"""Keeps what the pulse says, day by day, so that it has a history as every metric has."""

from collections.abc import Sequence

from hearth.core.metrics import COMMUNITY
from hearth.insight.models import PulseDay
from hearth.insight.types import Diagnosis, Estimate, GroupDiagnosis, Stage
from hearth.kit.clock import day_of_number

DAILY, WEEKLY = 56, 53 * 7  # days kept as they are, and as Mondays
COLUMNS = (
    "vitality", "authors", "risk_note", "dependence", "remains", "per_seed", "own", "seeds", "energy_note", "cooling",
)  # fmt: skip
COOLING = {Stage.DECLINING, Stage.DORMANT, Stage.DEAD}


def keep_pulse_days(groups: Sequence[GroupDiagnosis], today: int) -> None:
    """Note what was measured of some groups today, in place of what was noted today before. Call in a transaction."""
    _store([_row(group, today) for group in groups])


def keep_pulse_day_of_community(found: Diagnosis, today: int) -> None:
    """The same of the community; forgets days that grew too old."""
    cooling = sum(group.stage in COOLING for group in found.groups)
    _store([PulseDay(unit=COMMUNITY, day=today, cooling=cooling, own=len(found.groups))])
    PulseDay.objects.filter(day__lt=today - WEEKLY).delete()
    old = range(today - DAILY - 14, today - DAILY)  # a fortnight: days that passed without a measuring are caught up
    PulseDay.objects.filter(day__in=[day for day in old if day_of_number(day).weekday()]).delete()


def _store(rows: list[PulseDay]) -> None:
    PulseDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["community", "unit", "day"], update_fields=COLUMNS
    )


def _row(group: GroupDiagnosis, today: int) -> PulseDay:
    row = PulseDay(
        unit=int(group.id),
        day=today,
        vitality=None if group.risk is None else round(100 * (1 - group.risk), 2),
        authors=int(group.metrics.get("authors_28d") or 0),
        risk_note=group.risk_note or "",
    )
    if (energy := group.energy) is not None:
        row.own, row.seeds = round(energy.level * energy.days), round(energy.seeds * energy.days)
        row.energy_note = energy.note or ""
        row.dependence, row.remains = _value(energy.dependence), _value(energy.remains)
        row.per_seed = _value(energy.per_seed)
    return row


def _value(told: Estimate | None) -> float | None:
    return None if told is None else told.value

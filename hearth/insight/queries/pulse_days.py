"""What the pulse said on past days: metrics that are read off a fitted model and not computed from the log."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from hearth.core.metrics import Grain, KeptReading
from hearth.core.sql import chunks
from hearth.insight.models import CommunityPulse, PulseDay


@dataclass(frozen=True, slots=True)
class PulseKept:
    """One column of the kept days (``hearth.core.metrics.Kept``), with what stands behind it and why it is missing."""

    value: str
    n: str
    note: str

    def readings(
        self, grain: Grain, units: Collection[int], first: int | None, last: int | None
    ) -> dict[int, list[KeptReading]]:
        """The kept days of each unit, the oldest first: one query for each few hundred units."""
        found: dict[int, list[KeptReading]] = {}
        for some in chunks(sorted(units)):
            rows = PulseDay.objects.filter(unit__in=some).order_by("unit", "day")
            rows = rows if first is None else rows.filter(day__gte=first)
            rows = rows if last is None else rows.filter(day__lte=last)
            for unit, day, value, n, note in rows.values_list("unit", "day", self.value, self.n, self.note):
                found.setdefault(unit, []).append((day, value, n, note if value is None else ""))
        return found

    def measured_at(self) -> datetime | None:
        """When the groups were last measured."""
        return CommunityPulse.objects.values_list("measured_at", flat=True).first()

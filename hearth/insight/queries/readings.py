"""Readings of metrics as pages, terminal and exports show them: from the published file alone, whatever its history."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from hearth.core.metrics import COMMUNITY, Grain, Metric, metrics
from hearth.core.models import Community
from hearth.core.tenancy import current_community_id
from hearth.insight.models import CommunityPulse
from hearth.insight.rules.columnfile import Damaged, Manifest, digest, published_in
from hearth.kit.clock import day_number, day_of_number, now

PERIOD = 28  # days between a value and the one it is compared with
WEEK = 7
FEW_REPLIES = "few_replies"
State = Literal["current", "behind", "not_computed", "damaged"]
_COLUMNS = ["metric", "moment", "value", "n", "note"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A metric's value at the beginning of a day, with the observations behind it and why it is missing."""

    day: date
    value: float | None
    n: int
    note: str


@dataclass(frozen=True, slots=True)
class MetricReadings:
    """One metric of one unit: its readings, the oldest first. Empty for a metric that waits for its facts."""

    metric: Metric
    readings: tuple[Reading, ...]

    @property
    def newest(self) -> Reading | None:
        """The reading of today."""
        return self.readings[-1] if self.readings else None

    @property
    def before(self) -> Reading | None:
        """The reading that the newest is compared with."""
        return self.before_place(len(self.readings) - 1)

    def before_place(self, place: int) -> Reading | None:
        """The reading of 28 days before the one at ``place``: of the Monday on or after; None where there is none."""
        if place < 1:
            return None
        then = self.readings[place].day - timedelta(days=PERIOD)
        found = next((one for one in self.readings[:place] if one.day >= then), None)
        return found if found is not None and found.day < then + timedelta(days=WEEK) else None


def columns_folder() -> Path:
    """Where the column files of the community in scope stand."""
    return Path(settings.HEARTH_HOME) / "columns" / str(current_community_id())


def today_of_community() -> int:
    """The present day in the community's own zone, in days since 1970."""
    return day_number(now().astimezone(_zone()).date())


def _zone() -> ZoneInfo:
    return ZoneInfo(Community.objects.values_list("time_zone", flat=True).get(pk=current_community_id()))


def measured_day() -> int | None:
    """The day of the newest readings; None before the first."""
    return _published().today or None


def readings_of(grain: Grain, unit: int = COMMUNITY) -> list[MetricReadings]:
    """Every declared metric of a group or of the community with its readings: one small piece of one file is read."""
    found, unlinked = _rows(grain, unit), _is_unlinked()

    def told(metric: Metric) -> Sequence[Reading]:
        if metric.kept:
            return _weekly(_kept(metric, grain, [unit]).get(unit, ()))
        rows = found.get(metric.name, [])
        return _without_values(rows) if unlinked and metric.of_replies else rows

    return [MetricReadings(metric, tuple(told(metric))) for metric in metrics if grain in metric.grains]


def _is_unlinked() -> bool:
    """Whether so few replies are given in this community that the diagnosis infers them: the log has none to count."""
    return bool(CommunityPulse.objects.values_list("reading__inferred", flat=True).first())


def _without_values(rows: Sequence[Reading]) -> list[Reading]:
    """Nothing rather than a false zero."""
    return [replace(one, value=None, note=FEW_REPLIES) for one in rows]


def _kept(
    metric: Metric, grain: Grain, units: Collection[int], first: int | None = None, last: int | None = None
) -> dict[int, list[Reading]]:
    found = metric.kept.readings(grain, units, first, last) if metric.kept else {}
    return {
        unit: [Reading(day_of_number(day), value, n, note) for day, value, n, note in rows]
        for unit, rows in found.items()
    }


def _weekly(found: Sequence[Reading]) -> list[Reading]:
    """The Mondays and the newest, as all metrics are shown."""
    return [one for one in found if one.day.weekday() == 0 or one is found[-1]]


@dataclass(frozen=True, slots=True)
class Published:
    """What stands published: its number, the day of its newest readings, the last fact in it, and the file's mark.

    ``state``: *current*, *behind* (today is not computed yet), *not_computed* (before the first time), or *damaged*
    (the file is not what was written; the next refresh builds it anew).
    """

    state: State
    number: int
    day: int | None
    facts_through: int | None
    mark: str


def published_state() -> Published:
    """How far the readings of the community in scope go."""
    manifest = _published()
    names = manifest.of("readings").get(0, [])
    state: State = "not_computed"
    if names:
        usable = _file() is not None
        state = ("current" if manifest.today >= today_of_community() else "behind") if usable else "damaged"
    mark = manifest.files[names[0]][1] if names else ""
    return Published(state, manifest.number, manifest.today or None, manifest.through, mark)


def state_of(metric: Metric) -> Published:
    """How far the readings of one metric go: those read off the pulse are as old as its last measuring."""
    if metric.kept is None:
        return published_state()
    taken = metric.kept.measured_at()
    if taken is None:
        return Published("not_computed", 0, None, None, "")
    day, today = day_number(taken.astimezone(_zone()).date()), today_of_community()
    return Published(
        "current" if day >= today else "behind", int(taken.timestamp()), day, None, f"{taken.isoformat()} {today}"
    )


def series_of(
    metric: Metric, grain: Grain, units: Collection[int], first: int | None = None, last: int | None = None
) -> dict[int, list[Reading]]:
    """A metric's readings of several units from a day to a day, both included, the oldest first.

    The file is sorted by unit: of many thousand groups only the pieces that hold these are read.
    """
    if metric.kept:
        return _kept(metric, grain, units, first, last)
    path = _file()
    if path is None or not units:
        return {}
    wanted = (pc.field("grain") == grain) & (pc.field("metric") == metric.name)
    wanted &= (pc.field("unit") >= min(units)) & (pc.field("unit") <= max(units))
    if first is not None:
        wanted &= pc.field("moment") >= first
    if last is not None:
        wanted &= pc.field("moment") <= last
    rows = pq.read_table(path, columns=["unit", *_COLUMNS], filters=wanted)
    found: dict[int, list[Reading]] = {}
    for row in rows.sort_by([("unit", "ascending"), ("moment", "ascending")]).to_pylist():
        if row["unit"] in units:
            found.setdefault(row["unit"], []).append(_reading(row))
    if metric.of_replies and _is_unlinked():
        return {unit: _without_values(some) for unit, some in found.items()}
    return found


def _rows(grain: Grain, unit: int) -> dict[str, list[Reading]]:
    path = _file()
    if path is None:
        return {}
    rows = pq.read_table(path, columns=_COLUMNS, filters=(pc.field("grain") == grain) & (pc.field("unit") == unit))
    found: dict[str, list[Reading]] = defaultdict(list)
    for row in rows.sort_by([("metric", "ascending"), ("moment", "ascending")]).to_pylist():
        found[row["metric"]].append(_reading(row))
    return found


def _reading(row: dict[str, Any]) -> Reading:
    return Reading(day_of_number(row["moment"]), row["value"], row["n"], row["note"])


def _file() -> Path | None:
    """The published readings, proven to be what was written; None where there are none, or where they are damaged."""
    published = _published()
    names = published.of("readings").get(0, [])
    if not names:
        return None
    path = columns_folder() / names[0]
    size, mark = published.files[names[0]]
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return path if found.st_size == size and _digest(path, found.st_mtime_ns) == mark else None


@lru_cache(maxsize=64)
def _digest(path: Path, changed_ns: int) -> str:
    """Of a file as it stood when it was last changed: read once by each process, not for every page."""
    return digest(path)


def _published() -> Manifest:
    try:
        return published_in(columns_folder())
    except Damaged:
        return Manifest()  # the next refresh finds it out and builds everything anew

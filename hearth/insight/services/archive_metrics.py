"""Every metric of an archive, computed by the metric engine in memory. Needs no server and no database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hearth.core.metrics import COMMUNITY, Metric, metrics
from hearth.insight.queries.talk_feed import TalkFeed
from hearth.insight.rules.measuring.asking import tables_asked
from hearth.insight.rules.replies import Basis, read_talk
from hearth.insight.rules.talk_log import TalkLog
from hearth.insight.rules.times import DAY
from hearth.insight.services.columns import readings_at, unheard
from hearth.insight.services.columns.reading import described_log

WHOLE = ""  # the id of all groups together
NOT_TOLD = "not_told"
# What the reader of archives does not keep: reactions, accepted answers, who invited whom, credentials, who read.
UNKEPT = frozenset({"reactions_28d", "questions_accepted", "invited_share", "verified_share", "lurker_share"})


@dataclass(frozen=True, slots=True)
class ArchiveReading:
    """A metric's value in a group (``group`` its id, ``WHOLE`` for all together), the observations behind it, and why
    it is missing: ``too_few``, ``no_data``, or ``not_told`` by this archive.
    """

    group: str
    name: str
    metric: Metric
    value: float | None
    n: int
    note: str


@dataclass(frozen=True, slots=True)
class ArchiveMetrics:
    """All readings at the beginning of ``day`` (days since 1970, UTC); the whole comes first, then the largest groups.
    ``basis``: where replies come from.
    """

    day: int
    messages: int
    basis: Basis
    readings: tuple[ArchiveReading, ...]


def measure_archive(
    log: TalkLog, day: int | None = None, tell: Callable[[str, int, int], None] = unheard
) -> ArchiveMetrics:
    """Every metric at the beginning of a day, by default the one after the members' last message. ``tell(step, done,
    total)`` hears the progress.
    """
    if day is None:
        day = (log.last_ordinary() or 0) // DAY + 1
    log = log.until(day * DAY)
    talk = read_talk(log)
    chosen = [metric for metric in metrics if metric.expression is not None and metric.listed]
    silent = _not_told(chosen, log)
    rows = readings_at(TalkFeed(log, talk), chosen, day, tell).to_pylist()
    size = {row["unit"]: row["value"] for row in rows if row["metric"] == "messages_28d" and row["grain"] == "group"}
    rank = {unit: place for place, unit in enumerate(sorted(size, key=lambda unit: -(size[unit] or 0)), 1)}
    order = {metric.name: place for place, metric in enumerate(chosen)}
    rows.sort(key=lambda row: (rank.get(row["unit"], 0), order[row["metric"]]))
    readings = tuple(_reading(row, log, silent) for row in rows)
    return ArchiveMetrics(day, int(log.organic.sum()), talk.basis, readings)


def _reading(row: dict[str, Any], log: TalkLog, silent: frozenset[str]) -> ArchiveReading:
    metric, unit = metrics[row["metric"]], row["unit"]
    group, name = (WHOLE, WHOLE) if unit == COMMUNITY else (log.groups[unit - 1].id, log.groups[unit - 1].name)
    if metric.name in silent:
        return ArchiveReading(group, name, metric, None, 0, NOT_TOLD)
    return ArchiveReading(group, name, metric, row["value"], row["n"], row["note"])


def _not_told(chosen: list[Metric], log: TalkLog) -> frozenset[str]:
    """Metrics of things this archive does not hold: an absence must not look like a nought."""
    missing = {"places", "memberships"} if log.memberships is None else set()
    empty = described_log()
    asked = {metric.name for metric in chosen if tables_asked(metric, empty) & missing and metric.name != "members"}
    return UNKEPT | asked

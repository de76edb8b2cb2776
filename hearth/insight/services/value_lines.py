"""Value lines that a metric shows: judged by its readings, after each refresh."""

from collections.abc import Collection
from datetime import date

from hearth.core.metrics import metrics
from hearth.groups.queries.value_lines import Pair, metric_answers, open_pairs, zone_of_community
from hearth.groups.rules.value_lines import Standing
from hearth.groups.services import keep_standings
from hearth.insight.queries.goals import QUARTER
from hearth.insight.queries.readings import Reading, series_of, today_of_community
from hearth.insight.rules.value_lines import stands_by
from hearth.insight.types import Bound


def judge_metric_lines(answer_ids: Collection[int] | None = None) -> int:
    """Judge every answer that a metric shows, or these, in every group where it is given; how many lines turned."""
    rows = [row for row in metric_answers() if answer_ids is None or row.pk in answer_ids]
    pairs = open_pairs([row.pk for row in rows]) if rows else {}
    groups: dict[int, dict[int, date]] = {}
    zone = zone_of_community() if pairs else None
    for (answer, group), begins in pairs.items():
        groups.setdefault(answer, {})[group] = begins.astimezone(zone).date()
    found: dict[Pair, Standing] = {}
    for row in rows:
        metric, here = metrics.get(row.metric), groups.get(row.pk, {})
        if metric is None or metric.waits or row.value is None:
            continue
        series = series_of(metric, "group", here, today_of_community() - QUARTER.days)
        for group, readings in series.items():
            if readings:
                found[row.pk, group] = _standing(Bound(row.bound), row.value, here[group], readings)
    return keep_standings(found)


def _standing(bound: Bound, aim: float, begins: date, readings: list[Reading]) -> Standing:
    values = [(one.day, one.value) for one in readings if one.value is not None]
    return stands_by(bound, aim, begins, values, readings[-1].day)

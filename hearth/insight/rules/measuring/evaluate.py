"""All metrics of one moment as one kind of row: (metric, version, unit, value, n, note)."""

import ibis
from ibis.expr.types import Table

from hearth.core.metrics import KEY, Grain, Metric
from hearth.insight.rules.measuring.log import MomentLog

TOO_FEW = "too_few"
NO_DATA = "no_data"


def evaluated(metric: Metric, log: MomentLog, units: Table) -> Table:
    """The metric for every unit at the log's moment: what nobody did is 0 or empty, what too few did is empty.

    ``units`` (unit, born): the groups, or the community alone; those not born by then are left out.
    """
    if metric.expression is None:
        raise ValueError(f"the metric {metric.name!r} waits for {', '.join(metric.waits_for)}")
    found = metric.expression(log).select(*KEY, "value", "n")
    told = units.filter(units.born < log.moment).select("unit").left_join(found.select("unit", "value", "n"), "unit")
    n = told.n.cast("int64").fill_null(0)
    value = told.value.cast("float64")
    if metric.nothing is not None:
        value = value.fill_null(metric.nothing)
    enough = n >= metric.minimum
    return told.select(
        metric=ibis.literal(metric.name),
        version=ibis.literal(metric.version, "int16"),
        unit=told.unit,
        value=enough.ifelse(value, ibis.null("float64")),
        n=n,
        note=enough.ifelse(value.isnull().ifelse(ibis.literal(NO_DATA), ibis.literal("")), ibis.literal(TOO_FEW)),
    )


def evaluable(metrics: list[Metric], grain: Grain) -> list[Metric]:
    """The metrics that can be computed at a grain."""
    return [metric for metric in metrics if metric.expression is not None and grain in metric.grains]

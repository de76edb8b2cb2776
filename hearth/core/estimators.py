"""Estimators that metrics of several modules share, as expressions: shares, inequality, survival."""

from typing import TYPE_CHECKING

from hearth.core.metrics import KEY

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, NumericValue, Table


def count(rows: "Table") -> "Table":
    """How many rows."""
    return rows.group_by(KEY).agg(value=rows.count(), n=rows.count())


def total(rows: "Table", column: str) -> "Table":
    """The sum of a column."""
    return rows.group_by(KEY).agg(value=rows[column].sum(), n=rows[column].sum())


def people(rows: "Table") -> "Table":
    """How many different members."""
    return rows.group_by(KEY).agg(value=rows.member.nunique(), n=rows.member.nunique())


def share(rows: "Table", of: "BooleanValue") -> "Table":
    """The share of rows for which ``of`` holds; n is the number of rows."""
    return rows.group_by(KEY).agg(value=of.cast("float64").mean(), n=rows.count())


def answered(rows: "Table", hours: float) -> "Table":
    """The share of messages that another person answered within so many hours."""
    return share(rows, (rows.answer_hours <= hours).fill_null(False))  # noqa: FBT003  ibis's own signature


def ratio(part: "Table", whole: "Table", *, less: float = 0.0) -> "Table":
    """One metric's value by another's, minus ``less``; n is the whole's value. A missing part is 0."""
    told = whole.left_join(part.select(*KEY, part="value"), KEY)
    portion = told.part.cast("float64").fill_null(0.0) / told.value.cast("float64").nullif(0.0)
    return told.select(*KEY, value=portion - less, n=told.value)


def by_member(rows: "Table", column: str) -> "Table":
    """The sum of a column for each member, as ``x``, where it is not zero."""
    summed = rows.group_by([*KEY, "member"]).agg(x=rows[column].sum())
    return summed.filter(summed.x > 0)


def quantile(rows: "Table", column: "NumericValue", at: float) -> "Table":
    """The interpolated quantile of a column; n is the number of rows."""
    return rows.group_by(KEY).agg(value=column.quantile(at), n=rows.count())


def gini(x: "Table") -> "Table":
    """Gini coefficient of ``x`` by member, corrected for small samples (times n / (n - 1)):
    (2 sum(i x_i) / (n sum(x)) - (n + 1) / n) n / (n - 1), x ascending from i = 1; 0 for one member.
    """
    order = {"group_by": list(KEY), "order_by": x.x}  # among equals any order gives the same sum
    ranked = x.mutate(i=x.x.count().over(rows=(None, 0), **order))
    summed = ranked.group_by(KEY).agg(
        weighted=(ranked.i * ranked.x).cast("float64").sum(), whole=ranked.x.cast("float64").sum(), n=ranked.count()
    )
    raw = 2.0 * summed.weighted / (summed.n * summed.whole) - (summed.n + 1) / summed.n
    value = raw * summed.n / (summed.n - 1).nullif(0)
    return summed.select(*KEY, value=value.fill_null(0.0), n=summed.n)


def effective_number(x: "Table") -> "Table":
    """e to the Shannon entropy of ``x`` by member: ln N - sum(x ln x) / N (Hill 1973, order 1); n is the sum of x."""
    summed = x.group_by(KEY).agg(
        logs=(x.x * x.x.cast("float64").ln()).sum(), whole=x.x.cast("float64").sum(), n=x.x.sum()
    )
    return summed.select(*KEY, value=(summed.whole.ln() - summed.logs / summed.whole).exp(), n=summed.n)


def absence_factor(x: "Table") -> "Table":
    """The fewest members whose ``x`` makes half of all (CHAOSS, contributor absence factor); n is the sum of x."""
    order = x.x.desc()
    ranked = x.mutate(
        before=x.x.sum().over(group_by=list(KEY), order_by=order, rows=(None, 0)) - x.x,
        whole=x.x.sum().over(group_by=list(KEY)),
    )
    needed = (2 * ranked.before < ranked.whole).cast("int64")
    return ranked.group_by(KEY).agg(value=needed.sum(), n=ranked.x.sum())


def waiting(rows: "Table", duration: "NumericValue", happened: "BooleanValue") -> "Table":
    """Kaplan-Meier: for each duration at which something happened, the share ``still`` waiting just after it, and ``n``
    (Kaplan & Meier 1958). ``duration`` of those still waiting is how long they were watched.
    """
    told = rows.mutate(duration=duration, happened=happened.cast("int64"))
    steps = told.group_by([*KEY, "duration"]).agg(happened=told.happened.sum(), seen=told.count())
    later = steps.seen.sum().over(group_by=list(KEY), order_by=steps.duration.desc(), rows=(None, 0))
    steps = steps.mutate(at_risk=later, n=steps.seen.sum().over(group_by=list(KEY)))
    steps = steps.filter(steps.happened > 0)
    left = (1.0 - steps.happened / steps.at_risk).cast("float64")
    logs = (left > 0).ifelse(left.nullif(0.0).ln(), -1e9)
    passed = logs.sum().over(group_by=list(KEY), order_by=steps.duration, rows=(None, 0))
    return steps.select(*KEY, "duration", "n", still=passed.exp())


def median_wait(rows: "Table", duration: "NumericValue", happened: "BooleanValue") -> "Table":
    """The duration by which half have happened; null where half never did, as far as it was watched."""
    steps = waiting(rows, duration, happened)
    done = steps.filter(steps.still <= 0.5 + 1e-9)
    half = done.group_by(KEY).agg(value=done.duration.min())
    told = rows.group_by(KEY).agg(n=rows.count()).left_join(half, KEY)
    return told.select(*KEY, value=told.value, n=told.n)


def share_waiting(
    rows: "Table", duration: "NumericValue", happened: "BooleanValue", after: float, watched: float | None = None
) -> "Table":
    """The share for which it had not happened ``after`` so long; null where nobody was watched for so long, or for
    ``watched`` where less is enough.
    """
    enough = after if watched is None else watched
    counts = rows.group_by(KEY).agg(n=rows.count(), longest=duration.max())
    steps = waiting(rows, duration, happened)
    past = steps.filter(steps.duration <= after)
    last = past.group_by(KEY).agg(still=past.still.min())
    told = counts.left_join(last, KEY)
    still = told.still.cast("float64").fill_null(1.0)
    return told.select(*KEY, value=(told.longest >= enough).ifelse(still, still.nullif(still)), n=told.n)

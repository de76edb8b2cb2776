# ruff: noqa: E501  definitions stay on their lines
"""Cells of pictures: retention of those who joined in one week, and how far those who joined came."""

from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from hearth.core.estimators import count, people, ratio
from hearth.core.metrics import KEY, Log, metric
from hearth.insight.metrics.lives import MONTH, active, entrants, who, with_first

if TYPE_CHECKING:
    from ibis.expr.types import Table

WEEKS = 9  # the week of joining, and eight after it
STEPS = ("funnel_joined", "funnel_wrote", "funnel_answered", "funnel_stayed")


def cohort(log: Log, week: int) -> "Table":
    """Of those who joined ``week`` weeks before the last seven days, who was active in these."""
    joined = who(entrants(log, 7, skip=7 * week))
    return ratio(count(joined.semi_join(who(active(log, 7)), [*KEY, "member"])), count(joined))


def joined(log: Log) -> "Table":
    """Memberships that began 56 to 28 days ago: each has had four weeks."""
    return entrants(log, MONTH, skip=MONTH)


def wrote(log: Log) -> "Table":
    """Of these, who wrote within four weeks of joining."""
    rows = with_first(joined(log), log)
    return rows.filter(rows.first - rows.joined < MONTH)


def answered(log: Log) -> "Table":
    """Of these, whose first message was answered by somebody within seven days."""
    rows = log.window("messages", 2 * MONTH)
    first = rows.semi_join(log.standing("spans"), [*KEY, ("message", "first_message")])
    heard = who(first.filter(first.answer_hours.notnull()))
    return wrote(log).semi_join(heard, [*KEY, "member"])


def stayed(log: Log) -> "Table":
    """Of these, who was active on three days of their first four weeks."""
    days = active(log, 2 * MONTH).select(*KEY, "member", "day")
    told = answered(log).select(*KEY, "member", "joined").join(days, [*KEY, "member"])
    told = told.filter((told.day >= told.joined) & (told.day < told.joined + MONTH))
    held = told.group_by([*KEY, "member"]).agg(days=told.day.nunique())
    return held.filter(held.days >= 3)


for _week in range(WEEKS):
    metric(f"cohort_week_{_week}", title=_("Cohort, so many weeks after joining"),
           definition=_("Share of those who joined in one week who wrote or reacted so many weeks later; the number of weeks ends its name."),
           family="retention", unit="share", direction=1, window_days=7 * (_week + 1), listed=False,
           expression=partial(cohort, week=_week))  # fmt: skip
metric("funnel_joined", title=_("Joined"),
       definition=_("Members who joined from 56 to 28 days ago, so that each has had four weeks."),
       family="activation", unit="people", direction=1, window_days=56, listed=False,
       expression=lambda log: people(joined(log)))  # fmt: skip
metric("funnel_wrote", title=_("Wrote a first message"),
       definition=_("Of those who joined from 56 to 28 days ago, who wrote within four weeks of joining."),
       family="activation", unit="people", direction=1, window_days=56, listed=False,
       expression=lambda log: people(wrote(log)))  # fmt: skip
metric("funnel_answered", title=_("Were answered"),
       definition=_("Of these, whose first message somebody answered within seven days."),
       family="activation", unit="people", direction=1, window_days=63, listed=False,
       expression=lambda log: people(answered(log)), of_replies=True)  # fmt: skip
metric("funnel_stayed", title=_("Were active on a third day"),
       definition=_("Of these, who wrote or reacted on three days of their first four weeks."),
       family="activation", unit="people", direction=1, window_days=63, listed=False,
       expression=lambda log: people(stayed(log)))  # fmt: skip

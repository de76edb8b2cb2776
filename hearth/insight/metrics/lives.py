# ruff: noqa: E501  definitions stay on their lines
"""Metrics of members' lives here: activity, activation, retention, lifecycle."""

from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from hearth.core.estimators import count, median_wait, people, ratio, share, share_waiting
from hearth.core.metrics import KEY, Log, metric

if TYPE_CHECKING:
    from ibis.expr.types import Table

MONTH = 28
GAP = 90  # days of silence after which a member counts as gone


def writers(log: Log, days: int, skip: int = 0) -> "Table":
    """Member-days with a message."""
    rows = log.window("member_days", days, skip)
    return rows.filter(rows.messages > 0)


def active(log: Log, days: int, skip: int = 0) -> "Table":
    """Member-days with a contribution or a reaction."""
    rows = log.window("member_days", days, skip)
    return rows.filter((rows.messages > 0) | (rows.reactions > 0))


def who(rows: "Table") -> "Table":
    """Each member once."""
    return rows.select(*KEY, "member").distinct()


def members(log: Log, since: int = 0) -> "Table":
    """Members at the moment who joined at least ``since`` days before."""
    rows = log.standing("memberships")
    return rows.filter((rows.joined < log.moment - since) & (rows.until.isnull() | (rows.until >= log.moment)))


def stickiness(log: Log) -> "Table":
    """Mean daily by monthly active members."""
    days = active(log, MONTH).select(*KEY, "member", "day").distinct()
    daily = count(days)
    return ratio(daily.mutate(value=daily.value.cast("float64") / MONTH), people(days))


def daily_mean(log: Log) -> "Table":
    """Mean daily active members."""
    told = count(active(log, MONTH).select(*KEY, "member", "day").distinct())
    return told.mutate(value=told.value.cast("float64") / MONTH)


def participation(log: Log) -> "Table":
    """Active among members of more than a week."""
    settled = members(log, since=7)
    return ratio(people(settled.semi_join(who(active(log, MONTH)), [*KEY, "member"])), people(settled))


def lurker_share(log: Log) -> "Table":
    """Present and silent, of those present."""
    seen = who(log.window("presence", MONTH))
    return ratio(count(seen.anti_join(who(active(log, MONTH)), [*KEY, "member"])), count(seen))


def regularity(log: Log) -> "Table":
    """Weeks with two authors among eight."""
    rows = writers(log, 56)
    rows = rows.mutate(week=(log.moment - 1 - rows.day) // 7)
    weeks = rows.group_by([*KEY, "week"]).agg(authors=rows.member.nunique())
    return count(weeks.filter(weeks.authors >= 2))


def period_retention(log: Log) -> "Table":
    """Who wrote again of those who wrote before."""
    before = who(writers(log, MONTH, skip=MONTH))
    return ratio(count(before.semi_join(who(writers(log, MONTH)), [*KEY, "member"])), count(before))


def authors_trend(log: Log) -> "Table":
    """Authors of 28 days by those of the 28 before, minus one."""
    return ratio(people(writers(log, MONTH)), people(writers(log, MONTH, skip=MONTH)), less=1.0)


def entrants(log: Log, days: int, skip: int) -> "Table":
    """Memberships that began in the ``days`` days ending ``skip`` days ago."""
    rows, end = log.standing("memberships"), log.moment - skip
    return rows.filter((rows.joined >= end - days) & (rows.joined < end))


def with_first(rows: "Table", log: Log) -> "Table":
    """Memberships with ``first``: the day of the member's first message after joining, null before it."""
    spans = log.standing("spans").select(*KEY, "member", "first_day")
    told = rows.left_join(spans, [*KEY, "member"])
    return told.mutate(
        first=(told.first_day >= told.joined).ifelse(told.first_day, told.first_day.nullif(told.first_day))
    )


def activation(log: Log) -> "Table":
    """Joiners who wrote within seven days."""
    rows = with_first(entrants(log, MONTH, skip=7), log)
    return share(rows, (rows.first - rows.joined < 7).fill_null(False))  # noqa: FBT003


def time_to_first_message(log: Log) -> "Table":
    """Median days from joining to the first message."""
    rows = with_first(entrants(log, 91, skip=0), log)
    days = rows.first.fill_null(log.moment) - rows.joined
    return median_wait(rows, days, rows.first.notnull())


def habit(log: Log) -> "Table":
    """Joiners active on three days of their first fourteen."""
    joined = entrants(log, MONTH, skip=14)
    days = active(log, MONTH + 14).select(*KEY, "member", "day")
    told = joined.select(*KEY, "member", "joined").join(days, [*KEY, "member"])
    told = told.filter((told.day >= told.joined) & (told.day < told.joined + 14))
    held = told.group_by([*KEY, "member"]).agg(days=told.day.nunique())
    return ratio(count(held.filter(held.days >= 3)), count(joined))


def week_retention(log: Log, week: int) -> "Table":
    """Of those who first wrote ``week`` weeks before the last whole week, who wrote in it."""
    spans, begin = log.standing("spans"), log.moment - 7 * (week + 1)
    cohort = spans.filter((spans.first_day >= begin) & (spans.first_day < begin + 7))
    return ratio(count(cohort.semi_join(who(writers(log, 7)), [*KEY, "member"])), count(cohort))


def new_authors(log: Log) -> "Table":
    """Members who wrote for the first time."""
    spans = log.standing("spans")
    return count(spans.filter(spans.first_day >= log.moment - MONTH))


def returning(log: Log) -> "Table":
    """Wrote in this period and in the one before."""
    return count(who(writers(log, MONTH)).semi_join(who(writers(log, MONTH, skip=MONTH)), [*KEY, "member"]))


def resurrected(log: Log) -> "Table":
    """Wrote in this period, not in the one before, and first before that."""
    spans = log.standing("spans")
    old = spans.filter(spans.first_day < log.moment - MONTH)
    back = who(writers(log, MONTH)).anti_join(who(writers(log, MONTH, skip=MONTH)), [*KEY, "member"])
    return count(back.semi_join(old, [*KEY, "member"]))


def dormant(log: Log) -> "Table":
    """Wrote in the period before, not in this one."""
    return count(who(writers(log, MONTH, skip=MONTH)).anti_join(who(writers(log, MONTH)), [*KEY, "member"]))


def quick_ratio(log: Log) -> "Table":
    """New and resurrected members by those gone dormant."""
    now = who(writers(log, MONTH))
    gained = count(now.anti_join(who(writers(log, MONTH, skip=MONTH)), [*KEY, "member"]))
    return ratio(gained, dormant(log))


def lifetimes(log: Log) -> "Table":
    """Spans as lifetimes in days: ended after 90 days of silence, else still running."""
    spans = log.standing("spans")
    gone = spans.last_day < log.moment - GAP
    return spans.mutate(days=gone.ifelse(spans.last_day, log.moment) - spans.first_day, gone=gone)


def lasting(log: Log, weeks: int) -> "Table":
    """The share of members still there so many weeks after their first message."""
    rows = lifetimes(log)
    return share_waiting(rows, rows.days, rows.gone, weeks * 7)


metric("authors_28d", title=_("Authors"), definition=_("Different members who wrote in the last 28 days."),
       family="engagement", unit="people", direction=1, window_days=MONTH,
       expression=lambda log: people(writers(log, MONTH)))  # fmt: skip
metric("authors_trend", title=_("Trend of authors"),
       definition=_("Authors of the last 28 days compared with the 28 days before, minus one."),
       family="engagement", unit="share", direction=1, window_days=56, expression=authors_trend)  # fmt: skip
metric("dau", title=_("Daily active"),
       definition=_("Mean number of different members who wrote or reacted on a day, over 28 days (DAU)."),
       family="engagement", unit="ratio", direction=1, window_days=MONTH, minimum=0, expression=daily_mean)  # fmt: skip
metric("wau", title=_("Weekly active"),
       definition=_("Different members who wrote or reacted in the last 7 days (WAU)."),
       family="engagement", unit="people", direction=1, window_days=7,
       expression=lambda log: people(active(log, 7)))  # fmt: skip
metric("mau", title=_("Monthly active"),
       definition=_("Different members who wrote or reacted in the last 28 days (MAU, never a calendar month)."),
       family="engagement", unit="people", direction=1, window_days=MONTH,
       expression=lambda log: people(active(log, MONTH)))  # fmt: skip
metric("stickiness", title=_("Stickiness"), definition=_("Mean daily active by monthly active members (DAU / MAU)."),
       family="engagement", unit="share", direction=1, window_days=MONTH, expression=stickiness)  # fmt: skip
metric("participation", title=_("Participation"),
       definition=_("Share of the members of more than a week who wrote or reacted in the last 28 days."),
       family="engagement", unit="share", direction=1, window_days=MONTH, expression=participation)  # fmt: skip
metric("lurker_share", title=_("Readers who stay silent"),
       definition=_("Share of those seen reading in 28 days who neither wrote nor reacted."),
       family="engagement", unit="share", direction=0, window_days=MONTH, expression=lurker_share)  # fmt: skip
metric("weeks_active", title=_("Weeks alive of eight"),
       definition=_("Weeks of the last eight in which two or more members wrote."),
       family="engagement", unit="weeks", direction=1, window_days=56, expression=regularity)  # fmt: skip
metric("activation_7d", title=_("Activated in a week"),
       definition=_("Share of those who joined from 35 to 7 days ago who wrote within seven days of joining."),
       family="activation", unit="share", direction=1, window_days=35, expression=activation)  # fmt: skip
metric("time_to_first_message", title=_("Time to first message"),
       definition=_("Days until half of those who joined in 91 days have written; the silent ones count as still waiting "
                    "(Kaplan-Meier)."),
       family="activation", unit="days", direction=-1, window_days=91, expression=time_to_first_message)  # fmt: skip
metric("habit_rate", title=_("Habit"),
       definition=_("Share of those who joined from 42 to 14 days ago who were active on three days of their first fourteen."),
       family="activation", unit="share", direction=1, window_days=42, expression=habit)  # fmt: skip
metric("authors_returning", title=_("Authors who came back"),
       definition=_("Share of the authors of the 28 days before who wrote again in the last 28 days."),
       family="retention", unit="share", direction=1, window_days=56, expression=period_retention)  # fmt: skip
for _week in (1, 4, 8):
    metric(f"week_{_week}_retention", title={1: _("Back after one week"), 4: _("Back after four weeks"),
                                            8: _("Back after eight weeks")}[_week],
           definition={1: _("Share of those who first wrote one week before the last seven days who wrote in these."),
                       4: _("Share of those who first wrote four weeks before the last seven days who wrote in these."),
                       8: _("Share of those who first wrote eight weeks before the last seven days who wrote in these."),
                       }[_week],
           family="retention", unit="share", direction=1, window_days=7 * (_week + 1),
           expression=partial(week_retention, week=_week))  # fmt: skip
metric("lifecycle_new", title=_("New"), definition=_("Members who first wrote in the last 28 days."),
       family="retention", unit="people", direction=1, window_days=MONTH, expression=new_authors)  # fmt: skip
metric("lifecycle_returning", title=_("Returning"),
       definition=_("Members who wrote in the last 28 days and in the 28 days before."),
       family="retention", unit="people", direction=1, window_days=56, expression=returning)  # fmt: skip
metric("lifecycle_resurrected", title=_("Resurrected"),
       definition=_("Members who wrote in the last 28 days, not in the 28 days before, but earlier."),
       family="retention", unit="people", direction=1, window_days=56, expression=resurrected)  # fmt: skip
metric("lifecycle_dormant", title=_("Gone quiet"),
       definition=_("Members who wrote in the 28 days before, but not in the last 28 days."),
       family="retention", unit="people", direction=-1, window_days=56, expression=dormant)  # fmt: skip
metric("quick_ratio", title=_("Quick ratio"),
       definition=_("New and resurrected members for each one gone quiet, over 28 days: above one the group gains."),
       family="retention", unit="ratio", direction=1, window_days=56, expression=quick_ratio)  # fmt: skip
for _weeks in (4, 26, 52):
    metric(f"lasting_{_weeks}w", title={4: _("There after 4 weeks"), 26: _("There after 26 weeks"),
                                       52: _("There after 52 weeks")}[_weeks],
           definition={4: _("Share of members who last beyond 4 weeks from their first message; gone is who was silent for "
                            "90 days (Kaplan-Meier)."),
                       26: _("Share of members who last beyond 26 weeks from their first message; gone is who was silent "
                             "for 90 days (Kaplan-Meier)."),
                       52: _("Share of members who last beyond 52 weeks from their first message; gone is who was silent "
                             "for 90 days (Kaplan-Meier)."),
                       }[_weeks],
           family="retention", unit="share", direction=1, window_days=None, history=False,
           expression=partial(lasting, weeks=_weeks))  # fmt: skip

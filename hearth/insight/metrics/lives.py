# ruff: noqa: E501  definitions stay on their lines
"""Metrics of members' lives here: activity, activation, retention, lifecycle."""

from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from hearth.core.estimators import answered, count, median_wait, people, ratio, share, share_waiting
from hearth.core.metrics import FEW, KEY, Log, metric

if TYPE_CHECKING:
    from ibis.expr.types import Table

MONTH = 28
GAP = 90  # days of silence after which a member counts as gone
HALF_YEAR = 182
PEAK_WEEKS = 26
KEPT_FROM, KEPT_TO, KEPT_WATCHED = 8, 90, 36  # days after the first message


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


def silence(log: Log) -> "Table":
    """Whole days since the last message."""
    spans = log.standing("spans")
    told = spans.group_by(KEY).agg(last=spans.last_day.max(), n=spans.count())
    days = log.moment - 1 - told.last
    return told.select(*KEY, value=(days > 0).ifelse(days, 0), n=told.n)  # who wrote today is not silent


def age(log: Log) -> "Table":
    """Weeks since the group was opened, or since its first message where that came before."""
    opened, spans = log.standing("units").select(*KEY, day="born"), log.standing("spans").select(*KEY, day="first_day")
    rows = opened.union(spans)
    told = rows.group_by(KEY).agg(first=rows.day.min(), n=rows.count())
    return told.select(*KEY, value=(log.moment - told.first).cast("float64") / 7.0, n=told.n)


def peak(log: Log) -> "Table":
    """The most authors of four weeks in a row that ended on one of the last 26 weekly days."""
    rows = writers(log, 7 * (PEAK_WEEKS + 4))
    rows = rows.select(*KEY, "member", week=(log.moment - 1 - rows.day) // 7).distinct()
    months = [rows.select(*KEY, "member", ended=rows.week - back) for back in range(4)]
    ended = months[0].union(*months[1:])
    ended = ended.filter((ended.ended >= 0) & (ended.ended <= PEAK_WEEKS))
    told = ended.group_by([*KEY, "ended"]).agg(authors=ended.member.nunique())
    return told.group_by(KEY).agg(value=told.authors.max(), n=told.authors.max())


def newcomers(log: Log, days: int, skip: int = 0) -> "Table":
    """First messages of the ``days`` days that end ``skip`` days ago, by others than the founders."""
    spans, end = log.standing("spans"), log.moment - skip
    founded = spans.group_by(KEY).agg(founded=spans.first_at.min())
    rows = spans.join(founded, KEY)
    late = rows.first_at - rows.founded >= MONTH * 86_400_000
    return rows.filter(late & (rows.first_day >= end - days) & (rows.first_day < end))


def newcomers_kept(log: Log) -> "Table":
    """Newcomers who wrote again from day 8 to day 90, those who came lately as far as they could be watched."""
    firsts = newcomers(log, HALF_YEAR - KEPT_FROM, skip=KEPT_FROM).select(*KEY, "member", "first_day")
    later = writers(log, HALF_YEAR).select(*KEY, "member", "day").join(firsts, [*KEY, "member"])
    later = later.filter((later.day - later.first_day >= KEPT_FROM) & (later.day - later.first_day < KEPT_TO))
    back = later.group_by([*KEY, "member"]).agg(back=(later.day - later.first_day).min())
    rows = firsts.left_join(back, [*KEY, "member"])
    rows = rows.select(*KEY, back="back", seen=log.moment - rows.first_day)
    most = (rows.seen > KEPT_TO).ifelse(KEPT_TO, rows.seen)
    gone = share_waiting(rows, rows.back.fill_null(most), rows.back.notnull(), KEPT_TO, watched=0)
    watched = rows.filter(rows.seen >= KEPT_WATCHED)
    told = gone.left_join(count(watched).select(*KEY, old="n"), KEY)
    enough = told.old.fill_null(0) >= FEW
    return told.select(*KEY, value=enough.ifelse(1.0 - told.value, told.value.nullif(told.value)), n=told.n)


def first_reply_coverage(log: Log) -> "Table":
    """Newcomers' first words that opened a conversation and were answered within a day."""
    rows = log.window("messages", HALF_YEAR - 1, skip=1)
    rows = rows.filter(rows.organic & rows.start)
    return answered(rows.semi_join(newcomers(log, HALF_YEAR), [*KEY, ("message", "first_message")]), 24.0)


def lifetimes(log: Log) -> "Table":
    """Spans as lifetimes in days, as they stood 90 days ago: who was silent since is gone, all others lasted till then.

    Of the last 90 days nobody can say yet who is gone; counted as lasting they would make every community look kept.
    """
    spans = log.standing("spans")
    spans = spans.filter(spans.first_day < log.moment - GAP)
    gone = spans.last_day < log.moment - GAP
    return spans.mutate(days=gone.ifelse(spans.last_day, log.moment - GAP) - spans.first_day, gone=gone)


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
metric("authors_peak", title=_("Best month"), definition=_("Most authors in any 28 days of the last 26 weeks."),
       family="engagement", unit="people", direction=1, window_days=7 * (PEAK_WEEKS + 4), expression=peak)  # fmt: skip
metric("silence_days", title=_("Silent for"), definition=_("Whole days since a member last wrote."),
       family="engagement", unit="days", direction=-1, window_days=None, minimum=0, history=False,
       expression=silence)  # fmt: skip
metric("age_weeks", title=_("Age"), definition=_("Weeks since the group was created, or since its first message."),
       family="engagement", unit="weeks", direction=0, window_days=None, expression=age)  # fmt: skip
metric("newcomers", title=_("Newcomers"),
       definition=_("Members who wrote here for the first time in the last 28 days. Those who came within 28 days of the "
                    "group's first talk are founders, not newcomers."),
       family="activation", unit="people", direction=1, window_days=MONTH,
       expression=lambda log: count(newcomers(log, MONTH)))  # fmt: skip
metric("newcomers_kept", title=_("Newcomers kept"),
       definition=_("Share of the newcomers of the last 26 weeks who wrote again from the 8th to the 90th day after their "
                    "first message; who came lately is counted as far as it could be watched (Kaplan-Meier). Needs five "
                    "who came five weeks ago or earlier."),
       family="retention", unit="share", direction=1, window_days=HALF_YEAR, expression=newcomers_kept)  # fmt: skip
metric("first_reply_coverage", version=2, title=_("Newcomers answered"),
       definition=_("Share of newcomers' first messages that opened a conversation and had an answer from another person "
                    "within 24 hours, over 26 weeks."),
       family="activation", unit="share", direction=1, window_days=HALF_YEAR,
       expression=first_reply_coverage, of_replies=True)  # fmt: skip
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
    metric(f"lasting_{_weeks}w", version=2,
           title={4: _("Last beyond 4 weeks"), 26: _("Last beyond 26 weeks"), 52: _("Last beyond 52 weeks")}[_weeks],
           definition={4: _("Share of members who went on writing for more than 4 weeks. Gone is who was silent for 90 days; "
                            "who first wrote in the last 90 is not counted yet (Kaplan-Meier)."),
                       26: _("Share of members who went on writing for more than 26 weeks. Gone is who was silent for 90 "
                             "days; who first wrote in the last 90 is not counted yet (Kaplan-Meier)."),
                       52: _("Share of members who went on writing for more than 52 weeks. Gone is who was silent for 90 "
                             "days; who first wrote in the last 90 is not counted yet (Kaplan-Meier)."),
                       }[_weeks],
           family="retention", unit="share", direction=1, window_days=None, history=False,
           expression=partial(lasting, weeks=_weeks))  # fmt: skip

# ruff: noqa: E501  definitions stay on their lines
"""What talk is measured by: its acts, and the metrics of conversations, questions and answers."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _

from hearth.core.estimators import (
    absence_factor,
    answered,
    by_member,
    count,
    effective_number,
    gini,
    median_wait,
    people,
    quantile,
    ratio,
    share,
    total,
)
from hearth.core.metrics import FEW, KEY, Log, act, metric

if TYPE_CHECKING:
    from ibis.expr.types import Table

act("conversation.message_posted", "message", identity="author", parent="reply_to", thread="thread",
    question="question")  # fmt: skip
act("conversation.reaction_added", "reaction", identity="reactor")
act("conversation.answer_accepted", "accepted", identity="answerer", message="answer", parent="question")
act("conversation.answer_withdrawn", "withdrawn", identity="", message="answer", parent="question")
act("conversation.message_hidden", "taken_down", identity="author")
act("conversation.message_removed", "taken_down", identity="author")
act("conversation.message_restored", "put_back", identity="author")

ANSWER_DAYS = 7  # replies are watched for so long
QUARTER = 91
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
WORDS = ("moderation.message_read",)  # what its words hold: an archive tells, a fact does not yet
STARTS_LEAST = 36  # in twelve weeks: three a week, so that a fall is more than chance


def own(rows: "Table") -> "Table":
    """Organic messages alone."""
    return rows.filter(rows.organic)


def starts(log: Log, days: int, skip: int = 0) -> "Table":
    """Conversations that members opened."""
    rows = own(log.window("messages", days, skip))
    return rows.filter(rows.start)


def questions(log: Log, days: int, skip: int = 0) -> "Table":
    """Questions that members asked."""
    rows = own(log.window("messages", days, skip))
    return rows.filter(rows.question)


def per_week(told: "Table", weeks: int) -> "Table":
    """A count as a weekly mean."""
    return told.mutate(value=told.value.cast("float64") / weeks)


def watched(rows: "Table", moment: Any) -> "Table":
    """``wait`` in hours until the first answer, or for how long an unanswered message was watched: at most a week."""
    begun = rows.at + rows.offset.cast("int64") * 60_000 - rows.day.cast("int64") * DAY_MS
    so_far = ((moment - rows.day.cast("int64")) * DAY_MS - begun).cast("float64") / HOUR_MS
    most = (so_far > ANSWER_DAYS * 24.0).ifelse(ANSWER_DAYS * 24.0, so_far)
    seen = rows.answer_hours.notnull()
    return rows.mutate(wait=rows.answer_hours.fill_null(most), answered=seen)


def starts_trend(log: Log) -> "Table":
    """Conversations opened in 28 days by a third of those of the twelve weeks before, minus one."""
    before = count(starts(log, 84, skip=28))
    units = log.standing("units")
    old = units.filter(units.born <= log.moment - 84).select(*KEY)
    told = ratio(count(starts(log, 28)), before).semi_join(old, KEY)
    return told.select(*KEY, value=3.0 * told.value - 1.0, n=told.n)


def links(log: Log) -> "Table":
    """Members' messages that hold a link."""
    rows = own(log.window("messages", QUARTER))
    return share(rows.filter(rows.link.notnull()), rows.link)


def adverts(log: Log) -> "Table":
    """Members' messages that look like adverts."""
    rows = own(log.window("messages", QUARTER))
    return rows.filter(rows.advert)


def advert_share(log: Log) -> "Table":
    """The share of members' messages that look like adverts."""
    rows = own(log.window("messages", QUARTER))
    return share(rows.filter(rows.advert.notnull()), rows.advert)


def threads_of_three(log: Log) -> "Table":
    """Conversations with three people or more."""
    rows = starts(log, 28)
    return share(rows, rows.repliers >= 2)


def open_questions(log: Log) -> "Table":
    """Questions older than a day that nobody answered."""
    rows = questions(log, QUARTER - 1, skip=1)
    return count(rows.filter(rows.answer_hours.isnull()))


def time_to_first_answer(log: Log) -> "Table":
    """Median hours to the first answer."""
    rows = watched(questions(log, QUARTER), log.moment)
    return median_wait(rows, rows.wait, rows.answered)


def organic_share(log: Log) -> "Table":
    """The share of messages that members wrote of their own accord."""
    rows = log.window("messages", 56)
    return share(rows, rows.organic)


def messages_median(log: Log) -> "Table":
    """Half of the active wrote no more than this."""
    rows = by_member(log.window("member_days", 28), "messages")
    return quantile(rows, rows.x, 0.5)


def messages_p90(log: Log) -> "Table":
    """Nine in ten of the active wrote no more than this."""
    rows = by_member(log.window("member_days", 28), "messages")
    return quantile(rows, rows.x, 0.9)


def replies_median(log: Log) -> "Table":
    """Half of the conversations had no more replies than this."""
    rows = starts(log, 28, skip=ANSWER_DAYS)
    return quantile(rows, rows.replies, 0.5)


def accepted_share(log: Log) -> "Table":
    """Questions with an accepted answer."""
    rows = questions(log, 28, skip=ANSWER_DAYS)
    return share(rows, rows.accepted)


def quarter_by_member(log: Log) -> "Table":
    """Messages of each member in 91 days."""
    return by_member(log.window("member_days", QUARTER), "messages")


def top1_share(log: Log) -> "Table":
    """The busiest member's share."""
    rows = quarter_by_member(log)
    told = rows.group_by(KEY).agg(most=rows.x.max(), whole=rows.x.sum())
    return told.select(*KEY, value=told.most.cast("float64") / told.whole, n=told.whole)


def pairs(log: Log) -> "Table":
    """Who answered whom in 91 days, each pair once."""
    return log.window("ties", QUARTER).select(*KEY, "member", "other").distinct()


def mutual(log: Log) -> "Table":
    """The pairs that go both ways, each in both directions."""
    there = pairs(log)
    back = there.select(*KEY, member=there.other, other=there.member)
    return there.semi_join(back, [*KEY, "member", "other"])


def reciprocity(log: Log) -> "Table":
    """Pairs answered in kind (Garlaschelli & Loffredo 2004, r)."""
    return ratio(count(mutual(log)), count(pairs(log)))


def mutual_tie_share(log: Log) -> "Table":
    """Active members with somebody who answered them and whom they answered."""
    rows = log.window("member_days", QUARTER)
    return ratio(people(mutual(log)), people(rows.filter(rows.messages > 0)))


metric("messages_28d", title=_("Messages in 28 days"), definition=_("Messages by members in the last 28 days."),
       family="engagement", unit="count", direction=1, window_days=28,
       expression=lambda log: total(log.window("member_days", 28), "messages"))  # fmt: skip
metric("reactions_28d", title=_("Reactions in 28 days"),
       definition=_("Reactions members gave in the last 28 days; one taken back was still given."),
       family="engagement", unit="count", direction=1, window_days=28,
       expression=lambda log: total(log.window("member_days", 28), "reactions"))  # fmt: skip
metric("messages_median", title=_("Messages of a typical author"),
       definition=_("Median messages of those who wrote in the last 28 days."),
       family="engagement", unit="ratio", direction=1, window_days=28, expression=messages_median)  # fmt: skip
metric("messages_p90", title=_("Messages of a busy author"),
       definition=_("Nine in ten of those who wrote in the last 28 days wrote no more than this."),
       family="engagement", unit="ratio", direction=0, window_days=28, expression=messages_p90)  # fmt: skip
metric("starts_per_week", version=2, title=_("Conversations started"),
       definition=_("Conversations opened by members per week, over the last 28 days: the first message of a thread, or, "
                    "outside threads, a message that answers nobody after an hour of silence."),
       family="engagement", unit="per week", direction=1, window_days=28,
       expression=lambda log: per_week(count(starts(log, 28)), 4), of_replies=True)  # fmt: skip
metric("starts_trend", title=_("Trend of conversations started"),
       definition=_("Conversations opened by members in the last 28 days compared with the mean 28 days of the twelve weeks "
                    "before, minus one. Needs three starts a week before."),
       family="engagement", unit="share", direction=1, window_days=112, minimum=STARTS_LEAST,
       expression=starts_trend, of_replies=True)  # fmt: skip
metric("starters_28d", version=2, title=_("Openers"), definition=_("Different members who opened a conversation in 28 days."),
       family="engagement", unit="people", direction=1, window_days=28,
       expression=lambda log: people(starts(log, 28)), of_replies=True)  # fmt: skip
metric("replies_median", version=2, title=_("Replies to a conversation"),
       definition=_("Median replies within a week to the conversations opened from 35 to 7 days ago."),
       family="engagement", unit="ratio", direction=1, window_days=35, expression=replies_median, of_replies=True)  # fmt: skip
metric("threads_of_three", version=2, title=_("Conversations of three"),
       definition=_("Share of the conversations of 28 days in which at least two others answered."),
       family="engagement", unit="share", direction=1, window_days=28, expression=threads_of_three, of_replies=True)  # fmt: skip
metric("organic_share", version=2, title=_("Organic"),
       definition=_("Share of all messages of 56 days that members wrote of their own accord, not staff, schedules or bots."),
       family="engagement", unit="share", direction=1, window_days=56, seeded="both", expression=organic_share)  # fmt: skip
metric("seeded_28d", title=_("Seeded messages"),
       definition=_("Messages of staff, schedules, partners and bots in 28 days."),
       family="engagement", unit="count", direction=0, window_days=28, seeded="seeded",
       expression=lambda log: total(log.window("member_days", 28), "seeded"))  # fmt: skip
metric("questions", title=_("Questions"),
       definition=_("Questions by members in 91 days; several by one person within ten minutes count once."),
       family="value", unit="count", direction=0, window_days=QUARTER,
       expression=lambda log: count(questions(log, QUARTER)))  # fmt: skip
metric("questions_28d", version=2, title=_("Questions in 28 days"),
       definition=_("Questions by members in 28 days; several by one person within ten minutes count once."),
       family="value", unit="count", direction=0, window_days=28,
       expression=lambda log: count(questions(log, 28)))  # fmt: skip
metric("questions_answered_24h", version=2, title=_("Answered in a day"),
       definition=_("Share of the questions of 91 days, at least a day old, that another person answered within 24 hours."),
       family="value", unit="share", direction=1, window_days=QUARTER,
       expression=lambda log: answered(questions(log, QUARTER - 1, skip=1), 24.0), of_replies=True)  # fmt: skip
metric("questions_answered_7d", version=2, title=_("Answered in a week"),
       definition=_("Share of the questions from 35 to 7 days ago that another person answered within a week."),
       family="value", unit="share", direction=1, window_days=35,
       expression=lambda log: answered(questions(log, 28, skip=ANSWER_DAYS), 24.0 * ANSWER_DAYS), of_replies=True)  # fmt: skip
metric("questions_accepted", version=2, title=_("Settled questions"),
       definition=_("Share of the questions from 35 to 7 days ago that have an accepted answer."),
       family="value", unit="share", direction=1, window_days=35, expression=accepted_share)  # fmt: skip
metric("questions_open", version=2, title=_("Open questions"),
       definition=_("Questions of 91 days, at least a day old, that nobody else answered within a week."),
       family="service", unit="count", direction=-1, window_days=QUARTER, expression=open_questions, of_replies=True)  # fmt: skip
metric("time_to_first_answer", version=2, title=_("Time to first answer"),
       definition=_("Hours until half of the questions of 91 days have an answer; the unanswered ones count as still "
                    "waiting (Kaplan-Meier), each watched for a week at most."),
       family="service", unit="hours", direction=-1, window_days=QUARTER, expression=time_to_first_answer, of_replies=True)  # fmt: skip
metric("link_share", title=_("With a link"),
       definition=_("Share of members' messages in 91 days that hold a link."),
       family="order", unit="share", direction=0, window_days=QUARTER, waits_for=WORDS, expression=links)  # fmt: skip
metric("adverts", title=_("Adverts"),
       definition=_("Members' messages in 91 days that look like adverts: contact harvesting, promises of money, sales "
                    "phrases, the same link post in several groups."),
       family="order", unit="count", direction=-1, window_days=QUARTER, waits_for=WORDS,
       expression=lambda log: count(adverts(log)))  # fmt: skip
metric("advert_share", title=_("Share of adverts"),
       definition=_("Share of members' messages in 91 days that look like adverts."),
       family="order", unit="share", direction=-1, window_days=QUARTER, waits_for=WORDS,
       expression=advert_share)  # fmt: skip
metric("top1_share", version=2, title=_("Busiest member"),
       definition=_("Share of members' messages in 91 days written by the busiest one."),
       family="network", unit="share", direction=-1, window_days=QUARTER, minimum=FEW, expression=top1_share)  # fmt: skip
metric("absence_factor", version=2, title=_("People who write half"),
       definition=_("The fewest people who together wrote half of the messages in 91 days (contributor absence factor)."),
       family="network", unit="people", direction=1, window_days=QUARTER, minimum=FEW,
       expression=lambda log: absence_factor(quarter_by_member(log)))  # fmt: skip
metric("effective_speakers", version=2, title=_("Effective speakers"),
       definition=_("As many equally busy people would make talk as varied as this, over 91 days (e to the Shannon entropy)."),
       family="network", unit="people", direction=1, window_days=QUARTER, minimum=FEW,
       expression=lambda log: effective_number(quarter_by_member(log)))  # fmt: skip
metric("gini", version=2, title=_("Inequality"),
       definition=_("Gini coefficient of messages per author in 91 days, corrected for small groups: 0 all write alike, 1 one "
                    "writes everything. A sign of leaning on few, not of health."),
       family="network", unit="share", direction=0, window_days=QUARTER, minimum=FEW,
       expression=lambda log: gini(quarter_by_member(log)))  # fmt: skip
metric("reciprocity", version=2, title=_("Replies in kind"),
       definition=_("Share of pairs 'one answered the other' in 91 days in which the other also answered back."),
       family="belonging", unit="share", direction=1, window_days=QUARTER, expression=reciprocity, of_replies=True)  # fmt: skip
metric("mutual_tie_share", version=2, title=_("With a mutual tie"),
       definition=_("Share of those who wrote in 91 days who answered somebody that also answered them."),
       family="belonging", unit="share", direction=1, window_days=QUARTER, expression=mutual_tie_share, of_replies=True)  # fmt: skip

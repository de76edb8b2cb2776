# ruff: noqa: E501  definitions stay on their lines
"""What talk is measured by: its acts, and the metrics of conversations, questions and answers."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _

from hearth.core.estimators import (
    absence_factor,
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


def answered(rows: "Table", hours: float) -> "Table":
    """The share of messages that another person answered within so many hours."""
    return share(rows, (rows.answer_hours <= hours).fill_null(False))  # noqa: FBT003  ibis's own signature


def watched(rows: "Table", moment: Any) -> "Table":
    """``wait`` in hours until the first answer, or for how long an unanswered message was watched: at most a week."""
    so_far = ((moment - rows.day) * 24).cast("float64")
    most = (so_far > ANSWER_DAYS * 24.0).ifelse(ANSWER_DAYS * 24.0, so_far)
    seen = rows.answer_hours.notnull()
    return rows.mutate(wait=rows.answer_hours.fill_null(most), answered=seen)


def threads_of_three(log: Log) -> "Table":
    """Conversations with three people or more."""
    rows = starts(log, 28)
    return share(rows, rows.repliers >= 2)


def open_questions(log: Log) -> "Table":
    """Questions older than a day that nobody answered."""
    rows = questions(log, 27, skip=1)
    return count(rows.filter(rows.answer_hours.isnull()))


def first_reply_coverage(log: Log) -> "Table":
    """Newcomers' first words that were answered within a day."""
    rows = log.first_messages(QUARTER, skip=1)
    return answered(rows.filter(rows.organic & rows.start), 24.0)


def time_to_first_answer(log: Log) -> "Table":
    """Median hours to the first answer."""
    rows = watched(questions(log, 28), log.moment)
    return median_wait(rows, rows.wait, rows.answered)


def organic_share(log: Log) -> "Table":
    """The share of messages that members wrote of their own accord."""
    rows = log.window("messages", 28)
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
    told = rows.group_by(KEY).agg(most=rows.x.max(), whole=rows.x.sum(), n=rows.count())
    return told.select(*KEY, value=told.most.cast("float64") / told.whole, n=told.n)


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
metric("starts_per_week", title=_("Conversations started"),
       definition=_("Conversations opened by members per week, over the last 28 days: by a message that answers nobody and "
                    "either comes after an hour of silence or has a thread."),
       family="engagement", unit="per week", direction=1, window_days=28,
       expression=lambda log: per_week(count(starts(log, 28)), 4))  # fmt: skip
metric("starters_28d", title=_("Openers"), definition=_("Different members who opened a conversation in 28 days."),
       family="engagement", unit="people", direction=1, window_days=28,
       expression=lambda log: people(starts(log, 28)))  # fmt: skip
metric("replies_median", title=_("Replies to a conversation"),
       definition=_("Median replies within a week to the conversations opened from 35 to 7 days ago."),
       family="engagement", unit="ratio", direction=1, window_days=35, expression=replies_median)  # fmt: skip
metric("threads_of_three", title=_("Conversations of three"),
       definition=_("Share of the conversations of 28 days in which at least two others answered."),
       family="engagement", unit="share", direction=1, window_days=28, expression=threads_of_three)  # fmt: skip
metric("organic_share", title=_("Organic"),
       definition=_("Share of all messages of 28 days that members wrote of their own accord, not staff, schedules or bots."),
       family="engagement", unit="share", direction=1, window_days=28, seeded="both", expression=organic_share)  # fmt: skip
metric("seeded_28d", title=_("Seeded messages"),
       definition=_("Messages of staff, schedules, partners and bots in 28 days."),
       family="engagement", unit="count", direction=0, window_days=28, seeded="seeded",
       expression=lambda log: total(log.window("member_days", 28), "seeded"))  # fmt: skip
metric("questions_28d", title=_("Questions"), definition=_("Questions members asked in 28 days."),
       family="value", unit="count", direction=0, window_days=28,
       expression=lambda log: count(questions(log, 28)))  # fmt: skip
metric("questions_answered_24h", title=_("Answered in a day"),
       definition=_("Share of the questions of 28 days, at least a day old, that another person answered within 24 hours."),
       family="value", unit="share", direction=1, window_days=29,
       expression=lambda log: answered(questions(log, 28, skip=1), 24.0))  # fmt: skip
metric("questions_answered_7d", title=_("Answered in a week"),
       definition=_("Share of the questions from 35 to 7 days ago that another person answered within a week."),
       family="value", unit="share", direction=1, window_days=35,
       expression=lambda log: answered(questions(log, 28, skip=ANSWER_DAYS), 24.0 * ANSWER_DAYS))  # fmt: skip
metric("questions_accepted", title=_("Settled questions"),
       definition=_("Share of the questions from 35 to 7 days ago that have an accepted answer."),
       family="value", unit="share", direction=1, window_days=35, expression=accepted_share)  # fmt: skip
metric("questions_open", title=_("Open questions"),
       definition=_("Questions of 28 days, at least a day old, that nobody else has answered."),
       family="service", unit="count", direction=-1, window_days=28, expression=open_questions)  # fmt: skip
metric("time_to_first_answer", title=_("Time to first answer"),
       definition=_("Hours until half of the questions of 28 days have an answer; the unanswered ones count as still "
                    "waiting (Kaplan-Meier), each watched for a week at most."),
       family="service", unit="hours", direction=-1, window_days=28, expression=time_to_first_answer)  # fmt: skip
metric("first_reply_coverage", title=_("Newcomers answered"),
       definition=_("Share of members' first messages in 91 days that opened a conversation and that another person "
                    "answered within 24 hours."),
       family="activation", unit="share", direction=1, window_days=92, expression=first_reply_coverage)  # fmt: skip
metric("top1_share", title=_("Busiest member"),
       definition=_("Share of members' messages in 91 days written by the busiest one."),
       family="network", unit="share", direction=-1, window_days=QUARTER, minimum=FEW, expression=top1_share)  # fmt: skip
metric("absence_factor", title=_("People who write half"),
       definition=_("The fewest people who together wrote half of the messages in 91 days (contributor absence factor)."),
       family="network", unit="people", direction=1, window_days=QUARTER, minimum=FEW,
       expression=lambda log: absence_factor(quarter_by_member(log)))  # fmt: skip
metric("effective_speakers", title=_("Effective speakers"),
       definition=_("As many equally busy people would make talk as varied as this, over 91 days (e to the Shannon entropy)."),
       family="network", unit="people", direction=1, window_days=QUARTER, minimum=FEW,
       expression=lambda log: effective_number(quarter_by_member(log)))  # fmt: skip
metric("gini", title=_("Inequality"),
       definition=_("Gini coefficient of messages per author in 91 days: 0 all write alike, 1 one writes everything. A sign "
                    "of leaning on few, not of health."),
       family="network", unit="share", direction=0, window_days=QUARTER, minimum=FEW,
       expression=lambda log: gini(quarter_by_member(log)))  # fmt: skip
metric("reciprocity", title=_("Replies in kind"),
       definition=_("Share of pairs 'one answered the other' in 91 days in which the other also answered back."),
       family="belonging", unit="share", direction=1, window_days=QUARTER, expression=reciprocity)  # fmt: skip
metric("mutual_tie_share", title=_("With a mutual tie"),
       definition=_("Share of those who wrote in 91 days who answered somebody that also answered them."),
       family="belonging", unit="share", direction=1, window_days=QUARTER, expression=mutual_tie_share)  # fmt: skip

# ruff: noqa: E501  definitions stay on their lines
"""The metrics of the diagnosis, each declared once. Titles and definitions are message ids, translated at the edge."""

from hearth.insight.rules import metrics_activity as activity, metrics_people as people
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.metric import MIN_DENOMINATOR as FEW, Measure, Metric


def _(text: str) -> str:
    """Mark a message id for translation."""
    return text


_OWN = _("Members' own messages only; posts by staff, schedules and bots are left out.")
_ALL = _("Compares seeded with members' own messages.")

METRICS: tuple[Metric, ...] = (
    Metric("members", 1, _("Members"),
           _("Members at this moment. Where memberships are not known: everybody who ever wrote here, bots left out."),
           "people", 1, None, "now", 0, _OWN, activity.members),
    Metric("messages", 1, _("Messages"), _("Messages by members, all time."),
           "count", 1, None, "now", 0, _OWN, activity.messages),
    Metric("age_weeks", 1, _("Age"), _("Weeks since the group was created, or since its first message."),
           "weeks", 0, None, "now", 0, _OWN, activity.age_weeks),
    Metric("silence_days", 1, _("Silent for"), _("Days since a member last wrote."),
           "days", -1, None, "now", 0, _OWN, activity.silence_days),
    Metric("authors_28d", 1, _("Authors"), _("Different members who wrote in the last 28 days."),
           "people", 1, 28, "now", 0, _OWN, activity.authors_28d),
    Metric("messages_28d", 1, _("Messages in 28 days"), _("Messages by members in the last 28 days."),
           "count", 1, 28, "now", 0, _OWN, activity.messages_28d),
    Metric("authors_trend", 1, _("Trend of authors"),
           _("Authors of the last 28 days compared with the 28 days before, minus one."),
           "share", 1, 56, "now", FEW, _OWN, activity.authors_trend),
    Metric("authors_peak", 1, _("Best month"), _("Most authors in any 28 days of the last 26 weeks."),
           "people", 1, 210, "now", 0, _OWN, activity.authors_peak),
    Metric("authors_returning", 1, _("Authors who came back"),
           _("Share of the authors of the 28 days before who wrote again in the last 28 days."),
           "share", 1, 56, "now", FEW, _OWN, activity.authors_returning),
    Metric("weeks_active", 1, _("Weeks alive of eight"), _("Weeks of the last eight in which two or more members wrote."),
           "weeks", 1, 56, "now", 0, _OWN, activity.weeks_active),
    Metric("starts_per_week", 1, _("Conversations started"),
           _("Conversations opened by members per week, over the last 28 days: the first message of a thread, or, outside "
             "threads, a message that answers nobody after an hour of silence."),
           "per week", 1, 28, "now", 0, _OWN, activity.starts_per_week, replies=True),
    Metric("starts_trend", 1, _("Trend of conversations started"),
           _("Conversations opened by members in the last 28 days compared with the mean 28 days of the twelve weeks "
             "before, minus one. Needs three starts a week before."),
           "share", 1, 112, "now", activity.STARTS_LEAST, _OWN, activity.starts_trend, replies=True),
    Metric("newcomers", 1, _("Newcomers"),
           _("Members who wrote here for the first time in the last 28 days. Those who came within 28 days of the group's "
             "first talk are founders, not newcomers."),
           "people", 1, 28, "now", 0, _OWN, people.newcomers),
    Metric("newcomers_kept", 1, _("Newcomers kept"),
           _("Share of the newcomers of the last 26 weeks who wrote again between day 8 and day 90 after their first "
             "message; who came lately is counted as far as it could be watched (Kaplan-Meier)."),
           "share", 1, 182, "life", FEW, _OWN, people.newcomers_kept),
    Metric("first_reply_coverage", 1, _("Newcomers answered"),
           _("Share of newcomers' first messages that opened a conversation and had an answer from another person within "
             "24 hours, over 26 weeks."),
           "share", 1, 182, "life", FEW, _OWN, people.first_reply_coverage, replies=True),
    Metric("questions", 1, _("Questions"),
           _("Questions by members in 91 days: a question mark or an interrogative form outside links, code and quotes; "
             "several in a row by one person within ten minutes count once."),
           "count", 0, 91, "life", 0, _OWN, people.questions),
    Metric("questions_unanswered", 1, _("Never answered"),
           _("Questions of these 91 days, at least a day old, that no other person answered."),
           "count", -1, 91, "life", 0, _OWN, people.questions_unanswered, replies=True),
    Metric("questions_answered_24h", 1, _("Answered in a day"),
           _("Share of these questions that another person answered within 24 hours."),
           "share", 1, 91, "life", FEW, _OWN, people.questions_answered_24h, replies=True),
    Metric("time_to_first_answer", 1, _("Time to first answer"),
           _("Hours until half of the questions have an answer; the unanswered ones count as still waiting (Kaplan-Meier)."),
           "hours", -1, 91, "life", FEW, _OWN, people.time_to_first_answer, replies=True),
    Metric("top1_share", 1, _("Busiest member"), _("Share of members' messages in 91 days written by the busiest one."),
           "share", -1, 91, "life", FEW, _OWN, people.top1_share),
    Metric("absence_factor", 1, _("People who write half"),
           _("The fewest people who together wrote half of the messages in 91 days (contributor absence factor)."),
           "people", 1, 91, "life", FEW, _OWN, people.absence_factor),
    Metric("effective_speakers", 1, _("Effective speakers"),
           _("As many equally busy people would make talk as varied as this, over 91 days (e to the Shannon entropy)."),
           "people", 1, 91, "life", FEW, _OWN, people.effective_speakers),
    Metric("gini", 1, _("Inequality"),
           _("Gini coefficient of messages per author in 91 days: 0 all write alike, 1 one writes everything. A sign of "
             "leaning on few, not of health."),
           "share", 0, 91, "life", FEW, _OWN, people.gini),
    Metric("reciprocity", 1, _("Replies in kind"),
           _("Share of pairs 'one answered the other' in 91 days in which the other also answered back."),
           "share", 1, 91, "life", FEW, _OWN, people.reciprocity, replies=True),
    Metric("seeded_share", 1, _("Seeded"),
           _("Share of all messages in the last 56 days that came from staff, schedules, bots, or as the same text sent to "
             "many groups."),
           "share", -1, 56, "now", FEW, _ALL, activity.seeded_share),
    Metric("link_share", 1, _("With a link"), _("Share of members' messages in 91 days that hold a link."),
           "share", 0, 91, "life", FEW, _OWN, activity.link_share),
    Metric("adverts", 1, _("Adverts"),
           _("Members' messages in 91 days that look like adverts: contact harvesting, promises of money, sales phrases, the "
             "same link post in several groups."),
           "count", -1, 91, "life", 0, _OWN, activity.adverts),
    Metric("advert_share", 1, _("Share of adverts"), _("Share of members' messages in 91 days that look like adverts."),
           "share", -1, 91, "life", FEW, _OWN, activity.advert_share),
)  # fmt: skip

BY_NAME = {metric.name: metric for metric in METRICS}


def measure(view: GroupView) -> dict[str, Measure]:
    """All metrics of one group."""
    return {metric.name: metric.compute(view) for metric in METRICS}

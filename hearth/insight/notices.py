"""Why insight tells somebody something."""

from hearth.notify.registry import notice_reason
from hearth.notify.rules.levels import MENTIONS

COOLING = notice_reason(
    "insight.group_cooling",
    "%(group)s has cooled down. Look at why, and at what helps.",
    icon="thermometer-snowflake",
    level=MENTIONS,
)

ALARM = notice_reason(
    "insight.alarm_raised",
    "Something has changed in %(group)s. Look at what, and at what helps.",
    icon="activity",
    level=MENTIONS,
)

GOAL_MISSED = notice_reason(
    "insight.goal_missed",
    "A goal has been missed for a week. Look at the number, and at what helps.",
    icon="target",
    level=MENTIONS,
)

GOAL_REACHED = notice_reason(
    "insight.goal_reached",
    "A goal is reached.",
    icon="target",
    level=MENTIONS,
)

MATURITY_REACHED = notice_reason(
    "insight.maturity_reached",
    "The community has reached the next stage of maturity. Look at what carries it, and what comes next.",
    icon="sprout",
    level=MENTIONS,
)

MATURITY_LOST = notice_reason(
    "insight.maturity_lost",
    "A stage of maturity has not held for four weeks. Look at what is missing.",
    icon="sprout",
    level=MENTIONS,
)

WEEKLY = notice_reason(
    "insight.weekly_report",
    "The weekly report is there: what moved, and what to do next week.",
    icon="calendar",
    level=MENTIONS,
)

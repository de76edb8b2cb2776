"""What measuring found."""

from hearth.core.facts import fact


@fact("insight.group_cooling")
class GroupCooling:
    """A group passed into a colder stage of life."""

    group: int
    before: str
    after: str


@fact("insight.group_warming")
class GroupWarming:
    """A group passed into a warmer stage of life."""

    group: int
    before: str
    after: str


@fact("insight.alarm_raised")
class AlarmRaised:
    """A change in a group was dear enough to be told: its kind (``insight.types.ChangeKind``) and expected loss."""

    alarm: int
    group: int
    kind: str
    loss: float


@fact("insight.alarm_answered")
class AlarmAnswered:
    """Somebody snoozed or dismissed an alarm, or took that back: ``answer`` is snooze, dismiss or undo."""

    alarm: int
    group: int
    kind: str
    answer: str
    reason: str = ""


@fact("insight.weekly_report_made")
class WeeklyReportMade:
    """The report of the week that begins on the Monday ``week`` (ISO date) was made and kept."""

    report: int
    week: str


@fact("insight.goal_set")
class GoalSet:
    """Somebody said what a metric shall reach (``bound`` is at_least or at_most); ``group`` is null for the community,
    ``due`` an ISO date or null.
    """

    goal: int
    metric: str
    group: int | None
    bound: str
    value: float
    due: str | None


@fact("insight.goal_ended")
class GoalEnded:
    """A goal counts no more."""

    goal: int
    metric: str
    group: int | None


@fact("insight.goal_missed")
class GoalMissed:
    """Readings of a week miss a goal that counts; told within the budget of alarms. ``reading`` is the newest."""

    goal: int
    metric: str
    group: int | None
    reading: float


@fact("insight.goal_reached")
class GoalReached:
    """The newest reading reaches a goal, for the first time since it was set or missed."""

    goal: int
    metric: str
    group: int | None
    reading: float


@fact("insight.maturity_changed")
class MaturityChanged:
    """The evidence brought the community into another stage of maturity (1 to 7, 0 for none yet)."""

    before: int
    stage: int

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

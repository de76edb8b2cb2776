"""What of a reading somebody may see: numbers all staff, the words of messages only those who may read the talk."""

from dataclasses import replace

from hearth.core.errors import NotFound
from hearth.core.permissions import RUN_COMMUNITY, RUNNING, Actor, may, permission
from hearth.groups.access import roles_of_keeper
from hearth.groups.registry import READ_TALK
from hearth.insight.models import Alarm, AlarmAnswer, Goal, WeeklyReport
from hearth.insight.registry import SEE_CHURN, SEE_PEOPLE
from hearth.insight.types import Change, Diagnosis, GroupDiagnosis

ANSWER_ALARMS = permission("insight.answer_alarms", "Snooze and dismiss alarms of change", staff=RUNNING)

SET_GOALS = permission("insight.set_goals", "Set and end goals on metrics", staff=RUNNING)


def goal_for(actor: Actor, goal_id: int) -> Goal:
    """A goal, for those who set goals. Raises NotFound."""
    rows = Goal.objects.select_related("group").filter(pk=goal_id)
    found = rows.first() if may(actor, SET_GOALS.key) else None
    if found is None:
        raise NotFound()
    return found


def alarm_for(actor: Actor, alarm_id: int) -> Alarm:
    """A standing alarm, for those who answer alarms. Raises NotFound."""
    found = Alarm.objects.filter(pk=alarm_id, ended_at=None).first() if may(actor, ANSWER_ALARMS.key) else None
    if found is None:
        raise NotFound()
    return found


def answer_for(actor: Actor, answer_id: int) -> AlarmAnswer:
    """An answer that still counts, for those who answer alarms. Raises NotFound."""
    rows = AlarmAnswer.objects.select_related("alarm").filter(pk=answer_id, undone_at=None)
    found = rows.first() if may(actor, ANSWER_ALARMS.key) else None
    if found is None:
        raise NotFound()
    return found


def weekly_report_for(actor: Actor, report_id: int) -> WeeklyReport:
    """A stored weekly report, for those who see the diagnosis. Raises NotFound."""
    found = WeeklyReport.objects.filter(pk=report_id).first() if may(actor, RUN_COMMUNITY.key) else None
    if found is None:
        raise NotFound()
    return found


def reads_words(actor: Actor) -> bool:
    """Whether the words of every group's messages may be shown to the actor."""
    return may(actor, READ_TALK.key)


def group_for_eyes(actor: Actor, group: GroupDiagnosis) -> GroupDiagnosis:
    """The reading as the actor may see it: without quoted messages for those who may not read the talk."""
    if reads_words(actor):
        return group
    reasons = tuple(replace(reason, evidence=()) for reason in group.reasons)
    changes = tuple(change_for_eyes(actor, change) for change in group.changes)
    return replace(group, reasons=reasons, unanswered=(), changes=changes)


def change_for_eyes(actor: Actor, change: Change) -> Change:
    """The same for one change."""
    return change if reads_words(actor) else replace(change, evidence=())


def diagnosis_for_eyes(actor: Actor, whole: Diagnosis) -> Diagnosis:
    """The same for a whole community."""
    return replace(whole, groups=tuple(group_for_eyes(actor, group) for group in whole.groups))


def sees_people(actor: Actor) -> bool:
    """Whether the actor may see how members take part."""
    return may(actor, SEE_PEOPLE.key)


def sees_outlook(actor: Actor, member_id: int) -> bool:
    """Whether the actor may see if a member may be leaving: those who run the community, and keepers of a group that
    the member is in (one query, for those who need it).
    """
    return may(actor, SEE_CHURN.key) or may(actor, SEE_CHURN.key, roles_of_keeper(actor, member_id))

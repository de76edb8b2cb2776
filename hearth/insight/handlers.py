"""What insight does with its own facts: it tells those who can warm a group again."""

from hearth.core.models import Fact
from hearth.core.permissions import StaffRole
from hearth.core.reactions import on
from hearth.groups.queries import group_names, keeper_ids, staff_ids
from hearth.groups.registry import fading
from hearth.insight import notices
from hearth.insight.queries.pulse import fading_groups
from hearth.insight.services.value_lines import judge_metric_lines
from hearth.notify.services import place_of, tell

fading.append(fading_groups)


@on("insight.group_cooling", key="insight.tell_cooling")
def tell_cooling(fact: Fact) -> None:
    """Tell operators and the group's keepers that it passed into a colder stage: each goes to their own page."""
    group = fact.data["group"]
    if group not in group_names([group]):
        return
    operators = _operators()
    keepers = set(keeper_ids(group)) - operators
    path = place_of("console:group", group_id=group)
    tell(operators, notices.COOLING.key, fact=fact, group=group, path=path)
    tell(keepers, notices.COOLING.key, fact=fact, group=group, path=place_of("groups:tending", group_id=group))


@on("insight.alarm_raised", key="insight.tell_alarm")
def tell_alarm(fact: Fact) -> None:
    """Tell operators of a change that the week's budget let through."""
    group = fact.data["group"]
    if group not in group_names([group]):
        return
    tell(_operators(), notices.ALARM.key, fact=fact, group=group, path=place_of("console:group", group_id=group))


@on("insight.goal_missed", key="insight.tell_goal_missed")
def tell_goal_missed(fact: Fact) -> None:
    """Tell operators of a goal that the week's budget let through."""
    _tell_goal(fact, notices.GOAL_MISSED.key)


@on("insight.goal_reached", key="insight.tell_goal_reached")
def tell_goal_reached(fact: Fact) -> None:
    """Tell operators of a goal that was reached: it is their success."""
    _tell_goal(fact, notices.GOAL_REACHED.key)


def _tell_goal(fact: Fact, reason: str) -> None:
    group = fact.data["group"]
    if group is not None and group not in group_names([group]):
        return
    path = place_of("console:metric", metric_name=fact.data["metric"]) + (f"?group={group}" if group else "")
    tell(_operators(), reason, fact=fact, group=group, path=path)


@on("groups.value_answer_set", key="insight.judge_new_answer")
def judge_new_answer(fact: Fact) -> None:
    """What a metric shows is judged at once by the readings that are there."""
    judge_metric_lines([fact.data["answer"]])


@on("insight.maturity_changed", key="insight.tell_maturity")
def tell_maturity(fact: Fact) -> None:
    """Tell those who run the community that it moved to another stage, up or down."""
    reason = notices.MATURITY_REACHED if fact.data["stage"] > fact.data["before"] else notices.MATURITY_LOST
    tell(_operators(), reason.key, fact=fact, path=place_of("console:maturity"))


@on("insight.weekly_report_made", key="insight.tell_weekly_report")
def tell_weekly_report(fact: Fact) -> None:
    """Tell those who run the community that the weekly report is there."""
    path = place_of("console:report", report_id=fact.data["report"])
    tell(_operators(), notices.WEEKLY.key, fact=fact, path=path)


def _operators() -> set[int]:
    return set(staff_ids(StaffRole.OPERATOR)) | set(staff_ids(StaffRole.ADMIN))

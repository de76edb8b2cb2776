"""Goals in the reader's words."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy as _

from hearth.core.metrics import COMMUNITY
from hearth.core.texts import best
from hearth.insight.models import Goal
from hearth.insight.queries.goals import Judged, judged, open_goals
from hearth.insight.queries.readings import MetricReadings
from hearth.insight.types import Bound, GoalState
from hearth.insight.web.metric_lines import line, shown
from hearth.ui.types import Text

BOUNDS: dict[str, Text] = {Bound.AT_LEAST: _("at least"), Bound.AT_MOST: _("at most")}
STATES: dict[GoalState, tuple[Text, str, str]] = {  # in words, tone, icon
    GoalState.REACHED: (_("Reached"), "positive", "circle-check"),
    GoalState.COMING: (_("On the way"), "", "clock"),
    GoalState.MISSED: (_("Missed"), "caution", "triangle-alert"),
    GoalState.UNKNOWN: (_("Cannot be told"), "", "circle-help"),
}


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal as a row: what it asks, where it stands."""

    goal: Goal
    title: str
    url: str
    where: str
    aim: str
    now: str
    spark: list[int]
    state: GoalState
    word: Text
    tone: str
    icon: str

    @property
    def named(self) -> str:
        """The metric, after the group where it is of one."""
        return f"{self.where}: {self.title}" if self.where else self.title


def goal_row(one: Judged) -> GoalRow:
    """A judged goal in the reader's words."""
    goal, metric = one.goal, one.metric
    found = line(MetricReadings(metric, one.readings), goal.group_id or COMMUNITY)
    state = one.state
    word, tone, icon = STATES[state]
    aim = f"{BOUNDS[goal.bound]} {shown(metric, goal.value)}"
    return GoalRow(
        goal, found.title, found.url, best(goal.group.name) if goal.group else "",
        f"{aim} {found.unit}".strip(), f"{found.value} {found.unit}".strip(), found.spark, state, word, tone, icon,
    )  # fmt: skip


def goal_rows() -> list[GoalRow]:
    """Every open goal, the missed first."""
    rank = [GoalState.MISSED, GoalState.UNKNOWN, GoalState.COMING, GoalState.REACHED]
    return sorted((goal_row(one) for one in judged(open_goals())), key=lambda row: rank.index(row.state))


def miss_words(row: GoalRow) -> str:
    """What a missed goal says on Today and in reports."""
    return gettext("%(title)s is %(now)s; the goal is %(aim)s") % {"title": row.named, "now": row.now, "aim": row.aim}

"""Goals bound to metrics, as a blueprint tells them."""

from datetime import date
from typing import Annotated, Literal

from django.utils.translation import gettext as _, pgettext_lazy
from pydantic import Field

from hearth.core.errors import NotFound
from hearth.core.metrics import metrics
from hearth.core.permissions import Actor
from hearth.core.sections import Words, section
from hearth.groups.queries import group_with_key
from hearth.insight.access import SET_GOALS
from hearth.insight.models import Goal
from hearth.insight.queries.goals import open_goal, open_goals
from hearth.insight.services.goals import end_goal, set_goal
from hearth.insight.types import Bound
from hearth.kit.described import Change, Fields, Objects, Part, Shape, of_these


class GoalPart(Part):
    """What a metric shall reach; its key is the metric, or ``metric@group``."""

    bound: Literal["at_least", "at_most"] = Field("at_least", description="From which side it is reached.")
    value: Annotated[float, Field(ge=0)] = Field(0.0, description="In the metric's own unit; a share from 0 to 1.")
    due: date | None = Field(
        None, description="By which day it is to be reached: it counts from then on, else from the day it is set."
    )


def _read() -> Objects:
    return {_key(goal): _told(goal) for goal in open_goals()}


def _key(goal: Goal) -> str:
    return f"{goal.metric}@{goal.group.key}" if goal.group else goal.metric


def _told(goal: Goal) -> Fields:
    return {"bound": goal.bound, "value": goal.value, "due": goal.due.isoformat() if goal.due else None}


def _computed(key: str) -> str:
    """The key of a goal, on a metric that is computed."""
    of_these(key.partition("@")[0], {one.name for one in metrics if not one.waits}, "metric")
    return key


def _write(actor: Actor, change: Change) -> None:
    metric, at, key = change.key.partition("@")
    group = group_with_key(key) if at else None
    if at and group is None:
        raise NotFound()
    standing = open_goal(metric, group.pk if group else 0) if change.kind != "create" else None
    if change.kind == "remove":
        if standing is None:
            raise NotFound()
        end_goal(actor, standing)
        return
    fields = {**(_told(standing) if standing else {}), **change.after}
    due = fields.get("due")
    set_goal(
        actor,
        metric,
        group,
        bound=Bound(fields.get("bound", Bound.AT_LEAST)),
        value=fields["value"],
        due=date.fromisoformat(due) if due else None,
    )


def _words() -> Words:
    fields = {"bound": pgettext_lazy("field", "Side"), "value": _("Goal"), "due": _("To be reached by")}
    return Words(fields, {"bound": {"at_least": _("at least"), "at_most": _("at most")}})


section(
    Shape("goals", lambda: GoalPart, keyed=True, keys="name", known=_computed, after=("groups",), needed=("value",)),
    title="Goals",
    help="What metrics shall reach: under the metric's name, or `metric@group` for one group.",
    permission=SET_GOALS.key,
    read=_read,
    write=_write,
    words=_words,
)

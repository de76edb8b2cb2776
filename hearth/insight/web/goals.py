"""Goals on metrics: the list, the form for one metric, and what can be done with a goal."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearth.core.idempotency import once
from hearth.core.metrics import Metric, metrics
from hearth.core.permissions import Actor, demand, may
from hearth.core.routing import link
from hearth.groups.access import group_for
from hearth.insight.access import SET_GOALS, goal_for
from hearth.insight.models import Goal
from hearth.insight.queries.goals import open_goal
from hearth.insight.services.goals import end_goal, put_off, reopen_goal, set_goal
from hearth.insight.types import Bound, GoalState
from hearth.insight.web.metric_lines import UNITS
from hearth.insight.web.metrics import asked_group
from hearth.insight.web.presenting_goals import BOUNDS, goal_rows
from hearth.ui.attempts import attempt
from hearth.ui.pages import page, tell_undo


class GoalForm(forms.Form):
    """What a metric shall reach; a share is typed in percent."""

    bound = forms.ChoiceField(label=_("It shall be"), choices=list(BOUNDS.items()))
    value = forms.FloatField(label=_("Number"), min_value=0)
    due = forms.DateField(
        label=_("To be reached by"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("From this day on it counts as missed when it is not reached. Empty: from today."),
    )  # fmt: skip
    why = forms.CharField(
        label=_("Why"), max_length=200, required=False, help_text=_("What it is good for, in a sentence.")
    )

    @classmethod
    def of(cls, metric: Metric, goal: Goal | None, data: Any = None) -> "GoalForm":
        """The form for a metric, filled with its goal, or with the side that is good for this metric."""
        bound = goal.bound if goal else (Bound.AT_MOST if metric.direction < 0 else Bound.AT_LEAST)
        initial: dict[str, Any] = {"bound": bound}
        if goal:
            initial |= {"value": f"{goal.value * _scale(metric):.6g}", "due": goal.due, "why": goal.why}
        form = cls(data, initial=initial)
        unit = "%" if metric.unit == "share" else UNITS.get(metric.unit, "")
        form.fields["value"].help_text = unit
        return form


def _scale(metric: Metric) -> int:
    return 100 if metric.unit == "share" else 1


@require_safe
def goals(request: HttpRequest) -> HttpResponse:
    """Every open goal with where it stands, the missed first."""
    rows = goal_rows()
    context = {
        "nav_active": "metrics",
        "page_title": gettext("Goals"),
        "rows": rows,
        "reached": sum(row.state is GoalState.REACHED for row in rows),
        "may_set": may(request.actor, SET_GOALS.key),  # type: ignore[attr-defined]
    }
    return page(request, "insight/console/goals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def goal(request: HttpRequest, metric_name: str) -> HttpResponse:
    """Set, or change, the goal of a metric in the community or in ``?group=``."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    demand(actor, SET_GOALS.key)
    metric = metrics.get(metric_name)
    number, name = asked_group(request)
    if metric is None or metric.waits or ("group" if number else "community") not in metric.grains:
        raise Http404
    present = open_goal(metric.name, number)
    form = GoalForm.of(metric, present, request.POST or None)

    def act(data: dict[str, Any]) -> dict[str, Any]:
        group = group_for(actor, number) if number else None
        made = set_goal(
            actor, metric.name, group, bound=Bound(data["bound"]), value=data["value"] / _scale(metric),
            due=data["due"], why=data["why"],
        )  # fmt: skip
        return {"goal": made.pk}

    back = link("console:metric", metric.name) + (f"?group={number}" if number else "")
    if request.method == "POST" and attempt(request, form, act) is not None:
        messages.success(request, gettext("The goal is set."))
        return redirect(back)
    context = {
        "nav_active": "metrics",
        "page_title": gettext(metric.title),
        "definition": gettext(metric.definition),
        "group_name": name,
        "form": form,
        "present": present,
        "back": back,
    }
    return page(request, "insight/console/goal.html", context)


def _do(request: HttpRequest, goal_id: int, act: Callable[[Actor, Goal], Any]) -> None:
    with once(request) as claim:
        if claim.fresh:
            act(request.actor, goal_for(request.actor, goal_id))  # type: ignore[attr-defined]


@require_POST
def ending(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Let a goal count no more; can be undone."""
    _do(request, goal_id, end_goal)
    tell_undo(request, gettext("The goal counts no more."), link("console:goal-reopening", goal_id))
    return redirect(link("console:goals"))


@require_POST
def reopening(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Take the ending back."""
    _do(request, goal_id, reopen_goal)
    messages.success(request, gettext("Taken back."))
    return redirect(link("console:goals"))


@require_POST
def rest(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Let a missed goal rest for a week."""
    _do(request, goal_id, put_off)
    messages.success(request, gettext("It rests for a week."))
    return redirect(link("console:goals"))

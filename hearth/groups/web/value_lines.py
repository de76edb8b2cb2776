"""Value lines: described in the console, said to be done with one tap, and the pause lifted for a reason."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearth.core.errors import NotFound
from hearth.core.idempotency import once
from hearth.core.metrics import metrics
from hearth.core.permissions import demand
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups.access import deed_for, group_where, value_answer_for
from hearth.groups.models import ValueAnswer
from hearth.groups.queries.codes import group_options, groups_by_id
from hearth.groups.queries.value_lines import answers, answers_in, lost_with, states_of_answers
from hearth.groups.registry import LIFT_PAUSE, SET_VALUE_LINES, TEND
from hearth.groups.rules.value_lines import LEAST_DAYS, MOST_DAYS
from hearth.groups.services import end_lift, lift_pause, note_deed, remove_answer, set_answer, undo_deed
from hearth.groups.services.value_lines import LONGEST_LIFT
from hearth.groups.types import Force, KeptBy, LineState, Party
from hearth.groups.web.value_view import LOOKS, gets_of, seen_by
from hearth.ui.attempts import attempt, errors_of
from hearth.ui.pages import page, tell_undo

TEXTS = ("name", "service")
FEW = 24  # groups that are ticked one by one; of more the list scrolls


class AnswerForm(forms.Form):
    """What answers one reason why members come, in the reader's language."""

    force = forms.ChoiceField(label=gettext_lazy("Why members come"), choices=Force.choices)
    name = forms.CharField(
        label=gettext_lazy("What is promised"),
        max_length=80,
        help_text=gettext_lazy("In a few words, as members read it: “A case every week”."),
    )
    service = forms.CharField(
        label=gettext_lazy("What is done, and by whom"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    every_days = forms.IntegerField(
        label=gettext_lazy("Done every so many days"),
        min_value=LEAST_DAYS,
        max_value=MOST_DAYS,
        required=False,
        help_text=gettext_lazy("Somebody who tends the group says so with one tap. Or choose a metric below."),
    )
    metric = forms.ChoiceField(label=gettext_lazy("Or seen by a metric"), required=False)
    bound = forms.ChoiceField(
        label=gettext_lazy("It shall be"),
        choices=(("at_least", gettext_lazy("at least")), ("at_most", gettext_lazy("at most"))),
        required=False,
    )
    value = forms.FloatField(
        label=gettext_lazy("Number"), min_value=0, required=False, help_text=gettext_lazy("A share in percent.")
    )
    groups = forms.TypedMultipleChoiceField(
        label=gettext_lazy("In these groups"),
        coerce=int,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=gettext_lazy("None chosen: in every group."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = [(one.name, _(one.title)) for one in metrics if not one.waits and one.listed and "group" in one.grains]
        self.fields["metric"].choices = [("", "–"), *sorted(told, key=lambda one: one[1])]  # type: ignore[attr-defined]
        named = groups_by_id(self.initial.get("groups", ()))
        offered = dict(group_options()) | named
        if len(offered) <= FEW:
            self.fields["groups"].widget = forms.CheckboxSelectMultiple()
        self.fields["groups"].choices = [  # type: ignore[attr-defined]
            (pk, best(group.name) or group.key) for pk, group in offered.items()
        ]
        for party, label in Party.choices:
            told_label = _("What it gives: %(party)s") % {"party": label}
            self.fields[f"gets_{party}"] = forms.CharField(label=told_label, max_length=300, required=False)

    @classmethod
    def of(cls, row: ValueAnswer | None, data: Any = None, groups: Sequence[int] = ()) -> "AnswerForm":
        """The form filled with an answer's words in the reader's language."""
        if row is None:
            return cls(data, initial={"groups": groups})
        language = get_language() or "en"
        texts = {field: getattr(row, field) for field in TEXTS}
        initial: dict[str, Any] = {field: told.get(language) or best(told) for field, told in texts.items()}
        initial |= {f"gets_{party}": row.gets.get(party, {}).get(language, "") for party in Party.values}
        initial |= {"force": row.force, "every_days": row.every_days, "metric": row.metric, "bound": row.bound}
        initial["groups"] = list(row.places.values_list("group_id", flat=True))
        initial["value"] = None if row.value is None else float(f"{row.value * _scale(row.metric):.6g}")
        return cls(data, initial=initial)

    def told(self, row: ValueAnswer | None) -> dict[str, Any]:
        """What to hand to ``set_answer``: the words of other languages stay."""
        language, data = get_language() or "en", self.cleaned_data
        texts = {field: {**(getattr(row, field) if row else {}), language: data[field]} for field in TEXTS}
        held = row.gets if row else {}
        gets = {party: {**held.get(party, {}), language: data[f"gets_{party}"]} for party in Party.values}
        groups = list(groups_by_id(data["groups"]).values())
        return {**texts, "force": data["force"], "gets": gets, "kept_by": self._proof(), "groups": groups}

    def _proof(self) -> KeptBy:
        data = self.cleaned_data
        if not data["metric"]:
            return KeptBy(every_days=data["every_days"])
        value = None if data["value"] is None else data["value"] / _scale(data["metric"])
        return KeptBy(data["metric"], data["bound"] or "at_least", value, data["every_days"])


def _scale(name: str) -> int:
    metric = metrics.get(name)
    return 100 if metric is not None and metric.unit == "share" else 1


class LiftForm(forms.Form):
    """For how long people may be invited although a service has stopped, and why."""

    days = forms.IntegerField(label=gettext_lazy("For how many days"), min_value=1, max_value=LONGEST_LIFT, initial=7)
    why = forms.CharField(label=gettext_lazy("Why"), max_length=300, help_text=gettext_lazy("Kept in the audit log."))


@require_safe
def value_lines(request: HttpRequest) -> HttpResponse:
    """Every answer by the force it answers, with how it stands in its groups."""
    demand(request.actor, SET_VALUE_LINES.key)  # type: ignore[attr-defined]
    states = states_of_answers()
    rows = [_told(row, states.get(row.pk, {})) for row in answers()]
    answered = {row["force"] for row in rows}
    context = {
        "nav_active": "groups",
        "page_title": _("Value lines"),
        "rows": rows,
        "unanswered": [label for force, label in Force.choices if Force(force).label not in answered],
    }
    return page(request, "groups/console/value_lines.html", context)


def _told(row: ValueAnswer, states: dict[str, int]) -> dict[str, Any]:
    shown = [LineState(state) for state in LineState.values if state in states]
    return {
        "row": row,
        "name": best(row.name),
        "service": best(row.service),
        "force": Force(row.force).label,
        "seen_by": seen_by(row),
        "groups": [best(place.group.name) or place.group.key for place in row.places.all()],
        "gets": gets_of(row),
        "states": [(state.label, *LOOKS[state], states[state]) for state in shown],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def value_line_new(request: HttpRequest) -> HttpResponse:
    """Describe one more answer."""
    demand(request.actor, SET_VALUE_LINES.key)  # type: ignore[attr-defined]
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def value_line(request: HttpRequest, value_id: int) -> HttpResponse:
    """Change an answer."""
    return _edit(request, value_answer_for(request.actor, value_id))  # type: ignore[attr-defined]


def _edit(request: HttpRequest, row: ValueAnswer | None) -> HttpResponse:
    asked = request.GET.get("group", "")
    first = [int(asked)] if asked.isascii() and asked.isdigit() and len(asked) < 19 else []
    form = AnswerForm.of(row, request.POST or None, first)
    if request.method == "POST":
        actor = request.actor  # type: ignore[attr-defined]

        def keep(_data: dict[str, Any]) -> dict[str, Any]:
            return {"answer": set_answer(actor, row.key if row else "", **form.told(row)).pk}

        if attempt(request, form, keep) is not None:
            messages.success(request, _("Saved."))
            return redirect(link("console:value-lines"))
    title = best(row.name) if row else _("One more value line")
    lost = lost_with([row.key]).get(row.key) if row else None
    context = {"nav_active": "groups", "page_title": title, "form": form, "row": row, "lost": lost}
    return page(request, "groups/console/value_line.html", context)


@require_POST
def value_line_removal(request: HttpRequest, value_id: int) -> HttpResponse:
    """Promise it no more."""
    with once(request) as claim:
        if claim.fresh:  # pressed twice, it is gone already
            row = value_answer_for(request.actor, value_id)  # type: ignore[attr-defined]
            remove_answer(request.actor, row.key)  # type: ignore[attr-defined]
    messages.success(request, _("It is promised no more."))
    return redirect(link("console:value-lines"))


@require_POST
def pause_lift(request: HttpRequest, group_id: int) -> HttpResponse:
    """Let people be invited for some days although a service has stopped."""
    group = group_where(request.actor, group_id, LIFT_PAUSE.key)  # type: ignore[attr-defined]
    form = LiftForm(request.POST)

    def lift(data: dict[str, Any]) -> dict[str, Any]:
        return {"lift": lift_pause(request.actor, group, **data).pk}  # type: ignore[attr-defined]

    if attempt(request, form, lift) is not None:
        messages.success(request, _("People are invited again until then."))
    else:
        messages.warning(request, errors_of(form))
    return redirect(link("console:group", group.pk))


@require_POST
def pause_lift_ending(request: HttpRequest, group_id: int) -> HttpResponse:
    """Let the pause count again."""
    group = group_where(request.actor, group_id, LIFT_PAUSE.key)  # type: ignore[attr-defined]
    with once(request) as claim:
        if claim.fresh:
            end_lift(request.actor, group)  # type: ignore[attr-defined]
    messages.success(request, _("The pause counts again."))
    return redirect(link("console:group", group.pk))


@require_POST
def deed(request: HttpRequest, group_id: int, value_id: int) -> HttpResponse:
    """Say that a service was done; can be undone."""
    group = group_where(request.actor, group_id, TEND.key)
    answer = answers_in(group.pk).filter(pk=value_id).first()
    if answer is None:
        raise NotFound()
    with once(request) as claim:
        if claim.fresh:
            claim.result = {"deed": note_deed(request.actor, group, answer).pk}
    undo = link("groups:deed-undoing", claim.result["deed"]) + ("?console" if "console" in request.GET else "")
    tell_undo(request, _("Done: %(what)s.") % {"what": best(answer.name)}, undo)
    return _back(request, group.pk)


@require_POST
def deed_undoing(request: HttpRequest, deed_id: int) -> HttpResponse:
    """Take back that it was done."""
    row = deed_for(request.actor, deed_id)
    with once(request) as claim:
        if claim.fresh:
            undo_deed(request.actor, row)
    messages.success(request, _("Taken back."))
    return _back(request, row.group_id)


def _back(request: HttpRequest, group_id: int) -> HttpResponse:
    at_console = "console" in request.GET and request.actor.acts_as_staff
    return redirect(link("console:group", group_id) if at_console else link("groups:tending", group_id=group_id))

"""Operators split a full group and bring sisters together: a plan first, then its work, then the way back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hearth.core.errors import Refusal
from hearth.core.permissions import demand
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups import services
from hearth.groups.access import group_where, regrouping_for
from hearth.groups.models import Regrouping
from hearth.groups.queries.regrouping import plan_for
from hearth.groups.queries.sisters import candidates_for, suggested_sisters
from hearth.groups.registry import REGROUP
from hearth.groups.services.splitting import MOST_PARTS
from hearth.groups.types import RegroupingKind
from hearth.groups.web.regrouping_view import merge_view, split_view, work_view
from hearth.ui.attempts import attempt
from hearth.ui.pages import page


class PartsForm(forms.Form):
    """Into how many groups."""

    parts = forms.IntegerField(
        label=gettext_lazy("Into how many groups"),
        min_value=2,
        max_value=MOST_PARTS,
        initial=2,
        help_text=gettext_lazy("The group itself stays one of them."),
    )


class PartForm(forms.Form):
    """A new group of a plan."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    capacity = forms.IntegerField(label=gettext_lazy("Capacity"), required=False)
    owner = forms.TypedChoiceField(label=gettext_lazy("Owner of record"), coerce=int)

    def __init__(self, *args: Any, owners: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]


class SistersForm(forms.Form):
    """Which groups go into the home."""

    sisters = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": gettext_lazy("Choose a group.")})

    def __init__(self, *args: Any, offered: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sisters"].choices = [(pk, str(pk)) for pk in offered]  # type: ignore[attr-defined]


class BeginForm(forms.Form):
    """A reason for the audit log."""

    why = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, required=False, help_text=gettext_lazy("Kept in the audit log.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest, group_id: int) -> HttpResponse:
    """Plan a split; nothing changes yet."""
    actor = request.actor  # type: ignore[attr-defined]
    group = group_where(actor, group_id, REGROUP.key)
    form = PartsForm(request.POST or None)
    if request.method == "POST":
        done = attempt(request, form, lambda data: {"plan": services.plan_split(actor, group, parts=data["parts"]).pk})
        if done is not None:
            return redirect(link("console:regrouping", done["plan"]))
    context = {
        "nav_active": "groups",
        "page_title": best(group.name) or group.key,
        "group": group,
        "form": form,
        "plan": plan_for(group, RegroupingKind.SPLIT),
    }
    return page(request, "groups/console/split.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, group_id: int) -> HttpResponse:
    """Plan to bring other groups into this one; nothing changes yet."""
    actor = request.actor  # type: ignore[attr-defined]
    group = group_where(actor, group_id, REGROUP.key)
    candidates = candidates_for(group)
    form = SistersForm(request.POST or None, offered=[one.group.pk for one in candidates])
    if request.method == "POST":
        done = attempt(request, form, lambda data: {"plan": services.plan_merge(actor, group, data["sisters"]).pk})
        if done is not None:
            return redirect(link("console:regrouping", done["plan"]))
    context = {
        "nav_active": "groups",
        "page_title": best(group.name) or group.key,
        "group": group,
        "form": form,
        "candidates": candidates,
        "chosen": [int(pk) for pk in request.POST.getlist("sisters") if pk.isascii() and pk.isdigit()],
        "plan": plan_for(group, RegroupingKind.MERGE),
    }
    return page(request, "groups/console/merge.html", context)


@require_safe
def sisters(request: HttpRequest) -> HttpResponse:
    """Pairs of groups that fade and are for the same people."""
    demand(request.actor, REGROUP.key)  # type: ignore[attr-defined]
    context = {"nav_active": "groups", "page_title": _("Sisters"), "pairs": suggested_sisters()}
    return page(request, "groups/console/sisters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def regrouping(request: HttpRequest, regrouping_id: int) -> HttpResponse:
    """A plan that can still be changed, or what became of it."""
    row = regrouping_for(request.actor, regrouping_id)  # type: ignore[attr-defined]
    form = BeginForm(request.POST if request.POST.get("act") == "begin" else None)
    if request.method == "POST":
        answer = _act(request, row, form)
        if answer is not None:
            return answer
        row = regrouping_for(request.actor, regrouping_id)  # type: ignore[attr-defined]
    title = best(row.group.name) or row.group.key
    context: dict[str, Any] = {
        "nav_active": "groups",
        "page_title": title,
        "group": row.group,
        "row": row,
        "form": form,
    }
    if row.begun_at is not None:
        return page(request, "groups/console/regrouping.html", context | work_view(row))
    if row.kind == RegroupingKind.SPLIT:
        return page(request, "groups/console/split_plan.html", context | _with_forms(split_view(row)))
    return page(request, "groups/console/merge_plan.html", context | merge_view(row))


def _with_forms(view: dict[str, Any]) -> dict[str, Any]:
    for one in view["parts"]:
        told = {key: getattr(one.row, key) for key in ("number", "name", "capacity")} | {"owner": one.row.owner_id}
        one.form = PartForm(owners=one.owners, initial=told, auto_id=f"part-{one.row.number}-%s")
    return view


def _act(request: HttpRequest, row: Regrouping, form: BeginForm) -> HttpResponse | None:
    """What was pressed on the page of a plan; None when it was refused, and the page says why."""
    actor, act = request.actor, request.POST.get("act") or request.GET.get("act", "")  # type: ignore[attr-defined]
    acts: dict[str, tuple[forms.Form, Callable[[dict[str, Any]], Any], str]] = {
        "begin": (form, lambda data: services.begin_regrouping(actor, row, why=data["why"]), ""),
        "go_on": (forms.Form(request.POST), lambda _data: services.go_on(actor, row), ""),
        "take_back": (forms.Form(request.POST), lambda _data: services.take_back(actor, row), ""),
        "shift": (forms.Form(request.POST), lambda _data: services.shift_member(actor, row, *_pair(request)), "#parts"),
        "keep": (forms.Form(request.POST), lambda _data: services.choose_keeper(actor, row, *_pair(request)), "#parts"),
        "part": (
            _part_form(request, row),
            lambda data: services.change_part(actor, row, data.pop("number"), **data),
            "",
        ),
    }
    if act not in acts:
        raise Refusal("Choose one of the values offered.")
    asked, do, where = acts[act]

    def once(data: dict[str, Any]) -> dict[str, Any]:
        do(data)
        return {"done": row.pk}

    if attempt(request, asked, once) is not None:
        return redirect(link("console:regrouping", row.pk) + where)
    if act != "begin":
        messages.error(request, " ".join(str(error) for errors in asked.errors.values() for error in errors))
        return redirect(link("console:regrouping", row.pk) + where)
    return None


def _part_form(request: HttpRequest, row: Regrouping) -> PartForm:
    owners = [(pk, "") for pk in row.moves.values_list("member", flat=True)]
    return PartForm(request.POST, owners=owners)


def _pair(request: HttpRequest) -> tuple[int, int]:
    """Member and part, as "7-1" tells them."""
    member, _dash, number = request.POST.get("to", "").partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (member, number)):
        raise Refusal("Choose one of the values offered.")
    return int(member), int(number)

"""How the copies of a group do: how far each drifted from it, and its numbers beside the original's."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hearth.blueprint.queries.copies import GROUPS
from hearth.blueprint.queries.drifting import CopyDrift, drift_of_copies, plan_of_update
from hearth.blueprint.queries.wording import field_called, shown as said_value, title
from hearth.blueprint.rules.drifting import Difference
from hearth.blueprint.services import begin_revision, fingerprint
from hearth.console.pages.blueprint import SHOWN, plan_shown
from hearth.core.metrics import Grain, Metric, metrics
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups.access import group_for
from hearth.groups.queries import group_names
from hearth.insight.queries.numbers import shown as said_number
from hearth.insight.queries.readings import measured_day, series_of
from hearth.kit.described import Change
from hearth.ui.attempts import attempt, errors_of
from hearth.ui.lists import Column
from hearth.ui.lists.export import csv_response
from hearth.ui.pages import page
from hearth.ui.types import Text

MEASURED = ("members", "mau", "organic_share", "questions_answered_24h")
LATELY = timedelta(days=7).days
SIDES: dict[str, Text] = {
    "here": gettext_lazy("changed in the copy"),
    "there": gettext_lazy("changed in the original since"),
    "both": gettext_lazy("changed in both"),
}


class UpdateForm(forms.Form):
    """The plan that somebody saw."""

    seen = forms.CharField(max_length=32, widget=forms.HiddenInput)


def measured(units: Sequence[int], grain: Grain = "group") -> dict[int, list[str]]:
    """Group, or the community in scope → its newest numbers in words, or why there is none."""
    told: dict[int, list[str]] = {pk: [] for pk in units}
    for metric in map(metrics.__getitem__, MEASURED):
        for pk, number in _newest(metric, grain, units).items():
            told[pk].append(number)
    return told


def _newest(metric: Metric, grain: Grain, units: Sequence[int]) -> dict[int, str]:
    day = measured_day()
    series = series_of(metric, grain, units, first=day - LATELY) if day is not None else {}
    found = {}
    for pk in units:
        newest = series[pk][-1] if series.get(pk) else None
        found[pk] = said_number(metric, newest.value if newest else None, newest.note if newest else "", _)
    return found


def difference_told(one: Difference, own: str = GROUPS) -> dict[str, Any]:
    """A difference in words; its part is named unless it is the ``own`` one of what was copied."""
    part, thing = one.place
    name = field_called(part, thing)
    if part != own:
        name = f"{title(Change(part, thing, 'change'))} · {name}"
    return {"name": name, "side": SIDES[one.side], "now": said_value(one.now), "here": said_value(one.here)}


def _rows(drifts: Iterable[CopyDrift], names: dict[int, Any], numbers: dict[int, list[str]]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.made.group_id,
            "key": one.key,
            "name": best(names.get(one.made.group_id) or {}) or one.key,
            "batch": one.made.batch.number,
            "differences": [difference_told(difference) for difference in one.differences],
            "behind": len(one.behind),
            "numbers": numbers[one.made.group_id],
        }
        for one in drifts
    ]


@require_safe
def group_copies(request: HttpRequest, group_id: int) -> HttpResponseBase:
    """The original first, then its copies, those nearest to it before those that went their own way."""
    actor = request.actor  # type: ignore[attr-defined]
    group = group_for(actor, group_id)
    drifts = drift_of_copies(actor, group.key)
    wanted = drifts if "export" in request.GET else drifts[:SHOWN]
    ids = [group.pk, *(one.made.group_id for one in wanted)]
    numbers = measured(ids)
    rows = _rows(wanted, group_names(ids), numbers)
    if "export" in request.GET:
        return report_file(group.key, rows)
    context = {
        "nav_active": "groups",
        "group": group,
        "behind": sum(bool(one.behind) for one in drifts),
        "count": len(drifts),
        **report_shown(best(group.name) or group.key, numbers[group.pk], rows, len(drifts)),
    }
    return page(request, "console/group_copies.html", context)


def _titles() -> list[str]:
    return [_(metrics[name].title) for name in MEASURED]


def report_shown(name: str, numbers: list[str], rows: list[dict[str, Any]], count: int) -> dict[str, Any]:
    """What a report says of an original and its ``count`` copies, of which ``rows`` are shown."""
    titles = _titles()
    return {
        "page_title": _("Copies of %(name)s") % {"name": name},
        "name": name,
        "titles": titles,
        "rows": [{**row, "cells": list(zip(titles, row["numbers"], strict=True))} for row in rows],
        "first_cells": list(zip(titles, numbers, strict=True)),
        "more": max(0, count - SHOWN),
    }


def report_file(key: str, rows: list[dict[str, Any]]) -> HttpResponseBase:
    """The report as a table."""
    return csv_response(f"copies-{key}", _columns(_titles()), rows)


def _columns(titles: Sequence[str]) -> list[Column]:

    def number(place: int) -> Any:
        return lambda row: row["numbers"][place]

    return [
        Column("key", "key", value=lambda row: row["key"]),
        Column("name", _("Name"), value=lambda row: row["name"]),
        Column("batch", _("Batch"), value=lambda row: row["batch"]),
        Column("count", _("Differences"), value=lambda row: str(len(row["differences"]))),
        Column("drift", _("What differs"), value=_differences_in_words),
        *(Column(f"n{place}", told, value=number(place)) for place, told in enumerate(titles)),
    ]


def _differences_in_words(row: dict[str, Any]) -> str:
    return _("; ").join(f"{one['name']}: {one['side']}" for one in row["differences"])


@require_http_methods(["GET", "HEAD", "POST"])
def group_copies_update(request: HttpRequest, group_id: int) -> HttpResponse:
    """The plan that brings copies up to date: those that are ticked, or all that are behind; and applying it."""
    actor = request.actor  # type: ignore[attr-defined]
    group = group_for(actor, group_id)
    keys = (request.POST or request.GET).getlist("key")
    chosen = [one for one in drift_of_copies(actor, group.key) if not keys or one.key in keys]
    plan = plan_of_update(actor, chosen)
    form = UpdateForm(request.POST or None, initial={"seen": fingerprint(plan)})

    def act(given: dict[str, Any]) -> dict[str, Any]:
        row = begin_revision(actor, plan, source=group.key, upkeep=True, seen=given["seen"])
        return {"number": row.number}

    if request.method == "POST":
        done = attempt(request, form, act)
        if done is not None:
            return redirect(link("console:blueprint-applied", done["number"]))
        messages.error(request, errors_of(form))
        return redirect(link("console:group-copies", group.pk))
    about = {"nav_active": "groups", "page_title": _("Bring copies up to date"), "group": group, "keys": keys}
    return page(request, "console/group_copies_update.html", about | {"form": form} | plan_shown(plan))

"""Bringing members in by a table: upload, look through, correct, bring in, take back."""

import csv
import io
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hearth.core import audit
from hearth.core.permissions import demand
from hearth.core.routing import link
from hearth.people.access import roster_for
from hearth.people.models import Roster, RosterLine
from hearth.people.queries.rosters import (
    OPEN,
    cells_of,
    counts_of,
    known_members,
    known_with_tags,
    lines_of,
    new_kinds,
    results_of,
    rosters,
    without_consent,
)
from hearth.people.registry import IMPORT_MEMBERS, Coming, roster_places
from hearth.people.rules.roster import HEADINGS
from hearth.people.services.rosters import bring_in, keep_roster, look_again, take_back
from hearth.people.types import KIND_WORDS, LineOutcome, MemberKind
from hearth.ui.attempts import attempt, errors_of
from hearth.ui.lists.export import harmless
from hearth.ui.pages import page

SHOWN = 200
FIELDS = {
    "real_name": gettext_lazy("Real name"),
    "display_name": gettext_lazy("Chosen name"),
    "hospital": gettext_lazy("Hospital or institution"),
    "department": gettext_lazy("Department"),
    "title": gettext_lazy("Title"),
    "city": gettext_lazy("City"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "kind": gettext_lazy("Kind"),
    "tags": gettext_lazy("Tags"),
}
OUTCOMES = {
    LineOutcome.NEW: (gettext_lazy("New"), "good"),
    LineOutcome.KNOWN: (gettext_lazy("Known"), ""),
    LineOutcome.TWICE: (gettext_lazy("Twice in the table"), "caution"),
    LineOutcome.ALIKE: (gettext_lazy("Perhaps the same person"), "caution"),
    LineOutcome.WRONG: (gettext_lazy("Mistake"), "danger"),
}
PROBLEMS = {
    "no_name": gettext_lazy("There is no name. Fill one in, or leave the line out."),
    "no_chosen_name": gettext_lazy("Others see patients under a chosen name. Fill one in: the real name stays hidden."),
    "bad_email": gettext_lazy("This is no e-mail address. Correct it, or leave it empty."),
    "bad_phone": gettext_lazy("This is no phone number. Write digits, or leave it empty."),
    "bad_kind": gettext_lazy("Nobody knows this kind. Write professional, patient, customer or guest."),
    "too_long": gettext_lazy("This is too long, or a quotation mark is never closed."),
    "broken": gettext_lazy("This line has more cells than the headings, or a quotation mark is never closed."),
    "no_consent_patient": gettext_lazy("Tags about health are left out: there is no consent in force."),
    "no_consent": gettext_lazy("Tags about health are left out: there is no consent in force."),
    "came_since": gettext_lazy("Came in by another way since the table was looked through."),
    "gone_since": gettext_lazy("Is here no more since the table was looked through."),
    "other_name": gettext_lazy("Is here under another name, which stays as it is."),
    "household": gettext_lazy("Has the phone number of somebody here with another name: perhaps one household."),
}
LEFT_OUT = {
    "no_consent": gettext_lazy("Tells of health and is left out, for there is no consent in force: %(tags)s."),
    "no_consent_patient": gettext_lazy(
        "A tag of a patient tells of health and is left out, for there is no consent in force: %(tags)s."
    ),
}
COLUMNS = {
    "no_name": "display_name", "no_chosen_name": "display_name", "bad_email": "email", "bad_phone": "phone",
    "bad_kind": "kind", "mail_of": "email", "no_consent": "tags", "no_consent_patient": "tags",
}  # fmt: skip
LINES = {
    "line": gettext_lazy("The same person as in line %(line)s."),
    "alike_line": gettext_lazy(
        "Same name and work as in line %(line)s, and not both have an address to tell them apart."
    ),
    "mail_of": gettext_lazy("Line %(line)s has this address under another name. Correct it, or leave it empty."),
    "household": gettext_lazy("Has the phone number of line %(line)s with another name: perhaps one household."),
}
ALIKE = {
    "work": gettext_lazy("Same name and work as somebody who is here."),
    "name": gettext_lazy("Same name as somebody who is here."),
}
TOLD_APART = {
    "untold": gettext_lazy("The table has no address to tell them apart."),
    "other": gettext_lazy("Here they have another address."),
    "unreachable": gettext_lazy("Here they have no address to compare with."),
}


class TableForm(forms.Form):
    """A table to bring in."""

    table = forms.FileField(
        label=gettext_lazy("Table"),
        help_text=gettext_lazy("CSV or XLSX; the first line names the columns, in English or Chinese."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


class AimForm(forms.Form):
    """What the columns mean, what these people are, and where they shall go."""

    def __init__(self, actor: Any, row: Roster, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [("", "–"), *((str(at), name or f"#{at + 1}") for at, name in enumerate(row.columns))]
        places = row.places or {}
        for name, label in FIELDS.items():
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=label, choices=columns, required=False, initial=str(places.get(name, ""))
            )
        kinds = [(kind, KIND_WORDS[kind]) for kind in MemberKind.values if kind != MemberKind.STAFF]
        self.fields["kind"] = forms.ChoiceField(label=_("Kind of those without one"), choices=kinds, initial=row.kind)
        groups = [choice for places_ in roster_places for choice in places_.choices(actor)]
        self.fields["group"] = forms.ChoiceField(
            label=_("Into the group"), choices=[("", _("None")), *groups], required=False,
            initial=str(row.group_id or ""),
        )  # fmt: skip
        self.fields["why"] = forms.CharField(
            label=_("Why they come in past the door"), max_length=200, required=False, initial=row.why
        )
        self.fields["take_alike"] = forms.BooleanField(
            label=_("Bring in those who are perhaps the same person, too"), required=False, initial=row.take_alike
        )

    def aim(self) -> dict[str, Any]:
        """What ``look_again`` takes."""
        told = self.cleaned_data
        places = {name: int(told[f"column_{name}"]) for name in FIELDS if told[f"column_{name}"]}
        return {
            "places": places, "kind": told["kind"], "group": int(told["group"]) if told["group"] else None,
            "why": told["why"], "take_alike": told["take_alike"],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineView:
    """One line as the page shows it."""

    row: RosterLine
    word: Any
    tone: str
    cells: dict[str, Any]
    remarks: list[tuple[Any, str]]  # the column that has it, or "", and what to do
    whom: Any  # the member whom it means, or resembles


def line_view(row: RosterLine) -> LineView:
    """A line in words."""
    word, tone = OUTCOMES[LineOutcome(row.outcome)]
    whom = row.member if row.outcome in {LineOutcome.KNOWN, LineOutcome.ALIKE} else None
    return LineView(row, word, tone, cells_of(row), remarks_of(row), whom)


def remarks_of(row: RosterLine) -> list[tuple[Any, str]]:
    """All that is wrong with a line or special about it, and what to do."""
    if row.did.get("kept"):
        return [("", _("Kept: has acted since."))]
    return [(FIELDS.get(_column(row, one), ""), _remark(row, one)) for one in row.problem.split("\n") if one]


def _column(row: RosterLine, problem: str) -> str:
    code, _colon, told = problem.partition(":")
    return (told or row.column) if code == "too_long" else COLUMNS.get(code, "")


def _remark(row: RosterLine, problem: str) -> str:
    code, _colon, told = problem.partition(":")
    if code in LEFT_OUT and row.values.get("left_out"):
        return str(LEFT_OUT[code]) % {"tags": row.values["left_out"]}
    if code in LINES and told:
        return str(LINES[code]) % {"line": told}
    if code == "alike":
        what, _colon, why = told.partition(":")
        return " ".join(str(text) for text in (ALIKE.get(what, ALIKE["work"]), TOLD_APART.get(why, "")) if text)
    return str(PROBLEMS.get(code) or _(problem))


@require_http_methods(["GET", "HEAD", "POST"])
def tables(request: HttpRequest) -> HttpResponse:
    """Tables that were brought in, and a place for the next one."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, IMPORT_MEMBERS.key)
    form = TableForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        told = attempt(request, form, lambda data: {"roster": keep_roster(actor, data["table"]).pk})
        if told is not None:
            return redirect(link("console:roster", told["roster"]))
    context = {"nav_active": "members", "page_title": _("Bring members in"), "form": form, "rows": rosters()[:50]}
    return page(request, "people/console/rosters.html", context)


@require_GET
def table(request: HttpRequest, roster_id: int) -> HttpResponse:
    """One table: what it would do, or what it did."""
    return _table(request, roster_for(request.actor, roster_id))  # type: ignore[attr-defined]


def _table(request: HttpRequest, row: Roster, form: AimForm | None = None) -> HttpResponse:
    jobs = [job for job in (row.undoing, row.loading, row.trial) if job]
    counts, chosen = counts_of(row), request.GET.get("outcome", "")
    found = lines_of(row, chosen if chosen in LineOutcome.values else "")
    context = {
        "nav_active": "members",
        "page_title": row.name,
        "row": row,
        "running": next((job for job in jobs if job.state in OPEN), None),
        "failed": next((job for job in jobs if job.state == "failed"), None),
        "counts": [(key, *OUTCOMES[LineOutcome(key)], counts[key]) for key in LineOutcome.values],
        "chosen": chosen,
        "new": counts["new"],
        "known": counts["known"],
        "left_out": counts["twice"] + counts["alike"] + counts["wrong"],
        "without_consent": without_consent(row),
        "does_something": counts["new"] or (counts["known"] and (row.group_id or known_with_tags(row))),
        "lines": [line_view(line) for line in found[:SHOWN]],
        "more": max(0, found.count() - SHOWN),
        "sample": [list(zip_longest(row.columns, cells[: len(row.columns)], fillvalue="")) for cells in row.sample[:3]],
        "results": results_of(row) if row.loading else {},
        "outlook": _outlook(request, row),
        "form": form or (AimForm(request.actor, row) if row.sample and not row.loading else None),  # type: ignore[attr-defined]
        "no_lines": row.stored and row.places is not None and not row.sample,
        "needs_names": row.sample and row.places is not None and not {"real_name", "display_name"} & set(row.places),
    }
    return page(request, "people/console/roster.html", context)


def _outlook(request: HttpRequest, row: Roster) -> list[Any]:
    """What awaits those who come at the group's door."""
    if row.group_id is None or row.loading:
        return []
    coming = Coming(row.group_id, new_kinds(row), known_members(row), row.why)
    return [text for places in roster_places for text in places.outlook(request.actor, coming)]  # type: ignore[attr-defined]


@require_POST
def aim(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Look through it again with other columns or another aim."""
    actor = request.actor  # type: ignore[attr-defined]
    row = roster_for(actor, roster_id)
    form = AimForm(actor, row, request.POST)
    if attempt(request, form, lambda _data: {"roster": look_again(actor, row, **form.aim()).pk}) is None:
        return _table(request, row, form)
    return redirect(link("console:roster", row.pk))


@require_POST
def loading(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Bring in what is sound."""
    return _act(request, roster_id, bring_in)


@require_POST
def undoing(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Take it back."""
    return _act(request, roster_id, take_back)


def _act(request: HttpRequest, roster_id: int, act: Any) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    row, form = roster_for(actor, roster_id), forms.Form(request.POST)
    if attempt(request, form, lambda _data: {"roster": act(actor, row).pk}) is None:
        messages.error(request, errors_of(form))
    return redirect(link("console:roster", row.pk))


@require_GET
def report(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Every line with what became of it, as CSV."""
    actor = request.actor  # type: ignore[attr-defined]
    row = roster_for(actor, roster_id)
    out = io.StringIO()
    write = csv.writer(out).writerow
    columns = [str(label) for label in FIELDS.values() if label]
    write([pgettext("table", "Line"), _("Outcome"), _("Column"), _("Remark"), *columns])
    for line in lines_of(row).iterator(chunk_size=500):
        view = line_view(line)
        values = [", ".join(line.tags) if name == "tags" else str(line.values.get(name, "")) for name in HEADINGS_SHOWN]
        where = ", ".join(dict.fromkeys(str(column) for column, _text in view.remarks if column))
        remark = "\n".join(text for _column, text in view.remarks)
        write([str(line.number), *(harmless(str(one)) for one in (view.word, where, remark, *values))])
    with transaction.atomic():
        audit.record(actor, "roster_report", f"roster:{row.pk}")
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="import-{row.pk}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


HEADINGS_SHOWN = [name for name in FIELDS if name in HEADINGS]

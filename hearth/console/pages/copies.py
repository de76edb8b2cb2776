"""A group or the whole community copied to many: looked at, the first made, the others, and the way back."""

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language_info, gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearth.blueprint.access import demand_founding, may_found
from hearth.blueprint.queries import (
    batch_for,
    batches,
    copies_planned,
    living_copies,
    name_of,
    original_group,
    plan_of_closing,
    state_of,
)
from hearth.blueprint.queries.community_copies import COMMUNITY, LONGEST_KEY, original_community, plan_of_copy
from hearth.blueprint.queries.copies import BatchState, CopyState, only_of
from hearth.blueprint.queries.wording import said, tell, why_refused
from hearth.blueprint.registry import APPLY
from hearth.blueprint.rules.reading import MOST_BYTES
from hearth.blueprint.rules.targets import read_table
from hearth.blueprint.services import begin_copies, fingerprint, go_on, roll_back_copies
from hearth.blueprint.types import Original, Plan, Table
from hearth.console.pages.blueprint import HISTORY, REFUSED, SHOWN, plan_shown
from hearth.console.pages.community_report import community_places
from hearth.console.wording import BATCH_WORDS
from hearth.core.idempotency import once
from hearth.core.permissions import demand
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups.access import group_for
from hearth.groups.queries import groups_with_keys
from hearth.kit.described import Fields
from hearth.kit.encodings import Transcoder
from hearth.ui.attempts import attempt, errors_of
from hearth.ui.pages import page
from hearth.ui.types import Text

START = "key,city\n"
LONGEST_GROUP_KEY = 60
LABELS: dict[str, Text] = {
    "name": gettext_lazy("Name"),
    "function": gettext_lazy("What it is for"),
    "card": gettext_lazy("Card"),
    "welcome": gettext_lazy("Welcome"),
    "norms": gettext_lazy("Norms"),
    "theme": gettext_lazy("Theme"),
    "place": gettext_lazy("Place"),
}
ONE_LINE = frozenset({"name", "function", "theme", "place"})


class CopyForm(forms.Form):
    """Where to copy, what the copies say otherwise, and how carefully."""

    file = forms.FileField(label=gettext_lazy("Table as a file"), required=False, allow_empty_file=True)
    table = forms.CharField(
        label=gettext_lazy("Or written here"),
        required=False,
        strip=False,
        help_text=gettext_lazy(
            "The first line names the columns, every other line is one copy. “key” is the short name in addresses; "
            "the other columns are yours."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "class": "font-mono", "spellcheck": "false"}),
    )
    first = forms.IntegerField(
        label=gettext_lazy("Make so many first"),
        min_value=0,
        max_value=100,
        initial=1,
        help_text=gettext_lazy("Then it waits until you have looked at them. 0 makes all at once."),
    )
    keep_going = forms.BooleanField(label=gettext_lazy("Pass over what is refused and go on"), required=False)
    source = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, original: Original, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"table": START})
        self.copied = original
        self.before = _sayable(original.stood[original.part][original.key])
        self.longest_key = LONGEST_KEY if original.part == COMMUNITY else LONGEST_GROUP_KEY
        for name, text in self.before.items():
            field, _sign, language = name.partition(":")
            label = str(LABELS[field])
            attrs = {"lang": language} if language else {}
            if language:
                label = f"{label} · {get_language_info(language)['name_local']}"
            line = field in ONE_LINE
            widget = forms.TextInput(attrs) if line else forms.Textarea(attrs | {"rows": 4})
            self.fields[name] = forms.CharField(
                label=label, required=False, initial=text, max_length=8000, widget=widget
            )

    def clean(self) -> dict[str, Any]:
        """The table as text, wherever it came from."""
        given = super().clean() or {}
        file = given.get("file")
        if file:
            raw = file.read(MOST_BYTES + 1)
            given["table"] = Transcoder().feed(raw, final=True).decode("utf-8", "replace")
            given["source"] = file.name[:200]
        if not given.get("table", "").strip():
            raise forms.ValidationError(_("Choose a file, or write the table down."))
        return given

    def sets(self) -> dict[str, str]:
        """The fields that were changed."""
        sent = [name for name in self.before if name in self.data]
        given = {name: self.cleaned_data.get(name, "").replace("\r\n", "\n").strip() for name in sent}
        return {name: text for name, text in given.items() if text != self.before[name].strip()}

    def original(self) -> Original:
        """The original with what the copies say otherwise; braces in the rest are its own."""
        return replace(self.copied, sets=self.sets(), braces=True)

    def read(self) -> Table:
        """The table."""
        raw = self.cleaned_data["table"].replace("\r\n", "\n").encode()
        return read_table(self.cleaned_data["source"] or _("table"), raw, longest_key=self.longest_key)

    def hidden(self) -> list[tuple[str, str]]:
        """What was filled in, to be sent once more from a page that shows the plan."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in {"file", "keep_going"}}
        given |= {"keep_going": "on"} if self.cleaned_data["keep_going"] else {}
        return [(name, str(value)) for name, value in given.items()]


def _sayable(fields: Fields) -> dict[str, str]:
    """What a form offers to say otherwise: every text there is, in its languages."""
    made: dict[str, str] = {}
    for field in [one for one in LABELS if one in fields]:
        value = fields[field]
        if isinstance(value, dict):
            made |= {f"{field}:{language}": text for language, text in value.items()}
        else:
            made[field] = value or ""
    return made


class SeenForm(forms.Form):
    """The plan that somebody saw."""

    seen = forms.CharField(max_length=32, widget=forms.HiddenInput)
    also_living = forms.BooleanField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an original is copied in the console: what it is called, and the addresses around its form."""

    name: str
    form: str
    batch: str
    back: str
    crumbs: tuple[tuple[str, Text], ...]
    nav: str = "groups"


def _of_group(group: Any) -> Place:
    back, name = link("console:group", group.pk), best(group.name) or group.key
    form, batch = link("console:group-copying", group.pk), link("console:group-copying-batch", group.pk)
    return Place(name, form, batch, back, ((link("console:groups"), _("Groups")), (back, name)))


def _of_community(community: Any) -> Place:
    back = link("console:copy-batches")
    crumbs = (
        (link("console:settings"), _("Settings")),
        (link("console:blueprint"), _("Blueprint")),
        (back, _("Copies")),
    )
    form, batch = link("console:community-copying"), link("console:community-copying-batch")
    return Place(best(community.name) or community.key, form, batch, back, crumbs, "settings")


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    return page(request, f"console/{template}.html", {"nav_active": "settings", "page_title": title} | context)


@require_http_methods(["GET", "HEAD", "POST"])
def copying(request: HttpRequest, group_id: int) -> HttpResponse:
    """Say where to copy a group and what the copies say otherwise; see what would be made. Changes nothing."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, APPLY.key)
    group = group_for(actor, group_id)
    return _copying(request, original_group(actor, group.key), _of_group(group))


@require_http_methods(["GET", "HEAD", "POST"])
def community_copying(request: HttpRequest) -> HttpResponse:
    """The same for the whole community, for whoever runs the house."""
    actor = request.actor  # type: ignore[attr-defined]
    demand_founding(actor)
    return _copying(request, original_community(actor), _of_community(request.community))  # type: ignore[attr-defined]


def _copying(request: HttpRequest, original: Original, at: Place, why: str = "") -> HttpResponse:
    """The form, or what would be made; ``why`` it was not made when somebody tried."""
    actor = request.actor  # type: ignore[attr-defined]
    form = CopyForm(original, request.POST or None, request.FILES or None)
    mistakes: list[str] = []
    if request.method == "POST" and "change" not in request.POST and form.is_valid():
        table, otherwise = form.read(), form.original()
        plan, problems = copies_planned(actor, otherwise, table)
        if not problems:
            if why:
                messages.error(request, why)
            return _plan_page(request, at, form, otherwise, table, plan)
        mistakes = [said(one) for one in problems]
    title = _("Copy %(name)s") % {"name": at.name}
    about = {"at": at, "nav_active": at.nav, "whole": original.part == COMMUNITY}
    return _page(request, "copying", title, form=form, mistakes=mistakes, **about)


def _plan_page(
    request: HttpRequest, at: Place, form: CopyForm, original: Original, table: Table, plan: Plan
) -> HttpResponse:
    main = {one.change.key: tell(one) for one in plan.changes if one.change.section == original.part}
    names = {one.change.key: best(one.change.after.get("name") or {}) for one in plan.changes}
    keys = [one.key for one in table.targets[1 : SHOWN + 1]]
    if original.part == COMMUNITY:
        first = plan_of_copy(request.actor, original, table.targets[0], None)  # type: ignore[attr-defined]
    else:
        first = only_of(plan, [table.targets[0].key])
    return _page(
        request,
        "copying_plan",
        _("Copy %(name)s") % {"name": at.name},
        at=at,
        nav_active=at.nav,
        plan=plan,
        hidden=[*form.hidden(), ("seen", fingerprint(plan))],
        changes=plan_shown(first)["changes"],
        notes=dict.fromkeys([*plan.notes, *first.notes]),
        others=[(key, names[key], main[key].consequences) for key in keys],
        count=len(table.targets),
        more=max(0, len(table.targets) - 1 - SHOWN),
        make_first=min(form.cleaned_data["first"], len(table.targets)),
        refused=all(one.refused for one in plan.changes),
    )


@require_POST
def copying_batch(request: HttpRequest, group_id: int) -> HttpResponse:
    """Begin with the copies that were looked at."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, APPLY.key)
    group = group_for(actor, group_id)
    return _begin(request, original_group(actor, group.key), _of_group(group))


@require_POST
def community_copying_batch(request: HttpRequest) -> HttpResponse:
    """Begin with the communities that were looked at."""
    actor = request.actor  # type: ignore[attr-defined]
    demand_founding(actor)
    return _begin(request, original_community(actor), _of_community(request.community))  # type: ignore[attr-defined]


def _begin(request: HttpRequest, original: Original, at: Place) -> HttpResponse:
    form = CopyForm(original, request.POST)

    def act(given: dict[str, Any]) -> dict[str, Any]:
        otherwise = form.original()
        batch = begin_copies(
            request.actor,  # type: ignore[attr-defined]
            otherwise,
            form.read(),
            first=given["first"],
            strict=not given["keep_going"],
            seen=request.POST.get("seen", ""),
        )
        return {"number": batch.number}

    done = attempt(request, form, act)
    if done is None:
        shown = _copying(request, original, at, errors_of(form))
        shown.status_code = REFUSED
        return shown
    return redirect(link("console:copy-batch", done["number"]))


@require_safe
def copy_batches(request: HttpRequest) -> HttpResponse:
    """Every batch of copies, the newest first."""
    actor = request.actor  # type: ignore[attr-defined]
    found = [state_of(batch) for batch in batches(actor)[:HISTORY]]
    rows = [
        {"state": state, "name": name_of(state.batch), "batch": state.batch, "word": BATCH_WORDS[state.word]}
        for state in found
    ]
    of_communities = [row for row in rows if row["batch"].part == COMMUNITY]
    about = {"may_found": may_found(actor), "communities": bool(of_communities)}
    return _page(request, "copy_batches", _("Copies"), rows=rows, **about)


@require_safe
def copy_batch(request: HttpRequest, number: int) -> HttpResponse:
    """One batch: how far it is, what was refused and why, and what can be done with it."""
    state = state_of(batch_for(request.actor, number))  # type: ignore[attr-defined]
    is_community, places = state.batch.part == COMMUNITY, _places(state)
    rows = sorted(state.copies, key=lambda one: not one.refused)[:SHOWN]
    name = name_of(state.batch)
    original = link("console:today") if is_community else places.get(state.batch.key, ("", False))[0]
    return _page(
        request,
        "copy_batch",
        _("Copies of %(name)s") % {"name": name},
        state=state,
        batch=state.batch,
        name=name,
        word=BATCH_WORDS[state.word],
        is_open=state.open is not None,
        may_go_on=state.may_go_on and (not is_community or may_found(request.actor)),  # type: ignore[attr-defined]
        is_community=is_community,
        stands=any(one.copy.key in places and not places[one.copy.key][1] for one in state.copies),
        original_url=original,
        rows=[_row(one, places) for one in rows],
        more=max(0, len(state.copies) - SHOWN),
        why=next((why_refused(one.refused) for one in state.copies if one.refused and not one.copy.left_out), ""),
    )


Places = dict[str, tuple[str, bool]]  # key of a copy → its address, and whether it is closed


def _places(state: BatchState) -> Places:
    if state.batch.part == COMMUNITY:
        return community_places(state)
    found = groups_with_keys([one.copy.key for one in state.copies if one.made] + [state.batch.key])
    return {key: (link("console:group", pk), closed) for key, (pk, closed) in found.items()}


def _row(one: CopyState, places: Places) -> dict[str, Any]:
    url, closed = places.get(one.copy.key, ("", False))
    word: tuple[Text, str] = (_("to do"), "")
    if one.made:
        word = (_("closed"), "slate") if closed else (_("made"), "good")
    if one.refused:
        word = (_("refused"), "danger")
    if one.copy.left_out and not one.made:
        word = (_("left out"), "slate")
    values = " · ".join(text for name, text in one.copy.values.items() if text and name != "key")
    return {"key": one.copy.key, "url": url, "word": word, "values": values, "why": why_refused(one.refused)}


@require_POST
def copy_batch_going_on(request: HttpRequest, number: int) -> HttpResponse:
    """Go on with a batch; with ``leave_out`` without what was refused."""
    actor = request.actor  # type: ignore[attr-defined]
    batch = batch_for(actor, number)
    with once(request) as claim:
        if claim.fresh:
            go_on(actor, batch, leave_out=bool(request.POST.get("leave_out")))
    return redirect(link("console:copy-batch", number))


@require_http_methods(["GET", "HEAD", "POST"])
def copy_batch_rolling_back(request: HttpRequest, number: int) -> HttpResponse:
    """What rolling a batch back would close, and doing it."""
    actor = request.actor  # type: ignore[attr-defined]
    state = state_of(batch_for(actor, number))
    also = (request.POST or request.GET).get("also_living", "") in {"1", "True"}
    living = living_copies(state)
    plan = plan_of_closing(actor, state, () if also else [one.key for one in living])
    form = SeenForm(request.POST or None, initial={"seen": fingerprint(plan), "also_living": also})

    def act(given: dict[str, Any]) -> dict[str, Any]:
        roll_back_copies(actor, state.batch, also_living=also, seen=given["seen"])
        return {}

    if request.method == "POST":
        if attempt(request, form, act) is None:
            messages.error(request, errors_of(form))
            return redirect(link("console:copy-batch-rolling-back", number))
        return redirect(link("console:copy-batch", number))
    title = _("Roll back the copies of %(name)s") % {"name": name_of(state.batch)}
    closing = {one.change.key for one in plan.changes}
    places = _places(state)
    return _page(
        request,
        "copy_batch_rolling_back",
        title,
        form=form,
        batch=state.batch,
        is_community=state.batch.part == COMMUNITY,
        living=[(one, one.key in closing, places[one.key][0]) for one in living],
        also=also,
        **plan_shown(plan),
    )

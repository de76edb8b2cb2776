"""The blueprint of the community: given and looked at, applied, remembered, taken back; what was changed by hand."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearth.blueprint.access import may_in_all
from hearth.blueprint.errors import BlueprintRefused
from hearth.blueprint.queries import (
    drift,
    exported,
    history,
    name_of,
    plan_back,
    plan_of,
    read_blueprint,
    revision_for,
    steps_of,
    undone_numbers,
)
from hearth.blueprint.queries.community_copies import origin_of_community
from hearth.blueprint.queries.history import Entry, said_of
from hearth.blueprint.queries.wording import said, tell, tell_change, why_refused
from hearth.blueprint.registry import APPLY
from hearth.blueprint.rules.reading import MOST_BYTES
from hearth.blueprint.services import begin_revision, fingerprint
from hearth.blueprint.types import Description, Plan
from hearth.console.pages.settings import tabs
from hearth.console.wording import BATCH_WORDS
from hearth.core.lists import listed
from hearth.core.permissions import demand
from hearth.core.routing import link
from hearth.groups.queries import has_open_groups
from hearth.kit.described import Change
from hearth.ui.attempts import attempt, errors_of
from hearth.ui.pages import page
from hearth.ui.types import Text

SHOWN = 300  # changes on one page; the counts above them are those of all
HISTORY = 30
REFUSED = 422  # as every page answers that keeps what was typed
KINDS = {
    "create": (gettext_lazy("create"), "good"),
    "change": (gettext_lazy("change"), "ember"),
    "remove": (gettext_lazy("remove"), "danger"),
}
BY_HAND = {"create": gettext_lazy("created"), "change": gettext_lazy("changed"), "remove": gettext_lazy("removed")}


class BlueprintForm(forms.Form):
    """A blueprint as a file, or as text."""

    file = forms.FileField(label=gettext_lazy("File"), required=False, allow_empty_file=True)
    text = forms.CharField(
        label=gettext_lazy("Or paste it here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "font-mono", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two has to be there, and not too large to be looked at."""
        told = super().clean() or {}
        if not told.get("file") and not told.get("text"):
            raise forms.ValidationError(_("Choose a file, or paste the text of a blueprint."))
        return told

    def contents(self) -> tuple[str, bytes]:
        """Name and bytes; at most one byte more than may be."""
        file = self.cleaned_data.get("file")
        if file:
            return file.name[:200], file.read(MOST_BYTES + 1)
        return "blueprint.yaml", self.cleaned_data["text"].replace("\r\n", "\n").encode()


class ApplyForm(forms.Form):
    """The blueprint that somebody looked at, and the plan they saw."""

    text = forms.CharField(strip=False, widget=forms.HiddenInput)
    source = forms.CharField(max_length=200, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=32, widget=forms.HiddenInput)


class WayBackForm(forms.Form):
    """The plan back that somebody saw."""

    seen = forms.CharField(max_length=32, widget=forms.HiddenInput)


def _told(kind: str, told: Any, words: dict[str, Any] | None = None) -> dict[str, Any]:
    word, tone = KINDS[kind]
    return {"word": (words or {}).get(kind, word), "tone": tone, "told": told}


def plan_shown(plan: Plan) -> dict[str, Any]:
    """What the page of a plan shows of it."""
    return {
        "plan": plan,
        "counts": [(word, tone, plan.count(kind)) for kind, (word, tone) in KINDS.items() if plan.count(kind)],
        "changes": [_told(one.change.kind, tell(one)) for one in plan.changes[:SHOWN]],
        "more": max(0, len(plan.changes) - SHOWN),
        "seen": fingerprint(plan),
        "may_apply": any(not one.refused for one in plan.changes),
    }


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    title = _("Settings") if template == "blueprint" else _("Blueprint")
    about = {"nav_active": "settings", "page_title": title, "tabs": tabs()}
    return page(request, f"console/{template}.html", about | context)


def _read(request: HttpRequest, name: str, raw: bytes) -> tuple[Description, list[str]]:
    """What a text describes of this community, and its mistakes in the reader's language."""
    description, problems = read_blueprint([(name, raw)], language=request.community.language)  # type: ignore[attr-defined]
    return description, [said(one) for one in problems]


@require_http_methods(["GET", "HEAD", "POST"])
def blueprint(request: HttpRequest) -> HttpResponse:
    """Give a blueprint and see what it would do; what was applied before, and what was changed by hand since."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, APPLY.key)
    form = BlueprintForm(request.POST, request.FILES) if request.method == "POST" else BlueprintForm()
    mistakes: list[str] = []
    if request.method == "POST" and form.is_valid():
        name, raw = form.contents()
        answer, mistakes = _look(request, name, raw)
        if answer is not None:
            return answer
    return _overview(request, form, mistakes)


def _overview(request: HttpRequest, form: BlueprintForm, mistakes: list[str]) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    seen = drift(actor)
    origin = origin_of_community(request.community)  # type: ignore[attr-defined]
    taken_back = origin is not None and origin.rolled_back_at is not None and not has_open_groups()
    return _page(
        request,
        "blueprint",
        taken_back=taken_back,
        form=form,
        mistakes=mistakes,
        origin=origin if origin is not None and may_in_all(actor, [origin.community]) else None,
        drift=seen,
        drifted=[_told(one.kind, tell_change(one), BY_HAND) for one in seen.changes[:SHOWN]] if seen else [],
        history=[_line(entry) for entry in history(actor, HISTORY)],
    )


def _look(request: HttpRequest, name: str, raw: bytes, why: str = "") -> tuple[HttpResponse | None, list[str]]:
    """The page of a plan, with ``why`` it was not applied; or the mistakes because of which there is none."""
    description, mistakes = _read(request, name, raw)
    if mistakes:
        return None, mistakes
    plan, problems = plan_of(request.actor, description.wanted, description.document)  # type: ignore[attr-defined]
    if problems:
        return None, [said(one) for one in problems]
    here = request.community.key  # type: ignore[attr-defined]
    other = description.community if description.community not in {"", here} else ""
    text = raw.decode("utf-8-sig")
    form = ApplyForm(initial={"text": text, "source": name, "seen": fingerprint(plan)})
    if why:
        messages.error(request, why)
    return _page(request, "blueprint_plan", form=form, other=other, source=name, **plan_shown(plan)), []


@require_POST
def revise(request: HttpRequest) -> HttpResponse:
    """Apply the blueprint that was looked at; where that is refused, the plan as it is now stands beside the reason."""
    actor = request.actor  # type: ignore[attr-defined]
    form = ApplyForm(request.POST)

    def act(data: dict[str, Any]) -> dict[str, Any]:
        description, mistakes = _read(request, data["source"], data["text"].encode())
        plan, problems = plan_of(actor, description.wanted, description.document)
        if mistakes or problems:
            raise BlueprintRefused()
        files = [(data["source"], data["text"])]
        row = begin_revision(actor, plan, source=data["source"], files=files, seen=data["seen"])
        return {"number": row.number}

    done = attempt(request, form, act)
    if done is not None:
        return redirect(link("console:blueprint-applied", done["number"]))
    name, text = form.data.get("source", ""), form.data.get("text", "")
    answer, mistakes = _look(request, name, text.encode(), errors_of(form))
    shown = answer or _overview(request, BlueprintForm(initial={"text": text}), mistakes)
    shown.status_code = REFUSED
    return shown


def _line(entry: Entry) -> dict[str, Any]:
    """A line of the history: a batch of copies is one, and so is its roll-back."""
    row, batch = entry.row, entry.batch
    told: dict[str, Any] = {"row": row, "numbers": listed(entry.numbers), "what": said_of(entry)}
    told |= {"state": _state(row, undone=entry.undone)}
    if batch is not None:
        told |= {"batch": batch.batch, "made": batch.made, "copies": len(batch.copies)}
        told |= {"state": BATCH_WORDS[batch.word]} if row.undoes_id is None else {}
    return told


def _state(row: Any, *, undone: bool = False) -> tuple[Text, str]:
    if undone:
        return BATCH_WORDS["rolled_back"]
    if row.stopped:
        return _("Stopped"), "slate"
    if row.ended_at is None:
        return _("Running"), "ember"
    return (_("Not all of it"), "caution") if row.steps_refused else (_("Applied"), "good")


def _told_step(step: Any) -> dict[str, Any]:
    change = Change(step.section, step.key, step.kind, step.before, step.after)
    return _told(step.kind, tell_change(change, why_refused(step.refused))) | {"waits": step.done_at is None}


@require_safe
def applied(request: HttpRequest, number: int) -> HttpResponse:
    """One revision: how far it is, what it did, what it did not do and why."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, APPLY.key)
    row: Any = revision_for(actor, number)  # with its counts
    steps = list(steps_of(row).order_by("-refused", "number")[:SHOWN])
    undone = row.batch is None and number in undone_numbers()
    return _page(
        request,
        "blueprint_applied",
        page_title=_("Revision %(number)s") % {"number": number},
        row=row,
        undone_to=number - 1,
        state=_state(row, undone=undone),
        copies_of=name_of(row.batch) if row.batch else "",
        may_go_back=row.ended_at is not None and row.batch is None and not undone,
        changes=[_told_step(one) for one in steps],
        more=max(0, row.steps_all - SHOWN),
        is_open=row.ended_at is None and row.job is not None,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def way_back(request: HttpRequest, number: int) -> HttpResponse:
    """The plan to what stood before a revision; applied like any other."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, APPLY.key)
    row = revision_for(actor, number)
    plan = plan_back(actor, row)
    form = WayBackForm(request.POST or None, initial={"seen": fingerprint(plan)})

    def act(data: dict[str, Any]) -> dict[str, Any]:
        return {"number": begin_revision(actor, plan, undoes=row, seen=data["seen"]).number}

    if request.method == "POST":
        done = attempt(request, form, act)
        if done is not None:
            return redirect(link("console:blueprint-applied", done["number"]))
        messages.error(request, errors_of(form))
        return redirect(link("console:blueprint-way-back", number))
    return _page(request, "blueprint_plan", form=form, undoes=row, **plan_shown(plan))


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The community as a file."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, APPLY.key)
    text, _problems = exported(actor)
    name = f"{request.community.key}.yaml"  # type: ignore[attr-defined]
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

"""The guided start: begun from a kind, told in five screens, looked at as a plan, applied."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearth.blueprint.queries.drafts import (
    Begun,
    begun,
    draft_for,
    draft_text,
    has_groups,
    held_back,
    missing_everywhere,
    missing_in,
    of_draft,
    plan_of_draft,
    readiness_of,
    shown,
)
from hearth.blueprint.queries.wording import said
from hearth.blueprint.rules.answers import SCREENS
from hearth.blueprint.rules.kinds import KINDS, NOTHING, STANDING
from hearth.blueprint.rules.readiness import Readiness, Verdict
from hearth.blueprint.services import fingerprint
from hearth.blueprint.services.drafts import apply_draft, begin_draft, drop_draft, tell_screen
from hearth.console.pages import start_words as words
from hearth.console.pages.blueprint import plan_shown
from hearth.console.pages.settings import tabs
from hearth.console.pages.start_forms import SeenForm, form_of
from hearth.core.errors import NotFound
from hearth.core.routing import link
from hearth.people.queries import names_of_members
from hearth.ui.attempts import attempt, errors_of
from hearth.ui.pages import page


class BeginForm(forms.Form):
    """From what to begin, and in which language to write."""

    start = forms.ChoiceField(label=gettext_lazy("Begin from"), widget=forms.RadioSelect)
    language = forms.ChoiceField(label=gettext_lazy("Language in which you write"), choices=settings.LANGUAGES)

    def __init__(self, data: Any = None, *, is_new: bool) -> None:
        own = [(STANDING, _("What stands: the screens say what the community is now")), (NOTHING, _("Nothing"))]
        kinds = [(key, f"{_(kind.title)} – {_(kind.about)}") for key, kind in KINDS.items()]
        first = kinds[0][0] if is_new else STANDING
        super().__init__(data, initial={"start": first, "language": get_language()})
        self.fields["start"].choices = [*kinds, *own] if is_new else [*own[:1], *kinds, *own[1:]]  # type: ignore[attr-defined]


class StartPlanForm(forms.Form):
    """The plan that somebody looked at; and, where nobody should build yet, that they know."""

    seen = forms.CharField(max_length=32, widget=forms.HiddenInput)
    knowingly = forms.BooleanField(label=gettext_lazy("I know that this cannot be kept, and go on"), required=False)
    why = forms.CharField(
        label=gettext_lazy("Why"), help_text=gettext_lazy("Kept in the audit log."), max_length=300, required=False
    )


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    about = {"nav_active": "settings", "page_title": _("Guided start"), "tabs": tabs()}
    return page(request, f"console/{template}.html", about | context)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Choose from what to begin; or, once begun, see how far it is, what is missing, and whether it can be carried."""
    actor = request.actor  # type: ignore[attr-defined]
    draft = draft_for(actor)
    if draft is not None and request.method != "POST":
        return _overview(request, of_draft(draft))
    form = BeginForm(request.POST or None, is_new=not has_groups())
    if request.method == "POST":
        done = attempt(request, form, lambda data: {"draft": begin_draft(actor, data["start"], data["language"]).pk})
        if done is not None:
            return redirect(link("console:start-screen", SCREENS[0]))
    return _page(request, "start_begin", form=form)


def _overview(request: HttpRequest, one: Begun) -> HttpResponse:
    _text, plan, problems = plan_of_draft(request.actor, one)  # type: ignore[attr-defined]
    gaps = missing_everywhere(one)
    todo = [screen for screen in SCREENS if not one.version(screen)]
    return _page(
        request,
        "start",
        one=one,
        screens=[_standing(one, screen, gaps[screen]) for screen in SCREENS],
        next=link("console:start-screen", todo[0]) if todo else "",
        mistakes=[said(problem) for problem in problems],
        changes=len(plan.changes),
        **carried(readiness_of(one)),
    )


def _standing(one: Begun, screen: str, gaps: list[str]) -> dict[str, Any]:
    title, question = words.SCREENS[screen]
    if not one.version(screen):
        state = (_("still to do"), "slate")
    elif one.left_out(screen):
        state = (_("left out"), "slate")
    else:
        state = (_("missing: %(count)s") % {"count": len(gaps)}, "caution") if gaps else (_("told"), "good")
    told = one.version(screen) and not one.left_out(screen)
    return {"key": screen, "title": title, "question": question, "state": state, "gaps": gaps if told else []}


def carried(found: Readiness) -> dict[str, Any]:
    """Whether it can be carried, as it is shown: the verdict, and hours by kind of work."""
    title, tone, sentence = words.VERDICTS[found.verdict]
    return {
        "readiness": found,
        "request_url": link("console:start-request") if found.verdict is Verdict.NOT_YET else "",
        "verdict": {"title": title, "tone": tone, "sentence": sentence},
        "work": [
            (words.WORK_WORDS[kind], hours(minutes), kind in found.short) for kind, minutes in found.needed.items()
        ],
        "sums": _sums(found),
    }


def _sums(found: Readiness) -> list[tuple[str, float]]:
    sums = [(_("Needed for what is promised"), hours(found.all_needed)), (_("There is"), hours(found.given))]
    return [*sums, (_("Missing"), hours(found.lacking))] if found.lacking else sums


def hours(minutes: int) -> float:
    """Minutes as hours, to a tenth."""
    return round(minutes / 60, 1)


@require_http_methods(["GET", "HEAD", "POST"])
def screen(request: HttpRequest, screen: str) -> HttpResponse:
    """One screen: what was told, or what the kind suggests; saved, left out, or gone on from."""
    if screen not in SCREENS:
        raise NotFound()
    actor = request.actor  # type: ignore[attr-defined]
    one = begun(actor)
    to = request.POST.get("to", "next")
    if to == "leave":
        form: SeenForm = SeenForm(request.POST)
        if attempt(request, form, lambda data: {"version": tell_screen(actor, screen, None, seen=data["seen"])}):
            return redirect(_from(screen, "next"))
        messages.error(request, errors_of(form))
        return redirect(link("console:start-screen", screen))
    return _told(request, one, screen, to)


def _told(request: HttpRequest, one: Begun, screen: str, to: str) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    names = {room.key: room.name for room in shown(one, "audience").rooms}  # type: ignore[attr-defined]
    form = form_of(screen, shown(one, screen), one.version(screen), request.POST or None, names)
    if request.method == "POST":
        seen = int(request.POST["seen"]) if request.POST.get("seen", "").isdecimal() else 0
        done = attempt(request, form, lambda _data: {"at": tell_screen(actor, screen, form.answer(), seen=seen)})
        if done is not None:
            return redirect(_from(screen, to))
        _now_seen(form, one.version(screen))
    number = SCREENS.index(screen) + 1
    title, question = words.SCREENS[screen]
    return _page(
        request,
        "start_screen",
        one=one,
        form=form,
        screen=screen,
        title=title,
        question=question,
        number=number,
        of=len(SCREENS),
        version=one.version(screen),
        left_out=one.left_out(screen),
        last=_last(one, screen),
        gaps=missing_in(one, screen),
        steps=[_step(one, key) for key in SCREENS],
        back=number > 1,
    )


def _now_seen(form: forms.Form, seen: int | str) -> None:
    """A refused form stands beside what is true now: sending it again is meant for that."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    data["seen"] = seen
    form.data = data


def _step(one: Begun, key: str) -> dict[str, Any]:
    number = SCREENS.index(key) + 1
    icon = "" if not one.version(key) else "minus" if one.left_out(key) else "check"
    return {
        "key": key,
        "url": link("console:start-screen", key),
        "label": f"{number} {words.SCREENS[key][0]}",
        "icon": icon,
    }


def _last(one: Begun, screen: str) -> dict[str, Any] | None:
    """Who told this screen last, and when."""
    entry = one.draft.answers.get(screen)
    if not entry:
        return None
    member = entry["by"].removeprefix("member:")
    found = names_of_members([int(member)]) if member.isdecimal() else {}
    name = next((told for told, _bot in found.values()), _("The house"))
    return {"name": name, "at": datetime.fromisoformat(entry["at"])}


def _from(screen: str, to: str) -> str:
    """Where to go on: the next screen, the one before, or the overview."""
    place = SCREENS.index(screen) + {"next": 1, "back": -1}.get(to, len(SCREENS))
    return link("console:start-screen", SCREENS[place]) if 0 <= place < len(SCREENS) else link("console:start")


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """What the draft would do; applied like any other plan, without capacity only knowingly."""
    actor = request.actor  # type: ignore[attr-defined]
    form = StartPlanForm(request.POST or None)

    def act(data: dict[str, Any]) -> dict[str, Any]:
        row = apply_draft(actor, seen=data["seen"], knowingly=data["knowingly"], why=data["why"])
        return {"number": row.number}

    if request.method == "POST":
        done = attempt(request, form, act)
        if done is not None:
            return redirect(link("console:blueprint-applied", done["number"]))
    return _plan(request, form)


def _plan(request: HttpRequest, form: StartPlanForm) -> HttpResponse:
    one = begun(request.actor)  # type: ignore[attr-defined]
    _text, found, problems = plan_of_draft(request.actor, one)  # type: ignore[attr-defined]
    if problems:
        return redirect(link("console:start"))
    ready = readiness_of(one)
    held = held_back(ready, found)
    seen = fingerprint(found)
    form.initial["seen"] = seen
    if form.is_bound:
        _now_seen(form, seen)
    if not held:
        del form.fields["knowingly"], form.fields["why"]
    return _page(request, "blueprint_plan", form=form, held=held, guided=True, **carried(ready), **plan_shown(found))


@require_safe
def file(request: HttpRequest) -> HttpResponse:
    """The draft as a file with comments."""
    answer = HttpResponse(draft_text(begun(request.actor)), content_type="application/yaml; charset=utf-8")  # type: ignore[attr-defined]
    answer["Content-Disposition"] = f'attachment; filename="{request.community.key}-draft.yaml"'  # type: ignore[attr-defined]
    return answer


@require_POST
def ending(request: HttpRequest) -> HttpResponse:
    """Throw the draft away."""
    form = forms.Form(request.POST)
    if attempt(request, form, lambda _data: drop_draft(request.actor)) is not None:  # type: ignore[attr-defined,func-returns-value]
        messages.success(request, _("The draft is gone."))
    return redirect(link("console:start"))

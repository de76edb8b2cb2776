"""The one-page request for what is missing, to whoever decides: what is promised, what it needs, what there is."""

from importlib import import_module

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext as _, override
from django.views.decorators.http import require_safe

from hearth.blueprint.queries.drafts import Begun, begun, missing_everywhere, readiness_of
from hearth.blueprint.rules.answers import Line, Purpose
from hearth.blueprint.rules.readiness import MINUTES, Readiness, Verdict
from hearth.console.pages import start_words as words
from hearth.core.lists import listed
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.ui.download import download
from hearth.ui.pages import page
from hearth.ui.sheets import LANGS, Section, Sheet, sheet_html


@require_safe
def request_page(request: HttpRequest) -> HttpResponse:
    """The request, to read and copy; with ``?as=html`` or ``?as=pdf`` as a file, in ``?language=``."""
    one = begun(request.actor)  # type: ignore[attr-defined]
    found = readiness_of(one)
    if found.verdict is not Verdict.NOT_YET:
        return redirect(link("console:start"))
    asked = request.GET.get("language") or get_language() or "en"
    with override(asked if asked in LANGS else "en"):
        sheet = sheet_of(request, one, found)
        if "as" in request.GET:
            return _file(request, sheet)
        context = {"nav_active": "settings", "page_title": sheet.title, "sheet": sheet, "text": as_text(sheet)}
        return page(request, "console/start_request.html", context)


def _file(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    name = request.community.key  # type: ignore[attr-defined]
    if request.GET["as"] == "pdf":
        # Loaded when it is used: no other page should carry it.
        content = import_module("hearth.ui.sheet_pdf").sheet_pdf(sheet)
        return download(content, "request", name, "pdf", "application/pdf")
    return download(sheet_html(sheet), "request", name, "html", "text/html; charset=utf-8")


def sheet_of(request: HttpRequest, one: Begun, found: Readiness) -> Sheet:
    """The request as a sheet, in the language in force."""
    name = best(request.community.name)  # type: ignore[attr-defined]
    minutes = {**MINUTES, **(one.told.team.minutes if one.told.team else {})}
    assumed = [f"{words.WORK_WORDS[kind]} {minutes[kind]}" for kind in found.needed]
    foot = (
        _("Minutes assumed for one piece: {list}. For the groups, a week of one.").format(list=listed(assumed)),
        _("They are assumptions, not measurements; whoever knows better puts their own in their place."),
    )
    return Sheet(
        get_language() or "en",
        _("What is missing before we build: {community}").format(community=name),
        _("As of {day}, for whoever decides about it").format(day=date_format(timezone.localdate(), "DATE_FORMAT")),
        (_wanted(one), _promised(one), _needs(found), _asked(one, found)),
        foot,
    )


def _wanted(one: Begun) -> Section:
    purpose = one.told.purpose or Purpose()
    audience = one.told.audience.audience if one.told.audience else ""
    serves = _("It serves one link of our business: {link}.").format(link=purpose.serves_link)
    told = [purpose.purpose, audience, serves if purpose.serves_link and purpose.type == "auxiliary" else ""]
    return Section(_("What we want to build"), tuple(text for text in told if text) or (_("Not written down yet."),))


def _promised(one: Begun) -> Section:
    lines = [line for line in (one.told.value.lines if one.told.value else []) if line.service]
    heads = (_("What members would be promised"), _("How often"))
    return Section(_("What we would promise"), (), heads, tuple((line.service, _rhythm(line)) for line in lines))


def _rhythm(line: Line) -> str:
    if not line.times:
        return "–"
    return _("{times} × {every}").format(times=line.times, every=dict(words.EVERY)[line.every])


def _needs(found: Readiness) -> Section:
    heads = (_("Work"), _("Hours a week"))
    rows = [(str(words.WORK_WORDS[kind]), _hours(told)) for kind, told in found.needed.items()]
    rows += [(_("Needed for what is promised"), _hours(found.all_needed)), (_("There is"), _hours(found.given))]
    return Section(_("What that needs, and what there is"), (), heads, tuple(rows))


def _hours(minutes: int) -> str:
    return number_format(round(minutes / 60, 1), decimal_pos=1)


def _asked(one: Begun, found: Readiness) -> Section:
    points = []
    if found.lacking:
        kinds = listed([str(words.WORK_WORDS[kind]) for kind in found.short])
        what = _("{hours} more hours a week").format(hours=_hours(found.lacking))
        points.append((what, _("by people who can do this: {kinds}").format(kinds=kinds), ""))
    if found.thin:
        points.append((_("Something to give every week"), _("Less than one piece a week holds nobody."), ""))
    points += [(line, "", "") for line in missing_everywhere(one)["team"]]
    less = _("Or leave to promise less, so that what is promised can be kept.")
    later = _("Until then we build nothing: a community that waits in vain is harder to warm than none.")
    return Section(_("What we ask for"), (), points=(*points, (less, "", ""), (later, "", "")))


def as_text(sheet: Sheet) -> str:
    """The same as plain text, to be sent in a message."""
    parts = [sheet.title, sheet.under]
    for section in sheet.sections:
        parts += ["", section.title, *section.sentences]
        parts += ["- " + ": ".join(row) for row in section.rows]
        parts += [f"{n}. " + " – ".join(filter(None, point)) for n, point in enumerate(section.points, 1)]
    return "\n".join([*parts, "", *sheet.foot])

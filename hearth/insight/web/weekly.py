"""The weekly report and the decision-maker's page: from the stored readings alone, a fixed number of queries."""

from collections.abc import Mapping, Sequence
from importlib import import_module

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _, override
from django.views.decorators.http import require_safe

from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups.queries import group_names
from hearth.groups.queries.charter import charter_of
from hearth.insight.queries.alarms import change_of, open_alarms
from hearth.insight.queries.fleet import cooled_lately, count_by_stage, warmed_lately
from hearth.insight.queries.pulse import community_summary
from hearth.insight.queries.readings import MetricReadings, readings_of
from hearth.insight.types import Diagnosis
from hearth.insight.web import presenting
from hearth.insight.web.download import download
from hearth.insight.web.metrics import UNITS, change_of as metric_change, shown
from hearth.insight.web.sheets import LANGS, Section, Sheet, sheet_html
from hearth.ui.types import temperature

SHOWN = 8
WEEK = ("mau", "messages_28d", "authors_28d", "starts_per_week", "new_members_28d", "members_left_28d",
        "questions_28d", "questions_answered_24h", "time_to_first_answer",
        "first_reply_coverage", "seeded_28d", "organic_share")  # fmt: skip
PURPOSE = ("mau", "participation", "questions_answered_24h", "first_reply_coverage", "authors_returning")
COST = ("seeded_28d", "organic_share")
RETURN = ("messages_28d", "new_members_28d", "quick_ratio")
Found = Mapping[str, MetricReadings]


def weekly(request: HttpRequest) -> Sheet:
    """What moved this week, for those who run the community. Raises Http404 before the first reading."""
    whole, found = _readings()
    cooled, _count = cooled_lately(SHOWN)
    alarms, standing, _held = open_alarms(SHOWN)
    told = [(best(row.group.name), presenting.change_view(change_of(row))) for row in alarms]
    sections = [
        Section(_("At a glance"), (_temperatures(),), _heads(), _rows(found, WEEK)),
        _moved(_("Groups that cooled down"), [(one.name, one.before, one.stage) for one in cooled]),
        _moved(_("Groups that warmed up"), warmed_lately(SHOWN)),
        Section(_("Changes that need somebody"), points=tuple((f"{name}: {one.title}", one.text) for name, one in told))
        if standing
        else None,
        _steps(whole),
    ]
    return _sheet(request, _("Weekly report: {community}"), whole, sections)


def decision(request: HttpRequest) -> Sheet:
    """One page for those who decide whether to go on: purpose, cost, return, state, next steps. Raises Http404."""
    whole, found = _readings()
    purpose = best(charter_of().purpose)
    cost = _("Money and working hours are not recorded here; what the team posts stands for its effort.")
    sections = [
        Section(
            _("Does it serve its purpose?"),
            (purpose or _("No purpose is written in the charter yet."),),
            _heads(),
            _rows(found, PURPOSE),
        ),
        Section(_("What does it cost?"), (cost,), _heads(), _rows(found, COST)),
        Section(_("What comes back?"), tuple(_per_seed(found)), _heads(), _rows(found, RETURN)),
        Section(_("How are the groups?"), (_temperatures(),)),
        _steps(whole),
    ]
    return _sheet(request, _("Is it worth it? {community}"), whole, sections)


def _readings() -> tuple[Diagnosis, Found]:
    summary = community_summary()
    if summary is None:
        raise Http404
    return summary[1], {one.metric.name: one for one in readings_of("community")}


def _sheet(request: HttpRequest, title: str, whole: Diagnosis, sections: Sequence[Section | None]) -> Sheet:
    today = date_format(timezone.localdate(), "DATE_FORMAT")
    foot = [
        _("Members' own acts alone count, unless a line says otherwise: the team, schedules and bots are left out."),
        _("A dash means too little to tell. Every number is defined under Metrics in the console."),
    ]
    if whole.inferred:
        foot.append(_("The archive has no replies; they were inferred from mentions, quotes and nearness."))
    return Sheet(
        get_language() or "en",
        title.format(community=best(request.community.name)),  # type: ignore[attr-defined]
        today,
        tuple(section for section in sections if section is not None),
        tuple(foot),
    )


def _heads() -> tuple[str, ...]:
    return _("In the last 28 days"), _("Now"), _("Four weeks before"), _("Change")


def _rows(found: Found, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(_row(found[name]) for name in names if name in found and found[name].newest is not None)


def _row(one: MetricReadings) -> tuple[str, ...]:
    newest, before = one.newest, one.before
    unit = str(UNITS.get(one.metric.unit, ""))
    change = metric_change(one.metric, newest, before)[0] if newest else ""
    values = [shown(one.metric, reading.value if reading else None) for reading in (newest, before)]
    return (_(one.metric.title), *(f"{value} {unit}".strip() if value != "–" else value for value in values), change)


def _temperatures() -> str:
    counts = presenting.summary(count_by_stage())
    text = _("Of {all} groups {warm} are warm, {cooling} are cooling and {silent} have fallen silent.")
    return text.format(all=counts["all"], warm=counts["warm"], cooling=counts["cooling"], silent=counts["cold"])


def _moved(title: str, groups: Sequence[tuple[str, str, str]]) -> Section | None:
    if not groups:
        return None
    rows = [(name, str(temperature(old).word) if old else "–", str(temperature(new).word)) for name, old, new in groups]
    return Section(title, (), (_("Group"), _("Before"), _("Now")), tuple(rows))


def _steps(whole: Diagnosis) -> Section | None:
    steps = whole.steps[:3]
    ids = {int(key) for step in steps for key in step.groups}
    names = {str(pk): (best(name), link("console:group", pk)) for pk, name in group_names(ids).items()}
    views = presenting.step_views(steps, names)
    points = [(view.text, " ".join([view.why, ", ".join(name for name, _url in view.groups[:5])])) for view in views]
    return Section(_("To do next week"), points=tuple(points)) if points else None


def _per_seed(found: Found) -> list[str]:
    own, fed = (found[name].newest if name in found else None for name in ("messages_28d", "seeded_28d"))
    if own is None or fed is None or own.value is None or not fed.value:
        return []
    text = _("To each message of the team, members wrote %(n)s of their own: a comparison, no proof of cause.")
    return [text % {"n": f"{own.value / fed.value:.1f}"}]


@require_safe
def weekly_report(request: HttpRequest) -> HttpResponse:
    """The weekly report as a file: ``?as=pdf`` or HTML, in the reader's language or ``?language=``."""
    return _answer(request, "weekly")


@require_safe
def decision_report(request: HttpRequest) -> HttpResponse:
    """The decision-maker's page as a file: ``?as=pdf`` or HTML, in the reader's language or ``?language=``."""
    return _answer(request, "decision")


def _answer(request: HttpRequest, kind: str) -> HttpResponse:
    asked = request.GET.get("language") or get_language() or "en"
    name = best(request.community.name)  # type: ignore[attr-defined]
    with override(asked if asked in LANGS else "en"):
        sheet = weekly(request) if kind == "weekly" else decision(request)
        if request.GET.get("as") == "pdf":
            # Loaded when it is used: no other page should carry it.
            content = import_module("hearth.insight.web.sheet_pdf").sheet_pdf(sheet)
            return download(content, kind, name, "pdf", "application/pdf")
        return download(sheet_html(sheet), kind, name, "html", "text/html; charset=utf-8")

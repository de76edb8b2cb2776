"""Reports: the two that are made at once as files, and the weekly ones that were kept."""

from importlib import import_module

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _, override
from django.views.decorators.http import require_safe

from hearth.core.permissions import CHANGE_SETTINGS, may
from hearth.core.texts import best
from hearth.insight.access import weekly_report_for
from hearth.insight.models import WeeklyReport
from hearth.insight.queries.pulse import community_summary
from hearth.insight.queries.weekly import neighbours, next_due, weekly_reports
from hearth.insight.web.weekly import decision, weekly
from hearth.ui.download import download
from hearth.ui.pages import page
from hearth.ui.sheets import LANGS, Sheet, sheet_from, sheet_html

SIZE = 26  # half a year
Row = tuple[WeeklyReport, Sheet]


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The weekly reports that were kept, the newest first, and the reports of this moment."""
    rows = Paginator(weekly_reports(), SIZE).get_page(request.GET.get("page"))
    coming = next_due(request.community)  # type: ignore[attr-defined]
    context = {
        "nav_active": "reports",
        "page_title": _("Reports"),
        "measured": community_summary() is not None,
        "rows": [(row, _sheet_of(row)) for row in rows],
        "page": rows,
        "coming": date_format(coming, "DATETIME_FORMAT") if coming else "",
        "may_change": may(request.actor, CHANGE_SETTINGS.key),  # type: ignore[attr-defined]
    }
    return page(request, "insight/console/reports.html", context)


@require_safe
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """One weekly report as it was read then, in the reader's language."""
    row = weekly_report_for(request.actor, report_id)  # type: ignore[attr-defined]
    sheet = _sheet_of(row)
    before, after = neighbours(row)
    context = {"nav_active": "reports", "page_title": sheet.title, "row": row, "sheet": sheet}
    return page(request, "insight/console/report.html", context | {"before": before, "after": after})


@require_safe
def report_file(request: HttpRequest, report_id: int) -> HttpResponse:
    """A kept report as a file: ``?as=pdf`` or HTML, in the reader's language or ``?language=``."""
    row = weekly_report_for(request.actor, report_id)  # type: ignore[attr-defined]
    with override(_language(request)):
        return _file(request, "weekly", _sheet_of(row))


@require_safe
def weekly_report(request: HttpRequest) -> HttpResponse:
    """The weekly report of this moment as a file: ``?as=pdf`` or HTML, in the reader's language or ``?language=``."""
    with override(_language(request)):
        return _file(request, "weekly", weekly(request.community))  # type: ignore[attr-defined]


@require_safe
def decision_report(request: HttpRequest) -> HttpResponse:
    """The decision-maker's page as a file: ``?as=pdf`` or HTML, in the reader's language or ``?language=``."""
    with override(_language(request)):
        return _file(request, "decision", decision(request.community))  # type: ignore[attr-defined]


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language") or get_language() or "en"
    return asked if asked in LANGS else "en"


def _sheet_of(row: WeeklyReport) -> Sheet:
    return sheet_from(row.sheets[get_language() if get_language() in row.sheets else "en"])


def _file(request: HttpRequest, kind: str, sheet: Sheet) -> HttpResponse:
    name = best(request.community.name)  # type: ignore[attr-defined]
    if request.GET.get("as") == "pdf":
        # Loaded when it is used: no other page should carry it.
        content = import_module("hearth.ui.sheet_pdf").sheet_pdf(sheet)
        return download(content, kind, name, "pdf", "application/pdf")
    return download(sheet_html(sheet), kind, name, "html", "text/html; charset=utf-8")

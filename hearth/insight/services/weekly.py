"""Keeping a weekly report: once for a week, and old ones no longer than the community wants."""

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from hearth.core.community_settings import value_of
from hearth.core.facts import emit
from hearth.insight.facts import WeeklyReportMade
from hearth.insight.models import WeeklyReport
from hearth.insight.queries.weekly import REPORTS_KEPT
from hearth.kit.clock import now


@transaction.atomic
def keep_weekly_report(week: date, sheets: dict[str, Any]) -> WeeklyReport | None:
    """Store the report (language → sheet) of the week that begins on a Monday, and tell; None where the week has one.

    Emits ``insight.weekly_report_made``.
    """
    try:
        with transaction.atomic():
            report = WeeklyReport.objects.create(week=week, made_at=now(), sheets=sheets)
    except IntegrityError:
        return None
    emit(WeeklyReportMade(report=report.pk, week=week.isoformat()), subject=f"weekly_report:{report.pk}")
    WeeklyReport.objects.filter(week__lte=week - timedelta(weeks=value_of(REPORTS_KEPT))).delete()
    return report

"""Past weekly reports, and when the next one comes."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from hearth.core.community_settings import declare, value_of
from hearth.core.models import Community
from hearth.insight.models import CommunityPulse, WeeklyReport
from hearth.insight.queries.readings import measured_day, today_of_community
from hearth.insight.rules.weekly import DAYS, latest_due, week_of
from hearth.kit.clock import now

NEVER = "never"
REPORT_DAY = declare(
    "insight.weekly_report_day",
    "Day of the weekly report",
    help="In the community's own time zone. Those who run the community are told when it is there.",
    kind="choice",
    default="monday",
    choices=(
        (NEVER, "Never"),
        ("monday", "Monday"),
        ("tuesday", "Tuesday"),
        ("wednesday", "Wednesday"),
        ("thursday", "Thursday"),
        ("friday", "Friday"),
        ("saturday", "Saturday"),
        ("sunday", "Sunday"),
    ),
)
REPORT_HOUR = declare(
    "insight.weekly_report_hour",
    "Hour of the weekly report",
    help="From 0 to 23, in the community's own time zone. Where the day's numbers come later, the report follows them.",
    kind="int",
    default=8,
    minimum=0,
    maximum=23,
)
REPORTS_KEPT = declare(
    "insight.weekly_reports_kept",
    "Weeks for which weekly reports are kept",
    help="Older ones are deleted when a new one is made.",
    kind="int",
    default=104,
    minimum=1,
    maximum=520,
)


def weekly_reports() -> QuerySet[WeeklyReport]:
    """The community's stored reports, the newest first."""
    return WeeklyReport.objects.order_by("-week")


def neighbours(report: WeeklyReport) -> tuple[WeeklyReport | None, WeeklyReport | None]:
    """The reports before and after one: two queries."""
    rows = weekly_reports().defer("sheets")
    return rows.filter(week__lt=report.week).first(), rows.filter(week__gt=report.week).last()


def due_since(community: Community) -> datetime | None:
    """Since when the latest report was to be made; None where none is wanted."""
    day = value_of(REPORT_DAY)
    if day == NEVER:
        return None
    local = now().astimezone(ZoneInfo(community.time_zone))
    return latest_due(local, DAYS.index(day), value_of(REPORT_HOUR))


def next_due(community: Community) -> datetime | None:
    """When the next report is to be made; None where none is wanted."""
    since = due_since(community)
    return None if since is None else since + timedelta(days=7)


def is_report_due(community: Community) -> bool:
    """Whether this week's report is wanted and not made: from its hour on for as long as it takes, however long the
    house was down. It waits for the numbers of its own day, not longer; and none is owed for before the community was.
    """
    due = due_since(community)
    if due is None or due < community.created_at or has_report(week_of(due.date())):
        return False
    waited = now().astimezone(due.tzinfo).date() > due.date()
    return (waited or measured_day() == today_of_community()) and CommunityPulse.objects.exists()


def has_report(week: date) -> bool:
    """Whether the report of the week that begins on this Monday was made."""
    return WeeklyReport.objects.filter(week=week).exists()

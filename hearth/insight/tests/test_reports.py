"""The weekly report as a habit: made by itself once a week, told, kept, and looked up."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format
from django.utils.translation import override

from hearth.core.community_settings import change_setting
from hearth.core.jobs import claim, enqueue, work_off
from hearth.core.models import Job
from hearth.core.relay import run_once
from hearth.core.routing import link
from hearth.core.tenancy import across_communities
from hearth.insight.models import GroupPulse, WeeklyReport
from hearth.insight.queries.readings import columns_folder, today_of_community
from hearth.insight.queries.weekly import REPORTS_KEPT, is_report_due, next_due
from hearth.insight.rules.columnfile import FORMAT, MANIFEST
from hearth.insight.rules.weekly import latest_due, week_of
from hearth.insight.services import refresh_pulse
from hearth.insight.services.goals import set_goal
from hearth.insight.services.weekly import keep_weekly_report
from hearth.insight.tests.test_measuring import columns, measured, ward
from hearth.insight.types import Bound
from hearth.kit.clock import now
from hearth.notify.models import Notice, Preference
from hearth.notify.queries import inbox
from hearth.notify.services.digests import compose

__all__ = ["columns", "measured", "ward"]
pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.HEARTH_DEMO = True


@pytest.fixture
def lasting(community):
    """The community has been there for long."""
    community.created_at = now() - timedelta(days=400)
    community.save()
    return community


def at(time_machine, community, monday, **hours):
    """Go to a moment of the week that begins on ``monday``, by the community's own clock."""
    midnight = datetime.combine(monday, datetime.min.time(), ZoneInfo(community.time_zone))
    time_machine.move_to(midnight + timedelta(**hours), tick=False)


def measure():
    """As if the day's numbers had come: no engine is needed for when a report is made."""
    (columns_folder() / MANIFEST).parent.mkdir(parents=True, exist_ok=True)
    stored = {"format": FORMAT, "today": today_of_community(), "files": {}}
    (columns_folder() / MANIFEST).write_bytes(orjson.dumps(stored))
    refresh_pulse()


def let_the_worker_run():
    enqueue("insight.weekly_reports")
    work()


def work():
    while (run := claim("here")) is not None:
        work_off(run)
    assert not Job.objects.filter(state="failed").exists()
    run_once()


def reports_told(who):
    return [one for one in inbox(who.actor) if one.reason == "insight.weekly_report"]


@pytest.mark.parametrize(
    ("local", "due"),
    [
        ((2026, 3, 30, 8, 0), (2026, 3, 30, 8)),  # at the very moment; the clocks went on the day before
        ((2026, 3, 30, 7, 59), (2026, 3, 23, 8)),
        ((2026, 4, 5, 23, 59), (2026, 3, 30, 8)),
    ],
)
def test_a_report_falls_due_by_the_clock_on_the_wall(local, due):
    assert latest_due(datetime(*local, tzinfo=BERLIN), 0, 8) == datetime(*due, tzinfo=BERLIN)


def test_a_week_is_known_by_its_monday():
    assert [week_of(date(2026, 11, day)) for day in (23, 27, 29, 30)] == [date(2026, 11, 23)] * 3 + [date(2026, 11, 30)]


@pytest.fixture
def monday(ward, lasting):
    """The next one, by the community's own clock."""
    return week_of(now().astimezone(ZoneInfo(lasting.time_zone)).date()) + timedelta(days=7)


def test_the_worker_writes_goals_into_it(monday, lasting, ada, time_machine):
    set_goal(ada.actor, "groups_cooling", None, bound=Bound.AT_MOST, value=0)
    at(time_machine, lasting, monday, hours=8)
    measure()
    enqueue("insight.weekly_report")
    with across_communities("as the worker begins"):
        work_off(claim("here"))
    sections = WeeklyReport.objects.get(week=monday).sheets["en"]["sections"]
    (rows,) = [section["rows"] for section in sections if section["title"] == "Goals"]
    assert [row[:2] for row in rows] == [["Groups that cool", "at most 0"]]


def test_it_is_made_at_its_hour_told_in_the_readers_language_and_never_twice(
    monday, lasting, ada, bo, eve, client_of, time_machine
):
    at(time_machine, lasting, monday, hours=7, minutes=59)
    measure()
    let_the_worker_run()
    assert not WeeklyReport.objects.filter(week=monday).exists()
    at(time_machine, lasting, monday, hours=8)
    let_the_worker_run()
    let_the_worker_run()
    report = WeeklyReport.objects.get(week=monday)
    assert sorted(report.sheets) == ["en", "zh-hans", "zh-hant"]
    assert keep_weekly_report(monday, {}) is None  # two workers at once: the second changes nothing
    with override("zh-hans"):
        told = [one for one in reports_told(ada) if one.path == link("console:report", report.pk)]
    assert [one.text for one in told] == ["本周报告来了：看看有哪些变化，下周该做什么。"]
    assert (reports_told(bo), reports_told(eve)) == ([], [])
    assert client_of(ada).get(told[0].path).status_code == 200


def test_who_wants_to_hear_nothing_is_not_told(monday, lasting, ada, time_machine):
    Preference.objects.create(member=ada.member, level="nothing")
    at(time_machine, lasting, monday, hours=9)
    measure()
    let_the_worker_run()
    assert WeeklyReport.objects.filter(week=monday).exists()
    assert reports_told(ada) == []


def test_it_stands_in_the_mail_with_the_way_to_stop(monday, lasting, ada, time_machine):
    at(time_machine, lasting, monday, hours=9)
    measure()
    let_the_worker_run()
    fresh = list(Notice.objects.filter(member=ada.member, reason="insight.weekly_report"))
    text = compose(ada.member, ada.user, fresh).body
    assert "The weekly report is there" in text
    assert link("notify:unsubscribe", "x").split("x")[0] in text


def test_a_run_that_was_missed_is_made_up_for_and_the_next_week_comes_by_itself(monday, lasting, time_machine):
    at(time_machine, lasting, monday, days=5, hours=11)  # the house was down from Monday to Saturday
    measure()
    let_the_worker_run()
    assert list(WeeklyReport.objects.values_list("week", flat=True)) == [monday]
    at(time_machine, lasting, monday, days=8, hours=11)
    measure()
    let_the_worker_run()
    weeks = WeeklyReport.objects.order_by("week").values_list("week", flat=True)
    assert list(weeks) == [monday, monday + timedelta(days=7)]


def test_it_follows_the_numbers_of_its_day_but_does_not_wait_for_them_for_ever(monday, lasting, time_machine):
    at(time_machine, lasting, monday, days=-1, hours=9)
    measure()
    let_the_worker_run()
    at(time_machine, lasting, monday, hours=9)
    assert not is_report_due(lasting)
    measure()
    assert is_report_due(lasting)


def test_a_day_late_it_is_made_of_the_numbers_there_are_and_says_of_which_day(monday, lasting, time_machine):
    at(time_machine, lasting, monday, days=-1, hours=9)
    measure()
    let_the_worker_run()
    at(time_machine, lasting, monday, days=1, hours=9)
    let_the_worker_run()
    sheet = WeeklyReport.objects.get(week=monday).sheets["en"]
    assert sheet["under"] == "As of " + date_format(monday - timedelta(days=1), "DATE_FORMAT")


def test_when_the_numbers_come_after_the_hour_the_report_follows_at_once(monday, lasting, time_machine):
    refresh_pulse()
    at(time_machine, lasting, monday, hours=9)
    enqueue("insight.refresh_metrics")
    work()
    assert WeeklyReport.objects.filter(week=monday).exists()


def test_day_and_hour_are_the_communitys_own_and_never_means_never(ward, lasting, ada):
    measure()
    change_setting(ada.actor, "insight.weekly_report_day", "friday")
    change_setting(ada.actor, "insight.weekly_report_hour", "17")
    due = next_due(lasting)
    assert (due.weekday(), due.hour, str(due.tzinfo)) == (4, 17, lasting.time_zone)
    change_setting(ada.actor, "insight.weekly_report_day", "never")
    assert (next_due(lasting), is_report_due(lasting)) == (None, False)
    let_the_worker_run()
    assert not WeeklyReport.objects.exists()


def test_a_community_owes_no_report_for_the_time_before_it_was(ward, community):
    community.created_at = now()
    community.save()
    measure()
    assert not is_report_due(community)


def test_old_reports_go_when_a_new_one_comes(ward, ada):
    change_setting(ada.actor, REPORTS_KEPT.key, "2")
    for number in range(4):
        keep_weekly_report(date(2026, 10, 5) + timedelta(weeks=number), {"en": {}})
    kept = WeeklyReport.objects.order_by("week").values_list("week", flat=True)
    assert list(kept) == [date(2026, 10, 19), date(2026, 10, 26)]


@pytest.fixture
def kept(measured, lasting):
    refresh_pulse()
    let_the_worker_run()
    return WeeklyReport.objects.get()


def test_what_is_kept_stays_as_it_was_read_then(kept, ada, client_of):
    browser = client_of(ada)
    before = browser.get(link("console:report-file", kept.pk)).content
    assert b"Groups: 1." in before
    GroupPulse.objects.all().delete()
    assert b"Groups: 0." in browser.get(link("console:weekly-report")).content
    assert browser.get(link("console:report-file", kept.pk)).content == before
    page = browser.get(link("console:report", kept.pk)).content.decode()
    assert "Messages in 28 days" in page
    chinese = browser.get(link("console:report-file", kept.pk) + "?language=zh-hant").content.decode()
    assert '<html lang="zh-Hant">' in chinese
    assert browser.get(link("console:report-file", kept.pk) + "?as=pdf").content.startswith(b"%PDF-1.")


def test_past_reports_are_listed_and_the_empty_page_says_when_the_first_one_comes(ward, lasting, ada, client_of):
    browser = client_of(ada)
    empty = browser.get(link("console:reports")).content.decode()
    assert "No weekly report yet" in empty
    assert ("Not measured yet" in empty, link("console:weekly-report") in empty) == (True, False)
    assert date_format(next_due(lasting), "DATETIME_FORMAT") in empty
    measure()
    let_the_worker_run()
    for number in range(40):
        sheets = WeeklyReport.objects.first().sheets
        keep_weekly_report(date(2025, 6, 2) + timedelta(weeks=number), sheets)
    with CaptureQueriesContext(connection) as asked:
        listed = browser.get(link("console:reports")).content.decode()
    assert listed.count("?as=pdf") == 2 + 26
    assert "?page=2" in listed
    assert len(asked) <= 14


def test_others_do_not_see_that_there_are_reports(ward, lasting, bo, eve, client_of):
    kept = keep_weekly_report(date(2026, 11, 23), {"en": {}})
    for who in (bo, eve):
        for name, args in (("reports", ()), ("report", (kept.pk,)), ("report-file", (kept.pk,))):
            assert client_of(who).get(link(f"console:{name}", *args)).status_code == 404

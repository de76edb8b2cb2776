"""Cohorts and the funnel: worked out by hand from a story, shown as pictures, and silent about few."""

import csv
import io
from datetime import timedelta

import duckdb
import pytest

from hearth.core.metrics import COMMUNITY, metrics
from hearth.core.routing import link
from hearth.insight.metrics.cohorts import STEPS, WEEKS
from hearth.insight.queries import cohorts as told
from hearth.insight.queries.cohorts import cohorts_of, funnel_of
from hearth.insight.queries.readings import MetricReadings, Reading, readings_of
from hearth.insight.services.columns import ColumnStore, refresh_columns
from hearth.insight.services.measuring import refresh_metrics
from hearth.insight.tests.columns import START, Story
from hearth.insight.tests.test_measuring import columns, ward
from hearth.insight.web.cohorts import cohort_chart, funnel_chart
from hearth.kit.clock import day_of_number, now

__all__ = ["columns", "ward"]
NAMES = [*(f"cohort_week_{week}" for week in range(WEEKS)), *STEPS]
MONDAY = START + 3  # 2024-10-07


def test_the_page_asks_for_what_is_declared():
    assert told.STEPS == STEPS
    assert all(name.startswith(told.CELL) for name in NAMES[:WEEKS])


def joiners():
    """Six join in the week of day 3. All write that week, three a week later, one in the week after that. Of the first
    four the first message is answered; two of those are active on three days. Two more join a week later.
    """
    made = Story()
    made.say(1, 90, 1)  # somebody was there before
    for who in range(1, 7):
        made.join(1, who, 3)
        first = made.say(1, who, 4 + who / 10)
        if who <= 4:
            made.say(1, 90, 5 + who / 10, parent=first)
    for who in (1, 2, 3):
        made.say(1, who, 11)
    made.say(1, 1, 18)
    made.say(1, 2, 12)
    for who in (7, 8):
        made.join(1, who, 10)
    return made


@pytest.fixture(scope="module")
def readings(tmp_path_factory):
    """Their story as the engine read it, as of the Monday 42 days after its first one."""
    chosen = [one for one in metrics if one.name in NAMES]
    store = ColumnStore(tmp_path_factory.mktemp("cohorts"))
    refresh_columns(store, joiners(), chosen, MONDAY + 42)
    return store


def found_in(store, grain="group", unit=1):
    name = next(name for name in store.manifest().files if name.startswith("readings/"))
    rows = duckdb.sql(
        f"SELECT metric, moment, value, n, note FROM '{store.folder / name}' "
        f"WHERE grain = '{grain}' AND unit = {unit} ORDER BY metric, moment"
    ).fetchall()
    by_name = {}
    for metric, moment, value, n, note in rows:
        by_name.setdefault(metric, []).append(Reading(day_of_number(moment), value, n, note))
    return [MetricReadings(metrics[name], tuple(by_name.get(name, ()))) for name in NAMES]


@pytest.mark.parametrize(("grain", "unit"), [("group", 1), ("community", COMMUNITY)])
def test_a_cohort_is_who_joined_in_a_week_and_came_back_in_each_later_one(readings, grain, unit):
    first, second = cohorts_of(found_in(readings, grain, unit))
    assert (first.week, first.members) == (day_of_number(MONDAY), 6)
    assert first.shares == ((0, 1.0), (1, 0.5), (2, pytest.approx(1 / 6)), (3, 0.0), (4, 0.0), (5, 0.0))
    assert (second.week, second.members, second.shares) == (day_of_number(MONDAY + 7), 2, ())  # too few


def test_the_funnel_counts_those_who_took_each_step_before(readings):
    steps = {one.metric.name: n for one, n in funnel_of(found_in(readings))}
    assert steps == {"funnel_joined": 8, "funnel_wrote": 6, "funnel_answered": 4, "funnel_stayed": 2}


def test_few_are_not_broken_down(readings):
    weeks = cohorts_of(found_in(readings))
    chart = cohort_chart(weeks)
    assert chart["table"]["rows"][0] == ["0", "10-07 · 6", 100]
    assert chart["table"]["rows"][-1] == ["0", "10-14: too few", None]
    assert cohort_chart(weeks[1:]) is None
    assert funnel_chart([]) is None
    few = [
        MetricReadings(one.metric, tuple(Reading(r.day, min(r.value or 0, 4), 4, "") for r in one.readings))
        for one in found_in(readings)
    ]
    assert funnel_of(few) == []


@pytest.mark.django_db
def test_the_page_shows_both_or_says_what_it_takes(ward, settings, ada, bo, client_of, cardiology, time_machine):
    settings.HEARTH_DEMO = True
    browser = client_of(ada)
    assert "It takes a week in which five members joined." in browser.get(link("console:cohorts")).content.decode()
    time_machine.move_to(now() + timedelta(days=14))
    refresh_metrics()
    page = browser.get(link("console:cohorts") + f"?group={cardiology.pk}")
    assert page.status_code == 200
    assert "It takes five members who joined" in page.content.decode()
    export = b"".join(browser.get(link("console:cohorts") + "?export=cohorts").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(export)))
    assert {row["note"] for row in rows} == {"too_few"}  # three joined, in one week
    assert {row["members"] for row in rows} == {""}
    overview = browser.get(link("console:metrics")).content.decode()
    assert link("console:cohorts") in overview
    assert "Cohort, so many weeks" not in overview
    assert {one.metric.name for one in readings_of("community")} >= set(NAMES)
    assert client_of(bo).get(link("console:cohorts")).status_code == 404

"""Value lines that a metric shows: green by its readings, due at once, red after a week of misses."""

from datetime import date, timedelta

import pytest

from hearth.core.relay import run_once
from hearth.groups.models import ValueLine
from hearth.groups.queries.value_lines import promotion_rests
from hearth.groups.rules.value_lines import Standing
from hearth.groups.services import open_group, set_answer
from hearth.groups.types import KeptBy, LineState
from hearth.insight.models import PulseDay
from hearth.insight.queries.readings import today_of_community
from hearth.insight.rules.value_lines import stands_by
from hearth.insight.services.value_lines import judge_metric_lines
from hearth.insight.types import Bound
from hearth.kit.clock import day_of_number, now

KEPT, DUE, STOPPED, UNKNOWN = LineState.KEPT, LineState.DUE, LineState.STOPPED, LineState.UNKNOWN
MONDAY = date(2026, 11, 2)


def days(*values: float, step: int = 7) -> list[tuple[date, float]]:
    return [(MONDAY + timedelta(days=step * n), value) for n, value in enumerate(values)]


@pytest.mark.parametrize(
    ("bound", "values", "begins", "told"),
    [
        (Bound.AT_LEAST, days(9, 10, 11), 0, (KEPT, 7, 11)),
        (Bound.AT_MOST, days(9, 10), 0, (KEPT, 0, 10)),
        (Bound.AT_LEAST, days(10, 9), 0, (DUE, 7, 9)),
        (Bound.AT_LEAST, days(10, 9, 9, step=3), 0, (DUE, 3, 9)),
        (Bound.AT_LEAST, days(10, 9, 8), 0, (STOPPED, 14, 8)),
        (Bound.AT_LEAST, days(9, 8, 8), 8, (DUE, 14, 8)),  # what was before it was promised does not count
        (Bound.AT_LEAST, days(10, 10, 10), 8, (KEPT, 14, 10)),
    ],
)
def test_a_metrics_values_say_how_a_service_stands(bound, values, begins, told):
    newest = values[-1][0]
    state, since, reading = told
    found = stands_by(bound, 10, MONDAY + timedelta(begins), values, newest)
    assert found == Standing(state, MONDAY + timedelta(since), newest, reading)


def test_a_number_that_is_missing_says_nothing():
    newest = MONDAY + timedelta(7)
    assert stands_by(Bound.AT_LEAST, 10, MONDAY, days(3), newest) == Standing(UNKNOWN, newest, newest)
    assert stands_by(Bound.AT_LEAST, 10, MONDAY, [], newest) == Standing(UNKNOWN, newest, newest)


@pytest.fixture
def week(community, time_machine):
    """``week(group, value)``: seven days pass, at whose end the group has this vitality and lines are judged."""

    def pass_by(group, value: float | None, days: int = 7) -> str:
        time_machine.move_to(now() + timedelta(days=days), tick=False)
        note = "" if value else "too_few"
        PulseDay.objects.create(unit=group.pk, day=today_of_community(), vitality=value, authors=9, risk_note=note)
        judge_metric_lines()
        return ValueLine.objects.get(group=group).state

    return pass_by


@pytest.fixture
def lively(ada, cardiology):
    return set_answer(
        ada.actor,
        "lively",
        name="There is always somebody",
        force="social",
        service="The keeper opens one conversation a day.",
        kept_by=KeptBy(metric="vitality", value=50),
    )


def test_a_week_of_misses_stops_a_line_and_pauses_what_invites(cardiology, lively, week):
    assert week(cardiology, 70) == KEPT
    assert week(cardiology, 30) == DUE
    assert not promotion_rests(cardiology.pk)
    assert week(cardiology, 40) == STOPPED
    assert promotion_rests(cardiology.pk)
    row = ValueLine.objects.get()
    assert (row.reading, row.shown_on) == (40.0, day_of_number(today_of_community()))
    assert week(cardiology, None) == UNKNOWN
    assert not promotion_rests(cardiology.pk)
    assert week(cardiology, 55) == KEPT


def test_a_new_answer_is_judged_by_the_readings_that_are_there(ada, cardiology, week, lively):
    week(cardiology, 70)
    surgery = open_group(ada.actor, name="Surgery", key="surgery")
    set_answer(
        ada.actor, "calm", name="Calm", force="emotion", service="Calm.", kept_by=KeptBy("vitality", "at_most", 60),
        groups=[cardiology, surgery],
    )  # fmt: skip
    run_once()
    rows = ValueLine.objects.filter(answer__key="calm").values_list("group__key", "state")
    assert list(rows) == [("cardiology", "due")]  # of surgery there is no reading yet

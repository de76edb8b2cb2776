"""Value lines: what answers why members come, when it is kept, due or stopped, and who may say that it is done."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearth.core.audit import entries
from hearth.core.tenancy import community_scope
from hearth.groups.models import Deed, ValueAnswer, ValueLine
from hearth.groups.queries.value_lines import lines_of, open_pairs, promotion_rests, stopped_lines
from hearth.groups.rules.value_lines import Standing, grace, stands
from hearth.groups.services import (
    close_group,
    end_lift,
    judge_rhythms,
    keep_standings,
    lift_pause,
    note_deed,
    open_group,
    remove_answer,
    set_answer,
    undo_deed,
)
from hearth.groups.types import KeptBy, LineState
from hearth.kit.clock import now
from tests.watching import facts, refused

KEPT, DUE, STOPPED = LineState.KEPT, LineState.DUE, LineState.STOPPED
DAY = timedelta(days=1)
MONDAY = date(2026, 3, 2)
CLOCK = ZoneInfo("Asia/Shanghai")  # of the cast's community


@pytest.mark.parametrize(
    ("every", "days", "state", "since"),
    [
        (7, 0, KEPT, 0),
        (7, 6, KEPT, 0),
        (7, 7, DUE, 7),
        (7, 10, DUE, 7),
        (7, 11, STOPPED, 11),
        (7, 90, STOPPED, 11),
        (1, 0, KEPT, 0),
        (1, 1, DUE, 1),
        (1, 2, STOPPED, 2),
        (30, 44, DUE, 30),
        (30, 45, STOPPED, 45),
    ],
)
def test_a_service_is_due_after_its_rhythm_and_has_stopped_half_a_rhythm_later(every, days, state, since):
    told = stands(every, MONDAY - 50 * DAY, MONDAY, MONDAY + days * DAY)
    assert told == Standing(state, MONDAY + since * DAY, MONDAY)


def test_before_the_first_deed_the_day_counts_from_which_it_was_promised():
    assert stands(7, MONDAY, None, MONDAY + 8 * DAY) == Standing(DUE, MONDAY + 7 * DAY, None)
    # What was done before it was promised for this group does not count for it.
    assert stands(7, MONDAY, MONDAY - 3 * DAY, MONDAY + 6 * DAY).state == KEPT


def test_half_a_rhythm_is_at_least_a_day():
    assert [grace(every) for every in (1, 2, 3, 7, 14, 92)] == [1, 1, 2, 4, 7, 46]


@pytest.fixture
def rounds(ada, cardiology):
    """A case is discussed every week in cardiology."""
    return set_answer(
        ada.actor,
        "weekly-case",
        name={"en": "A case every week", "zh-hans": "每周一例"},
        force="knowledge",
        service="Bo chooses a case and closes it with a summary.",
        kept_by=KeptBy(every_days=7),
        gets={"member": "Something for tomorrow's ward round.", "company": "A name that colleagues trust."},
        groups=[cardiology],
    )


def state(answer, group):
    row = ValueLine.objects.get(answer=answer, group=group)
    return row.state, row.since


def test_an_answer_is_described_once_and_what_is_not_named_stays(ada, cardiology, rounds):
    again = set_answer(ada.actor, "weekly-case", service="Bo and Chen take turns.")
    assert again.pk == rounds.pk
    row = ValueAnswer.objects.get()
    assert row.name == {"en": "A case every week", "zh-hans": "每周一例"}
    assert row.service == {"en": "Bo and Chen take turns."}
    assert row.gets == {
        "member": {"en": "Something for tomorrow's ward round."},
        "company": {"en": "A name that colleagues trust."},
    }
    assert (row.every_days, row.metric, [place.group_id for place in row.places.all()]) == (7, "", [cardiology.pk])
    assert facts("groups.value_answer_set") == [{"answer": row.pk, "groups": 1}] * 2
    assert entries().filter(action="value_answer_set").count() == 2


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"name": ""}, "name"),
        ({"force": "money"}, "force"),
        ({"service": " "}, "service"),
        ({"kept_by": KeptBy()}, "kept_by"),
        ({"kept_by": KeptBy(metric="authors_28d", value=3.0, every_days=7)}, "kept_by"),
        ({"kept_by": KeptBy(every_days=0)}, "every_days"),
        ({"kept_by": KeptBy(every_days=93)}, "every_days"),
        ({"kept_by": KeptBy(metric="no_such_metric", value=1.0)}, "metric"),
        ({"kept_by": KeptBy(metric="questions_answered_24h", value=60.0)}, "value"),
        ({"kept_by": KeptBy(metric="authors_28d", value=None)}, "value"),
        ({"kept_by": KeptBy(metric="authors_28d", bound="about", value=3.0)}, "bound"),
        ({"gets": {"shareholder": "Money"}}, "gets"),
    ],
)
def test_an_answer_that_does_not_hold_together_is_refused(ada, rounds, about, field):
    with refused("refused", field):
        set_answer(ada.actor, "weekly-case", **about)


def test_only_those_who_run_the_community_describe_answers(bo, rounds):
    with refused("not_allowed"):
        set_answer(bo.actor, "weekly-case", service="Whatever.")
    with refused("not_allowed"):
        remove_answer(bo.actor, "weekly-case")


def test_a_line_turns_due_and_red_as_days_go_by_and_green_by_a_keepers_tap(ada, bo, cardiology, rounds):
    begun = now()
    today = begun.astimezone(CLOCK).date()
    assert state(rounds, cardiology) == (KEPT, today)
    assert judge_rhythms(begun + 8 * DAY) == 1
    assert state(rounds, cardiology) == (DUE, today + 7 * DAY)
    assert judge_rhythms(begun + 9 * DAY) == 0
    with time_machine.travel(begun + 12 * DAY, tick=False):
        assert judge_rhythms(now()) == 1
        assert state(rounds, cardiology) == (STOPPED, today + 11 * DAY)
        assert [(one.answer_id, one.group_id) for one in stopped_lines()] == [(rounds.pk, cardiology.pk)]
        deed = note_deed(bo.actor, cardiology, rounds)
        assert state(rounds, cardiology) == (KEPT, today + 12 * DAY)
        assert (deed.member_id, deed.by) == (bo.member.pk, bo.actor.ref)
        [line] = lines_of(cardiology)
        assert (line.state, line.shown_on, line.deed.member.display_name) == (KEPT, today + 12 * DAY, "Bo")
        undo_deed(bo.actor, deed)
        assert state(rounds, cardiology) == (STOPPED, today + 11 * DAY)
        with refused("conflict"):
            undo_deed(bo.actor, deed)
    turns = [(one["before"], one["state"]) for one in facts("groups.value_line_turned")]
    assert turns == [("", "kept"), ("kept", "due"), ("due", "stopped"), ("stopped", "kept"), ("kept", "stopped")]
    assert facts("groups.promotion_paused") == [{"group": cardiology.pk, "answer": rounds.pk}] * 2
    assert facts("groups.promotion_resumed") == [{"group": cardiology.pk}]


def test_a_deed_is_taken_back_within_a_day(bo, cardiology, rounds):
    deed = note_deed(bo.actor, cardiology, rounds)
    with time_machine.travel(now() + timedelta(hours=25)), refused("conflict"):
        undo_deed(bo.actor, deed)


def test_members_outsiders_and_other_keepers_cannot_say_that_it_is_done(ada, bo, chen, dara, eve, cardiology, rounds):
    for somebody in (chen, dara):
        with refused("not_allowed"):
            note_deed(somebody.actor, cardiology, rounds)
    surgery = open_group(ada.actor, name="Surgery", key="surgery")
    with refused("not_allowed"):
        note_deed(bo.actor, surgery, rounds)
    with refused("not_found"):
        note_deed(ada.actor, surgery, rounds)  # not promised there
    assert Deed.objects.count() == 0


def test_what_a_metric_shows_nobody_has_to_say(ada, cardiology):
    row = set_answer(
        ada.actor,
        name="Every question is answered",
        force="knowledge",
        service="Whoever is on the desk answers within a day.",
        kept_by=KeptBy(metric="questions_answered_24h", value=0.6),
    )
    assert row.key == "every-question-is-answered"
    with refused("refused"):
        note_deed(ada.actor, cardiology, row)
    assert ValueLine.objects.count() == 0  # judged where metrics are read
    assert [line.state for line in lines_of(cardiology)] == [None]


def test_an_answer_without_groups_is_given_in_every_open_group_from_its_opening(ada, cardiology, rounds):
    everywhere = set_answer(
        ada.actor, "coffee", name="Coffee", force="social", service="A small round.", kept_by=KeptBy(every_days=14)
    )
    later = now() + 100 * DAY
    with time_machine.travel(later, tick=False):
        surgery = open_group(ada.actor, name="Surgery", key="surgery")
        close_group(ada.actor, cardiology)
        assert open_pairs([everywhere.pk, rounds.pk]) == {(everywhere.pk, surgery.pk): surgery.opened_at}
        judge_rhythms(now() + 20 * DAY)
    assert ValueLine.objects.get(group=surgery).state == DUE


def test_with_another_proof_it_counts_from_now_on(ada, cardiology, rounds):
    with time_machine.travel(now() + 40 * DAY, tick=False):
        judge_rhythms(now())
        assert state(rounds, cardiology)[0] == STOPPED
        set_answer(ada.actor, "weekly-case", name="A case every fortnight")
        assert state(rounds, cardiology)[0] == STOPPED
        set_answer(ada.actor, "weekly-case", kept_by=KeptBy(every_days=14))
        assert state(rounds, cardiology)[0] == KEPT
    assert facts("groups.promotion_resumed") == [{"group": cardiology.pk}]


def test_a_removed_answer_holds_nobody_up(ada, cardiology, rounds):
    judge_rhythms(now() + 40 * DAY)
    assert promotion_rests(cardiology.pk)
    remove_answer(ada.actor, "weekly-case")
    assert not promotion_rests(cardiology.pk)
    assert ValueLine.objects.count() == 0
    assert facts("groups.promotion_resumed") == [{"group": cardiology.pk}]
    with refused("not_found"):
        remove_answer(ada.actor, "weekly-case")


def test_promotion_pauses_with_the_first_line_that_stops_and_goes_on_with_the_last_that_goes_again(ada, cardiology):
    first, second = (
        set_answer(
            ada.actor,
            key,
            name=key,
            force="emotion",
            service="A word.",
            kept_by=KeptBy(metric="authors_28d", value=3.0),
        )
        for key in ("first", "second")
    )
    group, today = cardiology.pk, MONDAY

    def turn(**states):
        rows = {"first": first.pk, "second": second.pk}
        return keep_standings({(rows[key], group): Standing(state, today) for key, state in states.items()})

    assert turn(first=STOPPED, second=KEPT) == 2
    assert promotion_rests(group)
    assert turn(second=STOPPED) == 1
    assert turn(second=STOPPED) == 0
    assert turn(first=KEPT) == 1
    assert promotion_rests(group)
    assert turn(second=LineState.UNKNOWN) == 1  # nobody is held up by a number that says nothing
    assert not promotion_rests(group)
    assert facts("groups.promotion_paused") == [{"group": group, "answer": first.pk}]
    assert facts("groups.promotion_resumed") == [{"group": group}]


def test_an_operator_lets_people_be_invited_for_a_time_and_a_reason(ada, bo, cardiology, rounds):
    with time_machine.travel(now() + 40 * DAY, tick=False):
        judge_rhythms(now())
        with refused("not_allowed"):
            lift_pause(bo.actor, cardiology, days=3, why="The case is written.")
        with refused("refused", "why"):
            lift_pause(ada.actor, cardiology, days=3, why=" ")
        with refused("refused", "days"):
            lift_pause(ada.actor, cardiology, days=31, why="The congress.")
        lift_pause(ada.actor, cardiology, days=3, why="The congress sends people this week.")
        assert not promotion_rests(cardiology.pk)
        with refused("conflict"):
            lift_pause(ada.actor, cardiology, days=3, why="Again.")
        end_lift(ada.actor, cardiology)
        assert promotion_rests(cardiology.pk)
        with refused("conflict"):
            end_lift(ada.actor, cardiology)
        lift_pause(ada.actor, cardiology, days=3, why="After all.")
    with time_machine.travel(now() + 43 * DAY + timedelta(minutes=1), tick=False):
        assert promotion_rests(cardiology.pk)
        lift_pause(ada.actor, cardiology, days=1, why="One day more.")
        assert not promotion_rests(cardiology.pk)
    told = entries().filter(action="pause_lifted").order_by("number").first()
    assert (told.after, told.why) == ({"days": 3}, "The congress sends people this week.")


def test_another_community_sees_nothing_of_it(ada, cardiology, rounds, other_community):
    with community_scope(other_community):
        assert ValueAnswer.objects.count() == 0
        assert judge_rhythms(now() + 40 * DAY) == 0
    assert state(rounds, cardiology)[0] == KEPT


def test_judging_asks_the_same_few_questions_for_one_group_or_fifty(ada, rounds, cardiology):
    set_answer(ada.actor, "coffee", name="Coffee", force="social", service="A round.", kept_by=KeptBy(every_days=14))

    def asked():
        judge_rhythms(now())
        with CaptureQueriesContext(connection) as seen:
            assert judge_rhythms(now() + DAY) == 0
        return len(seen)

    alone = asked()
    for number in range(50):
        open_group(ada.actor, name=f"Group {number}", key=f"g-{number}")
    assert asked() == alone <= 14

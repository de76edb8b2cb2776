"""Places that are free beside a line: whose they are, and promises that hold or are taken back in time."""

from datetime import timedelta

import pytest

from hearth.core.audit import entries
from hearth.core.relay import run_once
from hearth.groups.models import Group, Waiting
from hearth.groups.queries.codes import series_of
from hearth.groups.queries.waiting import must_wait, waiting_line
from hearth.groups.services import (
    admit_member,
    change_gates,
    change_group,
    decide_application,
    draw_due,
    follow_code,
    knock,
    leave_group,
    leave_line,
    make_entry_code,
    set_choice,
    take_back_decision,
)
from hearth.groups.tests.test_waiting import ask, inside, kept_for, line
from hearth.kit.clock import now
from hearth.notify.models import Notice
from hearth.people.services import ask_erasure, tag_member
from tests.watching import facts, refused

pytestmark = pytest.mark.django_db


def offered(group):
    """Names of those for whom a place is kept."""
    rows = waiting_line(group.pk).filter(offer_until__gt=now())
    return [row.member.display_name for row in rows]


@pytest.fixture
def busy(studio, people):
    """The studio with Fay and Gu in and Hana and Ivo in line."""
    for one in people[:4]:
        ask(one, studio)
    return studio


def grown(ada, group, capacity):
    change_group(ada.actor, group, capacity=capacity)
    run_once()
    return group


def test_whoever_comes_takes_a_place_that_is_free_beyond_those_that_are_kept(ada, busy, people):
    grown(ada, busy, 7)
    _fay, _gu, hana, ivo, jo, kim = people
    assert offered(busy) == ["Hana", "Ivo"]
    assert ask(jo, busy).membership is not None
    assert admit_member(kim.actor, busy, kim.member, how="open_door").left_at is None
    assert ask(hana, busy).membership is not None
    assert ask(ivo, busy).membership is not None
    assert inside(busy) == ["Ada Lind", "Fay", "Gu", "Jo", "Kim", "Hana", "Ivo"]


def test_a_place_that_is_kept_is_taken_by_nobody_else_however_many_are_free(ada, busy, people):
    grown(ada, busy, 6)
    jo, kim = people[4:]
    assert ask(jo, busy).membership is not None
    assert ask(kim, busy).membership is None
    assert (offered(busy), line(busy)) == (["Hana", "Ivo"], ["Hana", "Ivo", "Kim"])


def test_standing_up_in_line_sets_offers_going_that_nobody_made(busy, people):
    Group.objects.filter(pk=busy.pk).update(capacity=4)
    assert offered(busy) == []
    told = ask(people[4], busy)
    assert (told.membership, told.waiting.offer_until) == (None, None)
    assert (offered(busy), line(busy)) == (["Hana"], ["Hana", "Ivo", "Jo"])


def test_who_stands_first_waits_for_nobody_behind(busy, people):
    Group.objects.filter(pk=busy.pk).update(capacity=4)
    group = Group.objects.get(pk=busy.pk)
    assert [must_wait(group, one.member.pk) for one in people[2:5]] == [False, True, True]


def test_nobody_waits_for_those_who_asked_to_be_erased(busy, people):
    Group.objects.filter(pk=busy.pk).update(capacity=4)
    for one in people[2:4]:
        ask_erasure(one.actor, "keep")
    assert ask(people[4], busy).membership is not None


def test_a_code_opens_no_next_group_while_this_one_has_room(ada, busy, people):
    grown(ada, busy, 7)
    code = make_entry_code(ada.actor, title="Poster", default_group=busy.pk)
    told, group = follow_code(people[4].actor, code, language="en")
    assert (told.membership is not None, group, series_of(busy)) == (True, busy, [busy])


def test_what_is_free_beyond_a_choice_is_offered_down_the_line(ada, studio, people, time_machine):
    time_machine.move_to(now())
    fay, gu, hana, *_rest = people
    grown(ada, studio, 4)
    set_choice(ada.actor, studio, seats=1, opens_at=now() + timedelta(hours=1))
    for one in (fay, gu, hana):
        ask(one, studio)
    time_machine.shift(timedelta(hours=2))
    assert draw_due() == 1
    assert (inside(studio), offered(studio)) == (["Ada Lind", "Fay"], ["Gu", "Hana"])


def test_a_choice_leaves_a_place_to_whom_it_was_offered(ada, busy, people, time_machine):
    time_machine.move_to(now())
    fay, _gu, hana, _ivo, jo, _kim = people
    ask(jo, busy)
    tag_member(ada.actor, jo.member, "gold")
    leave_group(fay.actor, busy)
    run_once()
    set_choice(ada.actor, busy, seats=2, opens_at=now() + timedelta(hours=1), tiers=[["gold"]])
    time_machine.shift(timedelta(hours=2))
    assert draw_due() == 1
    assert (inside(busy), offered(busy)) == (["Ada Lind", "Gu"], ["Hana"])
    assert line(busy) == ["Hana", "Jo", "Ivo"]
    assert ask(hana, busy).membership is not None


def test_who_tends_a_group_takes_somebody_out_of_its_line_and_they_are_told(ada, busy, people):
    fay, _gu, hana, ivo, _jo, _kim = people
    mine = kept_for(hana, busy, fay)
    with refused("not_allowed"):
        leave_line(ivo.actor, mine)
    leave_line(ada.actor, mine)
    run_once()
    assert (line(busy), offered(busy)) == (["Ivo"], ["Ivo"])
    assert [row.action for row in entries() if row.subject == f"member:{hana.member.pk}"] == ["taken_out_of_line"]
    assert Notice.objects.filter(member=hana.member, reason="groups.taken_out_of_line").count() == 1
    leave_line(ivo.actor, Waiting.objects.get(member=ivo.member))
    run_once()
    assert not Notice.objects.filter(member=ivo.member, reason="groups.taken_out_of_line").exists()


def test_a_place_goes_on_when_the_approval_that_it_was_kept_for_is_taken_back(ada, studio, people):
    change_gates(ada.actor, studio, [{"from": 0, "conditions": [{"kind": "approval", "by": "keeper"}]}])
    asked = [knock(one.actor, studio, how="open_door").application for one in people[:4]]
    for row in asked:
        decide_application(ada.actor, row, approve=True)
    leave_group(people[0].actor, studio)
    run_once()
    assert offered(studio) == ["Hana"]
    take_back_decision(ada.actor, asked[2])
    assert offered(studio) == ["Ivo"]


def test_offers_beyond_a_smaller_capacity_are_taken_back_and_those_people_told(ada, busy, people):
    grown(ada, busy, 5)
    _fay, _gu, hana, ivo, jo, _kim = people
    assert offered(busy) == ["Hana", "Ivo"]
    grown(ada, busy, 4)
    assert offered(busy) == ["Hana"]
    row = Waiting.objects.get(member=ivo.member)
    assert facts("groups.seat_withdrawn") == [{"waiting": row.pk, "group": busy.pk, "member": ivo.member.pk}]
    run_once()
    assert Notice.objects.filter(member=ivo.member, reason="groups.offer_withdrawn").count() == 1
    assert ask(jo, busy).membership is None
    assert ask(ivo, busy).membership is None
    assert ask(hana, busy).membership is not None
    assert line(busy) == ["Ivo", "Jo"]
    grown(ada, busy, 5)
    assert offered(busy) == ["Ivo"], "first in line again"

"""Who waits for a place in a group that is merged waits on in the line of its home, by when they asked; and back."""

from datetime import timedelta

import pytest

from hearth.core.relay import run_once
from hearth.groups.access import actor_of_member
from hearth.groups.models import LineMove, Waiting
from hearth.groups.queries.lists import member_ids
from hearth.groups.queries.regrouping import why_not
from hearth.groups.queries.waiting import live_offers, own_waiting, waiting_line
from hearth.groups.services import (
    admit_member,
    begin_regrouping,
    carry_out,
    change_gates,
    change_group,
    knock,
    leave_line,
    open_group,
    plan_merge,
    restrict,
    take_back,
    wait_for_place,
)
from hearth.kit.clock import now
from hearth.notify.models import Notice
from tests.cast import NORMS, newcomer
from tests.watching import facts

pytestmark = pytest.mark.django_db

LONG_AGO = now() - timedelta(days=30)


@pytest.fixture
def sister(ada, cardiology):
    """A full sister of cardiology, which is full as well: its three are the cast's."""
    change_group(ada.actor, cardiology, capacity=3)
    return open_group(
        ada.actor, name="Heart", key="heart", norms=NORMS, space="professional", visibility="open", capacity=2
    )


@pytest.fixture
def lined_up(community, cardiology, sister):
    """Fay asked here a month ago less three days, Gil in the sister a month ago, Hana there a day after Gil."""
    people = [newcomer(community, name, kind="professional") for name in ("Fay", "Gil", "Hana")]
    for one, group, days in zip(people, (cardiology, sister, sister), (3, 0, 1), strict=True):
        stand(one, group, days)
    return people


def stand(one, group, days):
    since = LONG_AGO + timedelta(days=days)
    return wait_for_place(one.actor, group, one.member, how="open_door", norms_version=1, since=since)


def in_line(group):
    return [row.member.display_name for row in waiting_line(group.pk)]


def merged(ada, home, *sisters, portion=25):
    row = begin_regrouping(ada.actor, plan_merge(ada.actor, home, [one.pk for one in sisters]))
    carry_out(row.pk, lambda done, total: None, portion=portion)
    return row


def undone(ada, row):
    take_back(ada.actor, row)
    carry_out(row.pk, lambda done, total: None, portion=1)


@pytest.mark.parametrize("portion", [1, 25])
def test_they_wait_on_in_the_home_by_when_they_asked(ada, cardiology, sister, lined_up, portion):
    row = merged(ada, cardiology, sister, portion=portion)
    assert in_line(cardiology) == ["Gil", "Hana", "Fay"]
    assert in_line(sister) == []
    assert own_waiting(cardiology.pk, lined_up[1].member.pk).norms_version == 1, "the same norms, accepted there"
    told = [(one["member"], one["refused"], one["undone"]) for one in facts("groups.line_moved")]
    assert told == [(lined_up[1].member.pk, "", False), (lined_up[2].member.pk, "", False)]
    assert LineMove.objects.filter(regrouping=row).count() == 2


def test_the_undoing_leaves_both_lines_as_they_were(ada, cardiology, sister, lined_up):
    before = set(Waiting.objects.filter(ended_at=None).values_list("pk", "group", "member", "since", "place"))
    undone(ada, merged(ada, cardiology, sister))
    after = set(Waiting.objects.filter(ended_at=None).values_list("pk", "group", "member", "since", "place"))
    assert after == before
    assert [one["undone"] for one in facts("groups.line_moved")] == [False, False, True, True]


def test_who_waits_in_both_keeps_the_earlier_moment_and_the_undoing_the_later_one(ada, cardiology, sister, lined_up):
    fay = lined_up[0]
    mine = own_waiting(cardiology.pk, fay.member.pk)
    stand(fay, sister, -1)
    row = merged(ada, cardiology, sister)
    assert in_line(cardiology) == ["Fay", "Gil", "Hana"]
    undone(ada, row)
    assert own_waiting(cardiology.pk, fay.member.pk).since == mine.since
    assert in_line(sister) == ["Fay", "Gil", "Hana"]


def test_free_places_are_offered_in_that_order_and_no_more_than_there_are(ada, cardiology, sister, lined_up):
    change_group(ada.actor, cardiology, capacity=5)
    Waiting.objects.update(offered_at=None, offer_until=None)
    merged(ada, cardiology, sister)
    offered = waiting_line(cardiology.pk).filter(offer_until__gt=now())
    assert [row.member.display_name for row in offered] == ["Gil", "Hana"]
    assert live_offers(cardiology.pk) == 2


def test_who_does_not_meet_the_door_is_told_and_keeps_their_moment(ada, bo, cardiology, sister, lined_up):
    gil = lined_up[1]
    door = [{"from": 0, "conditions": [{"kind": "segment", "departments": ["Cardiology"]}]}]
    change_gates(bo.actor, cardiology, door)
    row = merged(ada, cardiology, sister)
    assert in_line(cardiology) == ["Fay"]
    moves = LineMove.objects.filter(regrouping=row).select_related("stood")
    assert [(move.place, move.stood.ended) for move in moves] == [(None, "closed")] * 2
    assert [one["refused"] for one in facts("groups.line_moved")] == ["door_asks", "door_asks"]
    change_gates(bo.actor, cardiology, [])
    change_group(ada.actor, cardiology, visibility="open")
    knock(actor_of_member(gil.member), cardiology, how="open_door", norms_version=1)
    assert in_line(cardiology) == ["Gil", "Fay"]
    undone(ada, row)
    assert in_line(sister) == ["Gil", "Hana"]


def test_the_banned_and_who_may_not_know_of_the_home_are_not_carried(ada, cardiology, sister, lined_up):
    restrict(ada.actor, lined_up[1].member, cardiology, kind="ban", why="Adverts.")
    change_group(ada.actor, cardiology, visibility="hidden")
    row = merged(ada, cardiology, sister)
    assert in_line(cardiology) == ["Fay"]
    codes = [move.refused["code"] for move in LineMove.objects.filter(regrouping=row).order_by("pk")]
    assert codes == ["banned", "invitation_needed"]


def test_who_is_in_the_home_already_waits_no_more(ada, chen, cardiology, sister, lined_up):
    stand(chen, sister, 5)
    merged(ada, cardiology, sister)
    assert in_line(cardiology) == ["Gil", "Hana", "Fay"]
    assert Waiting.objects.get(member=chen.member).ended == "entered"
    assert chen.member.pk not in {one["member"] for one in facts("groups.line_moved")}


def test_a_group_of_which_somebody_finds_no_room_stays_open_and_so_does_its_line(
    ada, community, cardiology, sister, lined_up
):
    change_group(ada.actor, sister, capacity=4)
    Waiting.objects.update(offered_at=None, offer_until=None)
    change_group(ada.actor, cardiology, capacity=4)
    admit_member(ada.actor, sister, newcomer(community, "Ivo", kind="professional").member, how="staff", why="Knows.")
    row = begin_regrouping(ada.actor, plan_merge(ada.actor, cardiology, [sister.pk]))
    admit_member(ada.actor, cardiology, newcomer(community, "Joe", kind="professional").member, how="staff", why="In.")
    carry_out(row.pk, lambda done, total: None)
    assert in_line(sister) == ["Gil", "Hana"]
    assert LineMove.objects.count() == 0


def test_who_gave_up_or_came_in_meanwhile_is_not_put_back(ada, cardiology, sister, lined_up):
    gil, hana = lined_up[1:]
    row = merged(ada, cardiology, sister)
    leave_line(gil.actor, own_waiting(cardiology.pk, gil.member.pk))
    change_group(ada.actor, cardiology, capacity=9)
    admit_member(ada.actor, cardiology, hana.member, how="staff", why="Their turn.")
    undone(ada, row)
    assert in_line(sister) == []
    assert hana.member.pk in member_ids(cardiology.pk)
    told = {why_not(move.stayed) for move in LineMove.objects.filter(regrouping=row)}
    assert told == {"This person has come in or given up their place in line meanwhile."}


@pytest.mark.parametrize(
    ("step", "reason", "place"),
    [
        (None, "groups.line_moved", "cardiology"),
        ({"kind": "segment", "departments": ["Cardiology"]}, "groups.line_closed", "cardiology"),
        ("hidden", "groups.line_gone", "heart"),
    ],
)
def test_who_waits_is_told_and_only_of_what_they_may_know(ada, bo, cardiology, sister, lined_up, step, reason, place):
    if step == "hidden":
        change_group(ada.actor, cardiology, visibility="hidden")
    elif step:
        change_gates(bo.actor, cardiology, [{"from": 0, "conditions": [step]}])
    row = merged(ada, cardiology, sister)
    run_once()
    assert told_to(lined_up[1], "groups.line_") == [(reason, place)]
    undone(ada, row)
    run_once()
    assert told_to(lined_up[1], "groups.line_")[1:] == [("groups.line_back", "heart")]


def told_to(who, reasons):
    rows = Notice.objects.filter(member=who.member, reason__startswith=reasons).order_by("pk")
    return list(rows.values_list("reason", "group__key"))


def test_the_way_is_counted_to_its_end(ada, cardiology, sister, lined_up):
    row, said = begin_regrouping(ada.actor, plan_merge(ada.actor, cardiology, [sister.pk])), []
    carry_out(row.pk, lambda done, total: said.append((done, total)), portion=1)
    assert said == [(1, 3), (2, 3), (3, 3)]  # the owner of the sister, and each of those in line

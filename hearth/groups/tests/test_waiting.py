"""Places that are few: the line, offers of free places, the choice of the best existing members."""

from datetime import UTC, datetime, timedelta

from hearth.core.jobs import kinds
from hearth.core.permissions import house_actor
from hearth.core.relay import run_once
from hearth.groups.models import Choice, Group, Membership, Waiting
from hearth.groups.queries.waiting import must_wait, standing_in, waiting_line
from hearth.groups.rules.queue import Candidate, Placed, in_line, tier_of
from hearth.groups.services import (
    admit_member,
    cancel_choice,
    change_gates,
    change_group,
    decide_application,
    draw,
    draw_due,
    knock,
    lapse_offers,
    leave_group,
    leave_line,
    open_group,
    restrict,
    set_choice,
    take_back_decision,
)
from hearth.kit.clock import now
from hearth.people.services import tag_member
from tests.watching import facts, refused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def who(row, minutes=0, **about):
    return Candidate(row, NOON + timedelta(minutes=minutes), **about)


def test_the_line_goes_by_tier_then_by_the_chosen_order_then_by_who_came_first():
    people = [
        who(1, 0, tags=frozenset({"silver"}), active=9, level=1, joined=NOON),
        who(2, 5, tags=frozenset({"Gold"}), active=1, level=2, joined=NOON),
        who(3, 3, tags=frozenset({"gold", "silver"}), active=4, level=7, joined=NOON - timedelta(days=9)),
        who(4, 0, active=99, level=99, joined=NOON - timedelta(days=99)),
        who(5, 3, tags=frozenset({"platinum"}), active=4, level=7, joined=NOON - timedelta(days=9)),
    ]
    tiers = [["gold", "platinum"], ["silver"]]
    assert [one.row for one in in_line(people, tiers, "first_come")] == [3, 5, 2, 1, 4]
    expected = {
        "first_come": [1, 4, 3, 5, 2],
        "longest_here": [4, 3, 5, 1, 2],
        "level": [4, 3, 5, 2, 1],
        "active": [4, 1, 3, 5, 2],
    }
    assert {then: [one.row for one in in_line(people, [], then)] for then in expected} == expected
    assert in_line(people, tiers, "level")[3] == Placed(1, 4, 2)
    assert tier_of({"bronze"}, tiers) == 0


def ask(who, group):
    return knock(who.actor, group, how="open_door")


def line(group):
    return [row.member.display_name for row in waiting_line(group.pk)]


def inside(group):
    rows = Membership.objects.filter(group=group, left_at=None).order_by("pk")
    return [row.member.display_name for row in rows.select_related("member")]


def test_whoever_finds_a_group_full_stands_in_line_in_the_order_they_came(studio, people):
    for one in people[:4]:
        ask(one, studio)
    assert inside(studio) == ["Ada Lind", "Fay", "Gu"]
    assert line(studio) == ["Hana", "Ivo"]
    again = ask(people[2], studio)
    assert Waiting.objects.count() == 2
    found = standing_in(studio.pk, people[3].member.pk)
    assert (again.membership, found.place, found.of) == (None, 2, 2)
    assert [fact["member"] for fact in facts("groups.waiting_begun")] == [one.member.pk for one in people[2:4]]


def test_a_free_place_is_kept_for_the_next_in_line_and_nobody_else_takes_it(studio, people):
    fay, _gu, hana, ivo, jo, _kim = people
    for one in people[:4]:
        ask(one, studio)
    leave_group(fay.actor, studio)
    run_once()
    assert [fact["member"] for fact in facts("groups.seat_offered")] == [hana.member.pk]
    with refused("others_wait"):
        admit_member(jo.actor, studio, jo.member, how="open_door")
    with refused("others_wait"):
        admit_member(ivo.actor, studio, ivo.member, how="open_door")
    assert ask(jo, studio).waiting is not None
    assert ask(hana, studio).membership is not None
    assert (inside(studio), line(studio)) == (["Ada Lind", "Gu", "Hana"], ["Ivo", "Jo"])
    assert Waiting.objects.get(member=hana.member).ended == "entered"


def test_an_offer_that_nobody_takes_goes_to_the_next(studio, people, time_machine):
    time_machine.move_to(now())
    fay, _gu, hana, ivo, _jo, _kim = people
    for one in people[:4]:
        ask(one, studio)
    leave_group(fay.actor, studio)
    run_once()
    time_machine.shift(timedelta(hours=47))
    assert lapse_offers() == 0
    time_machine.shift(timedelta(hours=2))
    assert lapse_offers() == 1
    assert Waiting.objects.get(member=hana.member).ended == "lapsed"
    assert facts("groups.seat_offered")[-1]["member"] == ivo.member.pk
    assert lapse_offers() == 0


def test_whoever_was_promised_a_place_that_the_team_gave_away_stays_first(ada, studio, people, time_machine):
    time_machine.move_to(now())
    fay, _gu, hana, _ivo, _jo, kim = people
    for one in people[:4]:
        ask(one, studio)
    leave_group(fay.actor, studio)
    run_once()
    admit_member(ada.actor, studio, kim.member, how="staff")
    assert ask(hana, studio).membership is None
    time_machine.shift(timedelta(hours=49))
    assert lapse_offers() == 0
    assert line(studio) == ["Hana", "Ivo"]
    change_group(ada.actor, studio, capacity=4)
    run_once()
    assert ask(hana, studio).membership is not None


def test_a_larger_capacity_is_offered_down_the_line(ada, studio, people):
    for one in people[:5]:
        ask(one, studio)
    change_group(ada.actor, studio, capacity=5)
    run_once()
    offered = Waiting.objects.filter(offer_until__isnull=False).order_by("pk")
    assert [row.member_id for row in offered] == [one.member.pk for one in people[2:4]]


def kept_for(waits, group, leaves):
    """The wait of somebody for whom a place is kept that another has left."""
    leave_group(leaves.actor, group)
    run_once()
    return Waiting.objects.get(member=waits.member)


def test_one_leaves_the_line_oneself_and_the_kept_place_goes_on(studio, people):
    fay, _gu, hana, ivo, _jo, _kim = people
    for one in people[:4]:
        ask(one, studio)
    mine = kept_for(hana, studio, fay)
    with refused("not_allowed"):
        leave_line(ivo.actor, mine)
    leave_line(hana.actor, mine)
    assert facts("groups.seat_offered")[-1]["member"] == ivo.member.pk
    with refused("conflict"):
        leave_line(hana.actor, mine)


def test_an_approved_request_stands_in_line_from_when_it_was_made(ada, studio, people):
    fay, gu, hana, ivo, _jo, _kim = people
    change_gates(ada.actor, studio, [{"from": 0, "conditions": [{"kind": "approval", "by": "keeper"}]}])
    asked = [ask(one, studio).application for one in (fay, gu, hana, ivo)]
    for row in (asked[0], asked[1], asked[3], asked[2]):
        decide_application(ada.actor, row, approve=True)
    assert (inside(studio), line(studio)) == (["Ada Lind", "Fay", "Gu"], ["Hana", "Ivo"])
    take_back_decision(ada.actor, asked[2])
    assert line(studio) == ["Ivo"]
    leave_group(fay.actor, studio)
    run_once()
    assert ask(ivo, studio).membership is not None, "the approval still holds when a place is free"


def test_the_best_of_the_existing_members_are_let_in_and_the_others_hear_where_they_stand(
    ada, studio, people, time_machine
):
    """Journey 2: few places, customers in segments."""
    time_machine.move_to(now())
    fay, gu, _hana, ivo, jo, kim = people
    for somebody, tag in ((gu, "silver"), (ivo, "gold"), (jo, "Gold"), (kim, "silver")):
        tag_member(ada.actor, somebody.member, tag)
    opens = now() + timedelta(days=1)
    choice = set_choice(ada.actor, studio, seats=30, opens_at=opens, tiers=[["gold"], ["silver"]], why="Thirty mats.")
    with refused("choice_to_come"):
        set_choice(ada.actor, studio, seats=2, opens_at=opens)
    for one in people:
        assert ask(one, studio).waiting is not None, "nobody comes in by themselves before"
    assert (draw_due(), inside(studio)) == (0, ["Ada Lind"])
    time_machine.shift(timedelta(days=1, minutes=1))
    assert (draw_due(), draw_due()) == (1, 0)
    assert inside(studio) == ["Ada Lind", "Ivo", "Jo"], "both golds, and capacity holds"
    assert line(studio) == ["Gu", "Kim", "Fay", "Hana"]
    found = Waiting.objects.get(member=kim.member)
    assert (found.place, found.tier, found.choice_id) == (2, 2, choice.pk)
    assert facts("groups.choice_drawn") == [{"choice": choice.pk, "group": studio.pk, "entered": 2, "waiting": 4}]
    assert [(fact["place"], fact["tier"]) for fact in facts("groups.place_missed")] == [(1, 2), (2, 2), (3, 0), (4, 0)]
    leave_group(ivo.actor, studio)
    run_once()
    assert facts("groups.seat_offered")[-1]["member"] == gu.member.pk
    assert ask(fay, studio).membership is None
    assert ask(gu, studio).membership is not None
    assert not draw(choice), "drawn once"


def test_a_choice_passes_over_whom_the_door_or_a_ban_keeps_out_by_now(ada, studio, people, time_machine):
    time_machine.move_to(now())
    fay, gu, hana, *_rest = people
    set_choice(ada.actor, studio, seats=1, opens_at=now() + timedelta(hours=1))
    for one in (fay, gu, hana):
        ask(one, studio)
    restrict(ada.actor, fay.member, studio, kind="ban", why="adverts")
    time_machine.shift(timedelta(hours=2))
    kinds["groups.give_places"].run(None)
    assert inside(studio) == ["Ada Lind", "Gu"]
    assert line(studio) == ["Fay", "Hana"]


def test_a_choice_is_set_and_cancelled_by_those_who_run_the_group(ada, studio, people):
    fay = people[0]
    later = now() + timedelta(hours=1)
    with refused("not_allowed"):
        set_choice(fay.actor, studio, seats=1, opens_at=later)
    for wrong in ({"seats": 0}, {"opens_at": now()}, {"then": "level"}, {"tiers": [["x" * 61]]}):
        with refused("refused", next(iter(wrong))):
            set_choice(ada.actor, studio, **{"seats": 1, "opens_at": later, **wrong})
    set_choice(ada.actor, studio, seats=1, opens_at=later)
    ask(fay, studio)
    cancel_choice(ada.actor, studio, why="Rain.")
    assert facts("groups.choice_cancelled")[0]["group"] == studio.pk
    assert facts("groups.seat_offered")[0]["member"] == fay.member.pk
    with refused("conflict"):
        cancel_choice(ada.actor, studio)
    assert Choice.objects.filter(drawn_at=None, cancelled_at=None).count() == 0


def test_a_group_without_capacity_and_choice_keeps_nobody_waiting(ada, people, django_assert_num_queries):
    group = open_group(ada.actor, name="Open", space="general")
    with django_assert_num_queries(1):
        assert not must_wait(group, people[0].member.pk)
    assert ask(people[0], group).membership is not None


def test_the_house_may_fill_places_past_the_line(studio, people):
    """An import carries over who belongs here already; those who wait lose nothing but time."""
    for one in people[:3]:
        ask(one, studio)
    Group.objects.filter(pk=studio.pk).update(capacity=4)
    admit_member(house_actor(studio.community_id), studio, people[5].member, how="import")
    assert line(studio) == ["Hana"]

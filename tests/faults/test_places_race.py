"""Many people at a door at once: places, offers and choices are given once each."""

import threading
from datetime import timedelta

import pytest

from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.access import actor_of_member
from hearth.groups.models import Group, Membership, Waiting
from hearth.groups.queries.codes import series_of
from hearth.groups.queries.waiting import live_offers, must_wait, own_waiting, waiting_line
from hearth.groups.services import (
    admit_member,
    begin_regrouping,
    carry_out,
    change_group,
    follow_code,
    knock,
    leave_line,
    make_entry_code,
    offer_seats,
    open_group,
    plan_merge,
    set_choice,
    wait_for_place,
)
from hearth.kit.clock import now
from tests.faults.test_capacity_race import PRESSING, SEATS, press, setting

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def counted(group):
    inside = Membership.objects.filter(group=group, left_at=None).count()
    return inside, Group.objects.get(pk=group.pk).member_count, waiting_line(group.pk).count()


def test_everybody_who_presses_is_in_or_in_line_exactly_once():
    community, group, members = setting("line")
    through, refused = press(community, members, lambda member: knock(actor_of_member(member), group, how="open_door"))
    with community_scope(community):
        assert counted(group) == (SEATS, SEATS, PRESSING - SEATS)
    assert (len(through), refused) == (PRESSING, [])


def in_line(community, group, members):
    press(community, members, lambda member: knock(actor_of_member(member), group, how="open_door"))
    with community_scope(community):
        change_group(house_actor(community.pk), group, capacity=SEATS + 3)


def test_free_places_are_offered_once_however_many_give_them():
    community, group, members = setting("offer")
    in_line(community, group, members)
    press(community, members, lambda _member: offer_seats(group.pk))
    with community_scope(community):
        assert live_offers(group.pk) == 3


def test_the_checker_sees_careless_offers():
    """Negative control: count what is free, then give it away without holding the group."""
    community, group, members = setting("hasty")
    in_line(community, group, members)
    looked = threading.Barrier(PRESSING)

    def careless(member):
        held = Group.objects.get(pk=group.pk)
        free = held.capacity - held.member_count - live_offers(group.pk)
        looked.wait()
        mine = Waiting.objects.filter(member=member, ended_at=None)
        if free > 0:
            mine.update(offered_at=now(), offer_until=now().replace(year=2099))

    press(community, members, careless)
    with community_scope(community):
        assert live_offers(group.pk) > 3


def beside_offers(tag):
    """Three offers and five places more; those who have neither a place nor stand in line."""
    community, group, members = setting(tag)
    with community_scope(community):
        for member in members[: SEATS + 3]:
            knock(actor_of_member(member), group, how="open_door")
        change_group(house_actor(community.pk), group, capacity=SEATS + 8)
        offer_seats(group.pk)
    return community, group, members[SEATS + 3 :]


def test_those_who_press_share_what_is_free_and_leave_what_is_offered():
    community, group, others = beside_offers("beside")
    press(community, others, lambda member: knock(actor_of_member(member), group, how="open_door"))
    with community_scope(community):
        assert counted(group) == (SEATS + 5, SEATS + 5, len(others) - 5 + 3)
        assert live_offers(group.pk) == 3


def test_the_checker_sees_offered_places_given_away():
    """Negative control: look whether one must wait, then come in, without holding the group."""
    community, group, others = beside_offers("given")
    looked = threading.Barrier(len(others))

    def careless(member):
        waits = must_wait(Group.objects.get(pk=group.pk), member.pk)
        looked.wait()
        if not waits:
            admit_member(house_actor(community.pk), group, member, how="staff")

    press(community, others, careless)
    with community_scope(community):
        assert counted(group)[0] > SEATS + 5


def full_group(tag):
    community, group, members = setting(tag)
    with community_scope(community):
        code = make_entry_code(house_actor(community.pk), title="Shop", default_group=group.pk)
    return community, group, members, code


def test_one_next_group_is_opened_however_many_find_the_first_full():
    community, group, members, code = full_group("code")
    through, refused = press(
        community, members, lambda member: follow_code(actor_of_member(member), code, language="en")
    )
    with community_scope(community):
        series = series_of(Group.objects.get(pk=group.pk))
        counts = [one.member_count for one in series]
        assert Membership.objects.filter(left_at=None).count() == PRESSING
        assert Group.objects.count() == len(series)
    assert (len(through), refused) == (PRESSING, [])
    assert counts == [5, 5, 5, 1]


def test_the_checker_sees_a_careless_opening():
    """Negative control: look whether there is a next group, then open one, without the mark that it is the next."""
    community, group, members, _code = full_group("open")
    looked = threading.Barrier(PRESSING)

    def careless(_member):
        there = Group.objects.filter(parent=group).exists()
        looked.wait()
        if not there:
            Group.objects.create(key=f"n{threading.get_ident()}", name={"en": "Next"}, parent=group, lineage="copy")

    press(community, members, careless)
    with community_scope(community):
        assert Group.objects.filter(parent=group).count() > 1


def merging(tag):
    """A small sister with everybody in its line, a home with no room, and the merge begun."""
    community, sister, members = setting(tag)
    with community_scope(community):
        house = house_actor(community.pk)
        for member in members:
            wait_for_place(house, sister, member, how="open_door")
        home = open_group(house, name="Home")
        set_choice(house, home, seats=1, opens_at=now() + timedelta(days=1))
        row = begin_regrouping(house, plan_merge(house, home, [sister.pk]))
    return community, home, sister, members, row


def test_who_gives_up_while_the_line_is_carried_over_stands_in_neither_and_the_others_in_one():
    community, home, sister, members, row = merging("carried")

    def leave(member):
        if member == members[0]:
            carry_out(row.pk, lambda done, total: None, portion=1)
        else:
            leave_line(actor_of_member(member), own_waiting(sister.pk, member.pk) or own_waiting(home.pk, member.pk))

    through, refused = press(community, members, leave)
    with community_scope(community):
        here = set(waiting_line(home.pk).values_list("member", flat=True))
        assert waiting_line(sister.pk).count() == 0
    assert here == {member.pk for member in members} - set(through) | {members[0].pk}
    assert set(refused) <= {"conflict"}


def test_the_checker_sees_a_line_that_is_carried_carelessly():
    """Negative control: look who stands in line, and put them into the other one without holding their place."""
    community, home, sister, members, _row = merging("dropped")
    looked = threading.Barrier(PRESSING)

    def careless(member):
        stood = own_waiting(sister.pk, member.pk)
        looked.wait()
        if member in members[:4]:
            leave_line(actor_of_member(member), stood)
        looked.wait()
        wait_for_place(house_actor(community.pk), home, member, how=stood.how)

    press(community, members, careless)
    with community_scope(community):
        gave_up = set(Waiting.objects.filter(ended="left").values_list("member", flat=True))
        assert gave_up & set(waiting_line(home.pk).values_list("member", flat=True))

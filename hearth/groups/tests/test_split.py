"""A full group is parted so that those who talk stay together: a plan, its work, and the way back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hearth.conversation.services.changing import react
from hearth.core.permissions import house_actor
from hearth.groups.access import actor_of_member, is_banned
from hearth.groups.models import Group, Membership, Move, Regrouping
from hearth.groups.queries.lists import has_accepted, is_closed, member_ids, newest_norms, roles_by_member
from hearth.groups.queries.regrouping import going, parts_of, ties_of, why_not
from hearth.groups.rules.partition import part
from hearth.groups.rules.ties import Tie
from hearth.groups.services import (
    accept_norms,
    admit_member,
    begin_regrouping,
    carry_out,
    change_group,
    change_part,
    close_group,
    give_role,
    go_on,
    knock,
    leave_group,
    open_group,
    plan_split,
    restrict,
    shift_member,
    take_back,
)
from hearth.groups.tests.circles import carried, clique, new_group, say
from hearth.people.services import block_member
from tests.cast import newcomer
from tests.watching import facts, refused

pytestmark = pytest.mark.django_db


def bridge(a, b):
    return Tie(a, b, 2, 0)


def test_two_circles_are_parted_between_them():
    found = part(range(1, 9), [*clique(1, 3, 5, 7), *clique(2, 4, 6, 8), bridge(1, 2)], 2)
    assert {found.parts[n] for n in (1, 3, 5, 7)} != {found.parts[n] for n in (2, 4, 6, 8)}
    assert (found.strong, found.kept, found.share) == (12, 12, 1.0)


def test_the_owner_stays_in_the_first_part_and_every_part_has_a_keeper():
    ties = [*clique(1, 2, 3, 4), *clique(5, 6, 7, 8)]
    found = part(range(1, 9), ties, 2, owner=6, keepers=[7])  # both in one circle: one must leave it
    assert found.parts[6] == 0
    assert found.parts[7] == 1
    assert found.kept == 9


def test_the_room_stays_with_those_who_talk_and_the_owner_who_says_nothing_comes_to_them():
    ties = [*clique(1, 2, 3, 4), *clique(5, 6, 7), bridge(1, 5)]
    for owner in (0, 8, 9):
        found = part(range(10), ties, 2, owner=owner)
        assert {found.parts[n] for n in (1, 2, 3, 4, owner)} == {0}
        assert {found.parts[n] for n in (5, 6, 7)} == {1}
        assert list(found.parts.values()).count(0) == 5
    assert part(range(10), ties, 2, owner=6).parts[6] == 0  # an owner with ties stays among their own
    assert {part(range(10), ties, 2).parts[n] for n in (1, 2, 3, 4)} == {0}


def test_the_owner_who_comes_to_the_room_leaves_no_part_without_a_keeper():
    ties = [*clique(1, 2, 3, 4), *clique(5, 6, 7)]
    found = part(range(10), ties, 2, owner=0, keepers=[4])
    assert (found.parts[0], found.parts[4]) == (0, 1)
    found = part(range(10), ties, 2, owner=0, keepers=[4, 5])
    assert (found.parts[0], found.parts[4], found.parts[5], found.kept) == (0, 0, 1, 9)


def test_no_part_is_larger_than_its_capacity_whatever_it_costs():
    found = part(range(10), clique(*range(7)), 2, most=5)
    assert sorted(list(found.parts.values()).count(n) for n in (0, 1)) == [5, 5]
    with pytest.raises(ValueError, match="do not fit"):
        part(range(10), [], 2, most=4)


def test_who_has_no_ties_makes_the_parts_even():
    found = part(range(20), clique(0, 1, 2), 4)
    assert [list(found.parts.values()).count(n) for n in range(4)] == [5, 5, 5, 5]
    assert len({found.parts[n] for n in (0, 1, 2)}) == 1


def test_who_has_only_weak_ties_evens_the_parts_where_a_circle_does_not_part():
    weak = [bridge(a, b) for a in range(10, 40) for b in range(10)]
    found = part(range(40), [*clique(*range(10)), *weak], 2)
    counted = sorted(list(found.parts.values()).count(n) for n in (0, 1))
    assert counted == [18, 22]


def test_a_group_that_is_one_circle_says_what_it_costs():
    found = part(range(8), clique(*range(8)), 2)
    assert found.strong == 28
    assert found.share < 0.8
    assert found.share == found.kept / 28


def test_ties_are_answers_and_reactions_of_the_season_and_none_between_those_who_block(ada, bo, chen, cardiology):
    said = say(bo, cardiology, "A case")
    answer = say(chen, cardiology, "Seen it", reply_to=said)
    react(ada.actor, said, "👍", on=True)
    react(bo.actor, answer, "👍", on=True)
    people = [ada.member.pk, bo.member.pk, chen.member.pk]
    assert ties_of(cardiology.pk, people) == [
        Tie(ada.member.pk, bo.member.pk, 1, 0),
        Tie(bo.member.pk, chen.member.pk, 1, 1),
    ]
    block_member(chen.actor, bo.member)
    assert ties_of(cardiology.pk, people) == [Tie(ada.member.pk, bo.member.pk, 1, 0)]


def test_a_plan_changes_nothing_and_says_who_goes_where(ada, bo, cardiology, circles):
    before = (member_ids(cardiology.pk), Group.objects.count(), facts())
    row = plan_split(ada.actor, cardiology)
    assert (member_ids(cardiology.pk), Group.objects.count(), facts()) == before
    first, second = parts_of(row)
    assert (first.group, first.owner, second.group, second.name) == (cardiology, ada.member, None, "Cardiology 2")
    assert second.owner == bo.member
    goes = set(going(row).values_list("member", flat=True))
    assert goes >= {bo.member.pk, *(one.member.pk for one in circles[4:])}
    assert not goes & {ada.member.pk, *(one.member.pk for one in circles[:4])}
    assert plan_split(ada.actor, cardiology).pk != row.pk
    assert Regrouping.objects.count() == 1


def test_a_split_takes_along_roles_norms_door_bans_and_mutes(ada, bo, dara, cardiology, circles):
    accept_norms(circles[4].actor, cardiology, 1)
    restrict(ada.actor, circles[5].member, cardiology, kind="mute", why="Adverts.")
    restrict(ada.actor, dara.member, cardiology, kind="ban", why="Adverts.")
    row = plan_split(ada.actor, cardiology)
    went = going(row).count()
    assert carried(ada.actor, row) == {"moved": went, "refused": 0}
    made = new_group(row)
    cardiology.refresh_from_db()
    made.refresh_from_db()
    assert (cardiology.member_count, made.member_count) == (12 - went, went)
    assert (made.lineage, made.parent, made.capacity, made.space) == ("split", cardiology, 12, "professional")
    assert {str(role) for role in roles_by_member(made.pk)[bo.member.pk]} == {"owner"}
    assert bo.member.pk not in roles_by_member(cardiology.pk)
    assert has_accepted(newest_norms(made.pk), circles[4].member.pk)
    assert not has_accepted(newest_norms(made.pk), circles[6].member.pk)
    assert is_banned(dara.member.pk, made)
    with refused("muted"):
        say(circles[5], made, "Buy!")
    moved = facts("groups.member_moved")
    assert len(moved) == went
    assert moved[0]["to_group"] == made.pk
    assert facts("groups.group_split") == [
        {"regrouping": row.pk, "group": cardiology.pk, "groups": [cardiology.pk, made.pk], "moved": went, "refused": 0}
    ]


def test_single_members_are_shifted_before_but_never_the_owner(ada, cardiology, circles):
    row = plan_split(ada.actor, cardiology)
    shift_member(ada.actor, row, circles[0].member.pk, 1)
    assert going(row).filter(member=circles[0].member).exists()
    with refused("owner_stays"):
        shift_member(ada.actor, row, ada.member.pk, 1)
    with refused("refused"):
        shift_member(ada.actor, row, circles[0].member.pk, 2)
    carried(ada.actor, row)
    assert circles[0].member.pk in member_ids(new_group(row).pk)
    with refused("plan_old"):
        shift_member(ada.actor, row, circles[1].member.pk, 1)


def test_a_part_is_named_and_never_begun_above_its_capacity(ada, bo, cardiology, circles):
    row = plan_split(ada.actor, cardiology)
    change_part(ada.actor, row, 1, name="Bo's circle", capacity=5, owner=ada.member.pk)
    with refused("group_full"):
        begin_regrouping(ada.actor, row)
    change_part(ada.actor, row, 1, name="Bo's circle", capacity=40, owner=ada.member.pk)
    carried(ada.actor, row)
    made = new_group(row)
    assert (made.name, made.capacity) == ({"en": "Bo's circle", "zh-hans": "心内科 2"}, 40)
    roles = {member: {str(role) for role in held} for member, held in roles_by_member(made.pk).items()}
    assert roles == {ada.member.pk: {"owner"}, bo.member.pk: {"keeper"}}
    assert ada.member.pk in member_ids(cardiology.pk)


def test_only_who_runs_the_community_splits(bo, cardiology, circles):
    with refused("not_allowed"):
        plan_split(bo.actor, cardiology)


def test_a_group_too_small_is_not_split(ada, cardiology):
    with refused("refused"):
        plan_split(ada.actor, cardiology)


def test_who_left_or_owns_meanwhile_stays_and_the_plan_says_why(ada, cardiology, circles):
    row = plan_split(ada.actor, cardiology)
    begin_regrouping(ada.actor, row)
    leave_group(circles[5].actor, cardiology)
    found = carry_out(row.pk, lambda done, total: None)
    assert found["refused"] == 1
    told = Move.objects.get(regrouping=row, member=circles[5].member)
    assert why_not(told.refused) == "This person is not in the group."


def test_work_that_stops_between_portions_goes_on_without_doing_anything_twice(ada, cardiology, circles):
    row = plan_split(ada.actor, cardiology)
    begin_regrouping(ada.actor, row)
    went = going(row).count()

    def stop(done, total):
        if done >= 2:
            raise KeyboardInterrupt

    for _try in range(20):
        try:
            carry_out(row.pk, stop, portion=1)
        except KeyboardInterrupt:
            continue
        break
    row.refresh_from_db()
    assert row.ended_at is not None
    assert Group.objects.filter(parent=cardiology, lineage="split").count() == 1
    assert len(facts("groups.member_moved")) == went
    assert Membership.objects.filter(group=new_group(row), left_at=None).count() == went


def test_places_that_became_free_are_for_those_who_come_and_the_way_back_says_so(ada, cardiology, circles, community):
    row = plan_split(ada.actor, cardiology)
    went = carried(ada.actor, row)["moved"]
    for n in range(went - 1):
        admit_member(house_actor(community.pk), cardiology, newcomer(community, f"N{n}").member, how="staff")
    take_back(ada.actor, row)
    carry_out(row.pk, lambda done, total: None)
    told = facts("groups.regrouping_undone")
    assert told == [{"regrouping": row.pk, "group": cardiology.pk, "returned": 1, "stayed": went - 1}]
    cardiology.refresh_from_db()
    assert cardiology.member_count == cardiology.capacity == 12
    assert not is_closed(new_group(row).pk)


def test_after_a_fortnight_a_split_stands(ada, cardiology, circles):
    row = plan_split(ada.actor, cardiology)
    carried(ada.actor, row)
    Regrouping.objects.update(ended_at=timezone.now() - timedelta(days=15))
    with refused("undo_late"):
        take_back(ada.actor, row)


def test_whoever_found_no_room_is_tried_again(ada, cardiology, circles, community):
    row = plan_split(ada.actor, cardiology)
    went = going(row).count()
    begin_regrouping(ada.actor, row)
    carry_out_one_step(row)
    made = new_group(row)
    change_group(ada.actor, made, capacity=went)
    stranger = newcomer(community, "Zoe", kind="professional")
    knock(actor_of_member(stranger.member), made, how="open_door", norms_version=1)
    assert carry_out(row.pk, lambda done, total: None) == {"moved": went - 1, "refused": 1}
    change_group(ada.actor, made, capacity=20)
    go_on(ada.actor, row)
    assert carry_out(row.pk, lambda done, total: None) == {"moved": went, "refused": 0}
    assert len(facts("groups.member_moved")) == went


def carry_out_one_step(row):
    """Open the new group, and be stopped then."""

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_out(row.pk, stop)


def test_one_regrouping_of_a_group_is_at_work_at_a_time(ada, cardiology, circles):
    begin_regrouping(ada.actor, plan_split(ada.actor, cardiology))
    again = plan_split(ada.actor, cardiology)
    with refused("at_work"):
        begin_regrouping(ada.actor, again)


def test_a_closed_group_is_not_split(ada, cardiology, circles):
    row = plan_split(ada.actor, cardiology)
    close_group(ada.actor, cardiology)
    with refused("group_closed"):
        begin_regrouping(ada.actor, row)


def test_a_keeper_for_every_part_where_there_are_enough(ada, bo, chen, cardiology, circles):
    give_role(ada.actor, cardiology, circles[0].member, "keeper")
    row = plan_split(ada.actor, cardiology, parts=3)
    parts = {move.member_id: move.part for move in row.moves.all()}
    assert {parts[one.member.pk] for one in (ada, bo, circles[0])} == {0, 1, 2}
    assert next(one.owner_id for one in parts_of(row)) == ada.member.pk


def test_a_group_of_two_is_no_sister(ada, community):
    tiny = open_group(ada.actor, name="Tiny")
    with refused("refused"):
        plan_split(ada.actor, tiny)

"""A full group is parted so that those who talk stay together: a plan, its work, and the way back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hearth.conversation.access import room_of_group
from hearth.conversation.services.changing import react
from hearth.conversation.services.posting import post_message
from hearth.core.permissions import house_actor
from hearth.groups.access import actor_of_member, is_banned
from hearth.groups.models import Group, Membership, Move, Regrouping
from hearth.groups.queries.lists import has_accepted, is_closed, member_ids, newest_norms, roles_by_member
from hearth.groups.queries.regrouping import going, parts_of, ties_of, why_not
from hearth.groups.rules.partition import part
from hearth.groups.rules.tending import circle_elsewhere, kept_by
from hearth.groups.rules.ties import Tie
from hearth.groups.services import (
    accept_norms,
    admit_member,
    begin_regrouping,
    carry_out,
    change_group,
    change_part,
    choose_keeper,
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
from hearth.people.services import block_member
from tests.cast import newcomer
from tests.watching import facts, refused

pytestmark = pytest.mark.django_db


def clique(*members):
    return [Tie(a, b, 1, 1) for a in members for b in members if a < b]


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


@pytest.fixture
def circles(ada, bo, cardiology, community):
    """Twelve in cardiology: Ada and Chen's circle, and Bo's, who answer one another."""
    people = [newcomer(community, f"M{n}", kind="professional") for n in range(9)]
    for one in people:
        admit_member(ada.actor, cardiology, one.member, how="staff")
    change_group(ada.actor, cardiology, capacity=12)
    for circle in ([ada, *people[:4]], [bo, *people[4:]]):
        for one, other in zip(circle, [*circle[1:], circle[0]], strict=True):
            talk(cardiology, one, other)
            talk(cardiology, other, one)
    return people


def say(who, group, text, **more):
    return post_message(room_of_group(who.actor, group.pk), text=text, client_id=str(uuid4()), **more).message_id


def talk(group, one, other):
    say(other, group, "I refer them.", reply_to=say(one, group, "What do you do in this case?"))


def carried(actor, row, **options):
    begin_regrouping(actor, row)
    return carry_out(row.pk, lambda done, total: None, **options)


def new_group(row):
    return parts_of(row)[1].group


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


def test_undoing_brings_back_members_roles_and_the_days_they_were_here(ada, bo, cardiology, circles):
    before = {row.member_id: row.joined_at for row in Membership.objects.filter(group=cardiology, left_at=None)}
    row = plan_split(ada.actor, cardiology)
    carried(ada.actor, row)
    take_back(ada.actor, row)
    carry_out(row.pk, lambda done, total: None)
    after = {row.member_id: row.joined_at for row in Membership.objects.filter(group=cardiology, left_at=None)}
    assert after == before
    assert {str(role) for role in roles_by_member(cardiology.pk)[bo.member.pk]} == {"keeper"}
    assert is_closed(new_group(row).pk)
    with refused("undo_late"):
        take_back(ada.actor, row)


def everywhere():
    return sorted(Membership.objects.filter(left_at=None).values_list("group", "member"))


def undone(actor, row):
    take_back(actor, row)
    carry_out(row.pk, lambda done, total: None)


def test_undoing_leaves_nobody_in_the_new_group_and_its_names_free(ada, bo, cardiology, circles):
    before = everywhere()
    row = plan_split(ada.actor, cardiology)
    assert parts_of(row)[1].owner == bo.member
    carried(ada.actor, row)
    undone(ada.actor, row)
    assert everywhere() == before
    made = Group.objects.get(lineage="split")
    assert roles_by_member(made.pk) == {}
    assert made.member_count == 0
    again = plan_split(ada.actor, cardiology)
    assert parts_of(again)[1].name == "Cardiology 2"
    carried(ada.actor, again)
    assert new_group(again).key == "cardiology-2"


def test_an_owner_who_stays_in_the_other_group_as_well_leaves_the_new_one(ada, cardiology, circles):
    before = everywhere()
    row = plan_split(ada.actor, cardiology)
    change_part(ada.actor, row, 1, name="Second", capacity=40, owner=ada.member.pk)
    carried(ada.actor, row)
    assert ada.member.pk in member_ids(new_group(row).pk)
    undone(ada.actor, row)
    assert everywhere() == before


def test_who_wrote_in_the_new_group_can_still_read_it_after_the_undoing(ada, bo, cardiology, circles):
    row = plan_split(ada.actor, cardiology)
    carried(ada.actor, row)
    made = new_group(row)
    say(circles[5], made, "Hello here")
    undone(ada.actor, row)
    assert is_closed(made.pk)
    assert member_ids(made.pk) == [circles[5].member.pk]
    assert circles[5].member.pk in member_ids(cardiology.pk)
    assert parts_of(plan_split(ada.actor, cardiology))[1].name == "Cardiology 3"


def test_a_new_group_that_others_came_into_stays_open_with_who_answers_for_it(ada, bo, dara, cardiology, circles):
    row = plan_split(ada.actor, cardiology)
    carried(ada.actor, row)
    made = new_group(row)
    admit_member(ada.actor, made, dara.member, how="staff")
    undone(ada.actor, row)
    assert not is_closed(made.pk)
    assert set(member_ids(made.pk)) == {bo.member.pk, dara.member.pk}
    assert bo.member.pk in member_ids(cardiology.pk)


def test_names_that_an_undoing_freed_are_given_first_and_none_twice(ada, dara, cardiology, circles):
    first = plan_split(ada.actor, cardiology, parts=3)
    assert [one.name for one in parts_of(first)[1:]] == ["Cardiology 2", "Cardiology 3"]
    carried(ada.actor, first)
    admit_member(ada.actor, parts_of(first)[2].group, dara.member, how="staff")
    undone(ada.actor, first)
    assert [is_closed(one.group.pk) for one in parts_of(first)[1:]] == [True, False]
    second = plan_split(ada.actor, cardiology, parts=3)
    assert [one.name for one in parts_of(second)[1:]] == ["Cardiology 2", "Cardiology 4"]


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


ONE_CIRCLE = [*clique(1, 2, 3, 4), *clique(5, 6, 7, 8)]
HALVES = {1: 0, 2: 0, 3: 0, 4: 0, 5: 1, 6: 1, 7: 0, 8: 1}


def test_who_tends_a_part_away_from_their_circle_is_among_strangers():
    assert circle_elsewhere(7, HALVES, ONE_CIRCLE) == 1
    assert circle_elsewhere(6, HALVES, ONE_CIRCLE) is None
    assert circle_elsewhere(9, {**HALVES, 9: 0}, ONE_CIRCLE) is None, "nobody is known to be a stranger without ties"


@pytest.mark.parametrize(
    ("chosen", "part", "after"),
    [
        (7, 1, {1: 0, 2: 0, 3: 0, 4: 0, 5: 1, 6: 0, 7: 1, 8: 1}),  # 6 kept it and changes places with 7
        (6, 1, HALVES),
    ],
)
def test_keepers_change_places_and_nobody_else_does(chosen, part, after):
    assert kept_by(HALVES, ONE_CIRCLE, [6, 7], None, part, chosen) == after


def test_the_part_in_which_the_owner_is_is_the_group_itself():
    found = kept_by(HALVES, ONE_CIRCLE, [6, 7], 7, 1, 7)
    assert found == {1: 1, 2: 1, 3: 1, 4: 1, 5: 0, 6: 1, 7: 0, 8: 0}


def test_who_goes_from_a_part_that_another_tends_changes_places_with_nobody():
    found = kept_by(HALVES, ONE_CIRCLE, [1, 6, 7], 1, 1, 7)
    assert found == {**HALVES, 7: 1}


def test_another_keeps_the_new_group_and_answers_for_it(ada, bo, cardiology, circles):
    gil = circles[0]
    give_role(ada.actor, cardiology, gil.member, "keeper")
    row = plan_split(ada.actor, cardiology)
    assert parts_of(row)[1].owner == bo.member
    choose_keeper(ada.actor, row, gil.member.pk, 1)
    parts = {move.member_id: move.part for move in row.moves.all()}
    assert (parts[ada.member.pk], parts[gil.member.pk], parts[bo.member.pk]) == (0, 1, 1)
    assert parts_of(row)[1].owner == gil.member
    with refused("refused"):
        choose_keeper(ada.actor, row, circles[1].member.pk, 1)
    with refused("refused"):
        choose_keeper(ada.actor, row, bo.member.pk, 2)
    with refused("not_allowed"):
        choose_keeper(bo.actor, row, bo.member.pk, 1)


def test_the_owner_keeps_the_circle_that_would_have_gone(ada, bo, cardiology, circles):
    row = plan_split(ada.actor, cardiology)
    went = set(going(row).values_list("member", flat=True))
    choose_keeper(ada.actor, row, ada.member.pk, 1)
    stay = set(row.moves.filter(part=0).values_list("member", flat=True))
    assert stay == (went - {bo.member.pk}) | {ada.member.pk}
    assert parts_of(row)[1].owner == bo.member
    carried(ada.actor, row)
    assert set(member_ids(cardiology.pk)) == stay

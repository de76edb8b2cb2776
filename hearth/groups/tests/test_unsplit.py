"""A split that is taken back leaves the world as it stood, and says what it spared."""

import pytest

from hearth.groups.models import Group, Membership
from hearth.groups.queries.lists import is_closed, member_ids, roles_by_member
from hearth.groups.queries.regrouping import parts_of
from hearth.groups.services import admit_member, change_part, plan_split, take_back
from hearth.groups.tests.circles import carried, new_group, say, undone
from tests.watching import refused

pytestmark = pytest.mark.django_db


def everywhere():
    return sorted(Membership.objects.filter(left_at=None).values_list("group", "member"))


def test_undoing_brings_back_members_roles_and_the_days_they_were_here(ada, bo, cardiology, circles):
    before = {row.member_id: row.joined_at for row in Membership.objects.filter(group=cardiology, left_at=None)}
    row = plan_split(ada.actor, cardiology)
    carried(ada.actor, row)
    undone(ada.actor, row)
    after = {row.member_id: row.joined_at for row in Membership.objects.filter(group=cardiology, left_at=None)}
    assert after == before
    assert {str(role) for role in roles_by_member(cardiology.pk)[bo.member.pk]} == {"keeper"}
    assert is_closed(new_group(row).pk)
    with refused("undo_late"):
        take_back(ada.actor, row)


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

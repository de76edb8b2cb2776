"""Sisters that die are brought together in one home: a plan, its work, and the way back."""

import pytest

from hearth.core.audit import entries
from hearth.core.permissions import house_actor
from hearth.groups.models import EntryCode, GroupClosure, Membership
from hearth.groups.queries.lists import has_accepted, is_closed, member_ids, newest_norms, roles_by_member
from hearth.groups.queries.regrouping import Went, came_back, went, would_go
from hearth.groups.services import (
    accept_norms,
    admit_member,
    begin_regrouping,
    carry_out,
    change_group,
    give_role,
    go_on,
    leave_group,
    make_entry_code,
    open_group,
    plan_merge,
    plan_split,
    restrict,
    take_back,
)
from tests.cast import NORMS, newcomer
from tests.watching import facts, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def sister(ada, community, cardiology):
    """A second group of cardiologists with the same norms; Chen is in both, Fay keeps it."""
    return open_group(ada.actor, name="Heart", key="heart", norms=NORMS, space="professional", theme="cardiology")


@pytest.fixture
def people(ada, chen, community, sister):
    found = [newcomer(community, name, kind="professional") for name in ("Fay", "Gil", "Hana")]
    for one in (chen, *found):
        admit_member(ada.actor, sister, one.member, how="staff")
    give_role(ada.actor, sister, found[0].member, "keeper")
    return found


def ids(*people):
    return {one.member.pk for one in people}


def carried(actor, row):
    begin_regrouping(actor, row)
    return carry_out(row.pk, lambda done, total: None)


def undone(actor, row):
    take_back(actor, row)
    carry_out(row.pk, lambda done, total: None)


def test_a_plan_counts_those_who_would_come_once(ada, cardiology, sister, people):
    row = plan_merge(ada.actor, cardiology, [sister.pk])
    assert would_go(row) == Went(come=3, already=2, stay=0)
    assert not is_closed(sister.pk)
    assert facts("groups.member_moved") == []


def test_plan_and_result_count_the_same_people_once(ada, bo, community, cardiology, sister, people):
    third = open_group(ada.actor, name="Third", space="professional")
    for one in (bo, people[1], newcomer(community, "Ivo", kind="professional"), people[2]):
        admit_member(ada.actor, third, one.member, how="staff")
    restrict(ada.actor, people[2].member, cardiology, kind="ban", why="Adverts.")
    row = plan_merge(ada.actor, cardiology, [sister.pk, third.pk])
    told = would_go(row)
    assert told == Went(come=3, already=3, stay=1)  # Fay, Gil, Ivo; Ada, Bo, Chen; Hana
    carried(ada.actor, row)
    assert went(row) == told
    undone(ada.actor, row)
    last, before = (entries().filter(action=f"merge_{what}").get() for what in ("undone", "done"))
    assert before.after == {"moved": 3, "already": 3, "refused": 1}
    assert last.after["returned"] == came_back(row) == 3


def test_all_come_into_the_home_and_the_sister_is_closed_with_a_way_there(ada, bo, chen, cardiology, sister, people):
    accept_norms(people[1].actor, sister, 1)
    before = set(member_ids(sister.pk))
    row = plan_merge(ada.actor, cardiology, [sister.pk])
    assert carried(ada.actor, row) == {"moved": 3, "refused": 0}
    cardiology.refresh_from_db()
    assert set(member_ids(cardiology.pk)) == ids(ada, bo, chen, *people)
    assert cardiology.member_count == 6
    closure = GroupClosure.objects.get(group=sister)
    assert closure.into == cardiology
    assert set(member_ids(sister.pk)) == before, "what was said there can still be read"
    assert {str(role) for role in roles_by_member(cardiology.pk)[people[0].member.pk]} == {"keeper"}
    assert has_accepted(newest_norms(cardiology.pk), people[1].member.pk)
    assert not has_accepted(newest_norms(cardiology.pk), people[2].member.pk)
    assert facts("groups.groups_merged") == [
        {"regrouping": row.pk, "group": cardiology.pk, "groups": [cardiology.pk, sister.pk], "moved": 3, "refused": 0}
    ]


def test_who_does_not_fit_is_said_before_anybody_goes(ada, cardiology, sister, people):
    change_group(ada.actor, cardiology, capacity=5)
    row = plan_merge(ada.actor, cardiology, [sister.pk])
    with refused("no_room"):
        begin_regrouping(ada.actor, row)


def test_groups_where_names_are_hidden_do_not_go_where_they_are_shown(ada, cardiology):
    patients = open_group(ada.actor, name="Living with it", space="patient")
    with refused("spaces_differ"):
        plan_merge(ada.actor, cardiology, [patients.pk])


def test_only_who_runs_the_community_merges(bo, cardiology, sister):
    with refused("not_allowed"):
        plan_merge(bo.actor, cardiology, [sister.pk])
    with refused("not_allowed"):
        plan_split(bo.actor, cardiology)


def test_who_is_banned_at_home_is_left_and_a_sister_is_closed_all_the_same(ada, cardiology, sister, people):
    restrict(ada.actor, people[2].member, cardiology, kind="ban", why="Adverts.")
    row = plan_merge(ada.actor, cardiology, [sister.pk])
    assert carried(ada.actor, row) == {"moved": 2, "refused": 1}
    assert is_closed(sister.pk)


def test_while_somebody_finds_no_room_the_sister_stays_open_and_it_can_be_tried_again(
    ada, community, cardiology, sister, people
):
    change_group(ada.actor, cardiology, capacity=6)
    row = plan_merge(ada.actor, cardiology, [sister.pk])
    begin_regrouping(ada.actor, row)
    admit_member(house_actor(community.pk), cardiology, newcomer(community, "Quick").member, how="staff")
    assert carry_out(row.pk, lambda done, total: None) == {"moved": 2, "refused": 1}
    assert not is_closed(sister.pk)
    change_group(ada.actor, cardiology, capacity=10)
    go_on(ada.actor, row)
    assert carry_out(row.pk, lambda done, total: None) == {"moved": 3, "refused": 0}
    assert is_closed(sister.pk)


def test_who_comes_into_the_sister_meanwhile_is_taken_along(ada, community, cardiology, sister, people):
    row = plan_merge(ada.actor, cardiology, [sister.pk])
    begin_regrouping(ada.actor, row)
    late = newcomer(community, "Late", kind="professional")
    admit_member(ada.actor, sister, late.member, how="staff")
    carry_out(row.pk, lambda done, total: None)
    assert late.member.pk in member_ids(cardiology.pk)


def test_entry_codes_lead_to_the_home_and_back_again_after_the_undoing(ada, cardiology, sister, people):
    rule = {"attribute": "department", "values": ["Cardiology"], "group": sister.pk}
    code = make_entry_code(ada.actor, title="Article", rules=[rule], default_group=sister.pk)
    row = plan_merge(ada.actor, cardiology, [sister.pk])
    carried(ada.actor, row)
    code = EntryCode.objects.get(pk=code.pk)
    assert (code.rules[0]["group"], code.default_group_id) == (cardiology.pk, cardiology.pk)
    undone(ada.actor, row)
    code = EntryCode.objects.get(pk=code.pk)
    assert (code.rules[0]["group"], code.default_group_id) == (sister.pk, sister.pk)


def test_undoing_opens_the_sister_and_takes_those_out_who_came(ada, bo, chen, cardiology, sister, people):
    before = set(Membership.objects.filter(left_at=None).values_list("group", "member", "joined_at"))
    row = plan_merge(ada.actor, cardiology, [sister.pk])
    carried(ada.actor, row)
    undone(ada.actor, row)
    assert set(Membership.objects.filter(left_at=None).values_list("group", "member", "joined_at")) == before
    assert not is_closed(sister.pk)
    assert {str(one) for one in roles_by_member(sister.pk)[people[0].member.pk]} == {"keeper"}
    assert people[0].member.pk not in roles_by_member(cardiology.pk)
    assert facts("groups.regrouping_undone") == [
        {"regrouping": row.pk, "group": cardiology.pk, "returned": 3, "stayed": 0}
    ]


def test_who_has_left_the_sister_meanwhile_stays_in_the_home(ada, cardiology, sister, people):
    row = plan_merge(ada.actor, cardiology, [sister.pk])
    carried(ada.actor, row)
    leave_group(people[1].actor, sister)
    undone(ada.actor, row)
    assert people[1].member.pk in member_ids(cardiology.pk)
    assert facts("groups.regrouping_undone")[0]["stayed"] == 1

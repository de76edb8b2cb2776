"""Whom a group is for: how many of its members match, and the misplaced moved with one press and back."""

from datetime import timedelta

import pytest

from hearth.groups.access import group_for
from hearth.groups.models import Group, Membership, Regrouping
from hearth.groups.queries import door_rows
from hearth.groups.queries.lists import member_ids, roles_by_member
from hearth.groups.queries.purity import purity_of
from hearth.groups.rules.purity import Trait, better, matches
from hearth.groups.services import admit_member, change_group, give_role, move_member, open_group, take_back
from hearth.groups.tests.test_regrouping_pages import at, press
from hearth.kit.clock import now
from hearth.people.services import ask_erasure
from tests.cast import newcomer, second_factor
from tests.watching import facts, refused

pytestmark = pytest.mark.django_db

HEART = [{"attribute": "department", "values": ["Cardiology", "心内科"]}]
BRAIN = [{"attribute": "department", "values": ["Neurology"]}, {"attribute": "kind", "values": ["professional"]}]


@pytest.mark.parametrize(
    ("told", "match"),
    [
        ({"department": " cardiology", "city": "Basel"}, True),
        ({"department": "Surgery", "city": "Basel"}, False),
        ({"department": "Cardiology"}, None),
        ({"department": "Surgery"}, False),
        ({}, None),
    ],
)
def test_what_is_not_known_is_no_mismatch(told, match):
    definition = (Trait("department", ("Cardiology",)), Trait("city", ("Basel", "Bern")))
    assert matches(definition, told) is match


def test_the_better_group_is_the_one_that_asks_most_of_those_that_fit():
    wide, narrow = (Trait("city", ("Basel",)),), (Trait("city", ("Basel",)), Trait("kind", ("patient",)))
    told = {"city": "Basel", "kind": "patient"}
    assert better({1: wide, 2: narrow, 3: ()}, told) == 2
    assert better({3: ()}, told) is None


@pytest.fixture
def heart(ada, dara, cardiology, community):
    """Chen matches, Dara is a neurologist, of Fay nothing is known; Ada and Bo tend it."""
    for one in (dara, newcomer(community, "Fay", kind="professional")):
        admit_member(ada.actor, cardiology, one.member, how="staff")
    return change_group(ada.actor, cardiology, definition=HEART)


@pytest.fixture
def brain(ada, cardiology):
    return open_group(ada.actor, name="Neurology", key="neurology", space="professional", definition=BRAIN)


def test_purity_is_of_those_of_whom_enough_is_known(dara, heart):
    found = purity_of(heart)
    assert (found.matching, found.unknown, found.share) == (1, 1, 0.5)
    assert found.left_out == 2  # Ada and Bo, who tend it
    assert found.left_out + found.matching + found.unknown + len(found.misplaced) == heart.member_count
    ((seen, place),) = [(one.seen.pk, one.better) for one in found.misplaced]
    assert (seen, place) == (dara.member.pk, None)


def test_those_who_measure_are_told_of_whom_enough_is_known(chen, dara, heart):
    came = dict(Membership.objects.filter(group=heart).values_list("member", "joined_at"))
    assert sorted(one for one in door_rows() if one[3] == "placed") == [
        (heart.pk, chen.member.pk, came[chen.member.pk], "placed", True, None),
        (heart.pk, dara.member.pk, came[dara.member.pk], "placed", False, None),
    ]


def placed() -> list[tuple[int, bool]]:
    return [(member, passed) for _group, member, _at, kind, passed, _settled in door_rows() if kind == "placed"]


def test_those_who_measure_ask_as_often_for_one_group_as_for_many(ada, community, heart, django_assert_num_queries):
    for n in range(5):
        group = open_group(ada.actor, name=f"Heart {n}", key=f"h{n}", space="professional", definition=HEART)
        one = newcomer(community, f"Fay{n}", kind="professional", department=" cardiology")
        admit_member(ada.actor, group, one.member, how="staff")
    Membership.objects.update(joined_at=now() - timedelta(days=100))  # no newcomers, whose first steps are asked after
    with django_assert_num_queries(4):
        assert sorted(match for _member, match in placed()) == [False] + [True] * 6


def test_those_who_measure_and_the_page_pass_over_the_same_people(chen, dara, heart):
    def on_the_page() -> tuple[int, list[int]]:
        found = purity_of(heart)
        return found.matching, [one.seen.pk for one in found.misplaced]

    assert sorted(placed()) == [(chen.member.pk, True), (dara.member.pk, False)]
    assert on_the_page() == (1, [dara.member.pk])
    ask_erasure(chen.actor, "keep")
    assert placed() == [(dara.member.pk, False)]
    assert on_the_page() == (0, [dara.member.pk])


def test_a_group_that_says_nothing_has_no_purity(cardiology):
    assert purity_of(cardiology) is None


def test_four_questions_however_many_members(heart, brain, django_assert_num_queries):
    with django_assert_num_queries(4):
        assert purity_of(heart).misplaced[0].better == brain


def test_a_full_group_is_no_better_one(ada, community, heart, brain):
    change_group(ada.actor, brain, capacity=2)
    admit_member(ada.actor, brain, newcomer(community, "Gil", kind="professional").member, how="staff")
    assert purity_of(heart).misplaced[0].better is None


def test_a_definition_is_refused_that_says_one_thing_twice(ada, cardiology):
    with refused("refused", "attribute"):
        change_group(ada.actor, cardiology, definition=HEART * 2)
    with refused("refused", "values"):
        change_group(ada.actor, cardiology, definition=[{"attribute": "city", "values": [" "]}])


def test_what_the_house_knows_is_said_in_words_and_kept_as_keys(ada, client_of, cardiology):
    second_factor(ada.user)
    desk, path = client_of(ada), at(f"groups/{cardiology.pk}/purity/")
    desk.cookies["hearth_language"] = "zh-hans"
    for attribute, values, said in (("badge", "也许", "是、否"), ("kind", "guest\n居民", "患者或家属")):
        html = press(desk, path, attribute=attribute, values=values).content.decode()
        stray = values.splitlines()[-1]
        assert f"“{stray}”" in html
        assert said in html
    assert group_for(ada.actor, cardiology.pk).definition == []
    assert press(desk, path, attribute="badge", values=" 是 ").status_code == 302
    assert press(desk, path, attribute="kind", values="患者或家属\npatient\nGuest").status_code == 302
    kept = [{"attribute": "badge", "values": ["yes"]}, {"attribute": "kind", "values": ["patient", "guest"]}]
    assert group_for(ada.actor, cardiology.pk).definition == kept
    assert "患者或家属、访客" in desk.get(path).content.decode()


def test_a_word_kept_before_words_were_checked_stays_until_it_is_removed(ada, client_of, cardiology):
    second_factor(ada.user)
    old = [{"attribute": "badge", "values": ["maybe"]}, {"attribute": "kind", "values": ["患者"]}]
    Group.objects.filter(pk=cardiology.pk).update(definition=old)
    desk, path = client_of(ada), at(f"groups/{cardiology.pk}/purity/")
    assert "maybe" in desk.get(path).content.decode()
    assert press(desk, path, act="remove", trait="1").status_code == 302
    assert group_for(ada.actor, cardiology.pk).definition == old[:1]


def test_groups_that_say_nothing_are_told_instead_of_no_better_group(ada, client_of, dara, heart):
    second_factor(ada.user)
    desk, path = client_of(ada), at(f"groups/{heart.pk}/purity/")
    assert "no better group" in desk.get(path).content.decode()
    silent = open_group(ada.actor, name="Neurology", space="professional")
    found = purity_of(heart)
    assert (found.others, found.silent) == (0, [silent])
    page = desk.get(path).content.decode()
    assert "No other group says whom it is for" in page
    assert at(f"groups/{silent.pk}/purity/") in page
    assert "no better group" not in page
    change_group(ada.actor, silent, definition=BRAIN)
    page = desk.get(path).content.decode()
    assert "Move to Neurology" in page
    assert "says whom it is for" not in page


def test_one_who_is_moved_can_be_moved_back(ada, dara, heart, brain):
    row = move_member(ada.actor, heart, brain, dara.member)
    assert dara.member.pk in member_ids(brain.pk)
    assert dara.member.pk not in member_ids(heart.pk)
    take_back(ada.actor, row)
    assert dara.member.pk in member_ids(heart.pk)
    assert dara.member.pk not in member_ids(brain.pk)
    assert [told["undone"] for told in facts("groups.member_moved")] == [False, True]


def test_one_who_was_in_both_groups_keeps_their_place_and_role_in_the_other_when_the_move_is_undone(
    ada, dara, heart, brain
):
    was = admit_member(ada.actor, brain, dara.member, how="staff")
    give_role(ada.actor, brain, dara.member, "keeper")
    row = move_member(ada.actor, heart, brain, dara.member)
    assert dara.member.pk not in member_ids(heart.pk)
    take_back(ada.actor, row)
    assert dara.member.pk in member_ids(heart.pk)
    assert Membership.objects.get(group=brain, member=dara.member, left_at=None).pk == was.pk
    assert roles_by_member(brain.pk)[dara.member.pk] == {"keeper"}
    assert Group.objects.get(pk=brain.pk).member_count == 2


def test_a_role_that_the_move_gave_ends_with_it_for_one_who_was_in_both_groups(ada, dara, heart, brain):
    admit_member(ada.actor, brain, dara.member, how="staff")
    give_role(ada.actor, heart, dara.member, "assistant")
    row = move_member(ada.actor, heart, brain, dara.member)
    assert roles_by_member(brain.pk)[dara.member.pk] == {"assistant"}
    take_back(ada.actor, row)
    assert dara.member.pk in member_ids(brain.pk)
    assert dara.member.pk not in roles_by_member(brain.pk)
    assert roles_by_member(heart.pk)[dara.member.pk] == {"assistant"}


def test_the_page_says_who_is_in_the_better_group_already(ada, client_of, dara, heart, brain):
    second_factor(ada.user)
    desk, path = client_of(ada), at(f"groups/{heart.pk}/purity/")
    assert "is there already" not in desk.get(path).content.decode()
    admit_member(ada.actor, brain, dara.member, how="staff")
    assert desk.get(path).content.decode().count("is there already") == 1


def test_a_full_group_takes_nobody_and_nothing_is_left_behind(ada, dara, heart, brain):
    Group.objects.filter(pk=brain.pk).update(capacity=1)
    with refused("group_full"):
        move_member(ada.actor, heart, brain, dara.member)
    assert Regrouping.objects.count() == 0


def test_the_page_defines_shows_moves_and_undoes(ada, client_of, dara, heart, brain):
    second_factor(ada.user)
    desk, path = client_of(ada), at(f"groups/{heart.pk}/purity/")
    assert "Dara" in desk.get(path).content.decode()
    assert press(desk, path, act="add", attribute="city", values="Basel\nBern").status_code == 302
    assert press(desk, path, act="remove", trait="1").status_code == 302
    assert group_for(ada.actor, heart.pk).definition == HEART
    assert press(desk, path, act="move", member=str(dara.member.pk)).status_code == 302
    assert dara.member.pk in member_ids(brain.pk)
    assert "Dara is now in Neurology." in desk.get(path).content.decode()
    assert press(desk, at(f"regroupings/{Regrouping.objects.get().pk}/?act=take_back")).status_code == 302
    assert dara.member.pk in member_ids(heart.pk)
    assert press(desk, path, act="move", member=str(2**40)).status_code == 422
    assert "Purity" in desk.get(at(f"groups/{heart.pk}/")).content.decode()

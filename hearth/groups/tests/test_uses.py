"""One person who comes into a group is one use, of the way they came in by."""

from datetime import timedelta

import pytest

from hearth.groups.access import actor_of_member
from hearth.groups.models import EntryCode, JoinLink, KeptUse, Membership
from hearth.groups.services import (
    admit_member,
    ask_badge_first,
    ask_badge_first_by_code,
    change_gates,
    change_group,
    decide_application,
    follow_code,
    knock,
    knock_by_link,
    make_entry_code,
    make_join_link,
    redeem_link,
    set_choice,
)
from hearth.groups.services.waiting import draw
from hearth.kit.clock import now
from hearth.people.services import ask_verification, decide_verification, update_profile
from tests.cast import newcomer
from tests.watching import facts, refused

APPROVAL = [{"from": 0, "conditions": [{"kind": "approval"}]}]


@pytest.fixture
def link(bo, cardiology):
    return make_join_link(bo.actor, cardiology, max_uses=2)


@pytest.fixture
def code(ada, cardiology):
    return make_entry_code(ada.actor, title="Journal", default_group=cardiology.pk, opens_next=False, welcome="Read on")


@pytest.fixture
def gu(community):
    return newcomer(community, "Gu")


def uses(*ways):
    return [type(way).objects.values_list("uses", flat=True).get(pk=way.pk) for way in ways]


def give_badge(ada, somebody):
    update_profile(somebody.actor, real_name="Gu Li", hospital="St Lucas", department="Cardiology")
    decide_verification(ada.actor, ask_verification(somebody.actor, licence="110-2024-5532").pk, verified=True)
    return actor_of_member(somebody.member)


def follow(actor, code, **told):
    return follow_code(actor, code, language="en", norms_version=1, **told)[0]


def test_kept_by_a_code_and_in_by_a_link_is_one_use_of_the_link(ada, gu, link, code):
    ask_badge_first_by_code(gu.actor, code, language="en")
    assert uses(link, code) == [0, 1]
    redeem_link(give_badge(ada, gu), link.code, 1)
    assert uses(link, code) == [1, 0]
    assert KeptUse.objects.get().ended_at is not None


def test_kept_by_a_link_and_in_by_a_code_is_one_use_of_the_code(ada, gu, link, code):
    ask_badge_first(gu.actor, link.code)
    assert follow(give_badge(ada, gu), code).membership is not None
    assert uses(link, code) == [0, 1]


def test_what_a_link_kept_for_somebody_who_comes_by_another_is_free_for_the_next(ada, bo, dara, gu, cardiology):
    last, other = (make_join_link(bo.actor, cardiology, max_uses=1) for _ in range(2))
    ask_badge_first(gu.actor, last.code)
    with refused("link_spent"):
        redeem_link(dara.actor, last.code, 1)
    redeem_link(give_badge(ada, gu), other.code, 1)
    assert uses(last, other) == [0, 1]
    redeem_link(dara.actor, last.code, 1)
    assert uses(last, other) == [1, 1]


def test_a_use_that_one_link_keeps_opens_no_other_that_is_spent(ada, bo, dara, gu, cardiology):
    kept, spent = (make_join_link(bo.actor, cardiology, max_uses=1) for _ in range(2))
    ask_badge_first(gu.actor, kept.code)
    redeem_link(dara.actor, spent.code, 1)
    actor = give_badge(ada, gu)
    with refused("link_spent"):
        redeem_link(actor, spent.code, 1)
    assert uses(kept, spent) == [1, 1]
    assert not Membership.objects.filter(member=gu.member).exists()


def test_the_last_use_stays_free_while_somebody_who_keeps_one_asks_again_and_comes_in(ada, dara, gu, link):
    ask_badge_first(gu.actor, link.code)
    ask_badge_first(gu.actor, link.code)
    redeem_link(give_badge(ada, gu), link.code, 1)
    assert uses(link) == [1]
    redeem_link(dara.actor, link.code, 1)
    assert uses(link) == [2]


def test_whoever_asks_by_a_code_again_and_again_is_counted_once_when_they_are_in(bo, dara, cardiology, code):
    change_gates(bo.actor, cardiology, APPROVAL)
    asked = [follow(dara.actor, code).application for _ in range(3)][-1]
    assert uses(code) == [0], "nobody has come in yet"
    decide_application(bo.actor, asked, approve=True)
    assert uses(code) == [1]
    assert Membership.objects.get(member=dara.member).entry_code == code
    assert len(facts("groups.placed_by_code")) == 1


def test_whoever_asks_by_a_code_and_comes_in_by_a_link_is_counted_by_the_link(bo, dara, cardiology, link, code):
    change_gates(bo.actor, cardiology, APPROVAL)
    follow(dara.actor, code)
    asked = knock_by_link(dara.actor, link.code, norms_version=1).application
    decide_application(bo.actor, asked, approve=True)
    assert uses(link, code) == [1, 0]


def test_whoever_asks_by_a_link_and_comes_in_by_a_code_is_counted_by_the_link_that_invited_them(
    bo, dara, cardiology, link, code
):
    change_gates(bo.actor, cardiology, APPROVAL)
    knock_by_link(dara.actor, link.code, norms_version=1)
    asked = follow(dara.actor, code).application
    decide_application(bo.actor, asked, approve=True)
    assert uses(link, code) == [1, 0]


def test_who_is_let_in_where_the_link_was_spent_meanwhile_is_in_without_a_use(bo, dara, gu, cardiology):
    link = make_join_link(bo.actor, cardiology, max_uses=1)
    change_gates(bo.actor, cardiology, APPROVAL)
    asked = knock_by_link(dara.actor, link.code, norms_version=1).application
    ask_badge_first(gu.actor, link.code)
    decide_application(bo.actor, asked, approve=True)
    assert Membership.objects.filter(member=dara.member, left_at=None).exists()
    assert uses(link) == [1]


@pytest.mark.parametrize("by_code", [False, True])
def test_who_is_chosen_among_those_who_wait_is_counted_by_the_way_they_came(ada, dara, cardiology, link, code, by_code):
    choice = set_choice(ada.actor, cardiology, seats=1, opens_at=now() + timedelta(days=1))
    if by_code:
        follow(dara.actor, code)
    else:
        knock_by_link(dara.actor, link.code, norms_version=1)
    assert uses(link, code) == [0, 0]
    assert draw(choice)
    assert Membership.objects.filter(member=dara.member, left_at=None).exists()
    assert uses(link, code) == ([0, 1] if by_code else [1, 0])


def test_a_full_group_counts_nobody_and_keeps_the_next_in_line_with_their_code(ada, dara, cardiology, code):
    change_group(ada.actor, cardiology, capacity=3)
    for _ in range(2):
        assert follow(dara.actor, code).waiting.entry_code == code
    assert uses(code) == [0]
    assert len(facts("groups.placed_by_code")) == 1


def test_a_code_that_keeps_a_way_keeps_it_when_the_next_group_opens(ada, gu, community, cardiology):
    code = make_entry_code(ada.actor, title="Journal", default_group=cardiology.pk)
    kept = ask_badge_first_by_code(gu.actor, code, language="en")
    change_group(ada.actor, cardiology, capacity=3)
    follow(newcomer(community, "Noa", kind="professional").actor, code, norms_of=cardiology.pk)
    assert uses(code) == [2]
    assert ask_badge_first_by_code(gu.actor, code, language="en") == kept
    assert uses(code) == [2]
    told = follow(give_badge(ada, gu), code, norms_of=cardiology.pk)
    assert (told.membership.group.key, uses(code)) == ("cardiology-3", [2])


def test_another_way_without_a_count_takes_nothing_back(ada, gu, cardiology, link):
    ask_badge_first(gu.actor, link.code)
    admit_member(ada.actor, cardiology, gu.member, how="staff", why="They asked.")
    assert uses(link) == [1]
    assert knock(gu.actor, cardiology, how="open_door").membership is not None
    assert EntryCode.objects.count() + JoinLink.objects.count() == 1

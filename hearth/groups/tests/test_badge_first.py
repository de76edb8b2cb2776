"""Who is new, holds a link or code into a group for professionals and has no badge: they ask for one first."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from hearth.core.routing import link as path_to
from hearth.core.tenancy import community_scope
from hearth.groups.access import actor_of_member, resolve_actor
from hearth.groups.models import EntryCode, JoinLink, KeptUse, Membership
from hearth.groups.services import (
    ask_badge_first,
    ask_badge_first_by_code,
    change_gates,
    change_group,
    close_group,
    decide_application,
    follow_code,
    invite,
    judge_rhythms,
    knock_by_link,
    leave_group,
    make_entry_code,
    make_join_link,
    redeem_link,
    remove_member,
    restrict,
    revoke_entry_code,
    revoke_link,
    set_answer,
)
from hearth.groups.services.badge_first import open_ways
from hearth.groups.services.crowds import admit_crowd
from hearth.groups.services.kept_bans import keep_bans
from hearth.groups.types import KeptBy
from hearth.kit.clock import now
from hearth.people.models import Member
from hearth.people.services import ask_verification, decide_verification, update_profile
from hearth.people.services.subjects import subject_of
from tests.cast import newcomer
from tests.watching import facts, refused


def uses(link):
    return JoinLink.objects.values_list("uses", flat=True).get(pk=link.pk)


def ask(somebody, link):
    return ask_badge_first(somebody.user, link.code, display_name="Eve")


def give_badge(ada, member):
    actor = actor_of_member(member)
    update_profile(actor, real_name="Eve Marsh", hospital="St Lucas", department="Cardiology")
    decide_verification(ada.actor, ask_verification(actor, licence="110-2024-5532").pk, verified=True)
    return actor_of_member(member)


def nothing_arose(eve, community, link=None):
    assert resolve_actor(eve.user, community) is None
    assert not KeptUse.objects.exists()
    if link is not None:
        assert uses(link) == 0


def test_the_holder_of_a_link_gets_a_place_in_the_community_and_none_in_the_group(ada, bo, eve, cardiology):
    link = make_join_link(bo.actor, cardiology, max_uses=2)
    kept = ask(eve, link)
    member = Member.objects.get(display_name="Eve")
    assert (kept.member, kept.group, kept.link, member.kind) == (member, cardiology, link, "guest")
    assert not Membership.objects.filter(member=member).exists()
    assert facts("groups.use_kept") == [{"group": cardiology.pk, "member": member.pk, "link": link.pk, "code": None}]
    with refused("professionals_only"):
        redeem_link(actor_of_member(member), link.code, 1)
    assert ask(eve, link) == kept
    assert uses(link) == 1, "who asks again uses nothing up"
    actor = give_badge(ada, member)
    assert redeem_link(actor, link.code, 1).joined_by == "link"
    assert uses(link) == 1, "the use was counted when they asked"
    assert KeptUse.objects.get().ended_at is not None


def test_with_the_badge_the_same_link_lets_in_though_it_is_spent_and_past_its_day(
    ada, bo, dara, eve, cardiology, time_machine
):
    time_machine.move_to(now())
    link = make_join_link(bo.actor, cardiology, max_uses=1, expires_at=now() + timedelta(days=1))
    member = ask(eve, link).member
    with refused("link_spent"):
        redeem_link(dara.actor, link.code, 1)
    time_machine.shift(timedelta(days=3))
    actor = give_badge(ada, member)
    assert knock_by_link(actor, link.code, norms_version=1).membership.member == member
    assert uses(link) == 1
    leave_group(actor_of_member(member), cardiology)
    with refused("link_spent"):
        redeem_link(actor, link.code, 1)


def test_whoever_waits_for_a_decision_with_a_kept_use_is_counted_once(ada, bo, eve, cardiology):
    link = make_join_link(bo.actor, cardiology, max_uses=1)
    member = ask(eve, link).member
    change_gates(bo.actor, cardiology, [{"from": 0, "conditions": [{"kind": "approval"}]}])
    asked = knock_by_link(give_badge(ada, member), link.code, norms_version=1).application
    decide_application(bo.actor, asked, approve=True)
    assert Membership.objects.get(member=member).joined_by == "link"
    assert uses(link) == 1


def test_whoever_comes_in_by_a_table_is_kept_no_way(ada, bo, eve, cardiology):
    kept = ask(eve, make_join_link(bo.actor, cardiology))
    assert admit_crowd(ada.actor, cardiology, [kept.member_id], "They asked.") == {kept.member_id: True}
    open_ways(kept.member_id)
    assert (KeptUse.objects.filter(ended_at=None).exists(), facts("groups.way_opened")) == (False, [])


def test_the_last_use_is_taken_once(bo, eve, dara, other_community, community, cardiology):
    link = make_join_link(bo.actor, cardiology, max_uses=1)
    ask(eve, link)
    with community_scope(other_community):
        fay = newcomer(other_community, "Fay")
    with refused("link_spent"):
        ask_badge_first(fay.user, link.code, display_name="Fay")
    assert resolve_actor(fay.user, community) is None
    assert uses(link) == 1


def test_one_way_into_a_group_is_kept_for_somebody_at_a_time(bo, eve, cardiology):
    kept = ask(eve, make_join_link(bo.actor, cardiology))
    other = make_join_link(bo.actor, cardiology)
    assert ask(eve, other) == kept
    assert uses(other) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        KeptUse.objects.create(group=cardiology, member=kept.member, link=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        KeptUse.objects.create(group=cardiology, member=bo.member)


def test_a_revoked_late_or_unknown_link_keeps_nothing(bo, eve, community, cardiology, time_machine):
    time_machine.move_to(now())
    revoked = make_join_link(bo.actor, cardiology)
    revoke_link(bo.actor, revoked)
    late = make_join_link(bo.actor, cardiology, expires_at=now() + timedelta(days=1))
    time_machine.shift(timedelta(days=2))
    for link in (revoked, late):
        with refused("link_spent"):
            ask(eve, link)
        nothing_arose(eve, community, link)
    with refused("not_found"):
        ask_badge_first(eve.user, "NOTACODE", display_name="Eve")


def test_a_link_that_is_revoked_afterwards_leads_nowhere(ada, bo, eve, cardiology):
    link = make_join_link(bo.actor, cardiology)
    member = ask(eve, link).member
    revoke_link(bo.actor, link)
    actor = give_badge(ada, member)
    with refused("link_spent"):
        redeem_link(actor, link.code, 1)
    open_ways(member.pk)
    assert facts("groups.way_opened") == []


def test_the_link_of_a_full_or_closed_group_keeps_nothing(ada, bo, eve, community, cardiology):
    link = make_join_link(bo.actor, cardiology)
    change_group(ada.actor, cardiology, capacity=3)
    with refused("group_full"):
        ask(eve, link)
    nothing_arose(eve, community, link)
    change_group(ada.actor, cardiology, capacity=None)
    close_group(ada.actor, cardiology)
    with refused("group_closed"):
        ask(eve, link)
    nothing_arose(eve, community, link)


def test_no_use_is_kept_while_a_service_has_stopped(ada, bo, eve, community, cardiology):
    link = make_join_link(bo.actor, cardiology)
    set_answer(
        ada.actor, "coffee", name="Coffee", force="social", service="A round.", kept_by=KeptBy(every_days=7),
        groups=[cardiology],
    )  # fmt: skip
    judge_rhythms(now() + timedelta(days=40))
    with refused("inviting_rests"):
        ask(eve, link)
    nothing_arose(eve, community, link)


def test_a_ban_finds_whoever_comes_back_by_a_link(ada, bo, chen, eve, community, cardiology):
    EmailAddress.objects.create(user=chen.user, email=chen.user.email, verified=True, primary=True)
    remove_member(ada.actor, cardiology, chen.member, "adverts", ban=True)
    keep_bans(subject_of(chen.member.person_id))
    EmailAddress.objects.filter(user=chen.user).update(user=eve.user)
    link = make_join_link(bo.actor, cardiology)
    with refused("banned"):
        ask(eve, link)
    nothing_arose(eve, community, link)


def test_an_invitation_keeps_its_use_for_whom_it_names_and_nobody_else(bo, eve, community, cardiology):
    link = invite(bo.actor, cardiology, "fay@example.org")
    with refused("not_for_you"):
        ask(eve, link)
    EmailAddress.objects.create(user=eve.user, email="fay@example.org", verified=False)
    with refused("not_for_you"):
        ask(eve, link)
    nothing_arose(eve, community, link)
    EmailAddress.objects.filter(user=eve.user).update(verified=True)
    ask(eve, link)
    assert uses(link) == 1


def test_the_banned_get_nothing_by_a_link(bo, community, cardiology):
    gu = newcomer(community, "Gu")
    link = make_join_link(bo.actor, cardiology)
    restrict(bo.actor, gu.member, cardiology, kind="ban", why="adverts")
    with refused("banned"):
        ask_badge_first(gu.actor, link.code)
    assert (uses(link), KeptUse.objects.count()) == (0, 0)


def test_whoever_is_banned_while_they_wait_stays_out_with_a_badge(ada, bo, eve, cardiology):
    link = make_join_link(bo.actor, cardiology)
    member = ask(eve, link).member
    restrict(ada.actor, member, None, kind="ban", why="adverts")
    actor = give_badge(ada, member)
    with refused("banned"):
        redeem_link(actor, link.code, 1)


def test_where_no_badge_is_asked_nobody_becomes_a_guest_by_asking_for_one(ada, bo, dara, eve, community, cardiology):
    link = make_join_link(bo.actor, cardiology)
    with refused("badge_not_asked"):
        ask_badge_first(dara.actor, link.code)
    change_group(ada.actor, cardiology, space="general")
    with refused("badge_not_asked"):
        ask(eve, link)
    nothing_arose(eve, community, link)


def test_a_badge_tells_which_way_is_open_now(ada, bo, eve, cardiology):
    kept = ask(eve, make_join_link(bo.actor, cardiology))
    give_badge(ada, kept.member)
    open_ways(kept.member_id)
    told = {"kept": kept.pk, "group": cardiology.pk, "member": kept.member_id}
    assert facts("groups.way_opened") == [told]


@pytest.fixture
def code(ada, cardiology):
    return make_entry_code(ada.actor, title="Journal", default_group=cardiology.pk, opens_next=False)


def test_a_code_keeps_its_use_as_a_link_does(ada, bo, community, code, cardiology):
    gu = newcomer(community, "Gu")
    kept = ask_badge_first_by_code(gu.actor, code, language="en")
    assert ask_badge_first_by_code(gu.actor, code, language="en") == kept
    assert EntryCode.objects.get().uses == 1
    actor = give_badge(ada, gu.member)
    assert follow_code(actor, code, language="en", norms_version=1)[0].membership is not None
    assert EntryCode.objects.get().uses == 1
    assert KeptUse.objects.get().ended_at is not None


def test_a_code_into_a_full_or_closed_group_keeps_nothing(ada, community, code, cardiology):
    gu = newcomer(community, "Gu")
    change_group(ada.actor, cardiology, capacity=3)
    with refused("group_full"):
        ask_badge_first_by_code(gu.actor, code, language="en")
    close_group(ada.actor, cardiology)
    with refused("group_closed"):
        ask_badge_first_by_code(gu.actor, code, language="en")
    assert (EntryCode.objects.get().uses, KeptUse.objects.count()) == (0, 0)


def test_a_revoked_code_opens_no_way(ada, community, code):
    gu = newcomer(community, "Gu")
    ask_badge_first_by_code(gu.actor, code, language="en")
    revoke_entry_code(ada.actor, code)
    give_badge(ada, gu.member)
    open_ways(gu.member.pk)
    assert facts("groups.way_opened") == []


@pytest.mark.parametrize("inside", [True, False])
def test_only_whoever_is_no_member_yet_reads_that_they_come_into_the_community(
    client_of, bo, eve, community, cardiology, inside
):
    somebody = newcomer(community, "Fay", kind="guest").user if inside else eve.user
    html = client_of(somebody).get(path_to("groups:entry", code=make_join_link(bo.actor, cardiology).code))
    text = html.content.decode()
    assert ("you come into the community now" in text) is not inside
    assert ("you come into this group with your badge" in text) is inside

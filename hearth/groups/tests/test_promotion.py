"""A service that stops pauses what invites new people, and nothing else."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from hearth.core.relay import run_once
from hearth.groups.models import Group, Membership, ValueAnswer
from hearth.groups.queries import visible_groups
from hearth.groups.services import (
    admit_member,
    follow_code,
    invite,
    judge_rhythms,
    knock,
    knock_by_link,
    lift_pause,
    make_entry_code,
    make_join_link,
    note_deed,
    open_group,
    redeem_link,
    set_answer,
    way_for,
)
from hearth.groups.tests.test_pages import at, post
from hearth.groups.types import KeptBy
from hearth.kit.clock import now
from hearth.notify.models import Notice
from tests.cast import newcomer
from tests.watching import refused

DAY = timedelta(days=1)
RESTS = "This group takes in nobody new just now"
ENTRY = {"accept_norms": "on", "norms_version": "1"}


@pytest.fixture
def coffee(ada, cardiology):
    """Promised in cardiology every week; begun forty days ago as far as the judge is told."""
    return set_answer(
        ada.actor,
        "coffee",
        name="Coffee",
        force="social",
        service="A round with coffee.",
        kept_by=KeptBy(every_days=7),
        groups=[cardiology],
    )


@pytest.fixture
def link(bo, cardiology, coffee):
    """A link made while all was well."""
    return make_join_link(bo.actor, cardiology)


@pytest.fixture
def code(ada, cardiology, coffee):
    """A code that leads to cardiology."""
    return make_entry_code(ada.actor, title="Article", default_group=cardiology.pk)


def stop():
    assert judge_rhythms(now() + 40 * DAY) == 1


def test_links_codes_and_their_qr_lead_nobody_in_while_a_service_has_stopped(ada, bo, dara, cardiology, link, code):
    stop()
    for way in (
        lambda: knock_by_link(dara.actor, link.code, norms_version=1),
        lambda: knock_by_link(dara.actor, link.code, norms_version=1, by_qr=True),
        lambda: redeem_link(dara.actor, link.code, 1),
        lambda: follow_code(dara.actor, code, language="en", norms_of=cardiology.pk, norms_version=1),
    ):
        with refused("inviting_rests"):
            way()
    with refused("inviting_rests"):
        make_join_link(bo.actor, cardiology)
    link.refresh_from_db()
    assert (link.uses, Membership.objects.filter(member=dara.member).exists()) == (0, False)
    note_deed(bo.actor, cardiology, ValueAnswer.objects.get())
    assert knock_by_link(dara.actor, link.code, norms_version=1).membership is not None


def test_who_is_invited_by_name_let_in_by_a_keeper_or_comes_by_themselves_is_not_held_up(
    ada, bo, dara, community, cardiology, coffee
):
    stop()
    addressed = invite(bo.actor, cardiology, dara.user.email)
    EmailAddress.objects.create(user=dara.user, email=dara.user.email, verified=True, primary=True)
    assert redeem_link(dara.user, addressed.code, 1).joined_by == "invitation"
    kim = newcomer(community, "Kim", kind="professional")
    assert admit_member(bo.actor, cardiology, kim.member, how="staff").group_id == cardiology.pk
    lou = newcomer(community, "Lou", kind="professional")
    assert knock(lou.actor, cardiology, how="open_door", norms_version=1).membership is not None


def test_members_follow_their_links_home(chen, cardiology, link, code, client_of):
    stop()
    assert redeem_link(chen.actor, link.code, None).member_id == chen.member.pk
    told, group = follow_code(chen.actor, code, language="en")
    assert (told.membership.member_id, group.pk) == (chen.member.pk, cardiology.pk)
    client = client_of(chen)
    for path in (at("entry", code=link.code), at("code", code=code.code)):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, at("card", group_id=cardiology.pk))


def test_others_read_a_friendly_sentence_and_no_next_group_opens(ada, dara, eve, cardiology, link, code, client_of):
    stop()
    for who in (dara, eve):
        answer = client_of(who).get(at("entry", code=link.code))
        assert answer.status_code == 409
        assert RESTS in answer.content.decode()
        assert "Cardiology" in answer.content.decode()
    client = client_of(dara)
    answer = client.get(at("code", code=code.code))
    assert (answer.status_code, RESTS in answer.content.decode()) == (409, True)
    answer = post(client, at("entry", code=link.code), **ENTRY)
    assert (answer.status_code, RESTS in answer.content.decode()) == (422, True)
    way = way_for(code, dara.member.pk, language="en")
    assert (way.rests, way.room) == (True, None)
    assert Group.objects.count() == 1


def test_another_group_of_a_series_that_keeps_its_services_takes_who_comes(ada, dara, cardiology, code):
    sister = open_group(
        ada.actor, name="Cardiology 2", key="cardiology-2", parent=cardiology, lineage="next", norms="Be kind."
    )
    stop()
    way = way_for(code, dara.member.pk, language="en")
    assert (way.room, way.rests) == (sister, False)
    _told, group = follow_code(dara.actor, code, language="en", norms_of=sister.pk, norms_version=1)
    assert group == sister


def test_it_is_suggested_to_nobody_and_found_by_whoever_searches(ada, chen, dara, cardiology, coffee):
    assert [group.key for group in visible_groups(dara.actor)] == ["cardiology"]
    stop()
    assert list(visible_groups(dara.actor)) == []
    assert [group.key for group in visible_groups(dara.actor, search="Cardio")] == ["cardiology"]
    assert [group.key for group in visible_groups(chen.actor)] == ["cardiology"]


def test_a_lifted_pause_lets_people_in_again(ada, dara, cardiology, link):
    stop()
    lift_pause(ada.actor, cardiology, days=2, why="The congress is this week.")
    assert knock_by_link(dara.actor, link.code, norms_version=1).membership is not None


def test_staff_and_keepers_are_told_when_it_is_due_stops_and_goes_again(ada, bo, chen, cardiology, coffee):
    run_once()
    Notice.objects.all().delete()
    judge_rhythms(now() + 8 * DAY)
    stop()
    note_deed(bo.actor, cardiology, coffee)
    run_once()
    told = [(row.member_id, row.reason) for row in Notice.objects.order_by("pk")]
    both = {ada.member.pk, bo.member.pk}
    assert {who for who, reason in told if reason == "groups.service_due"} == both
    assert {who for who, reason in told if reason == "groups.promotion_paused"} == both
    assert {who for who, reason in told if reason == "groups.promotion_resumed"} == both
    assert not Notice.objects.filter(member=chen.member).exists()
    paths = dict(Notice.objects.filter(reason="groups.promotion_paused").values_list("member_id", "path"))
    tending, console = at("tending", group_id=cardiology.pk), f"/c/stlucas/console/groups/{cardiology.pk}/"
    assert paths == {ada.member.pk: console, bo.member.pk: tending}


def test_nobody_is_reminded_of_what_is_due_every_day(ada, bo, cardiology):
    set_answer(ada.actor, "daily", name="Daily", force="emotion", service="A word.", kept_by=KeptBy(every_days=1))
    judge_rhythms(now() + DAY)
    run_once()
    assert not Notice.objects.filter(reason="groups.service_due").exists()

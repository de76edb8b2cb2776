from datetime import UTC, datetime, time

import pytest
from django.utils import timezone, translation

from hearth.core.live import topics
from hearth.core.models import Fact
from hearth.core.relay import run_once
from hearth.core.tenancy import community_scope
from hearth.groups.services import (
    admit_member,
    change_gates,
    decide_application,
    give_role,
    knock,
    publish_norms,
    remove_member,
    restrict,
)
from hearth.notify.access import notice_for
from hearth.notify.models import Notice
from hearth.notify.queries import inbox, preference_of, unread_count
from hearth.notify.services import mark_all_read, mark_read, set_level, set_preference, tell
from hearth.people.services import ask_verification, block_member, decide_verification
from tests.watching import facts, refused


def reasons_of(somebody):
    return [row.reason for row in Notice.objects.filter(member=somebody.member).order_by("pk")]


def test_a_newcomer_is_welcomed_and_those_who_tend_the_group_are_told(ada, bo, chen, dara, cardiology):
    run_once()
    Notice.objects.all().delete()
    admit_member(dara.actor, cardiology, dara.member, how="open_door", norms_version=1)
    run_once()
    assert reasons_of(dara) == ["groups.welcome"]
    assert reasons_of(bo) == reasons_of(ada) == ["groups.newcomer"]
    assert reasons_of(chen) == []
    shown = inbox(bo.actor)[0]
    assert shown.text == "Dara Okafor has joined Cardiology. A word of welcome goes a long way."
    assert shown.path == f"/c/stlucas/groups/{cardiology.pk}/tending/"


def test_a_fact_is_told_once_however_often_it_is_handled(bo, dara, cardiology):
    admit_member(dara.actor, cardiology, dara.member, how="open_door", norms_version=1)
    fact = Fact.objects.filter(name="groups.member_admitted").latest("pk")
    for _time in range(2):
        tell([bo.member.pk], "groups.newcomer", fact=fact, group=cardiology, path="/", params={"member": 0})
    assert reasons_of(bo) == ["groups.newcomer"]


def test_who_blocked_somebody_hears_nothing_of_them(bo, dara, cardiology):
    block_member(bo.actor, dara.member)
    run_once()
    admit_member(dara.actor, cardiology, dara.member, how="open_door", norms_version=1)
    run_once()
    assert "groups.newcomer" not in reasons_of(bo)[-1:]


@pytest.mark.parametrize(
    ("general", "own", "told"),
    [
        ("mentions", "", False),
        ("all", "", True),
        ("all", "mentions", False),
        ("nothing", "all", True),
        ("all", "nothing", False),
    ],
)
def test_a_level_decides_what_is_told(bo, chen, cardiology, general, own, told):
    set_preference(chen.actor, level=general)
    if own:
        set_level(chen.actor, cardiology, own)
    publish_norms(bo.actor, cardiology, "New norms.")
    run_once()
    assert ("groups.norms_published" in reasons_of(chen)) == told
    assert "groups.norms_published" not in reasons_of(bo)


def test_what_concerns_oneself_is_told_at_every_level(ada, bo, chen, cardiology):
    set_preference(chen.actor, level="nothing")
    give_role(bo.actor, cardiology, chen.member, "assistant")
    restrict(ada.actor, chen.member, cardiology, kind="mute", why="flooding")
    remove_member(ada.actor, cardiology, chen.member, "adverts")
    run_once()
    assert {"groups.role_given", "groups.muted", "groups.removed"} <= set(reasons_of(chen))
    texts = [row.text for row in inbox(chen.actor)]
    assert "You were taken out of Cardiology. The reason given: adverts" in texts
    assert "You are now assistant of Cardiology." in texts


def test_a_notice_tells_a_moment_by_the_clock_of_whoever_reads_it(ada, chen, cardiology):
    until = datetime(2099, 11, 30, 23, 51, tzinfo=UTC)
    restrict(ada.actor, chen.member, cardiology, kind="mute", why="flooding", until=until)
    run_once()

    def told(language):
        with timezone.override("Asia/Shanghai"), translation.override(language):
            return [row.text for row in inbox(chen.actor) if row.reason == "groups.muted"]

    assert told("en") == ["You cannot write in Cardiology until Dec 1, 2099, 07:51. The reason given: flooding"]
    (chinese,) = told("zh-hans")
    assert "2099年12月1日 07:51" in chinese


def test_a_decision_on_a_credential_reaches_its_member_and_the_question_its_reviewers(ada, dara):
    asked = ask_verification(dara.actor, licence="1")
    run_once()
    assert reasons_of(ada)[-1:] == ["people.verification_asked"]
    decide_verification(ada.actor, asked.pk, verified=False, note="Number unknown")
    run_once()
    assert inbox(dara.actor)[0].text == ("Your credential could not be confirmed. The reviewer wrote: Number unknown")


def test_history_is_never_told(ada, dara, cardiology):
    from hearth.groups.services import import_memberships
    from hearth.kit.clock import now

    run_once()
    Notice.objects.all().delete()
    import_memberships(cardiology, [(dara.member.pk, now())])
    run_once()
    assert Notice.objects.count() == 0


def test_reading_counts_down_and_is_ones_own(bo, chen, dara, cardiology):
    tell([chen.member.pk], "groups.welcome", group=cardiology, path="/a/")
    tell([chen.member.pk], "groups.welcome", group=cardiology, path="/b/")
    mine = inbox(chen.actor)
    assert unread_count(chen.member.pk) == 2
    with refused("not_found"):
        notice_for(bo.actor, mine[0].id)
    assert mark_read(bo.actor, [row.id for row in mine]) == 0
    assert mark_read(chen.actor, [mine[1].id]) == 1
    assert mark_all_read(chen.actor, up_to=mine[0].id) == 1
    assert (unread_count(chen.member.pk), mark_all_read(chen.actor)) == (0, 0)
    assert [fact["count"] for fact in facts("notify.inbox_read")] == [1, 1]


def test_the_counter_is_live_for_its_owner_alone(bo, chen, cardiology):
    topic = topics["inbox"]
    key = str(chen.member.pk)
    tell([chen.member.pk], "groups.welcome", group=cardiology, path="/a/")
    assert topic.snapshot(key) == {"unread": 1}
    assert topic.authorise(chen.actor, key)
    assert not topic.authorise(bo.actor, key)
    told = Fact.objects.filter(name="notify.members_told").latest("pk")
    assert list(topic.touched_by(told)) == [key]


def test_the_inbox_is_a_fixed_number_of_queries(bo, chen, cardiology, django_assert_num_queries):
    for _n in range(30):
        tell([chen.member.pk], "groups.newcomer", group=cardiology, path="/a/", params={"member": bo.member.pk})
    actor = chen.actor
    with django_assert_num_queries(2):
        assert len(inbox(actor)) == 30


def test_preferences_refuse_what_makes_no_sense(dara, chen, cardiology):
    with refused("refused", "quiet_until"):
        set_preference(dara.actor, quiet=(time(22), None))
    with refused("refused", "digest_at"):
        set_preference(dara.actor, digest_at=24)
    with refused("refused", "level"):
        set_level(chen.actor, cardiology, "loud")
    assert preference_of(dara.member.pk).digest == "daily"


def test_nothing_is_told_across_communities(dara, eve, other_community):
    with community_scope(other_community):
        assert tell([dara.member.pk, eve.member.pk], "groups.restriction_lifted", path="/") == 1
        assert [row.member_id for row in Notice.objects.all()] == [eve.member.pk]
    assert Notice.objects.filter(member=dara.member).count() == 0


def test_an_undeclared_reason_is_an_error(dara):
    with pytest.raises(KeyError):
        tell([dara.member.pk], "unheard.of", path="/")


def test_keepers_hear_of_a_request_and_the_member_of_the_decision(ada, bo, dara, cardiology):
    change_gates(bo.actor, cardiology, [{"from": 0, "conditions": [{"kind": "approval"}]}])
    run_once()
    Notice.objects.all().delete()
    asked = knock(dara.actor, cardiology, how="open_door", norms_version=1).application
    run_once()
    assert reasons_of(bo) == reasons_of(ada) == ["groups.application_made"]
    assert inbox(bo.actor)[0].text == "Dara Okafor asks to come into Cardiology."
    assert reasons_of(dara) == []
    decide_application(bo.actor, asked, approve=False, why="Say where you work.")
    run_once()
    told = inbox(dara.actor)[0]
    assert told.text == "Your request to come into Cardiology was declined. The reason given: Say where you work."
    assert told.path == f"/c/stlucas/groups/{cardiology.pk}/card/"

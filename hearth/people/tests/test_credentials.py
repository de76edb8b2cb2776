from datetime import UTC, date, datetime, timedelta

import pytest

from hearth.core import crypto
from hearth.core.audit import entries, first_break
from hearth.core.community_settings import change_setting
from hearth.core.tenancy import community_scope
from hearth.groups.services import make_staff
from hearth.kit.clock import now
from hearth.people.access import member_for, verification_for
from hearth.people.models import ApiToken, Member, Verification
from hearth.people.queries import blocked_identity_ids, has_consent, member_cards, member_list, open_verifications
from hearth.people.services import (
    ask_verification,
    block_member,
    decide_verification,
    expire_verifications,
    give_consent,
    issue_token,
    make_bot,
    member_by_token,
    retire_bot,
    revoke_token,
    tag_member,
    unblock_member,
    update_profile,
    withdraw_consent,
)
from hearth.people.services.keeping import remind_of_endings
from tests.watching import facts, refused


def test_a_licence_is_kept_encrypted_and_never_told(dara):
    one = ask_verification(dara.actor, licence="LIC-CANARY-77").evidence.get()
    assert "CANARY" not in one.sealed
    assert crypto.unseal(one.key_id, one.sealed) == "LIC-CANARY-77"
    assert "CANARY" not in str(facts()) + str(list(entries().values()))


def test_asking_twice_is_refused_while_the_first_waits(dara):
    ask_verification(dara.actor, licence="1")
    with refused("verification_waiting"):
        ask_verification(dara.actor, licence="2")


def test_asking_needs_a_real_name_a_hospital_and_a_number(community, dara):
    with refused("refused", "licence"):
        ask_verification(dara.actor, licence=" ")
    update_profile(dara.actor, hospital="")
    with refused("refused", "hospital"):
        ask_verification(dara.actor, licence="1")
    update_profile(dara.actor, real_name="")
    with refused("refused", "real_name"):
        ask_verification(dara.actor, licence="1")


def test_nobody_decides_on_their_own_credential(ada, dara):
    make_staff(ada.actor, dara.member, "reviewer")
    row = ask_verification(dara.actor, licence="1")
    with refused("own_verification"):
        decide_verification(dara.actor, row.pk, verified=True)
    assert [waiting.member_id for waiting in open_verifications(ada.actor)] == [dara.member.pk]


def test_a_decision_is_made_once_and_by_reviewers(ada, bo, dara):
    row = ask_verification(dara.actor, licence="1")
    with refused("not_found"):
        decide_verification(bo.actor, row.pk, verified=True)
    with refused("refused", "note"):
        decide_verification(ada.actor, row.pk, verified=False)
    decide_verification(ada.actor, row.pk, verified=False, note="The number is not in the register.")
    with refused("already_decided"):
        decide_verification(ada.actor, row.pk, verified=True)
    assert not dara.actor.verified


def test_a_new_decision_replaces_the_earlier_badge(ada, chen):
    again = ask_verification(chen.actor, licence="2")
    decide_verification(ada.actor, again.pk, verified=True)
    states = Verification.objects.filter(member=chen.member).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["expired", "verified"]


def test_changing_what_a_badge_confirms_ends_it(chen):
    update_profile(chen.actor, about="I like walking.")
    assert chen.actor.verified
    update_profile(chen.actor, hospital="Another Hospital")
    assert not chen.actor.verified
    assert facts("people.verification_ended")[-1]["why"] == "profile_changed"
    assert "Another" not in str(facts())


def test_what_says_the_same_as_the_badge_ends_nothing(chen):
    update_profile(chen.actor, real_name="陳立", hospital="聖路加 醫院", department="心內科")
    assert (chen.actor.verified, facts("people.verification_ended")) == (True, [])
    update_profile(chen.actor, department="神经内科")
    assert not chen.actor.verified


@pytest.mark.parametrize("changes", [{"real_name": ""}, {"hospital": ""}, {"hospital": "医院"}, {"real_name": "陈丽"}])
def test_emptied_or_shortened_is_no_longer_what_was_confirmed(chen, changes):
    update_profile(chen.actor, **changes)
    assert not chen.actor.verified


def badged(somebody, ada, **claim):
    """A badge asked for with an empty name card."""
    update_profile(somebody.actor, hospital="", department="")
    row = ask_verification(somebody.actor, licence="1", **claim)
    return decide_verification(ada.actor, row.pk, verified=True)


def test_a_badge_fills_what_the_profile_left_empty(ada, dara):
    badged(dara, ada, hospital="St Lucas", department="Neurology")
    found = Member.objects.get(pk=dara.member.pk)
    assert (found.hospital, found.department) == ("St Lucas", "Neurology")
    assert member_list(ada.actor, search="neurology").get() == found
    assert facts("people.profile_changed")[-1] == {"member": found.pk, "fields": ["hospital", "department"]}
    update_profile(dara.actor, hospital=" st lucas ", department="NEUROLOGY")
    assert dara.actor.verified


def test_a_badge_leaves_alone_what_the_profile_says(ada, dara):
    row = ask_verification(dara.actor, licence="1", hospital="Lakeside", department="Cardiology")
    decide_verification(ada.actor, row.pk, verified=True)
    assert Member.objects.get(pk=dara.member.pk).hospital == "St Lucas"
    update_profile(dara.actor, hospital="Lakeside", department="Cardiology")
    assert dara.actor.verified


def test_a_department_that_no_badge_confirmed_may_be_filled_in(ada, dara):
    badged(dara, ada, hospital="St Lucas")
    update_profile(dara.actor, department="Neurology")
    assert dara.actor.verified


def test_only_the_badge_that_is_belied_ends(ada, chen):
    other = ask_verification(chen.actor, kind="nurse", licence="7", hospital="华山医院", department="心内科")
    decide_verification(ada.actor, other.pk, verified=True)
    update_profile(chen.actor, hospital="华山医院")
    states = Verification.objects.filter(member=chen.member).order_by("pk").values_list("kind", "state")
    assert list(states) == [("doctor", "revoked"), ("nurse", "verified")]


def test_badges_end_on_their_day(chen, time_machine):
    time_machine.move_to(now() + timedelta(days=366))
    assert expire_verifications() == 1
    assert expire_verifications() == 0
    assert facts("people.verification_ended")[-1] == {
        "verification": Verification.objects.get(member=chen.member).pk,
        "member": chen.member.pk,
        "kind": "doctor",
        "why": "expired",
    }


def test_credentials_are_nothing_to_others(chen, bo, eve, other_community):
    row = Verification.objects.get(member=chen.member)
    with refused("not_found"):
        verification_for(bo.actor, row.pk)
    with community_scope(other_community), refused("not_found"):
        verification_for(eve.actor, row.pk)


def test_members_see_themselves_and_staff_see_all(ada, bo, chen):
    assert member_for(chen.actor, chen.member.pk) == chen.member
    assert member_for(ada.actor, chen.member.pk) == chen.member
    with refused("not_found"):
        member_for(bo.actor, chen.member.pk)
    with refused("not_allowed"):
        member_list(bo.actor)
    assert [row.display_name for row in member_list(ada.actor, search="圣路加")] == ["Chen"]
    assert [row.pk for row in member_list(ada.actor, verified=True)] == [chen.member.pk]


def test_others_profiles_are_changed_by_staff_only_and_audited(ada, bo, chen):
    with refused("not_found"):
        update_profile(bo.actor, member=chen.member, city="X")
    with refused("not_allowed"):
        update_profile(chen.actor, kind="staff")
    update_profile(ada.actor, member=chen.member, city="Wuhan", why="asked by phone")
    assert entries().first().action == "profile_changed"
    assert first_break(chen.community.pk) is None
    with refused("name_missing", "display_name"):
        update_profile(chen.actor, display_name=" ")


def test_a_name_is_made_of_what_can_be_seen(chen):
    assert update_profile(chen.actor, display_name="Dr \u202egnehC\u200b").display_name == "Dr gnehC"
    with refused("name_missing", "display_name"):
        update_profile(chen.actor, display_name="\u3164\u200b")


def test_a_block_covers_every_identity_and_is_not_told_to_the_other(dara, chen):
    block_member(dara.actor, chen.member)
    block_member(dara.actor, chen.member)
    assert blocked_identity_ids(dara.member.pk) == {chen.identity.pk}
    assert blocked_identity_ids(chen.member.pk) == set()
    assert len(facts("people.member_blocked")) == 1
    unblock_member(dara.actor, chen.member)
    assert blocked_identity_ids(dara.member.pk) == set()
    with refused("not_oneself"):
        block_member(dara.actor, dara.member)


def test_nobody_blocks_across_communities(dara, eve):
    with refused("not_found"):
        block_member(dara.actor, eve.member)


def test_sensitive_tags_need_a_live_consent(ada, dara):
    with refused("consent_missing"):
        tag_member(ada.actor, dara.member, "asthma", sensitive=True)
    give_consent(dara.actor, "people.sensitive_tags")
    tag_member(ada.actor, dara.member, "asthma", sensitive=True)
    assert facts("people.tag_added")[-1] == {"member": dara.member.pk, "sensitive": True}
    withdraw_consent(dara.actor, "people.sensitive_tags")
    assert not has_consent(dara.member.pk, "people.sensitive_tags")
    with refused("consent_missing"):
        tag_member(ada.actor, dara.member, "hay fever", sensitive=True)
    with refused("not_found"):
        give_consent(dara.actor, "unheard.of")


def test_a_token_works_until_revoked_or_expired(dara, time_machine):
    time_machine.move_to(now())
    row, text = issue_token(dara.actor, dara.member, "script", ["read"], expires_at=now() + timedelta(days=1))
    assert member_by_token(text) == dara.member
    assert text not in str(list(ApiToken.objects.values()))
    time_machine.shift(timedelta(days=2))
    assert member_by_token(text) is None
    _row, second = issue_token(dara.actor, dara.member, "script", ["read", "write"])
    revoke_token(dara.actor, ApiToken.objects.latest("pk"))
    assert member_by_token(second) is None
    assert member_by_token("hth_nonsense") is None
    assert row.prefix == text[:12]


def test_tokens_are_for_oneself_and_ones_bots(ada, dara, chen):
    with refused("not_allowed"):
        issue_token(dara.actor, chen.member, "x", ["read"])
    with refused("not_allowed"):
        issue_token(ada.actor, chen.member, "x", ["read"])
    with refused("unknown_scope", "scopes"):
        issue_token(dara.actor, dara.member, "x", ["everything"])
    with refused("not_allowed"):
        make_bot(dara.actor, name="Helper", purpose="helps")


def test_a_bot_says_what_it_is_and_stops_when_retired(ada):
    bot = make_bot(ada.actor, name="Helper", purpose="Answers opening hours")
    _row, text = issue_token(ada.actor, bot.member, "helper", ["write"])
    from hearth.groups.access import actor_of_member

    actor = actor_of_member(bot.member)
    assert (actor.kind, actor.origin, actor.ref) == ("bot", "bot", f"bot:{bot.member.pk}")
    assert member_by_token(text) == bot.member
    retire_bot(ada.actor, bot)
    assert member_by_token(text) is None


def test_a_badge_is_gone_when_its_last_day_is_over_where_the_community_lives(ada, dara, community, time_machine):
    asked = ask_verification(dara.actor, licence="1")
    decide_verification(ada.actor, asked.pk, verified=True, expires_on=date(2027, 3, 5))
    time_machine.move_to(datetime(2027, 3, 5, 15, 59, 59, tzinfo=UTC), tick=False)  # a second to midnight in Shanghai
    assert (dara.actor.verified, expire_verifications()) == (True, 0)
    assert member_cards([dara.member.pk], "professional")[dara.member.pk].verified
    time_machine.shift(timedelta(seconds=1))
    with community_scope(community.pk):  # also where only the id is at hand
        assert not member_cards([dara.member.pk], "professional")[dara.member.pk].verified
    assert not dara.actor.verified
    assert expire_verifications() == 1
    assert Verification.objects.get(pk=asked.pk).state == "expired"


def test_members_are_reminded_before_their_badge_ends_once_for_each_day(ada, dara, time_machine):
    asked = ask_verification(dara.actor, licence="1")
    decide_verification(ada.actor, asked.pk, verified=True, expires_on=date(2027, 3, 31))
    days = [(2, 27, 0), (3, 1, 1), (3, 1, 0), (3, 10, 0), (3, 26, 1), (3, 30, 1), (3, 31, 0)]
    for month, day, told in days:
        assert (month, day, remind_of_endings(date(2027, month, day))) == (month, day, told)
    assert [fact["days"] for fact in facts("people.verification_ending")] == [30, 5, 1]
    change_setting(ada.actor, "people.badge_reminders", "")
    assert remind_of_endings(date(2027, 3, 31)) == 0

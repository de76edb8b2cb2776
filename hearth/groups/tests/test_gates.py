"""Doors of groups in the house: policies, requests to come in, decisions, invitations."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from hearth.core.audit import entries
from hearth.core.models import Fact
from hearth.core.tenancy import community_scope
from hearth.groups.models import Application, GatePolicy, JoinLink, Membership
from hearth.groups.queries import door_rows, has_accepted, newest_norms
from hearth.groups.queries.doors import judge_door, preview, steps_of
from hearth.groups.services import (
    admit_member,
    change_gates,
    decide_application,
    end_role,
    invite,
    knock,
    leave_group,
    make_join_link,
    redeem_link,
    restrict,
    take_back_decision,
    withdraw_application,
)
from hearth.kit.clock import now
from hearth.people.services import tag_member, update_profile
from tests.cast import newcomer
from tests.watching import facts, refused

APPROVAL = {"kind": "approval", "by": "keeper"}
TEAM = {"kind": "approval", "by": "staff"}
QUESTION = {"kind": "question", "question": "Why here?", "decides": "keeper"}
INVITED = {"kind": "invitation", "by": "member"}


def gate(who, group, *conditions, join="all", start=0):
    return change_gates(who.actor, group, [{"from": start, "join": join, "conditions": list(conditions)}])


def ask(who, group, **rest):
    """Somebody knocks and accepts the norms."""
    return knock(who.actor, group, how="open_door", norms_version=1, **rest)


def key_of(group, n=0):
    return steps_of(group.pk)[0].conditions()[n].key


def is_in(who, group):
    return Membership.objects.filter(group=group, member=who.member, left_at=None).exists()


def test_a_door_is_low_at_launch_and_rises_with_the_size(ada, bo, dara, cardiology):
    steps = [{"from": 0, "conditions": []}, {"from": 4, "conditions": [APPROVAL]}]
    change_gates(bo.actor, cardiology, steps)
    fay = newcomer(dara.community, "Fay", kind="professional")
    assert ask(dara, cardiology).membership.joined_by == "open_door"
    told = ask(fay, cardiology)
    assert (told.membership, told.judgement.answer.value, told.judgement.step.start) == (None, "waits", 4)
    leave_group(dara.actor, cardiology)
    assert ask(fay, cardiology).membership is not None, "three members again, and the low step holds"
    assert Application.objects.get(member=fay.member).ended == "entered"


def test_a_policy_is_versioned_audited_and_unchanged_ones_stay(bo, chen, cardiology):
    first = gate(bo, cardiology, APPROVAL)
    assert gate(bo, cardiology, APPROVAL) == first
    assert gate(bo, cardiology, TEAM).version == 2
    assert facts("groups.gates_changed") == [
        {"group": cardiology.pk, "version": n, "steps": 1} for n in (1, 2)
    ]  # fmt: skip
    assert entries().filter(action="gates_changed").count() == 2
    with refused("not_allowed"):
        gate(chen, cardiology, APPROVAL)
    with refused("refused", "kind"):
        gate(bo, cardiology, {"kind": "level", "least": 1})
    assert GatePolicy.objects.count() == 2


def test_what_is_given_is_kept_until_a_keeper_decides_and_the_member_is_in(bo, dara, cardiology):
    gate(bo, cardiology, QUESTION)
    first = ask(dara, cardiology)
    assert (first.judgement.answer.value, first.application.waits_since) == ("asks", None)
    second = ask(dara, cardiology, given={key_of(cardiology): "To learn.", "unknown": "x"})
    assert second.application == first.application
    assert second.application.answers == {key_of(cardiology): {"text": "To learn."}}
    ask(dara, cardiology)
    assert facts("groups.application_made") == [
        {"application": first.application.pk, "group": cardiology.pk, "member": dara.member.pk}
    ]
    assert [fact["answer"] for fact in facts("groups.gate_tried")] == ["asks", "waits", "waits"]
    row = decide_application(bo.actor, second.application, approve=True).application
    assert is_in(dara, cardiology)
    assert Membership.objects.get(member=dara.member).joined_by == "open_door"
    row.refresh_from_db()
    assert (row.ended, row.approved_by, row.decided_by) == ("entered", "keeper", bo.actor.ref)
    assert facts("groups.application_decided")[0]["approved"] is True
    assert [one for one in door_rows() if one[3] != "welcomed"] == [
        (cardiology.pk, dara.member.pk, row.asked_at, "tried", True, row.closed_at),
        (cardiology.pk, dara.member.pk, row.decided_at, "decided", True, None),
    ]
    assert has_accepted(newest_norms(cardiology.pk), dara.member.pk)


def test_a_declined_request_has_a_reason_and_can_be_made_again_a_week_later(bo, dara, cardiology, time_machine):
    time_machine.move_to(now())
    gate(bo, cardiology, APPROVAL)
    asked = ask(dara, cardiology).application
    with refused("refused", "why"):
        decide_application(bo.actor, asked, approve=False, why=" ")
    decide_application(bo.actor, asked, approve=False, why="Name your department first.")
    with refused("asked_lately"):
        ask(dara, cardiology)
    time_machine.shift(timedelta(days=7, minutes=1))
    assert ask(dara, cardiology).application.pk != asked.pk
    assert not is_in(dara, cardiology)


def test_only_those_who_admit_decide_never_on_themselves_and_only_once(ada, bo, chen, dara, cardiology):
    gate(bo, cardiology, APPROVAL)
    asked = ask(dara, cardiology).application
    for who in (chen, dara):
        with refused("not_allowed"):
            decide_application(who.actor, asked, approve=True)
    decide_application(bo.actor, asked, approve=True)
    with refused("conflict"):
        decide_application(ada.actor, asked, approve=False, why="no")


def test_what_the_team_alone_decides_a_keeper_cannot(ada, bo, dara, cardiology):
    gate(bo, cardiology, TEAM)
    asked = ask(dara, cardiology).application
    with refused("not_allowed"):
        decide_application(bo.actor, asked, approve=True)
    decide_application(ada.actor, asked, approve=True)
    assert is_in(dara, cardiology)


@pytest.mark.parametrize("approve", [True, False])
def test_a_decision_is_taken_back_within_the_hour(bo, ada, dara, cardiology, approve, time_machine):
    time_machine.move_to(now())
    gate(bo, cardiology, APPROVAL)
    asked = decide_application(bo.actor, ask(dara, cardiology).application, approve=approve, why="Hasty.").application
    with refused("conflict"):
        take_back_decision(ada.actor, asked)
    take_back_decision(bo.actor, asked)
    assert not is_in(dara, cardiology)
    again = ask(dara, cardiology)
    assert (again.application.pk, again.judgement.answer.value) == (asked.pk, "waits")
    decide_application(bo.actor, asked, approve=approve, why="Sure.")
    time_machine.shift(timedelta(hours=2))
    with refused("conflict"):
        take_back_decision(bo.actor, asked)


def test_a_request_is_withdrawn_by_whoever_made_it(bo, dara, cardiology):
    gate(bo, cardiology, APPROVAL)
    asked = ask(dara, cardiology).application
    with refused("not_allowed"):
        withdraw_application(bo.actor, asked)
    withdraw_application(dara.actor, asked)
    assert facts("groups.application_withdrawn")[0]["application"] == asked.pk
    with refused("conflict"):
        withdraw_application(dara.actor, asked)
    with refused("conflict"):
        decide_application(bo.actor, asked, approve=True)


def test_asking_again_and_again_earns_no_further_tries_at_a_quiz(bo, dara, cardiology):
    quiz = {"kind": "quiz", "questions": ["2+2 | 4 | 5"], "pass_percent": 100, "tries": 1, "wait_hours": 24}
    gate(bo, cardiology, quiz)
    first = ask(dara, cardiology, given={key_of(cardiology): ["5"]})
    assert first.judgement.answer.value == "refused"
    withdraw_application(dara.actor, first.application)
    assert ask(dara, cardiology, given={key_of(cardiology): ["4"]}).judgement.answer.value == "refused"


def test_the_banned_and_those_without_the_norms_cannot_even_ask(bo, ada, dara, cardiology):
    gate(bo, cardiology, APPROVAL)
    with refused("norms_not_accepted"):
        knock(dara.actor, cardiology, how="open_door")
    restrict(ada.actor, dara.member, cardiology, kind="ban", why="adverts")
    with refused("banned"):
        ask(dara, cardiology)
    assert Application.objects.count() == 0


def test_a_keeper_is_not_asked_what_the_door_asks_but_says_why_they_let_somebody_in(bo, dara, cardiology):
    gate(bo, cardiology, TEAM)
    with refused("overrule_needs_reason", "why"):
        admit_member(bo.actor, cardiology, dara.member, how="staff")
    admit_member(bo.actor, cardiology, dara.member, how="staff", why="A colleague of mine.")
    assert facts("groups.door_overruled") == [{"group": cardiology.pk, "member": dara.member.pk, "answer": "waits"}]
    kept = entries().filter(action="member_admitted").order_by("-pk").first()
    assert kept.after["door"] == "waits"


def test_the_door_looks_at_the_profile_as_it_is_now(bo, ada, dara, cardiology):
    gate(bo, cardiology, {"kind": "segment", "departments": ["Cardiology"]})
    assert ask(dara, cardiology).judgement.answer.value == "refused"
    update_profile(dara.actor, department="cardiology")
    assert ask(dara, cardiology).membership is not None


def test_a_tag_about_health_opens_no_door(bo, ada, dara, cardiology):
    from hearth.people.services import give_consent

    gate(bo, cardiology, {"kind": "segment", "tags": ["gold"]})
    give_consent(dara.actor, "people.sensitive_tags")
    tag_member(ada.actor, dara.member, "gold", sensitive=True)
    assert judge_door(cardiology, dara.member.pk, None, None).answer.value == "refused"


def test_a_member_invites_where_the_door_asks_for_it_and_the_invitation_counts_while_they_are_there(
    bo, chen, dara, cardiology
):
    with refused("not_allowed"):
        invite(chen.actor, cardiology, "dara@stlucas.example")
    gate(bo, cardiology, INVITED)
    link = invite(chen.actor, cardiology, " Dara@StLucas.example ")
    EmailAddress.objects.create(user=dara.user, email="dara@stlucas.example", verified=True, primary=True)
    assert judge_door(cardiology, dara.member.pk, None, None).answer.value == "refused"
    row = redeem_link(dara.actor, link.code, 1)
    assert (row.joined_by, row.invited_by_id) == ("invitation", chen.member.pk)
    other = invite(chen.actor, cardiology, "fay@stlucas.example")
    leave_group(chen.actor, cardiology)
    fay = newcomer(dara.community, "Fay", kind="professional")
    assert judge_door(cardiology, fay.member.pk, None, JoinLink.objects.get(pk=other.pk)).answer.value == "refused"


def test_an_invitation_works_for_its_address_alone(bo, chen, dara, eve, cardiology):
    """Cf. Discourse CVE-2022-31096: an invitation was taken up with another address than it was sent to."""
    link = invite(bo.actor, cardiology, "chosen@stlucas.example")
    with refused("not_for_you"):
        redeem_link(dara.actor, link.code, 1)
    EmailAddress.objects.create(user=dara.user, email="chosen@stlucas.example", verified=False, primary=True)
    with refused("not_for_you"):
        redeem_link(dara.actor, link.code, 1)
    with refused("not_for_you"):
        redeem_link(eve.user, link.code, 1, display_name="Eve")
    EmailAddress.objects.filter(user=dara.user).update(verified=True)
    assert redeem_link(dara.actor, link.code, 1).joined_by == "invitation"
    assert JoinLink.objects.get(pk=link.pk).uses == 1


def test_a_link_of_another_group_is_no_invitation_to_this_one(ada, bo, dara, cardiology):
    from hearth.groups.services import open_group

    other = open_group(ada.actor, name="Other", space="professional")
    gate(bo, cardiology, INVITED)
    link = make_join_link(ada.actor, other)
    with refused("invitation_needed"):
        admit_member(dara.actor, cardiology, dara.member, how="link", link=link, norms_version=1)
    assert judge_door(cardiology, dara.member.pk, None, link).answer.value == "refused"


def test_a_request_by_link_keeps_the_link_and_counts_its_use_when_approved(bo, dara, cardiology):
    gate(bo, cardiology, APPROVAL)
    link = make_join_link(bo.actor, cardiology, max_uses=1)
    asked = knock(dara.actor, cardiology, how="link", link=link, norms_version=1).application
    assert JoinLink.objects.get(pk=link.pk).uses == 0
    decide_application(bo.actor, asked, approve=True)
    row = Membership.objects.get(member=dara.member)
    assert (row.joined_by, row.link_id, row.invited_by_id) == ("link", link.pk, bo.member.pk)
    assert JoinLink.objects.get(pk=link.pk).uses == 1


def test_a_preview_says_who_would_pass(ada, bo, dara, cardiology):
    newcomer(dara.community, "Gu", kind="patient")
    gate(bo, cardiology, {"kind": "segment", "departments": ["Neurology"]})
    found = preview(cardiology, steps_of(cardiology.pk)[0])
    assert (found.looked_at, found.counts) == (2, {"passed": 1, "asks": 1})


def test_a_door_that_asks_nothing_costs_one_question_to_the_database(bo, dara, cardiology, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert judge_door(cardiology, dara.member.pk, None, None).answer.value == "passed"
    gate(bo, cardiology, APPROVAL, QUESTION, {"kind": "segment", "departments": ["Neurology"]})
    with django_assert_num_queries(3):
        judge_door(cardiology, dara.member.pk, None, None)


def test_a_request_of_one_community_is_nothing_to_another(bo, dara, other_community, cardiology):
    gate(bo, cardiology, APPROVAL)
    asked = ask(dara, cardiology).application
    with community_scope(other_community), pytest.raises(Application.DoesNotExist):
        decide_application(bo.actor, asked, approve=True)


def test_a_former_keepers_decision_stands_but_they_decide_no_more(ada, bo, dara, cardiology):
    gate(bo, cardiology, APPROVAL)
    asked = ask(dara, cardiology).application
    end_role(ada.actor, cardiology, bo.member, "keeper")
    before = Fact.objects.count()
    with refused("not_allowed"):
        decide_application(bo.actor, asked, approve=True)
    assert Fact.objects.count() == before

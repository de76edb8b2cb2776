"""Entry codes: one code leads each person to the right group, and the next one opens when it is full."""

import pytest
from django.db import IntegrityError, transaction

from hearth.core.tenancy import community_scope
from hearth.groups.models import EntryCode, Group
from hearth.groups.queries.codes import series_of
from hearth.groups.queries.doors import policy_of
from hearth.groups.queries.lists import newest_norms, roles_by_member
from hearth.groups.rules.placing import Placement, Rule, missing, numbered, place
from hearth.groups.services import (
    change_entry_code,
    change_gates,
    change_group,
    close_group,
    follow_code,
    leave_group,
    look_at_code,
    make_entry_code,
    open_group,
    open_next,
    publish_norms,
    revoke_entry_code,
    way_for,
)
from hearth.people.services import update_profile
from tests.cast import newcomer
from tests.watching import facts, refused

RULES = (Rule("department", ("Cardiology", "心内科"), 1), Rule("city", ("Shanghai",), 2), Rule("kind", ("patient",), 3))


@pytest.mark.parametrize(
    ("told", "asked", "led"),
    [
        ({"department": "cardiology "}, [], Placement(1, 0)),
        ({"department": "心内科"}, [], Placement(1, 0)),
        ({"department": "心內科"}, [], Placement(1, 0)),
        ({}, ["department", "city"], Placement(9, None)),
        ({"department": "Surgery"}, ["city"], Placement(9, None)),
        ({"department": "Surgery", "city": "shanghai"}, [], Placement(2, 1)),
        ({"city": "Shanghai"}, ["department"], Placement(2, 1)),
        ({"department": "Surgery", "city": "Basel", "kind": "patient"}, [], Placement(3, 2)),
    ],
)
def test_the_first_rule_that_fits_leads_and_what_is_needed_is_asked(told, asked, led):
    assert (missing(RULES, told), place(RULES, told, 9, None)) == (asked, led)


def test_without_a_default_one_chooses_among_the_groups_of_the_rules():
    told = {"department": "Surgery", "city": "Basel"}
    assert place(RULES, told, None, None) is None
    assert place(RULES, told, None, 2) == Placement(2, None)
    assert place(RULES, told, None, 77) is None


def test_a_serial_fits_into_the_name():
    assert numbered({"en": "Cardiology", "zh-hans": "心" * 80}, 12) == {
        "en": "Cardiology 12",
        "zh-hans": "心" * 77 + " 12",
    }


@pytest.fixture
def surgery(ada):
    return open_group(ada.actor, name="Surgery", key="surgery", capacity=30, space="professional")


@pytest.fixture
def code(ada, cardiology, surgery):
    """An article's code: cardiologists and neurologists here, surgeons there."""
    rules = [
        {"attribute": "department", "values": ["Cardiology", "Neurology"], "group": cardiology.pk},
        {"attribute": "department", "values": ["Surgery"], "group": surgery.pk},
    ]
    return make_entry_code(ada.actor, title="Article on atrial fibrillation", rules=rules)


def follow(who, code, **rest):
    return follow_code(who.actor, code, language="en", **{"norms_version": 1, **rest})


def doctor(community, name, department="Cardiology"):
    return newcomer(community, name, kind="professional", department=department)


def test_a_neurologist_and_a_surgeon_follow_one_code_to_their_groups(community, code, dara, cardiology, surgery):
    """Journey 3."""
    sam = doctor(community, "Sam", "surgery")
    told, group = follow(dara, code)
    assert (group.pk, told.membership.joined_by) == (cardiology.pk, "code")
    told, group = follow(sam, code, norms_version=None, by_qr=True)
    assert (group.pk, told.membership.joined_by) == (surgery.pk, "qr")
    assert [(fact["group"], fact["rule"]) for fact in facts("groups.placed_by_code")] == [
        (cardiology.pk, 0), (surgery.pk, 1),
    ]  # fmt: skip
    assert follow(dara, code)[0].membership is not None
    assert EntryCode.objects.get().uses == 2, "whoever is in already uses nothing up"


def test_who_says_nothing_is_asked_and_led_by_the_answer(community, code, surgery):
    kit = doctor(community, "Kit", "")
    assert way_for(code, kit.member.pk, language="en").asks == ["department"]
    with refused("not_found"):
        follow(kit, code)
    update_profile(kit.actor, department="Surgery")
    assert way_for(code, kit.member.pk, language="en").group == surgery
    update_profile(kit.actor, department="Pathology")
    assert way_for(code, kit.member.pk, language="en").group is None
    assert way_for(code, kit.member.pk, language="en", chosen=surgery.pk).group == surgery


def test_a_full_group_is_followed_by_the_next_of_the_same_pattern(ada, bo, community, code, cardiology):
    gate = [{"from": 0, "conditions": [{"kind": "segment", "departments": ["Cardiology"]}]}]
    change_gates(bo.actor, cardiology, gate)
    change_group(ada.actor, cardiology, capacity=3)
    told, group = follow(doctor(community, "Noa"), code, norms_of=cardiology.pk)
    assert told.membership is not None
    assert (group.name, group.key) == ({"en": "Cardiology 2", "zh-hans": "心内科 2"}, "cardiology-2")
    assert (group.parent_id, group.lineage, group.capacity, group.space) == (cardiology.pk, "next", 3, "professional")
    assert newest_norms(group.pk).text == newest_norms(cardiology.pk).text
    assert policy_of(group.pk).steps == policy_of(cardiology.pk).steps
    roles = roles_by_member(group.pk)
    assert (roles[ada.member.pk], roles[bo.member.pk]) == ({"owner"}, {"keeper"})
    assert facts("groups.next_group_opened") == [{"group": group.pk, "after": cardiology.pk, "serial": 2}]
    _told, third = follow(doctor(community, "Ola"), code, norms_of=group.pk)
    assert (third.key, third.parent_id) == ("cardiology-3", group.pk)
    leave_group(bo.actor, cardiology)
    _told, first = follow(doctor(community, "Pia"), code)
    assert first == cardiology, "a place that became free is filled first"
    assert series_of(cardiology) == [cardiology, group, third]


def test_norms_that_were_read_in_one_group_hold_in_the_next_only_with_the_same_text(ada, community, code, cardiology):
    noa, ola = doctor(community, "Noa"), doctor(community, "Ola")
    change_group(ada.actor, cardiology, capacity=3)
    _told, second = follow(noa, code, norms_of=cardiology.pk)
    publish_norms(ada.actor, second, "Other norms.")
    leave_group(noa.actor, second)
    with refused("norms_not_accepted"):
        follow(ola, code, norms_of=cardiology.pk)


def test_a_code_that_opens_nothing_lets_stand_in_line(ada, community, code, cardiology):
    change_group(ada.actor, cardiology, capacity=3)
    change_entry_code(ada.actor, code, rules=code.rules, default_group=None, opens_next=False)
    code.refresh_from_db()
    told, group = follow(doctor(community, "Noa"), code)
    assert (told.membership, told.waiting.group_id, group) == (None, cardiology.pk, cardiology)
    assert Group.objects.count() == 2


def test_a_code_leads_to_the_door_and_not_past_it(bo, community, code, cardiology):
    change_gates(bo.actor, cardiology, [{"from": 0, "conditions": [{"kind": "approval"}]}])
    told, _group = follow(doctor(community, "Noa"), code)
    assert (told.membership, told.judgement.answer.value, told.application.how) == (None, "waits", "code")
    gu = newcomer(community, "Gu", kind="patient", department="Cardiology")
    with refused("professionals_only"):
        follow(gu, code)


def test_a_code_leads_into_a_hidden_group_and_past_a_closed_one(ada, community, code, cardiology):
    change_group(ada.actor, cardiology, visibility="hidden")
    assert follow(doctor(community, "Noa"), code)[0].membership is not None
    close_group(ada.actor, cardiology)
    _told, group = follow(doctor(community, "Ola"), code, norms_of=cardiology.pk)
    assert group.key == "cardiology-2"


def test_codes_are_made_changed_and_revoked_by_the_team_alone(ada, bo, eve, other_community, code, cardiology):
    rule = {"attribute": "city", "values": ["Shanghai"], "group": cardiology.pk}
    with refused("not_allowed"):
        make_entry_code(bo.actor, title="Mine")
    with refused("refused", "title"):
        make_entry_code(ada.actor, title=" ")
    for wrong, field in (({"attribute": "shoe"}, "attribute"), ({"values": [" "]}, "values"), ({"group": 99}, "group")):
        with refused("refused", field):
            change_entry_code(ada.actor, code, rules=[rule | wrong], default_group=None, opens_next=True)
    with community_scope(other_community), refused("not_found"):
        look_at_code(code.code)
    revoke_entry_code(ada.actor, code)
    with refused("link_spent"):
        look_at_code(code.code)


def test_a_group_has_one_next_group_whatever_happens(cardiology):
    first = open_next(cardiology)
    assert first == cardiology, "there is room still"
    Group.objects.create(key="a", name={"en": "A"}, parent=cardiology, lineage="next")
    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.create(key="b", name={"en": "B"}, parent=cardiology, lineage="next")

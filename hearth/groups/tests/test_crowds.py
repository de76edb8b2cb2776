"""Many are let in at once: each as if alone, past the same door, and out again."""

import pytest

from hearth.core.audit import entries, first_break
from hearth.core.permissions import house_actor
from hearth.groups.models import Application, Membership, RoleAssignment, Waiting
from hearth.groups.services import (
    admit_member,
    change_gates,
    change_group,
    close_group,
    give_role,
    knock,
    remove_member,
)
from hearth.groups.services.crowds import admit_crowd, end_crowd
from hearth.kit.clock import now
from tests.cast import newcomer
from tests.watching import facts, refused

APPROVAL = [{"from": 0, "conditions": [{"kind": "approval", "by": "staff"}]}]


@pytest.fixture
def crowd(community):
    """Four who are outside."""
    return [newcomer(community, name, kind="professional").member for name in ("Ann", "Ben", "Cleo", "Dan")]


def ids(members):
    return [member.pk for member in members]


def codes(told):
    return [getattr(answer, "code", answer) for answer in told.values()]


def test_each_hears_what_they_would_hear_alone(ada, bo, chen, cardiology, crowd):
    admit_member(ada.actor, cardiology, crowd[0], how="staff")
    remove_member(ada.actor, cardiology, crowd[0], "adverts", ban=True)
    admit_member(ada.actor, cardiology, crowd[1], how="staff")
    cardiology.refresh_from_db()
    change_group(ada.actor, cardiology, capacity=cardiology.member_count + 1)
    told = admit_crowd(ada.actor, cardiology, ids(crowd), "")
    assert codes(told) == ["banned", False, True, "group_full"]
    cardiology.refresh_from_db()
    inside = Membership.objects.filter(group=cardiology, left_at=None)
    assert cardiology.member_count == cardiology.capacity == inside.count()
    assert facts("groups.group_filled") == [{"group": cardiology.pk, "capacity": cardiology.capacity}]
    with refused("group_full"):
        admit_member(ada.actor, cardiology, crowd[3], how="staff")


def test_it_leaves_the_same_behind_as_one_by_one(ada, cardiology, crowd):
    change_gates(ada.actor, cardiology, APPROVAL)
    admit_member(ada.actor, cardiology, crowd[0], how="staff", why="old list")
    admit_crowd(ada.actor, cardiology, ids(crowd[1:2]), "old list")
    rows = Membership.objects.filter(group=cardiology, member__in=ids(crowd[:2])).order_by("member")
    one, other = rows.values("joined_by", "invited_by", "link", "entry_code", "left_at", "left_by", "merge_batch")
    assert one == other
    for name in ("groups.member_admitted", "groups.door_overruled"):
        alone, together = facts(name)[-2:]
        assert alone | {"member": 0} == together | {"member": 0}
    last, before = entries().filter(action="member_admitted")[:2]
    assert (last.after, last.why, last.actor) == (before.after, before.why, before.actor)
    assert first_break(ada.community.pk) is None


def test_the_door_is_asked_as_the_group_grows(ada, cardiology, crowd):
    cardiology.refresh_from_db()
    size = cardiology.member_count
    change_gates(ada.actor, cardiology, [{"from": 0, "conditions": []}, {**APPROVAL[0], "from": size + 2}])
    assert codes(admit_crowd(ada.actor, cardiology, ids(crowd), " ")) == [
        True, True, "overrule_needs_reason", "overrule_needs_reason",
    ]  # fmt: skip
    assert codes(admit_crowd(house_actor(ada.community.pk), cardiology, ids(crowd), "")) == [False, False, True, True]


def test_requests_and_places_in_line_end_with_it(ada, bo, dara, cardiology):
    change_gates(ada.actor, cardiology, APPROVAL)
    knock(dara.actor, cardiology, how="open_door", norms_version=1)
    asked = Application.objects.get(member=dara.member)
    Waiting.objects.create(group=cardiology, member=dara.member, since=now())
    admit_crowd(ada.actor, cardiology, [dara.member.pk], "an old friend")
    asked.refresh_from_db()
    assert (asked.ended, Waiting.objects.get(member=dara.member).ended) == ("entered", "entered")


def test_the_badge_of_a_professional_space_is_passed_over_with_a_reason(ada, chen, community, cardiology):
    pat, guest, doctor, third = (
        newcomer(community, name, kind=kind).member
        for name, kind in (("Pat", "patient"), ("Gus", "guest"), ("Doc", "professional"), ("Tim", "guest"))
    )
    held = ids([pat, guest, doctor])
    with refused("badge_needs_reason"):
        admit_member(ada.actor, cardiology, third, how="staff", why=" ")
    told = admit_crowd(ada.actor, cardiology, held, " ")
    assert codes(told) == ["badge_needs_reason", "badge_needs_reason", True]
    assert facts("groups.door_overruled") == []
    assert codes(admit_crowd(ada.actor, cardiology, held, "They train here")) == [True, True, False]
    admit_member(ada.actor, cardiology, third, how="staff", why="They train here")
    past = [{"group": cardiology.pk, "member": member.pk, "answer": "badge"} for member in (pat, guest, third)]
    assert facts("groups.door_overruled") == past
    last, before = entries().filter(action="member_admitted")[:2]
    assert last.after == before.after == {"group": cardiology.pk, "how": "staff", "door": "badge"}
    assert last.why == before.why != ""


def test_a_patients_space_asks_nobody_for_a_badge(ada, community, cardiology):
    change_group(ada.actor, cardiology, space="patient")
    guest = newcomer(community, "Gus", kind="guest").member
    assert codes(admit_crowd(ada.actor, cardiology, [guest.pk], "")) == [True]
    assert facts("groups.door_overruled") == []


def test_nobody_lets_a_crowd_in_without_the_right_or_into_a_closed_group(ada, chen, cardiology, crowd):
    with refused("not_allowed"):
        admit_crowd(chen.actor, cardiology, ids(crowd), "")
    close_group(ada.actor, cardiology, why="over")
    with refused("group_closed"):
        admit_crowd(ada.actor, cardiology, ids(crowd), "")


def test_a_crowd_goes_again_with_its_roles(ada, cardiology, crowd):
    before = cardiology.member_count
    admit_crowd(ada.actor, cardiology, ids(crowd[:3]), "")
    give_role(ada.actor, cardiology, crowd[0], "keeper")
    end_crowd(ada.actor, cardiology, ids(crowd))
    cardiology.refresh_from_db()
    assert cardiology.member_count == before
    assert not RoleAssignment.objects.filter(member=crowd[0], until=None).exists()
    assert [told["member"] for told in facts("groups.member_left")] == ids(crowd[:3])

from datetime import timedelta

import pytest

from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.access import group_for, roles_in
from hearth.groups.models import Group, Membership, NormsAcceptance
from hearth.groups.queries import count_of_members, newest_norms
from hearth.groups.services import (
    admit_member,
    change_group,
    close_group,
    import_memberships,
    leave_group,
    lift,
    open_group,
    publish_norms,
    remove_member,
    restrict,
)
from hearth.kit.clock import now
from hearth.people.models import Member
from hearth.people.services import ask_verification, decide_verification
from tests.cast import newcomer
from tests.watching import facts, refused


def seats(group):
    return Group.objects.values_list("member_count", flat=True).get(pk=group.pk)


def test_a_newcomer_joins_by_the_open_door_and_accepts_the_norms(dara, cardiology):
    row = admit_member(dara.actor, cardiology, dara.member, how="open_door", norms_version=1)
    assert row.left_at is None
    assert facts("groups.member_admitted")[-1] == {
        "group": cardiology.pk,
        "member": dara.member.pk,
        "how": "open_door",
        "invited_by": None,
        "link": None,
        "norms_version": 1,
    }
    assert NormsAcceptance.objects.filter(member=dara.member, norms__version=1).count() == 1
    assert seats(cardiology) == 4 == count_of_members(cardiology.pk)


def test_joining_twice_changes_nothing(dara, cardiology):
    first = admit_member(dara.actor, cardiology, dara.member, how="open_door", norms_version=1)
    told = len(facts())
    assert admit_member(dara.actor, cardiology, dara.member, how="open_door", norms_version=1) == first
    assert (len(facts()), seats(cardiology)) == (told, 4)


@pytest.mark.parametrize("version", [None, 2, 0])
def test_nobody_joins_without_accepting_the_newest_norms(dara, cardiology, version):
    with refused("norms_not_accepted", "accept_norms"):
        admit_member(dara.actor, cardiology, dara.member, how="open_door", norms_version=version)
    assert seats(cardiology) == 3


def test_an_old_version_of_the_norms_is_not_enough(bo, dara, cardiology):
    publish_norms(bo.actor, cardiology, "New and better.")
    with refused("norms_not_accepted"):
        admit_member(dara.actor, cardiology, dara.member, how="open_door", norms_version=1)


def test_a_full_group_refuses_the_next_newcomer(ada, dara, cardiology):
    change_group(ada.actor, cardiology, capacity=3)
    with refused("group_full"):
        admit_member(dara.actor, cardiology, dara.member, how="open_door", norms_version=1)
    with refused("group_full"):
        admit_member(ada.actor, cardiology, dara.member, how="staff")
    assert seats(cardiology) == 3


def test_the_last_place_is_told(ada, dara, cardiology):
    change_group(ada.actor, cardiology, capacity=4)
    admit_member(ada.actor, cardiology, dara.member, how="staff")
    assert facts("groups.group_filled") == [{"group": cardiology.pk, "capacity": 4}]


def test_a_place_that_became_free_is_taken_again(ada, chen, dara, cardiology):
    change_group(ada.actor, cardiology, capacity=3)
    leave_group(chen.actor, cardiology)
    admit_member(ada.actor, cardiology, dara.member, how="staff")
    assert seats(cardiology) == 3


def test_a_closed_group_lets_nobody_in(ada, dara, cardiology):
    close_group(ada.actor, cardiology, why="merged")
    with refused("group_closed"):
        admit_member(ada.actor, cardiology, dara.member, how="staff")


def test_a_patient_does_not_walk_into_a_professional_space(community, cardiology):
    gu = newcomer(community, "Gu", kind="patient")
    with refused("professionals_only"):
        admit_member(gu.actor, cardiology, gu.member, how="open_door", norms_version=1)


def test_a_newcomer_with_a_badge_walks_into_a_professional_space(community, ada, cardiology):
    gu = newcomer(community, "Gu", kind="guest", real_name="Gu", hospital="St Lucas", department="Cardiology")
    with refused("professionals_only"):
        admit_member(gu.actor, cardiology, gu.member, how="open_door", norms_version=1)
    asked = ask_verification(gu.actor, licence="110-2024-5532")
    decide_verification(ada.actor, asked.pk, verified=True)
    admit_member(gu.actor, cardiology, gu.member, how="open_door", norms_version=1)
    assert Membership.objects.get(group=cardiology, member=gu.member).joined_by == "open_door"


def test_a_hidden_group_is_entered_by_invitation_only(ada, dara, cardiology):
    change_group(ada.actor, cardiology, visibility="hidden")
    with refused("not_found"):
        group_for(dara.actor, cardiology.pk)
    with refused("invitation_needed"):
        admit_member(dara.actor, cardiology, dara.member, how="open_door", norms_version=1)
    with refused("invitation_needed"):
        admit_member(dara.actor, cardiology, dara.member, how="link", norms_version=1)


def test_a_member_lets_nobody_else_in(chen, dara, cardiology):
    with refused("not_allowed"):
        admit_member(chen.actor, cardiology, dara.member, how="staff")


@pytest.mark.parametrize("where", ["group", "everywhere"])
def test_a_ban_holds_on_every_way_in(ada, bo, dara, cardiology, where):
    restrict(ada.actor, dara.member, cardiology if where == "group" else None, kind="ban", why="adverts")
    for actor, how, version in [
        (dara.actor, "open_door", 1),
        (dara.actor, "api", 1),
        (bo.actor, "staff", None),
        (ada.actor, "staff", None),
        (ada.actor, "invitation", None),
        (house_actor(dara.community.pk), "import", None),
    ]:
        with refused("banned"):
            admit_member(actor, cardiology, dara.member, how=how, norms_version=version)
    assert import_memberships(cardiology, [(dara.member.pk, now())]) == 0
    assert seats(cardiology) == 3


def test_an_expired_or_lifted_ban_lets_in_again(ada, dara, cardiology, time_machine):
    time_machine.move_to(now())
    restrict(ada.actor, dara.member, cardiology, kind="ban", until=now() + timedelta(days=1), why="adverts")
    time_machine.shift(timedelta(days=2))
    admit_member(ada.actor, cardiology, dara.member, how="staff")
    ban = restrict(ada.actor, dara.member, cardiology, kind="ban", why="again")
    assert Membership.objects.filter(member=dara.member, left_at=None).count() == 0
    lift(ada.actor, ban)
    admit_member(ada.actor, cardiology, dara.member, how="staff")
    assert seats(cardiology) == 4


def test_leaving_ends_roles_and_gives_the_place_back(bo, cardiology):
    leave_group(bo.actor, cardiology)
    assert roles_in(bo.actor, cardiology) == frozenset()
    assert facts("groups.role_ended") == [{"member": bo.member.pk, "role": "keeper", "group": cardiology.pk}]
    assert facts("groups.member_left") == [{"group": cardiology.pk, "member": bo.member.pk, "left_by": "own_wish"}]
    assert seats(cardiology) == 2


def test_the_owner_of_record_cannot_leave(ada, cardiology):
    with refused("owner_stays"):
        leave_group(ada.actor, cardiology)


def test_an_outsider_cannot_leave_what_they_are_not_in(dara, cardiology):
    with refused("not_in_group"):
        leave_group(dara.actor, cardiology)


def test_a_keeper_removes_a_member_and_says_why(bo, chen, cardiology):
    remove_member(bo.actor, cardiology, chen.member, "adverts after two warnings", ban=True)
    assert facts("groups.member_removed") == [{"group": cardiology.pk, "member": chen.member.pk, "banned": True}]
    assert facts("groups.member_left")[-1]["left_by"] == "banned"
    with refused("banned"):
        admit_member(chen.actor, cardiology, chen.member, how="open_door", norms_version=1)


def test_removal_needs_a_reason_a_right_and_a_lower_rank(ada, bo, chen, cardiology):
    with refused("refused", "why"):
        remove_member(bo.actor, cardiology, chen.member, " ")
    with refused("not_allowed"):
        remove_member(chen.actor, cardiology, bo.member, "no")
    with refused("owner_stays"):
        remove_member(bo.actor, cardiology, ada.member, "coup")
    with refused("outranked"):
        remove_member(bo.actor, cardiology, bo.member, "myself")


def test_an_archives_members_come_in_once_and_as_history(ada, dara, cardiology):
    then = now() - timedelta(days=900)
    assert import_memberships(cardiology, [(dara.member.pk, then)]) == 1
    assert import_memberships(cardiology, [(dara.member.pk, then)]) == 0
    assert seats(cardiology) == 4
    row = Membership.objects.get(member=dara.member)
    assert (row.joined_at, row.joined_by) == (then, "import")


def test_a_group_of_one_community_is_nothing_to_another(eve, other_community, ada, cardiology):
    with community_scope(other_community):
        with refused("not_found"):
            group_for(eve.actor, cardiology.pk)
        house = house_actor(other_community.pk)
        theirs = open_group(house, name="Theirs")
        with pytest.raises(Member.DoesNotExist):
            admit_member(house, theirs, ada.member, how="staff")
    assert ada.actor.community_id == cardiology.community_id


def test_norms_are_versioned_and_unchanged_ones_stay(bo, cardiology):
    first = newest_norms(cardiology.pk)
    assert publish_norms(bo.actor, cardiology, first.text) == first
    second = publish_norms(bo.actor, cardiology, "Be brief.")
    assert (second.version, second.text) == (2, {"en": "Be brief."})
    assert facts("groups.norms_published")[-1] == {"group": cardiology.pk, "version": 2}

from datetime import timedelta

import pytest

from hearth.core import audit
from hearth.core.middleware import resolve_actor
from hearth.core.models import AuditEntry, User
from hearth.core.permissions import GroupRole, StaffRole, house_actor, may
from hearth.core.tenancy import community_scope
from hearth.groups.access import group_where, roles_in, roles_of
from hearth.groups.models import Restriction, RoleAssignment
from hearth.groups.queries import posting_right, rooms_snapshot, staff_ids
from hearth.groups.queries.operating import history_of
from hearth.groups.registry import READ_TALK
from hearth.groups.services import (
    admit_member,
    end_role,
    end_staff,
    found_community,
    give_role,
    hand_over,
    lift,
    make_staff,
    remove_member,
    restrict,
)
from hearth.kit.clock import now
from hearth.people.models import Person
from hearth.people.queries.leaving import obstacles_of
from hearth.people.services import issue_token, join_community
from hearth.people.services.subjects import subject_of
from tests.cast import newcomer, second_factor
from tests.watching import facts, refused


def owners(group):
    rows = RoleAssignment.objects.filter(group=group, role="owner", until=None)
    return list(rows.values_list("member_id", flat=True))


def test_an_actor_is_resolved_in_two_queries(bo, chen, community, cardiology, django_assert_num_queries):
    with django_assert_num_queries(2):
        actor = resolve_actor(chen.user, community)
    assert (actor.member_id, actor.identity_id, actor.verified) == (chen.member.pk, chen.identity.pk, True)
    assert (actor.origin, actor.role, actor.staff) == ("organic", "member", frozenset())


def test_staff_without_a_second_factor_keep_their_mark_and_have_no_rights(ada, bo, community, cardiology):
    make_staff(ada.actor, bo.member, "moderator")
    asleep = resolve_actor(bo.user, community)
    assert (asleep.asleep, asleep.origin, asleep.role) == (True, "operator", "moderator")
    assert not asleep.acts_as_staff
    assert not may(asleep, READ_TALK.key)
    assert may(asleep, READ_TALK.key, roles_in(asleep, cardiology))  # as a keeper of this group
    with refused("refused"):
        issue_token(asleep, bo.member, "Script", ["read"])
    second_factor(bo.user)
    awake = resolve_actor(bo.user, community)
    assert may(awake, READ_TALK.key)
    assert not awake.asleep


def test_an_operators_acts_count_as_the_operators(ada, community):
    actor = resolve_actor(ada.user, community)
    assert (actor.origin, actor.staff) == ("operator", frozenset({StaffRole.ADMIN, StaffRole.OPERATOR}))


def test_an_outsider_is_nobody_here(eve, community):
    assert resolve_actor(eve.user, community) is None


def test_a_platform_administrator_is_somebody_everywhere(eve, community):
    eve.user.is_superuser = True
    actor = resolve_actor(eve.user, community)
    assert (actor.ref, actor.role, actor.member_id) == (f"user:{eve.user.pk}", "platform", None)


def test_a_keepers_rights_end_with_the_role(ada, bo, chen, cardiology):
    assert group_where(bo.actor, cardiology.pk, "groups.manage_group") == cardiology
    end_role(ada.actor, cardiology, bo.member, "keeper")
    with refused("not_allowed"):
        group_where(bo.actor, cardiology.pk, "groups.manage_group")
    assert roles_in(bo.actor, cardiology) == {GroupRole.MEMBER}


def test_keepers_appoint_below_themselves_only(bo, chen, cardiology):
    give_role(bo.actor, cardiology, chen.member, "assistant")
    assert facts("groups.role_given")[-1] == {"member": chen.member.pk, "role": "assistant", "group": cardiology.pk}
    with refused("outranked"):
        give_role(bo.actor, cardiology, chen.member, "keeper")
    with refused("not_allowed"):
        give_role(chen.actor, cardiology, bo.member, "assistant")
    with refused("refused", "role"):
        give_role(bo.actor, cardiology, chen.member, "owner")


def test_giving_a_role_twice_changes_nothing(bo, chen, cardiology):
    first = give_role(bo.actor, cardiology, chen.member, "assistant")
    told = len(facts())
    assert give_role(bo.actor, cardiology, chen.member, "assistant") == first
    assert len(facts()) == told


def test_only_members_of_the_group_hold_roles_in_it(ada, dara, cardiology):
    with refused("not_in_group"):
        give_role(ada.actor, cardiology, dara.member, "keeper")


def test_a_role_may_be_laid_down(bo, cardiology):
    end_role(bo.actor, cardiology, bo.member, "keeper")
    assert facts("groups.role_ended") == [{"member": bo.member.pk, "role": "keeper", "group": cardiology.pk}]
    with refused("not_found"):
        end_role(bo.actor, cardiology, bo.member, "keeper")


def test_there_is_always_exactly_one_owner_of_record(ada, bo, chen, cardiology):
    hand_over(ada.actor, cardiology, bo.member, why="moves to the patient groups")
    assert owners(cardiology) == [bo.member.pk]
    assert roles_of(bo.member.pk, cardiology) == {GroupRole.OWNER, GroupRole.MEMBER}
    assert roles_of(ada.member.pk, cardiology) == {GroupRole.KEEPER, GroupRole.MEMBER}
    hand_over(bo.actor, cardiology, chen.member)
    assert owners(cardiology) == [chen.member.pk]
    with refused("owner_stays"):
        end_role(ada.actor, cardiology, chen.member, "owner")


def test_a_group_is_handed_to_members_by_its_owner(bo, chen, dara, ada, cardiology):
    with refused("not_allowed"):
        hand_over(bo.actor, cardiology, chen.member)
    with refused("not_in_group"):
        hand_over(ada.actor, cardiology, dara.member)
    assert owners(cardiology) == [ada.member.pk]


def test_the_last_administrator_stays(ada, bo, community):
    with refused("last_admin"):
        end_staff(ada.actor, ada.member, "admin")
    make_staff(ada.actor, bo.member, "admin")
    end_staff(bo.actor, ada.member, "admin")
    assert ada.actor.staff == {StaffRole.OPERATOR}


def test_who_cannot_sign_in_neither_gets_a_role_nor_counts_as_an_administrator(ada, bo, community):
    brought_in = join_community(Person.objects.create(), community, display_name="Fay")
    told = len(facts())
    with refused("refused", "member"):
        make_staff(ada.actor, brought_in, "admin")
    assert (staff_ids("admin"), len(facts())) == ([ada.member.pk], told)
    make_staff(ada.actor, bo.member, "admin")
    User.objects.filter(pk=bo.user.pk).update(is_active=False)
    with refused("last_admin"):
        end_staff(ada.actor, ada.member, "admin")
    assert staff_ids("admin") == [ada.member.pk, bo.member.pk]
    hindering = [str(one.text) for one in obstacles_of(subject_of(ada.member.person_id))]
    assert hindering == ["You are the last administrator. Make somebody else one."]
    end_staff(ada.actor, bo.member, "admin")
    assert staff_ids("admin") == [ada.member.pk]


def test_operators_make_nobody_staff(community, ada, bo, chen):
    make_staff(ada.actor, bo.member, "operator")
    with refused("not_allowed"):
        make_staff(bo.actor, chen.member, "reviewer")
    with refused("refused", "role"):
        make_staff(ada.actor, chen.member, "keeper")


def test_a_mute_takes_the_voice_until_its_end(bo, chen, cardiology, time_machine):
    time_machine.move_to(now())
    until = now() + timedelta(hours=2)
    restrict(bo.actor, chen.member, cardiology, kind="mute", until=until, why="flooding")
    right = posting_right(chen.actor, cardiology.pk)
    assert (right.muted_until, right.is_in, right.readable) == (until, True, True)
    time_machine.shift(timedelta(hours=3))
    assert posting_right(chen.actor, cardiology.pk).muted_until is None


def test_a_new_mute_replaces_the_old_one_and_lifting_ends_it(bo, chen, cardiology):
    restrict(bo.actor, chen.member, cardiology, kind="mute", until=now() + timedelta(hours=1), why="flooding")
    second = restrict(bo.actor, chen.member, cardiology, kind="mute", why="again")
    assert posting_right(chen.actor, cardiology.pk).muted_until.year == 9999
    lift(bo.actor, second)
    assert posting_right(chen.actor, cardiology.pk).muted_until is None
    told = len(facts())
    lift(bo.actor, second)
    assert len(facts()) == told
    assert Restriction.objects.filter(lifted_at=None).count() == 0


def test_what_staff_restricts_only_staff_lifts(ada, bo, chen, cardiology):
    row = restrict(ada.actor, chen.member, cardiology, kind="mute", why="complaint")
    with refused("outranked"):
        lift(bo.actor, row)
    make_staff(ada.actor, chen.member, "moderator")
    with refused("not_oneself"):
        lift(chen.actor, row)


def test_keepers_restrict_nobody_above_or_beside_them(ada, bo, chen, cardiology):
    with refused("outranked"):
        restrict(bo.actor, ada.member, cardiology, kind="mute", why="revenge")
    with refused("not_allowed"):
        restrict(bo.actor, chen.member, None, kind="mute", why="everywhere")
    with refused("not_allowed"):
        restrict(chen.actor, bo.member, cardiology, kind="mute", why="no right")
    with refused("not_oneself"):
        restrict(bo.actor, bo.member, cardiology, kind="mute", why="me")
    with refused("refused", "why"):
        restrict(bo.actor, chen.member, cardiology, kind="mute", why="")
    with refused("refused", "until"):
        restrict(bo.actor, chen.member, cardiology, kind="mute", until=now() - timedelta(1), why="past")


@pytest.mark.parametrize("ban", [False, True])
def test_keepers_and_moderators_take_no_staff_out(ban, ada, bo, chen, dara, cardiology):
    make_staff(ada.actor, chen.member, "operator")
    make_staff(ada.actor, dara.member, "moderator")
    for actor in (bo.actor, dara.actor):
        with refused("outranked"):
            remove_member(actor, cardiology, chen.member, "adverts", ban=ban)
    remove_member(ada.actor, cardiology, chen.member, "adverts", ban=ban)
    assert posting_right(chen.actor, cardiology.pk).is_in is False


def test_a_role_remembers_who_ended_it_and_why(ada, bo, chen, cardiology):
    give_role(bo.actor, cardiology, chen.member, "assistant", why="knows the ward")
    end_role(ada.actor, cardiology, chen.member, "assistant", why="goes on leave")
    row = RoleAssignment.objects.get(member=chen.member)
    assert (row.given_by, row.why) == (bo.actor.ref, "knows the ward")
    assert (row.ended_by, row.ended_why) == (ada.actor.ref, "goes on leave")
    assert "goes on leave" in [change.why for change in history_of(cardiology)]
    remove_member(ada.actor, cardiology, bo.member, "moved away")
    row = RoleAssignment.objects.get(member=bo.member)
    assert (row.ended_by, row.ended_why) == (ada.actor.ref, "removed")


def test_the_audit_log_holds_no_words_about_people(ada, bo, chen, cardiology):
    why = "Chen is ill"
    give_role(bo.actor, cardiology, chen.member, "assistant", why=why)
    end_role(bo.actor, cardiology, chen.member, "assistant", why=why)
    lift(bo.actor, restrict(bo.actor, chen.member, cardiology, kind="mute", why=why))
    make_staff(ada.actor, chen.member, "reviewer", why=why)
    end_staff(ada.actor, chen.member, "reviewer", why=why)
    remove_member(ada.actor, cardiology, chen.member, why)
    hand_over(ada.actor, cardiology, bo.member, why=why)
    told = list(AuditEntry.objects.values_list("why", "before", "after"))
    assert "Chen" not in repr(told)
    assert [row[0] for row in told].count(audit.sealed(why)) == 7


def test_a_ban_never_orphans_a_group(ada, bo, chen, cardiology):
    hand_over(ada.actor, cardiology, bo.member)
    with refused("owner_stays"):
        restrict(ada.actor, bo.member, None, kind="ban", why="adverts")


def test_a_ban_everywhere_ends_every_membership(ada, chen, cardiology):
    restrict(ada.actor, chen.member, None, kind="ban", why="adverts")
    assert rooms_snapshot(chen.member.pk) == {}
    right = posting_right(chen.actor, cardiology.pk)
    assert (right.banned, right.readable, right.is_in) == (True, False, False)


def test_a_right_to_post_is_one_query(bo, chen, cardiology, django_assert_num_queries):
    bos, chens = bo.actor, chen.actor
    with django_assert_num_queries(1):
        right = posting_right(bos, cardiology.pk)
    assert (right.roles, right.closed, right.space) == ({GroupRole.KEEPER, GroupRole.MEMBER}, False, "professional")
    with django_assert_num_queries(1):
        rooms = rooms_snapshot(chen.member.pk)
    assert rooms == {cardiology.pk: posting_right(chens, cardiology.pk)}


@pytest.mark.parametrize("visibility", ["open", "listed", "hidden"])
def test_who_is_outside_reads_open_groups_only(ada, dara, cardiology, visibility):
    from hearth.groups.services import change_group

    change_group(ada.actor, cardiology, visibility=visibility)
    assert posting_right(dara.actor, cardiology.pk).readable == (visibility == "open")
    assert posting_right(ada.actor, cardiology.pk).readable


def test_nothing_of_one_community_is_readable_from_another(eve, other_community, cardiology):
    with community_scope(other_community):
        right = posting_right(eve.actor, cardiology.pk)
        assert (right.readable, right.space, right.is_in) == (False, "", False)


def test_a_community_is_founded_with_its_charter_and_once(db):
    found = found_community("clinic", {"zh-hans": "诊所"}, "zh-hans", "Asia/Shanghai", goals="互相学习")
    with community_scope(found):
        assert facts("groups.community_founded") == [{"community": found.pk, "type": "auxiliary"}]
        with refused("key_taken", "key"):
            found_community("clinic", "Clinic")
        with refused("refused", "key"):
            found_community("Bad Key", "Clinic")
        with refused("refused", "language"):
            found_community("clinic2", "Clinic", "xx")
        with refused("refused", "time_zone"):
            found_community("clinic2", "Clinic", "en", "Mars/Olympus")


def test_places_know_their_subtree(ada, community):
    from hearth.groups.services import add_place

    root = add_place(ada.actor, kind="organisation", name="Network")
    site = add_place(ada.actor, kind="site", name={"en": "St Lucas"}, parent=root)
    assert site.path == f"/{root.pk}/{site.pk}/"


def test_a_muted_member_stays_muted_after_a_merge(ada, bo, chen, dara, cardiology):
    from hearth.people.services import merge_members

    restrict(bo.actor, chen.member, cardiology, kind="mute", why="flooding")
    admit_member(ada.actor, cardiology, dara.member, how="staff")
    merge_members(ada.actor, chen.member, dara.member, "the same person")
    assert posting_right(dara.actor, cardiology.pk).muted_until.year == 9999


def test_house_and_outsiders(community, cardiology):
    assert roles_in(house_actor(community.pk), cardiology) == frozenset()
    assert newcomer(community, "Gu", kind="patient").actor.staff == frozenset()

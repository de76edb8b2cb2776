from datetime import timedelta

import pytest

from hearth.core.middleware import resolve_actor
from hearth.core.tenancy import community_scope
from hearth.groups.models import Group, Membership
from hearth.groups.services import admit_member, hand_over
from hearth.kit.clock import now
from hearth.people.models import Identity, IdentityClaim, Member
from hearth.people.queries import cards_of
from hearth.people.services import claim_identity, import_identities, join_community, merge_members, undo_merge
from hearth.people.types import ImportedIdentity
from tests.cast import newcomer
from tests.watching import facts, refused


def imported(community, *names, source="zulip"):
    return {key: place.identity for key, place in brought_in(community, *names, source=source).items()}


def brought_in(community, *names, source="zulip"):
    return import_identities(community, source, [ImportedIdentity(f"u{n}", n) for n in names])


def everything():
    """All that a merge may touch, to compare before and after."""
    return (
        sorted(Identity.objects.values_list("pk", "member_id")),
        sorted(Member.objects.values_list("pk", "merged_into_id", "merge_batch", "left_at")),
        sorted(Membership.objects.filter(left_at=None).values_list("group_id", "member_id", "joined_at", "joined_by")),
        sorted(Group.objects.values_list("pk", "member_count")),
    )


def run_relay():
    from hearth.core.relay import run_once

    run_once()


def test_an_archives_authors_come_in_once(community):
    first = brought_in(community, "Ann", "Ben")
    assert sorted(first) == ["uAnn", "uBen"]
    assert brought_in(community, "Ann", "Ben") == first
    assert {place.identity: place.member for place in first.values()} == dict(
        Identity.objects.values_list("pk", "member_id")
    )
    assert Member.objects.count() == 2
    assert [fact["kind"] for fact in facts("people.member_joined")] == ["guest", "guest"]


def test_one_batch_may_name_an_author_twice(community):
    rows = [ImportedIdentity("u1", "Ann"), ImportedIdentity("u1", "Ann again"), ImportedIdentity("u2", "", is_bot=True)]
    found = import_identities(community, "slack", rows)
    assert len(found) == 2
    assert Identity.objects.get(pk=found["u2"].identity).is_bot
    assert Identity.objects.get(pk=found["u2"].identity).member.display_name == "u2"


def test_two_sources_never_share_an_author(community):
    assert imported(community, "Ann")["uAnn"] != imported(community, "Ann", source="slack")["uAnn"]


def test_an_archive_of_one_community_is_unknown_to_another(community, other_community):
    mine = imported(community, "Canary")
    with community_scope(other_community):
        assert cards_of(mine.values(), "general") == {}
        theirs = imported(other_community, "Canary")
    assert set(mine.values()).isdisjoint(theirs.values())


def test_importing_a_thousand_authors_takes_few_queries(community, django_assert_max_num_queries):
    rows = [ImportedIdentity(str(n), f"name {n}") for n in range(1000)]
    with django_assert_max_num_queries(60):
        import_identities(community, "big", rows)


def test_a_claimed_identity_speaks_for_its_member_and_back(ada, dara, community):
    identity = Identity.objects.get(pk=imported(community, "Ann")["uAnn"])
    before = everything()
    batch = claim_identity(ada.actor, identity, dara.member)
    assert cards_of([identity.pk], "general")[identity.pk].name == "Dara"
    undo_merge(ada.actor, batch)
    assert everything() == before
    assert facts("people.merge_undone")[-1]["batch"] == str(batch)


def test_a_native_identity_is_merged_not_claimed(ada, dara, chen):
    with refused("merge_refused"):
        claim_identity(ada.actor, dara.identity, chen.member)


def test_undoing_a_merge_restores_everything_exactly(ada, dara, chen, community, cardiology):
    ghost = Identity.objects.get(pk=imported(community, "Ann")["uAnn"])
    admit_member(ada.actor, cardiology, ghost.member, how="staff", why="They asked.")
    run_relay()
    before = everything()
    batch = merge_members(ada.actor, ghost.member, dara.member, "same person")
    run_relay()
    assert cards_of([ghost.pk], "general")[ghost.pk].member_id == dara.member.pk
    assert Membership.objects.filter(member=dara.member, group=cardiology, left_at=None).exists()
    undo_merge(ada.actor, batch)
    run_relay()
    assert everything() == before


def test_who_is_in_the_group_already_takes_no_second_seat(ada, chen, community, cardiology):
    ghost = Identity.objects.get(pk=imported(community, "Ann")["uAnn"])
    admit_member(ada.actor, cardiology, ghost.member, how="staff", why="They asked.")
    before = everything()
    batch = merge_members(ada.actor, ghost.member, chen.member, "same person")
    run_relay()
    assert Group.objects.get(pk=cardiology.pk).member_count == 3
    undo_merge(ada.actor, batch)
    run_relay()
    assert everything() == before


def test_merges_are_undone_in_the_order_they_stand(ada, dara, chen, community):
    ghost = Identity.objects.get(pk=imported(community, "Ann")["uAnn"]).member
    first = merge_members(ada.actor, ghost, dara.member, "same")
    second = merge_members(ada.actor, dara.member, chen.member, "same again")
    with refused("merge_refused"):
        undo_merge(ada.actor, first)
    undo_merge(ada.actor, second)
    undo_merge(ada.actor, first)
    with refused("not_found"):
        undo_merge(ada.actor, first)
    assert IdentityClaim.objects.filter(undone_at=None).count() == 0


def test_the_user_of_a_merged_member_is_the_one_who_is_left(ada, dara, chen, community):
    user = dara.user
    merge_members(ada.actor, dara.member, chen.member, "same person")
    assert resolve_actor(user, community).member_id == chen.member.pk
    with refused("already_member"):
        join_community(user, community, display_name="Dara again")


def test_merging_needs_the_right_and_two_living_members(ada, bo, dara, chen, cardiology):
    with refused("not_allowed"):
        merge_members(bo.actor, dara.member, chen.member, "no right")
    with refused("not_oneself"):
        merge_members(ada.actor, dara.member, dara.member, "same row")
    with refused("roles_held"):
        merge_members(ada.actor, bo.member, chen.member, "keeper")
    hand_over(ada.actor, cardiology, bo.member)
    with refused("roles_held"):
        merge_members(ada.actor, bo.member, chen.member, "owner")
    merge_members(ada.actor, dara.member, chen.member, "fine")
    dara.member.refresh_from_db()
    with refused("merge_refused"):
        merge_members(ada.actor, dara.member, bo.member, "twice")


@pytest.mark.parametrize(
    ("space", "line"),
    [("professional", "陈立-圣路加医院-心内科"), ("patient", "Chen"), ("general", "Chen")],
)
def test_each_space_shows_its_own_name(chen, space, line, django_assert_num_queries):
    identity = chen.identity.pk
    with django_assert_num_queries(1):
        card = cards_of([identity], space)[identity]
    assert card.line == line
    assert card.verified == (space == "professional")
    assert (card.real_name, card.title) == ("", "主治医师" if space == "professional" else "")


def test_staff_see_both_names(chen):
    card = cards_of([chen.identity.pk], "patient", for_staff=True)[chen.identity.pk]
    assert (card.name, card.real_name) == ("Chen", "陈立")


def test_an_expired_badge_is_not_shown(chen, time_machine):
    time_machine.move_to(now() + timedelta(days=400))
    assert not cards_of([chen.identity.pk], "professional")[chen.identity.pk].verified
    assert not chen.actor.verified


def test_a_place_is_given_once_and_needs_a_name(dara, community):
    with refused("already_member"):
        join_community(dara.user, community, display_name="Dara")
    fresh = newcomer(community, "Fay")
    assert fresh.actor.identity_id == fresh.identity.pk
    with refused("name_missing", "display_name"):
        join_community(dara.user, community, display_name="  ")

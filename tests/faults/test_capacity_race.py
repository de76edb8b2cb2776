"""Many people press Join at the same moment: capacity holds, counts agree, nobody is in twice."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from hearth.core.errors import Refusal
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.access import actor_of_member
from hearth.groups.models import Group, KeptUse, Membership
from hearth.groups.services import admit_member, ask_badge_first, change_group, found_community, open_group, redeem_link
from hearth.groups.services.crowds import admit_crowd
from hearth.groups.services.links import make_join_link
from hearth.people.models import Member
from hearth.people.services import import_identities
from hearth.people.types import ImportedIdentity

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

PRESSING, SEATS, ROUNDS = 16, 5, 3


def setting(tag):
    community = found_community(f"race{tag}", "Race")
    with community_scope(community):
        group = open_group(house_actor(community.pk), name="Small", capacity=SEATS)
        found = import_identities(community, "x", [ImportedIdentity(str(n), f"n{n}") for n in range(PRESSING)])
        members = list(Member.objects.filter(identities__in=found.values()))
    return community, group, members


def press(community, members, act):
    """Everybody acts at once; returns how many came through and the codes of the refused."""
    start, through, refused = threading.Barrier(len(members)), [], []

    def one(member):
        try:
            with community_scope(community):
                start.wait()
                act(member)
            through.append(member.pk)
        except Refusal as refusal:
            refused.append(refusal.code)
        except OperationalError as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return through, refused


@pytest.mark.parametrize("tag", range(ROUNDS))
def test_a_group_never_holds_more_than_its_capacity(tag):
    community, group, members = setting(tag)
    house = house_actor(community.pk)
    through, refused = press(community, members, lambda member: admit_member(house, group, member, how="staff"))
    with community_scope(community):
        inside = Membership.objects.filter(group=group, left_at=None).count()
        counted = Group.objects.get(pk=group.pk).member_count
    assert (len(through), inside, counted) == (SEATS, SEATS, SEATS)
    assert refused == ["group_full"] * (PRESSING - SEATS)


def test_a_crowd_from_a_table_and_those_who_press_share_the_places():
    community, group, members = setting("crowd")
    house, crowd, told = house_actor(community.pk), [member.pk for member in members[:8]], {}

    def come(member):
        if member in members[:2]:  # two tables bring the same eight in
            told[member.pk] = list(admit_crowd(house, group, crowd, "").values())
        else:
            admit_member(house, group, member, how="staff")

    _through, refused = press(community, members, come)
    with community_scope(community):
        inside = Membership.objects.filter(group=group, left_at=None).count()
        counted = Group.objects.get(pk=group.pk).member_count
    assert (inside, counted) == (SEATS, SEATS)
    assert set(refused) <= {"group_full"}
    assert [len(answers) for answers in told.values()] == [8, 8]


def test_one_person_pressing_many_times_is_in_once():
    community, group, members = setting("same")
    house = house_actor(community.pk)
    through, refused = press(
        community, [members[0]] * PRESSING, lambda member: admit_member(house, group, member, how="staff")
    )
    with community_scope(community):
        assert Membership.objects.filter(group=group, left_at=None).count() == 1
        assert Group.objects.get(pk=group.pk).member_count == 1
    assert (len(through), refused) == (PRESSING, [])


def test_a_link_is_never_used_more_often_than_it_allows():
    community, group, members = setting("link")
    house = house_actor(community.pk)
    with community_scope(community):
        change_group(house, group, capacity=None)
        link = make_join_link(house, group, max_uses=3)

    def come(member):
        redeem_link(actor_of_member(member), link.code, None)

    through, refused = press(community, members, come)
    with community_scope(community):
        link.refresh_from_db()
    assert (len(through), link.uses) == (3, 3)
    assert set(refused) == {"link_spent"}


@pytest.mark.parametrize("each_once", [True, False], ids=["many", "one"])
def test_asking_for_a_badge_first_counts_as_a_use_and_once_for_each(each_once):
    community, group, members = setting("badge-many" if each_once else "badge-one")
    house = house_actor(community.pk)
    with community_scope(community):
        change_group(house, group, capacity=None, space="professional")
        link = make_join_link(house, group, max_uses=3)
    asking = members if each_once else members[:1] * PRESSING
    through, refused = press(community, asking, lambda member: ask_badge_first(actor_of_member(member), link.code))
    with community_scope(community):
        link.refresh_from_db()
        kept = KeptUse.objects.filter(link=link).count()
    assert (link.uses, kept) == ((3, 3) if each_once else (1, 1))
    assert (len(through), set(refused)) == ((3, {"link_spent"}) if each_once else (PRESSING, set()))


def test_the_checker_sees_a_careless_admission():
    """Negative control: look first, then write without a guard, and the group overflows."""
    community, group, members = setting("careless")
    looked = threading.Barrier(PRESSING)

    def careless(member):
        free = Group.objects.get(pk=group.pk).member_count < SEATS
        looked.wait()
        if free:
            with transaction.atomic():
                Membership.objects.create(group=group, member=member, joined_by="staff")

    press(community, members, careless)
    with community_scope(community):
        assert Membership.objects.filter(group=group, left_at=None).count() > SEATS

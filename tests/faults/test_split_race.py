"""A group is split, or sisters are merged, while others press Join: no group ever holds more than its capacity."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from hearth.core.errors import Refusal
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.access import actor_of_member
from hearth.groups.models import Group, Membership, Regrouping
from hearth.groups.queries.regrouping import going
from hearth.groups.services import (
    admit_member,
    begin_regrouping,
    carry_out,
    change_group,
    change_part,
    found_community,
    open_group,
    plan_merge,
    plan_split,
    redeem_link,
    take_back,
)
from hearth.groups.services.links import make_join_link
from hearth.groups.services.splitting import open_part
from hearth.people.models import Member
from hearth.people.services import import_identities
from hearth.people.types import ImportedIdentity

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

INSIDE, OUTSIDE = 12, 10


def setting(tag):
    """A full group of twelve, and ten who want to come."""
    community = found_community(f"parting{tag}", "Parting")
    with community_scope(community):
        house = house_actor(community.pk)
        found = import_identities(community, "x", [ImportedIdentity(str(n), f"n{n}") for n in range(INSIDE + OUTSIDE)])
        people = list(Member.objects.filter(identities__in=found.values()).order_by("pk"))
        group = open_group(house, name="Full", capacity=INSIDE, owner=people[0])
        for member in people[1:INSIDE]:
            admit_member(house, group, member, how="staff")
    return community, house, group, people[INSIDE:]


def at_once(community, *acts):
    """Every act in a thread of its own; nothing else than a refusal may happen to any."""
    start, wrong = threading.Barrier(len(acts)), []

    def one(act):
        try:
            with community_scope(community):
                start.wait()
                act()
        except Refusal:
            pass
        except DatabaseError as error:
            wrong.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def coming(link, people):
    return [lambda member=member: redeem_link(actor_of_member(member), link.code, None) for member in people]


def over_full():
    """Groups that hold more than they may, or whose count is not the number of their members."""
    found = []
    for group in Group.objects.all():
        inside = Membership.objects.filter(group=group, left_at=None).count()
        if inside != group.member_count or (group.capacity is not None and inside > group.capacity):
            found.append((group.pk, inside, group.member_count, group.capacity))
    return found


def quietly(_done, _total):
    return None


def prepared(tag):
    """A split that has opened its new group, with room for just those who go, and a link into it."""
    community, house, group, others = setting(tag)
    with community_scope(community):
        row = plan_split(house, group)
        goes = going(row).count()
        change_part(house, row, 1, name="New", capacity=goes + 1, owner=group.roles.get(role="owner").member_id)
        begin_regrouping(house, row)
        row.refresh_from_db()
        open_part(house, row, row.parts.get(number=1))
        made = row.parts.get(number=1).group
        return community, house, row, others, (make_join_link(house, group), make_join_link(house, made))


def test_those_who_come_while_a_group_is_split_never_overfill_a_part():
    community, _house, row, others, links = prepared("split")
    half = OUTSIDE // 2
    at_once(
        community,
        lambda: carry_out(row.pk, quietly, portion=1),
        *coming(links[0], others[:half]),
        *coming(links[1], others[half:]),
    )
    with community_scope(community):
        assert over_full() == []
        for move in going(row):
            inside = Membership.objects.filter(member=move.member, left_at=None).values_list("group", flat=True)
            assert len(inside) == 1, "everybody who was to go is in exactly one of the groups"


def test_those_who_come_while_it_is_taken_back_never_overfill_the_group():
    community, house, row, others, links = prepared("back")
    with community_scope(community):
        carry_out(row.pk, quietly)
        take_back(house, Regrouping.objects.get(pk=row.pk))
    at_once(community, lambda: carry_out(row.pk, quietly, portion=1), *coming(links[0], others))
    with community_scope(community):
        assert over_full() == []


def test_those_who_come_while_sisters_are_merged_never_overfill_the_home():
    community, house, group, others = setting("merge")
    with community_scope(community):
        sister = open_group(house, name="Sister", capacity=20, owner=others[0])
        for member in others[1:5]:
            admit_member(house, sister, member, how="staff")
        change_group(house, group, capacity=INSIDE + 5)
        row = begin_regrouping(house, plan_merge(house, group, [sister.pk]))
        link = make_join_link(house, group)
    at_once(community, lambda: carry_out(row.pk, quietly, portion=1), *coming(link, others[5:]))
    with community_scope(community):
        assert over_full() == []
        assert Group.objects.get(pk=group.pk).member_count == INSIDE + 5


def test_two_workers_with_one_split_move_everybody_once():
    community, _house, row, _others, _links = prepared("twice")
    at_once(community, *[lambda: carry_out(row.pk, quietly, portion=1)] * 2)
    with community_scope(community):
        assert over_full() == []
        assert going(row).filter(done_at__isnull=False, refused={}).count() == going(row).count()


def test_the_checker_sees_a_careless_move():
    """Negative control: look whether there is room, then write without a guard, and the new group overflows."""
    community, _house, row, others, _links = prepared("careless")
    looked = threading.Barrier(OUTSIDE)
    with community_scope(community):
        made = row.parts.get(number=1).group

    def careless(member):
        free = Group.objects.get(pk=made.pk).member_count < made.capacity
        looked.wait()
        if free:
            with transaction.atomic():
                Membership.objects.create(group=made, member=member, joined_by="moved")

    at_once(community, *[lambda member=member: careless(member) for member in others])
    with community_scope(community):
        assert over_full() != []

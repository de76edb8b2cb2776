"""Duplicates are merged by several processes at the same moment: one of them does, and nobody ends in a ring."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from hearth.core.audit import entries, first_break
from hearth.core.models import Fact
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.core.tests.other_process import database_url
from hearth.groups.services import found_community
from hearth.people.models import Contact, Identity, IdentityClaim, Member, MemberTag, Merge
from hearth.people.services import import_identities, tag_member
from hearth.people.types import ImportedIdentity

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

PROCESSES, ROUNDS = 6, 3


def setting(tag):
    """Three members, each with an identity, an address and a tag."""
    community = found_community(f"twins{tag}", "Twins")
    with community_scope(community):
        found = import_identities(community, "x", [ImportedIdentity(str(n), f"n{n}") for n in range(3)])
        members = list(Member.objects.filter(identities__in=found.values()).order_by("pk"))
        for number, member in enumerate(members):
            Contact.objects.create(member=member, email=f"n{number}@h.example")
            tag_member(house_actor(community.pk), member, "speaker")
            tag_member(house_actor(community.pk), member, f"only {number}")
    return community, members


def at_once(community, pairs, *how):
    """All these merges at the same moment, each in a process of its own; what became of them, sorted."""
    env = {**os.environ, "DATABASE_URL": database_url(), "HEARTH_HOME": str(settings.HEARTH_HOME)}
    env |= {"HEARTH_SECRET_KEY": settings.SECRET_KEY, "DJANGO_SETTINGS_MODULE": "hearth.project.settings"}
    command = [sys.executable, "-m", "tests.faults.merging_processes", str(community.pk)]
    told = [f"{one.pk}:{other.pk}" for one, other in pairs]
    run = subprocess.run([*command, *told, *how], env=env, timeout=120, check=True, capture_output=True, text=True)
    return sorted(run.stdout.split("\n")[:-1])


def rings():
    """Members from whom one never comes to somebody who is left."""
    into = dict(Member.objects.values_list("pk", "merged_into"))
    found = []
    for pk in into:
        seen, at = set(), pk
        while at is not None and at not in seen:
            seen.add(at)
            at = into[at]
        if at is not None:
            found.append(pk)
    return sorted(found)


def merged():
    return list(Member.objects.exclude(merged_into=None).values_list("pk", "merged_into"))


@pytest.mark.parametrize("tag", range(ROUNDS))
def test_a_pair_is_merged_once_however_many_press(tag):
    community, (one, other, _third) = setting(tag)
    told = at_once(community, [(one, other)] * PROCESSES)
    assert told == ["merge_refused"] * (PROCESSES - 1) + ["through"]
    with community_scope(community):
        assert merged() == [(one.pk, other.pk)]
        assert Merge.objects.count() == IdentityClaim.objects.count() == 1
        assert Identity.objects.filter(member=other).count() == 2
        tags = MemberTag.objects.filter(member=other).order_by("tag").values_list("tag", flat=True)
        assert list(tags) == ["only 0", "only 1", "speaker"]
        assert Fact.objects.filter(community_id=community.pk, name="people.members_merged").count() == 1
        assert entries().filter(action="members_merged").count() == 1
        assert first_break(community.pk) is None


@pytest.mark.parametrize("tag", range(ROUNDS))
def test_of_merges_that_cross_one_comes_through(tag):
    community, (one, other, _third) = setting(f"cross{tag}")
    told = at_once(community, [(one, other), (other, one)] * 3)
    assert told == ["merge_refused"] * 5 + ["through"]
    with community_scope(community):
        assert len(merged()) == 1
        assert rings() == []
        assert Identity.objects.filter(member=merged()[0][1]).count() == 2


def test_merges_in_a_ring_leave_somebody():
    community, (one, other, third) = setting("ring")
    told = at_once(community, [(one, other), (other, third), (third, one)] * 2)
    with community_scope(community):
        assert rings() == []
        assert len(merged()) == told.count("through") <= 2
        left = Member.objects.filter(merged_into=None)
        assert Identity.objects.filter(member__in=left).count() == 3, "everybody speaks as somebody who is here"
    assert set(told) == {"through", "merge_refused"}


def test_the_checker_sees_a_careless_merge():
    """Negative control: look whether both live, then write without holding them, and both are gone."""
    community, (one, other, _third) = setting("careless")
    assert at_once(community, [(one, other), (other, one)], "careless") == ["through", "through"]
    with community_scope(community):
        assert rings() == [one.pk, other.pk]

"""A process that applies a blueprint is killed at each of its changes, and another one goes on."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from hearth.blueprint.models import CopyBatch, Revision
from hearth.blueprint.queries import original_group, plan_of, read_blueprint, state_of
from hearth.blueprint.queries.community_copies import original_community
from hearth.blueprint.rules.targets import read_table
from hearth.blueprint.services import begin_copies, begin_revision, carry_on, carry_out, go_on, roll_back_copies
from hearth.blueprint.tests.conftest import WARD
from hearth.core.models import AuditEntry, Community, Fact
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.core.tests.other_process import database_url
from hearth.core.texts import best
from hearth.groups.models import Group, GroupClosure, Norms, Place
from hearth.groups.queries import staff_list
from hearth.groups.services import found_community, open_group

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough]

CHANGES = 5  # name of the community, two places, two groups
NOBODY = {"created": 4, "changed": 1, "removed": 0, "refused": 0}


def begun() -> tuple[Community, Revision]:
    community = found_community("stlucas", "St Lucas", "en", "UTC")
    description, _wrong = read_blueprint([("ward.yaml", WARD.encode())])
    with community_scope(community):
        actor = house_actor(community.pk)
        plan, _wrong = plan_of(actor, description.wanted)
        assert len(plan.changes) == CHANGES
        return community, begin_revision(actor, plan)


def killed(revision: Revision, change: int, *how: str) -> None:
    env = {**os.environ, "DATABASE_URL": database_url(), "HEARTH_HOME": str(settings.HEARTH_HOME)}
    env["DJANGO_SETTINGS_MODULE"] = "hearth.project.settings"
    command = [sys.executable, "-m", "hearth.blueprint.tests.applying_process", str(revision.pk), str(change), *how]
    assert subprocess.run(command, env=env, timeout=120, check=False).returncode == -9


@pytest.mark.parametrize("change", range(1, CHANGES + 1))
def test_whoever_goes_on_finds_every_change_made_once(change: int):
    community, revision = begun()
    killed(revision, change)
    with community_scope(community):
        done = revision.steps.filter(done_at__isnull=False).count()
        assert done == (0 if change <= 3 else 3)  # whole portions only
        assert carry_out(revision.pk, lambda done, total: None) == NOBODY
        assert (Group.objects.count(), Place.objects.count(), Norms.objects.count()) == (2, 2, 2)
        assert Fact.objects.filter(community_id=community.pk, name="groups.group_opened").count() == 2
        assert AuditEntry.objects.filter(chain=community.pk, action="place_added").count() == 2
        description, _wrong = read_blueprint([("ward.yaml", WARD.encode())])
        plan, _wrong = plan_of(house_actor(community.pk), description.wanted)
        assert plan.changes == ()


def test_negative_control_a_record_apart_from_its_change_lies():
    community, revision = begun()
    killed(revision, 2, "careless")
    with community_scope(community):
        assert carry_out(revision.pk, lambda done, total: None)["refused"] == 1  # the place that was there already


TABLE = b"key,city\nlyon,Lyon\nnice,Nice\nlille,Lille\nnantes,Nantes\n"


@pytest.mark.parametrize("change", range(1, 5))
def test_copies_killed_at_any_of_them_are_each_there_once(change: int):
    community = found_community("stlucas", "St Lucas", "en", "UTC")
    with community_scope(community):
        house = house_actor(community.pk)
        open_group(house, key="ward", name="Ward", norms="Be kind.")
        original = original_group(house, "ward", {"name": "Ward {city}"})
        batch = begin_copies(house, original, read_table("t.csv", TABLE), first=1 if change == 1 else 0)
        row = batch.revisions.get()
    killed(row, change)
    with community_scope(community):
        assert state_of(batch).made == (0 if change <= 3 else 3)  # whole portions only
        carry_out(row.pk, lambda done, total: None)
        if change == 1:  # the first was killed; somebody looks, and says go on
            row.job.delete()
            assert state_of(batch).word == "waiting"
            carry_out(go_on(house, batch).pk, lambda done, total: None)
        assert (state_of(batch).made, Group.objects.count(), Norms.objects.count()) == (4, 5, 5)
        assert Fact.objects.filter(community_id=community.pk, name="groups.group_opened").count() == 5
        assert {best(one.name) for one in Group.objects.exclude(key="ward")} == {
            "Ward Lyon", "Ward Nice", "Ward Lille", "Ward Nantes",
        }  # fmt: skip


TOWNS = b"key,city,admin\nlake,Lakeside,ada@lake.example\nhill,Hillside,bo@hill.example\n"
TO_MAKE = 8  # of each of two: founded, somebody who runs it, its charter, its group
TO_CLOSE = 4  # of each of two: its charter, its group


def batch_of_communities() -> tuple[Community, CopyBatch, Revision]:
    community = found_community("river", "Riverside of {city}", "en", "UTC", purpose="To get well in {city}")
    with community_scope(community):
        house = house_actor(community.pk)
        open_group(house, key="ward", name="Ward {city}", norms="Be kind.")
        batch = begin_copies(house, original_community(house), read_table("t.csv", TOWNS), first=0)
        return community, batch, batch.revisions.get()


def seen_of_copies() -> list[tuple[str, int, int, int]]:
    """Key, groups, people who run it and revisions of each community that was founded."""
    seen = []
    for one in Community.objects.exclude(key="river").order_by("key"):
        with community_scope(one):
            assert not Revision.objects.filter(ended_at=None).exists()
            seen.append((one.key, Group.objects.count(), len(staff_list()), Revision.objects.count()))
    return seen


@pytest.mark.parametrize("change", range(1, TO_MAKE + 1))
def test_communities_killed_at_any_change_are_each_founded_and_filled_once(change: int):
    community, batch, row = batch_of_communities()
    killed(row, change)
    assert Community.objects.count() == 1 + (change > 1) + (change > 5)  # what is founded is remembered, or not founded
    with community_scope(community):
        assert carry_on(row.pk, lambda done, total: None) == {"created": 2, "changed": 0, "removed": 0, "refused": 0}
        assert state_of(batch).made == 2
    assert seen_of_copies() == [("hill", 1, 1, 1), ("lake", 1, 1, 1)]
    for fact in ("groups.community_founded", "groups.group_opened"):
        assert Fact._base_manager.filter(name=fact).count() == 3


@pytest.mark.parametrize("change", range(1, TO_CLOSE + 1))
def test_a_roll_back_of_communities_killed_at_any_change_closes_each_once(change: int):
    community, batch, row = batch_of_communities()
    with community_scope(community):
        carry_on(row.pk, lambda done, total: None)
        row.job.delete()
        back = roll_back_copies(house_actor(community.pk), batch)
    killed(back, change)
    with community_scope(community):
        assert carry_on(back.pk, lambda done, total: None)["removed"] == 2
    assert seen_of_copies() == [("hill", 1, 1, 2), ("lake", 1, 1, 2)]
    assert GroupClosure._base_manager.filter(reopened_at=None).count() == 2
    assert Fact._base_manager.filter(name="groups.group_closed").count() == 2


def test_negative_control_a_founding_apart_from_its_record_is_lost():
    community, _batch, row = batch_of_communities()
    killed(row, 1, "careless")
    assert Community.objects.count() == 2
    with community_scope(community):
        assert carry_on(row.pk, lambda done, total: None)["refused"] == 1  # there is a community of that key already

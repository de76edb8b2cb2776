"""A process that applies a blueprint is killed at each of its changes, and another one goes on."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from hearth.blueprint.models import Revision
from hearth.blueprint.queries import original_group, plan_of, read_blueprint, state_of
from hearth.blueprint.rules.targets import read_table
from hearth.blueprint.services import begin_copies, begin_revision, carry_out, go_on
from hearth.blueprint.tests.conftest import WARD
from hearth.core.models import AuditEntry, Community, Fact
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.core.tests.other_process import database_url
from hearth.core.texts import best
from hearth.groups.models import Group, Norms, Place
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

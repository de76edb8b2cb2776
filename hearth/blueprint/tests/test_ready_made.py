"""The blueprints that come along are really applied: founded, exported, and planned empty again."""

import pytest

from hearth.blueprint.queries import exported, plan_of, read_blueprint
from hearth.blueprint.services import begin_revision, carry_out, community_of
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.core.texts import best
from hearth.groups.models import Duty, Group, Norms
from tests.architecture.sources import ROOT

pytestmark = pytest.mark.django_db

READY_MADE = sorted((ROOT / "blueprints").glob("*.yaml"))


def test_there_is_one_for_each_kind_of_community():
    assert [path.stem for path in READY_MADE] == [
        "hospital-doctors",
        "knowledge-column",
        "patient-support",
        "shop-chain",
        "travel-club",
    ]


@pytest.mark.parametrize("path", READY_MADE, ids=lambda path: path.stem)
def test_a_ready_made_blueprint_founds_a_community_that_is_as_it_says(path):
    raw = path.read_bytes()
    description, wrong = read_blueprint([(path.name, raw)])
    assert [str(one) for one in wrong] == []
    community, founded = community_of(description)
    assert founded
    with community_scope(community):
        actor = house_actor(community.pk)
        plan, wrong = plan_of(actor, description.wanted, description.document)
        assert (wrong, plan.notes) == ([], ())
        counts = carry_out(begin_revision(actor, plan).pk, lambda done, total: None)
        assert (counts["created"], counts["refused"]) == (plan.count("create"), 0)
        assert plan_of(actor, description.wanted)[0].changes == ()

        assert Group.objects.count() == len(description.wanted["groups"].objects) >= 4
        assert Norms.objects.count() == Group.objects.count()  # every group has rules
        assert all({"en", "zh-hans"} <= set(group.name) for group in Group.objects.all())
        assert all(best(duty.task, "en") for duty in Duty.objects.all())

        told, _wrong = exported(actor)
        again, wrong = read_blueprint([("again.yaml", told.encode())])
        assert wrong == []
        assert plan_of(actor, again.wanted)[0].changes == ()
        assert exported(actor, raw.decode())[0].count("#") == raw.decode().count("#")  # every comment survives
    copy, wrong = read_blueprint([("copy.yaml", told.replace(f"key: {community.key}", "key: copy").encode())])
    other, _founded = community_of(copy)
    with community_scope(other):
        actor = house_actor(other.pk)
        plan, _wrong = plan_of(actor, copy.wanted)
        assert carry_out(begin_revision(actor, plan).pk, lambda done, total: None)["refused"] == 0
        assert plan_of(actor, copy.wanted)[0].changes == ()
        assert Group.objects.count() == len(again.wanted["groups"].objects)

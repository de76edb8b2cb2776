"""A process that splits or merges groups, or takes that back, is killed at each of its steps; another one goes on."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from hearth.core.models import Fact
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.core.tests.other_process import database_url
from hearth.groups.models import Group, Membership, Regrouping, Waiting
from hearth.groups.queries.lists import is_closed
from hearth.groups.services import (
    admit_member,
    begin_regrouping,
    carry_out,
    found_community,
    open_group,
    plan_merge,
    plan_split,
    take_back,
    wait_for_place,
)
from hearth.groups.services.splitting import open_part
from hearth.people.models import Member
from hearth.people.services import import_identities
from hearth.people.types import ImportedIdentity

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough]

GOING, WAITING = 4, 2


class Story:
    """A group of eight with an owner, of which four go; and a sister of four who all come, with two in line."""

    def __init__(self):
        self.community = found_community("stlucas", "St Lucas", "en", "UTC")
        with community_scope(self.community):
            self.house = house_actor(self.community.pk)
            names = [ImportedIdentity(str(n), f"n{n}") for n in range(12 + WAITING)]
            made = import_identities(self.community, "x", names)
            people = list(Member.objects.filter(identities__in=made.values()).order_by("pk"))
            self.group = self.opened("Full", people[:8])
            self.sister = self.opened("Sister", people[8:12])
            for one in people[12:]:
                wait_for_place(self.house, self.sister, one, how="open_door")
            self.line = self.standing()
            self.before = self.places()

    def opened(self, name, people):
        group = open_group(self.house, name=name, capacity=20, owner=people[0])
        for member in people[1:]:
            admit_member(self.house, group, member, how="staff")
        return group

    def places(self):
        return sorted(Membership.objects.filter(left_at=None).values_list("group", "member"))

    def standing(self):
        return sorted(Waiting.objects.filter(ended_at=None).values_list("group", "member", "since"))

    def moved(self, name="groups.member_moved"):
        told = Fact.objects.filter(community_id=self.community.pk, name=name)
        return [data["member"] for data in told.values_list("data", flat=True)]

    def begun(self, kind):
        if kind == "split":
            return begin_regrouping(self.house, plan_split(self.house, self.group))
        return begin_regrouping(self.house, plan_merge(self.house, self.group, [self.sister.pk]))

    def counted(self):
        """Every group's count is the number of its members, and no group holds more than its capacity."""
        for group in Group.objects.all():
            assert group.member_count == Membership.objects.filter(group=group, left_at=None).count() <= 20


def killed(row, step, *how):
    env = {**os.environ, "DATABASE_URL": database_url(), "HEARTH_HOME": str(settings.HEARTH_HOME)}
    env["DJANGO_SETTINGS_MODULE"] = "hearth.project.settings"
    command = [sys.executable, "-m", "hearth.groups.tests.regrouping_process", str(row.pk), str(step), *how]
    assert subprocess.run(command, env=env, timeout=120, check=False).returncode == -9


def go_on(row):
    return carry_out(row.pk, lambda done, total: None)


@pytest.mark.parametrize("step", range(1, GOING + 2))  # the group is opened, four go
def test_a_split_goes_on_with_everybody_moved_once(step):
    story = Story()
    with community_scope(story.community):
        row = story.begun("split")
        killed(row, step)
        assert go_on(row) == {"moved": GOING, "refused": 0}
        made = Group.objects.get(lineage="split")
        assert sorted(set(story.moved())) == sorted(story.moved())
        assert made.member_count == GOING + 1  # and the owner, who stays in the other as well
        assert Group.objects.get(pk=story.group.pk).member_count == 8 - GOING
        story.counted()


@pytest.mark.parametrize("step", range(1, GOING + WAITING + 2))  # four come, two in line, the sister is closed
def test_a_merge_goes_on_with_everybody_moved_once(step):
    story = Story()
    with community_scope(story.community):
        row = story.begun("merge")
        killed(row, step)
        assert go_on(row) == {"moved": GOING, "refused": 0}
        assert sorted(set(story.moved())) == sorted(story.moved())
        assert Group.objects.get(pk=story.group.pk).member_count == 8 + GOING
        assert is_closed(story.sister.pk)
        assert story.standing() == [(story.group.pk, member, since) for _group, member, since in story.line]
        assert sorted(story.moved("groups.line_moved")) == [member for _group, member, _since in story.line]
        story.counted()


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        *(("split", step) for step in range(1, GOING + 2)),
        *(("merge", step) for step in range(1, GOING + WAITING + 2)),
    ],
)
def test_the_way_back_goes_on_until_everybody_is_where_they_were(kind, step):
    story = Story()
    with community_scope(story.community):
        row = story.begun(kind)
        go_on(row)
        take_back(story.house, row)
        killed(row, step)
        go_on(row)
        assert Regrouping.objects.get(pk=row.pk).undone_at is not None
        here = [place for place in story.places() if place[0] in {story.group.pk, story.sister.pk}]
        assert here == story.before
        assert story.standing() == story.line
        assert len(story.moved()) == 2 * GOING
        assert len(story.moved("groups.line_moved")) == (2 * WAITING if kind == "merge" else 0)
        story.counted()


def test_negative_control_a_record_apart_from_its_move_lies():
    story = Story()
    with community_scope(story.community):
        row = story.begun("split")
        open_part(story.house, row, row.parts.get(number=1))
        killed(row, 2, "careless")
        assert go_on(row) == {"moved": 3, "refused": 1}  # who had gone already is found in the group no more

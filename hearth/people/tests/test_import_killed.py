"""A process that brings a table in is killed within a portion, and another one goes on; so for the way back."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from hearth.core.models import Fact
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.core.tests.other_process import database_url
from hearth.groups.models import Group, Membership
from hearth.groups.services import found_community, open_group
from hearth.people.models import Contact, Member, MemberTag, Person, RosterLine
from hearth.people.services.roster_back import take_lines_back
from hearth.people.services.roster_lines import PORTION, bring_lines_in
from hearth.people.services.rosters import keep_roster, look_again, try_roster
from hearth.people.tests.importing_process import WAY_BACK, WAY_IN

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough]

PEOPLE = 2 * PORTION + 5


def quiet(_done: int, _total: int) -> None:
    """Nobody looks."""


def killed(community: int, roster: int, step: int, *how: str) -> None:
    env = {**os.environ, "DATABASE_URL": database_url(), "HEARTH_HOME": str(settings.HEARTH_HOME)}
    env["DJANGO_SETTINGS_MODULE"] = "hearth.project.settings"
    command = [sys.executable, "-m", "hearth.people.tests.importing_process"]
    told = [str(community), str(roster), str(step), *how]
    assert subprocess.run([*command, *told], env=env, timeout=120, check=False).returncode == -9


def counted() -> tuple[int, int, int, int, int, int]:
    inside = Membership.objects.filter(left_at=None).count()
    return (
        Member.objects.count(),
        Person.objects.count(),
        Contact.objects.count(),
        MemberTag.objects.count(),
        inside,
        Group.objects.get().member_count,
    )


def facts_told(community: int, name: str) -> int:
    return Fact.objects.filter(community_id=community, name=name).count()


@pytest.fixture
def table(own_home):
    """A table that was looked through, of people who shall come into a group: with addresses, or names alone."""

    def made(*, addresses: bool):
        community = found_community("stlucas", "St Lucas")
        with community_scope(community):
            house = house_actor(community.pk)
            group = open_group(house, name="Cardiology")
            lines = "".join(f"Person {n},{f'p{n}@h.example' if addresses else ''},speaker\n" for n in range(PEOPLE))
            roster = keep_roster(house, SimpleUploadedFile("people.csv", f"name,email,tags\n{lines}".encode()))
            try_roster(roster.pk, quiet)
            roster.trial.delete()
            roster.refresh_from_db()
            look_again(house, roster, places=roster.places, kind="guest", group=group.pk)
            try_roster(roster.pk, quiet)
        return community, house, roster

    return made


@pytest.mark.parametrize("step", range(1, 3 * WAY_IN + 1))
def test_everybody_is_brought_in_once_and_taken_back_once(table, step: int) -> None:
    community, house, roster = table(addresses=step % 2 == 0)
    with community_scope(community):
        killed(community.pk, roster.pk, step)
        whole = min((step - 1) // WAY_IN * PORTION, PEOPLE)  # the portion it died in left nothing
        assert RosterLine.objects.filter(done_at__isnull=False).count() == whole
        assert (counted()[0], *counted()[3:]) == (whole,) * 4
        assert facts_told(community.pk, "people.member_joined") == whole
        assert bring_lines_in(house, roster.pk, quiet) == {"made": PEOPLE, "admitted": PEOPLE, "outside": 0}
        contacts = PEOPLE if step % 2 == 0 else 0
        assert counted() == (PEOPLE, PEOPLE, contacts, PEOPLE, PEOPLE, PEOPLE)
        for name in ("people.member_joined", "people.tag_added", "groups.member_admitted"):
            assert facts_told(community.pk, name) == PEOPLE

        back = (step - 1) % (3 * WAY_BACK) + 1
        killed(community.pk, roster.pk, back, "back")
        left = PEOPLE - (back - 1) // WAY_BACK * PORTION
        assert (counted()[0], *counted()[3:]) == (left,) * 4
        take_lines_back(house, roster.pk, quiet)
        assert counted() == (0,) * 6
        assert facts_told(community.pk, "groups.member_left") == PEOPLE


@pytest.mark.parametrize(("how", "members"), [("late", PEOPLE + PORTION), ("early", PEOPLE - PORTION)])
def test_negative_control_a_mark_apart_from_its_work_doubles_or_loses(table, how: str, members: int) -> None:
    community, house, roster = table(addresses=False)
    with community_scope(community):
        killed(community.pk, roster.pk, 0, how)
        bring_lines_in(house, roster.pk, quiet)
        assert Member.objects.count() == members

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
from hearth.people.models import Contact, Member, Person, RosterLine
from hearth.people.services.roster_lines import PORTION, bring_lines_in, take_lines_back
from hearth.people.services.rosters import keep_roster, look_again, try_roster

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough]

PEOPLE = 2 * PORTION + 5


def quiet(_done: int, _total: int) -> None:
    """Nobody looks."""


def killed(community: int, roster: int, person: int, *how: str) -> None:
    env = {**os.environ, "DATABASE_URL": database_url(), "HEARTH_HOME": str(settings.HEARTH_HOME)}
    command = [sys.executable, "-m", "hearth.people.tests.importing_process"]
    told = [str(community), str(roster), str(person), *how]
    assert subprocess.run([*command, *told], env=env, timeout=120, check=False).returncode == -9


def counted() -> tuple[int, int, int, int, int]:
    inside = Membership.objects.filter(left_at=None).count()
    return (
        Member.objects.count(),
        Person.objects.count(),
        Contact.objects.count(),
        inside,
        Group.objects.get().member_count,
    )


@pytest.mark.parametrize("person", [1, PORTION, PORTION + 3, PEOPLE])
def test_everybody_is_brought_in_once_and_taken_back_once(own_home, person: int) -> None:
    community = found_community("stlucas", "St Lucas")
    with community_scope(community):
        house = house_actor(community.pk)
        group = open_group(house, name="Cardiology")
        table = "name,email\n" + "".join(f"Person {n},p{n}@h.example\n" for n in range(PEOPLE))
        roster = keep_roster(house, SimpleUploadedFile("people.csv", table.encode()))
        try_roster(roster.pk, quiet)
        roster.trial.delete()
        roster.refresh_from_db()
        look_again(house, roster, places=roster.places, kind="guest", group=group.pk)
        try_roster(roster.pk, quiet)

        killed(community.pk, roster.pk, person)
        whole = (person - 1) // PORTION * PORTION  # the portion it died in left nothing
        assert RosterLine.objects.filter(done_at__isnull=False).count() == whole
        assert counted() == (whole,) * 5
        assert bring_lines_in(house, roster.pk, quiet) == {"made": PEOPLE, "admitted": PEOPLE, "outside": 0}
        assert counted() == (PEOPLE,) * 5
        assert Fact.objects.filter(community_id=community.pk, name="groups.member_admitted").count() == PEOPLE

        killed(community.pk, roster.pk, person, "back")
        assert counted() == (PEOPLE - whole,) * 5
        take_lines_back(house, roster.pk, quiet)
        assert counted() == (0,) * 5

"""What a person types to copy a whole community, and what stands then."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from typer.testing import CliRunner

from hearth.blueprint.models import CopyBatch
from hearth.blueprint.queries import history
from hearth.blueprint.queries.community_copies import origin_of_community
from hearth.blueprint.queries.community_drifting import drift_of_communities
from hearth.blueprint.queries.history import said_of
from hearth.cli.main import app
from hearth.core.models import Community, Fact, User
from hearth.core.permissions import StaffRole, house_actor
from hearth.core.tenancy import across_communities, community_scope
from hearth.core.tests.other_process import database_url
from hearth.groups.models import Group, GroupClosure, Norms
from hearth.groups.queries import staff_list
from hearth.groups.queries.charter import charter_of
from hearth.groups.services import (
    change_charter,
    change_group,
    close_group,
    found_community,
    make_staff,
    open_group,
    set_duty,
)
from hearth.people.services import join_community

TABLE = "key,city,admin\nlake,Lakeside,ada@lake.example\nhill,Hillside,\nmoor,Moorside,\n"


@pytest.fixture
def river() -> Community:
    made = found_community("river", "Riverside of {city}", "en", "UTC", purpose="To get well in {city}")
    with community_scope(made):
        house = house_actor(made.pk)
        open_group(house, key="ward", name="Ward {city}", norms="Be kind.", capacity=30)
        set_duty(house, "night", name="Night duty")
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "towns.csv"
    path.write_text(TABLE)
    return path


def run(*words: object, answer: str = ""):
    return CliRunner().invoke(app, [str(word) for word in words], input=answer)


def stands(key: str) -> tuple[str, str, dict[str, int | None]]:
    """Name, purpose and groups with their capacity."""
    found = Community.objects.get(key=key)
    with community_scope(found):
        groups = {row.name["en"]: row.capacity for row in Group.objects.all()}
        return found.name["en"], charter_of().purpose.get("en", ""), groups


@pytest.mark.django_db
def test_the_first_is_founded_and_filled_and_the_others_only_when_told(river, file):
    done = run("community", "copy", "river", "--to", file, answer="y\nn\n")
    assert done.exit_code == 2
    assert "+ groups ward" in done.output
    assert "Batch 1: 1 of 3 made." in done.output
    assert stands("lake") == ("Riverside of Lakeside", "To get well in Lakeside", {"Ward Lakeside": 30})
    assert sorted(Community.objects.values_list("key", flat=True)) == ["lake", "river"]
    lake = Community.objects.get(key="lake")
    assert (origin_of_community(lake).key, origin_of_community(river)) == ("river", None)
    with community_scope(lake):
        assert [role for _member, role in staff_list()] == [StaffRole.ADMIN]
        change_group(house_actor(lake.pk), Group.objects.get(), capacity=40)
    again = run("community", "copy", "river", "--to", file, answer="y\n")  # the same command goes on
    assert (again.exit_code, "hearth found hill --admin ADDRESS" in again.output) == (0, True)
    assert stands("hill") == ("Riverside of Hillside", "To get well in Hillside", {"Ward Hillside": 30})
    assert stands("lake")[2] == {"Ward Lakeside": 40}  # what was made before is left alone
    assert CopyBatch._base_manager.count() == 1


@pytest.mark.django_db
def test_mistakes_found_nothing(river, file):
    file.write_text("key,city,admin\nriver,x,\nlake,,nobody\n" + f"{'l' * 41},x,\n")
    told = json.loads(run("community", "copy", "river", "--to", file, "--yes", "--json").stdout)
    assert told["problems"] == [
        "towns.csv:3:1: `admin`: Name a person by the e-mail address with which they sign in.",
        f"towns.csv:4:1: `{'l' * 41}` cannot be a key; use small letters, digits and hyphens, at most 40.",
    ]
    file.write_text("key,city\nriver,x\nlake,\n")
    told = json.loads(run("community", "copy", "river", "--to", file, "--yes", "--json").stdout)
    assert told["problems"] == [
        "towns.csv:2:1: There is a community `river` already; take another key.",
        "towns.csv:3:1: `city` is empty in this line.",
    ]
    assert run("community", "copy", "nowhere", "--to", file).exit_code == 1
    assert Community.objects.count() == 1


@pytest.mark.django_db
def test_machines_ask_first_and_fields_are_said_otherwise(river, file):
    asked = run("community", "copy", "river", "--to", file, "--json")
    assert (asked.exit_code, json.loads(asked.stdout)["would_make"]) == (2, ["lake", "hill", "moor"])
    done = run("community", "copy", "river", "--to", file, "--set", "name={city}", "--yes", "--json")
    assert (done.exit_code, json.loads(done.stdout)["batch"]) == (0, 1)
    assert json.loads(done.stdout) == {"batch": 1, "state": "done", "made": 3, "left": 0, "refused": []}
    assert stands("moor")[0] == "Moorside"


@pytest.mark.django_db
def test_a_group_without_norms_is_copied_without(river, file):
    with community_scope(river):
        open_group(house_actor(river.pk), key="hall", name="Hall {city}")
    done = run("community", "copy", "river", "--to", file, "--yes", "--json")
    assert (done.exit_code, json.loads(done.stdout)["made"]) == (0, 3)
    assert stands("moor")[2] == {"Ward Moorside": 30, "Hall Moorside": None}
    with community_scope(Community.objects.get(key="moor")):
        assert list(Norms.objects.values_list("group__key", flat=True)) == ["ward"]
    with community_scope(river):
        assert [one.differences for one in drift_of_communities(house_actor(river.pk))] == [(), (), ()]


@pytest.mark.django_db
def test_whoever_the_table_names_to_run_a_copy_is_no_stranger_there(river, file):
    with community_scope(river):
        ada = join_community(User.objects.create_user("ada@lake.example"), river, kind="staff", display_name="Ada")
        bo = join_community(User.objects.create_user("bo@lake.example"), river, kind="staff", display_name="Bo")
        for one in (ada, bo):
            make_staff(house_actor(river.pk), one, StaffRole.ADMIN)
    asked = run("community", "copy", "river", "--to", file, answer="n\n")
    assert "bo@lake.example is no member of this community yet" in " ".join(asked.output.split())
    assert "ada@lake.example is no member" not in " ".join(asked.output.split())


@pytest.mark.django_db
def test_copied_communities_are_reported_and_brought_up_to_date_again_and_again(river, file):
    run("community", "copy", "river", "--to", file, "--yes")
    assert run("copies", "report", "--community", "river").exit_code == 0
    moor = Community.objects.get(key="moor")
    with community_scope(moor):
        change_group(house_actor(moor.pk), Group.objects.get(), capacity=9)
    with community_scope(river):
        house = house_actor(river.pk)
        change_group(house, Group.objects.get(), capacity=40, theme="hearts")
        open_group(house, key="hall", name="Hall {city}", norms="Be kind.")
        change_charter(house, purpose="To stay well in {city}")
    told = run("copies", "report", "--community", "river")
    assert told.exit_code == 2
    assert "hill: 4 differs\n    charter purpose: changed in the original since" in told.output
    asked = run("copies", "update", "--community", "river", "--json")
    updates = json.loads(asked.stdout)["updates"]
    assert (asked.exit_code, [(one["community"], len(one["changes"])) for one in updates]) == (
        2, [("hill", 3), ("lake", 3), ("moor", 3)],
    )  # fmt: skip
    shown = run("copies", "update", "--community", "river", "--only", "lake", answer="y\n")
    assert (shown.exit_code, "+ groups hall" in shown.output, "hill" in shown.output) == (0, True, False)
    assert stands("lake")[1:] == ("To stay well in Lakeside", {"Ward Lakeside": 40, "Hall Lakeside": None})
    with community_scope(river):
        change_charter(house, purpose="To be well in {city}")
        close_group(house, Group.objects.get(key="hall"))
    assert run("copies", "update", "--community", "river", "--yes").exit_code == 0
    for key, capacity in (("lake", 40), ("hill", 40), ("moor", 9)):
        name, purpose, groups = stands(key)
        town = name.removeprefix("Riverside of ")
        assert (purpose, groups[f"Ward {town}"]) == (f"To be well in {town}", capacity)
        with community_scope(there := Community.objects.get(key=key)):
            assert Group.objects.get(key="ward").theme == "hearts"
            shut = GroupClosure.objects.filter(reopened_at=None).values_list("group__key", flat=True)
            assert list(shut) == (["hall"] if key == "lake" else [])
            assert said_of(history(house_actor(there.pk), 9)[0]) == "Copies of river"
    told = run("copies", "report", "--community", "river", "--json")
    differences = {one["key"]: one["differences"] for one in json.loads(told.stdout)["copies"]}
    assert {key: [(one["field"], one["side"]) for one in found] for key, found in differences.items()} == {
        "hill": [], "lake": [], "moor": [("ward · capacity", "both")],
    }  # fmt: skip
    assert run("copies", "update", "--community", "river").output == "No copy is behind.\n"
    assert run("copies", "report", "--community", "moor").output == "moor was never copied.\n"


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_a_copy_killed_half_way_goes_on_and_founds_nothing_twice(river, file):
    code = (
        "import os, signal, sys\n"
        "from importlib import import_module\n"
        "import_module('django').setup()\n"
        "from dataclasses import replace\n"
        "from hearth.core.sections import sections\n"
        "before = sections['groups'].write\n"
        "seen = []\n"
        "def write(actor, change):\n"
        "    before(actor, change); seen.append(1)\n"
        "    if len(seen) == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "sections._items['groups'] = replace(sections['groups'], write=write)\n"
        "from hearth.cli.main import app\n"
        f"app(['community', 'copy', 'river', '--to', {str(file)!r}, '--yes'])\n"
    )
    env = {**os.environ, "DATABASE_URL": database_url(), "HEARTH_HOME": str(settings.HEARTH_HOME)}
    env["DJANGO_SETTINGS_MODULE"] = "hearth.project.settings"
    killed = subprocess.run([sys.executable, "-c", code], env=env, timeout=120, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert sorted(Community.objects.values_list("key", flat=True)) == ["hill", "lake", "river"]
    again = run("community", "copy", "river", "--to", file, "--yes")
    assert again.exit_code == 0, again.output
    for key in ("lake", "hill", "moor"):
        assert len(stands(key)[2]) == 1
    with across_communities("one ward in each, founded once"):
        assert Fact.objects.filter(name="groups.group_opened").count() == 4
        assert Fact.objects.filter(name="groups.community_founded").count() == 4

"""What a person types to describe a community, and with which code it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.blueprint.models import Revision
from hearth.blueprint.queries import plan_of, read_blueprint
from hearth.blueprint.services import begin_revision
from hearth.cli.main import app
from hearth.core.models import Community, Job
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.models import Group
from hearth.groups.services import change_group
from hearth.insight.queries.goals import open_goal

pytestmark = pytest.mark.django_db

LAKE = """\
hearth: 1
community: {key: lake, name: Lakeside}
groups:
  ward: {name: Ward, capacity: 30}   # small on purpose
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lake.yaml"
    path.write_text(LAKE)
    return path


def run(*words: object, answer: str = ""):
    return CliRunner().invoke(app, [str(word) for word in words], input=answer)


def ward() -> Group:
    with community_scope(Community.objects.get(key="lake")):
        return Group.objects.get(key="ward")


def by_hand(**changes: object) -> None:
    with community_scope(Community.objects.get(key="lake")):
        change_group(house_actor(Community.objects.get(key="lake").pk), Group.objects.get(key="ward"), **changes)


def test_a_plan_ends_with_two_when_there_is_something_to_do_and_with_nothing_when_not(file: Path):
    planned = run("plan", file)
    assert (planned.exit_code, "+ groups ward" in planned.output) == (2, True)
    assert "Plan: the community is founded, then 1 to create, 0 to change, 0 to remove." in planned.output
    assert json.loads(run("plan", file, "--json").stdout)["founds"]
    assert not Community.objects.exists()
    applied = run("apply", file, "--yes")
    assert "Revision 1: 1 of 1 changes done." in applied.output
    assert (applied.exit_code, "hearth found lake --admin ADDRESS" in applied.output) == (0, True)
    assert ward().capacity == 30
    planned = run("plan", file)
    assert (planned.exit_code, planned.output) == (0, "Everything stands as it is described.\n")


def test_a_slip_in_a_metric_is_a_mistake_and_takes_nothing_away(file: Path):
    file.write_text(f"{LAKE}goals:\n  keep_others: true\n  wau: {{value: 3}}\n")
    assert run("apply", file, "--yes").exit_code == 0
    file.write_text(file.read_text().replace("wau", "wua"))
    for asked in (("plan", file), ("apply", file, "--yes")):
        told = run(*asked)
        assert told.exit_code == 1
        assert f"{file.name}:7:3: There is no metric `wua`; did you mean `wau`?" in told.output
    with community_scope(Community.objects.get(key="lake")):
        assert open_goal("wau", 0) is not None


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("plan", "missing.yaml"), "'missing.yaml' does not exist"),
        (("plan",), "Missing argument"),
        (("plan", "--jsn"), "No such option"),
        (("pla",), "No such command 'pla'"),
        (("community", "copy", "lake", "--to", "missing.csv"), "'missing.csv' does not exist"),
        (("copies", "go-on", "three"), "Invalid value for"),
    ],
)
def test_words_that_cannot_be_read_end_with_one_for_two_says_that_there_is_something_to_do(words, why):
    told = run(*words)
    assert (told.exit_code, told.stdout) == (1, "")
    assert why in told.stderr.replace("\n", " ")


def test_a_plan_counts_what_applying_counts(tmp_path: Path):
    file = tmp_path / "lake.yaml"
    file.write_text(LAKE + "charter: {purpose: To get well}\nsettings: {}\nduties: {night: {name: Night}}\n")
    assert "Plan: the community is founded, then 2 to create, 1 to change, 0 to remove." in run("plan", file).output
    assert "Revision 1: 3 of 3 changes done." in run("apply", file, "--yes").output


def test_a_house_that_is_not_made_yet_is_a_mistake_and_no_plan(file: Path, tmp_path: Path):
    told = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    told |= {"HEARTH_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "hearth.project.settings"}
    command = [sys.executable, "-m", "hearth.cli.main", "plan", str(file)]
    planned = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    assert (planned.returncode, planned.stdout) == (1, "")
    assert "Run first: hearth migrate" in planned.stderr


def test_a_plan_for_machines_says_the_same(file: Path):
    run("apply", file, "--yes")
    file.write_text(LAKE.replace("30", "40"))
    told = run("plan", file, "--json")
    assert told.exit_code == 2
    assert json.loads(told.stdout)["changes"] == [
        {
            "kind": "change", "section": "groups", "key": "ward", "before": {"capacity": 30}, "after": {"capacity": 40},
            "consequences": [], "refused": "",
        }
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_mistakes_are_told_with_their_place_and_change_nothing(file: Path, command: str):
    file.write_text(LAKE.replace("capacity", "capcity"))
    done = run(command, file, *(["--yes"] if command == "apply" else []))
    assert done.exit_code == 1
    assert "lake.yaml:4:22: Unknown key `capcity`; did you mean `capacity`?" in done.output
    assert not Community.objects.exists()


def test_what_points_nowhere_or_is_not_whole_founds_nothing(file: Path):
    file.write_text(LAKE + "  other: {place: moon}\n")
    done = run("apply", file, "--yes")
    assert done.exit_code == 1
    assert "lake.yaml:5:11: There is no `moon` under `places`" in done.output
    assert "lake.yaml:5:3: `other` is new, so it needs `name`." in done.output
    assert not Community.objects.exists()


def test_nothing_is_applied_unless_somebody_says_yes(file: Path):
    assert run("apply", file, answer="n\n").exit_code == 1
    assert not Community.objects.exists()
    assert run("apply", file, answer="y\n").exit_code == 0
    assert ward().capacity == 30


def test_a_folder_is_one_blueprint(tmp_path: Path):
    (tmp_path / "a.yaml").write_text("hearth: 1\ncommunity: {key: lake}\n")
    (tmp_path / "groups").mkdir()
    (tmp_path / "groups" / "b.yml").write_text("groups:\n  ward: {name: Ward, capacity: 9}\n")
    assert run("apply", tmp_path, "--yes").exit_code == 0
    assert ward().capacity == 9
    by_hand(capacity=11)
    assert run("drift", "lake").exit_code == 2


def test_an_export_onto_a_file_keeps_its_comments(file: Path):
    run("apply", file, "--yes")
    by_hand(capacity=50)
    assert run("export", "lake", "-o", file).exit_code == 0
    assert file.read_text() == LAKE.replace("30", "50")
    assert "capacity: 50" in run("export", "lake").output
    assert run("plan", file).exit_code == 0


def test_an_export_spoils_no_file_that_is_no_blueprint(file: Path):
    run("apply", file, "--yes")
    file.write_text("dear diary\n")
    assert run("export", "lake", "-o", file).exit_code == 1
    assert file.read_text() == "dear diary\n"


def test_drift_history_and_the_way_back(file: Path):
    assert run("drift", "lake").exit_code == 1
    run("apply", file, "--yes")
    assert run("drift", "lake").exit_code == 0
    by_hand(capacity=50)
    drifted = run("drift", "lake")
    assert (drifted.exit_code, "capacity: 30 → 50" in drifted.output) == (2, True)
    file.write_text(LAKE.replace("30", "60"))
    run("apply", file, "--yes")
    assert run("community", "roll-back", "lake", "--yes").exit_code == 0
    assert ward().capacity == 50
    told = run("community", "history", "lake").output.splitlines()
    assert [line.split()[0] for line in told] == ["3", "2", "1"]
    assert told[0].endswith("Roll-back to before revision 2")
    assert [line.split()[3] for line in told] == ["applied", "undone", "applied"]


def test_communities_are_listed(file: Path):
    run("apply", file, "--yes")
    assert run("community", "list", "--quiet").output == "lake\n"
    assert "Lakeside" in run("community", "list").output


def test_what_was_interrupted_is_carried_out_first(file: Path):
    run("apply", file, "--yes")
    community = Community.objects.get(key="lake")
    with community_scope(community):
        actor = house_actor(community.pk)
        description, _wrong = read_blueprint([("x", b"hearth: 1\ngroups:\n  keep_others: true\n  new: {name: New}\n")])
        row = begin_revision(actor, plan_of(actor, description.wanted)[0])
    gone = "elsewhere/1/dead"
    Job.objects.filter(pk=row.job_id).update(state="running", worker=gone, lease_until=community.created_at)
    done = run("apply", file, "--yes")
    assert (done.exit_code, "Revision 2 was interrupted; carrying it out first." in done.output) == (0, True)
    with community_scope(community):
        assert Revision.objects.get(number=2).ended_at is not None
        assert Group.objects.filter(key="new").exists()

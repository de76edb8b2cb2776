"""A community as a folder of files, as those keep it who have it in git."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.cli.main import app
from hearth.core.community_settings import change_setting
from hearth.core.models import Community
from hearth.core.permissions import Actor, house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.models import Group
from hearth.groups.services import (
    add_place,
    change_charter,
    change_group,
    close_group,
    found_community,
    open_group,
    set_duty,
)
from hearth.insight.services.goals import set_goal
from hearth.insight.types import Bound

pytestmark = pytest.mark.django_db


@pytest.fixture
def lake() -> Actor:
    """The house in a community with two groups, a goal on one of them, a place and a duty."""
    made = found_community("lake", "Lakeside", "en", "UTC", purpose="To get well")
    house = house_actor(made.pk)
    with community_scope(made):
        place = add_place(house, kind="site", name="The pier", key="pier")
        ward = open_group(house, key="ward", name="Ward", norms="Be kind.\nNo adverts.", place=place, capacity=30)
        open_group(house, key="hall", name="Hall", norms="Be kind.")
        set_goal(house, "organic_share", ward, bound=Bound.AT_LEAST, value=0.5)
        set_duty(house, "night", name="Night")
        change_setting(house, "conversation.answer_hours", 36)
    return house


def run(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def texts(folder: Path) -> dict[str, str]:
    return {one.relative_to(folder).as_posix(): one.read_text() for one in sorted(folder.rglob("*")) if one.is_file()}


def exported(folder: Path) -> list[str]:
    done = run("export", "lake", "-o", f"{folder}/")
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def by_hand(house: Actor, act) -> None:
    with community_scope(Community.objects.get(pk=house.community_id)):
        act(house)


def group(key: str) -> Group:
    return Group.objects.get(key=key)


def test_a_folder_has_a_file_for_each_group_and_applied_to_nothing_is_the_same_community(lake, tmp_path: Path):
    folder = tmp_path / "code"
    assert sorted(exported(folder)) == [
        "+ community.yaml", "+ duties.yaml", "+ groups/hall.yaml", "+ groups/ward.yaml", "+ places.yaml",
    ]  # fmt: skip
    files = texts(folder)
    assert files["groups/ward.yaml"] == (
        "hearth: 1\n\ngroups:\n  ward:\n    name: Ward\n    capacity: 30\n"
        "    norms: |\n      Be kind.\n      No adverts.\n    place: pier\n"
        "\ngoals:\n  organic_share@ward:\n    value: 0.5\n"
    )
    assert [line for line in files["community.yaml"].splitlines() if line.endswith(":")] == [
        "community:", "charter:", "settings:",
    ]  # fmt: skip
    assert run("plan", folder).exit_code == 0
    community = folder / "community.yaml"
    community.write_text(community.read_text().replace("key: lake", "key: copy"))
    assert run("apply", folder, "--yes").exit_code == 0
    assert run("plan", folder).exit_code == 0
    other = tmp_path / "other"
    assert run("export", "copy", "-o", f"{other}/").exit_code == 0
    assert texts(other) == texts(folder)


def test_exported_again_an_unchanged_community_changes_no_letter_not_even_of_files_arranged_by_hand(lake, tmp_path):
    exported(tmp_path)
    hall = tmp_path / "groups" / "hall.yaml"
    hall.write_bytes(b"groups:\r\n    hall:   {norms: 'Be kind.',   name: \"Hall\"}   # by hand\r\n")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert exported(tmp_path) == ["Everything stands there as it is."]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert hall.read_bytes().count(b"\r\n") == 2


def test_only_the_file_that_says_something_else_is_written_and_keeps_its_comments(lake, tmp_path: Path):
    exported(tmp_path)
    ward = tmp_path / "groups" / "ward.yaml"
    ward.write_text("# The oldest ward.\r\n" + ward.read_text().replace("capacity: 30", "capacity: 30   # beds"))
    ward.write_bytes(ward.read_text().replace("\n", "\r\n").encode())
    before = texts(tmp_path)
    by_hand(lake, lambda house: change_group(house, group("ward"), capacity=40))
    assert exported(tmp_path) == ["~ groups/ward.yaml"]
    assert texts(tmp_path) == before | {"groups/ward.yaml": before["groups/ward.yaml"].replace("30   #", "40   #")}
    assert ward.read_bytes().count(b"\r\n") == ward.read_bytes().count(b"\n")


def test_each_field_goes_back_to_the_file_that_says_it(lake, tmp_path: Path):
    exported(tmp_path)
    aims, whole = tmp_path / "aims.yaml", tmp_path / "community.yaml"
    whole.write_text(whole.read_text().replace("purpose: To get well", "audience: All"))
    aims.write_text("charter:\n  purpose: To get well  # as we agreed\n")
    by_hand(lake, lambda house: change_charter(house, purpose="To be well", audience="Some"))
    assert exported(tmp_path) == ["~ aims.yaml", "~ community.yaml"]
    assert aims.read_text() == "charter:\n  purpose: To be well   # as we agreed\n"
    assert "purpose" not in whole.read_text()
    assert "audience: Some" in whole.read_text()
    assert run("plan", tmp_path).exit_code == 0


def test_a_new_group_gets_a_file_and_the_file_of_one_that_ended_goes_and_is_told(lake, tmp_path: Path):
    exported(tmp_path)
    by_hand(lake, lambda house: (close_group(house, group("ward")), open_group(house, key="new", name="New")))
    (tmp_path / "groups" / "notes.txt").write_text("ours")
    told = exported(tmp_path)
    assert told == ["~ community.yaml", "+ groups/new.yaml", "- groups/ward.yaml: what it described has ended"]
    assert texts(tmp_path)["community.yaml"].endswith("\n\ngoals: {}\n")  # none any more, and that is said
    assert [name for name in texts(tmp_path) if name.startswith("groups")] == [
        "groups/hall.yaml", "groups/new.yaml", "groups/notes.txt",
    ]  # fmt: skip
    assert run("plan", tmp_path).exit_code == 0


@pytest.mark.parametrize(("name", "comment"), [("groups/ward.yaml", "# Ask Bo before.\n"), ("mine.yaml", "")])
def test_a_file_with_comments_or_of_a_name_of_their_own_is_never_taken_away(lake, tmp_path: Path, name, comment):
    exported(tmp_path)
    ward = tmp_path / "groups" / "ward.yaml"
    ward.rename(tmp_path / name)
    (tmp_path / name).write_text(comment + (tmp_path / name).read_text())
    by_hand(lake, lambda house: close_group(house, group("ward")))
    said = "what it described has ended, and nothing but its comments or its name is left"
    assert exported(tmp_path) == ["~ community.yaml", f"~ {name}", f"! {name}: {said}"]
    assert (tmp_path / name).read_text() == comment + "hearth: 1\n"
    assert run("plan", tmp_path).exit_code == 0
    assert exported(tmp_path) == ["Everything stands there as it is."]


def test_where_the_last_group_ended_the_folder_still_says_that_there_is_none(lake, tmp_path: Path):
    exported(tmp_path)
    by_hand(lake, lambda house: [close_group(house, one) for one in Group.objects.all()])
    exported(tmp_path)
    assert "groups/hall.yaml" not in texts(tmp_path)
    assert "\ngroups: {}\n" in texts(tmp_path)["community.yaml"]
    by_hand(lake, lambda house: open_group(house, key="new", name="New"))
    assert run("plan", tmp_path).exit_code == 2
    assert exported(tmp_path) == ["+ groups/new.yaml"]
    assert run("plan", tmp_path).exit_code == 0


def test_what_no_file_names_is_left_out_and_told(lake, tmp_path: Path):
    exported(tmp_path)
    (tmp_path / "places.yaml").unlink()
    assert exported(tmp_path)[-1] == "! Named nowhere there, so left out: places. `places: {}` brings it in."
    (tmp_path / "places.yaml").write_text("places: {}\n")
    assert exported(tmp_path) == ["~ places.yaml"]
    assert "The pier" in (tmp_path / "places.yaml").read_text()


def test_mistakes_are_told_with_their_file_and_nothing_is_written(lake, tmp_path: Path):
    exported(tmp_path)
    (tmp_path / "groups" / "ward.yaml").write_text("groups:\n  ward: {capcity: 3}\n")
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "test.yml").write_text("on: push\n")  # hidden places are nobody's blueprint
    before = texts(tmp_path)
    by_hand(lake, lambda house: change_group(house, group("hall"), capacity=40))
    done = run("export", "lake", "-o", tmp_path)
    assert (done.exit_code, texts(tmp_path)) == (1, before)
    assert done.stderr == "groups/ward.yaml:2:10: Unknown key `capcity`; did you mean `capacity`?\n"


def test_a_file_for_comments_alone_keeps_them(lake, tmp_path: Path):
    exported(tmp_path)
    (tmp_path / "groups" / "new.yaml").write_text("# For the new one.\n")
    by_hand(lake, lambda house: open_group(house, key="new", name="New"))
    exported(tmp_path)
    assert (tmp_path / "groups" / "new.yaml").read_text().startswith("# For the new one.\n\ngroups:\n  new:\n")

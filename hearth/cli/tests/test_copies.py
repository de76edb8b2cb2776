"""What a person types to copy a group, and with which code it ends."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.blueprint.models import CopyBatch
from hearth.cli.main import app
from hearth.core.models import Community
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.models import Group, GroupClosure
from hearth.groups.services import change_group, close_group, found_community, open_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain() -> Community:
    made = found_community("chain", "The chain", "en", "UTC")
    with community_scope(made):
        open_group(house_actor(made.pk), key="shop", name="Fresh in {city}", norms="Be kind.", theme="{fruit}")
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shops.csv"
    path.write_text("key,city,fruit\nlyon,Lyon,figs\nnice,Nice,lemons\nlille,Lille,pears\n")
    return path


def run(*words: object, answer: str = ""):
    return CliRunner().invoke(app, [str(word) for word in words], input=answer)


def names(community: Community) -> dict[str, str]:
    with community_scope(community):
        return {row.key: row.name["en"] for row in Group.objects.exclude(key="shop")}


ALL = {"lyon": "Fresh in Lyon", "nice": "Fresh in Nice", "lille": "Fresh in Lille"}


def test_the_first_is_shown_and_made_and_the_others_only_when_told(chain, file):
    done = run("copy", "shop", "--to", file, answer="y\nn\n")
    assert done.exit_code == 2
    assert "+ groups lyon" in done.output
    assert "+ nice  Fresh in Nice" in done.output
    assert "Batch 1: 1 of 3 made." in done.output
    assert names(chain) == {"lyon": "Fresh in Lyon"}
    again = run("copy", "shop", "--to", file, answer="y\n")  # the same command goes on
    assert (again.exit_code, names(chain)) == (0, ALL)
    assert CopyBatch._base_manager.count() == 1


def test_nothing_is_made_where_somebody_says_no_or_only_asks(chain, file):
    assert run("copy", "shop", "--to", file, answer="n\n").exit_code == 1
    asked = run("copy", "shop", "--to", file, "--json")
    assert asked.exit_code == 2
    assert json.loads(asked.stdout) == {"would_make": ["lyon", "nice", "lille"], "changes": 3, "problems": []}
    assert names(chain) == {}


def test_fields_said_otherwise_and_all_without_asking(chain, file):
    done = run("copy", "shop", "--community", "chain", "--to", file, "--set", "name={city}: {fruit}", "--yes", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"batch": 1, "state": "done", "made": 3, "left": 0, "refused": []}
    assert names(chain)["nice"] == "Nice: lemons"


def test_mistakes_are_told_with_their_line_and_make_nothing(chain, file):
    file.write_text("key,citty,fruit\nlyon,Lyon,figs\n")
    done = run("copy", "shop", "--to", file, "--yes")
    assert (done.exit_code, done.stderr) == (1, "`{city}` in `name` is no column; did you mean `{citty}`?\n")
    file.write_text("key,city,fruit\nlyon,,figs\nshop,x,y\n")
    told = json.loads(run("copy", "shop", "--to", file, "--yes", "--json").stdout)
    assert told["problems"] == [
        "shops.csv:2:1: `city` is empty in this line.",
        "shops.csv:3:1: There is a group `shop` already; take another key.",
    ]
    assert run("copy", "nobody", "--to", file).exit_code == 1
    assert run("copy", "shop", "--to", file, "--community", "moon").exit_code == 1
    assert CopyBatch._base_manager.count() == 0


def test_what_is_refused_stops_the_others_until_it_is_left_out(chain, file):
    file.write_text("key,city,fruit,name_rule\nlyon,Lyon,figs,Mars\nnice,Nice,lemons,\n")
    done = run("copy", "shop", "--to", file, "--canary", 0, "--yes")
    assert (done.exit_code, names(chain)) == (1, {})
    assert "not made: lyon" in done.stderr
    assert run("copies", "go-on", 1, "--leave-out").exit_code == 0
    assert names(chain) == {"nice": "Fresh in Nice"}
    assert run("copies", "go-on", 1).exit_code == 1
    listed = run("copies", "list").output
    assert "done         1/2 made" in listed


def test_the_report_says_who_changed_what(chain, file):
    run("copy", "shop", "--to", file, "--yes")
    assert run("copies", "report", "shop").exit_code == 0
    with community_scope(chain):
        change_group(house_actor(chain.pk), Group.objects.get(key="lyon"), theme="plums")
    told = run("copies", "report", "shop")
    assert (told.exit_code, "lyon: 1 differs\n    groups theme: changed in the copy" in told.output) == (2, True)
    [lille, nice, lyon] = json.loads(run("copies", "report", "shop", "--json").stdout)["copies"]
    assert (lille["differences"], nice["differences"]) == ([], [])
    assert lyon["differences"] == [
        {"section": "groups", "field": "theme", "side": "here", "then": "figs", "original": "figs", "copy": "plums"}
    ]


def test_who_was_never_copied_or_is_not_there_is_told(chain, file):
    for asked in ("report", "update"):
        unknown = run("copies", asked, "shpo")
        assert (unknown.exit_code, unknown.stderr) == (1, "There is no group `shpo`; did you mean `shop`?\n")
        never = run("copies", asked, "shop")
        assert (never.exit_code, never.output) == (0, "shop was never copied.\n")
    run("copy", "shop", "--to", file, "--yes")
    run("copies", "roll-back", 1, "--yes")
    assert run("copies", "report", "shop").output == "No copy of shop stands.\n"


def test_a_batch_is_rolled_back_by_its_number(chain, file):
    run("copy", "shop", "--to", file, "--yes")
    done = run("copies", "roll-back", 1, answer="y\n")
    assert (done.exit_code, "Batch 1 is rolled back." in done.output) == (0, True)
    with community_scope(chain):
        closed = GroupClosure.objects.filter(reopened_at=None).values_list("group__key", flat=True)
        assert set(closed) == {"lyon", "nice", "lille"}
    history = run("community", "history", "chain").output.splitlines()
    told = ["Roll-back of the copies of Fresh in {city}, batch 1", "Copies of Fresh in {city}, batch 1"]
    assert [line[-len(words) :] for line, words in zip(history, told, strict=True)] == told
    assert "undone   3/3 made" in history[1]
    assert run("copies", "roll-back", 2, "--yes").exit_code == 1


def test_a_group_that_was_never_there_is_not_called_closed(chain, file):
    near, far = run("copy", "shp", "--to", file), run("copy", "zebra", "--to", file)
    assert (near.exit_code, far.exit_code) == (1, 1)
    assert "There is no group `shp`; did you mean `shop`?" in near.output
    assert "There is no group `zebra`." in far.output
    with community_scope(chain):
        close_group(house_actor(chain.pk), Group.objects.get(key="shop"))
    assert "This group is closed. Reopen it to copy it." in run("copy", "shop", "--to", file).output


def test_copies_are_brought_up_to_date_again_and_again_and_keep_what_is_their_own(chain, file):
    run("copy", "shop", "--to", file, "--yes")
    house = house_actor(chain.pk)
    assert run("copies", "update", "shop").output == "No copy is behind.\n"
    with community_scope(chain):
        change_group(house, Group.objects.get(key="lyon"), theme="plums")
        change_group(house, Group.objects.get(key="shop"), theme="{fruit} of {city}")
    asked = run("copies", "update", "shop", "--json")
    changed = [one["key"] for one in json.loads(asked.stdout)["updates"][0]["changes"]]
    assert (asked.exit_code, changed) == (2, ["lille", "nice"])
    assert run("copies", "update", "shop", answer="n\n").exit_code == 1
    assert run("copies", "update", "shop", "--only", "moon").exit_code == 1
    themes = {"lille": "pears", "lyon": "plums", "nice": "lemons"}
    assert told_themes(chain) == themes
    assert run("copies", "update", "shop", "--only", "nice", "--yes").exit_code == 0
    assert told_themes(chain) == themes | {"nice": "lemons of Nice"}
    with community_scope(chain):
        change_group(house, Group.objects.get(key="shop"), theme="{fruit}!")
    done = run("copies", "update", "shop", "--yes", "--json")
    assert (done.exit_code, len(json.loads(done.stdout)["updates"][0]["changes"])) == (0, 2)
    assert told_themes(chain) == {"lille": "pears!", "lyon": "plums", "nice": "lemons!"}


def told_themes(community: Community) -> dict[str, str]:
    with community_scope(community):
        return {row.key: row.theme for row in Group.objects.exclude(key="shop")}

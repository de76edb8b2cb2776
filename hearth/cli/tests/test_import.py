"""What a person types to bring a history in, and what comes of it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.cli.main import app
from hearth.conversation.models import Entry
from hearth.core.models import Community
from hearth.core.tenancy import community_scope

pytestmark = pytest.mark.django_db

TABLE = "发送时间,昵称,正文\n2024/3/5 14:03,陈医生,今晚谁值班？\n2024/3/5 14:04,张医生,我。\n"
MAP = "time=发送时间,author=昵称,text=正文,tz=Asia/Shanghai"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "ward.csv"
    path.write_text(TABLE)
    return path


def run(*args: object):
    return CliRunner().invoke(app, ["import", *map(str, args)])


def test_a_dry_run_tells_and_writes_nothing(table: Path):
    done = run(table, "--map", MAP, "--dry-run", "--json")
    assert (done.exit_code, json.loads(done.stdout)["messages"]) == (0, 2)
    assert not Community.objects.exists()


def test_columns_and_the_time_zone_are_mapped_in_one_line_or_in_several(table: Path):
    assert run(table, "--map", MAP).exit_code == 0
    again = run(table, *(word for part in MAP.split(",") for word in ("--map", part)), "--json")
    assert (again.exit_code, json.loads(again.stdout)["messages"]) == (0, 0)
    with community_scope(Community.objects.get(key="ward")):
        times = list(Entry.objects.order_by("number").values_list("occurred_at", flat=True))
    assert [f"{at:%H:%M}" for at in times] == ["06:03", "06:04"]


@pytest.mark.parametrize("wrong", ["colour=a", "text"])
def test_a_mapping_that_means_nothing_is_refused_with_a_way_out(table: Path, wrong: str):
    done = run(table, "--map", wrong)
    assert done.exit_code == 2
    assert "Write field=column, such as text=Body." in done.output

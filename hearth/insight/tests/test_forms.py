"""What goes out: JSON, report, terminal, command line, and the page that documents them."""

import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import polib
import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from hearth.cli.main import diagnose as command
from hearth.insight.queries.as_json import as_dict, diagnosis_json
from hearth.insight.queries.as_terminal import show
from hearth.insight.queries.numbers import NOTES
from hearth.insight.queries.report import diagnosis_html
from hearth.insight.queries.translate import translator
from hearth.insight.rules.catalogue import OVERRIDES
from hearth.insight.tests.talk import START, Talk, auto
from hearth.insight.types import ReasonCode, Stage

ROOT = Path(__file__).resolve().parents[3]
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{percent}{0}"


def busy(evil: str = "ward") -> Talk:
    talk = Talk()
    talk.many(range(0, 300, 3), [evil, "bo", "chen"], text=f"{evil} fine", room=evil)
    talk.many(range(0, 200, 4), ["ada", "bo"], room="cold room")
    for day in (280, 285, 290):
        talk.say(day + 0.5, "asker", f"{evil} does anyone hear me?", room=evil, thread=f"t{day}")
    auto(talk, day=299, who="robot", room=evil)
    return talk


def test_json_has_the_promised_shape():
    found = json.loads(diagnosis_json(busy().diagnosis()))
    assert set(found) == {
        "version", "at", "format", "members", "messages", "seeded", "rejected", "rejections", "excluded", "replies",
        "next_steps", "carried_by", "groups",
    }  # fmt: skip
    for group in found["groups"]:
        assert set(group) == {
            "id", "name", "members", "messages", "stage", "temperature", "risk", "risk_note", "measured_until",
            "reasons", "changes", "metrics", "notes", "carried_by", "unanswered", "weeks", "drivers", "risk_base",
            "energy",
        }  # fmt: skip
        assert group["stage"] in set(Stage)
        assert set(group["metrics"]) == {metric.name for metric in OVERRIDES}
        assert all(value is not None or name in group["notes"] for name, value in group["metrics"].items())
        assert set(group["notes"].values()) <= set(NOTES)
        for reason in group["reasons"]:
            assert set(reason) == {"code", "text", "play", "numbers", "evidence"}
            assert reason["code"] in set(ReasonCode)
            for one in reason["evidence"]:
                assert set(one) == {"message", "channel", "author", "at", "excerpt"}
    assert found["at"].endswith("Z")


def test_the_reference_names_every_metric_reason_stage_note_and_field():
    page = (ROOT / "docs" / "reference" / "diagnosis.md").read_text()
    fields = set(as_dict(busy().diagnosis())) | set(as_dict(busy().diagnosis())["groups"][0])
    wanted = {metric.name for metric in OVERRIDES} | set(ReasonCode) | set(Stage) | set(NOTES) | fields
    assert [name for name in sorted(wanted) if f"`{name}`" not in page] == []


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize(("read", "refused", "warned"), [(8, 2, False), (8, 3, True), (0, 0, False)])
def test_where_much_could_not_be_read_the_verdict_says_so_first(read, refused, warned):
    found = replace(busy().diagnosis(), messages=read, rejected=refused)
    said = f"{refused} of {read + refused} messages could not be read"
    out = StringIO()
    show(found, Console(file=out, width=200, color_system=None))
    assert (said in out.getvalue()) is warned
    assert (said in diagnosis_html(found, "ward")) is warned


def test_hostile_names_and_texts_stay_text():
    page = diagnosis_html(busy(EVIL).diagnosis(), EVIL)
    tags = Tags()
    tags.feed(page)
    assert [tag for tag, _ in tags.seen].count("script") == 1  # our own filter
    assert not [tag for tag, _ in tags.seen if tag in ("img", "iframe", "object", "link", "base")]
    assert not [name for _, attrs in tags.seen for name in attrs if name.startswith("on")]
    assert html.escape(EVIL) in page


def test_the_report_loads_nothing_from_elsewhere():
    page = diagnosis_html(busy().diagnosis(), "ward")
    tags = Tags()
    tags.feed(page)
    for _, attrs in tags.seen:
        assert "src" not in attrs
        assert (attrs.get("href") or "#").startswith("#")
    assert not re.search(r"url\(|@import", page)


def test_every_link_in_the_report_has_its_target():
    page = diagnosis_html(busy().diagnosis(), "ward")
    tags = Tags()
    tags.feed(page)
    targets = {attrs["id"] for _, attrs in tags.seen if "id" in attrs}
    links = {attrs["href"][1:] for tag, attrs in tags.seen if tag == "a"}
    assert links <= targets


def test_the_terminal_shows_markup_in_names_as_it_is():
    out = StringIO()
    show(busy("[red]ward[/]").diagnosis(), Console(file=out, width=120))
    assert "[red]ward[/]" in out.getvalue()
    assert "What to do next week" in out.getvalue()


def test_the_terminal_is_not_steered_by_names_and_texts():
    out = StringIO()
    show(busy("ward\x1b[2J\x9b31m").diagnosis(), Console(file=out, width=120, color_system=None))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", out.getvalue())


def test_a_translation_reaches_page_and_json(tmp_path):
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.append(
        polib.POEntry(msgid="No member has written for {days} days.", msgstr="已经 {days} 天没有成员发言。")
    )
    catalogue.save_as_mofile(str(folder / "django.mo"))
    translate = translator("zh-hans", tmp_path)
    found = busy().diagnosis()
    assert as_dict(found, translate)["groups"][0]["reasons"][0]["text"] == "已经 101 天没有成员发言。"
    assert "已经 101 天没有成员发言。" in diagnosis_html(found, "x", translate, "zh-hans")


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="no such language: tlh"):
        translator("tlh")


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(command)
    return lambda *args: CliRunner().invoke(app, [str(arg) for arg in args])


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "messages.ndjson"
    rows = [
        {"id": str(i), "ts": START // 1000 + i * 86400, "ch": "ward", "u": f"u{i % 3}", "t": f"message {i}"}
        for i in range(60)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n{broken\n")
    return path


def test_the_command_prints_json_alone_and_counts_what_it_could_not_read(run, archive):
    done = run(archive, "--json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["rejected"], found["messages"]) == (0, 1, 60)
    assert found["rejections"] == [
        {
            "file": "messages.ndjson",
            "line": 61,
            "code": "bad_json",
            "reason": "This is not valid JSON. Export it again or mend the line.",
        }
    ]
    assert [group["name"] for group in found["groups"]] == ["ward"]


def test_the_command_names_what_it_could_not_read(run, archive):
    assert "messages.ndjson:61 This is not valid JSON. Export it again or mend the line." in run(archive).stdout


@pytest.mark.parametrize(
    ("language", "line", "title"),
    [
        ("en", "This is not valid JSON. Export it again or mend the line.", "What could not be read, and why (1 of 1)"),
        ("zh-hans", "这不是有效的 JSON", "无法读取的内容及原因（共 1 处，显示 1 处）"),
    ],
)
def test_the_report_names_what_it_could_not_read(run, archive, tmp_path, language, line, title):
    out = tmp_path / "report.html"
    run(archive, "--html", out, "--lang", language)
    found = re.search(
        r"<details><summary>([^<]+)</summary><ul><li><code>messages.ndjson:61</code> ([^<]+)", out.read_text()
    )
    assert found is not None
    assert (found[1], found[2].startswith(line)) == (title, True)


def test_of_one_thing_the_command_speaks_in_the_singular(run, tmp_path):
    path = tmp_path / "messages.ndjson"
    path.write_text('{"id": "1", "ts": 1577836800, "ch": "ward", "u": "bo", "t": "hello"}\n{broken\n')
    told = run(path, "--at", "2020-01-31").stdout
    assert "As of 2020-01-31. 1 message by 1 member in 1 group since 2020-01-01." in told
    assert "Left out: 1 broken, doubled or misdated message." in told


def test_an_archive_without_a_sound_line_says_what_is_wrong(run, tmp_path):
    path, out = tmp_path / "talk.csv", tmp_path / "report.html"
    path.write_text("time,author,text\nsoon,bo,hello\n")
    told = run(path).stdout
    assert "There is no talk in this archive" in told
    assert "inferred" not in told
    run(path, "--html", out)
    assert "talk.csv:2 The time “soon” cannot be understood" in told
    assert "<code>talk.csv:2</code>" in out.read_text()


def test_the_command_writes_a_report_and_measures_as_of_a_day(run, archive, tmp_path):
    out = tmp_path / "report.html"
    done = run(archive, "--html", out, "--at", "2020-09-30", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["at"] == "2020-10-01T00:00:00Z"
    assert f"<title>How warm is {tmp_path.name}?</title>" in out.read_text()


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["/no/such/file"], "no file or folder"),
        (["{archive}", "--at", "soon"], "no day or time"),
        (["{archive}", "--at", "9999-12-31"], "no day or time"),
        (["{archive}", "--lang", "tlh"], "--lang"),
        (["{archive}", "--html", "/no/such/folder/x.html"], "does not exist"),
        (["{archive}", "--map", "text"], "field=column"),
        (["{archive}", "--map", "colour=Body"], "there is no field “colour”"),
        (["{folder}/[/b].csv"], "--map time=COLUMN"),
    ],
)
def test_the_command_refuses_with_a_sentence(run, archive, args, word):
    (archive.parent / "[").mkdir()
    (archive.parent / "[" / "b].csv").write_text("a,b\n1,2\n")
    places = {"{archive}": str(archive), "{folder}": str(archive.parent)}
    done = run(*[arg.replace(*next(pair for pair in (*places.items(), ("", "")) if pair[0] in arg)) for arg in args])
    assert done.exit_code == 2
    assert word in done.output


def test_the_command_takes_the_same_mapping_as_the_import(run, tmp_path):
    path = tmp_path / "ward.csv"
    path.write_text(
        "When,Who,What\n" + "".join(f"0{day}/0{day % 8 + 1}/2024 10:00,bo,hi {day}\n" for day in range(1, 9))
    )
    done = run(path, "--json", "--map", "time=When,author=Who,text=What", "--map", "day_first=yes,channel_name=Ward")
    found = json.loads(done.stdout)
    assert (found["rejected"], found["messages"], found["groups"][0]["name"]) == (0, 8, "Ward")

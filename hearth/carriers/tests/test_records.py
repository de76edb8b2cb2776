import json
import pkgutil
import time
from zoneinfo import ZoneInfo

import pytest

from hearth.carriers import importers
from hearth.carriers.importers.slack import markdown as slack_markdown
from hearth.carriers.importers.zulip_realm import markdown as zulip_markdown
from hearth.carriers.registry import load_importers
from hearth.carriers.rules.html_text import markdown_from_html
from hearth.carriers.rules.intake import IdSet
from hearth.carriers.rules.json_items import JsonItems
from hearth.carriers.rules.reasons import TEMPLATES
from hearth.carriers.rules.times import TimeProblemError, parse_time
from hearth.carriers.tests.archives import NOW_MS, lines, message, read
from hearth.carriers.types import Limits

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = 1_709_647_380_000  # 2024-03-05 14:03 UTC


@pytest.mark.parametrize(
    "value",
    [
        AT // 1000,
        AT,
        AT * 1000,
        AT * 1_000_000,
        AT / 1000,
        str(AT),
        "1709647380.000000",
        "2024-03-05T14:03:00Z",
        "2024-03-05 22:03:00+08:00",
        "2024-03-05T22:03+0800",
        "2024/3/5 14:03",
        "2024/3/5 2:03 PM",
        "2024年3月5日 14:03",
        "2024年3月5日 下午2:03",
        "2024年03月05日 星期二 14时03分",
        "２０２４年３月５日１４：０３",
        "2024.3.5 14:03:00",
        "20240305140300",
        "3/5/2024, 2:03:00 p.m.",
        "5.3.24 14:03",
        "Tue, 05 Mar 2024 14:03:00 +0000",
        45356.58541666667,
    ],
)
def test_a_time_is_read_in_every_usual_form(value):
    day_first = value in ("5.3.24 14:03",)
    assert parse_time(value, day_first=day_first) == AT


def test_a_time_without_a_zone_is_in_the_zone_declared():
    assert parse_time("2024年3月5日 22:03", SHANGHAI) == AT
    assert parse_time("2024-03-05 22:03", SHANGHAI) == AT
    assert parse_time("2024-03-05T14:03Z", SHANGHAI) == AT


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "no_time"),
        ("", "no_time"),
        ("  ", "no_time"),
        (True, "no_time"),
        ("yesterday", "bad_time"),
        ("2024-13-40", "bad_time"),
        ("99999999999999999999", None),
        ([], "bad_time"),
        (float("nan"), "bad_time"),
        ("1" * 500, "bad_time"),
        ("4/5/2024", "ambiguous_time"),
    ],
)
def test_what_is_no_time_says_why(value, code):
    if code is None:
        assert isinstance(parse_time(value), int)
        return
    with pytest.raises(TimeProblemError) as problem:
        parse_time(value)
    assert problem.value.code == code


def test_bad_lines_are_named_and_good_ones_kept(tmp_path):
    day = 86_400
    path = tmp_path / "talk.ndjson"
    path.write_bytes(
        lines(
            message(1),
            message(2, ts=None),
            message(3, ts=NOW_MS // 1000 + day - 60),
            message(4, ts=NOW_MS // 1000 + day + 60),
            message(5, ts=170_000),
            message(6, ts="soon"),
            message(7, u=""),
            message(8, ch=None),
            [1, 2],
            message(1, "again"),
            message(1, "elsewhere", ch="night"),
            message(9, "zero \0 character"),
        )
        + b'{"id": "10", "ts": 17\n\n'
        + lines(message(11, "lone \ud83d surrogate".encode("utf-8", "surrogatepass").decode("utf-8", "replace")))
        + b'{"id":"12","ts":1700000012,"ch":"ward","u":"ada","t":"half \\ud83d"}\n'
    )
    got = read(path)
    assert [(it.channel, it.id) for it in got.messages] == [
        ("ward", "1"), ("ward", "3"), ("night", "1"), ("ward", "9"), ("ward", "11"), ("ward", "12")
    ]  # fmt: skip
    assert [(it.line, it.code) for it in got.rejected] == [
        (2, "no_time"),
        (4, "future_time"),
        (5, "implausible_time"),
        (6, "bad_time"),
        (7, "no_author"),
        (8, "no_channel"),
        (9, "not_a_message"),
        (10, "duplicate"),
        (13, "bad_json"),
    ]
    assert got.messages[3].text == "zero  character"
    assert all(it.file == "talk.ndjson" for it in got.rejected)
    assert got.rejected[3].reason == "The time “soon” cannot be understood. Use a form such as 2024-03-05 14:03."


def test_a_line_too_long_costs_only_itself(tmp_path):
    path = tmp_path / "talk.ndjson"
    path.write_bytes(lines(message(1), message(2, "x" * 900_000), message(3)))
    got = read(path, limits=Limits(line_bytes=400_000))
    assert [it.id for it in got.messages] == ["1", "3"]
    assert [(it.line, it.code) for it in got.rejected] == [(2, "line_too_long")]


def pieces(text, size=7):
    return list(JsonItems(iter(text[at : at + size] for at in range(0, len(text), size))))


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_elements_of_a_json_array_come_one_by_one(size):
    text = b'\n[{"a": "}]\\"{"},\n {"b": [1, {"c": []}]}, 5, "x", null,\n[1]]'
    got = pieces(text, size)
    assert [it.value for it in got] == [{"a": '}]"{'}, {"b": [1, {"c": []}]}, 5, "x", None, [1]]
    assert [it.line for it in got] == [2, 3, 3, 3, 3, 4]
    assert not any(it.problem for it in got)


@pytest.mark.thorough
@pytest.mark.parametrize("nested", [False, True])
def test_a_large_array_is_read_in_batches_with_the_lines_of_its_elements(tmp_path, nested):
    path = tmp_path / "talk.json"
    rows = [
        {
            "id": n,
            "time": 1_700_000_000 + n,
            "author": "ada",
            "text": "x" * 90,
            "more": [{"a": 1}, {"b": [{}, {}]}] * nested,
        }
        for n in range(60_000)
    ]
    rows[50_000]["time"] = "soon"
    rows[50_001] = {"text": "}, {", "time": 1, "author": "ada"}
    path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")
    assert path.stat().st_size > 8_500_000
    got = read(path)
    assert len(got.messages) == 59_998
    assert [(it.line, it.code) for it in got.rejected] == [(50_002, "bad_time"), (50_003, "implausible_time")]


def test_arrays_inside_an_object_are_named():
    got = pieces(b'{"a": [1, 2], "b": {"c": 1}, "d": "x", "e": []}')
    assert [(it.key, it.value) for it in got] == [("a", 1), ("a", 2), ("=b", {"c": 1}), ("=d", "x")]


def test_a_broken_element_costs_only_itself():
    got = pieces(b'[{"a": 1},\n{"a": oops},\n{"a": "no end},\n{"a": 4},\n{"a": 5}]')
    assert [it.value for it in got if not it.problem] == [{"a": 1}, {"a": 4}, {"a": 5}]
    assert next((it.line, it.problem) for it in got if it.problem) == (2, "bad_json")


def test_a_json_text_cut_off_keeps_what_was_whole():
    got = pieces(b'[{"a": 1},\n{"a": 2},\n{"a": "three')
    assert [it.value for it in got] == [{"a": 1}, {"a": 2}, None]
    assert (got[-1].line, got[-1].problem) == (3, "truncated")


@pytest.mark.parametrize("quick", [0, 1, 7000, 1 << 19])
def test_ids_are_remembered_compactly(quick):
    ids = IdSet(quick)
    keys = [("ward", str(number)) for number in range(20_000)]
    assert all(ids.add(key) for key in keys)
    assert not any(ids.add(key) for key in keys)
    assert len(ids) == 20_000


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("plain &amp; simple", "plain & simple"),
        ("<p>a<br>\nb</p>\n<p>c</p>", "a\nb\n\nc"),
        (
            '<p><a href="https://e.org/x">https://e.org/x</a> and <a href="https://e.org/y">this</a></p>',
            "https://e.org/x and [this](https://e.org/y)",
        ),
        (
            '<div class="codehilite" data-code-language="Rust"><pre>'
            '<span></span><code><span class="n">a</span> &lt; b\n</code></pre></div>',
            "```rust\na < b\n```",
        ),
        ("<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>\n<p>c</p>", "> a\n>\n> b\n\nc"),
        ('<ol start="3">\n<li>a</li>\n<li>b<ul>\n<li>c</li>\n</ul>\n</li>\n</ol>', "3. a\n4. b\n  - c"),
        ('<p>ok <span class="emoji emoji-1f44d" title="+1">:+1:</span></p>', "ok 👍"),
        ('<p>x</p>\n<div class="message_embed"><a href="https://e.org">E</a><div>long</div></div>', "x"),
        (
            '<p><span class="katex"><span class="katex-mathml"><math><semantics><mrow><mi>x</mi></mrow>'
            '<annotation encoding="application/x-tex">x^2</annotation></semantics></math></span>'
            '<span class="katex-html"><span>x2</span></span></span></p>',
            "$$x^2$$",
        ),
        ("<p>unclosed <strong>bold", "unclosed **bold**"),
        ("a < b <p>c", "a < b c"),
        ("<script>alert(1)</script><p>x</p>", "x"),
    ],
)
def test_rendered_messages_become_markdown(source, expected):
    assert markdown_from_html(source).text == expected


def test_hostile_nesting_ends_quickly():
    assert "deep" in markdown_from_html("<blockquote>" * 5000 + "deep").text


def test_hostile_markup_ends_quickly():
    begun = time.perf_counter()
    for piece in (
        "<!--",
        "<p a",
        "<p " + "a" * 9,
        "&",
        "[said](narrow/stream/1/",
        "```quote\n",
        "@**",
        "(/user_uploads/",
        "<@",
        "*a ",
    ):
        text = piece * 30_000
        markdown_from_html(text)
        slack_markdown(text, {}, {}, {})
        zulip_markdown(text, {}, {})
    assert time.perf_counter() - begun < 20


def test_every_importer_is_found_by_name():
    files = {module.name for module in pkgutil.iter_modules(importers.__path__) if module.name[0] != "_"}
    assert {key.replace("-", "_") for key in load_importers()} == files


def test_every_reason_says_what_to_do_in_sentences():
    assert all(template[0].isupper() or template[0] == "“" for template in TEMPLATES.values())
    assert all(template.endswith(".") for template in TEMPLATES.values())

"""A text is read with its places, within limits, and everything wrong with it is told at once."""

import time
import tracemalloc

import pytest

from hearth.blueprint.queries import read_blueprint
from hearth.blueprint.rules.reading import MOST_BYTES, MOST_NODES, read_files, scalar


def problems(text: str | bytes, *more: str) -> list[str]:
    files = [("a.yaml", text if isinstance(text, bytes) else text.encode())]
    files += [(f"{name}.yaml", one.encode()) for name, one in zip("bcd", more, strict=False)]
    return [str(one) for one in read_blueprint(files)[1]]


HEAD = "hearth: 1\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "groups:\n  ward:\n    name: Ward\n    capcity: 30\n",
            "a.yaml:5:5: Unknown key `capcity`; did you mean `capacity`?",
        ),
        ("grups: {}\n", "a.yaml:2:1: Unknown key `grups`; did you mean `groups`?"),
        (
            "groups:\n  ward: {name: Ward, space: profesional}\n",
            "a.yaml:3:22: `profesional` is not offered; did you mean `professional`?",
        ),
        (
            "groups:\n  ward: {visibility: 7}\n",
            "a.yaml:3:10: `7` is not offered; there are `open`, `listed` or `hidden`.",
        ),
        ("groups:\n  ward: {capacity: '30'}\n", "a.yaml:3:10: `capacity` is a whole number, without quotes."),
        ("groups:\n  ward: {capacity: yes}\n", "a.yaml:3:10: `capacity` is a whole number, without quotes."),
        ("groups:\n  ward: {capacity: true}\n", "a.yaml:3:10: `capacity` is a whole number, without quotes."),
        ("groups:\n  ward: {capacity: 1}\n", "a.yaml:3:10: `capacity` is at least 2."),
        (
            "groups:\n  ward: {theme: 2024}\n",
            "a.yaml:3:10: Give a text; put numbers, dates and words like true into quotes.",
        ),
        ("groups:\n  ward: {name: [a]}\n", "a.yaml:3:10: Give a text, or one text for each language."),
        (
            "groups:\n  ward: {name: {de: Station}}\n",
            "a.yaml:3:10: `de` is no language of the house; there are en, zh-hans, zh-hant.",
        ),
        (
            "groups:\n  ward: {time_zone: Asia/Shanghia}\n",
            "a.yaml:3:10: There is no time zone of this name. Use one such as Asia/Shanghai.",
        ),
        (
            "groups:\n  ward:\n    definition:\n    - {attribute: badge, values: ['yes']}\n"
            "    - attribute: kind\n      values: [guest, 患者]\n",
            "a.yaml:7:23: “患者” is unknown here. Known are: professional, patient, customer, staff, guest.",
        ),
        ("groups:\n  ward: {norms: ''}\n", "a.yaml:3:10: `norms` cannot be empty."),
        ("groups:\n  ward: {lasting: ending, ends_on: soon}\n", "a.yaml:3:27: Give a day such as 2027-03-31."),
        (
            "groups:\n  ward: {lasting: ending}\n",
            "a.yaml:3:3: A group that is meant to end says on which day: `ends_on`.",
        ),
        (
            "groups:\n  Big Ward: {}\n",
            "a.yaml:3:3: Use small letters, digits and hyphens for the short name, at most 60.",
        ),
        (
            "groups:\n  ward: {door: [{conditions: [{kind: questoin}]}]}\n",
            "a.yaml:3:31: `questoin` is not offered; did you mean `question`?",
        ),
        (
            "groups:\n  ward: {door: [{conditions: [{kind: question, qestion: Why?, question: Y}]}]}\n",
            "a.yaml:3:63: Unknown key `qestion`; did you mean `question`?",
        ),
        ("groups:\n  ward: {door: [{conditions: [{kind: question}]}]}\n", "a.yaml:3:31: `question` is missing."),
        (
            "groups:\n  ward: {door: [{conditions: [{by: staff}]}]}\n",
            "a.yaml:3:31: Say which `kind` of condition it is.",
        ),
        (
            "groups:\n  ward: {door: [{conditions: [{join: any, conditions: [{kind: quiz, questions: [a]}]}]}]}\n",
            "a.yaml:3:56: Write each question as: question | right answer | wrong answer | …",
        ),
        (
            "groups:\n  ward: {door: [{from: 5}, {from: 5}]}\n",
            "a.yaml:3:10: Two steps begin at the same number of members.",
        ),
        ("groups:\n  ward: {door: [{from: -1}]}\n", "a.yaml:3:18: `from` is at least 0."),
        ("groups: [ward]\n", "a.yaml:2:1: Here stands a mapping of keys and values."),
        ("groups:\n  ward: 7\n", "a.yaml:3:3: Here stands a mapping of keys and values."),
        (
            "groups:\n",
            "a.yaml:2:1: Nothing stands under `groups`. "
            "Take the key away to leave this part alone, or write `{}` for none.",
        ),
        (
            "groups:\n  ward: {like: big}\n",
            "a.yaml:3:10: There is no template `big`; templates stand under `group_templates`, and there are none.",
        ),
        (
            "group_templates:\n  ward: {}\ngroups:\n  ward: {like: big}\n",
            "a.yaml:5:10: There is no template `big`; there are: ward.",
        ),
        ("groups:\n  keep_others: often\n", "a.yaml:3:3: `keep_others` is true or false."),
        (
            "staff:\n  bo: {roles: [admin]}\n",
            "a.yaml:3:3: Name a person by the e-mail address with which they sign in.",
        ),
        (
            "staff:\n  bo@x.example: {roles: [adnim]}\n",
            "a.yaml:3:26: `adnim` is not offered; did you mean `admin`?",
        ),
        (
            "duties:\n  door: {turns: [{who: bo@x.example, days: [mon], since: 8am, until: '10:00'}]}\n",
            "a.yaml:3:51: Give a time of day such as “08:30”.",
        ),
        (
            "duties:\n  door: {turns: [{who: bo@x.example, days: [mon], form: 8, since: '08:00', until: '10:00'}]}\n",
            "a.yaml:3:51: Unknown key `form`; there are who, days, since, until.",
        ),
        (
            "duties:\n  door: {turns: [{who: bo@x.example, days: [mon], since: '08:00'}]}\n",
            "a.yaml:3:18: `until` is missing.",
        ),
        (
            "settings:\n  conversation.answer_hour: 3\n",
            "a.yaml:3:3: Unknown key `conversation.answer_hour`; did you mean `conversation.answer_hours`?",
        ),
        ("places:\n  a: {parent: b}\n  b: {parent: a}\n", "a.yaml:3:7: `a` stands below itself."),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_was_probably_meant(text: str, said: str):
    assert problems(HEAD + text)[0] == said


def test_all_mistakes_are_told_at_once_in_the_order_of_the_text():
    text = "hearth: 1\ngroups:\n  ward: {capcity: 3, theme: 7}\ncharter: {typ: x}\nstaff: 3\n"
    assert [one.split(": ")[0] for one in problems(text)] == ["a.yaml:3:10", "a.yaml:3:22", "a.yaml:4:11", "a.yaml:5:1"]


def test_a_mistake_in_a_template_is_told_once_where_the_template_says_it():
    text = HEAD + "group_templates:\n  ward: {capcity: 3}\ngroups:\n  a: {like: ward}\n  b: {like: ward}\n"
    assert problems(text) == ["a.yaml:3:10: Unknown key `capcity`; did you mean `capacity`?"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is nothing in it."),
        ("groups: {}\n", "a.yaml:1:1: Begin with `hearth: 1`, the version of the format."),
        ("hearth: 2\n", "a.yaml:1:1: This is written in version `2` of the format; this house reads version 1."),
        ('hearth: "1"\n', "a.yaml:1:1: `hearth` is a whole number, without quotes."),
        ("hearth: yes\n", "a.yaml:1:1: This is written in version `yes` of the format; this house reads version 1."),
        ("- a\n- b\n", "a.yaml:1:1: A blueprint is a mapping of parts, such as `charter:` and `groups:`."),
        ("hearth: 1\nhearth: 1\n", "a.yaml:2:1: `hearth` stands here twice; the first is in line 1."),
        (
            "hearth: 1\n---\nhearth: 1\n",
            "a.yaml:2:1: One file holds one document; write the second one into a file of its own.",
        ),
        ("a: &x 1\n", "a.yaml:1:4: Anchors and aliases (& and *) are not read here; use `like:` and a template."),
        ("a: [&a [*a]]\n", "a.yaml:1:5: Anchors and aliases (& and *) are not read here; use `like:` and a template."),
        (
            "hearth: 1\ngroups: !!python/object/apply:os.system {}\n",
            "a.yaml:2:9: The tag `tag:yaml.org,2002:python/object/apply:os.system` is not read here; take it away.",
        ),
        ("? [a]\n: b\n", "a.yaml:1:3: A key must be a plain word."),
        ("a: [1, 2\n", "a.yaml:2:1: This is not YAML: did not find expected ',' or ']'."),
        ("\tb: 1\n", "a.yaml:1:1: This is not YAML: found character that cannot start any token."),
        (b"a: \xff\n", "a.yaml:1:1: This is not UTF-8; save the file as UTF-8 text."),
        (b"a: \x00\n", "a.yaml:1:1: This is not YAML: control characters are not allowed."),
    ],
)
def test_what_is_no_blueprint_is_refused_with_its_place(text: str | bytes, said: str):
    assert problems(text)[0] == said


def laughs() -> str:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (laughs(), "Anchors and aliases"),
        ("hearth: 1\ngroups: " + "[" * 200_000, "nested too deep"),
        ("hearth: 1\n" + "".join("  " * n + f"a{n}:\n" for n in range(500)), "nested too deep"),
        ("hearth: 1\ngroups:\n" + "".join(f"  g{n}: {{}}\n" for n in range(MOST_NODES // 2)), "at most 100000 values"),
        ("x" * (MOST_BYTES + 1), "too large"),
        ("a: " + "'" * 300_001, "not YAML"),
        ("a: " + "9" * 500_000 + "\n", "Unknown key"),
        ("".join(f"k{n}: 1\n" for n in range(40_000)), "Unknown key"),
    ],
    ids=["laughs", "flow", "blocks", "nodes", "bytes", "quotes", "digits", "unknown"],
)
def test_hostile_texts_cost_little_and_are_refused(text: str, said: str):
    begun = time.process_time()
    told = problems(text)
    assert time.process_time() - begun < 5  # seconds of the processor: a bomb would take hours
    assert any(said in one for one in told)


def test_a_bomb_takes_no_memory():
    tracemalloc.start()
    problems(laughs())
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000


def test_a_folder_of_files_is_one_blueprint_and_nothing_is_said_twice():
    first, second = HEAD + "groups:\n  a: {name: A}\n", HEAD + "groups:\n  b: {name: B}\n"
    description, wrong = read_blueprint([("a.yaml", first.encode()), ("b.yaml", second.encode())])
    assert (wrong, list(description.wanted["groups"].objects)) == ([], ["a", "b"])
    assert problems(first, HEAD + "groups:\n  a: {name: B}\n") == [
        "b.yaml:3:3: `a` is said in two files; the first is at a.yaml:3:3."
    ]
    assert problems(first, HEAD + "groups: 7\n") == [
        "b.yaml:2:1: `groups` is said in two files; the first is at a.yaml:2:1."
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("08:30", "08:30"), ("12e03", 12000.0), ("0x1f", "0x1f"), ("~", None), ("", None), ("-7", -7),
        ("True", True), ("1_000", "1_000"), ("9" * 19, float("9" * 19)), ("2027-03-31", "2027-03-31"), (".inf", ".inf"),
    ],
)  # fmt: skip
def test_plain_words_are_what_yaml_1_2_says(text: str, value: object):
    assert scalar(text) == value


def test_a_plain_text_is_in_the_language_of_its_object():
    text = (
        HEAD
        + "community: {key: a, language: zh-hans, name: 甲}\n"
        + "groups:\n  x: {name: 心内科}\n  y: {language: en, name: Heart}\n"
    )
    description, wrong = read_blueprint([("a.yaml", text.encode())])
    assert wrong == []
    names = {key: fields["name"] for key, fields in description.wanted["groups"].objects.items()}
    assert names == {"x": {"zh-hans": "心内科"}, "y": {"en": "Heart"}}
    assert description.community == "a"


def test_templates_fill_what_an_object_does_not_say():
    text = HEAD + "group_templates:\n  t: {capacity: 9, theme: big}\ngroups:\n  x: {like: t, name: X, theme: small}\n"
    description, _wrong = read_blueprint([("a.yaml", text.encode())])
    assert description.wanted["groups"].objects["x"] == {"capacity": 9, "theme": "small", "name": {"en": "X"}}


def test_every_file_that_cannot_be_read_is_told():
    told = read_files([("a.yaml", b"a: ["), ("b.yaml", b"b: {"), ("c.yaml", b"c: 1")])
    assert [one.at.file for one in told.problems] == ["a.yaml", "b.yaml"]

"""Value lines in a blueprint: written, changed, taken away, exported as they stand, and mistakes told."""

from hearth.blueprint.queries import exported, read_blueprint
from hearth.blueprint.tests.conftest import planned, told
from hearth.groups.models import ValueAnswer
from hearth.groups.queries.value_lines import answers
from hearth.groups.services import close_group, note_deed

LINES = """\
hearth: 1
value_lines:
  answers:
    name: {en: Every case is answered, zh-hans: 提问必有回应}
    force: knowledge
    groups: [cardiology]
    service: The desk brings it to whoever knows.
    kept_by: {metric: questions_answered_24h, at_least: 0.6}
    gets: {member: An answer before the ward round., company: ""}
  coffee:
    name: Coffee
    force: social
    service: A small round.
    kept_by: {every_days: 14}
"""


def wrong_in(text: str) -> list[str]:
    return [f"{one.at}: {one.sentence}" for one in read_blueprint([("x.yaml", text.encode())])[1]]


def test_lines_come_to_be_as_they_are_described_and_an_export_tells_them(ada, cardiology, apply):
    assert apply(ada.actor, LINES) == {"created": 2, "changed": 0, "removed": 0, "refused": 0}
    assert told(planned(ada.actor, LINES)) == []
    coffee, answered = sorted(answers(), key=lambda row: row.every_days is None)
    assert (coffee.key, coffee.every_days, list(coffee.places.all()), coffee.gets) == ("coffee", 14, [], {})
    assert (answered.metric, answered.bound, answered.value) == ("questions_answered_24h", "at_least", 0.6)
    assert answered.gets == {"member": {"en": "An answer before the ward round."}}
    assert [place.group.key for place in answered.places.all()] == ["cardiology"]
    text, _wrong = exported(ada.actor)
    assert "    kept_by:\n      metric: questions_answered_24h\n      at_least: 0.6\n" in text
    assert told(planned(ada.actor, text)) == []


def test_what_is_not_named_stays_and_what_is_gone_is_promised_no_more(ada, cardiology, apply):
    apply(ada.actor, LINES)
    change = "hearth: 1\nvalue_lines:\n  answers: {kept_by: {every_days: 1}, groups: []}\n"
    assert told(planned(ada.actor, change)) == [
        ("change", "value_lines", "answers"),
        ("remove", "value_lines", "coffee"),
    ]
    apply(ada.actor, change)
    row = ValueAnswer.objects.get()
    assert (row.key, row.metric, row.every_days, row.name["zh-hans"]) == ("answers", "", 1, "提问必有回应")
    assert not row.places.exists()
    assert told(planned(ada.actor, change)) == []


def test_the_plan_says_what_is_lost_with_a_line(ada, cardiology, apply):
    apply(ada.actor, LINES)
    none = "hearth: 1\nvalue_lines: {}\n"
    lost = "1 group promises it. It does so no more."
    assert [one.consequences for one in planned(ada.actor, none).changes] == [(lost,), (lost,)]
    note_deed(ada.actor, cardiology, ValueAnswer.objects.get(key="coffee"))
    lost_too = "1 group promises it. It does so no more, and what was noted as done is forgotten for good."
    told = {one.change.key: one.consequences for one in planned(ada.actor, none).changes}
    assert told == {"answers": (lost,), "coffee": (lost_too,)}


def test_a_line_of_closed_groups_alone_is_not_told(ada, cardiology, apply):
    apply(ada.actor, LINES)
    close_group(ada.actor, cardiology)
    text, _wrong = exported(ada.actor)
    assert "coffee:" in text
    assert "answers:" not in text


def test_groups_that_come_with_the_same_text_are_found(ada, cardiology, apply):
    both = LINES.replace("[cardiology]", "[cardiology, surgery]")
    both += "groups:\n  keep_others: true\n  surgery: {name: Surgery, norms: Be kind.}\n"
    assert apply(ada.actor, both)["refused"] == 0
    named = next(row for row in answers() if row.key == "answers")
    assert [place.group.key for place in named.places.all()] == ["cardiology", "surgery"]


def test_mistakes_are_told_with_their_place(ada, cardiology):
    both = LINES.replace("{every_days: 14}", "{every_days: 14, at_least: 0.5}")
    assert wrong_in(both) == ["x.yaml:14:5: %(said)s"]
    assert wrong_in(LINES.replace("every_days: 14", "every_day: 14"))[0].endswith(
        "Unknown key `%(key)s`; did you mean `%(near)s`?"
    )
    assert wrong_in(LINES.replace("force: social", "force: money")) == [
        "x.yaml:12:5: `%(given)s` is not offered; there are %(expected)s."
    ]


def test_an_unknown_metric_is_a_mistake_with_its_place(ada, cardiology):
    problems = read_blueprint([("x.yaml", LINES.replace("answered_24h", "answerd_24h").encode())])[1]
    said = "There is no metric `questions_answerd_24h`; did you mean `questions_answered_24h`?"
    assert [str(one) for one in problems] == [f"x.yaml:8:15: {said}"]

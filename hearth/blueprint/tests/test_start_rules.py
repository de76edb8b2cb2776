"""What the guided start says is missing, and whether hands can carry promises: pure rules."""

from random import Random

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_flow

from hearth.blueprint.rules.answers import (
    Answers,
    Audience,
    Door,
    Doors,
    Hand,
    Line,
    Purpose,
    Room,
    Team,
    Value,
    answer_from,
    lines_with_keys,
    with_keys,
)
from hearth.blueprint.rules.drafting import Base
from hearth.blueprint.rules.living import missing
from hearth.blueprint.rules.promises import ANSWERED, in_short, rhythm, shown_lines, written_lines
from hearth.blueprint.rules.readiness import MINUTES, Verdict, largest_lack, readiness
from hearth.groups.rules.keys import key_from

WHOLE = Answers(
    purpose=Purpose(
        name="St Lucas",
        purpose="Doctors learn.",
        serves_link="relations",
        private_purpose="Referrals.",
        numbers={"participation": 40},
    ),
    audience=Audience(
        audience="Cardiologists of the east.", shared=["department"], rooms=[Room(key="a", name="A")], first=40
    ),
    value=Value(values="Kind.", lines=[Line(force="knowledge", service="A card", output="card", times=2)]),
    doors=Doors(norms="Be kind.", welcome="Who are you?", rooms=[Door(key="a", capacity=200)]),
    team=Team(
        hands=[Hand(role="manager", email="ada@example.org", hours=8, makes=["card", "hosting"])], answer_hours=24
    ),
)


def said(screen: str, **fields) -> list[str]:
    """What a screen of the whole community misses when some of its answer is another."""
    answer = getattr(WHOLE, screen).model_copy(update=fields)
    told = Answers(**{**dict(WHOLE.told()), screen: answer})
    return [gap.sentence.partition(":")[0].partition(",")[0] for gap in missing(told)]


def test_a_living_community_misses_nothing():
    assert missing(WHOLE) == []


def test_a_screen_that_was_left_out_misses_all_it_asks():
    assert {gap.screen for gap in missing(Answers())} == {"purpose", "audience", "value", "doors", "team"}


@pytest.mark.parametrize(
    ("screen", "fields", "begins"),
    [
        ("purpose", {"purpose": ""}, "Say in one sentence what it is for"),
        ("purpose", {"serves_link": ""}, "Name the one link of your business that it serves"),
        ("purpose", {"numbers": {}}, "Set one goal as a number"),
        ("audience", {"audience": ""}, "Say whom it is for"),
        ("audience", {"audience": "For everyone!"}, "This sounds like everybody. Name those who need it most"),
        ("audience", {"audience": "欢迎大家"}, "This sounds like everybody. Name those who need it most"),
        ("audience", {"shared": []}, "Tick what they have in common; that is what their first conversation is about."),
        ("audience", {"rooms": []}, "Name at least one group"),
        ("audience", {"first": 0}, "Count those whom you can invite at once"),
        ("audience", {"first": 19}, "That is about %(each)s people for each group. Begin with fewer groups"),
        ("value", {"lines": []}, "Name one reason why people come"),
        ("value", {"lines": [Line(force="social", service="Talk")]}, "Say how often something comes"),
        ("value", {"values": ""}, "Write down the two or three things that hold everybody to each other."),
        ("doors", {"norms": ""}, "Write the rules that all accept on entry"),
        ("doors", {"welcome": ""}, "Write a welcome that asks one easy question"),
        ("doors", {"rooms": [Door(key="a", visibility="hidden", capacity=9)]}, "Nobody finds a hidden group. Keep the"
         " doors low at first and raise them with size."),
        ("doors", {"rooms": [Door(key="a", capacity=501)]}, "Give each group a capacity"),
        ("team", {"hands": []}, "Say who has hours for it"),
        ("team", {"hands": [Hand(role="manager", email="a@b", hours=1)]}, "Nobody looks after the groups"),
        ("team", {"hands": [Hand(role="manager", hours=1, makes=["hosting"])]}, "Name somebody by e-mail address as"
         " keeper"),
        ("team", {"answer_hours": None}, "Say within how many hours a question is answered"),
    ],
)  # fmt: skip
def test_each_thing_that_is_missing_is_told_alone(screen, fields, begins):
    assert said(screen, **fields) == [begins]


def test_an_audience_of_everybody_who_shares_something_is_one():
    assert said("audience", audience="Everybody who shops near the lake.") == []
    assert said("audience", audience="湖滨店附近的所有人") == []


def test_offers_alone_are_no_reason_to_stay_and_floods_are_not_read():
    offers = [Line(force="benefit", service="Coupons", output="offer", times=4, every="day")]
    assert said("value", lines=offers) == [
        "Who comes for offers alone leaves with the last one. Add a reason of another kind.",
        "That is about %(pieces)s pieces a day. Spread them",
    ]
    answers = [Line(force="official", service="Answers", output="answer", times=40, every="day")]
    assert said("value", lines=answers) == []  # they go to whoever asked


def test_a_commercial_community_needs_the_whole_team_an_auxiliary_one_or_two():
    told = said("purpose", type="commercial", private_purpose="Fees.")
    assert told == [
        "A community that is the business needs a voice of its own",
        "A community that is the business needs somebody who wins new members.",
        "A community that is the business needs partners who step in on different occasions.",
    ]


def test_people_with_a_disease_are_not_shown_by_their_real_names():
    audience = WHOLE.audience.model_copy(update={"shared": ["disease"]})
    doors = WHOLE.doors.model_copy(update={"space": "professional"})
    told = Answers(**{**dict(WHOLE.told()), "audience": audience, "doors": doors})
    assert [gap.screen for gap in missing(told)] == ["doors"]


# Readiness

CARD = Line(force="knowledge", service="A card", output="card", times=3, every="week")
ANSWERS = Line(force="official", service="Answers", output="answer", times=3, every="day")


def hand(hours: float, *makes: str) -> Hand:
    return Hand(role="manager", hours=hours, makes=list(makes))


def test_promises_that_fit_into_the_hours_are_ready():
    found = readiness([CARD, ANSWERS], [hand(12, "card", "answer", "hosting")], 1, {})
    assert found.needed == {"card": 360, "answer": 210, "hosting": 60}
    assert (found.verdict, found.given, found.lacking) == (Verdict.TIGHT, 720, 0)
    assert readiness([CARD, ANSWERS], [hand(14, "card", "answer", "hosting")], 1, {}).verdict is Verdict.READY


def test_without_hours_it_says_do_not_build_yet_and_names_all_that_is_missing():
    found = readiness([CARD], [], 2, {})
    assert (found.verdict, found.lacking, found.short) == (Verdict.NOT_YET, 480, ("card", "hosting"))
    assert found.nobody == ("card", "hosting")


def test_hours_of_somebody_who_cannot_do_it_do_not_help():
    found = readiness([CARD], [hand(40, "hosting", "answer"), hand(2, "card")], 1, {})
    assert (found.verdict, found.lacking, found.short, found.nobody) == (Verdict.NOT_YET, 240, ("card",), ())


def test_less_than_one_piece_a_week_is_too_thin_to_be_built_on():
    rare = Line(force="social", service="We meet", output="gathering", times=1, every="month")
    found = readiness([rare], [hand(40, "gathering", "hosting")], 1, {})
    assert (found.verdict, found.thin, found.lacking) == (Verdict.NOT_YET, True, 0)


def test_without_promises_there_is_nothing_to_compare():
    silent = Line(force="social", service="Talk")
    assert readiness([silent], [hand(40, "hosting")], 1, {}).verdict is Verdict.UNTOLD


def test_own_minutes_stand_in_place_of_the_assumed_ones():
    assert readiness([CARD], [hand(3, "card", "hosting")], 1, {"card": 30}).needed == {"card": 90, "hosting": 60}
    assert MINUTES["card"] == 120


def test_what_is_missing_is_what_no_sharing_out_of_the_work_can_do():
    random, kinds = Random(7), ("card", "answer", "gathering", "round", "hosting")
    for _round in range(60):
        needed = {kind: random.randrange(10, 400) for kind in kinds}
        hands = [
            hand(random.randrange(0, 8), *[kind for kind in kinds if random.random() < 0.4])
            for _one in range(random.randrange(0, 5))
        ]
        assert largest_lack(needed, hands)[0] == sum(needed.values()) - most_done(needed, hands)


def most_done(needed: dict[str, int], hands: list[Hand]) -> int:
    """The most minutes that can be done, by SciPy's maximum flow from hands to kinds."""
    kinds, end = list(needed), len(hands) + len(needed) + 1
    net = np.zeros((end + 1, end + 1), dtype=np.int32)
    for n, one in enumerate(hands, 1):
        net[0, n] = round(60 * one.hours)
        for kind in one.makes:
            net[n, len(hands) + 1 + kinds.index(kind)] = 10_000
    for n, kind in enumerate(kinds, len(hands) + 1):
        net[n, end] = needed[kind]
    return int(maximum_flow(csr_matrix(net), 0, end).flow_value)


# Promises as value lines

HERE = {"key": "stlucas", "language": "en", "name": {"en": "St Lucas"}}
TALK = {
    "name": {"en": "A talk", "zh-hans": "讲座"},
    "force": "social",
    "groups": ["cardiology", "gone"],
    "service": {"en": "We talk", "zh-hans": "聊聊"},
    "kept_by": {"every_days": 31},
    "gets": {"member": {"en": "Company"}},
}


@pytest.mark.parametrize(
    ("force", "kept_by", "seen"),
    [
        ("knowledge", {"every_days": 1}, ("card", 1, "day")),
        ("benefit", {"every_days": 3}, ("offer", 2, "week")),
        ("social", {"every_days": 7}, ("round", 1, "week")),
        ("social", {"every_days": 31}, ("gathering", 1, "month")),
        ("emotion", {"every_days": 92}, ("round", 1, "month")),
        ("official", {"metric": "questions_answered_24h", "at_least": 0.9}, ("answer", 10, "week")),
    ],
)
def test_what_shows_that_a_line_is_kept_says_how_often_something_comes(force, kept_by, seen):
    found = rhythm({"force": force, "kept_by": kept_by})
    assert (found["output"], found["times"], found["every"]) == seen


def test_a_line_that_stands_is_written_only_where_it_was_changed():
    base = Base("en", HERE, {"value_lines": {"talk": TALK}}, stands=True)
    (line,) = shown_lines(base, {"talk": TALK})
    assert (line.key, line.service, line.output) == ("talk", "We talk", "gathering")
    same = written_lines(base, {"talk": TALK}, Value(lines=[line]), {"cardiology"})
    assert same == {"talk": {"service": TALK["service"]}}
    often = line.model_copy(update={"service": "We talk a lot", "times": 2})
    assert written_lines(base, {"talk": TALK}, Value(lines=[often]), ()) == {
        "talk": {"service": {"en": "We talk a lot", "zh-hans": "聊聊"}, "kept_by": {"every_days": 15}}
    }


def test_a_line_of_a_ready_made_one_comes_whole_for_the_groups_there_are():
    base = Base("en", HERE, {"value_lines": {"talk": TALK}})
    written = written_lines(base, {"talk": TALK}, Value(lines=shown_lines(base, {"talk": TALK})), {"cardiology"})
    assert written == {"talk": {**TALK, "groups": ["cardiology"]}}


def test_a_new_line_has_all_that_it_needs():
    lines = lines_with_keys(
        [CARD, ANSWERS, Line(force="knowledge", service="A course: ten evenings"), Line(force="social")], ["official"]
    )
    written = written_lines(Base("en", HERE), {}, Value(lines=lines), ())
    assert {key: (one["name"]["en"], one["force"], one["kept_by"]) for key, one in written.items()} == {
        "knowledge": ("A card", "knowledge", {"every_days": 2}),
        "official-2": ("Answers", "official", ANSWERED),
        "knowledge-2": ("A course", "knowledge", {"every_days": 7}),
    }


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("A card a day: one paper.", "A card a day"),
        ("每周一篇：一起读", "每周一篇"),
        (":odd", ":odd"),
        ("x" * 99, "x" * 79 + "…"),
    ],
)
def test_a_service_in_a_few_words(service, name):
    assert in_short(service) == name


# Answers


def test_rooms_get_keys_of_their_own():
    rooms = [Room(name="Heart & lung"), Room(name="心内科"), Room(name="儿科"), Room(key="old", name="Old"), Room()]
    keyed = with_keys(rooms, {"heart-lung"}, key_from)
    assert [room.key for room in keyed] == ["heart-lung-2", "group", "group-2", "old"]


@pytest.mark.parametrize(
    ("screen", "told"),
    [
        ("purpose", {"purpose": "x" * 2001}),
        ("purpose", {"type": "hobby"}),
        ("purpose", {"numbers": {"participation": 101}}),
        ("audience", {"rooms": [{"name": "x"}] * 13}),
        ("audience", {"rooms": [{"key": "../x", "name": "x"}]}),
        ("value", {"lines": [{"force": "greed"}]}),
        ("doors", {"rooms": [{"key": "a", "capacity": 1}]}),
        ("team", {"hands": [{"role": "manager", "hours": float("nan")}]}),
        ("team", {"hands": [{"role": "manager", "email": "no address"}]}),
        ("team", {"surprise": 1}),
    ],
)
def test_what_no_screen_can_give_is_refused(screen, told):
    with pytest.raises(ValidationError):
        answer_from(screen, told)


def test_what_cannot_be_seen_does_not_come_in():
    told = answer_from("purpose", {"name": "A\u202eB\x00\n C", "purpose": "One\u2028two\x07\n\n  three "})
    assert (told.name, told.purpose) == ("AB C", "One\ntwo\n\nthree")

"""The talk's files hold together: every line can be said, and lines choose their slots rightly."""

import random
from importlib.resources import files

import opencc
import pytest

from hearth.project.demo.grammar import Bag, choose_slots, fits, mention, parse_families, render
from hearth.project.demo.making import charter
from hearth.project.demo.wording import reword

SAMPLE = """
== sore-knee case
$ age = 30..32
Q {age}-year-old, knee sore for {2-3} days. [Scan?|Wait?]
Q Other opening
A (1) Wait.
? Fever? || None.
F #1 Better || Good.
"""


def test_a_family_is_read_with_its_pairs_and_slots() -> None:
    family = parse_families(SAMPLE, "en")["sore-knee"]
    assert (family.kind, family.language) == ("case", "en")
    assert family.slots == {"age": "30..32"}
    assert family.clarifications == [("Fever?", "None.")]
    assert family.followups == [("#1 Better", "Good.")]
    with pytest.raises(ValueError, match="unknown line"):
        parse_families("== x case\nZ what", "en")


def test_numbers_slots_and_alternatives_are_filled_in() -> None:
    rng = random.Random(3)
    family = parse_families(SAMPLE, "en")["sore-knee"]
    said = {render(family.openings[0], choose_slots(family, rng), rng) for _ in range(200)}
    assert said == {
        f"{age}-year-old, knee sore for {days} days. {ask}"
        for age in (30, 31, 32)
        for days in (2, 3)
        for ask in ("Scan?", "Wait?")
    }
    assert render("ph {7.05-7.05} @{peer}", {"peer": mention("p012")}, rng) == "Ph 7.05 @{p012}"
    assert render("eGFR [low|low]", {}, rng) == "eGFR low"
    with pytest.raises(KeyError):
        render("{nobody}", {}, rng)


def test_an_answer_may_fit_one_opening_only() -> None:
    assert fits("(13) yes", 1)
    assert not fits("(13) yes", 2)
    assert fits("always", 2)
    assert render("(13) yes", {}, random.Random(1)) == "Yes"


def test_a_bag_draws_every_line_before_any_comes_again() -> None:
    bag = Bag(random.Random(5))
    lines = ["a", "b", "c", "d"]
    for _ in range(3):
        drawn = []
        for _ in lines:
            line = bag.order(lines)[0]
            bag.use(line)
            drawn.append(line)
        assert sorted(drawn) == lines


def test_rewording_keeps_questions_and_quotations_whole() -> None:
    rng = random.Random(2)
    for text in ('He said "no. not now" and left. Do we wait?', "“先看人。再看单子。”是谁说的？"):
        for _ in range(60):
            said = reword(text, "zh" if "先" in text else "en", rng)
            assert said.count('"') % 2 == 0
            assert said.count("“") == said.count("”")
            assert said.endswith(("?", "？"))


def test_every_line_of_every_file_belongs_to_a_family_with_an_opening_or_answers() -> None:
    folder = files("hearth.project.demo").joinpath("talk")
    names = sorted(path.name for path in folder.iterdir() if path.name.endswith(".txt"))
    assert len(names) == 13
    for name in names:
        for family in parse_families(folder.joinpath(name).read_text(encoding="utf-8"), name.split(".")[1]).values():
            assert family.answers, (name, family.name)
            assert family.openings or family.kind in ("pool", "en", "zh"), (name, family.name)
            for head, _ in family.followups:
                if head.startswith("#"):
                    assert 1 <= int(head[1:].split()[0]) <= len(family.answers)


def test_traditional_texts_hold_no_simplified_characters() -> None:
    to_traditional = opencc.OpenCC("s2t")

    def check(value: object) -> None:
        if isinstance(value, dict):
            if "zh_hant" in value:
                kept = value["zh_hant"]
                assert to_traditional.convert(kept).translate(VARIANTS) == kept.translate(VARIANTS), kept
            for inner in value.values():
                check(inner)
        elif isinstance(value, list):
            for inner in value:
                check(inner)

    check(charter())


VARIANTS = str.maketrans({"羣": "群", "裏": "裡", "爲": "為", "衆": "眾", "衞": "衛", "牀": "床", "喫": "吃"})

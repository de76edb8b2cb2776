"""From an original and a line to a copy: what is filled in where, and that values are only ever values."""

import pytest

from hearth.blueprint.queries.copies import shapes_by_key
from hearth.blueprint.rules.filling import belonging, copied, fill, staying_words, unknown_words
from hearth.blueprint.rules.targets import read_table
from hearth.blueprint.types import Original

WARD = {
    "language": "en", "name": {"en": "Ward {city}", "zh-hans": "{city}病区"}, "theme": "{department}", "function": {},
    "card": {"en": "For {city}. Write {{name}}."}, "welcome": {}, "norms": {"en": "Be kind."}, "capacity": 30,
    "visibility": "listed", "space": "general", "place": None, "time_zone": "UTC", "lasting": "standing",
    "ends_on": None, "owner": None,
}  # fmt: skip
STOOD = {"groups": {"ward": WARD}, "goals": {"mau@ward": {"bound": "at_least", "value": 9.0, "due": None}}}


def made(table: str, sets: dict[str, str] | None = None, stood=STOOD):
    """The first copy of a table, and everything that is wrong."""
    original, shapes = Original("groups", "ward", stood, sets or {}), shapes_by_key()
    told = read_table("t.csv", table.encode())
    assert told.problems == ()
    problems = list(unknown_words(original, told, shapes))
    parts, wrong = copied(original, told.targets[0], shapes, "en", told.at(told.targets[0].line))
    return parts, [str(one) for one in problems + wrong]


def test_texts_theme_and_what_hangs_on_the_group_are_the_copys():
    parts, wrong = made("key,city,department\nlyon,Lyon,surgery\n")
    assert wrong == []
    assert parts["groups"] == {
        "lyon": WARD | {
            "name": {"en": "Ward Lyon", "zh-hans": "Lyon病区"},
            "theme": "surgery",
            "card": {"en": "For Lyon. Write {name}."},
        }
    }  # fmt: skip
    assert parts["goals"] == {"mau@lyon": STOOD["goals"]["mau@ward"]}


def test_columns_named_like_fields_say_them_and_an_empty_cell_leaves_them():
    table = "key,city,department,name,capacity,name:zh-hans,theme\nlyon,Lyon,x,Our {city},40,我们,\n"
    parts, wrong = made(table)
    assert wrong == []
    lyon = parts["groups"]["lyon"]
    assert (lyon["name"], lyon["capacity"], lyon["theme"]) == ({"en": "Our {city}", "zh-hans": "我们"}, 40, "x")


def test_what_is_said_otherwise_is_filled_in_and_one_language_leaves_the_others():
    sets = {"name": "Room of {City}", "card:zh-hans": "给{city}", "place": "site-{key}", "function": "{{x}}"}
    parts, wrong = made("key,city,department\nlyon,Lyon,x\n", sets)
    assert wrong == []
    lyon = parts["groups"]["lyon"]
    assert lyon["name"] == {"en": "Room of Lyon"}
    assert lyon["card"] == {"en": "For Lyon. Write {name}.", "zh-hans": "给Lyon"}
    assert (lyon["place"], lyon["function"]) == ("site-lyon", {"en": "{x}"})


@pytest.mark.parametrize(
    "hostile",
    ["{department}", "{{city}}", "{city.__class__.__mro__}", "{0}", "%(key)s", "{city!r:>99999999}", "$city", "\\g<0>"],
)
def test_a_value_is_never_read_as_a_template(hostile: str):
    parts, wrong = made(f"key,city,department\nlyon,{hostile},surgery\n")
    assert (parts["groups"]["lyon"]["name"]["en"], wrong) == (f"Ward {hostile}", [])


@pytest.mark.parametrize("word", ["city.__class__", "0", "city!r", "city:>999", "citty"])
def test_a_placeholder_without_a_column_is_told_with_what_was_meant(word: str):
    stood = {"groups": {"ward": WARD | {"welcome": {"en": f"Hello {{{word}}}"}}}}
    _parts, wrong = made("key,city,department\nlyon,Lyon,x\n", stood=stood)
    assert f"`{{{word}}}` in `welcome` is no column" in wrong[0]
    assert ("did you mean `{city}`?" in wrong[0]) == (word not in {"0", "city.__class__"})


def test_braces_of_the_original_may_stay_but_not_what_is_nearly_a_column_or_said_otherwise():
    stood = {"groups": {"ward": WARD | {"norms": {"en": "Write {Your Name} in {city}, not {citty}."}}}}
    original = Original("groups", "ward", stood, {"welcome": "Hello {name}"}, braces=True)
    table, shapes = read_table("t.csv", b"key,city,department\nlyon,Lyon,x\n"), shapes_by_key()
    assert [str(one) for one in unknown_words(original, table, shapes)] == [
        "`{name}` in `welcome` is no column; there are key, city, department. For braces write them twice: `{{`.",
        "`{citty}` in `norms` is no column; did you mean `{city}`?",
    ]
    assert staying_words(original, table, shapes) == [("your name", "norms")]
    parts, _wrong = copied(original, table.targets[0], shapes, "en", table.at(2))
    assert parts["groups"]["lyon"]["norms"] == {"en": "Write {Your Name} in Lyon, not {citty}."}


def test_empty_values_wrong_values_and_unknown_fields_are_told_with_their_line():
    _parts, wrong = made("key,city,department,capacity\nlyon,,x,many\n", {"nmae": "x", "name:fr": "y"})
    assert wrong == [
        "There is no field `nmae`; did you mean `name`?",
        "There is no field `name:fr`; did you mean `name`?",
        "t.csv:2:1: `city` is empty in this line.",
        "t.csv:2:1: `name`: `fr` is no language of the house; there are en, zh-hans, zh-hant.",
        "t.csv:2:1: `capacity`: `capacity` is a whole number, without quotes.",
        "t.csv:2:1: `nmae`: Unknown key `nmae`; did you mean `name`?",
    ]
    long = "x" * 90
    assert made(f"key,city,department\nlyon,{long},x\n")[1] == [
        "t.csv:2:1: `name`: This is too long: at most 80 characters."
    ]


def test_braces_are_written_twice_and_others_stay_as_they_are():
    assert fill("{{a}} {{{a}}} { a } {} {\n} }{ {a{b}", lambda word: f"<{word}>") == "{a} {<a>} <a> {} {\n} }{ {a<b>"


def test_what_belongs_to_a_group_goes_with_it_but_for_its_keepers():
    shapes = list(shapes_by_key().values())
    there = {
        "groups": {"ward": WARD | {"keepers": ["bo@x"]}, "other-ward": WARD},
        "goals": {"mau@ward": {"value": 1.0}, "mau": {"value": 2.0}, "mau@other-ward": {"value": 3.0}},
    }
    assert belonging("ward", "groups", there, shapes) == {
        "groups": {"ward": WARD},
        "goals": {"mau@ward": {"value": 1.0}},
    }
    assert belonging("nobody", "groups", there, shapes) == {}


def test_what_an_original_has_no_norms_of_has_none_in_its_copy():
    parts, wrong = made("key,city,department\nlyon,Lyon,x\n", stood={"groups": {"ward": WARD | {"norms": {}}}})
    assert (parts["groups"]["lyon"]["norms"], wrong) == ({}, [])


def test_what_is_wrong_in_a_whole_community_names_the_thing_it_is_wrong_in():
    stood = {"community": {"": {"key": "st", "name": {"en": "St"}, "language": "en"}}, "groups": {"ward": WARD}}
    told = read_table("t.csv", f"key,city,department\nlyon,{'x' * 90},x\n".encode())
    _parts, wrong = copied(Original("community", "", stood), told.targets[0], shapes_by_key(), "en", told.at(2))
    assert [str(one) for one in wrong] == ["t.csv:2:1: `groups ward: name`: This is too long: at most 80 characters."]

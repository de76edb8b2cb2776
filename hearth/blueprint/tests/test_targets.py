"""What the table of copies may look like, and what is said about one that cannot be read."""

import pytest

from hearth.blueprint.rules.targets import MOST_COPIES, read_table

NO_NAME = "cannot name a column: use letters, digits and `_`, as in `shop_name`."
UNREADABLE = "This line cannot be read as CSV: look at its quotation marks."
SHOPS = "key,city,shop\nbeijing,北京,王府井\nwuhan,武汉,光谷\n"


def said(text: str | bytes, **how) -> list[str]:
    raw = text if isinstance(text, bytes) else text.encode()
    return [str(one) for one in read_table("shops.csv", raw, **how).problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_whatever_a_spreadsheet_writes_is_read(encoding: str):
    table = read_table("shops.csv", SHOPS.encode(encoding))
    assert table.problems == ()
    assert table.columns == ("key", "city", "shop")
    assert [(one.line, one.key, dict(one.values)) for one in table.targets] == [
        (2, "beijing", {"key": "beijing", "city": "北京", "shop": "王府井"}),
        (3, "wuhan", {"key": "wuhan", "city": "武汉", "shop": "光谷"}),
    ]


@pytest.mark.parametrize("between", ["\t", ";", "，"])
def test_lines_that_people_type_are_read(between: str):
    table = read_table("", SHOPS.replace(",", between).encode())
    assert [one.values["shop"] for one in table.targets] == ["王府井", "光谷"]


def test_empty_lines_and_empty_columns_count_for_nothing_and_line_numbers_stay():
    table = read_table("", b'\nkey,City,,\n\n"a","x\ny"\n\nb\n')
    assert [(one.line, one.key, one.values["city"]) for one in table.targets] == [(4, "a", "x\ny"), (7, "b", "")]
    assert table.problems == ()


def test_every_wrong_key_is_told_with_its_line_and_what_was_meant():
    assert said("key,city\nBei Jing,x\nwuhan,y\n北京,z\nwuhan,w\n") == [
        "shops.csv:2:1: `Bei Jing` cannot be a key; use small letters, digits and hyphens, such as `bei-jing`.",
        "shops.csv:4:1: `北京` cannot be a key; use small letters, digits and hyphens, at most 60.",
        "shops.csv:5:1: `wuhan` stands here twice; the first is in line 3.",
    ]
    assert said(f"key\n{'a' * 41}\n", longest_key=40) == [
        f"shops.csv:2:1: `{'a' * 41}` cannot be a key; use small letters, digits and hyphens, at most 40."
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "shops.csv:1:1: The first line names the columns, and one of them is `key`; there are: –."),
        ("keys,city\na,b\n", "shops.csv:1:1: The first line names the columns: `keys` shall be `key`."),
        ("key,shop name\na,b\n", f"shops.csv:1:1: `shop name` {NO_NAME}"),
        ("key,{0.__class__}\na,b\n", f"shops.csv:1:1: `{{0.__class__}}` {NO_NAME}"),
        ("key,city,city\na,b,c\n", "shops.csv:1:1: The column `city` stands here twice."),
        ("key,city\n", "shops.csv:2:1: There is no line below the names of the columns: write one for each copy."),
        ("key,city\na,b,c\n", "shops.csv:2:1: There are 3 cells for 2 columns; put texts with commas into quotes."),
        ('key,city\na,"b\nc,d\n', f"shops.csv:2:1: {UNREADABLE}"),
        ("key,city\na," + "b" * 8001, "shops.csv:2:1: `city` is too long: at most 8000 characters."),
        ("key,city\na," + "b" * 200_000, f"shops.csv:2:1: {UNREADABLE}"),
        (b"PK\x03\x04\0\0key\0", "shops.csv:1:1: This is no table of text; save it as CSV."),
        (",".join(["key", *(f"c{n}" for n in range(40))]), "shops.csv:1:1: These are too many columns: at most 40."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(text: str | bytes, sentence: str):
    assert said(text) == [sentence]


def test_a_hundred_thousand_lines_are_refused_before_they_are_kept():
    table = read_table("", ("key\n" + "".join(f"shop-{n}\n" for n in range(100_000))).encode())
    assert [str(one) for one in table.problems] == [":2002:1: This is too much: at most 2000 copies at a time."]
    assert len(table.targets) == MOST_COPIES
    assert said(b"key\n" + b"x" * 2_000_000) == ["shops.csv:1:1: This table is too large: at most 2000000 bytes."]

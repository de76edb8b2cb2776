"""The state of a list lives in its URL."""

import pytest
from django.http import QueryDict
from hypothesis import given, strategies as st

from hearth.ui.lists.state import ListState, clean, read_state, whole_number, write_state

DEFAULT = ListState(sort="members", descending=True)
COLUMNS = ("name", "stage", "members")


def read(query: str) -> ListState:
    return read_state(
        QueryDict(query), columns=COLUMNS, sortable=("name", "members"), filters=("stage", "size"), default=DEFAULT
    )


def test_an_empty_url_is_the_declared_list() -> None:
    assert read("") == DEFAULT
    assert write_state(DEFAULT, DEFAULT) == ""


def test_a_url_holds_search_filters_order_columns_and_page() -> None:
    state = read("q=neuro&f.stage=cold&f.stage=warm&sort=-name&cols=name,members&page=3&size=50")
    assert state == ListState(
        q="neuro",
        filters={"stage": ("cold", "warm")},
        sort="name",
        descending=True,
        cols=("name", "members"),
        page=3,
        size=50,
    )


def test_the_written_url_reads_back_the_same() -> None:
    state = read("q=a+b&f.stage=x&sort=name&cols=members&page=2&size=100")
    assert read(write_state(state, DEFAULT)) == state


def test_what_the_list_does_not_know_is_left_out() -> None:
    assert read("f.colour=red&sort=-colour&cols=colour&page=-4&size=7&hello=1") == DEFAULT


def test_two_fields_of_a_range_become_one_value() -> None:
    assert read("f.size.low=10&f.size.high=20").filters == {"size": ("10..20",)}
    assert read("f.size.low=&f.size.high=20").filters == {"size": ("..20",)}
    assert read("f.size.low=&f.size.high=").filters == {}


def test_changing_a_filter_or_the_order_goes_back_to_the_first_page() -> None:
    state = read("f.stage=x&f.stage=y&page=9")
    assert state.without_filter("stage", "x") == ListState(
        filters={"stage": ("y",)}, sort="members", descending=True, page=1
    )
    assert state.without_filter("stage").filters == {}
    assert state.with_filter("stage", "z").filters == {"stage": ("z",)}
    assert state.sorted_by("name").sort_text == "name"
    assert state.sorted_by("name").page == 1


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("0", 1), ("9" * 30, 1), ("٣", 1), ("-2", 1), ("1e3", 1), (None, 1), ("999", 99)]
)
def test_a_page_number_is_held_in_bounds(text: str | None, number: int) -> None:
    assert whole_number(text, 1, 1, 99) == number


def test_text_loses_what_databases_refuse() -> None:
    assert clean("a\x00b\ud800c\n ") == "abc"
    assert len(clean("x" * 9999)) == 200


@given(st.text(max_size=300))
def test_no_url_breaks_the_reading(query: str) -> None:
    state = read(query.encode("utf-8", "ignore").decode())
    assert read(write_state(state, DEFAULT)) == state


@given(
    st.dictionaries(st.sampled_from(["q", "sort", "cols", "page", "size", "after", "f.stage", "f.size.low"]), st.text())
)
def test_no_value_breaks_the_reading(values: dict[str, str]) -> None:
    query = QueryDict(mutable=True)
    query.update(values)
    state = read_state(query, columns=COLUMNS, sortable=COLUMNS, filters=("stage", "size"), default=DEFAULT)
    assert 1 <= state.page <= 1_000_000
    assert state.size in (25, 50, 100, 200)

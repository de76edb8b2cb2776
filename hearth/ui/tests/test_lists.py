"""The one list: what it shows, in how many queries, and what it hands out."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.db.models import QuerySet
from django.http import HttpRequest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails
from hypothesis import HealthCheck, given, settings, strategies as st

from hearth.core.models import Community
from hearth.ui.lists import (
    BulkAction,
    BulkOutcome,
    BulkPreview,
    CallableSource,
    Column,
    Filter,
    ListPage,
    ListState,
    SavedView,
)
from hearth.ui.lists.bulk import BulkLine
from hearth.ui.lists.export import harmless
from hearth.ui.lists.sources import read_cursor, write_cursor

NAMES = ["Cardiology", "=Neurology", "Paediatrics", "神经外科", "Stroke", "Surgery", "Yoga"]
done: list[list[str]] = []


def rename_preview(request: HttpRequest, rows: Any) -> BulkPreview:
    lines = [
        BulkLine(row.name, before=row.name, after="x", refused="never" if row.name == "Yoga" else "") for row in rows
    ]
    return BulkPreview("They are renamed.", lines)


def rename(request: HttpRequest, rows: Any) -> BulkOutcome:
    done.append([row.name for row in rows])
    return BulkOutcome("Renamed.", "/undo/7/")


COLUMNS = (
    Column("name", "Name", kind="link", sort="name", url="key", lead=True),
    Column("key", "Key", sort="key"),
    Column("language", "Language", visible=False),
)
LISTED = ListPage(
    key="communities",
    columns=COLUMNS,
    filters=(
        Filter("language", "Language", choices=[("en", "English"), ("zh-hans", "Chinese")]),
        Filter("id", "Number", kind="number"),
    ),
    search=("name", "key"),
    default_sort="name",
    bulk=(BulkAction("rename", "Rename", rename_preview, rename, limit=5),),
)
KEYSET = ListPage(key="long", columns=COLUMNS, default_sort="-name", size=25, keyset=True, count=False)


@pytest.fixture(autouse=True)
def rows(db: None) -> None:
    Community.objects.all().delete()
    for n, name in enumerate(NAMES):
        Community.objects.create(key=f"k{n}", name=name, language="zh-hans" if n == 3 else "en")
    done.clear()


def everything() -> QuerySet[Community]:
    return Community.objects.all()


def ask(query: str = "", *, post: dict[str, Any] | None = None, target: str = "") -> HttpRequest:
    factory = RequestFactory()
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}
    path = f"/list/?{query}" if query else "/list/"
    request = factory.post(path, post) if post is not None else factory.get(path, headers=headers)
    request.user = AnonymousUser()
    request.session = SessionStore()
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    return request


def names(query: str) -> list[str]:
    return [row.name for row in LISTED.read(ask(query), everything()).rows]


def test_a_list_is_sorted_searched_and_filtered_from_its_url() -> None:
    assert names("") == sorted(NAMES)
    assert names("sort=-name")[0] == "神经外科"
    assert names("q=s+t") == ["Paediatrics", "Stroke"]
    assert names("f.language=zh-hans") == ["神经外科"]
    assert names("f.language=klingon") == sorted(NAMES)


def test_a_list_takes_two_queries_however_long_it_is(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        listing = LISTED.read(ask("q=o&size=50"), everything())
        assert listing.total == 4
        assert [len(row.cells) for row in listing.rows] == [2, 2, 2, 2]


def test_a_page_beyond_the_end_shows_the_last_one() -> None:
    listing = LISTED.read(ask("page=900000"), everything())
    assert (listing.state.page, len(listing.rows), listing.first, listing.last) == (1, 7, 1, 7)


def test_each_filter_that_is_on_has_a_pill_that_removes_it() -> None:
    listing = LISTED.read(ask("f.language=en&f.id.low=1&q=o"), everything())
    assert [(str(pill.name), str(pill.value), pill.remove) for pill in listing.pills] == [
        ("Language", "English", "/list/?q=o&f.id=1.."),
        ("Number", "1 – ", "/list/?q=o&f.language=en"),
    ]
    assert listing.all_url == "/list/"


def test_a_click_on_a_head_sorts_and_a_second_turns_the_order() -> None:
    heads = {head.column.key: head for head in LISTED.read(ask(""), everything()).heads}
    assert (heads["name"].order, heads["name"].url) == ("ascending", "/list/?sort=-name")
    assert (heads["key"].order, heads["key"].url) == ("", "/list/?sort=key")


def test_the_leading_column_stays_whatever_is_chosen() -> None:
    assert [column.key for column in LISTED.read(ask("cols=language"), everything()).columns] == ["name", "language"]


def test_htmx_gets_the_table_alone_and_others_the_whole_page() -> None:
    whole = LISTED.respond(ask(""), everything())
    part = LISTED.respond(ask("q=o&page=1", target="list-communities"), everything())
    assert whole.content.lstrip().startswith(b"<!doctype html>")
    assert part.content.lstrip().startswith(b'<div class="list" id="list-communities"')
    assert part.headers["HX-Push-Url"] == "/list/?q=o"
    assert b"<c-" not in whole.content + part.content


def test_the_export_holds_exactly_what_is_filtered_and_harms_no_spreadsheet() -> None:
    response = LISTED.respond(ask("f.language=en&sort=name&export=csv"), everything())
    lines = b"".join(response).decode().splitlines()  # type: ignore[call-overload]
    assert lines[:3] == ["\ufeffName,Key", "'=Neurology,k1", "Cardiology,k0"]
    assert len(lines) == 7
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "  =1", "＝1"])
def test_text_that_looks_like_a_formula_is_disarmed(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_numbers_stay_numbers_in_the_export() -> None:
    assert [harmless(value) for value in (-3, 0.5, None, True, ("Bo", 3))] == [-3, 0.5, "", "yes", "Bo"]


def keys(*wanted: str) -> str:
    return ",".join(str(pk) for pk in Community.objects.filter(name__in=wanted).values_list("pk", flat=True))


def test_a_bulk_action_first_shows_what_it_would_do_and_changes_nothing() -> None:
    response = LISTED.respond(ask(post={"bulk": "rename", "pick": keys("Stroke", "Yoga")}), everything())
    assert response.status_code == 200
    assert b"They are renamed." in response.content
    assert b"never" in response.content
    assert done == []


def test_a_confirmed_bulk_action_takes_effect_once_and_offers_undo() -> None:
    post = {"bulk": "rename", "pick": keys("Stroke"), "step": "apply", "expected": "1", "idempotency_key": "a1"}
    first = ask("q=str", post=post)
    response = LISTED.respond(first, everything())
    again = ask("q=str", post=post)
    again.session = first.session
    LISTED.respond(again, everything())
    assert (response.status_code, response.headers["Location"]) == (302, "/list/?q=str")
    assert done == [["Stroke"]]
    assert [message.extra_tags for message in again._messages] == ['{"undo":"/undo/7/","seconds":10}']  # type: ignore[attr-defined]


def test_a_list_that_changed_since_the_preview_is_shown_again() -> None:
    post = {"bulk": "rename", "all": "1", "step": "apply", "expected": "2", "idempotency_key": "a2"}
    response = LISTED.respond(ask("q=o&f.id.low=0", post=post), everything())
    assert response.status_code == 200
    assert b"The list changed since you looked" in response.content
    assert done == []


@pytest.mark.parametrize(
    "post",
    [
        {"bulk": "rename", "pick": ""},
        {"bulk": "delete-all", "pick": "1"},
        {"bulk": "rename", "all": "1"},
    ],
)
def test_a_senseless_bulk_request_goes_back_to_the_list(post: dict[str, str]) -> None:
    response = LISTED.respond(ask(post={**post, "step": "apply", "expected": "7"}), everything())
    assert (response.status_code, done) == (302, [])


def test_unreadable_keys_select_nothing() -> None:
    source = LISTED.source(everything())
    assert source.pick(LISTED, ["x", "9" * 40, "-1", "1.5", "\x00"]) == []


def test_keyset_pages_meet_every_row_once_in_order() -> None:
    for n in range(60):
        Community.objects.create(key=f"m{n}", name=f"Ward {n % 7}")
    seen: list[int] = []
    query = ""
    for _ in range(5):
        listing = KEYSET.read(ask(query), everything())
        seen += [row.thing.pk for row in listing.rows]
        if not listing.next_url:
            break
        query = listing.next_url.partition("?")[2]
    assert seen == list(Community.objects.order_by("-name", "pk").values_list("pk", flat=True))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        0.5,
        "神经",
    ],
)
def test_a_cursor_reads_back_what_it_was_written_from(value: Any) -> None:
    assert read_cursor(write_cursor(value, 9)) == (value, 9)


@pytest.mark.parametrize("text", ["x", "W10", "e30", "bnVsbA", write_cursor("a", 2**70), "!!!!", "W1tbXV1d" * 200])
def test_a_damaged_cursor_starts_at_the_top(text: str) -> None:
    assert read_cursor(text) is None
    assert len(KEYSET.read(ask(urlencode({"after": text})), everything()).rows) == 7


def test_a_cursor_of_another_order_does_not_break_the_list() -> None:
    query = urlencode({"after": write_cursor(None, "not a number")})
    assert len(KEYSET.read(ask(query), everything()).rows) == 7


def test_a_function_can_be_the_source() -> None:
    things = [{"name": f"n{n}"} for n in range(450)]

    def fetch(state: ListState) -> tuple[list[dict[str, str]], int]:
        found = [thing for thing in things if state.q in thing["name"]]
        return found[state.offset : state.offset + state.size], len(found)

    listed = ListPage(key="f", columns=(Column("name", "Name"),), search=("yes",))
    source = CallableSource(fetch, row_key=lambda row: str(row["name"]))
    assert len(source.keys(listed, ListState())) == 450
    assert source.pick(listed, ["n3", "nobody"]) == [{"name": "n3"}]
    listing = listed.read(ask("page=99"), source)
    assert (listing.state.page, [row.key for row in listing.rows][-1]) == (18, "n449")


class Shelf:
    """Saved views in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def listed(self, request: HttpRequest, list_key: str) -> list[SavedView]:
        return [SavedView(name, name, query) for name, query in self.kept.items()]

    def save(self, request: HttpRequest, list_key: str, name: str, query: str, *, shared: bool) -> None:
        self.kept[name] = query

    def remove(self, request: HttpRequest, list_key: str, key: str) -> None:
        self.kept.pop(key, None)


def test_a_view_is_saved_shown_as_current_and_removed() -> None:
    shelf = Shelf()
    LISTED.respond(
        ask("q=o&page=1", post={"view": "save", "name": " Those with o ", "idempotency_key": "v1"}),
        everything(),
        saved=shelf,
    )
    assert shelf.kept == {"Those with o": "q=o"}
    listing = LISTED.read(ask("q=o"), everything(), shelf)
    assert [(view.name, url, current) for view, url, current in listing.views] == [("Those with o", "/list/?q=o", True)]
    LISTED.respond(
        ask(post={"view": "remove", "key": "Those with o", "idempotency_key": "v2"}), everything(), saved=shelf
    )
    assert shelf.kept == {}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["q", "sort", "cols", "page", "size", "after", "f.language", "f.id", "f.id.low", "f.id.high"]),
        st.text(max_size=40)
        | st.integers().map(str)
        | st.sampled_from(["name", "-name", "nan..inf", "1e999", "..", "-5.."]),
    )
)
def test_no_url_breaks_a_list(values: dict[str, str]) -> None:
    query = urlencode({key: value.encode("utf-8", "ignore") for key, value in values.items()})
    for listed in (LISTED, KEYSET):
        assert listed.respond(ask(query), everything()).status_code == 200


def test_a_wrong_declaration_speaks_at_once() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        Column("a", "A", kind="colour")
    with pytest.raises(ValueError, match="share a key"):
        ListPage(key="l", columns=(Column("a", "A"), Column("a", "A")))
    with pytest.raises(ValueError, match="not a sortable column"):
        ListPage(key="l", columns=(Column("a", "A"),), default_sort="-a")


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("bool", "yes", "Yes"),
        ("bool", "no", "No"),
        ("number", "3..9", "3 – 9"),
        ("date", "2026-11-01..2026-11-28", "Nov 1, 2026 – Nov 28, 2026"),
        ("date", "2026-11-28", "Nov 28, 2026"),
        ("date", "2026-11-28..", "Nov 28, 2026 – "),
    ],
)
def test_a_pill_says_its_value_as_people_do(kind: str, value: str, words: str) -> None:
    assert str(Filter("x", "X", kind=kind).shown(value)) == words

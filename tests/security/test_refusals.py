"""Whatever is typed into a form or sent to a route: a clear refusal that keeps what was typed, never a broken page."""

from collections.abc import Sequence
from html import escape
from itertools import cycle

import pytest
from django.test import Client

from hearth.conversation.models import Message
from tests.security import blank, sham
from tests.security.expectations import expected
from tests.security.markup import Page
from tests.security.routes import Route, routes
from tests.security.test_writes import WRITES, somebody
from tests.security.world import World, taken_back

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
HUGE = "9" * 40
ODD = ("²", "9" * 40, "\x00%<")
GARBAGE = ("²", "9" * 40, "\x00𝔘\u202e<b>")
NUMBERED = (
    "page", "at", "older", "newer", "before", "after", "group", "author", "ids", "reply", "q", "sort", "f.stage",
    "f.members", "f.place", "f.keeper", "f.open", "show", "size", "into", "level", "lang", "shell", "export",
    "partial", "cols", "view", "key", "day", "f.at", "f.state", "f.joined",
)  # fmt: skip
UNNAMED = ("number", "up_to", "text", "member", "role", "client_id", "emoji", "toggle", "back", "next", "attachment",
           "reply_to", "into", "action", "rows", "why", "q")  # fmt: skip
TYPED = {
    "people:profile": {"display_name": "x" * 81, "about": "kept 词 <b>words</b>"},
    "people:verification": {"kind": "astronaut", "hospital": "kept 词 <b>words</b>"},
    "people:tokens": {"name": "kept 词 <b>words</b>", "scopes": "everything"},
    "groups:settings": {"name": "", "card": "kept 词 <b>words</b>", "capacity": "many"},
    "groups:norms": {"en": "kept 词 <b>words</b>", "zh_hans": "y" * 8001},
    "groups:links": {"days": "7", "max_uses": "kept"},
    "groups:removal": {"why": "kept 词 " + "y" * 301},
    "groups:mute": {"why": "kept 词 <b>words</b>", "hours": "5"},
    "conversation:messages": {"text": "kept 词 " + "y" * 8001, "client_id": "client-refused-1"},
    "conversation:edit": {"text": "kept 词 " + "y" * 8001},
    "console:charter": {"why": "kept 词" + "y" * 301},
    "console:group-opening": {"name": "", "card": "kept 词 <b>words</b>"},
    "console:group-edit": {"name": "", "card": "kept 词 <b>words</b>"},
    "console:group-norms": {"en": "kept 词 <b>words</b>", "zh_hans": "y" * 8001},
    "console:settings": {"module": "carriers", "carriers.upload_limit_mb": "0", "why": "kept 词 <b>words</b>"},
    "console:verification-decision": {"verdict": "refused", "note": "kept 词 " + "y" * 301},
    "console:member-merging": {"into": "%(inmate)s", "why": "kept 词 " + "y" * 201},
}


def client_for(world: World, route: Route) -> Client:
    return world.browsers_of(world.alfa, somebody(expected(route)))


def address_of(world: World, route: Route) -> str:
    opens = expected(route)
    return route.address(world.alfa, **{name: world.alfa.things[thing] for name, thing in opens.about.items()})


@pytest.mark.parametrize("name", sorted(TYPED))
def test_a_refused_form_says_why_and_keeps_what_was_typed(world, name):
    route = sham.route(name)
    form = {field: value % world.alfa.things if "%(" in value else value for field, value in TYPED[name].items()}
    response = client_for(world, route).post(address_of(world, route), {**form, "idempotency_key": "a-key"})
    html = response.content.decode()
    assert 400 <= response.status_code < 500
    kept = next(value for value in form.values() if value.startswith("kept"))
    assert escape(kept) in html
    assert Page(html).dangers == []
    assert 'aria-invalid="true"' in html or 'role="alert"' in html or "field-error" in html


def broken_by(world: World, among: list[Route], garbage: Sequence[str]) -> list[str]:
    """Routes whose view breaks on a form that holds garbage: each field the next kind of it."""
    found = []
    for route in among:
        client, kinds = client_for(world, route), cycle(garbage)
        client.raise_request_exception = False
        fields = {name: next(kinds) for name in (*expected(route).form, *UNNAMED)}
        with taken_back():
            response = client.post(address_of(world, route), {**fields, "idempotency_key": "garbage"})
            if response.status_code >= 500:
                found.append(f"{route.name}: {response.status_code}")
    return found


@pytest.mark.parametrize("start", range(3))
def test_no_form_breaks_a_route(world, start, settings):
    settings.TEMPLATES = blank.SETTING
    assert not (found := broken_by(world, WRITES, (*GARBAGE[start:], *GARBAGE[:start]))), "\n".join(found)


def test_a_megabyte_in_a_field_is_refused_or_cut(world, settings):
    settings.TEMPLATES = blank.SETTING
    for name in ("people:profile", "groups:settings", "conversation:messages", "console:group-edit", "people:tokens"):
        route = sham.route(name)
        form = dict.fromkeys(list(expected(route).form)[:1], "x" * 1_000_000)
        status = client_for(world, route).post(address_of(world, route), {**form, "idempotency_key": "k"}).status_code
        assert status in {400, 422}, name


def test_a_route_that_breaks_on_a_form_is_noticed(world, sham_house):
    assert broken_by(world, [sham.route("sham:bare")], "²") == ["sham:bare: 500"]


@pytest.mark.parametrize("odd", range(2))
def test_no_query_breaks_a_page(world, odd, settings):
    settings.TEMPLATES = blank.SETTING
    client = world.browsers_of(world.alfa, "admin")
    client.raise_request_exception = False
    found = []
    for route in routes():
        if route.is_ours and expected(route).get and route.name != "sham:reading":
            kinds = cycle((*ODD[odd:], *ODD[:odd]))
            answer = client.get(route.address(world.alfa), {name: next(kinds) for name in NUMBERED})
            body = b"".join(answer) if answer.streaming else answer.content
            if answer.status_code >= 500 or body is None:
                found.append(f"{route.name}: {answer.status_code}")
    assert not found, "\n".join(found)


def test_ids_beyond_every_database_are_nothing_here(world, settings):
    settings.TEMPLATES = blank.SETTING
    client, found = world.browsers_of(world.alfa, "admin"), []
    client.raise_request_exception = False
    for route in routes():
        ids = {name for name in route.objects if isinstance(world.alfa.things.get(name), int)}
        if route.is_ours and ids:
            address = route.address(world.alfa, **dict.fromkeys(ids, int(HUGE)))
            method = client.get if expected(route).get is not None else client.post
            status = method(address, {"idempotency_key": "k"}).status_code
            if status != 404:
                found.append(f"{route.name}: {status}")
    assert not found, "\n".join(found)


def test_a_script_gets_the_refusal_as_json(world):
    response = world.browsers_of(world.alfa, "member").post(
        f"/c/alfa/groups/{world.alfa.things['group']}/messages/",
        {"text": "", "client_id": "client-of-a-script"},
        headers={"accept": "application/json"},
    )
    assert response.status_code == 422
    assert set(response.json()["error"]) == {"code", "text", "field"}
    assert response.json()["error"]["text"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b'{"text": 1}', b'{"text": "a", "client_id": null}',
                                  b'{"text":"a","client_id":"client-json-1","attachments":1}',
                                  b'{"text":"a","client_id":"client-json-1","attachments":[1e99]}',
                                  b'{"text":"a","client_id":"client-json-1","reply_to":"x"}',
                                  b'{"text":"a","client_id":"client-json-1","reply_to":99999999999999999999999}',
                                  b"\xff\xfe", b"[" * 100_000])  # fmt: skip
def test_a_body_that_is_no_message_is_refused_in_words(world, body):
    client = world.browsers_of(world.alfa, "member")
    address = f"/c/alfa/groups/{world.alfa.things['group']}/messages/"
    count = Message._base_manager.count()
    response = client.post(address, body, content_type="application/json", headers={"accept": "application/json"})
    assert 400 <= response.status_code < 500
    assert response.json()["error"]["text"]
    assert Message._base_manager.count() == count

"""Every route × every principal: who comes in is exactly who the tables say, and a refused write changes nothing."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings

from hearth.console.pages.fleet import BULK
from hearth.core.routing import Door, Row
from hearth.core.tenancy import community_scope
from hearth.project.doors import DOORS
from tests.security import blank, expectations as told, sham
from tests.security.routes import Route, routes
from tests.security.state import changed, digests, unscoped, writes
from tests.security.world import House, World, browser, taken_back

OURS = [route for route in routes() if route.is_ours]
JSON = {"accept": "application/json"}
LED_ASIDE = {
    "groups:members": {"led"},  # to the card
    "console:staff-ending": {"led"},  # back to the page, which says why
    "console:groups": {"led"},  # back to the list, which says why
}
CLOSED = {"no_method", "absent"}
SIGN_IN = "/accounts/login/?next="


def verdict(response: Any) -> str:
    """In short: in, sign_in, absent (404), refused, unknown method, or broken."""
    if response.status_code >= 500:
        return "broken"
    if response.status_code == 302:
        return "sign_in" if response.headers["Location"].startswith(SIGN_IN) else "led"
    known = {404: "absent", 405: "no_method"}
    return known.get(response.status_code, "in" if response.status_code < 400 else "refused")


def allowed_verdicts(route: Route, opens: told.Who, principal: str) -> set[str]:
    """What may come back."""
    if principal in opens:
        return {"in", "led"}
    if route.row is not None and route.row.scope:
        return {"absent", "refused"}  # a program is never led elsewhere
    guarded = route.row is not None and route.row.door is not Door.PUBLIC
    if guarded and principal in told.SIGNED_OUT:
        return {"sign_in"}
    if guarded and principal in told.STRANGERS and route.row.door is not Door.SIGNED_IN:
        return {"absent"}  # across communities nothing is even known to exist
    return {"absent", "refused", *LED_ASIDE.get(route.name, ())}


def ask(client: Client, route: Route, house: House, method: str, opens: told.Opens) -> Any:
    """One request as a page of ours would make it, taken as JSON."""
    address = route.address(house, **{name: house.things[thing] for name, thing in opens.about.items()})
    if method == "get":
        response = client.get(address, headers=JSON)
    else:
        form = {name: value % house.things for name, value in opens.form.items()}
        response = client.post(address, {**form, "idempotency_key": f"key-{route.name}"}, headers=JSON)
    if response.streaming:
        b"".join(response)
    return response


def noted(route: Route) -> set[str]:
    """Tables where a refused request may leave a trace: keys, and when a token was last used."""
    return {"core_idempotencykey"} | ({"people_apitoken"} if route.row is not None and route.row.scope else set())


def problems_of(route: Route, opens: told.Opens, clients: dict[str, Client], house: House) -> list[str]:
    """Every principal at one route."""
    found = []
    for method, who in (("get", opens.get), ("post", opens.post)):
        for principal, client in clients.items() if who is not None else ():
            with taken_back(), writes() as written:
                before = client.cookies.copy()
                answer = verdict(ask(client, route, house, method, opens))
                client.cookies = before
                if answer not in allowed_verdicts(route, who, principal):
                    found.append(f"{method} {route.name} as {principal}: {answer}")
                left = [name for name in changed(START) if name not in noted(route)] if written else []
                if principal not in who and left:
                    found.append(f"{method} {route.name} as {principal}: refused, and yet {left} changed")
                if method == "post" and principal in who and opens.effect not in {"", *left}:
                    found.append(f"{method} {route.name} {opens.form} as {principal}: nothing came of it")
    return found


START: dict[str, str] = {}


@pytest.fixture
def clients(world: World) -> dict[str, Client]:
    made = world.browsers(world.alfa)
    START.clear()
    START.update(digests())
    return made


def test_every_route_stands_in_both_tables():
    named = {route.name for route in routes()}
    assert {route.name for route in routes() if route.row is None} == set()
    assert set(DOORS) - named == set()
    assert {name for name in told.TABLE if not name.startswith("sham:")} - named == set()
    for route in OURS:
        told.expected(route)


@pytest.mark.thorough
@pytest.mark.parametrize("module", sorted({route.name.split(":")[0] for route in OURS}))
def test_every_principal_comes_in_exactly_where_the_tables_say(module, world, clients):
    found = []
    with override_settings(TEMPLATES=blank.SETTING):
        for route in OURS:
            if route.name.split(":")[0] == module:
                for opens in told.deeds(route):
                    found += problems_of(route, opens, clients, world.alfa)
    assert not found, "\n".join(found)


@pytest.mark.thorough
@pytest.mark.parametrize("principal", ["member", "admin", "platform"])
def test_a_route_knows_the_methods_of_the_table_and_no_other(principal, world, clients):
    found = []
    with override_settings(TEMPLATES=blank.SETTING):
        for route in OURS:
            opens = told.expected(route)
            for method, who in (("get", opens.get), ("post", opens.post)):
                if who is None and verdict(ask(clients[principal], route, world.alfa, method, opens)) not in CLOSED:
                    found.append(f"{method} {route.name} as {principal}")
    assert not found, "\n".join(found)


@pytest.mark.thorough
def test_no_statement_touches_a_tenants_table_outside_its_community(world, clients):
    found = []
    for route in OURS:
        for opens in told.deeds(route):
            for method, who in (("get", opens.get), ("post", opens.post)):
                for principal in {"member", "admin"} & (who or set()):
                    with taken_back(), unscoped() as seen:
                        ask(clients[principal], route, world.alfa, method, opens)
                    found += [f"{method} {route.name} as {principal}: {sql[:200]}" for sql in seen]
    assert not found, "\n".join(found)


def test_a_statement_outside_every_community_is_noticed(world):
    with unscoped() as seen, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM conversation_message")
        with community_scope(world.alfa.community):
            cursor.execute("SELECT count(*) FROM conversation_room")
    assert seen == ["SELECT count(*) FROM conversation_message"]


def test_nobody_of_the_list_of_principals_is_left_out(world, clients):
    assert clients.keys() == told.EVERYBODY
    assert {"anonymous", "applicant", "member", "outsider", "verified", "muted", "banned", "keeper"} <= told.EVERYBODY
    assert {"moderator", "reviewer", "operator", "auditor", "admin", "platform", "bot"} <= told.EVERYBODY


def test_every_bulk_action_of_a_list_is_in_the_table():
    known = {opens.form["bulk"] for rows in told.MORE.values() for opens in rows if "bulk" in opens.form}
    assert known == {action.key for action in BULK}


def foreign(world: World, among: list[Route], principal: str) -> list[str]:
    """Routes that answer with a thing of the other community when its id stands in an address of this one."""
    found, client = [], browser(world.platform if principal == "platform" else world.alfa.people[principal].user)
    before = digests()
    for route in among:
        opens = told.expected(route)
        for name in sorted(route.objects & IDS):
            address = route.address(world.alfa, **{name: world.bravo.things[opens.about.get(name, name)]})
            method = client.get if opens.get is not None else client.post
            with taken_back(), writes() as written:
                status = method(address, {**opens.form, "idempotency_key": "k"}, headers=JSON).status_code
                if status not in GONE or (written and changed(before)):
                    found.append(f"{route.name} with their {name} as {principal}: {status}")
    return found


IDS = {
    "group", "group_id", "message_id", "member_id", "attachment_id", "notice_id", "token_id", "sign_in_id", "link_id",
    "restriction_id", "code", "token", "job_id", "parked_id", "upload_id", "verification_id", "alarm_id", "answer_id",
    "goal_id", "report_id", "application_id", "waiting_id", "code_id", "evidence_id", "number",
    "value_id", "deed_id", "export_id", "roster_id", "regrouping_id",
}  # fmt: skip
GONE = {404, 410}  # 410: a link that is spent, which is all that is said of a link that never was


@pytest.mark.thorough
@pytest.mark.parametrize("principal", ["owner", "admin", "platform"])
def test_the_other_communitys_ids_are_nothing_here(principal, world, clients):
    with_things = [route for route in OURS if route.objects & IDS]
    assert len(with_things) > 60
    assert not (found := foreign(world, with_things, principal)), "\n".join(found)


def test_every_argument_of_a_route_is_known_to_the_world(world):
    words = {"purpose", "key", "metric_name", "batch", "role", "uidb36", "pk", "community", "kind", "picked", "screen"}
    assert set().union(*(route.wants for route in routes())) - IDS - words == set()


def test_a_route_that_forgets_to_ask_who_asks_is_noticed(world, clients, sham_house):
    route = sham.route("sham:leaking")
    found = problems_of(route, told.expected(route), clients, world.alfa)
    assert "get sham:leaking as outsider: in" in found
    assert "get sham:leaking as banned: in" in found
    assert foreign(world, [route], "member") == ["sham:leaking with their group_id as member: 200"]


def test_a_route_that_writes_before_it_refuses_is_noticed(world, clients, sham_house):
    route = sham.route("sham:hasty")
    found = problems_of(route, told.expected(route), {"member": clients["member"]}, world.alfa)
    assert found == ["get sham:hasty as member: refused, and yet ['people_membertag'] changed"]


def test_a_route_without_expectation_is_noticed():
    with pytest.raises(LookupError, match=r"say in tests/security/expectations.py"):
        told.expected(Route("new:route", frozenset({"community", "thing_id"}), Row(Door.MEMBER)))

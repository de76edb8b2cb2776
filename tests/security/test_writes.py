"""Writes come from our own pages, once: a form's token on every unsafe route, and a key that makes repeats harmless."""

import pytest
from django.test import Client

from tests.security import blank, sham
from tests.security.expectations import Opens, expected
from tests.security.routes import Route, routes
from tests.security.state import changed, digests, writes
from tests.security.world import World, browser, taken_back

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
FORGEABLE = {"notify:unsubscribe"}  # mail programs post there by themselves; its token can only stop mail (RFC 8058)
SILENT = {
    "console:verification-evidence",  # the page again, without the number: a number is shown for a fresh key only
    "console:start-plan",  # 404: the draft was applied and is gone
    "groups:removal",  # 404: whoever was taken out is shown no more
}
ALL = routes()
WRITES = [route for route in ALL if route.is_ours and expected(route).post]


@pytest.fixture(autouse=True)
def bare_pages(settings):
    settings.TEMPLATES = blank.SETTING


def somebody(opens: Opens) -> str:
    """One principal for whom a write succeeds; a plain member rather than staff."""
    order = ("member", "keeper", "owner", "newcomer", "operator", "admin", "reviewer", "verified", "anonymous")
    return next(name for name in (*order, "applicant", "platform") if name in (opens.post or ()))


def send(client: Client, route: Route, world: World, *, key: str = "", **more: str) -> int:
    """Post the route's good form; the answer's status."""
    opens, house = expected(route), world.alfa
    address = route.address(house, **{name: house.things[thing] for name, thing in opens.about.items()})
    form = {name: value % house.things for name, value in opens.form.items()} | more
    return client.post(address, form | ({"idempotency_key": key} if key else {})).status_code


def forgeries(world: World, among: list[Route], method: str) -> list[str]:
    """Routes that took a request from another site's page, without our form's token."""
    client = browser(world.platform, enforce_csrf_checks=True)
    found = []
    for route in among:
        with taken_back(), writes() as written:
            send_it = getattr(client, method)
            status = send_it(route.address(world.alfa), headers={"idempotency-key": "k" * 20}).status_code
            if status != 403 or written:
                found.append(f"{method} {route.name}: {status} {written[:1]}")
    return found


@pytest.mark.parametrize("method", ["post", "delete"])
def test_no_unsafe_request_passes_without_our_forms_token(world, method):
    assert not (found := forgeries(world, [route for route in ALL if route.name not in FORGEABLE], method)), found


def test_a_route_without_the_check_is_noticed(world, sham_house):
    [found] = forgeries(world, [sham.route("sham:forgeable")], "post")
    assert found.startswith("post sham:forgeable: 200")


def keyless(world: World, among: list[Route]) -> list[str]:
    """Routes that write without a key."""
    found = []
    for route in among:
        client = world.browsers_of(world.alfa, somebody(expected(route)))
        with taken_back(), writes() as written:
            status = send(client, route, world)
            if status != 400 or written:
                found.append(f"{route.name}: {status} {written[:1]}")
    return found


def repeated(world: World, among: list[Route]) -> list[str]:
    """Routes where the same form sent twice has a second effect, or another form under the same key has any."""
    found = []
    for route in among:
        client, key = world.browsers_of(world.alfa, somebody(expected(route))), f"key-of-{route.name}"
        with taken_back():
            first = send(client, route, world, key=key)
            after = digests()
            with writes() as written:
                second = send(client, route, world, key=key)
                left = changed(after) if written else ""
                if second >= 400 or left:
                    found.append(f"{route.name} twice: {first}, {second}, {left}")
            if not route.row.keyless:
                with writes() as written:
                    third = send(client, route, world, key=key, why="something else", other="1")
                    left = changed(after) if written else ""
                    if (third not in {302, 422} and route.name not in SILENT) or left:
                        found.append(f"{route.name} with another form: {third}, {left}")
    return found


def test_every_write_asks_for_its_key(world):
    asked = [route for route in WRITES if not route.row.keyless]
    assert len(asked) > 50
    assert not (found := keyless(world, asked)), "\n".join(found)


def test_sending_a_form_twice_has_one_effect_and_another_form_under_its_key_none(world):
    assert not (found := repeated(world, WRITES)), "\n".join(found)


def test_a_route_that_forgets_its_key_is_noticed(world, sham_house):
    again, other = repeated(world, [sham.route("sham:forgetful")])
    assert again == "sham:forgetful twice: 200, 200, ['people_membertag']"
    assert other == "sham:forgetful with another form: 200, ['people_membertag']"

"""What every answer carries, errors too; cookies; how often somebody may try to sign in; where an answer may lead."""

import pytest
from django.test import Client

from hearth.core.idempotency import WRITES_PER_MINUTE
from tests.security import sham
from tests.security.headers import missing_headers
from tests.security.markup import Page
from tests.security.world import PASSWORD, World, browser, know_password

pytestmark = pytest.mark.django_db
EVIL = ("https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "javascript:xss(1)",
        "http:evil.example", "\thttps://evil.example", "https:/\\evil.example", "//evil.example\\@testserver/",
        "/c/alfa/\r\nSet-Cookie: a=b")  # fmt: skip


def errors_of(world: World) -> dict[str, object]:
    """One answer of each kind that is no page of the walk."""
    member, strict = browser(world.alfa.people["member"].user), browser(None, enforce_csrf_checks=True)
    group = world.alfa.things["group"]
    return {
        "404 without a route": member.get("/nowhere/at/all"),
        "404 of a thing": member.get("/c/alfa/groups/999999/room/"),
        "404 of a community": member.get("/c/nobody/"),
        "403": member.get(f"/c/alfa/groups/{group}/settings/"),
        "403 without token": strict.post("/ui/preferences/", {}),
        "405": member.get("/ui/preferences/"),
        "400 without key": member.post("/c/alfa/inbox/reading/"),
        "400 of another host": browser(None).get("/", headers={"host": "evil.example"}),
        "302 to sign in": browser(None).get("/c/alfa/"),
        "302 without slash": member.get("/c/alfa/inbox"),
        "json": member.get(f"/c/alfa/groups/{group}/messages/"),
        "json refusal": member.get("/c/alfa/groups/999999/messages/", headers={"accept": "application/json"}),
        "sign in": browser(None).get("/accounts/login/"),
        "sign up": browser(None).get("/accounts/signup/"),
        "worker": browser(None).get("/service-worker.js"),
        "options": member.options("/c/alfa/"),
    }


def test_errors_and_other_answers_carry_the_protecting_headers(world):
    wrong = [f"{name}: {missing}" for name, answer in errors_of(world).items() for missing in missing_headers(answer)]
    assert not wrong, "\n".join(wrong)


def test_a_broken_page_carries_them_too_and_tells_nothing(world, sham_house):
    client = world.browsers_of(world.alfa, "member")
    client.raise_request_exception = False
    answer = client.get("/c/alfa/sham/broken/")
    assert answer.status_code == 500
    assert missing_headers(answer) == []
    assert "ZeroDivisionError" not in answer.content.decode()


def test_pages_before_signing_in_hold_no_inline_script_or_style(world):
    for name, answer in errors_of(world).items():
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            assert Page(answer.content.decode()).dangers == [], name


@pytest.mark.parametrize("policy", ["", "default-src *", "default-src 'self'; script-src 'unsafe-inline'",
                                    "default-src 'self'; style-src 'self' 'unsafe-inline'"])  # fmt: skip
def test_a_weak_policy_is_noticed(world, policy):
    answer = browser(None).get("/")
    answer.headers["Content-Security-Policy"] = policy
    assert missing_headers(answer)


def test_inline_script_and_what_was_stored_are_noticed(world, sham_house):
    page = Page(world.browsers_of(world.alfa, "member").get("/c/alfa/sham/reading/").content.decode())
    assert page.dangers == ["<p onclick='read 1'>"]
    assert Page("<script>a()</script>").dangers == ["inline script 'a()'"]
    assert Page("<a href=' java\nscript:a()'>").dangers
    assert Page("<svg><a xlink:href='data:text/html,x'>").dangers
    assert Page("<style>a{}</style>").dangers
    assert Page("<script src='//evil.example/a.js'></script>").dangers


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(world, settings):
    client, user = Client(), world.alfa.people["member"].user
    know_password(user)
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        assert client.cookies[name]["samesite"] == "Lax", name
    assert client.cookies[settings.SESSION_COOKIE_NAME]["httponly"] is True


def test_guessing_a_password_is_slowed_down(world, settings):
    settings.ACCOUNT_RATE_LIMITS = {}  # allauth's own
    email = world.alfa.people["member"].user.email
    answers = [Client().post("/accounts/login/", {"login": email, "password": f"guess {n}"}) for n in range(12)]
    assert [answer.status_code for answer in answers[:5]] == [200] * 5
    limited = answers[-1]
    assert limited.status_code == 429 or "Too many failed login attempts" in limited.content.decode()
    assert missing_headers(limited) == []


def test_a_limit_says_when_to_come_back(world, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    answer = [Client().post("/accounts/login/", {"login": "a@b.example", "password": "guess"}) for _ in range(3)][-1]
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert missing_headers(answer) == []
    assert Page(answer.content.decode()).dangers == []


def test_behind_a_proxy_a_guesser_shuts_the_door_for_themselves_alone(world, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    form = {"login": "a@b.example", "password": "guess"}
    told = [
        Client().post("/accounts/login/", form, headers={"x-forwarded-for": seen}).status_code
        for seen in ("10.9.9.9, 198.51.100.7", "10.9.9.8, 198.51.100.7", "198.51.100.8")
    ]
    assert told == [200, 429, 200]


def test_writing_faster_than_by_hand_is_slowed_down(world):
    client = world.browsers_of(world.alfa, "member")
    for n in range(WRITES_PER_MINUTE):
        assert client.post("/c/alfa/inbox/reading/", {"idempotency_key": f"key-{n}"}).status_code == 302
    answer = client.post("/c/alfa/inbox/reading/", {"idempotency_key": "one-more"})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    other = world.browsers_of(world.alfa, "keeper")
    assert other.post("/c/alfa/inbox/reading/", {"idempotency_key": "key-0"}).status_code == 302


@pytest.mark.parametrize("evil", EVIL)
def test_no_answer_leads_out_of_the_house(world, evil):
    member, things = browser(world.alfa.people["member"].user), world.alfa.things
    answers = [
        member.post("/ui/preferences/", {"next": evil, "theme": "dark"}),
        browser(None).post("/ui/preferences/", {"theme": "dark"}, headers={"referer": evil.replace("\r\n", "")}),
        member.post(f"/c/alfa/messages/{things['message_id']}/bookmark/", {"idempotency_key": "k", "back": evil}),
        member.get("/accounts/login/", {"next": evil}),
        browser(None).get("/", {"next": evil}),
        member.post("/accounts/logout/", {"next": evil}),
    ]
    for answer in answers:
        place = answer.headers.get("Location", "/")
        assert place.startswith("/"), place
        assert not place.startswith(("//", "/\\")), place
        assert "Set-Cookie: a=b" not in str(answer.headers)


def test_signing_in_leads_back_with_the_whole_address(world):
    answer = browser(None).get("/c/alfa/search/?q=a&next=//evil.example")
    assert answer.headers["Location"] == "/accounts/login/?next=/c/alfa/search/%3Fq%3Da%26next%3D//evil.example"


def test_another_host_is_refused(world):
    for host in ("evil.example", "testserver.evil.example", "testserver@evil.example"):
        assert browser(None).get("/accounts/login/", headers={"host": host}).status_code == 400


def test_staff_doors_want_a_second_factor_outside_the_demo(world, settings):
    admin = world.alfa.people["admin"].user
    doors = [route for route in sham.routes() if route.row.door in {"staff", "running", "audit"}]
    admin.authenticator_set.all().delete()
    client = browser(admin)
    for route in doors:
        answer = client.get(route.address(world.alfa))
        told = (403, None) if route.row.scope else (302, "/accounts/2fa/")  # a program is never led elsewhere
        assert (answer.status_code, answer.headers.get("Location")) == told, route.name
    assert client.get(f"/c/alfa/groups/{world.alfa.things['group']}/room/").status_code == 404  # nor by the back door
    settings.HEARTH_DEMO = True
    assert client.get("/c/alfa/console/audit/").status_code == 200

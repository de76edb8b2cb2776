"""Signing in as people do it: a passkey instead of a password; the second factor that staff owe outside the demo."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.e2e.conftest import DESKTOP, House, Persona, Watch
from tests.e2e.village import PASSWORD
from tests.ports import free_port


@pytest.fixture(scope="module")
def strict(house: House) -> Iterator[str]:
    """The same house as it stands outside the demo, under the one name for which browsers take keys without TLS."""
    port = free_port()
    made = House(f"http://localhost:{port}", house.home, house.told, {**house.environment, "PORT": str(port)})
    made.environment.pop("HEARTH_DEMO")
    made.start("web")
    try:
        made.wait()
        yield made.url
    finally:
        made.stop("web")
        house.run("from allauth.mfa.models import Authenticator; Authenticator.objects.all().delete()")


@pytest.fixture
def tab(browser: Browser, watch: Watch) -> Iterator[Page]:
    """A tab of somebody whose device keeps passkeys and knows its owner by their finger."""
    context = browser.new_context(**DESKTOP, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    page = context.new_page()
    watch.over(page)
    yield page
    context.close()


def device(page: Page) -> tuple[CDPSession, str]:
    """A key store inside the browser; what it keeps is asked for by its id."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    return line, line.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def sign_in(page: Page, house: str, email: str) -> None:
    page.goto(f"{house}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile(r"/c/ward/"))


def confirm(page: Page) -> None:
    """Who changes how they sign in says once more who they are."""
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")


def add_key(page: Page, house: str, *, passkey: bool) -> None:
    page.goto(f"{house}/accounts/2fa/webauthn/add/")
    confirm(page)
    page.fill("input[name=name]", "Work phone")
    page.set_checked("input[name=passwordless]", passkey)
    page.click("#mfa_webauthn_add")
    expect(page.locator("body")).to_contain_text("Security key added")


def sign_out(page: Page, house: str) -> None:
    page.goto(f"{house}/accounts/logout/")
    page.click("main button[type=submit]")


def test_a_doctor_makes_a_passkey_and_signs_in_with_nothing_else(strict: str, tab: Page, watch: Watch) -> None:
    line, key = device(tab)
    sign_in(tab, strict, "chen@example.org")
    add_key(tab, strict, passkey=True)
    kept = line.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    assert [(one["rpId"], one["userName"], one["userDisplayName"], one["isResidentCredential"]) for one in kept] == [
        ("localhost", "chen@example.org", "chen@example.org", True)
    ]
    sign_out(tab, strict)
    tab.goto(f"{strict}/c/ward/")
    expect(tab).to_have_url(re.compile(r"/accounts/login/"))
    tab.click("#passkey_login")
    tab.wait_for_url(f"{strict}/c/ward/")
    expect(tab.locator("body")).to_contain_text("陈思远")

    sign_out(tab, strict)
    line.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    tab.goto(f"{strict}/accounts/login/")
    tab.click("#passkey_login")  # the device is in somebody else's hand
    tab.wait_for_timeout(800)
    tab.goto(f"{strict}/c/ward/")
    expect(tab).to_have_url(re.compile(r"/accounts/login/"))
    assert watch.violations == []


def test_staff_owe_a_second_factor_and_give_it_from_then_on(strict: str, tab: Page, watch: Watch) -> None:
    device(tab)
    sign_in(tab, strict, "ada@example.org")
    tab.goto(f"{strict}/c/ward/console/members/")
    expect(tab).to_have_url(f"{strict}/accounts/2fa/")
    expect(tab.locator("body")).to_contain_text("Work with other people's data needs a second factor.")
    add_key(tab, strict, passkey=False)
    tab.goto(f"{strict}/c/ward/console/members/")
    expect(tab.locator("h1")).to_have_text("Members")

    sign_out(tab, strict)
    tab.goto(f"{strict}/accounts/login/")
    tab.fill("input[name=login]", "ada@example.org")
    tab.fill("input[name=password]", PASSWORD)
    tab.press("input[name=password]", "Enter")
    expect(tab).to_have_url(re.compile(r"/accounts/2fa/authenticate/"))
    tab.goto(f"{strict}/c/ward/console/members/")
    expect(tab).to_have_url(re.compile(r"/accounts/2fa/authenticate/"))  # the password alone opens nothing
    tab.click("#mfa_webauthn_authenticate")
    tab.wait_for_url(re.compile(r"/c/ward/"))
    tab.goto(f"{strict}/c/ward/console/members/")
    expect(tab.locator("h1")).to_have_text("Members")
    assert (watch.violations, watch.errors) == ([], [])


def test_where_browsers_take_no_passkeys_none_is_offered(house: House, persona: Persona) -> None:
    page = persona("")
    page.goto(f"{house.url}/accounts/login/")  # 127.0.0.1: a passkey belongs to a name
    expect(page.locator("input[name=password]")).to_be_visible()
    expect(page.locator("#passkey_login")).to_have_count(0)

"""No page scrolls sideways on a phone of 360 px, whoever looks. In English, whose words are the longest."""

from collections.abc import Callable

import pytest

from tests.e2e import test_console, test_portal_for_everyone
from tests.e2e.conftest import House, Persona

SIGNED_OUT = ["accounts/signup/", "accounts/password/reset/"]
ACCOUNT = ["email/", "password/change/", "2fa/", "2fa/webauthn/", "reauthenticate/", "logout/"]
WIDE = "document.documentElement.scrollWidth > innerWidth"


PAGES: dict[str, Callable[[House], list[tuple[str, str]]]] = {
    "portal": test_portal_for_everyone.every_page,
    "console": lambda house: [("ada", f"c/ward/console/{path}") for path in test_console.every_page(house)],
    "account": lambda _: [*(("", path) for path in SIGNED_OUT), *(("chen", f"accounts/{path}") for path in ACCOUNT)],
    "components": lambda _: [("", f"ui/components/?shell={shell}") for shell in ("console", "portal", "room", "plain")],
}


@pytest.mark.parametrize("part", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(house: House, persona: Persona, part: str) -> None:
    pages = PAGES[part](house)
    seats = {who: persona(who, phone=True) for who, _path in pages}
    told = []
    for who, path in pages:
        page = seats[who]
        page.goto(f"{house.url}/{path}")
        if page.evaluate(WIDE):
            told.append((who, path))
    assert told == []

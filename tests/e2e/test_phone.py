"""No page scrolls sideways on a phone of 360 px; those of portal and console show it where they are for everyone."""

import pytest

from tests.e2e.conftest import House, Persona

SIGNED_OUT = ["accounts/signup/", "accounts/password/reset/"]
ACCOUNT = ["email/", "password/change/", "2fa/", "2fa/webauthn/", "reauthenticate/", "logout/"]
WIDE = "document.documentElement.scrollWidth > innerWidth"


PAGES = {
    "account": [*(("", path) for path in SIGNED_OUT), *(("chen", f"accounts/{path}") for path in ACCOUNT)],
    "components": [("", f"ui/components/?shell={shell}") for shell in ("console", "portal", "room", "plain")],
}


@pytest.mark.parametrize("part", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(house: House, persona: Persona, part: str) -> None:
    pages = PAGES[part]
    seats = {who: persona(who, phone=True) for who, _path in pages}
    told = []
    for who, path in pages:
        page = seats[who]
        page.goto(f"{house.url}/{path}")
        if page.evaluate(WIDE):
            told.append((who, path))
    assert told == []


MADE = """
from hearth.groups.models import Group
from hearth.groups.services import make_join_link
from hearth.groups.access import actor_of_member
from hearth.people.models import Member
group = Group.objects.filter(space="general").order_by("pk").first() or Group.objects.order_by("pk").first()
print(make_join_link(actor_of_member(Member.objects.get(display_name__startswith="Ada")), group).code)
"""
OVERFLOWING = """() => [...document.querySelectorAll(".btn")]
    .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText)"""


def test_a_long_button_wraps_on_a_phone(house: House, persona: Persona) -> None:
    page = persona("", phone=True)
    page.goto(
        f"{house.url}/accounts/login/?next={house.path('').removeprefix(house.url)}join/{house.run(MADE).strip()}/"
    )
    assert page.get_by_role("link", name="Create an account and join").is_visible()
    assert page.evaluate(OVERFLOWING) == []

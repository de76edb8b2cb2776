"""Every page a member or a keeper meets holds WCAG 2.2 AA, on a phone and on a desk."""

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import House, Persona, Watch
from tests.e2e.everyone import PAIRS, THEMES, faults, visits

NOBODY = ["", "accounts/login/", "accounts/login/code/", "offline/"]
MEMBER = [
    *("", "groups/", "discover/", "search/", "search/?q=病例", "questions/", "bookmarks/", "inbox/", "writing/"),
    *(
        "me/profile/",
        "me/verification/",
        "me/vouching/",
        "me/privacy/",
        "me/data/",
        "me/tokens/",
        "me/sign-ins/",
        "me/language/",
        "me/notices/",
    ),
]
IN_GROUP = ["room/", "card/", "members/", "leaving/"]
OF_KEEPER = ["room/", "tending/", "members/", "links/", "settings/"]


def every_page(house: House) -> list[tuple[str, str]]:
    """Who looks at which address."""
    ward, circle = house.told["groups"]["ward"], house.told["groups"]["circle"]
    said, members = house.told["messages"], house.told["members"]
    place = "c/ward/"
    of_chen = [
        *MEMBER,
        *(f"groups/{ward}/{rest}" for rest in IN_GROUP),
        *(f"messages/{said[2]}/{rest}" for rest in ("thread/", "acts/")),
        f"messages/{said[1]}/words/",
        f"groups/{circle}/room/",  # not open to Chen
        "nowhere/",
    ]
    of_bo = [
        "",
        "inbox/",
        "questions/",
        *(f"groups/{ward}/{rest}" for rest in OF_KEEPER),
        f"messages/{said[5]}/hiding/",
    ]
    return [
        *(("", path) for path in NOBODY),
        *(("chen", place + path) for path in of_chen),
        *(("bo", place + path) for path in of_bo),
        ("ada", f"{place}members/{members['bo']}/card/"),
        *(("eve", place + path) for path in ("", "discover/", f"groups/{ward}/card/")),
    ]


@pytest.mark.parametrize(("theme", "language"), PAIRS)
def test_every_page_of_the_portal_is_for_everyone(
    house: House, persona: Persona, watch: Watch, theme: str, language: str
) -> None:
    desks: dict[tuple[str, bool], Page] = {}
    told: list[str] = []
    shut = {f"c/ward/groups/{house.told['groups']['circle']}/room/", "c/ward/nowhere/"}
    for visit in visits(every_page(house), theme, language):
        seat = (visit.who, visit.phone)
        if seat not in desks:
            desks[seat] = persona(visit.who, phone=visit.phone, theme=theme, language=language)
        page = desks[seat]
        answer = page.goto(f"{house.url}/{visit.path}")
        assert answer is not None
        assert answer.status == (404 if visit.path in shut else 200), visit
        assert not (visit.who and "/accounts/" in page.url), f"{visit} fell out"
        told += [f"{visit}: {fault}" for fault in faults(page)]
    assert told == []
    assert (watch.errors, watch.violations) == ([], [])


@pytest.mark.parametrize("theme", THEMES)
def test_what_opens_over_a_room_is_for_everyone(house: House, persona: Persona, theme: str) -> None:
    page = persona("chen", phone=True, theme=theme)
    page.goto(house.path(f"groups/{house.told['groups']['ward']}/room/"))
    page.wait_for_selector("html[data-live=open]")
    target = page.locator(".msg.msg-own").last
    for menu in ("react", "more"):
        target.tap()
        target.locator(f"[data-open={menu}]").click()
        page.locator(".msg-menu").wait_for()
        assert faults(page, within=".msg-menu") == []  # what it covers cannot be pressed until it goes
        page.keyboard.press("Escape")
    page.locator("#composer textarea").press_sequentially("@Lind")
    page.locator(".composer-person").wait_for()
    assert faults(page) == []

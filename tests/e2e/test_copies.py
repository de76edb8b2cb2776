"""Journey: a group is copied to three cities, the first looked at, the report read, and all taken back."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import House, Persona, Watch
from tests.e2e.everyone import THEMES, faults, wear

LONG_WORK = 60_000
CITIES = "key,city\nlyon,Lyon\nnice,Nice\nlille,Lille\n"


@pytest.fixture(scope="module")
def ward(house: House) -> int:
    """A group of its own for this journey, so that others find the village as it was."""
    ada = house.told["members"]["ada"]
    return int(
        house.run(
            "from hearth.groups.access import actor_of_member\n"
            "from hearth.groups.services import open_group\n"
            "from hearth.people.models import Member\n"
            f"ada = actor_of_member(Member.objects.get(pk={ada}))\n"
            "print(open_group(ada, name='Reading round', key='reading', norms='Be kind.', theme='papers').pk)"
        )
    )


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_group_is_copied_to_three_cities_looked_at_and_taken_back(
    house: House, persona: Persona, watch: Watch, ward: int, phone: bool
) -> None:
    page = persona("ada", phone=phone)
    suffix = "-phone" if phone else ""
    page.goto(house.path(f"console/groups/{ward}/"))
    page.get_by_role("link", name="Copy", exact=True).click()
    page.get_by_label("Or written here").fill(re.sub(r"^(lyon|nice|lille)", rf"\1{suffix}", CITIES, flags=re.M))
    page.get_by_label("Name · English").fill("Reading in {citty}")
    page.get_by_role("button", name="Show the copies").click()
    expect(page.get_by_text("did you mean `{city}`?")).to_be_visible()
    page.get_by_label("Name · English").fill("Reading in {city}")
    page.get_by_role("button", name="Show the copies").click()
    expect(page.get_by_text("3 copies would be made.")).to_be_visible()
    expect(page.get_by_text("Reading in Nice")).to_be_visible()
    fair = [f"plan {theme}: {fault}" for theme in THEMES for _ in [wear(page, theme)] for fault in faults(page)]

    page.get_by_role("button", name="Make the first").click()
    expect(page.get_by_text("The first copy is made. Look at it, then go on.")).to_be_visible(timeout=LONG_WORK)
    fair += [f"waiting {theme}: {fault}" for theme in THEMES for _ in [wear(page, theme)] for fault in faults(page)]
    page.get_by_role("button", name="Make the other 2").press("Enter")
    expect(page.get_by_text("3 of 3 copies")).to_be_visible(timeout=LONG_WORK)
    batch = page.url

    page.goto(house.path(f"console/groups/{ward}/edit/"))
    page.get_by_label("What it is for").fill(f"To read together{suffix}")
    page.get_by_role("button", name="Save").click()
    page.goto(house.path(f"console/groups/{ward}/copies/"))
    expect(page.get_by_text("The original changed, and 3 copies did not follow.")).to_be_visible()
    fair += [f"report {theme}: {fault}" for theme in THEMES for _ in [wear(page, theme)] for fault in faults(page)]
    page.get_by_role("checkbox", name="Reading in Nice").check()
    page.get_by_role("button", name="Bring up to date").click()
    page.get_by_role("button", name="Apply this").click()
    expect(page.get_by_text("1 of 1 changes")).to_be_visible(timeout=LONG_WORK)

    page.goto(batch)
    page.get_by_role("link", name="Roll back").click()
    expect(page.get_by_text("The group is closed: 1 member can read it, and write there no more.")).to_have_count(3)
    fair += [f"back {theme}: {fault}" for theme in THEMES for _ in [wear(page, theme)] for fault in faults(page)]
    page.get_by_role("button", name="Roll back").click()
    expect(page.locator(".rows").get_by_text("closed", exact=True)).to_have_count(3, timeout=LONG_WORK)
    page.goto(house.path(f"console/groups/{ward}/copies/"))
    expect(page.get_by_text("No copies yet")).to_be_visible()
    assert (fair, watch.errors, watch.violations) == ([], [], [])

"""Numbers are computed while somebody reads them."""

import time

from playwright.sync_api import Page, expect

from tests.e2e.conftest import House, Persona, Watch

LONG_WORK = 150_000  # ms: a refresh of all metrics may be under way beside it


def at_rest(page: Page, house: House) -> None:
    """The metrics page while nothing is computed: what an import set off is waited for."""
    until = time.monotonic() + LONG_WORK / 1000
    while True:
        page.goto(house.path("console/metrics/"))
        if page.locator("text=Compute now").count() or time.monotonic() > until:
            return
        page.wait_for_timeout(1000)


def test_who_reads_while_it_is_computed_stays_and_is_offered_the_new_readings(
    house: House, persona: Persona, watch: Watch
) -> None:
    page = persona("ada")
    at_rest(page, house)
    house.stop("worker")
    try:
        page.click("text=Compute now")
        expect(page.locator("[data-note]")).to_have_text("Waiting for its turn")
        here = page.url
    finally:
        house.start("worker")
    offered = page.locator("a:has-text('Show the new reading')")
    expect(offered).to_be_visible(timeout=LONG_WORK)
    assert page.url == here
    offered.click()
    expect(page.locator("text=Compute now")).to_be_visible()
    expect(page.locator("[data-note]")).to_have_count(0)
    assert (watch.errors, watch.violations) == ([], [])

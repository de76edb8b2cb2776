"""The failing medical community (journey 8): Ada reads the four causes, each with evidence, points or not."""

from playwright.sync_api import expect

from tests.e2e.conftest import House, Persona, Watch

FOUR = ("Templated posts", "Thin content", "Self-promotion", "Questions left open")


def test_the_diagnosis_names_four_causes_with_evidence_and_what_helps(
    house: House, persona: Persona, watch: Watch
) -> None:
    page = persona("ada_of_clinic")
    page.goto(f"{house.url}/c/clinic/console/diagnosis/")
    group = page.locator("details.group-row", has_text="Post-operative care")
    group.locator("summary").click()
    page.goto(f"{house.url}/c/clinic/console/groups/{house.told['groups']['failing']}/")
    for title in FOUR:
        cause = page.locator(".reasons > li", has=page.locator(f"p:text-is('{title}')"))
        expect(cause).to_have_count(1)
        expect(cause.locator(".play")).to_be_visible()
        expect(cause.locator(".evidence li").first).to_be_visible()
    evidence = page.locator(".reasons > li", has_text="Templated posts").locator(".evidence a").first
    expect(evidence).to_contain_text("Limited time offer")
    evidence.click()
    expect(page.locator(".msg", has_text="Limited time offer").first).to_be_visible()
    assert (watch.errors, watch.violations) == ([], [])

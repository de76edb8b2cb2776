"""Journeys of an operator: an export dropped in and its diagnosis, the keyboard, every page for everyone."""

import os
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import House, Persona, Watch
from tests.e2e.everyone import LANGUAGES, THEMES, faults, on_phone, wear

DATA = Path(os.environ.get("HEARTH_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
SLACK = DATA / "fmt_slack_export" / "slack-export-houstondatavis-pseudonymised.zip"
LONG_WORK = 150_000  # ms: a refresh of all metrics may be under way beside it
ZULIP = DATA / "fmt_zulip_archive" / "zulip_json_sample.zip"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A small export of two wards."""
    rows = [
        f"2024-0{1 + n % 8}-1{n % 9} 10:0{n % 6},P{n % 4},How is bed {n} doing?,Ward {n % 2},m{n}" for n in range(60)
    ]
    packed = tmp_path / "wards.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("wards.csv", "\n".join(["time,author,text,channel,id", *rows]))
    return packed


def drop(page: Page, house: House, export: Path) -> None:
    page.goto(house.path("console/import/"))
    page.set_input_files("#archive-file", str(export))


@pytest.mark.skipif(not SLACK.exists(), reason="HEARTH_DATA holds no Slack export")
def test_an_operator_drops_an_export_leaves_and_comes_back_to_the_diagnosis(
    house: House, persona: Persona, watch: Watch
) -> None:
    page = persona("ada")
    drop(page, house, SLACK)
    page.click("text=Diagnose only")
    # Still being looked through, or diagnosed already and shown: both bear the archive's name.
    expect(page.locator("h1")).to_contain_text("houstondatavis")
    page.close()
    page = persona("ada")
    page.goto(house.path("console/import/"))
    page.click("a:has-text('houstondatavis')")
    expect(page.locator("h2", has_text="To do next week")).to_be_visible(timeout=LONG_WORK)
    coldest = page.locator("details.group-row").first
    coldest.locator("summary").click()
    expect(coldest.locator(".play").first).to_be_visible()
    with page.expect_download() as saved:
        page.click("summary:has-text('Download')")
        page.click("text=Report for reading")
    assert "How warm is" in Path(saved.value.path()).read_text()
    assert (watch.errors, watch.violations) == ([], [])


@pytest.mark.skipif(not ZULIP.exists(), reason="HEARTH_DATA holds no Zulip archive")
def test_an_operator_imports_an_export_and_reads_what_came_in(house: House, persona: Persona, watch: Watch) -> None:
    page = persona("ada")
    drop(page, house, ZULIP)
    page.locator("button[name=purpose][value=import]").click()
    expect(page.locator("h2", has_text="What it would bring")).to_be_visible(timeout=30_000)
    page.fill("#id_source", "zulip sample")
    page.locator("form[action$='loading/'] button.btn-primary").click()
    expect(page.locator("h2", has_text="What came in")).to_be_visible(timeout=LONG_WORK)
    page.click("text=Read the diagnosis")
    expect(page.locator("h2", has_text="Groups, coldest first")).to_be_visible(timeout=LONG_WORK)
    assert (watch.errors, watch.violations) == ([], [])


def test_an_export_comes_in_without_scripts(house: House, persona: Persona, table: Path) -> None:
    page = persona("ada", js=False)
    drop(page, house, table)
    page.locator("button[name=purpose][value=import]").click()
    # Without scripts the page asks again by itself, every four seconds.
    expect(page.locator("h2", has_text="What it would bring")).to_be_visible(timeout=LONG_WORK)
    page.fill("#id_source", "wards")
    page.locator("form[action$='loading/'] button.btn-primary").click()
    expect(page.locator("h2", has_text="What came in")).to_be_visible(timeout=LONG_WORK)
    expect(page.locator(".stat", has_text="New messages").locator(".number")).to_have_text("60")


def arrived(page: Page, heading: str) -> None:
    """Wait until a page is there and hears keys: its heading is there before."""
    expect(page.locator("h1")).to_have_text(heading)
    page.wait_for_load_state()


def test_the_palette_finds_and_goes(house: House, persona: Persona, watch: Watch) -> None:
    page = persona("ada")
    page.goto(house.path("console/"))
    page.keyboard.press("Control+k")
    page.keyboard.type("neurol")
    expect(page.locator(".palette-item").first).to_contain_text("Neurology 1")
    page.keyboard.press("Enter")
    arrived(page, "Neurology 1")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("audit")
    page.keyboard.press("Enter")
    arrived(page, "Audit")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    assert watch.errors == []


def test_the_list_is_walked_selected_and_changed_by_keyboard_and_taken_back(
    house: House, persona: Persona, watch: Watch
) -> None:
    page = persona("ada")
    page.goto(house.path("console/groups/?q=Journal"))
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-selected]")).to_have_text("1 selected")
    page.click("button[name=bulk][value=close]")
    page.fill("#id_why", "Nobody comes")
    page.click("text=Show what would change")
    expect(page.locator(".change ins")).to_have_text("closed")
    page.locator("form button.btn-error").click()
    page.click(".toast .undo")
    expect(page.locator(".toast", has_text="Undone")).to_be_visible()
    page.goto(house.path("console/groups/?q=Journal"))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Journal club")
    assert watch.errors == []


def test_a_member_opens_beside_the_list(house: House, persona: Persona, watch: Watch) -> None:
    page = persona("ada")
    page.goto(house.path("console/members/?q=Bo"))
    page.click("td.lead a:has-text('Bo Lindgren')")
    expect(page.locator("#side-panel-body")).to_contain_text("Speaks as")
    expect(page.locator("#side-panel-body")).to_contain_text("Riverside Hospital")
    assert watch.errors == []


def every_page(house: House) -> list[str]:
    group, member = house.told["groups"]["ward"], house.told["members"]["bo"]
    of_group = ["", "edit/", "copying/", "copies/", "roles/?q=bo", "norms/", "split/", "merge/", "purity/"]
    return [
        *(
            "",
            "groups/",
            "groups/opening/",
            "members/",
            "members/import/",
            "members/duplicates/",
            "verification/",
            "verification/register/",
            "import/",
            "diagnosis/",
            "jobs/",
        ),
        *("maturity/", "value-lines/", "value-lines/new/"),
        *("reports/", "metrics/", "metrics/cohorts/", "metrics/goals/", "metrics/mau/", "metrics/mau/goal/"),
        "audit/?check=1",
        "entry-codes/",
        "groups/sisters/",
        *("settings/", "settings/charter/", "settings/team/?q=bo", "settings/blueprint/", "settings/blueprint/start/"),
        "settings/blueprint/copies/",
        "settings/blueprint/copies/communities/",
        "settings/blueprint/copies/communities/update/",
        *(f"groups/{group}/{rest}" for rest in of_group),
        *(f"members/{member}/{rest}" for rest in ("", "merging/")),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_console_is_for_everyone(house: House, persona: Persona, language: str) -> None:
    """Over the languages each page is met in every language, every theme and both sizes."""
    sizes = [persona("ada", phone=phone, language=language) for phone in (False, True)]
    told: list[str] = []
    for number, path in enumerate(every_page(house), LANGUAGES.index(language)):
        page, theme = sizes[on_phone(number, language)], THEMES[number % 3]
        page.goto(house.path(f"console/{path}"))
        wear(page, theme)
        told += [f"{path} {theme}: {fault}" for fault in faults(page)]
    assert told == []

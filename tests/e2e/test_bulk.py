"""Journeys of many people and of one: a table with mistakes comes in, a twin is merged and parted, somebody goes."""

import io
import zipfile
from pathlib import Path

import xlsxwriter
from playwright.sync_api import expect

from tests.e2e.conftest import House, Persona
from tests.e2e.village import PASSWORD

HEAD = ["姓名", "医院", "科室", "邮箱", "手机", "身份"]


TWIN = """
from hearth.people.models import Person
from hearth.people.services import join_community
about = dict(display_name="同事0", real_name="同事0", hospital="湖滨医院", department="护理部")
join_community(Person.objects.create(), Community.objects.get(key="ward"), **about)
"""


def table(path: Path, rows: list[list[str]]) -> Path:
    """An XLSX file with these lines."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for number, row in enumerate([HEAD, *rows]):
            page.write_row(number, 0, row)
    return path


def people(mistakes: bool) -> list[list[str]]:
    """Thirty people; with mistakes two of them twice and three lines wrong."""
    rows = [[f"同事{n}", "湖滨医院", "护理部", f"tong{n}@h.example", "", "护士"] for n in range(30)]
    if mistakes:
        rows[5][3], rows[6][5], rows[7][0] = "no address", "king", ""
        rows += [rows[0], rows[1]]
    return rows


def upload(page, house: House, path: Path) -> None:
    """Give a table to the page of imports and wait until it was looked through."""
    page.goto(house.path("console/members/import/"))
    page.get_by_label("Table").set_input_files(path)
    page.get_by_role("button", name="Look through it").click()
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible(timeout=20_000)


def test_a_table_is_corrected_brought_in_and_a_twin_merged_and_parted(
    house: House, persona: Persona, tmp_path: Path
) -> None:
    page = persona("ada")
    upload(page, house, table(tmp_path / "first.xlsx", people(mistakes=True)))
    expect(page.get_by_role("link", name="New 27")).to_be_visible()
    expect(page.get_by_role("link", name="Twice in the table 2")).to_be_visible()
    page.get_by_role("link", name="Mistake 3").click()
    expect(page.get_by_text("This is no e-mail address. Correct it, or leave it empty.")).to_be_visible()
    upload(page, house, table(tmp_path / "second.xlsx", people(mistakes=False)))
    expect(page.get_by_role("link", name="New 30")).to_be_visible()
    page.get_by_role("button", name="Bring 30 new members in").click()
    expect(page.get_by_role("heading", name="Brought in")).to_be_visible(timeout=30_000)
    house.run(TWIN)
    page.goto(house.path("console/members/duplicates/"))
    page.get_by_role("link", name="同事0 → 同事0").click()
    page.get_by_label("Why").fill("The same nurse")
    page.get_by_role("button", name="Merge").click()
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: they are two members again.")).to_be_visible()


def test_somebody_takes_their_data_and_goes(house: House, persona: Persona) -> None:
    page = persona("chen", phone=True)
    page.goto(house.path("me/data/"))
    expect(page.get_by_role("button", name="Put my data together")).to_have_count(0)  # signed in long ago
    page.get_by_role("link", name="Confirm").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Put my data together").click()
    ready = page.get_by_role("link", name="Download")
    expect(ready).to_be_visible(timeout=20_000)
    with page.expect_download() as download:
        ready.click()
    names = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())).namelist()
    assert {"data.json", "index.html"} <= set(names)
    page.get_by_label("Leave my messages without my name, so that others can read on").check()
    page.get_by_label("I know that this cannot be undone once it has begun").check()
    page.get_by_role("button", name="Erase me").click()
    expect(page.get_by_text("You asked to be erased")).to_be_visible()
    page.get_by_role("button", name="I stay").click()
    expect(page.get_by_text("You stay. Nothing was deleted.")).to_be_visible()

"""The weekly report and the decision-maker's page: stored numbers, three languages, HTML and PDF."""

import re
from datetime import timedelta

import pytest

from hearth.core.routing import link
from hearth.groups.models import Charter, Group
from hearth.insight.models import GroupPulse
from hearth.insight.queries.fleet import warmed_lately
from hearth.insight.rules.stages import ORDER
from hearth.insight.services import refresh_pulse
from hearth.insight.services.measuring import refresh_metrics
from hearth.insight.tests.test_measuring import columns, ward
from hearth.insight.types import Stage
from hearth.insight.web.sheet_pdf import HANS, HANT, LATIN, font_of, sheet_pdf
from hearth.insight.web.sheets import Section, Sheet, sheet_html
from hearth.kit.clock import now

__all__ = ["columns", "ward"]
pytestmark = pytest.mark.django_db
FIXED = {"console:weekly-report": 13, "console:decision-report": 10}
KINDS = ("console:weekly-report", "console:decision-report")


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.HEARTH_DEMO = True


@pytest.fixture
def measured(ward):
    refresh_metrics()
    refresh_pulse()
    Charter.objects.update_or_create(defaults={"purpose": {"en": "Care <for> hearts", "zh-hans": "守护心脏"}})


def rows_of(text: str) -> dict[str, list[str]]:
    found = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", text)]
    return {row[0]: row[1:] for row in found if row}


def test_before_the_first_reading_there_is_no_report(ada, client_of, community):
    assert [client_of(ada).get(link(name)).status_code for name in KINDS] == [404, 404]


def test_the_week_stands_in_it_as_it_was_measured(measured, ada, client_of):
    text = client_of(ada).get(link(KINDS[0])).content.decode()
    rows = rows_of(text)
    assert rows["Messages in 28 days"] == ["3", "–", ""]
    assert rows["Seeded messages"][0] == "1"
    assert "Of 1 groups" in text
    assert "<script" not in text
    assert "http" not in text  # nothing is fetched from elsewhere


def test_the_page_for_decisions_names_purpose_cost_and_return(measured, ada, client_of):
    text = client_of(ada).get(link(KINDS[1])).content.decode()
    assert "Care &lt;for&gt; hearts" in text
    assert "Money and working hours are not recorded here" in text
    assert "members wrote 3.0 of their own" in text
    chinese = client_of(ada).get(link(KINDS[1]) + "?language=zh-hans").content.decode()
    assert '<html lang="zh-Hans">' in chinese
    assert "守护心脏" in chinese
    assert "投入了什么？" in chinese


def test_it_asks_as_much_of_a_large_community(measured, ada, client_of, cardiology, django_assert_num_queries):
    browser = client_of(ada)
    for name in KINDS:
        browser.get(link(name))
        with django_assert_num_queries(FIXED[name]):
            browser.get(link(name))
    for number in range(30):
        group = Group.objects.create(space=cardiology.space, key=f"g{number}", name={"en": f"G{number}"})
        GroupPulse.objects.create(
            group=group, measured_at=now(), stage="declining", heat=2, since=now(), came_from="growth",
            reading=GroupPulse.objects.first().reading,
        )  # fmt: skip
    past = {KINDS[0]: 1, KINDS[1]: 0}  # counting those who are not shown
    for name in KINDS:
        with django_assert_num_queries(FIXED[name] + past[name]):
            browser.get(link(name))


@pytest.mark.parametrize(
    ("language", "font"), [("en", b"Helvetica"), ("zh-hans", b"STSong-Light"), ("zh-hant", b"MSung-Light")]
)
def test_the_same_as_pdf_in_three_languages(measured, ada, client_of, language, font):
    answer = client_of(ada).get(f"{link(KINDS[0])}?as=pdf&language={language}")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].endswith('.pdf"')
    assert answer.content.startswith(b"%PDF-1.")
    assert font in answer.content


def test_every_letter_has_a_font_that_knows_it():
    assert [font_of(char, "en") for char in "aé–中▲"] == [LATIN, LATIN, LATIN, HANS, HANS]
    assert [font_of(char, "zh-hant") for char in "a醫医"] == [LATIN, HANT, HANS]
    assert font_of("\N{FIRE}", "en") == ""  # left out rather than drawn as a box


def test_a_sheet_gives_the_same_bytes_and_lets_nothing_in_be_markup():
    hostile = '<font color="red">&amp;</font> <img src="x"/>'
    sheet = Sheet(
        "en", hostile, hostile, (Section(hostile, (hostile,), ("a", "b"), ((hostile, "1"),), ((hostile, ""),)),)
    )
    assert sheet_pdf(sheet) == sheet_pdf(sheet)
    assert b"<img" not in sheet_html(sheet)


def test_groups_that_warmed_are_those_that_are_warmer_now(cardiology):
    def stands(before, stage, heat, days=1):
        GroupPulse.objects.all().delete()
        GroupPulse.objects.create(
            group=cardiology, measured_at=now(), stage=stage, heat=heat, came_from=before,
            since=now() - timedelta(days=days),
        )  # fmt: skip
        return warmed_lately(5)

    assert stands("declining", "growth", ORDER[Stage.GROWTH]) == [("Cardiology", "declining", "growth")]
    assert stands("growth", "declining", ORDER[Stage.DECLINING]) == []
    assert stands("", "growth", ORDER[Stage.GROWTH]) == []
    assert stands("declining", "growth", ORDER[Stage.GROWTH], days=15) == []

"""The weekly report and the decision-maker's page: stored numbers, three languages, HTML and PDF."""

import base64
import json
import re
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from hearth.core.routing import link
from hearth.groups.models import Charter, Group
from hearth.insight.models import GroupPulse
from hearth.insight.queries.fleet import warmed_lately
from hearth.insight.rules.stages import ORDER
from hearth.insight.services import refresh_pulse
from hearth.insight.tests.fonts import font_with
from hearth.insight.tests.test_measuring import columns, measured, ward
from hearth.insight.types import Stage
from hearth.kit.clock import now
from hearth.ui.fonts import chinese_font, cut
from hearth.ui.sheet_pdf import HANS, HANT, LATIN, OWN, Fonts, sheet_pdf
from hearth.ui.sheets import Section, Sheet, plain, sheet_from, sheet_html

__all__ = ["columns", "measured", "ward"]
pytestmark = pytest.mark.django_db
FIXED = {"console:weekly-report": 15, "console:decision-report": 24}
KINDS = ("console:weekly-report", "console:decision-report")


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.HEARTH_DEMO = True


@pytest.fixture
def reported(measured):
    refresh_pulse()
    Charter.objects.update_or_create(defaults={"purpose": {"en": "Care <for> hearts", "zh-hans": "守护心脏"}})


def rows_of(text: str) -> dict[str, list[str]]:
    found = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", text)]
    return {row[0]: row[1:] for row in found if row}


def test_before_the_first_reading_there_is_no_report(ada, client_of, community):
    assert [client_of(ada).get(link(name)).status_code for name in KINDS] == [404, 404]


def test_the_week_stands_in_it_as_it_was_measured(reported, ada, client_of):
    text = client_of(ada).get(link(KINDS[0])).content.decode()
    rows = rows_of(text)
    assert rows["Messages in 28 days"] == ["3", "–", ""]
    assert rows["Messages of the team"][0] == "1"
    assert "Groups: 1. " in text
    assert rows["Conversations started · a week"][0].isascii()  # the unit stands with the name
    assert "<script" not in text
    assert "http" not in text  # nothing is fetched from elsewhere


def test_the_page_for_decisions_names_purpose_cost_and_return(reported, ada, client_of):
    text = client_of(ada).get(link(KINDS[1])).content.decode()
    assert "Care &lt;for&gt; hearts" in text
    assert "Money and working hours are not recorded here" in text
    assert "members wrote 3.0 of their own" in text
    chinese = client_of(ada).get(link(KINDS[1]) + "?language=zh-hans").content.decode()
    assert '<html lang="zh-Hans">' in chinese
    assert "守护心脏" in chinese
    assert "投入了什么？" in chinese


def test_it_asks_as_much_of_a_large_community(reported, ada, client_of, cardiology, django_assert_num_queries):
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


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_same_as_pdf_in_three_languages(reported, ada, client_of, language):
    answer = client_of(ada).get(f"{link(KINDS[0])}?as=pdf&language={language}")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].endswith('.pdf"')
    assert answer.content.startswith(b"%PDF-1.")


def of_words(language: str, words: str) -> Sheet:
    return Sheet(language, words, "", (Section(words, (words,)),))


@pytest.mark.parametrize(("language", "font"), [("zh-hans", b"STSong-Light"), ("zh-hant", b"MSung-Light")])
def test_chinese_is_named_where_the_machine_has_no_font_for_it(language, font, tmp_path):
    made = sheet_pdf(of_words(language, "中文 report"), (str(tmp_path),))
    assert font in made
    assert b"FontFile2" not in made
    assert font not in sheet_pdf(of_words("en", "report"), (str(tmp_path),))


def embedded(pdf: bytes) -> list[str]:
    """The characters that the PDF's own font has a drawing for: by the map for copying text, ToUnicode."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    maps = [one for one in map(unpacked, streams) if b"beginbfrange" in one or b"beginbfchar" in one]
    codes = re.findall(rb"<([0-9A-F]{4})>", b"".join(maps))
    return sorted({chr(int(code, 16)) for code in codes if int(code, 16) >= 0x2E80})


def unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(
            base64.a85decode(stream.strip(), adobe=False) if stream.strip().endswith(b"~>") else stream
        )
    except (ValueError, zlib.error):
        return stream


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_chinese_is_carried_along_where_the_machine_has_a_font_for_it(language, tmp_path):
    font_with("中文", tmp_path / "NotoSansSC-Regular.otf", "Noto Sans SC")
    font_with("中文", tmp_path / "NotoSansTC-Regular.otf", "Noto Sans TC")
    made = sheet_pdf(of_words(language, "中文 report"), (str(tmp_path),))
    assert b"FontFile2" in made
    assert b"STSong-Light" not in made
    assert b"MSung-Light" not in made
    assert made == sheet_pdf(of_words(language, "中文 report"), (str(tmp_path),))
    # The next report has other characters: it carries those, and is as large as alone.
    font_with("中文字", tmp_path / "NotoSansSC-Regular.otf", "Noto Sans SC")
    font_with("中文字", tmp_path / "NotoSansTC-Regular.otf", "Noto Sans TC")
    assert embedded(sheet_pdf(of_words(language, "字"), (str(tmp_path),))) == ["字"]
    font_with("中文", tmp_path / "NotoSansSC-Regular.otf", "Noto Sans SC")
    font_with("中文", tmp_path / "NotoSansTC-Regular.otf", "Noto Sans TC")
    # What the font lacks stands in the named one, beside it.
    both = sheet_pdf(of_words(language, "中文字"), (str(tmp_path),))
    assert b"FontFile2" in both
    assert (HANS if language == "zh-hans" else HANT).encode() in both


def test_a_font_is_cut_to_the_characters_that_a_report_has(tmp_path):
    path = tmp_path / "NotoSansSC-Regular.otf"
    font_with("中文字", path, "Noto Sans SC")
    font, number = chinese_font("zh-hans", (str(tmp_path),))
    made, known = cut(font, number, "文中中x")
    assert known == {"中", "文"}
    small = TTFont(BytesIO(made))
    assert sorted(small.getBestCmap()) == sorted(map(ord, "中文"))
    assert small["glyf"][small.getBestCmap()[ord("中")]].numberOfContours == 1
    assert small["hmtx"][small.getBestCmap()[ord("中")]][0] == 1000


def test_a_font_that_forbids_it_is_not_carried_along(tmp_path):
    font_with("中", tmp_path / "NotoSansSC-Regular.otf", "Noto Sans SC", may_embed=False)
    assert chinese_font("zh-hans", (str(tmp_path),)) is None
    (tmp_path / "NotoSansTC-Regular.otf").write_bytes(b"no font at all")
    assert chinese_font("zh-hant", (str(tmp_path),)) is None


def test_every_letter_has_a_font_that_knows_it():
    assert [Fonts("en").of(char) for char in "aé–中▲\u00a0"] == [LATIN, LATIN, LATIN, HANS, HANS, LATIN]
    assert [Fonts("zh-hant").of(char) for char in "a醫医"] == [LATIN, HANT, HANS]
    assert [Fonts("zh-hans", frozenset("中")).of(char) for char in "a中文"] == [LATIN, OWN, HANS]
    assert Fonts("en").of("\N{FIRE}") == ""  # left out rather than drawn as a box
    assert "1\u00a0645" in Fonts("en").markup("1\u202f645")


def test_a_sheet_gives_the_same_bytes_and_lets_nothing_in_be_markup():
    hostile = '<font color="red">&amp;</font> <img src="x"/>'
    section = Section(
        hostile, (hostile,), ("a", "b"), ((hostile, "1"),), (hostile,), ((hostile, "", ""), (hostile, hostile, hostile))
    )
    sheet = Sheet("en", hostile, hostile, (section,), (hostile,))
    assert sheet_pdf(sheet) == sheet_pdf(sheet)
    assert b"<img" not in sheet_html(sheet)
    assert sheet_from(json.loads(json.dumps(plain(sheet)))) == sheet  # as it comes back from the store


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

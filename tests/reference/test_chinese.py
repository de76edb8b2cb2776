"""Chinese reads as written by one hand: the glossary's words, Chinese punctuation, the right script, every guide."""

import re

import polib
import pytest

from tests.architecture.sources import ROOT
from tools.messages import LOCALES, SOURCES

GLOSSARY = ROOT / "docs" / "explanation" / "words.md"
GUIDES = ROOT / "docs" / "guides"
FOR_DEVELOPERS = {"design.md"}
HAN = "\u3400-\u9fff"
LATIN = r"(?:%\(\w+\)[sd]|\{\w+\}|[A-Za-z0-9])"
# Words that conversion leaves behind and no reader of Traditional Chinese would write.
MAINLAND = (
    "信息|消息|數據|登錄|登陸|設置|默認|鏈接|屏幕|質量|搜索|導入|導出|服務器|網絡|軟件|程序|加載|保存|設備|賬號|菜單|"
    "文件|視頻|郵箱|釋出|收件箱|令牌|丟失|發送|打開|創建|列表|科室|醫生"
)
HALF_WIDTH = re.compile(rf"[{HAN}][,;:!?()]|[,;:!?(][{HAN}]|[\"']|[{HAN}]\s*\.(?=\s|$)")
SPACELESS = re.compile(rf"[{HAN}]{LATIN}|{LATIN}[{HAN}]")


def translations(locale: str) -> dict[str, str]:
    entries = polib.pofile(str(SOURCES / "locale" / locale / "LC_MESSAGES" / "django.po"))
    return {entry.msgid: entry.msgstr or entry.msgstr_plural.get(0, "") for entry in entries}


def never() -> set[str]:
    rows = [line.split("|") for line in GLOSSARY.read_text("utf-8").splitlines() if line.startswith("| ")]
    return {word for row in rows[1:] for word in row[4].split()}


def having(pattern: str | re.Pattern[str], texts: dict[str, str]) -> dict[str, str]:
    """The translations in which a pattern is found, by what they translate."""
    return {msgid: text for msgid, text in texts.items() if re.search(pattern, text)}


@pytest.mark.parametrize("locale", LOCALES)
def test_one_word_is_used_for_one_meaning(locale: str):
    assert len(never()) > 25
    assert having("|".join(map(re.escape, never())), translations(locale)) == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_reader_is_addressed_in_one_way(locale: str):
    told = having("你(?![们們])", translations(locale))
    assert told == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_punctuation_is_chinese(locale: str):
    assert having(HALF_WIDTH, translations(locale)) == {}
    foreign = {"zh_Hans": "[「」『』]", "zh_Hant": "[“”‘’]"}[locale]
    assert having(foreign, translations(locale)) == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_space_parts_chinese_from_latin(locale: str):
    role_after_de = {"You are now %(role)s of %(group)s.", "You are now %(role)s of this community."}
    told = having(SPACELESS, translations(locale))
    assert {msgid: text for msgid, text in told.items() if msgid not in role_after_de} == {}


def test_traditional_has_its_own_words():
    texts = {msgid: text.replace("Office 文件", "") for msgid, text in translations("zh_Hant").items()}
    assert having(MAINLAND, texts) == {}


@pytest.mark.parametrize(("locale", "encoding"), [("zh_Hans", "gb2312"), ("zh_Hant", "big5hkscs")])
def test_no_character_of_the_other_script_slips_in(locale: str, encoding: str):
    told = {char for text in translations(locale).values() for char in re.findall(f"[{HAN}]", text)}
    assert [char for char in told if not char.encode(encoding, "ignore")] == []


def test_negative_control_careless_text_is_found():
    assert having(HALF_WIDTH, {"a": "你好,世界", "b": "您好，世界。"}).keys() == {"a"}
    assert having(SPACELESS, {"a": "共%(n)s项", "b": "共 %(n)s 项"}).keys() == {"a"}


def test_every_guide_for_operators_has_its_chinese_twin():
    english = {path.name for path in GUIDES.glob("*.md")} - FOR_DEVELOPERS
    assert {path.name for path in (GUIDES / "zh").glob("*.md")} == english
    for name in english:
        here, there = (GUIDES / name).read_text("utf-8"), (GUIDES / "zh" / name).read_text("utf-8")
        assert f"(zh/{name})" in here
        assert f"(../{name})" in there
        assert commands(there) == commands(here), name


def commands(text: str) -> list[str]:
    """The first two words of each line of code."""
    fenced = re.findall(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in fenced for line in block.splitlines()] + re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)
    return [" ".join(line.split()[:2]) for line in lines if line]


def test_chinese_guides_use_the_same_words():
    for path in (GUIDES / "zh").glob("*.md"):
        prose = re.sub(r"`[^`]*`|^ {4}.*$|^```.*?^```$|\[English\]", "", path.read_text("utf-8"), flags=re.M | re.S)
        assert having("|".join(map(re.escape, never())) + "|你", {path.name: prose}) == {}

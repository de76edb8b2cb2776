import pytest
from hypothesis import given, settings, strategies as st

from hearth.kit.bulk_language import are_questions
from hearth.kit.language import (
    excerpt,
    has_han,
    has_link,
    is_question,
    links,
    question_excerpt,
    without_links_and_code,
)

ASKS = (
    "Is the ward open?",
    "药房几点关门？",
    "does anyone know a good cardiologist",
    "hi all, how do I change the dose",
    "can someone help me with this form",
    "I was wondering if we could move the round",
    "what's the dose for children",
    "anyone here tried the new pump",
    "any ideas",
    "so why does it beep",
    "这个药饭后吃吗",
    "請問掛號處在哪裡",
    "有没有人知道值班电话",
    "高血压怎么办",
    "孩子发烧应该怎么处理",
    "你是谁呢",
    "痛风能不能吃豆腐",
    "治疗癫痫的医院哪家好",
    "Look at https://example.org/a?b=c please, is it right?",
)
STATEMENTS = (
    "I know how it works.",
    "See https://example.org/search?q=dose",
    "Run `a ? b : c` twice",
    "```\nwhat is this?\n```",
    "> when do we meet?\nat noon",
    "That is why we meet on Monday.",
    "When I arrive I will call",
    "没什么,不用谢",
    "今天我来讲讲如何预防感冒",
    "不管怎么样都要按时吃药",
    "谁都可以来",
    "thanks, done",
    "",
    "What a day",
    "你好",
    "我没问题",
)


@pytest.mark.parametrize("text", ASKS)
def test_a_question_is_heard_with_or_without_its_mark(text):
    assert is_question(text)


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_statement_is_no_question(text):
    assert not is_question(text)


@pytest.mark.parametrize("text", ASKS)
def test_the_bulk_search_misses_no_known_question(text):
    assert are_questions([text, f"well, {text}", "no"]) == [True, is_question(f"well, {text}"), False]


PIECES = (
    "how do",
    "is it",
    "hi all,",
    "so",
    "because",
    "know",
    "?",
    "吗",
    "怎么",
    "谁",
    "\u3000",
    "\xa0",
    " ",
    " ",
    "\n",
    ".",
    "`",
    "> ",
)


@settings(deadline=None)  # the first search loads the engine
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), max_size=8))
def test_the_bulk_search_says_the_same_as_asking_one_by_one(texts):
    assert are_questions(texts) == [is_question(text) for text in texts]


def test_words_remain_when_code_quotes_and_links_go():
    text = "before `x` ```\ncode\n``` https://a.example/b after\n> quoted"
    assert without_links_and_code(text).split() == ["before", "after"]


def test_links_are_found_as_written():
    assert links("see https://a.example/x?y=1, and www.b.example.") == ["https://a.example/x?y=1,", "www.b.example."]
    assert has_link("见https://a.example/甲）。")
    assert not has_link("no link: http")


def test_chinese_characters_are_seen():
    assert has_han("ok 好")
    assert not has_han("ok")


def test_an_excerpt_is_one_line_and_not_longer_than_asked():
    assert excerpt(" a\n\n b ", 10) == "a b"
    assert excerpt("x" * 300, 20) == "x" * 19 + "…"


def test_an_excerpt_holds_words_not_markup():
    assert excerpt("**Paper 7.** @[Bo Zhang](m:12), *any* [thoughts](https://a.example)? 2*3*4") == (
        "Paper 7. @Bo Zhang, any thoughts? 2*3*4"
    )


def test_the_excerpt_of_a_long_question_shows_what_is_asked():
    text = "We opened a new clinic. " * 20 + "Who can cover the night shift on Friday? Thanks to all."
    assert question_excerpt(text, 100).endswith("Who can cover the night shift on Friday?")


@given(st.text(max_size=400))
def test_no_text_breaks_the_rules(text):
    is_question(text)
    assert len(question_excerpt(text, 80)) <= 80

"""Text becomes HTML once, the same by the short way and by the long one, and nothing in it ever runs."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings, strategies as st

from hearth.conversation.rules.posting import cleaned
from hearth.conversation.rules.rendering import (
    excerpt,
    mentioned,
    needs_markdown,
    plain_words,
    render,
    render_markdown,
    render_plain,
)

TRICKY = "ab1 .,;:!?-+=#>*_`~()[]{}|\\/&'\"@\n\t\u3000中文，。！？：；“”（）…—😀é\u00a0$%^0123456789)."


@settings(max_examples=600, deadline=None)
@given(st.text(alphabet=TRICKY, max_size=60).map(cleaned))
def test_the_short_way_and_the_long_way_agree(text):
    if text and not needs_markdown(text):
        assert render_plain(text) == render_markdown(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("hello", "<p>hello</p>\n"),
        ("two\nlines", "<p>two<br>\nlines</p>\n"),
        ("**bold** and *soft*", "<p><strong>bold</strong> and <em>soft</em></p>\n"),
        ("~~gone~~", "<p><s>gone</s></p>\n"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>\n"),
    ],
)
def test_what_people_write_looks_as_they_mean_it(text, html):
    assert render(text) == html


def test_links_lead_out_without_telling_from_where():
    assert render("see https://example.org/a") == (
        '<p>see <a href="https://example.org/a" rel="nofollow noopener noreferrer ugc">https://example.org/a</a></p>\n'
    )


def test_a_mention_is_a_mark_on_the_identity():
    text = "@[Bo Zhang](m:17) please look"
    assert render(text) == '<p><span data-identity="17" class="mention">@Bo Zhang</span> please look</p>\n'
    assert mentioned(text) == (17,)
    assert excerpt(text) == "@Bo Zhang please look"


CORPUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://tracker.example/a.png)",
    '[x](https://a.example "onmouseover=alert(1)")',
    '[x](https://a.example/"onclick=alert(1))',
    "<a href='javascript:alert(1)'>x</a>",
    "```html\n<script>alert(1)</script>\n```",
    "`<script>`",
    "<!--><script>alert(1)</script>-->",
    "<math><mtext></p><style><img src=x onerror=alert(1)>",
    "<style>@import 'http://evil.example'</style>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<object data=javascript:alert(1)>",
    "<base href=//evil.example>",
    "<form action=javascript:alert(1)><button>x",
    "<meta http-equiv=refresh content=0;url=javascript:alert(1)>",
    "<x style=behavior:url(x)>",
    "@[<script>alert(1)</script>](m:1)",
    '@[" onclick="alert(1)](m:1)',
    '@[x](m:1" onclick="alert(1))',
    "a\u2028<script>alert(1)</script>",
    "| a | b |\n|---|---|\n| <script>alert(1)</script> | [x](javascript:alert(1)) |",
    "[ref]\n\n[ref]: javascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<<script>script>alert(1)</script>",
    "<scr\0ipt>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "https://a.example/<script>alert(1)</script>",
    "<https://a.example/onclick=alert(1)>",
    'http://a.example/?q="><script>alert(1)</script>',
]
ALLOWED = {
    "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr", "span", "h1", "h2", "h3",
    "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"href", "title", "rel", "class", "data-identity", "start"}


class Guard(HTMLParser):
    """Reads HTML as a browser would find it and complains about anything that is not on the list."""

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert name in ATTRIBUTES, (tag, name)
            if name == "href":
                assert (value or "").startswith(("http://", "https://", "mailto:")), value
            if name == "class":
                assert value == "mention"

    def handle_comment(self, data):
        raise AssertionError(data)


@pytest.mark.parametrize("text", CORPUS)
def test_nothing_in_a_message_runs(text):
    for form in (text, cleaned(text), f"**{text}**", f"> {text}", f"- {text}"):
        guard = Guard()
        guard.feed(render(form))
        guard.close()


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from([*CORPUS, "**", "`", "\n", "> ", "|", "[", "](", "<", ">", "&#", "\\"]), max_size=6).map(
        "".join
    )
)
def test_mixtures_of_attacks_do_not_run_either(text):
    guard = Guard()
    guard.feed(render(text))
    guard.close()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**Case of the week.** Post *one*, `5 mg`", "Case of the week. Post one, 5 mg"),
        ("这是**重点**内容 @[Bo Zhang](m:7)", "这是重点内容 @Bo Zhang"),
        ("see [PARADIGM](https://doi.org/10.1056/x)", "see PARADIGM"),
        ("> quoted\n- one\n# two", "quoted one two"),
        ("snake_case_name, 3*4*5, 5>3 and INR 2-3", "snake_case_name, 3*4*5, 5>3 and INR 2-3"),
    ],
)
def test_a_row_of_a_list_shows_words_without_the_marks_of_markup(text, words):
    assert plain_words(text) == words

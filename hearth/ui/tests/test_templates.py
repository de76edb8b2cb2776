"""Templates: they compile, hold nothing that a strict content policy forbids, and speak through the catalogue."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.test import Client

ROOT = Path(__file__).parents[1] / "templates"
NAMES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))
EVERY_TEMPLATE = sorted(
    path for path in Path(__file__).parents[2].rglob("templates/**/*.html") if "mail" not in path.parts
)  # mail programs know no style sheets
PAGES = ["", "?shell=portal", "?shell=room", "?shell=plain", "?q=nothing-like-this", "?cols=name&size=50&page=2"]


@pytest.mark.parametrize("name", NAMES)
def test_the_template_compiles(name: str) -> None:
    get_template(name)


def test_no_template_holds_inline_styles_handlers_or_scripts() -> None:
    wrong = []
    for path in EVERY_TEMPLATE:
        text = path.read_text()
        wrong += [f"{path.name}: {found}" for found in re.findall(r"\sstyle=|\son[a-z]+=|hx-on|<style", text)]
        for tag in re.findall(r"<script[^>]*>", text):
            if "src=" not in tag and 'type="application/json"' not in tag:
                wrong.append(f"{path.name}: {tag}")
    assert wrong == []


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("cotton/")])
def test_every_visible_word_is_translated(name: str) -> None:
    text = (ROOT / name).read_text()
    text = re.sub(
        r"\{% comment %\}.*?\{% endcomment %\}|\{% blocktrans.*?\{% endblocktrans %\}", "", text, flags=re.DOTALL
    )
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    text = re.sub(
        r"<(svg|kbd|script)\b.*?</\1>|<c-slot[^>]*>|data-[a-z-]+=\"[^\"]*\"|<!doctype html>", "", text, flags=re.DOTALL
    )
    words = re.findall(r">\s*([^<>]*[A-Za-z]{3,}[^<>]*?)\s*<", text)
    attributes = re.findall(r'\s(?:title|aria-label|placeholder|alt)="([^"]*[A-Za-z]{3,}[^"]*)"', text)
    assert [word for word in words + attributes if "Lakeside" not in word] == []


class Reader(HTMLParser):
    """Collects ids, links to ids, and fields without a name for screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.pointed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if named.get("id"):
            self.ids.append(str(named["id"]))
        for key in ("aria-labelledby", "aria-describedby", "for", "popovertarget", "form"):
            self.pointed += (named.get(key) or "").split()


@pytest.mark.django_db
@pytest.mark.parametrize("query", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_living_page_renders_whole(client: Client, query: str, language: str) -> None:
    client.cookies["hearth_language"] = language
    response = client.get(f"/ui/components/{query}")
    text = response.content.decode()
    assert response.status_code == 200
    assert [left for left in ("<c-", "</c-", "{{", "{%", "None</") if left in text] == []
    reader = Reader()
    reader.feed(text)
    assert len(reader.ids) == len(set(reader.ids))
    assert set(reader.pointed) - set(reader.ids) == set()


@pytest.mark.django_db
def test_an_address_that_leads_nowhere_says_so_kindly(client: Client) -> None:
    response = client.get("/ui/nowhere/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


@pytest.mark.parametrize("code", ["400", "403", "404", "500"])
def test_error_pages_render_without_a_request(code: str) -> None:
    text = get_template(f"{code}.html").render({})
    assert "<h1>" in text
    assert "<c-" not in text

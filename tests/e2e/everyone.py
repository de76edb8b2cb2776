"""Pages for everyone: WCAG 2.2 AA as axe checks it, nothing that scrolls sideways, in every theme and language.

A page is not walked in all nine pairs of theme and language at both sizes: it is seen three times, such that it meets
every theme and every language once and both sizes, and all pages together meet every pair. On the phone it is met in
English, whose words are the longest.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

THEMES = ("hearth", "hearth-dark", "hearth-contrast")
LANGUAGES = ("en", "zh-hans", "zh-hant")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAIRS = [(theme, language) for theme in THEMES for language in LANGUAGES]
AXE = Axe()


@dataclass(frozen=True)
class Visit:
    """A page as one person meets it."""

    who: str
    path: str
    phone: bool


def visits(pages: list[tuple[str, str]], theme: str, language: str) -> Iterator[Visit]:
    """What to look at in one theme and language, out of all (person, path) pairs."""
    row, column = THEMES.index(theme), LANGUAGES.index(language)
    for number, (who, path) in enumerate(pages):
        if (row + number) % 3 == column:
            yield Visit(who, path, phone=on_phone(number, language))


def on_phone(number: int, language: str) -> bool:
    """Whether the page of a number is met on a phone: always in English, in one of two in traditional Chinese."""
    return language == "en" or (language == "zh-hant" and number % 2 == 0)


def wear(page: Page, theme: str) -> None:
    """Put another theme on the page as it stands, the way its own button does."""
    page.evaluate(
        """async theme => {
            document.documentElement.dataset.theme = theme;
            for (let moving = [null]; moving.length;) {  // what inherits a colour begins to move when its parent ends
                await new Promise(requestAnimationFrame);
                moving = document.getAnimations().filter(one => one instanceof CSSTransition);
                for (const one of moving) one.finish();
            }
        }""",
        theme,
    )


def faults(page: Page, within: str = "html") -> list[str]:
    """What keeps somebody from using the page, or a part of it, as it stands; empty when nothing does."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found = page.evaluate(
        "([within, options]) => axe.run(within, options)", [within, {"runOnly": RULES, "resultTypes": ["violations"]}]
    )
    told = [
        f"{hit['id']}: {node['target']} {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for hit in found["violations"]
        for node in hit["nodes"][:3]
    ]
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        told.append("the page scrolls sideways")
    return told

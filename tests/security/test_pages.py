"""Every page of two communities whose every text is a payload with a canary, read as those who see most of them.

One walk serves many checks: nothing crosses from one community to the other, nothing stored runs, every answer carries
the protecting headers, reading changes nothing, and no page breaks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client

from hearth.core.tenancy import community_scope
from tests.security.corpus import RAN, SHORT, payloads
from tests.security.expectations import expected
from tests.security.headers import missing_headers
from tests.security.markup import Page
from tests.security.routes import routes
from tests.security.state import digests
from tests.security.world import House, World, build, post

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
MOST = 100  # pages per reader
VARIANTS = 2  # queries of one path
# To read is to have read, and to take a list of people away is on record: all that a GET may keep.
READING = {"conversation_readmark", "conversation_seen", "core_auditentry", "core_audithead"}
OPEN_FILES = ("text/", "application/json", "application/manifest+json", "image/svg+xml", "application/x-ndjson")
SEARCHES = ("zbravoz", "zalfaz", "question", "a")


@dataclass
class Visit:
    """One answered request."""

    reader: str
    path: str
    status: int
    headers: dict[str, str]
    text: str
    page: Page | None = None
    linked: bool = False  # a page led here, rather than the table of routes

    def __str__(self) -> str:
        return f"{self.reader} {self.path}"


@dataclass
class Walk:
    """What the readers of one house saw, and what their reading changed."""

    house: House
    visits: list[Visit] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)


def visit(reader: str, client: Client, path: str) -> Visit:
    """Ask for one page."""
    response = client.get(path)
    body = b"".join(response) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    text = body.decode("utf-8", "replace") if kind.startswith(OPEN_FILES) else ""
    shown = kind.startswith("text/html") and "attachment" not in response.headers.get("Content-Disposition", "")
    return Visit(reader, path, response.status_code, dict(response.headers), text, Page(text) if shown else None)


def first_paths(house: House) -> list[str]:
    """Every address that may be asked for, and searches for the other community's canary."""
    base = f"/c/{house.community.key}"
    found = [route.address(house) for route in routes() if route.is_ours and expected(route).get is not None]
    found += [f"{base}/search/?q={word}" for word in SEARCHES] + [f"{base}/discover/?q=zbravoz"]
    found += [f"{base}/console/palette/?q={word}" for word in SEARCHES]
    found += [f"{base}/console/{page}/?q={word}" for page in ("groups", "members") for word in ("zbravoz", "zalfaz")]
    found += [f"{base}/groups/{house.things['group']}/callable/?q={word}" for word in SEARCHES]
    return found


def follow(house: House, page: Page, here: str) -> Iterator[str]:
    """The links of a page that stay in the house."""
    for link in page.links:
        parts = urlsplit(urljoin(here, link))
        if not parts.netloc and parts.path.startswith(f"/c/{house.community.key}/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def walk(world: World, house: House, readers: tuple[str, ...], *, links: bool) -> Walk:
    """Read the house as each reader."""
    told, clients, before = Walk(house), world.browsers(house), digests()
    for reader in readers:
        waiting, seen, queries = first_paths(house), set(), dict[str, int]()
        asked = set(waiting)
        while waiting and len(seen) < (MOST if links else len(waiting) + len(seen)):
            path = waiting.pop(0)
            bare = path.partition("?")[0]
            if path in seen or queries.get(bare, 0) >= VARIANTS + bare.endswith(("search/", "palette/", "callable/")):
                continue
            seen.add(path)
            queries[bare] = queries.get(bare, 0) + 1
            told.visits.append(replace(visit(reader, clients[reader], path), linked=path not in asked))
            if links and told.visits[-1].page is not None:
                waiting += follow(house, told.visits[-1].page, path)
    after = digests()
    told.changed = {name for name in after if after[name] != before[name]}
    return told


def expected_nowhere(one: Visit) -> bool:
    """Answers that are right to refuse: what the walker of routes asked for without the right to it."""
    return one.status in {403, 404, 405, 410} and not one.linked


@pytest.fixture(scope="module")
def both(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = build(SHORT)
        for house in (world.alfa, world.bravo):
            for start in range(0, len(payloads()), 12):
                with community_scope(house.community):
                    post(house, "owner", "\n\n".join([house.canary, *payloads()[start : start + 12]]))
        yield world
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def walks(both: World) -> list[Walk]:
    return [
        walk(both, both.alfa, ("operator", "member"), links=True),
        walk(both, both.bravo, ("admin",), links=False),
    ]


def visits(walks: list[Walk]) -> list[Visit]:
    return [one for each in walks for one in each.visits]


def test_no_page_of_one_community_holds_a_word_of_the_other(walks):
    for each in walks:
        other = "zbravoz" if each.house.canary == "zalfaz" else "zalfaz"
        word = re.compile(rf"{other}[ ._-].*")  # alone it is what the reader searched for
        leaks = [f"{one}: {found.group()[:60]}" for one in each.visits if (found := word.search(one.text))]
        assert not leaks, "\n".join(leaks)


def test_the_readers_saw_their_own_community(walks):
    for each in walks:
        assert sum(each.house.canary + " " in one.text for one in each.visits) > 20


def test_no_page_breaks_and_no_link_leads_nowhere(walks):
    wrong = [f"{one}: {one.status}" for one in visits(walks) if one.status >= 400 and not expected_nowhere(one)]
    assert not wrong, "\n".join(wrong)


def test_nothing_stored_runs(walks):
    found = [f"{one}: {danger}" for one in visits(walks) if one.page for danger in one.page.dangers]
    assert not found, "\n".join(sorted(set(found)))


def test_no_template_syntax_is_worked_out(walks):
    found = [f"{one}: {ran}" for one in visits(walks) for ran in RAN if ran in one.text]
    assert not found, "\n".join(found)


def test_reading_changes_nothing_but_the_mark_of_reading(walks):
    for each in walks:
        assert each.changed <= READING, each.changed


def test_every_answer_carries_the_protecting_headers(walks):
    wrong = [f"{one}: {problem}" for one in visits(walks) for problem in missing_headers(one.headers)]
    assert not wrong, "\n".join(wrong)

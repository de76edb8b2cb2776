"""Every link leads somewhere: whatever the pages show to somebody opens for them."""

import re
from collections import Counter, deque
from urllib.parse import urljoin, urlsplit

import pytest

from tests.e2e.conftest import House, Persona

HREF = re.compile(r'<a\b[^>]*\bhref="(/c/[^"#]*)')
SHAPES = re.compile(r"<template\b.*?</template>", re.DOTALL)  # scripts fill them in
EXAMPLES = 2  # of each kind of address: what differs by number alone is one page


@pytest.mark.parametrize("who", ["ada", "bo", "chen", "dara", "ada_of_clinic"])
def test_whatever_is_linked_opens(house: House, persona: Persona, who: str) -> None:
    browser = persona(who).context.request
    began = f"/c/{'clinic' if who == 'ada_of_clinic' else 'ward'}/"
    ahead, seen = deque([(began, ""), (f"{began}console/", "")]), Counter[str]()
    dead: list[str] = []
    while ahead:
        path, source = ahead.popleft()
        kind = re.sub(r"\d+", "0", path)
        seen[kind] += 1
        if seen[kind] > EXAMPLES:
            continue
        answer = browser.get(urljoin(house.url, path))
        if answer.status >= 400 and source:
            dead.append(f"{answer.status} {path} on {source}")
        elif "html" in answer.headers.get("content-type", ""):
            found = HREF.findall(SHAPES.sub("", answer.text()))
            ahead.extend((urlsplit(one)._replace(query="").geturl(), path) for one in dict.fromkeys(found))
    assert "\n".join(dead) == ""
    assert len(seen) > 10

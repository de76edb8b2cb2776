"""Bad input to every form, in Chinese: whatever is said about it is Chinese, whoever says it."""

import re

import pytest

from tests.security.expectations import expected
from tests.security.routes import Route, routes
from tests.security.test_writes import somebody
from tests.security.world import World, taken_back

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
FORMS = [route for route in routes() if route.is_ours and expected(route).post]
BAD = ["", "x" * 5000, "-7", "nonsense@@ 99:99"]
HAN = re.compile("[\u3400-\u9fff]")
SAID = re.compile(
    r'<(?:ul class="errorlist|div class="form-errors|p class="error|div class="toast)[^>]*>(.*?)'
    r"</(?:ul|div|p)>",
    re.S,
)


def sentences(html: str) -> list[str]:
    """What a page says about what was sent."""
    return [text.strip() for one in SAID.findall(html) for text in re.split(r"<[^>]+>", one) if text.strip()]


def told_of(world: World, route: Route, language: str) -> list[str]:
    """Everything that a form answers to bad values in each of its fields."""
    opens, house = expected(route), world.alfa
    client = world.browsers_of(house, somebody(opens))
    client.cookies["hearth_language"] = language
    address = route.address(house, **{name: house.things[thing] for name, thing in opens.about.items()})
    said: list[str] = []
    with taken_back():
        page = client.get(address)
    fields = set(re.findall(r'name="([^"]+)"', page.content.decode(errors="replace"))) - {"csrfmiddlewaretoken"}
    for number, bad in enumerate(BAD):
        with taken_back():
            form = dict.fromkeys({*opens.form, *fields}, bad) | {"idempotency_key": f"{language}-{number}-{route.name}"}
            answer = client.post(address, form)
            if "html" in answer.get("Content-Type", ""):
                said += sentences(answer.content.decode())
    return said


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_whatever_a_form_answers_to_bad_input_is_chinese(world, language):
    told = {route.name: told_of(world, route, language) for route in FORMS}
    assert sum(map(len, told.values())) > 300
    assert {name: text for name, said in told.items() for text in said if not HAN.search(text)} == {}


def test_negative_control_an_english_sentence_is_found(world):
    [route] = [route for route in FORMS if route.name == "people:profile"]
    told = told_of(world, route, "en")
    assert "This field is required." in told
    assert [text for text in told if HAN.search(text)] == []

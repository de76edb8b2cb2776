"""A keeper without a staff role, on a phone: from Home to who waits in their own group, to the answer, and back."""

from playwright.sync_api import expect

from tests.e2e.conftest import House, Persona, Watch
from tests.e2e.test_portal import message, say, words


def test_a_keeper_sees_who_waits_in_their_group_and_answers(house: House, persona: Persona, watch: Watch) -> None:
    ward = house.told["groups"]["ward"]
    dara, bo = persona("dara"), persona("bo", phone=True)
    dara.goto(house.path(f"groups/{ward}/room/"))
    asked = words("Who has the key of the dialysis ward?")
    say(dara, asked)
    expect(message(dara, asked).locator(".question-open")).to_be_visible()
    bo.goto(house.path(""))
    kept = bo.locator("section", has_text="Groups you tend")
    kept.locator("a", has_text="Neurology 1").click()
    expect(bo.locator("h1")).to_have_text("Neurology 1")
    waiting = bo.locator(".found", has_text=asked)
    expect(waiting).to_be_visible()
    waiting.locator("text=Answer").click()
    given = words("It hangs in the nurses' room")
    say(bo, given)
    expect(message(bo, given)).to_be_visible()
    bo.goto(house.path(f"groups/{ward}/tending/"))
    expect(bo.locator("h1")).to_have_text("Neurology 1")
    expect(bo.locator(".found", has_text=asked)).to_have_count(0)
    assert (watch.errors, watch.violations) == ([], [])


def test_what_a_keeper_sees_is_shut_to_those_who_keep_nothing(house: House, persona: Persona) -> None:
    ward, chen = house.told["groups"]["ward"], persona("chen", phone=True)
    chen.goto(house.path(""))
    expect(chen.locator("text=Groups you tend")).to_have_count(0)
    answer = chen.goto(house.path(f"groups/{ward}/tending/"))
    assert answer is not None
    assert answer.status == 403

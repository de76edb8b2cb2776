"""Journeys of members: a doctor with five minutes, two people at once, a bad line, no scripts, hostile text."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.e2e.conftest import House, Persona, Watch


def say(page: Page, text: str) -> None:
    """Write and send."""
    page.fill("#composer textarea", text)
    page.click("#composer button[aria-label=Send]")


def message(page: Page, text: str):
    """The message that says a text itself (not one that quotes it), once it is really posted."""
    said = page.locator(".msg-body[data-f=html]", has_text=text)
    return page.locator(".msg:not(.msg-pending)", has=said).last


def until(page: Page, held: Callable[[], Any]) -> None:
    """Wait for what no page shows."""
    for _try in range(300):
        if held():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come about")


def words(start: str) -> str:
    """Something nobody said before."""
    return f"{start} {uuid.uuid4().hex[:8]}"


def test_a_doctor_on_a_phone_reads_posts_replies_and_reacts(house: House, persona: Persona, watch: Watch) -> None:
    bo, offer = persona("bo"), words("Coffee on Thursday, six seats are free")
    bo.goto(house.path(f"groups/{house.told['groups']['ward']}/room/"))
    say(bo, offer)
    expect(message(bo, offer)).to_be_visible()
    page = persona("chen", phone=True)
    page.goto(house.path())
    page.click(".dock >> text=Groups")
    page.click("text=Neurology 1")
    expect(page.locator("#composer textarea")).to_be_visible()
    hello = words("早上好，查房顺利")
    say(page, hello)
    expect(message(page, hello)).to_be_visible()
    expect(page.locator("#composer textarea")).to_have_value("")

    target = message(page, offer)
    target.tap()
    target.locator("[data-reply]").click()
    expect(page.locator("[data-above-title]")).to_contain_text("Bo Lindgren")
    answer = words("I come")
    say(page, answer)
    expect(message(page, answer).locator(".msg-quote")).to_contain_text("Bo Lindgren")

    target.tap()
    target.locator("[data-open=react]").click()
    with page.expect_response("**/reactions/"):
        page.click(".msg-menu [aria-label='Thank you']")
    expect(target.locator(".reaction[aria-pressed=true]")).to_be_visible()
    page.reload()
    expect(message(page, offer).locator(".reaction[aria-pressed=true]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watch.errors == []


def test_an_own_reaction_stays_marked_when_somebody_else_is_quicker(house: House, persona: Persona) -> None:
    bo, chen = persona("bo"), persona("chen")
    room = house.path(f"groups/{house.told['groups']['ward']}/room/")
    for page in (bo, chen):
        page.goto(room)
        page.wait_for_selector("html[data-live=open]")
    text = words("Films of bed 12 are up")
    say(bo, text)
    on_the_way: list[Route] = []
    chen.route("**/reactions/", lambda route: on_the_way.append(route))  # noqa: PLW0108  Playwright marks its handlers
    for page, word in ((chen, "Thank you"), (bo, "Helpful")):
        message(page, text).hover()
        message(page, text).locator("[data-open=react]").click()
        page.click(f".msg-menu [aria-label='{word}']")
    expect(message(chen, text).locator(".reaction[aria-label^=Helpful]")).to_be_visible()
    until(chen, lambda: on_the_way)
    on_the_way[0].continue_()
    own = message(chen, text).locator(".reaction[aria-pressed=true]")
    expect(own).to_have_attribute("aria-label", "Thank you 1")
    expect(message(bo, text).locator(".reaction[aria-pressed=true]")).to_have_attribute("aria-label", "Helpful 1")
    expect(message(bo, text).locator(".reaction")).to_have_count(2)


def test_an_own_reaction_is_marked_in_every_tab_at_once(house: House, persona: Persona) -> None:
    desk, phone, bo = persona("chen"), persona("chen", phone=True), persona("bo")
    for page in (desk, phone, bo):
        page.goto(house.path(f"groups/{house.told['groups']['ward']}/room/"))
        page.wait_for_selector("html[data-live=open]")
    text = words("Ward round at nine")
    say(bo, text)
    message(desk, text).hover()
    message(desk, text).locator("[data-open=react]").click()
    desk.click(".msg-menu [aria-label='Thank you']")
    own = message(phone, text).locator(".reaction[aria-pressed=true]")
    expect(own).to_have_attribute("aria-label", "Thank you 1")
    expect(message(bo, text).locator(".reaction[aria-pressed=false]")).to_have_attribute("aria-label", "Thank you 1")
    own.tap()
    for page in (desk, phone, bo):
        expect(message(page, text).locator(".reaction")).to_have_count(0)
    assert message(desk, text).get_attribute("data-mine") == ""


def test_what_a_blocked_member_says_is_folded_as_it_arrives(house: House, persona: Persona, watch: Watch) -> None:
    chen, bo = persona("chen"), persona("bo")
    for page in (bo, chen):
        page.goto(house.path(f"groups/{house.told['groups']['ward']}/room/"))
        page.wait_for_selector("html[data-live=open]")
    before, text = words("Good day"), words("Nobody asked me")
    say(bo, before)
    message(chen, before).hover()
    message(chen, before).locator("[data-open=more]").click()
    chen.click(".msg-menu [data-may=block]")
    expect(chen.locator(".msg-blocked", has_text=before).locator(".msg-fold")).to_be_visible()
    chen.wait_for_selector("html[data-live=open]")
    say(bo, text)
    expect(message(bo, text)).to_be_visible()
    expect(message(bo, text).locator(".msg-fold")).to_have_count(0)
    arrived = chen.locator(".msg", has_text=text).last
    expect(arrived).to_have_class(re.compile("msg-blocked"))
    assert " ".join(arrived.inner_text().split()) == "A message by somebody you blocked Show"
    arrived.locator("summary").focus()
    chen.keyboard.press("Enter")
    expect(arrived.locator(".msg-body")).to_be_visible()
    expect(arrived.locator(".author")).to_be_in_viewport()
    expect(arrived.locator(".msg-body")).to_be_in_viewport(ratio=0.9)
    message(bo, text).hover()
    message(bo, text).locator("[data-open=more]").click()
    bo.click(".msg-menu [data-edit]")
    expect(bo.locator("#composer textarea")).to_have_value(text)
    bo.fill("#composer textarea", f"{text}, still")
    bo.click("#composer button[aria-label=Send]")
    expect(arrived.locator(".msg-body")).to_contain_text(", still")  # what was opened stays open
    chen.reload()
    expect(chen.locator(".msg", has_text=text).last.locator(".msg-body")).to_be_hidden()
    again = chen.locator(".msg", has_text=text).last
    again.locator("summary").click()
    again.hover()
    again.locator("[data-open=more]").click()
    chen.click(".msg-menu [data-may=unblock]")
    expect(message(chen, text)).to_be_visible()
    assert watch.errors == []


def test_a_thread_opens_beside_its_room_and_lives(house: House, persona: Persona, watch: Watch) -> None:  # noqa: PLR0915  one journey
    chen, bo = persona("chen"), persona("bo")
    start_thread(bo, house)
    for _ in range(15):  # who reads further up stays there
        after = words("Said after that")
        say(bo, after)
        expect(message(bo, after)).to_be_visible()
    room = house.path(f"groups/{house.told['groups']['ward']}/room/")
    for page in (bo, chen):
        page.goto(room)
        page.wait_for_selector("html[data-live=open]")
    log, beside = chen.locator("#room-log"), chen.locator("#room-thread")
    opener = log.locator("a.msg-thread:not(.msg-thread-in):visible").first
    opener.scroll_into_view_if_needed()
    asked = opener.evaluate("link => link.closest('.msg').dataset.id")
    chen.wait_for_timeout(300)
    article = log.locator(f".msg[data-id='{asked}']")
    opener = article.locator("a.msg-thread")  # earlier talk may have come in above, with a thread of its own
    place = article.bounding_box()["y"]
    opener.focus()
    chen.keyboard.press("Enter")
    expect(beside.locator("textarea")).to_be_focused()
    expect(beside.locator(".msg").first).to_have_attribute("data-id", str(asked))
    assert chen.url == room
    assert abs(article.bounding_box()["y"] - place) < 4
    before = log.evaluate("log => log.scrollTop")
    assert (
        chen.evaluate(
            "[...document.querySelectorAll('[id]')].map(n => n.id).filter((id, n, all) => all.indexOf(id) !== n)"
        )
        == []
    )

    first, second, third = words("Two days before"), words("And no bridging"), words("Thank you both")
    for text in (first, second):
        beside.locator("textarea").fill(text)
        chen.keyboard.press("Enter")
        expect(beside.locator(".msg:not(.msg-pending) .msg-body", has_text=text)).to_be_visible()
        expect(log.locator(".msg:not(.msg-pending) .msg-body", has_text=text)).to_have_count(1)
    expect(log.locator(f".msg[data-id='{asked}'] [data-p=replies]")).to_contain_text("answers")
    assert abs(log.evaluate("log => log.scrollTop") - before) < 4
    thread = bo.context.new_page()
    thread.goto(house.path(f"messages/{asked}/thread/"))
    thread.wait_for_selector("html[data-live=open]")
    expect(message(thread, second)).to_be_visible()
    for text in (third, words("See you at nine")):  # the second one stays in the thread as well
        say(thread, text)
        expect(beside.locator(".msg-body", has_text=text)).to_be_visible()

    answer = beside.locator(".msg", has_text=third)
    answer.hover()
    answer.locator("[data-open=react]").click()
    chen.keyboard.press("Escape")
    expect(beside.locator(".msg-menu")).to_have_count(0)
    expect(beside).to_be_visible()
    answer.locator("[data-open=react]").click()
    chen.click("#room-thread .msg-menu [aria-label='Thank you']")
    for place in (beside, log):
        expect(place.locator(".msg", has_text=third).locator(".reaction[aria-pressed=true]")).to_be_visible()

    beside.locator("textarea").fill("half a thought")
    chen.keyboard.press("Escape")
    expect(beside).to_be_hidden()
    expect(opener).to_be_focused()
    chen.keyboard.press("Enter")
    expect(beside.locator("textarea")).to_have_value("half a thought")
    beside.locator("[data-thread-close]").click()
    expect(beside).to_be_hidden()
    assert watch.errors == []


def start_thread(page: Page, house: House) -> None:
    """Say something in the ward's room, and answer it."""
    page.goto(house.path(f"groups/{house.told['groups']['ward']}/room/"))
    said = words("Beds for tomorrow")
    say(page, said)
    root = message(page, said)
    root.hover()
    root.locator("[data-reply]").click()
    say(page, words("Two on the left"))
    expect(root.locator("a.msg-thread")).to_be_visible()


def test_a_thread_is_a_page_on_a_phone_and_without_scripts(house: House, persona: Persona) -> None:
    start_thread(persona("bo"), house)
    for page in (persona("chen", phone=True), persona("chen", js=False)):
        page.goto(house.path(f"groups/{house.told['groups']['ward']}/room/"))
        page.locator("#room-log a.msg-thread:not(.msg-thread-in):visible").last.click()
        expect(page).to_have_url(re.compile(r"/messages/\d+/thread/$"))
        expect(page.locator("h1")).to_have_text("Thread")


def test_what_is_sent_before_the_room_is_open_on_the_line_is_not_lost(house: House, persona: Persona) -> None:
    page = persona("chen")

    def unseat(line: WebSocketRoute) -> None:
        gateway = line.connect_to_server()
        line.on_message(lambda frame: None if '"topic":"room:' in frame else gateway.send(frame))

    page.route_web_socket(re.compile(r"^wss?://"), unseat)
    page.goto(house.path(f"groups/{house.told['groups']['ward']}/room/"))
    page.wait_for_selector("html[data-live=open]")
    text = words("Quicker than the line")
    say(page, text)
    expect(message(page, text)).to_be_visible()
    expect(page.locator(".msg-failed")).to_have_count(0)
    page.reload()
    expect(message(page, text)).to_have_count(1)


def test_a_question_is_asked_answered_and_the_answer_accepted(house: House, persona: Persona) -> None:
    dara, chen = persona("dara"), persona("chen")
    room = house.path(f"groups/{house.told['groups']['ward']}/room/")
    dara.goto(room)
    chen.goto(room)
    asked = words("How long do you keep the drain in?")
    say(dara, asked)
    expect(message(dara, asked).locator(".question-open")).to_be_visible()
    question = message(chen, asked)
    question.hover()
    question.locator("[data-reply]").click()
    given = words("Two days, rarely three")
    say(chen, given)
    expect(message(dara, asked).locator(".question-answered")).to_be_visible()
    answer = message(dara, given)
    answer.hover()
    answer.locator("[data-open=more]").click()
    dara.click(".msg-menu >> text=Accept this answer")
    accepted = message(dara, asked).locator(".msg-answer")
    expect(accepted).to_contain_text("verified by a doctor")
    expect(message(chen, asked).locator(".msg-answer")).to_contain_text(given)


def test_two_chinese_characters_find_a_message_and_lead_to_it(house: House, persona: Persona) -> None:
    page = persona("chen", phone=True)
    page.goto(house.path("search/"))
    page.fill("input[name=q]", "病例")
    page.press("input[name=q]", "Enter")
    expect(page.locator("mark").first).to_have_text("病例")
    page.locator(".found-row").first.click()
    expect(page).to_have_url(re.compile(r"/room/\?at=\d+"))
    expect(page.locator(".msg:focus")).to_contain_text("溶栓病例")


def test_two_browsers_see_each_other_within_a_second(house: House, persona: Persona) -> None:
    bo, chen = persona("bo"), persona("chen")
    room = house.path(f"groups/{house.told['groups']['ward']}/room/")
    for page in (bo, chen):
        page.goto(room)
        page.wait_for_selector("html[data-live=open]")
    expect(bo.locator("[data-online]")).to_contain_text("2 here now", timeout=5000)
    took = []
    for _try in range(3):  # the best of three: a neighbour may have the processor for a while
        text = words("Live from the ward")
        began = time.monotonic()
        say(chen, text)
        message(bo, text).wait_for()
        took.append(time.monotonic() - began)
    assert min(took) < 1.0
    expect(message(chen, text)).to_have_count(1)
    chen.fill("#composer textarea", "still writing")
    expect(bo.locator("[data-typing]")).to_contain_text("is writing")


def test_without_a_connection_a_page_says_so_and_comes_back(house: House, persona: Persona) -> None:
    page = persona("chen", phone=True, workers=True)
    page.goto(house.path())
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(page, lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)"))
    page.context.set_offline(True)
    page.goto(house.path("groups/"))
    expect(page.locator("h1")).to_have_text("No connection")
    expect(page).to_have_url(house.path("groups/"))
    page.context.set_offline(False)
    page.click("text=Try again")
    expect(page.locator("h1")).to_have_text("Your groups")


def test_a_broken_line_is_resumed_without_a_gap(house: House, persona: Persona) -> None:
    bo, chen = persona("bo"), persona("chen")
    room = house.path(f"groups/{house.told['groups']['ward']}/room/")
    for page in (bo, chen):
        page.goto(room)
        page.wait_for_selector("html[data-live=open]")
    house.stop("gateway")
    bo.wait_for_selector("html[data-live=lost]")
    missed = [words(f"Said meanwhile {n}") for n in range(3)]
    for text in missed:
        say(chen, text)
        expect(chen.locator(".msg-state", has_text="Sending")).to_have_count(0, timeout=15_000)
    house.start("gateway")
    house.wait()
    bo.wait_for_selector("html[data-live=open]", timeout=60_000)
    for text in missed:
        expect(message(bo, text)).to_be_visible()
    bodies = bo.locator(".msg-body").all_inner_texts()
    found = [text.strip() for text in bodies if text.strip() in missed]
    assert found == missed


def test_the_room_of_a_removed_member_closes(house: House, persona: Persona) -> None:
    page = persona("dara")
    quiet = house.told["groups"]["quiet"]
    dara, ada = house.told["members"]["dara"], house.told["members"]["ada"]
    setup = (
        "from hearth.groups.access import actor_of_member\n"
        "from hearth.groups.models import Group\n"
        "from hearth.groups.services import admit_member, remove_member\n"
        "from hearth.people.models import Member\n"
        f"ada = actor_of_member(Member.objects.get(pk={ada})); group = Group.objects.get(pk={quiet})\n"
        f"dara = Member.objects.get(pk={dara})\n"
    )
    house.run(setup + "admit_member(ada, group, dara, how='staff')")
    page.goto(house.path(f"groups/{quiet}/room/"))
    page.wait_for_selector("html[data-live=open]")
    house.run(setup + "remove_member(ada, group, dara, 'the journey ends here')")
    expect(page.locator("[data-state]")).to_contain_text("not open to you any more", timeout=5000)
    expect(page.locator("#composer")).to_have_count(0)
    page.reload()
    expect(page.locator("body")).to_contain_text("not open to you")


def test_without_scripts_a_member_reads_posts_reacts_edits_and_takes_back(house: House, persona: Persona) -> None:
    page = persona("chen", js=False)
    page.goto(house.path(f"groups/{house.told['groups']['ward']}/room/"))
    text = words("Plain and simple")
    page.fill("textarea[name=text]", text)
    page.click("#composer button[aria-label=Send]")
    mine = message(page, text)
    expect(mine).to_be_visible()
    mine.focus()
    mine.locator("[data-open=more]").click()
    page.click("[aria-label='Helpful']")
    expect(message(page, text).locator(".reaction[aria-pressed=true]")).to_be_visible()
    message(page, text).focus()
    message(page, text).locator("[data-open=more]").click()
    page.get_by_text("Edit", exact=True).click()
    page.fill("textarea[name=text]", text + " indeed")
    page.click("text=Save")
    changed = message(page, text + " indeed")
    expect(changed.locator(".msg-edited-mark")).to_be_visible()
    changed.focus()
    changed.locator("[data-open=more]").click()
    page.click("text=Take back")
    expect(page.locator(".msg-removed").last).to_contain_text("took this message back")
    page.click(".toast .undo")
    expect(message(page, text + " indeed")).to_be_visible()
    page.goto(page.url.split("#")[0].split("?")[0])
    page.click("text=Earlier messages")
    expect(page.locator(".msg")).to_have_count(30)


def test_what_was_typed_survives_a_reload_and_sending_can_be_undone(house: House, persona: Persona) -> None:
    page = persona("chen")
    page.goto(house.path(f"groups/{house.told['groups']['ward']}/room/"))
    page.wait_for_selector("html[data-live=open]")
    text = words("Half a thought")
    page.fill("#composer textarea", text)
    page.wait_for_timeout(400)
    page.reload()
    expect(page.locator("#composer textarea")).to_have_value(text)
    page.click("#composer button[aria-label=Send]")
    page.locator(".msg-undo").click()
    expect(page.locator("#composer textarea")).to_have_value(text)
    expect(page.locator(".msg-body", has_text=text)).to_have_count(0)


def test_calling_somebody_by_name(house: House, persona: Persona) -> None:
    page = persona("chen")
    page.goto(house.path(f"groups/{house.told['groups']['ward']}/room/"))
    page.locator("#composer textarea").press_sequentially("Look here @Lind")
    page.locator(".composer-person", has_text="Bo Lindgren").wait_for()
    page.press("#composer textarea", "Enter")
    expect(page.locator("#composer textarea")).to_have_value(
        f"Look here @[Bo Lindgren](m:{house.told['identities']['bo']}) "
    )
    page.press("#composer textarea", "Enter")
    expect(page.locator(".msg .mention", has_text="@Bo Lindgren").last).to_be_visible()


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    '![x](x"onerror="alert(1))',
    "@[<img src=x onerror=alert(1)>](m:1)",
    '"><iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "`<img src=x onerror=alert(1)>`",
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<math><mtext></table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "{{constructor.constructor('alert(1)')()}}",
    "</textarea><script>alert(1)</script>",
    "</template><script>alert(1)</script>",
    "javascript:/*--></title></style></textarea></script><svg/onload='+/\"/+/onmouseover=1/+/[*/[]/+alert(1)//'>",
]


def test_nothing_hostile_in_a_message_ever_runs(house: House, persona: Persona, watch: Watch) -> None:
    bo, chen = persona("bo"), persona("chen")
    room = house.path(f"groups/{house.told['groups']['ward']}/room/")
    for page in (bo, chen):
        page.goto(room)
        page.wait_for_selector("html[data-live=open]")
    for text in HOSTILE:
        say(chen, text)
    mark = words("after the storm")
    say(chen, mark)
    expect(message(bo, mark)).to_be_visible()
    for page in (bo, chen):
        page.reload()
        expect(message(page, mark)).to_be_visible()
    hit = message(bo, "alert(1)")
    hit.hover()
    hit.locator("[data-reply]").click()
    for path in ("search/?q=alert", "search/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", ""):
        bo.goto(house.path(path))
    bo.goto(house.path(f"groups/{house.told['groups']['ward']}/room/"))
    bo.fill("#composer textarea", "<img src=x onerror=alert(1)>")
    bo.wait_for_timeout(400)
    bo.reload()
    assert watch.dialogs == []
    assert watch.violations == []
    assert watch.errors == []
    assert bo.locator(".msg-body :is(script, img, iframe, svg:not(.icon))").count() == 0

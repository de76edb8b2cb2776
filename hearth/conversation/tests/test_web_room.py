"""The room as pages: what each reader sees, what they may do, and what happens when it is refused."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from hearth.conversation.access import room_of_group
from hearth.conversation.models import Message, ReadMark, Seen
from hearth.conversation.services.changing import accept_answer, edit_message, hide_message, remove_message
from hearth.conversation.services.posting import post_message
from hearth.conversation.services.writer import write_posts
from hearth.conversation.types import NewPost
from hearth.groups.services import admit_member, close_group, remove_member
from hearth.kit.clock import now


@pytest.fixture
def say(cardiology):
    """``say(bo, "words")``: post and give the message's id."""

    def post(who, text, **rest):
        posted = post_message(room_of_group(who.actor, cardiology.pk), text=text, client_id=uuid4().hex, **rest)
        return posted.message_id

    return post


@pytest.fixture
def url(cardiology):
    """Addresses of the group's talk."""
    return lambda rest: f"/c/stlucas/groups/{cardiology.pk}/{rest}"


def page_of(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode()


def article(html, message_id):
    """The markup of one message."""
    found = re.search(rf'<article[^>]*id="m-{message_id}".*?</article>', html, re.DOTALL)
    return found.group(0) if found else ""


def test_a_professional_room_shows_name_hospital_department_and_the_verified_mark(client_of, bo, chen, say, url):
    message = say(chen, "早上好")
    shown = article(page_of(client_of(bo), url("room/")), message)
    assert "陈立" in shown
    assert "圣路加医院 · 心内科" in shown
    assert 'aria-label="Verified professional"' in shown


def test_an_outsider_and_a_signed_out_visitor_read_nothing(client, client_of, dara, eve, bo, say, url):
    say(bo, "canary words")
    assert client.get(url("room/")).status_code == 302
    for stranger in (dara, eve):
        for rest in ("room/", "messages/", "room/part/"):
            response = client_of(stranger).get(url(rest))
            assert response.status_code == 404
            assert b"canary" not in response.content


def test_posting_by_form_leads_back_to_the_message(client_of, chen, url):
    response = client_of(chen).post(url("messages/"), {"text": "Good morning", "client_id": uuid4().hex})
    message = Message.objects.get()
    assert (message.text, message.origin) == ("Good morning", "organic")
    assert response.status_code == 302
    assert response.url == f"{url('room/')}?at={message.pk}#m-{message.pk}"


def test_a_refused_post_keeps_what_was_typed_and_says_why(client_of, chen, url):
    response = client_of(chen).post(url("messages/"), {"text": "x" * 8001, "client_id": uuid4().hex})
    html = response.content.decode()
    assert response.status_code == 422
    assert "A message holds 8000 characters; this one has 8001." in html
    assert "x" * 8001 in html
    assert not Message.objects.exists()


def test_two_browsers_with_one_client_id_make_one_message(client_of, chen, url):
    one, other, key = client_of(chen), client_of(chen), uuid4().hex
    said = {"text": "once", "client_id": key}
    ask = {"content_type": "application/json", "headers": {"Accept": "application/json"}}
    first, second = one.post(url("messages/"), said, **ask), other.post(url("messages/"), said, **ask)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert Message.objects.count() == 1


def test_other_words_under_an_old_client_id_are_refused_and_kept(client_of, chen, url):
    browser, key = client_of(chen), uuid4().hex
    browser.post(url("messages/"), {"text": "first", "client_id": key})
    response = browser.post(url("messages/"), {"text": "changed after going back", "client_id": key})
    assert response.status_code == 422
    assert "changed after going back" in response.content.decode()
    assert key not in response.content.decode()


def test_a_member_of_a_closed_group_reads_and_is_told_why_they_cannot_write(client_of, ada, chen, cardiology, say, url):
    say(chen, "still readable")
    close_group(ada.actor, cardiology, why="done")
    html = page_of(client_of(chen), url("room/"))
    assert "still readable" in html
    assert "This group is closed. You can read it, but not write in it." in html
    assert "<textarea" not in html


def test_everybody_sees_only_the_acts_that_are_theirs(client_of, bo, chen, say, url):
    message = say(chen, "mine")
    acts = {who: re.search(r'data-acts="([^"]*)"', article(page_of(client_of(who), url("room/")), message))[1]
            for who in (bo, chen)}  # fmt: skip
    assert acts[chen].split() == ["bookmark", "edit", "react", "remove", "reply"]
    assert acts[bo].split() == ["block", "bookmark", "hide", "pin", "react", "reply", "versions"]


@pytest.mark.parametrize(
    ("act", "fields"),
    [("hiding", {"why": "advert"}), ("pin", {}), ("words", {"text": "forged"}), ("removal", {}), ("restoration", {})],
)
def test_acts_of_others_are_refused(client_of, ada, bo, chen, dara, cardiology, say, act, fields):
    admit_member(ada.actor, cardiology, dara.member, how="staff")
    message = say(chen, "untouched")
    form = {**fields, "idempotency_key": uuid4().hex}
    assert client_of(dara).post(f"/c/stlucas/messages/{message}/{act}/", form).status_code in {403, 409}
    assert Message.objects.get().text == "untouched"
    assert Message.objects.get().state == "visible"


def test_an_act_needs_its_key_and_takes_effect_once(client_of, bo, chen, say):
    message = say(chen, "hello")
    browser, address = client_of(bo), f"/c/stlucas/messages/{message}/reactions/"
    assert browser.post(address, {"toggle": "1👍"}).status_code == 400
    form = {"toggle": "1👍", "idempotency_key": "k" * 12}
    for _ in range(2):
        assert browser.post(address, form).status_code == 302
    assert Message.objects.get().reactions == {"👍": 1}


def test_a_hidden_message_tells_its_author_and_keepers_why_and_others_only_that(
    client_of, ada, bo, chen, dara, cardiology, say, url
):
    admit_member(ada.actor, cardiology, dara.member, how="staff")
    message = say(chen, "cheap stethoscopes")
    hide_message(bo.actor, message, "Advertising")
    for who, told in ((chen, True), (bo, True), (dara, False)):
        shown = article(page_of(client_of(who), url("room/")), message)
        assert "cheap stethoscopes" not in shown
        assert ("Hidden by a keeper: Advertising" in shown) is told
    assert "restore" in article(page_of(client_of(bo), url("room/")), message)


def test_a_removed_message_leaves_a_tombstone_without_its_words(client_of, bo, chen, say, url):
    message = say(chen, "regretted")
    remove_message(chen.actor, message)
    shown = article(page_of(client_of(bo), url("room/")), message)
    assert "The author took this message back." in shown
    assert "regretted" not in shown


@pytest.mark.parametrize("origin", ["operator", "scheduled", "bot", "partner"])
def test_seeded_talk_carries_its_label_in_words(client_of, chen, cardiology, say, url, origin):
    message = say(chen, "What surprised you this week?", origin=origin)
    shown = article(page_of(client_of(chen), url("room/")), message)
    assert 'class="seeded-label"' in shown
    words = {"operator": "From the team", "scheduled": "Planned by the team", "bot": "Written by a machine",
             "partner": "From a partner"}  # fmt: skip
    assert words[origin] in shown


def test_editing_cannot_take_the_label_of_seeded_talk_off(client_of, chen, say, url):
    message = say(chen, "seeded", origin="scheduled")
    edit_message(chen.actor, message, "looks organic")
    assert "Planned by the team" in article(page_of(client_of(chen), url("room/")), message)


def test_an_accepted_answer_stands_beneath_its_question_with_the_doctors_word(client_of, bo, chen, say, url):
    question = say(bo, "When do you pause apixaban?")
    answer = say(chen, "Two days before.", reply_to=question)
    assert "Open question" not in article(page_of(client_of(chen), url("room/")), question)
    accept_answer(bo.actor, answer)
    shown = article(page_of(client_of(chen), url("room/")), question)
    assert "Accepted answer, verified by a doctor" in shown
    assert "Two days before." in shown


def test_an_overdue_question_says_that_it_waits_too_long(client_of, bo, chen, say, url):
    question = say(bo, "Anybody?")
    Message.objects.filter(pk=question).update(answer_due_at=now() - timedelta(hours=1))
    assert "Waiting too long" in article(page_of(client_of(chen), url("room/")), question)


def test_a_page_lands_at_the_first_unread_message_with_a_line(client_of, bo, chen, say, url):
    browser = client_of(chen)
    read = say(bo, "old news")
    page_of(browser, url("room/"))
    say(chen, "my own")
    fresh = say(bo, "new words")
    html = page_of(browser, url("room/"))
    assert html.count("data-unread-line") == 1
    assert html.index("data-unread-line") > html.index(f'id="m-{read}"')
    assert html.index("data-unread-line") < html.index(f'id="m-{fresh}"')
    assert "data-unread-line" not in page_of(browser, url("room/"))


def test_reading_is_marked_and_the_mark_never_goes_back(client_of, bo, chen, room, say, url):
    for number in range(5):
        say(bo, f"note {number}")
    browser = client_of(chen)
    page_of(browser, url("room/"))
    assert ReadMark.objects.get(member=chen.member).number == 5
    assert browser.post(url("mark/"), {"number": "2"}).status_code == 204
    assert browser.post(url("mark/"), {"number": "999"}).status_code == 204
    assert ReadMark.objects.get(member=chen.member).number == 5
    assert Seen.objects.filter(member=chen.member, room=room).count() == 1


def test_history_of_whole_seconds_as_imports_bring_it_shows_nothing_twice(client_of, bo, chen, room, say, url):
    say(bo, "seen")
    browser = client_of(chen)
    page_of(browser, url("room/"))
    start = now().replace(microsecond=0) + timedelta(seconds=1)
    posts = [(f"later {n}", start + timedelta(seconds=n)) for n in range(60)]
    write_posts([NewPost(room.pk, bo.identity.pk, text, occurred_at=at) for text, at in posts])
    html = page_of(browser, url("room/"))
    ids = re.findall(r'<article[^>]*id="m-(\d+)"', html)
    assert len(ids) == len(set(ids))
    assert html.count("data-unread-line") == 1


def test_long_unread_talk_starts_where_reading_stopped_and_is_not_marked_read(client_of, bo, chen, room, say, url):
    say(bo, "seen")
    browser = client_of(chen)
    page_of(browser, url("room/"))
    write_posts([NewPost(room_id=room.pk, author_id=bo.identity.pk, text=f"later {n}") for n in range(60)])
    html = page_of(browser, url("room/"))
    assert "later 0<" in html
    assert "later 59<" not in html
    assert "Later messages" in html
    assert ReadMark.objects.get(member=chen.member).number == 1


def test_history_is_walked_both_ways_without_gap_or_double(client_of, bo, chen, room, url):
    write_posts([NewPost(room_id=room.pk, author_id=bo.identity.pk, text=f"line {n}") for n in range(100)])
    browser, seen = client_of(chen), []
    html = page_of(browser, url("room/"))
    for _page in range(9):
        ids = [int(found) for found in re.findall(r'<article[^>]*id="m-(\d+)"', html) if found != "0"]
        seen = ids + seen
        older = re.search(r'data-more="older" href="[^"]*\?older=(\d+)', html)
        if older is None:
            break
        html = page_of(browser, url(f"room/?older={older[1]}"))
    assert seen == sorted(Message.objects.values_list("pk", flat=True))


def test_a_link_to_a_message_of_another_group_shows_nothing_of_it(client_of, ada, bo, chen, say, url):
    message = say(bo, "here")
    assert page_of(client_of(chen), url(f"room/?at={message}"))
    assert page_of(client_of(chen), url("room/?at=999999999"))
    assert page_of(client_of(chen), url("room/?older=zzz&newer=-1&reply=%00"))


def test_a_removed_member_is_shown_the_door(client_of, ada, chen, cardiology, say, url):
    message = say(chen, "bye")
    remove_member(ada.actor, cardiology, chen.member, "as agreed")
    browser = client_of(chen)
    assert browser.get(url("room/")).status_code == 404
    assert browser.get(f"/c/stlucas/messages/{message}/thread/").status_code == 404
    assert browser.post(url("messages/"), {"text": "back", "client_id": uuid4().hex}).status_code == 404


def test_people_are_found_by_the_name_their_space_shows(client_of, bo, chen, url):
    found = client_of(chen).get(url("callable/"), {"q": "zhang"}).json()["people"]
    assert [(person["name"], person["detail"]) for person in found] == [("Bo Zhang", "St Lucas · Cardiology")]


@pytest.mark.parametrize(("language", "word"), [("en", "Edit"), ("zh-hans", "编辑"), ("zh-hant", "編輯")])
def test_a_message_is_edited_by_a_verb_in_every_language(client_of, bo, say, language, word):
    said = say(bo, "hello")
    browser = client_of(bo)
    browser.cookies["hearth_language"] = language
    acts = page_of(browser, f"/c/stlucas/messages/{said}/acts/")
    assert re.findall(r'data-may="edit".*?</svg>\s*(.*?)</a>', acts) == [word]


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_template_for_live_messages_holds_every_part(client_of, bo, say, url, language):
    say(bo, "hello")
    browser = client_of(bo)
    browser.cookies["hearth_language"] = language
    with translation.override(language):
        html = page_of(browser, url("room/"))
    template = html.split('<template id="message-template">')[1].split("</template>")[0]
    for part in ("verified", "seeded", "edited", "pinned", "question", "re", "files", "replies"):
        assert f'data-p="{part}"' in template
    for field in ("initials", "name", "detail", "role", "seeded", "html", "re-name", "re-text", "question", "replies"):
        assert f'data-f="{field}"' in template


def test_the_room_page_takes_the_same_queries_whatever_is_in_it(
    client_of, bo, chen, room, say, url, django_assert_max_num_queries
):
    browser = client_of(chen)
    for _ in range(3):
        question = say(bo, "How?")
        accept_answer(bo.actor, say(chen, "So.", reply_to=question))
    page_of(browser, url("room/"))
    with django_assert_max_num_queries(32) as few:
        page_of(browser, url("room/"))
        count = len(few)
    write_posts([NewPost(room_id=room.pk, author_id=bo.identity.pk, text=f"more {n}") for n in range(25)])
    browser.post(url("mark/"), {"number": str(10**6)})
    with django_assert_max_num_queries(count):
        page_of(browser, url("room/"))

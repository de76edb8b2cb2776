"""Whom somebody blocked says nothing more to them, in a room or a list; everybody else hears them as before."""

import re
from uuid import uuid4

import pytest

from hearth.conversation.access import room_of_group
from hearth.conversation.queries.own_rooms import unread_rooms
from hearth.conversation.queries.reading import glances
from hearth.conversation.services.changing import accept_answer, pin_message
from hearth.conversation.services.posting import post_message
from hearth.notify.models import Notice
from hearth.people.services import block_member, unblock_member

FOLD = "A message by somebody you blocked"


@pytest.fixture
def say(cardiology):
    """``say(bo, "words")``: post and give the message's id."""

    def post(who, text, **rest):
        return post_message(
            room_of_group(who.actor, cardiology.pk), text=text, client_id=uuid4().hex, **rest
        ).message_id

    return post


@pytest.fixture
def room_url(cardiology):
    """Where the group talks."""
    return f"/c/stlucas/groups/{cardiology.pk}/room/"


@pytest.fixture
def look(client_of):
    """``look(bo, address)``: what a page says."""

    def get(who, address):
        response = client_of(who).get(address)
        assert response.status_code == 200
        return response.content.decode()

    return get


def article(html, message_id):
    """The markup of one message."""
    return re.search(rf'<article[^>]*id="m-{message_id}".*?</article>', html, re.DOTALL).group(0)


def test_their_messages_are_folded_for_the_one_who_blocked_and_for_nobody_else(bo, chen, say, room_url, look):
    first, second, mine = say(chen, "early words"), say(chen, "later words"), say(bo, "my words")
    block_member(bo.actor, chen.member)
    html = look(bo, room_url)
    for message in (first, second):
        folded = article(html, message)
        assert folded.count('<details class="msg-fold"') == 1
        assert f"<summary>{FOLD} <span" in folded
        assert "msg-follow" not in folded.partition(">")[0]  # opened, it says who wrote it
    assert "msg-fold" not in article(html, mine)
    assert f'id="room-blocked" type="application/json">[{chen.identity.pk}]<' in html
    assert "msg-fold" not in article(look(chen, room_url), first)
    assert 'type="application/json">[]<' in look(chen, room_url)
    unblock_member(bo.actor, chen.member)
    assert "msg-fold" not in article(look(bo, room_url), first)


def test_from_the_menu_of_a_message_its_author_is_blocked_and_heard_again(client_of, bo, chen, say, room_url, look):
    message, browser = say(chen, "early words"), client_of(bo)
    place = f"/c/stlucas/messages/{message}/"
    for button, on, folds in (("Hear nothing more from them", "1", 1), ("Hear from them again", "0", 0)):
        page = browser.get(f"{place}acts/").content.decode()
        assert f'formaction="{place}block/" name="on" value="{on}"' in page
        assert button in page
        key = re.search(r'name="idempotency_key" value="([^"]+)"', page).group(1)
        browser.post(f"{place}block/", {"on": on, "idempotency_key": key})
        assert article(look(bo, room_url), message).count("msg-fold-show") == folds
        assert "msg-fold" not in article(look(chen, room_url), message)
    own = look(chen, f"{place}acts/")
    assert "Hear nothing more" not in own
    assert Notice.objects.count() == 0


def test_threads_quotes_accepted_answers_and_pins_are_folded_too(bo, ada, chen, say, room_url, look):
    question = say(bo, "How long?")
    answer = say(chen, "canary weeks", reply_to=question)
    quoting = say(bo, "Thank you", reply_to=answer)
    accept_answer(bo.actor, answer)
    pin_message(bo.actor, answer, on=True)
    assert "canary" in article(look(bo, room_url), quoting)
    block_member(bo.actor, chen.member)
    html = look(bo, room_url)
    assert FOLD in article(html, quoting)
    assert "canary" not in article(html, quoting)
    assert '<div class="msg-answer"><details class="msg-fold"' in article(html, question)
    assert "room-pins" not in html
    thread = look(bo, f"/c/stlucas/messages/{question}/thread/")
    assert '<details class="msg-fold"' in article(thread, answer)


def test_lists_leave_them_out(bo, chen, cardiology, say, look):
    say(bo, "What I said before")
    say(chen, "Which canary dose is right?")
    places = (
        "/c/stlucas/search/?q=canary",
        "/c/stlucas/search/?q=canary&questions=1",
        "/c/stlucas/questions/",
        "/c/stlucas/",
        "/c/stlucas/groups/",
    )
    for place in places:
        assert "canary" in look(bo, place).replace('value="canary"', ""), place
    block_member(bo.actor, chen.member)
    for place in places:
        html = look(bo, place).replace('value="canary"', "").replace("q=canary", "")
        assert "canary" not in html, place
    assert "What I said before" in look(bo, "/c/stlucas/groups/")
    unblock_member(bo.actor, chen.member)
    for place in places:
        assert "canary" in look(bo, place).replace('value="canary"', ""), place


def test_what_they_say_does_not_count_as_unread(bo, chen, cardiology, say, room_url, look):
    say(bo, "good morning")
    look(bo, room_url)
    say(chen, "hello")
    assert unread_rooms(bo.actor) == 1
    assert glances(bo.actor, [cardiology.pk])[cardiology.pk].unread == 1
    block_member(bo.actor, chen.member)
    assert unread_rooms(bo.actor) == 0
    assert glances(bo.actor, [cardiology.pk])[cardiology.pk].unread == 0
    assert "data-unread-line" not in look(bo, room_url)


def test_the_pages_take_the_same_queries_however_many_are_blocked(
    client_of, ada, bo, chen, say, room_url, django_assert_num_queries, django_assert_max_num_queries
):
    browser = client_of(bo)
    say(chen, "Which dose is right?")
    for place in (room_url, "/c/stlucas/", "/c/stlucas/search/?q=dose", "/c/stlucas/questions/"):
        browser.get(place)
        with django_assert_max_num_queries(60) as before:
            browser.get(place)
        block_member(bo.actor, ada.member)
        with django_assert_num_queries(len(before)):
            browser.get(place)
        unblock_member(bo.actor, ada.member)

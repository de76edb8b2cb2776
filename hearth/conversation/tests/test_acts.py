"""What is done to messages once they stand: accepting, editing, reacting, following a thread."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from hearth.conversation.access import room_of_group
from hearth.conversation.models import Message, Reaction
from hearth.conversation.queries.messages import THREAD_PAGE
from hearth.conversation.queries.own_rooms import open_questions
from hearth.conversation.registry import before_post
from hearth.conversation.services.changing import (
    accept_answer,
    edit_message,
    hide_message,
    react,
    remove_message,
    restore_message,
)
from hearth.conversation.services.posting import post_message
from hearth.conversation.services.writer import write_posts
from hearth.conversation.types import NewPost
from hearth.core.community_settings import change_setting
from hearth.core.errors import Refusal
from hearth.core.models import Fact


@pytest.fixture
def say(cardiology):
    """``say(bo, "words")``: post and give the message's id."""

    def post(who, text, **rest):
        posted = post_message(room_of_group(who.actor, cardiology.pk), text=text, client_id=uuid4().hex, **rest)
        return posted.message_id

    return post


@pytest.mark.parametrize("end", [lambda bo, chen, it: hide_message(bo.actor, it, "wrong"),
                                 lambda bo, chen, it: remove_message(chen.actor, it)])  # fmt: skip
def test_a_question_is_open_again_when_its_accepted_answer_cannot_be_read_any_more(bo, chen, say, end):
    question = say(bo, "When do you pause apixaban?")
    answer = say(chen, "Never.", reply_to=question)
    accept_answer(bo.actor, answer)
    end(bo, chen, answer)
    assert Message.objects.get(pk=question).accepted_id is None
    restore_message((bo if Message.objects.get(pk=answer).state == "hidden" else chen).actor, answer)
    assert Message.objects.get(pk=question).accepted_id is None
    withdrawn = Fact.objects.get(name="conversation.answer_withdrawn")
    assert (withdrawn.data["question"], withdrawn.data["answer"]) == (question, answer)


def test_a_question_waits_again_while_nobody_can_read_its_answer(bo, chen, say):
    question = say(bo, "When do you pause apixaban?")
    say(bo, "I mean before surgery", reply_to=question)  # the asker's own words are no answer
    first = say(chen, "Two days.", reply_to=question)
    second = say(chen, "Three with poor kidneys.", reply_to=first)
    written = dict(Message.objects.values_list("pk", "occurred_at"))

    def since():
        return Message.objects.get(pk=question).first_answer_at

    assert since() == written[first]
    remove_message(chen.actor, first)
    assert since() == written[second]
    hide_message(bo.actor, second, "wrong")
    assert since() is None
    assert open_questions([Message.objects.get(pk=question).room_id]) == [question]
    restore_message(bo.actor, second)
    assert since() == written[second]
    restore_message(chen.actor, first)
    assert since() == written[first]
    assert Message.objects.get(pk=first).first_answer_at is None  # only its author went on


def test_what_is_asked_is_due_and_an_edit_asks_or_no_longer_asks(ada, bo, say):
    change_setting(ada.actor, "conversation.answer_hours", 6)
    message = say(bo, "When do you pause apixaban?")
    row = Message.objects.get(pk=message)
    assert round((row.answer_due_at - row.occurred_at) / timedelta(hours=1)) == 6
    edit_message(bo.actor, message, "We pause apixaban two days before.")
    row.refresh_from_db()
    assert (row.is_question, row.answer_due_at) == (False, None)
    edit_message(bo.actor, message, "Do you pause apixaban two days before?")
    row.refresh_from_db()
    assert row.is_question
    assert round((row.answer_due_at - row.edited_at) / timedelta(hours=1)) == 6
    due = row.answer_due_at
    edit_message(bo.actor, message, "Do you pause apixaban three days before?")
    row.refresh_from_db()
    assert row.answer_due_at == due


def test_what_may_not_be_posted_may_not_be_slipped_in_by_an_edit(chen, say, monkeypatch):
    def no_flowers(draft):
        return Refusal("No flowers here.") if "flowers" in draft.text else None

    message = say(chen, "bring grapes")
    monkeypatch.setitem(before_post._items, "no_flowers", no_flowers)
    with pytest.raises(Refusal, match="No flowers here"):
        edit_message(chen.actor, message, "bring flowers")
    assert Message.objects.get(pk=message).text == "bring grapes"


@pytest.mark.parametrize("emoji", ["👍", "❤️", "👩🏽‍⚕️", "🇨🇳", "1️⃣", "‼️", "™", "✓"])
def test_emojis_are_reactions(chen, bo, say, emoji):
    message = say(chen, "hello")
    react(bo.actor, message, emoji, on=True)
    assert Message.objects.get(pk=message).reactions == {emoji: 1}


@pytest.mark.parametrize(
    "words", ["", "ok", "+1", "you_idiot!", "f*ck", "加我", "👍 now", "<b>", "👍x", "\u200d" * 3, "\u202e"]
)
def test_words_are_no_reaction(chen, bo, say, words):
    message = say(chen, "hello")
    with pytest.raises(Refusal):
        react(bo.actor, message, words, on=True)
    assert Message.objects.get(pk=message).reactions == {}


def test_a_reaction_with_a_name_from_elsewhere_can_be_joined(chen, bo, say):
    message = say(chen, "hello")
    Message.objects.filter(pk=message).update(reactions={"party_parrot": 1})
    react(bo.actor, message, "party_parrot", on=True)
    assert Reaction.objects.get(message=message).emoji == "party_parrot"


def test_a_long_thread_is_walked_to_its_beginning(client_of, bo, chen, room, say):
    root = say(bo, "Which pump?")
    answers = [
        NewPost(room_id=room.pk, author_id=chen.identity.pk, text=f"answer {place}", reply_to_id=root)
        for place in range(THREAD_PAGE + 2)
    ]
    ids = [posted.message_id for posted in write_posts(answers)]
    browser, path = client_of(chen), f"/c/stlucas/messages/{root}/thread/"
    newest = browser.get(path).content.decode()
    assert shown(newest) == [root, *ids[2:]]
    back = re.search(r'href="\?before=(\d+)"', newest)
    assert back is not None
    oldest = browser.get(f"{path}?before={back[1]}").content.decode()
    assert shown(oldest) == [root, *ids[:2]]
    assert 'href="?before=' not in oldest


def shown(html):
    """Ids of the messages on a page, in order."""
    return [int(found) for found in re.findall(r'<article[^>]*id="m-(\d+)"', html) if found != "0"]

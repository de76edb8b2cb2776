"""Who answered whom: given, by thread, inferred."""

import numpy as np

from hearth.insight.rules.replies import chat_of, read_talk
from hearth.insight.rules.talk_log import Origin
from hearth.insight.tests.talk import Talk

MINUTE = 1 / 1440


def answers(talk: Talk) -> dict[str, str]:
    """Question id to the id of its first answer."""
    log = talk.log()
    found = read_talk(log)
    rows = np.flatnonzero(found.answer >= 0)
    return {log.message_id(row): log.message_id(found.answer[row]) for row in rows if log.is_question[row]}


def basis(talk: Talk) -> str:
    return read_talk(talk.log()).basis


def test_in_a_thread_the_next_message_by_another_person_answers():
    talk = Talk()
    asked = talk.say(0, "ada", "who?", thread="t")
    talk.say(1, "ada", "hm", thread="t")
    talk.say(2, "eve", "elsewhere", thread="u")
    answer = talk.say(3, "bo", "me", thread="t")
    assert basis(talk) == "threads"
    assert answers(talk) == {asked: answer}


def test_machines_do_not_answer_but_staff_do():
    talk = Talk()
    asked = talk.say(0, "ada", "who?", thread="t")
    talk.say(1, "robot", "welcome", thread="t", origin=Origin.BOT)
    answer = talk.say(2, "desk", "we do", thread="t", origin=Origin.OPERATOR)
    assert answers(talk) == {asked: answer}


def test_where_replies_are_given_nothing_is_guessed():
    talk = Talk()
    first = talk.say(0, "ada", "who is on duty?")
    talk.say(MINUTE, "bo", "good morning")
    second = talk.say(1, "eve", "where is the key?")
    answer = talk.say(1.01, "bo", "here", reply_to=second)
    assert basis(talk) == "replies"
    assert answers(talk) == {second: answer}
    assert first not in answers(talk)


def test_a_reply_across_threads_counts_too():
    talk = Talk()
    asked = talk.say(0, "ada", "who?", thread="t")
    answer = talk.say(1, "bo", "me", thread="u", reply_to=asked)
    talk.say(2, "chen", "late", thread="t")
    assert answers(talk) == {asked: answer}


def test_without_replies_the_message_just_after_answers_when_near():
    talk = Talk()
    near = talk.say(0, "ada", "who?")
    answer = talk.say(14 * MINUTE, "bo", "me")
    talk.say(10, "chen", "anyone awake?")
    talk.say(12, "bo", "hello")  # two days later: no answer
    assert basis(talk) == "inferred"
    assert answers(talk) == {near: answer}


def test_a_mention_answers_past_other_talk():
    talk = Talk()
    asked = talk.say(0, "ada", "who has the key?")
    talk.say(MINUTE, "eve", "@chen lunch at noon", mentions=("chen",))
    talk.say(2 * MINUTE, "chen", "@eve yes", mentions=("eve",))
    answer = talk.say(3 * MINUTE, "bo", "@ada I have it", mentions=("ada",))
    assert answers(talk) == {asked: answer}


def test_a_quote_answers_what_it_quotes():
    talk = Talk()
    asked = talk.say(0, "ada", "Who has the key to room seven?")
    talk.say(MINUTE, "eve", "@chen lunch", mentions=("chen",))
    answer = talk.say(2, "bo", "> Who has the key to room seven?\nI do")
    assert answers(talk) == {asked: answer}


def test_nobody_answers_themselves_and_nothing_crosses_groups():
    talk = Talk()
    talk.say(0, "ada", "who?", room="a")
    talk.say(MINUTE, "ada", "hm", room="a")
    talk.say(2 * MINUTE, "bo", "me", room="b")
    assert answers(talk) == {}


def test_the_same_id_in_two_groups_is_two_messages_and_in_one_group_one():
    talk = Talk()
    talk.say(0, "ada", "x", room="a", id="1")
    talk.say(1, "bo", "y", room="b", id="1")
    talk.say(2, "eve", "x again", room="a", id="1")
    log = talk.log()
    assert (len(log), log.excluded.duplicate) == (2, 1)


def test_an_announcement_to_many_groups_by_a_regular_is_seeded():
    talk = Talk()
    text = "The hospital moves to the new campus on Monday, please come by the east gate."
    for place in range(25):
        talk.say(place, "desk", f"good morning number {place}")
    for place in range(6):
        talk.say(50, "desk", text, room=f"room{place}")
    log = talk.log()
    assert log.broadcasts == 6
    assert int(log.organic.sum()) == 25
    assert not log.advert.any()


def test_the_same_text_to_many_groups_by_a_stranger_is_an_advert():
    talk = Talk()
    for place in range(6):
        talk.say(50, "eve", "Everybody should look at this wonderful offer of ours, so nice", room=f"room{place}")
    log = talk.log()
    assert log.broadcasts == 0
    assert log.advert.all()


def targets(talk: Talk) -> dict[str, str]:
    """Message id to the id of the message of another person that it was found to answer."""
    log = talk.log()
    found = read_talk(log)
    return {log.message_id(row): log.message_id(found.target[row]) for row in np.flatnonzero(found.target >= 0)}


def test_a_name_at_the_beginning_calls_its_bearer_without_any_mention():
    talk = Talk()
    asked = talk.say(0, "Ada_", "the printer on floor two eats paper again, who has the manual?")
    talk.say(MINUTE, "eve", "lunch is at noon today")
    talk.say(2 * MINUTE, "chen", "eve: fine, in the garden then")
    answer = talk.say(3 * MINUTE, "bo", "ada: look into the second drawer")
    assert targets(talk)[answer] == asked


def test_a_chinese_name_calls_its_bearer_with_and_without_a_space_behind_it():
    for opening in ("张伟老师，", "@张伟 "):
        talk = Talk()
        asked = talk.say(0, "张伟", "请问复查要空腹吗？")
        talk.say(MINUTE, "李娜", "今天食堂有鱼")
        talk.say(2 * MINUTE, "王芳", "李娜，谢谢")
        answer = talk.say(3 * MINUTE, "陈晨", f"{opening}要的，早上八点前来")
        assert targets(talk)[answer] == asked


def test_going_on_oneself_answers_nobody():
    talk = Talk()
    asked = talk.say(0, "ada", "who has the key?")
    answer = talk.say(MINUTE, "bo", "ada: I have it")
    more = talk.say(2 * MINUTE, "bo", "it hangs behind the door")
    found = targets(talk)
    assert found[answer] == asked
    assert found.get(more) in (None, asked)
    assert more not in answers(talk).values()


def test_a_name_that_is_an_ordinary_word_calls_nobody():
    talk = Talk()
    talk.say(0, "may", "good morning all")
    for place in range(60):
        talk.say(1 + place * 2, "bo", "may is warm this year")
        talk.say(2 + place * 2, "ada", "it is")
    log = talk.log()
    assert int((chat_of(log).called >= 0).sum()) == 0


def test_chinese_words_are_shared_by_pairs_of_characters():
    talk = Talk()
    first = talk.say(0, "ada", "胰岛素要放冰箱吗")
    talk.say(MINUTE, "eve", "周末去爬山")
    second = talk.say(2 * MINUTE, "bo", "开封的胰岛素常温就行")
    log = talk.log()
    words = chat_of(log).words
    rare = {log.message_id(row): {int(w) for w in words.rare[:, row]} - {0} for row in range(len(log))}
    assert len(rare[first] & rare[second]) == 2  # 胰岛, 岛素


def test_names_and_texts_of_broken_exports_are_read_too():
    talk = Talk()
    asked = talk.say(0, "\ud83d", "who has the key?")
    answer = talk.say(MINUTE, "bo\udc00", "\ud83d I have it")
    talk.say(2 * MINUTE, "", "")
    assert answers(talk) == {asked: answer}

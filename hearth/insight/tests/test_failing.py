"""The failing medical community (journey 8): its causes are named with evidence, and points do not clear them."""

import pytest

from hearth.insight.rules.alike import alike
from hearth.insight.rules.output import promotes, substance
from hearth.insight.rules.talk_log import Origin
from hearth.insight.rules.tone import sounds_sharp
from hearth.insight.tests.talk import Talk, codes
from hearth.insight.types import ReasonCode

HOUR = 1 / 24
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FOUR = {"templated", "thin", "unanswered", "self_promotion"}


def failing() -> Talk:
    """Eight weeks: a pushed greeting every other day, an article's bare link, an advert of its own, and questions that
    nobody answers.
    """
    talk = Talk()
    for day in range(0, 56, 2):
        greeting = f"Good morning dear friends, today is {DAYS[day % 7]}: drink a glass of warm water, stay happy!"
        talk.say(day, "desk", greeting, origin=Origin.OPERATOR)
        talk.say(day + 8 * HOUR, "desk", f"https://clinic.example/articles/{day}", origin=Origin.SCHEDULED)
        offer = f"Limited time offer! Order now and get {day} % discount, free shipping: https://shop.example/{day}"
        talk.say(day + 9 * HOUR, "desk", offer, origin=Origin.OPERATOR)
    for day in range(1, 56, 4):
        talk.say(day + 3 * HOUR, f"member{day % 12}", "My wound itches, is that normal?", thread=f"q{day}")
    return talk


def test_the_four_causes_are_named_each_with_evidence_and_a_play():
    group = failing().group(56)
    assert set(codes(group)) >= FOUR
    for reason in group.reasons:
        if reason.code.value in FOUR:
            assert reason.evidence, reason.code
            assert str(reason.play)
    templated = next(reason for reason in group.reasons if reason.code is ReasonCode.TEMPLATED)
    assert {one.excerpt[:12] for one in templated.evidence} in ({"Good morning"}, {"Limited time"})


def test_extra_points_do_not_clear_the_causes():
    talk = failing()
    for day in range(1, 56, 4):
        talk.say(day + 4 * HOUR, "robot", f"Double points today! {day * 10} points for everybody", origin=Origin.BOT)
    for day in range(0, 56, 2):
        talk.say(day + HOUR, f"member{day % 12}", "+1")
        talk.say(day + 10 * HOUR, f"member{day % 11}", "打卡")
    assert set(codes(talk.group(56))) >= FOUR


def test_a_team_that_says_something_and_answers_has_none_of_them():
    talk = Talk()
    topics = (
        "Which stitches dissolve on their own, and after how many days should you worry if one is still there to see?",
        "Doctor Chen explains in plain words what a creatinine of 1.4 means and when it has to be measured once more.",
        "Three members told how they keep their salt low on journeys; the list of what they pack is in the files.",
        "We changed the visiting hours on ward seven because many of you asked; here is what stays as it was before.",
        "A study of 412 patients compared two ways of walking after hip surgery; the slower one hurt less in week two.",
        "Next Tuesday at six: bring the questions you forgot to ask at discharge, two nurses will sit with us.",
    )
    for place in range(24):
        day = place * 2.3
        talk.say(day, "desk", topics[place % 6] + f" Part {'abcd'[place // 6] * 3}.", origin=Origin.OPERATOR)
    assert "templated" in codes(talk.group(56))  # each text comes four times, and nobody takes it up
    talk = Talk()
    for place, topic in enumerate(topics):
        talk.say(place * 9, "desk", topic, origin=Origin.OPERATOR)
        asked = talk.say(place * 9 + HOUR, f"member{place}", "Thank you, may I come along too?")
        talk.say(place * 9 + 2 * HOUR, "desk", "Yes, gladly", origin=Origin.OPERATOR, reply_to=asked)
    assert not FOUR & set(codes(talk.group(56)))


def test_a_ritual_that_members_take_up_is_no_template():
    talk = Talk()
    for day in range(0, 56, 4):
        talk.say(day, "desk", f"Case of the week, no. {day}. Post one case in five lines", origin=Origin.SCHEDULED)
        talk.say(day + HOUR, f"member{day % 12}", "A man of sixty with a fever since Monday")
    assert not FOUR & set(codes(talk.group(56)))


def bursting() -> Talk:
    """Ten posts in one day, and ten more forty days later."""
    talk = Talk()
    for start in (0, 40):
        for place in range(10):
            talk.say(start + place * HOUR, "desk", f"{'xyzuvwabcd'[place] * 9} news", origin=Origin.SCHEDULED)
    return talk


def test_bursts_of_posts_and_long_pauses_are_named():
    reason = next(one for one in bursting().group(70).reasons if one.code is ReasonCode.BURSTS)
    assert reason.numbers == {"burst_share": 1.0, "posts": 20, "longest_pause_days": 40}
    steady = Talk()
    for day in range(0, 70, 5):
        steady.say(day, "desk", f"{'xyzuvwabcd'[day % 10] * 9} news", origin=Origin.SCHEDULED)
    assert "bursts" not in codes(steady.group(70))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            "大家早上好，今天是11月3日星期一，记得喝一杯温水哦！",
            "大家早上好，今天是12月28日星期五，记得喝一杯温水哦！",
            True,
        ),
        ("大家早上好，今天是星期一，记得喝一杯温水哦！", "周四下午三点陈医生在线解答术后饮食问题，欢迎提问", False),
        ("Dear members, join our lecture on 3 May!", "DEAR MEMBERS join our lecture on 17 June", True),
        ("Dear members, join our lecture on 3 May!", "How long may the bandage stay on after the visit?", False),
        ("ok", "ok", False),
    ],
)
def test_texts_are_alike_but_for_dates_and_signs(one, other, same):
    assert alike([one, other]).tolist() == [[False, same], [same, False]]


def test_substance_counts_words_and_chinese_characters_outside_links():
    assert substance("see https://a.example/long/path here") == 2
    assert substance("术后第一天可以喝水吗") == 10
    assert substance("!!! 🎉 2024") == 0


@pytest.mark.parametrize(
    ("text", "sells"),
    [
        ("体检套餐限时优惠，立减300元，点击抢购 https://shop.example", True),
        ("體檢套餐特價，掃碼下單", True),
        ("Buy now and get 20 % off: https://shop.example", True),
        ("Is there a discount card for the swimming pool?", False),
        ("术后一周内不要洗澡，伤口红肿请来复诊", False),
    ],
)
def test_a_post_sells_by_two_phrases_or_one_beside_a_price(text, sells):
    assert promotes(text) is sells


@pytest.mark.parametrize(
    ("text", "sharp"),
    [
        ("You are an idiot, shut up", True),
        ("骗子医院，滚出去", True),
        ("騙子，閉嘴", True),
        ("The idiom is hard to translate", False),
        ("> shut up\nwho wrote this?", False),
        ("垂直骑行对膝盖不好吗？", False),
    ],
)
def test_sharp_words_are_heard_in_three_scripts_and_not_in_quotes(text, sharp):
    assert sounds_sharp(text) is sharp


def quarrel(*, earlier: int) -> Talk:
    """Four months of talk; sharp words on ``earlier`` days before, and on eight of the last days."""
    talk = Talk()
    talk.many(range(120), ["ada", "bo", "chen"], "the ward was quiet today")
    for day in [*range(10, 10 + earlier), *range(110, 118)]:
        talk.say(day + 0.5, "eve", "nobody here answers, you are all useless liars")
    return talk


def test_a_tone_that_turns_sharp_is_told_and_one_that_always_was_is_not():
    reason = next(one for one in quarrel(earlier=0).group(120).reasons if one.code is ReasonCode.TONE)
    assert reason.numbers["sharp"] == 8
    assert [one.author for one in reason.evidence] == ["eve"] * 5
    assert "tone" not in codes(quarrel(earlier=60).group(120))

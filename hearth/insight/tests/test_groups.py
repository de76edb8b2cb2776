"""Stages, reasons and steps on planted groups."""

import numpy as np
import pytest

from hearth.insight.rules.diagnosis import diagnose
from hearth.insight.rules.talk_log import AuthorInfo, GroupInfo, Memberships, Origin
from hearth.insight.rules.wording import TEMPERATURES
from hearth.insight.tests.talk import DAY, START, Talk, auto, codes
from hearth.insight.tests.test_failing import bursting, failing, quarrel
from hearth.insight.types import ReasonCode, Stage, Step, Text
from hearth.insight.web.presenting import step_views

PEOPLE = [f"p{i}" for i in range(20)]


def steady(days=range(0, 365, 2), people=8) -> Talk:
    talk = Talk()
    talk.many(days, PEOPLE[:people])
    return talk


def test_a_steady_group_burns_and_nothing_presses():
    group = steady().group()
    assert (group.stage, codes(group)) == (Stage.MATURITY, [])
    assert group.risk < 0.2


def test_a_silent_group_is_cold_after_ninety_days_and_embers_before():
    assert steady().group(at=363.5 + 91).stage is Stage.DEAD
    group = steady().group(at=364.3 + 60.1)
    assert group.stage is Stage.DORMANT
    assert codes(group) == ["silence"]
    assert (group.risk, group.risk_note) == (None, "already_cold")
    assert str(group.reasons[0].text) == "No member has written for 60 days."
    assert group.reasons[0].evidence[0].channel == "ward"


def test_a_group_meant_to_end_is_completed_not_dead():
    talk = steady()
    talk.builder.add_group(GroupInfo("ward", "ward", meant_to_end=True))
    group = talk.group(at=600)
    assert (group.stage, group.reasons) == (Stage.COMPLETED, ())


def test_a_group_where_conversations_are_no_longer_opened_is_cooling_though_its_authors_stay():
    talk = Talk()
    for day in range(84):
        asked = talk.say(day, PEOPLE[day % 8], f"Case {day}: what would you do?")
        talk.say(day + 0.3, PEOPLE[(day + 1) % 8], f"Case {day}: I would wait", reply_to=asked)
    for day in range(84, 112, 4):
        asked = talk.say(day, PEOPLE[day % 8], f"Case {day}: what would you do?")
        talk.say(day + 0.3, PEOPLE[(day + 3) % 8], "wait", reply_to=asked)
    group = talk.group(at=112)
    assert group.stage is Stage.DECLINING
    decline = next(reason for reason in group.reasons if reason.code is ReasonCode.DECLINE)
    assert decline.numbers["starts_trend"] < -0.6


def test_a_group_that_lost_most_of_its_authors_is_cooling_and_names_who_left():
    talk = steady(people=12)
    talk.many(range(365, 400, 2), PEOPLE[:3])
    group = talk.group()
    assert group.stage is Stage.DECLINING
    decline = next(reason for reason in group.reasons if reason.code is ReasonCode.DECLINE)
    assert dict(decline.numbers) | {"authors_trend": None, "starts_trend": None} == {
        "authors_28d": 3, "authors_peak": 12, "authors_trend": None, "starts_trend": None, "lapsed": 9,
    }  # fmt: skip
    told = "3 members wrote in the last 28 days; in the best month of the last half year it was 12."
    assert str(decline.text) == told
    assert {one.author for one in decline.evidence} <= set(PEOPLE[3:12])


def test_a_young_small_group_is_kindling_and_too_young_for_a_forecast():
    group = steady(range(0, 40, 2), people=5).group()
    assert (group.stage, group.risk, group.risk_note) == (Stage.INCEPTION, None, "too_young")


def test_a_group_with_more_and_more_authors_is_catching():
    talk = Talk()
    for week in range(60):
        talk.many([week * 7, week * 7 + 3], PEOPLE[: 3 + max(0, week - 46)])
    assert talk.group().stage is Stage.GROWTH


def test_a_full_living_group_is_ready_to_split():
    talk = steady(people=18)
    talk.builder.add_group(GroupInfo("ward", "ward", capacity=20))
    assert talk.group().stage is Stage.READY_TO_SPLIT


def test_questions_nobody_answers_are_a_reason_with_each_as_evidence():
    talk = steady()
    for day in (340, 345, 350, 355):
        talk.say(day + 0.9, "asker", f"who can help with form {day}?", thread=f"q{day}")
    group = talk.group()
    assert codes(group) == ["unanswered"]
    assert [one.excerpt for one in group.reasons[0].evidence] == [
        f"who can help with form {day}?" for day in (355, 350, 345, 340)
    ]
    assert str(group.reasons[0].text) == "4 of 4 questions had no answer within a week."
    assert len(group.unanswered) == 4


def test_adverts_are_a_reason():
    talk = Talk()
    talk.many(range(0, 365, 5), PEOPLE[:4])
    for day in range(340, 360, 3):
        talk.say(day + 0.5, "eve", f"加我微信 abc123{day} 兼职日赚500，包邮")
    assert "adverts" in codes(talk.group())


def test_one_person_who_writes_most_is_a_reason_that_names_them_and_a_second():
    talk = Talk()
    talk.many(range(365), ["ada"])
    talk.many(range(0, 365, 3), ["bo", "chen"])
    group = talk.group()
    reason = next(reason for reason in group.reasons if reason.code is ReasonCode.ONE_PERSON_SHOW)
    assert "ada" in str(reason.text)
    assert "chen" in str(reason.play) or "bo" in str(reason.play)
    assert group.mainstays[0].name == "ada"


def test_newcomers_who_hear_nothing_are_a_reason():
    talk = Talk()
    talk.many(range(0, 365, 2), PEOPLE[:8], thread="daily")
    for i in range(8):
        talk.say(250 + i * 10 + 0.5, f"new{i}", "good morning from a newcomer", thread=f"hello{i}")
    assert codes(talk.group()) == ["newcomers_lost"]


def test_a_group_that_only_machines_feed_is_told_so():
    talk = Talk()
    for day in range(365):
        auto(talk, day=day, who="robot", text=f"Tip of the day number {day}")
    talk.many(range(0, 366, 14), ["ada", "bo"])
    group = talk.group()
    assert "fed_only" in codes(group)
    assert group.metrics["organic_share"] < 0.2


@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_says_numbers_and_one_play(code):
    talks = [steady().group(at=500), failing().group(56), bursting().group(70), quarrel(earlier=0).group(120)]
    talk = Talk()
    talk.many(range(0, 240, 2), PEOPLE[:12])
    talk.many(range(240, 340), ["p0"])
    for day in range(290, 340):
        for part in range(4):
            auto(talk, day=day + part / 10, who="robot")
    for i in range(8):
        talk.say(260 + 7 * i, f"new{i}", "where do I start here?", thread=f"n{i}")
        talk.say(325 + i, "eve", f"加我微信 abc123{i}x 兼职日赚500，包邮")
    talks.append(talk.group())
    found = [reason for group in talks for reason in group.reasons if reason.code is code]
    assert found
    for reason in found:
        assert reason.numbers
        assert "{" not in str(reason.text) + str(reason.play)


def test_members_are_authors_without_memberships_and_open_memberships_with_them():
    talk = steady(people=6)
    talk.say(200, "robot", origin=Origin.BOT)
    assert talk.group().members == 6
    talk.builder.add_move("ward", "silent", START, joined=True)
    talk.builder.add_move("ward", "p1", START + 10 * DAY, joined=False)
    assert talk.group().members == 6


def test_members_a_source_lists_count_and_machines_never_do():
    talk = Talk()
    talk.many(range(10), ["ada", "bo"])
    talk.builder.add_author(AuthorInfo("pager", "Pager", is_bot=True))
    talk.builder.add_members("ward", ["ada", "chen", "dara", "pager"])
    assert talk.group().members == 4  # ada, bo, chen, dara
    talk.builder.add_move("ward", "chen", START + 5 * DAY, joined=True)
    talk.builder.add_move("ward", "chen", START + 7 * DAY, joined=False)
    talk.builder.add_move("ward", "pager", START, joined=True)
    assert talk.group().members == 3


def test_all_open_questions_of_the_last_weeks_are_counted_not_only_those_shown():
    talk = Talk()
    talk.many(range(0, 90, 2), ["bo", "chen"])
    for day in range(60, 89):
        talk.say(day + 0.9, "ada", "does anyone know?", thread=f"t{day}")
    found = talk.diagnosis(at=90)
    assert (len(found.groups[0].unanswered), found.groups[0].open_lately) == (20, 27)
    assert next(str(step.text) for step in found.steps if step.code == "answer") == (
        "Answer 27 open questions from the last four weeks"
    )


def test_memberships_given_beside_the_log_count():
    log = steady(people=2).log()
    given = Memberships(*(np.array(column) for column in ([0, 0], [0, 1], [START, START], [0, START + DAY])))
    assert diagnose(log, given).groups[0].members == 1


def test_the_coldest_group_comes_first_and_three_steps_follow():
    talk = Talk()
    talk.many(range(0, 365, 2), PEOPLE[:8], room="warm")
    talk.many(range(0, 200, 2), PEOPLE[:8], room="cold")
    talk.many(range(0, 335, 2), PEOPLE[:12], room="cooling")
    talk.many(range(335, 364, 7), PEOPLE[:3], room="cooling")
    for day in (350, 352, 354):
        talk.say(day + 0.9, "asker", "does anybody hear me?", room="warm", thread=f"t{day}")
    found = talk.diagnosis()
    assert [group.name for group in found.groups] == ["cold", "cooling", "warm"]
    assert {step.code for step in found.steps} >= {"answer", "save"}
    assert len(found.steps) <= 3


def test_every_stage_has_a_temperature():
    assert set(TEMPERATURES) == set(Stage)


def test_a_thing_to_do_names_its_group_as_the_reader_knows_it():
    step = Step("save", Text("Save {group}", {"group": "Neurology"}), Text("It is cooling."), ("7",))
    (shown,) = step_views([step], {"7": ("神经内科", "/c/x/console/groups/7/")})
    assert (shown.text, shown.groups) == ("Save 神经内科", (("神经内科", "/c/x/console/groups/7/"),))
    (shown,) = step_views([step], {})
    assert shown.text == "Save Neurology"

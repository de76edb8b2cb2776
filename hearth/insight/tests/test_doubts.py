"""What looks wrong in an archive is told, and an ordinary one raises no doubt."""

from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from hearth.insight.queries.as_terminal import show
from hearth.insight.rules.doubts import Doubts, doubts
from hearth.insight.tests.talk import Talk

RNG = np.random.default_rng(7)
DAY = 86_400_000


def talk(messages: int = 400, people: int = 6, group: int = 0, minute: bool = True):
    """A chat by chance whose clock tells minutes: now and then somebody writes twice in one."""
    at = np.sort(RNG.integers(0, 90 * DAY, messages))
    at = at // 60_000 * 60_000 if minute else at
    return np.full(messages, group), RNG.integers(0, people, messages), at


def joined(*parts):
    return [np.concatenate(columns) for columns in zip(*parts, strict=True)]


@pytest.mark.parametrize("minute", [True, False])
def test_an_ordinary_chat_raises_no_doubt(minute):
    assert doubts(*joined(talk(group=0, minute=minute), talk(group=1, minute=minute))) == Doubts()


def test_in_a_busy_minute_the_same_people_write_more_than_once():
    at = np.sort(RNG.integers(0, 40, 400)) * 60_000
    assert doubts(np.zeros(400, dtype=int), RNG.integers(0, 6, 400), at).doubled == 0


def test_an_export_read_twice_is_told():
    one = talk()
    found = doubts(*joined(one, one))
    assert found.doubled == 800
    assert found.backwards > 0  # it begins again at its end


def test_only_the_group_that_was_read_twice_is_counted():
    once, twice = talk(group=0), talk(200, group=1)
    assert doubts(*joined(once, twice, twice)).doubled == 400


def test_a_copy_of_a_group_is_told():
    group, author, at = talk()
    assert doubts(*joined((group, author, at), (group + 1, author, at))).twin_groups == 1


def test_a_clock_that_went_back_is_told_and_newest_first_is_an_order():
    group, author, at = talk()
    wrong = at.copy()
    wrong[200:215] -= 400 * DAY
    assert doubts(group, author, wrong).backwards == 15
    assert doubts(group[::-1], author[::-1], at[::-1]).backwards == 0


def test_of_few_messages_nothing_is_said():
    group, author, at = talk(9)
    assert doubts(*joined((group, author, at), (group, author, at))) == Doubts()
    assert doubts(*(np.array([], dtype=np.int64) for _ in range(3))) == Doubts()


def test_the_terminal_tells_it():
    made = Talk()
    for _ in range(2):
        for day in range(30):
            made.say(day, "ab"[day % 2], id=f"{_}-{day}")
    out = StringIO()
    show(made.diagnosis(), Console(file=out, width=200, color_system=None))
    assert "60 messages seem to stand twice" in out.getvalue()

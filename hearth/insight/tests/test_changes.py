"""Changes are seen by a Poisson CUSUM, against what each weekday usually brings."""

import numpy as np
import pytest

from hearth.insight.rules.cusum import BASE, WATCHED, overdispersion, profile, watch
from hearth.insight.tests.talk import DAY, START, Talk
from hearth.insight.types import ChangeKind

WEEK = np.array([6, 6, 6, 6, 6, 1, 1])
PEOPLE = [f"p{n}" for n in range(6)]


def usual(weeks: int) -> np.ndarray:
    return np.tile(WEEK, weeks)


def test_a_quiet_weekend_is_no_fall_and_a_quiet_week_is():
    days = usual((BASE + WATCHED) // 7)
    assert watch(days, "falls") is None
    days[-7:] = 0
    run = watch(days, "falls")
    assert run is not None
    assert run.begin in {WATCHED - 9, WATCHED - 7}  # the quiet weekend just before may count with it
    assert run.seen in {0, 2}
    assert run.usual == pytest.approx(32, rel=0.15)


def test_twice_as_much_is_a_rise_and_no_fall():
    days = usual((BASE + WATCHED) // 7)
    days[-10:] *= 3
    assert watch(days, "rises") is not None
    assert watch(days, "falls") is None


def test_where_nothing_ever_was_a_few_are_a_rise_and_one_is_not():
    days = np.zeros(BASE + WATCHED, dtype=np.int64)
    days[-1] = 1
    assert watch(days, "rises") is None
    days[-3:] = 2
    run = watch(days, "rises")
    assert run is not None
    assert run.seen == 6


def test_too_little_talk_tells_no_fall():
    days = np.zeros(BASE + WATCHED, dtype=np.int64)
    days[:BASE:4] = 1
    assert watch(days, "falls") is None


def test_the_profile_is_drawn_to_the_mean_where_little_is_known():
    rates = profile(np.tile([7, 0, 0, 0, 0, 0, 0], BASE // 7))
    assert rates[0] == (84 + 4) / 16
    assert rates[1] == 4 / 16
    assert overdispersion(usual(BASE // 7), profile(usual(BASE // 7))) == 1.0


def run_lengths(rate: float, side: str, change: float, runs: int, days: int) -> tuple[int, int]:
    """Alarms and days watched, when each day is judged anew until the first alarm."""
    dice, alarms, watched = np.random.default_rng(8), 0, 0
    for _ in range(runs):
        level = rate * np.tile(WEEK / WEEK.mean(), (BASE + WATCHED + days) // 7 + 1)
        level[BASE + WATCHED :] *= change
        counts = dice.poisson(level)
        for day in range(1, days + 1):
            watched += 1
            if watch(counts[day : day + BASE + WATCHED], side) is not None:
                alarms += 1
                break
    return alarms, watched


@pytest.mark.parametrize("side", ["falls", "rises"])
def test_false_alarms_are_rare_and_true_ones_quick(side):
    alarms, days = run_lengths(2, side, 1.0, 12, 364)
    assert days / max(1, alarms) > 500
    alarms, days = run_lengths(2, side, 0.4 if side == "falls" else 2.5, 20, 42)
    assert alarms == 20
    assert days / alarms < 21


def test_a_group_whose_conversations_dry_up_is_told_with_its_last_ones():
    talk = Talk()
    for day in range(150):
        for part in range(3):
            talk.say(day + part / 3, PEOPLE[(day + part) % 6], "how was your day at the ward?", thread=f"t{day}-{part}")
    for day in range(150, 164):
        talk.say(day, PEOPLE[day % 2], "still here", thread="t149-0")
    group = talk.group(at=164)
    kinds = {change.kind: change for change in group.changes}
    assert set(kinds) >= {ChangeKind.STARTS_FALL, ChangeKind.AUTHORS_FALL}
    fall = kinds[ChangeKind.STARTS_FALL]
    assert fall.seen == 0
    assert START + 149 * DAY < fall.since <= START + 151 * DAY
    assert len(fall.evidence) == 5
    assert group.changes[0].kind is ChangeKind.STARTS_FALL  # the dearest first
    assert talk.group(at=140).changes == ()


def test_adverts_that_begin_to_come_are_told_each_shown():
    talk = Talk()
    talk.many(range(130), PEOPLE[:4])
    for day in range(124, 130):
        talk.say(day + 0.5, "eve", f"加我微信 abc123{day}x 兼职日赚500，包邮")
    change = next(one for one in talk.group(at=130).changes if one.kind is ChangeKind.ADVERTS_RISE)
    assert change.seen == 6
    assert [one.author for one in change.evidence] == ["eve"] * 5
    assert "6 messages" in str(change.text)

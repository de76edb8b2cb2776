"""Energy: causes that were planted are found again, and where they cannot be, it is said."""

import numpy as np
import pytest

from hearth.insight.queries.pulse_words import ENERGY_NOTES, energy_figures, energy_note
from hearth.insight.rules import hawkes
from hearth.insight.rules.energy import MOST_OWN, energies, regular
from hearth.insight.rules.simulation import Truth, day_and_night, simulate
from hearth.insight.rules.talk_log import GroupInfo, Origin, TalkLog
from hearth.insight.rules.warp import HOURS, profile, unwarp, warp
from hearth.insight.tests.talk import DAY, START, Talk

BEGIN = 2691 * 7 * DAY  # a week's begin, a little after START


def spoken(truth: Truth, seed: int, *, even_seeds: bool = False, days: int = 56) -> tuple[TalkLog, int]:
    """A simulated group as a log, and the moment of its end."""
    own, seeds = simulate(truth, days, np.random.default_rng(seed), day_and_night(), even_seeds=even_seeds)
    talk = Talk()
    for number, at in enumerate(own):
        talk.say((BEGIN - START + int(at)) / DAY, f"p{number % 7}")
    for at in seeds:
        talk.say((BEGIN - START + int(at)) / DAY, "desk", origin=Origin.SCHEDULED)
    return talk.log(), BEGIN + days * DAY


def energy(truth: Truth, seed: int = 1, **more):
    log, at = spoken(truth, seed, **more)
    return energies(log.until(at), at)[0]


def test_a_group_that_lives_of_its_seeds_and_one_that_does_not_are_told_apart():
    fed, free = energy(Truth(0.3, 0.6, 2, 1, rates=(10, 10))), energy(Truth(5, 0.7, 0.5, 1, rates=(10, 10)))
    assert fed.dependence.low > 0.6
    assert free.dependence.high < 0.4
    assert fed.remains.value < fed.level / 2
    assert free.remains.value > 0.75 * free.level
    assert fed.per_seed.low < Truth(0.3, 0.6, 2, 1).per_seed < fed.per_seed.high
    for one in (fed, free):
        for estimate in (one.remains, one.dependence, one.per_seed):
            assert estimate.low <= estimate.value <= estimate.high


def test_what_remains_and_what_seeds_bring_are_together_what_is_said():
    found = energy(Truth(2, 0.6, 1, 1, rates=(10, 10)))
    assert found.remains.value + found.per_seed.value * found.seeds == pytest.approx(found.level, rel=0.05)


def test_day_and_night_alone_look_like_answers_on_the_clock_and_not_in_warped_time():
    dice, clock, warped = np.random.default_rng(13), [], []
    for _ in range(6):
        own, _ = simulate(Truth(15, 0, 0, 0), 56, dice, day_and_night())
        clock.append(hawkes.alone(warp(own, np.ones(HOURS)), 56)[1])
        warped.append(hawkes.alone(warp(own, profile(own)), 56)[1])
    assert np.mean(clock) > 0.35
    assert np.mean(warped) < 0.12


@pytest.mark.parametrize(
    ("truth", "note", "more"),
    [
        (Truth(3, 0.5, 0, 0), "not_fed", {}),
        (Truth(0.1, 0.1, 0.01, 1), "too_few", {}),
        (Truth(3, 0.5, 1, 0.03), "few_seeds", {}),
        (Truth(3, 0.5, 1, 1), "same_hour", {"even_seeds": True}),
        (Truth(0.2, 0.7, 0.3, 0.5, rates=(1, 1)), "cannot_tell", {}),
    ],
)
def test_it_says_so_when_it_cannot_tell(truth, note, more):
    found = energy(truth, 1, **more)
    assert (found.note, found.remains, found.dependence, found.per_seed) == (note, None, None, None)
    assert energy_figures(found, str) == []
    assert energy_note(found, str) == ENERGY_NOTES[note]


def test_where_nobody_ever_wrote_there_is_too_little():
    talk = Talk()
    talk.builder.add_group(GroupInfo("ward", "ward"))
    assert [one.note for one in energies(talk.log(), START)] == ["too_few"]


def test_seeds_at_random_hours_are_not_called_regular():
    for rate in (0.5, 1, 4, 12):
        seeds = simulate(Truth(1, 0.3, 1, rate), 56, np.random.default_rng(2), day_and_night())[1]
        assert not regular(seeds)
    weekly = np.sort(np.concatenate([np.arange(8) * 7 * DAY + shift * DAY // 10 for shift in (3, 27)]))
    assert regular(weekly)


def test_a_loud_group_is_read_from_its_newest_messages_only():
    found = energy(Truth(60, 0.5, 2, 4))
    assert found.days < 56
    assert found.level * found.days == pytest.approx(MOST_OWN, abs=1)


def test_warped_time_goes_forward_keeps_weeks_and_comes_back():
    rhythm = day_and_night()
    assert rhythm.mean() == pytest.approx(1)
    times = np.arange(BEGIN, BEGIN + 7 * DAY, 900_000)
    days = warp(times, rhythm)
    assert (np.diff(days) > 0).all()
    assert warp(np.array([BEGIN, BEGIN + 7 * DAY]), rhythm).tolist() == [BEGIN / DAY, BEGIN / DAY + 7]
    assert np.abs(unwarp(days, rhythm) - times).max() <= 2
    assert profile(times) == pytest.approx(np.ones(HOURS), abs=1e-9)
    few = profile(times[:3])
    assert few.max() < 6


def test_one_pass_counts_what_a_double_loop_counts():
    dice = np.random.default_rng(4)
    by, at = np.sort(dice.uniform(-7, 56, 300)), np.sort(dice.uniform(0, 56, 200))
    slow = [sum(16 * np.exp(-16 * (t - s)) for s in by if s < t) for t in at]
    assert hawkes._called(at, by, 16.0) == pytest.approx(slow, rel=1e-9, abs=1e-12)
    assert hawkes._called(at, by[:0], 16.0).tolist() == [0.0] * 200
    grid = np.linspace(0, 56, 2_000_001)
    middle = (grid[1:] + grid[:-1]) / 2
    summed = hawkes._called(middle, by, 16.0).sum() * (grid[1] - grid[0])
    assert hawkes._integral(by, 16.0, 56.0) == pytest.approx(summed, rel=1e-3)


@pytest.mark.thorough
@pytest.mark.parametrize("case", [(0.3, 0.6, 2, 1), (2, 0.6, 1, 1), (0.05, 0.5, 3, 2), (5, 0.7, 0.5, 1)])
def test_planted_causes_are_found_and_the_intervals_hold(case):
    truth, dice, found = Truth(*case, rates=(10, 10)), np.random.default_rng(21), []
    for _ in range(60):
        own, seeds = simulate(truth, 56, dice, day_and_night())
        rhythm = profile(own)
        one = hawkes.fit(warp(own, rhythm), warp(seeds, rhythm), 56)
        found.append((*one.dependence(), *one.remains(), *one.per_seed()))
    rows = np.array(found)
    for place, true, near in ((0, truth.dependence, 0.1), (3, truth.remains, 0.8), (6, truth.per_seed, 0.6)):
        assert rows[:, place].mean() == pytest.approx(true, abs=near)
        held = (rows[:, place + 1] <= true) & (true <= rows[:, place + 2])
        assert held.mean() >= 0.8


@pytest.mark.thorough
@pytest.mark.parametrize(("n", "most"), [(0.0, 0.12), (0.3, 0.12), (0.6, 0.12), (0.9, 0.12)])
def test_answers_are_counted_right_by_day_and_by_night(n, most):
    dice, found = np.random.default_rng(22), []
    for _ in range(20):
        own, _ = simulate(Truth(15 * (1 - n), n, 0, 0), 56, dice, day_and_night())
        found.append(hawkes.alone(warp(own, profile(own)), 56)[1])
    assert np.mean(found) == pytest.approx(n, abs=most)

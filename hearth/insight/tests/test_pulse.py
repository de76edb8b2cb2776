"""The pulse: signs of the past without a look ahead, the forecast and its reasons, stages that do not flap."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from hearth.carriers.tests.archives import DATA, needs_data
from hearth.insight.queries.archive import read_archive
from hearth.insight.queries.pulse_words import driver_lines
from hearth.insight.rules import logistic, recalibration, risk
from hearth.insight.rules.catalogue import measure
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.panel import UNTIL, outcomes, purged
from hearth.insight.rules.pulse import stages_of
from hearth.insight.rules.replies import read_talk
from hearth.insight.rules.signs import DayLog, fold
from hearth.insight.rules.stages import ORDER, Room, reading, settled
from hearth.insight.rules.talk_log import Origin, TalkLog
from hearth.insight.tests.talk import DAY, START, Talk
from hearth.insight.types import ReasonCode, Stage, Tile

PEOPLE = [f"p{i}" for i in range(20)]
ROOT = Path(__file__).resolve().parents[3]


def busy(seed: int = 3, days: int = 400) -> Talk:
    """Two groups of chance talk that grow, thin out and come back, one fed."""
    dice, talk = np.random.default_rng(seed), Talk()
    for day in range(days):
        for room, people in (("ward", 12), ("hall", 5)):
            for _ in range(dice.poisson(1.5 + math.sin(day / 50))):
                who = PEOPLE[int(dice.integers(people))]
                talk.say(day + float(dice.random()), who, "is it so?" if dice.random() < 0.3 else "fine", room=room)
        if day % 3 == 0:
            talk.say(day + 0.4, "desk", "Tip of the day", room="hall", origin=Origin.OPERATOR)
    return talk


def days_of(log: TalkLog, origin: int) -> DayLog:
    return fold(log, read_talk(log), origin)


@pytest.mark.parametrize("day", [70, 211, 333, 400])
def test_signs_are_what_the_metrics_say(day):
    log, at = busy().log(), START + day * DAY
    found = list(days_of(log, START).at(day).rows())
    cut = log.until(at)
    bounds = cut.bounds()
    for g, info in enumerate(cut.groups):
        view = GroupView(cut, read_talk(cut), info, int(bounds[g]), int(bounds[g + 1]), at, 0)
        told, sign = {name: one.value for name, one in measure(view).items()}, found[g]
        assert (sign.authors, sign.messages, max(sign.months), sign.weeks_active, sign.newcomers) == (
            told["authors_28d"], told["messages_28d"], told["authors_peak"], told["weeks_active"], told["newcomers"],
        )  # fmt: skip
        assert sign.months == tuple(view.authors_by_month)
        assert sign.starts / 4 == told["starts_per_week"]
        assert sign.returned / sign.before == pytest.approx(told["authors_returning"])
        assert sign.seeded / max(1, sign.seeded + sign.own) == pytest.approx(1 - told["organic_share"])
        assert math.floor(sign.silent - 1e-9) == told["silence_days"]
        assert math.ceil(7 * sign.age_weeks - 1e-9) == pytest.approx(7 * told["age_weeks"])


def test_nothing_that_happens_later_changes_what_the_forecast_sees():
    log, day = busy().log(), 200
    whole, cut = (days_of(one, START) for one in (log, log.until(START + day * DAY)))
    assert risk.features(whole.at(day)).tolist() == risk.features(cut.at(day)).tolist()
    assert list(whole.at(day).rows()) == list(cut.at(day).rows())
    assert list(whole.at(day).rows()) != list(days_of(log.until(START + (day - 9) * DAY), START).at(day).rows())


def test_an_outcome_teaches_only_when_it_is_known():
    rows = outcomes(days_of(busy().log(), START), 0, 400 - UNTIL, risk.log_odds)
    assert len(rows.outcome) > 20
    taught = rows.day[purged(rows.day, 300)]
    assert taught.max() + UNTIL <= 300 < taught.max() + UNTIL + 14


def test_dormancy_is_fewer_than_two_authors_in_the_fifth_to_eighth_week():
    talk = Talk()
    talk.many(range(0, 100, 2), PEOPLE[:5])
    talk.say(100 + 30, "p0")
    talk.many([100 + 56.1], PEOPLE[:5])  # too late to count
    rows = outcomes(days_of(talk.log(), START), 86, 100, risk.log_odds)
    assert (rows.day.tolist(), rows.outcome.tolist()) == ([100], [1.0])
    talk.say(100 + 55.9, "p1")
    rows = outcomes(days_of(talk.log(), START), 86, 100, risk.log_odds)
    assert rows.outcome.tolist() == [0.0]


def test_drivers_add_up_to_the_log_odds_and_the_worst_comes_first():
    signs = days_of(busy().log(), START).at(380)
    score, model = risk.log_odds(signs), risk.model()
    for drivers, odds in zip(risk.drivers(signs), score.tolist(), strict=True):
        assert {one.tile for one in drivers} == set(Tile)
        assert sum(one.log_odds for one in drivers) + model.intercept == pytest.approx(odds, abs=1e-3)
        assert [one.log_odds for one in drivers] == sorted((one.log_odds for one in drivers), reverse=True)
    for group in busy().diagnosis(at=380).groups:
        odds = group.risk_base + sum(one.log_odds for one in group.drivers)
        assert group.risk == pytest.approx(1 / (1 + math.exp(-odds)), abs=1e-3)
        assert [bool(line.play) for line in driver_lines(group, str)] == [
            False,
            group.risk >= risk.HIGH_RISK,
            False,
            False,
        ]
    names = [name for part in risk.TILES.values() for name in part]
    assert sorted(names) == sorted(risk.FEATURES)


def test_fewer_authors_are_a_higher_risk_and_a_group_at_its_peak_is_more_at_risk_than_one_past_it():
    def chance(now: int, before: int) -> float:
        talk = Talk()
        talk.many(range(0, 140, 2), PEOPLE[:before])
        talk.many(range(140, 168, 2), PEOPLE[:now])
        return talk.group(at=168).risk

    assert chance(3, 3) > chance(6, 6) > chance(12, 12)
    assert chance(6, 3) > chance(6, 6) > chance(6, 12)


def test_the_shift_follows_what_happened_and_stays_near_zero_without_evidence():
    score = np.full(400, -1.0)
    for share, low, high in ((0.1, -1.2, -0.3), (0.2689, -0.02, 0.02), (0.6, 0.3, 1.4)):
        outcome = (np.arange(400) < share * 400).astype(float)
        assert low < recalibration.shift(score, outcome) < high
    assert recalibration.shift(score, np.r_[np.ones(9), np.zeros(391)]) == 0.0
    assert abs(recalibration.shift(score[:20], np.ones(20))) < 0.25


def flapping() -> Talk:
    """After a steady half year of twelve, each of them comes by now and then: about half of them in a month."""
    talk, dice = Talk(), np.random.default_rng(7)
    talk.many(range(0, 182, 2), PEOPLE[:12])
    for day in range(182, 360):
        for who in PEOPLE[:12]:
            if dice.random() < 0.03:
                talk.say(day + float(dice.random()), who)
    return talk


def test_a_stage_near_a_threshold_does_not_flap_and_is_the_same_whoever_computes_it_when():
    log = flapping().log()
    talk, room = read_talk(log), [Room(12, counted=False)]
    whole = fold(log, talk, 0)
    raw, stepped, alone = [], [], {}
    held: list[Stage] = []
    for day in range(START // DAY + 220, START // DAY + 330):
        signs = list(whole.at(day).rows())
        chances = risk.chances(whole.at(day))
        raw.append(reading(signs[0], room[0], chances[0]))
        held = [*held, raw[-1]][-15:]  # somebody who looks each midnight and keeps two weeks of readings
        if len(held) == 15:
            stepped.append(settled(raw[-1], held, room[0]))
            if day % 4 == 0:
                cut = log.until(day * DAY)
                alone[len(stepped) - 1] = stages_of(days_of(cut, 0), day * DAY, room, signs, chances, 0.0)[0]
    turns, changes = ([day for day in range(1, len(row)) if row[day] != row[day - 1]] for row in (raw[14:], stepped))
    assert len(alone) > 20
    assert alone == {place: stepped[place] for place in alone}
    assert len(turns) >= 8  # the readings do flap
    assert len(changes) <= 2
    for day in changes:
        if ORDER[stepped[day]] > ORDER[stepped[day - 1]]:
            assert set(stepped[day - 14 : day]) == {stepped[day - 1]}


def test_bad_news_counts_at_once_and_good_news_after_two_weeks():
    room, good, bad = Room(9, counted=False), Stage.MATURITY, Stage.DECLINING
    assert settled(bad, [bad, *[good] * 14], room) is bad
    assert settled(good, [good] * 14 + [bad], room) is bad
    assert settled(good, [good] * 15, room) is good
    assert settled(Stage.DEAD, [good] * 15, room) is Stage.DEAD
    assert settled(Stage.DORMANT, [Stage.DORMANT, Stage.DEAD], room) is Stage.DORMANT
    assert settled(good, [], room) is good
    assert settled(good, [Stage.DORMANT, good], room._replace(meant_to_end=True)) is Stage.COMPLETED


def test_a_group_that_wakes_is_embers_for_two_weeks_then_burns_again():
    talk = Talk()
    talk.many(range(0, 200, 2), PEOPLE[:6])
    talk.many(range(320, 365, 2), PEOPLE[:6])
    assert talk.group(at=319).stage is Stage.DEAD
    assert talk.group(at=323).stage is Stage.DORMANT
    woken = talk.group(at=330)
    assert woken.stage is Stage.DORMANT
    assert [str(reason.text) for reason in woken.reasons if reason.code is ReasonCode.SILENCE] == [
        "Two or more members wrote in only 2 of the last eight weeks."
    ]
    assert talk.group(at=360).stage in (Stage.MATURITY, Stage.GROWTH)


def test_the_page_on_the_pulse_tells_the_coefficients_and_figures_that_are_shipped():
    page = (ROOT / "docs" / "explanation" / "pulse.md").read_text()
    stored = json.loads(risk.MODEL_FILE.read_text())
    for name in risk.FEATURES:
        cells = (stored[key][name] for key in ("weights", "mean", "scale"))
        assert f"| `{name}` | " + " | ".join(f"{value:.4f}" for value in cells) + " |" in page
    assert f"| intercept | {stored['intercept']:.4f} |" in page
    named = {"model": "**shipped: bar + best month**", "bar": "**bar: size + trend + recency**",
             "naive_messages_28d": "messages, 28 days (naive)"}  # fmt: skip
    for key, title in named.items():
        told = stored["measured"][key]
        assert f"| {title} | {told['auc']:.3f} | {told['ap']:.3f} | {told['brier']:.4f} |" in page


def test_the_shipped_forecast_ranks_better_than_the_bar_in_communities_it_had_not_seen():
    found = risk.measured()
    for key in ("auc", "ap"):
        assert found["model"][key] > found["bar"][key] > found["naive_messages_28d"][key]
    assert found["shuffled_auc"] == pytest.approx(0.5, abs=0.03)


@pytest.mark.thorough
@needs_data
def test_a_forecast_from_one_community_beats_counting_messages_in_another():
    parts = []
    for name in ("bytecodealliance_zulip", "ncar_zulip"):
        log = read_archive(DATA / name / "messages.ndjson.xz")
        end = (log.last_ordinary() or 0) + 1
        parts.append(outcomes(days_of(log, end), -9999, -UNTIL, risk.features))
    taught, held = parts
    fitted = logistic.fit(taught.inputs, taught.outcome, 3.0)
    chance, naive = fitted.predict(held.inputs), -held.inputs[:, risk.FEATURES.index("log_messages")]
    assert len(held.outcome) > 500
    assert logistic.auc(chance, held.outcome) > logistic.auc(naive, held.outcome) + 0.02
    assert logistic.average_precision(chance, held.outcome) > logistic.average_precision(naive, held.outcome)

"""The chance to come again: equal to published fits, honest where there is too little, and worth more than nothing."""

import lzma
from datetime import date

import numpy as np
import pytest

from hearth.carriers.tests.archives import DATA, needs_data
from hearth.insight.rules.people.census import Pairs, Person, census_of
from hearth.insight.rules.people.churn import Nbd, auc, calibrate, fit, log_likelihood
from hearth.insight.rules.people.outlook import outlook
from hearth.insight.tests.talk import DAY, START, Talk

ZERO = np.zeros(1)


def cdnow():
    """The 2,357 of the CDNOW sample: days of purchase until the end of September 1997, in weeks."""
    bought: dict[str, set[date]] = {}
    with lzma.open(DATA / "commerce_cdnow" / "CDNOW_sample.txt.xz", "rt") as lines:
        for line in lines:
            _, who, day, *_ = line.split()
            bought.setdefault(who, set()).add(date(int(day[:4]), int(day[4:6]), int(day[6:])))
    end = date(1997, 9, 30)
    kept = [sorted(day for day in days if day <= end) for days in bought.values()]
    rows = [(len(days) - 1, (days[-1] - days[0]).days / 7, (end - days[0]).days / 7) for days in kept]
    return np.array(rows, dtype=np.float64).T


@needs_data
def test_bg_nbd_gives_the_published_fit_of_cdnow():
    """Fader, Hardie & Lee 2005, table 2: r .243, α 4.414, a .793, b 2.426, LL -9582.4."""
    found = fit(*cdnow(), modified=False)
    assert (round(found.r, 3), round(found.alpha, 3), round(found.a, 3), round(found.b, 3)) == (
        0.243,
        4.414,
        0.793,
        2.426,
    )
    assert round(found.log_likelihood, 1) == -9582.4


@needs_data
def test_mbg_nbd_gives_the_published_fit_of_cdnow():
    """Batislam, Denizel & Filiztekin 2007: r .525, α 6.183, a .891, b 1.614, LL -9582.1."""
    found = fit(*cdnow())
    assert (round(found.r, 3), round(found.alpha, 3), round(found.a, 3), round(found.b, 3)) == (
        0.525,
        6.183,
        0.891,
        1.614,
    )
    assert round(found.log_likelihood, 1) == -9582.1


def test_who_came_once_may_have_left_which_bg_nbd_cannot_say():
    once = (ZERO, ZERO, np.array([10.0]))
    plain, modified = (Nbd(0.5, 5, 1, 2, 0, modified=kind) for kind in (False, True))
    assert plain.alive(*once)[0] == 1.0
    # 1/(1 + a/(b+x) · ((α+T)/(α+t))^(r+x)) = 1/(1 + 1/2 · 3^.5)
    assert modified.alive(*once)[0] == pytest.approx(1 / (1 + 0.5 * 3**0.5))


def test_the_chance_to_come_falls_with_silence_and_rises_with_the_time_ahead():
    model = Nbd(0.5, 5, 1, 2, 0)
    silent = model.comes(np.full(3, 4.0), np.full(3, 8.0), np.array([8.0, 12.0, 40.0]), 4)
    assert list(silent) == sorted(silent, reverse=True)
    assert model.comes(ZERO, ZERO, ZERO, 0)[0] == 0
    # P(alive) = 1/(1 + 1/2), and 1 - (5/9)^.5 that somebody alive comes
    assert model.comes(ZERO, ZERO, ZERO, 4)[0] == pytest.approx((1 - (5 / 9) ** 0.5) / 1.5)


def test_a_fit_finds_what_was_planted():
    """2,000 members made by the model itself: rates from a gamma, chances to leave from a beta."""
    chance = np.random.default_rng(11)
    rows = []
    for rate, leaving in zip(chance.gamma(0.8, 1 / 4.0, 2000), chance.beta(1.0, 2.5, 2000), strict=True):
        age, now, last, count = chance.uniform(20, 60), 0.0, 0.0, 0
        while chance.random() >= leaving:
            now += chance.exponential(1 / rate)
            if now > age:
                break
            last, count = now, count + 1
        rows.append((count, last, age))
    x, recency, age = np.array(rows).T
    found = fit(x, recency, age)
    assert found.log_likelihood >= log_likelihood(Nbd(0.8, 4.0, 1.0, 2.5, 0), x, recency, age)
    assert found.r / found.alpha == pytest.approx(0.2, rel=0.25)
    assert found.a / (found.a + found.b) == pytest.approx(1 / 3.5, rel=0.2)


def test_too_few_members_or_returns_are_not_fitted():
    some = np.ones(49)
    assert fit(some, some, some * 2) is None
    assert fit(np.zeros(500), np.zeros(500), np.ones(500)) is None
    assert fit(np.zeros(0), np.zeros(0), np.zeros(0)) is None


def test_recalibration_takes_back_what_is_told_too_high():
    chance = np.random.default_rng(5)
    truth = chance.uniform(0.02, 0.6, 4000)
    came = chance.random(4000) < truth
    told = np.sqrt(truth)
    steps = calibrate(told, came)
    fixed = steps.apply(told)
    assert fixed.mean() == pytest.approx(came.mean(), abs=0.01)
    assert np.mean((fixed - came) ** 2) < np.mean((told - came) ** 2) - 0.02
    assert (np.argsort(fixed, kind="stable") == np.argsort(told, kind="stable")).all()


def test_nothing_is_recalibrated_by_a_handful():
    assert calibrate(np.linspace(0.1, 0.9, 100), np.arange(100) < 19) is None


def test_auc_by_hand_with_ties_and_one_kind_only():
    assert auc(np.array([1.0, 2, 2, 3]), np.array([False, False, True, True])) == 0.875
    assert auc(np.array([1.0, 1, 1]), np.array([True, False, False])) == 0.5
    assert auc(np.array([1.0, 2]), np.array([True, True])) is None


def lively():
    """A hundred who come each week for a year, of whom every third stops after the first time, and every other one half
    a year ago.
    """
    talk = Talk()
    for person in range(120):
        last = 1 if person % 3 == 0 else 26 if person % 2 else 52
        for week in range(last):
            if last == 1 or (week * 7 + person) % 3:
                talk.say((person if last == 1 else 0) * 3 + 7 * week + person / 200, f"p{person:03}")
    return census_of(talk.log(), START + 366 * DAY)


def test_those_who_come_each_week_are_told_to_come_and_those_long_silent_are_not_told_of():
    found = lively()
    told = outlook(found)
    names = [person.id for person in found.people]
    assert told.comes[names.index("p002")] > 0.9
    assert np.isnan(told.comes[names.index("p000")])
    assert told.auc > 0.9
    assert told.members >= 60


def test_a_young_community_is_told_nothing():
    talk = Talk()
    talk.many(range(20), [f"p{n}" for n in range(60)])
    told = outlook(census_of(talk.log(), START + 21 * DAY))
    assert np.isnan(told.comes).all()
    assert (told.auc, told.members) == (None, 0)


def test_people_who_never_did_anything_are_no_evidence():
    found = census_of(Talk().log(), START, [Person(f"p{n}") for n in range(500)])
    assert found.returns().age.tolist() == [0.0] * 500
    assert np.isnan(outlook(found).comes).all()
    assert found.thanks == Pairs()

"""The parts: survival, concentration, logistic, adverts, packed texts."""

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, strategies as st

from hearth.insight.rules import concentration, logistic, survival
from hearth.insight.rules.adverts import HINTS, SIGNALS, advert_signals, looks_like_advert
from hearth.insight.rules.columns import Beginnings, TextColumn
from hearth.insight.rules.talk_log_builder import _gapped

DATA = Path(os.environ.get("HEARTH_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))

ADVERTS = (
    "加我微信 health2020 兼职日赚500",
    "祖传秘方 根治糖尿病，欢迎咨询，扫码进群",
    "代开发票，包邮，加VX：abc12345",
    "I made $5,000 profit with just $500, join https://t.me/+abcdef",
    "You have won a prize! Claim your code 12345 call 09061234567 now",
    "Ищу партнеров, заработок от 800$ в неделю, пишите в лс",
    "Txt WIN to 80488 to claim your free voucher",
)
HONEST = (
    "Does anyone sell used stethoscopes? Mine broke.",
    "The conference costs $300, early birds pay $200",
    "My number is 13800138000, call me about the ward round",
    "请大家扫码签到，下午两点开会",
    "药店今天有优惠，糖尿病患者可以去看看",
    "Congratulations on your award, well done",
    "please call the nurse, thanks",
    "He earned his degree in 1998 and makes a living as a broker of knowledge",
)


@pytest.mark.parametrize("text", ADVERTS)
def test_adverts_are_seen_and_pass_the_bulk_search(text):
    assert looks_like_advert(text), advert_signals(text)
    column = pa.array([text])
    assert pc.match_substring_regex(column, HINTS.whole)[0].as_py() or _gapped(column)[0].as_py()


@pytest.mark.parametrize("text", HONEST)
def test_honest_talk_is_no_advert(text):
    assert not looks_like_advert(text), advert_signals(text)


def test_signals_have_codes_of_their_own():
    assert len({signal.code for signal in SIGNALS}) == len(SIGNALS)


@pytest.mark.skipif(not DATA.is_dir(), reason="real archives are not here (HEARTH_DATA)")
def test_the_bulk_search_loses_no_advert_of_the_labelled_samples_and_spares_honest_talk():
    samples = {
        name: (DATA / "mod_tg_spam" / f"{name}-samples.txt").read_text().splitlines() for name in ("spam", "ham")
    }
    passed = {name: _passed(texts) for name, texts in samples.items()}
    for name, texts in samples.items():
        assert [text for text in texts if looks_like_advert(text) and text not in passed[name]] == []
    assert len(passed["ham"]) < len(samples["ham"]) / 20  # nearly all of it is Russian


def _passed(texts):
    column = pa.array(texts)
    hint = pc.or_(pc.match_substring_regex(column, HINTS.whole), _gapped(column)).to_pylist()
    return {text for text, passed in zip(texts, hint, strict=True) if passed}


@pytest.mark.parametrize(
    "text",
    [
        "Ищу партнёров в команду, доход от 500$ в день, пишите в личку",
        "ИЩУ ПАРТНЁРОВ, ДОХОД ОТ 500$ В ДЕНЬ, ПИШИТЕ В ЛИЧКУ",
        "Ищy пapтнёpoв, дoxoд oт 500$ в дeнь, пишитe в личкy",  # Latin letters among the Cyrillic ones
        "Доход от 500$ в `день` пишите в `x` личку",
        "> старое\nЗаработок\u00a0от\u00a0500$ в\u2003личку",
        "Порно и интим, заработок тут https://example.org/a",
        "Ищу человека, без опыта, оплата 90 000 р\nподробности в лс",
    ],
)
def test_a_russian_advert_passes_the_bulk_search_however_it_is_written(text):
    assert looks_like_advert(text), advert_signals(text)
    assert _passed([text]) == {text}


def test_the_bulk_search_knows_phrases_that_stand_beside_russian_ones():
    assert _passed(["上门服务 加微信", "В отделении сегодня тихо, всем спокойной ночи"]) == {"上门服务 加微信"}


def test_kaplan_meier_by_hand():
    # 5 at risk: 1 at t=1 -> 4/5; censored at 2; 1 of 3 at t=3 -> 8/15; 1 of 2 at t=4 -> 4/15; censored at 5.
    times = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    happened = np.array([True, False, True, True, False])
    at, waiting = survival.curve(times, happened)
    assert at.tolist() == [1.0, 3.0, 4.0]
    assert waiting == pytest.approx([4 / 5, 8 / 15, 4 / 15])
    assert survival.median(times, happened) == 4.0
    assert survival.waiting_after(times, happened, 3.5) == pytest.approx(8 / 15)
    assert survival.waiting_after(times, happened, 0.5) == 1.0


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30))
def test_without_censoring_survival_is_the_plain_share(times):
    values = np.array(times)
    happened = np.ones(len(values), dtype=bool)
    assert survival.waiting_after(values, happened, 50.0) == pytest.approx(float((values > 50).mean()))


counts = st.lists(st.integers(1, 500), min_size=1, max_size=40).map(np.array)


@given(counts)
def test_concentration_stays_in_its_bounds(values):
    people = len(values)
    assert -1e-9 <= concentration.gini(values) <= 1 + 1e-9
    assert 1 <= concentration.absence_factor(values) <= people
    assert 1 - 1e-9 <= concentration.effective_speakers(values) <= people + 1e-6


@given(st.integers(2, 40), st.integers(1, 50))
def test_equals_are_not_concentrated(people, each):
    values = np.full(people, each)
    assert concentration.gini(values) == pytest.approx(0, abs=1e-9)
    assert concentration.effective_speakers(values) == pytest.approx(people)
    assert concentration.absence_factor(values) == -(-people // 2)


def test_the_logistic_finds_what_made_the_data():
    dice = np.random.default_rng(5)
    x = dice.normal(size=(6000, 2)) * [1.0, 10.0]
    chance = 1 / (1 + np.exp(-(0.5 + 1.5 * x[:, 0] - 0.1 * x[:, 1])))
    y = (dice.random(6000) < chance).astype(float)
    fitted = logistic.fit(x, y, 1e-3)
    assert fitted.weights / fitted.scale == pytest.approx([1.5, -0.1], abs=0.12)
    assert logistic.auc(fitted.predict(x), y) > 0.75
    assert logistic.calibration(fitted.predict(x), y) == pytest.approx(1, abs=0.05)
    assert logistic.brier(fitted.predict(x), y) < logistic.brier(np.full(6000, y.mean()), y)


def test_auc_and_average_precision_by_hand():
    score, truth = np.array([0.9, 0.8, 0.7, 0.6]), np.array([1.0, 0.0, 1.0, 0.0])
    assert logistic.auc(score, truth) == 0.75
    assert logistic.average_precision(score, truth) == pytest.approx((1 + 2 / 3) / 2)
    assert logistic.auc(np.ones(4), truth) == 0.5


def test_packed_texts_come_back_as_they_went_in():
    column = TextColumn()
    column.extend(["一", "", "bbb", "é"])
    column.extend(["end"])
    assert [column[i] for i in range(len(column))] == ["一", "", "bbb", "é", "end"]


def test_beginnings_of_texts_come_back_in_order():
    column = Beginnings()
    column.extend(pa.array(["一" * 700, "", "b"]))
    column.extend(pa.array(["end"]))
    assert [column[i] for i in range(len(column))] == list(column) == ["一" * 600, "", "b", "end"]

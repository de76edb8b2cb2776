"""Archives that hold nothing, nonsense, or only machines."""

import time

import numpy as np
from hypothesis import given, settings, strategies as st

from hearth.insight.queries.as_json import as_dict
from hearth.insight.queries.report import diagnosis_html
from hearth.insight.rules.diagnosis import diagnose
from hearth.insight.rules.talk_log import Origin
from hearth.insight.tests.talk import DAY, NOW, START, Talk, auto
from hearth.insight.types import Stage


def both(talk: Talk) -> None:
    found = talk.diagnosis()
    as_dict(found)
    assert diagnosis_html(found, "x").endswith("</html>")


def test_an_empty_archive_is_diagnosed_as_empty():
    found = Talk().diagnosis()
    assert (found.groups, found.steps, found.messages) == ((), (), 0)
    assert "nothing to diagnose" in diagnosis_html(found, "x")


def test_one_message_is_a_kindling_group():
    talk = Talk()
    talk.say(0, "ada", "hello")
    assert talk.group().stage is Stage.INCEPTION
    both(talk)


def test_machines_alone_have_no_members():
    talk = Talk()
    for day in range(200):
        auto(talk, day=day, who="robot")
    group = talk.group()
    assert (group.members, group.messages, group.stage) == (0, 0, Stage.DEAD)
    assert [reason.code for reason in group.reasons] == ["silence", "fed_only"]
    both(talk)


def test_future_and_missing_times_are_left_out_and_counted():
    talk = Talk()
    talk.say(0, "ada")
    talk.builder.add("ward", "bo", NOW + 400 * DAY, "from the future", id="f")
    talk.builder.add("ward", "bo", 0, "no time", id="z")
    log = talk.log()
    assert (len(log), log.excluded.future, log.excluded.no_time) == (1, 1, 1)
    assert talk.diagnosis().at == START + 1


def test_bots_do_not_move_the_moment_of_diagnosis():
    talk = Talk()
    talk.say(0, "ada")
    auto(talk, day=400, who="robot")
    assert talk.diagnosis().at == START + 1


def test_at_looks_at_nothing_later():
    talk = Talk()
    talk.many(range(100), ["ada", "bo"])
    early = talk.diagnosis(at=50)
    short = Talk()
    short.many(range(50), ["ada", "bo"])
    assert as_dict(early)["groups"] == as_dict(short.diagnosis(at=50))["groups"]


def test_a_group_that_was_not_there_yet_is_not_called_dead():
    talk = Talk()
    talk.many(range(100), ["ada", "bo"])
    talk.many(range(60, 100), ["chen", "eve"], room="new")
    assert [group.name for group in talk.diagnosis(at=50).groups] == ["ward"]
    assert len(talk.diagnosis(at=99).groups) == 2


def test_a_very_long_message_takes_no_longer_than_its_length():
    long = 400_000
    talk = Talk()
    before = time.process_time()
    for filler in ("x", "\n", " ", "> ", "`", "\U0001f600", "加", "@a, "):
        talk.say(0, "ada", f"> who said:\n加我微信 abc12345 日赚500 {filler * (long // len(filler))} how?\n> so")
    log = talk.log()
    assert (len(log), int(log.advert.sum())) == (8, 8)
    assert time.process_time() - before < 10  # some minutes where a pattern looks at everything from everywhere


def test_half_a_surrogate_pair_harms_nothing():
    talk = Talk()
    talk.say(0, "ada", "broken \ud83d half?")
    both(talk)


messages = st.lists(
    st.tuples(
        st.floats(0, 300),
        st.sampled_from(["ada", "bo", "chen", "eve"]),
        st.sampled_from(["hi", "who?", "> who?\nme", "see https://a.example", "加我微信 abc12345 日赚500"]),
        st.sampled_from(["a", "b"]),
        st.sampled_from(["", "t", "u"]),
        st.sampled_from(list(Origin)),
        st.integers(0, 30),
        st.sampled_from([(), ("ada",), ("bo",)]),
    ),
    max_size=40,
)


@settings(max_examples=25, deadline=None)
@given(messages, st.randoms(use_true_random=False))
def test_order_of_reading_changes_nothing_and_numbers_stay_in_bounds(rows, dice):
    def fill(some):
        talk = Talk()
        for i, (day, who, text, room, thread, origin, to, mentions) in some:
            talk.say(day + i / 1e6, who, text, room, thread=thread, origin=origin, reply_to=f"m{to}",
                     mentions=mentions, id=f"m{i}")  # fmt: skip
        return talk.diagnosis()

    numbered = list(enumerate(rows))
    first = fill(numbered)
    shuffled = numbered[:]
    dice.shuffle(shuffled)
    again = fill(shuffled)
    plain = {group.name: group for group in first.groups}
    for group in again.groups:
        assert dict(group.metrics) == dict(plain[group.name].metrics)
        assert group.stage is plain[group.name].stage
        for name in ("top1_share", "gini", "reciprocity", "newcomers_kept", "organic_share", "questions_answered_24h"):
            value = group.metrics[name]
            assert value is None or -1e-9 <= value <= 1 + 1e-9
        assert sum(group.weeks.messages) <= group.messages
        assert all(authors <= count for authors, count in zip(group.weeks.authors, group.weeks.messages, strict=True))


def test_the_log_until_a_moment_keeps_replies_in_place():
    talk = Talk()
    first = talk.say(0, "ada")
    talk.say(1, "bo", reply_to=first)
    talk.say(2, "eve")
    log = talk.log().until(START + int(1.5 * DAY))
    assert np.array_equal(log.reply_to, [-1, 0])
    assert diagnose(log).messages == 2

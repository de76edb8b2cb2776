"""Who takes part how, who helps, who leads, who is left alone: small communities worked out by hand."""

import numpy as np
import pytest

from hearth.insight.rules.people.census import Census, Pairs, Person, Visits, census_of
from hearth.insight.rules.people.helping import helping
from hearth.insight.rules.people.kept import Flow
from hearth.insight.rules.people.kinds import Deeds, Kind, deeds_of, kinds, rfm
from hearth.insight.rules.people.leaders import leaders, percentiles, reach
from hearth.insight.rules.people.lifecycle import Phase, Tier, flow, flows, phases, tiers
from hearth.insight.rules.people.mainstay import fans, groups_people, seed_users
from hearth.insight.rules.people.newcomers import newcomers
from hearth.insight.rules.people.reading import portrait, read_people
from hearth.insight.rules.people.summary import drawn, summary
from hearth.insight.rules.people.wording import KINDS, PHASES, TIERS
from hearth.insight.rules.talk_log import AuthorInfo, Origin
from hearth.insight.tests.talk import DAY, START, Talk


def ints(*values):
    return np.array(values, dtype=np.int64)


def when(*days):
    return ints(*(START + int(day * DAY) for day in days))


def census(talk: Talk, at: float, people=(), **beside) -> Census:
    """People are those named, in order, or everybody who wrote."""
    named = [one if isinstance(one, Person) else Person(one) for one in people] or None
    found = census_of(talk.log(), START + int(at * DAY), named)
    return Census(found.log, found.talk, found.people, found.at, **beside)


def talk_of(*said) -> Talk:
    """(day, who) or (day, who, text, whom they answer by place)."""
    talk, ids = Talk(), []
    for day, who, *rest in said:
        more = {"reply_to": ids[rest[1]]} if len(rest) > 1 else {}
        ids.append(talk.say(day, who, rest[0] if rest else "fine", **more))
    return talk


# Who counts


def test_seeded_posts_bots_and_staff_never_count():
    talk = talk_of((1, "a"), (2, "b"))
    talk.say(3, "b", origin=Origin.OPERATOR)
    talk.say(4, "robot", origin=Origin.BOT)
    talk.builder.add_author(AuthorInfo("robot", "Robot", is_bot=True))
    talk.say(5, "staff")
    found = census(talk, 10, ["a", "b"])
    assert [found.people[who].id for who in found.writer[found.own]] == ["a", "b"]
    assert found.last.tolist() == when(1, 2).tolist()
    assert [person.id for person in census(talk, 10).people] == ["a", "b", "staff"]


def test_who_only_reacts_is_active_and_who_only_reads_is_present():
    found = census(
        talk_of((1, "a")), 10, "abc", thanks=Pairs(ints(1), ints(0), when(2)), visits=Visits(ints(2), when(3))
    )
    assert found.last.tolist() == [*when(1, 2), -1]
    assert found.seen.tolist() == when(1, 2, 3).tolist()


# Lifecycle


def test_phases_are_those_of_posthog():
    """The window is days 72 to 100, the one before 44 to 72."""
    talk = talk_of((80, "new"), (50, "returning"), (72, "returning"), (10, "back"), (99, "back"), (71, "dormant"),
                   (43, "away"))  # fmt: skip
    found = census(talk, 100, ["new", "returning", "back", "dormant", "away", "silent"])
    assert [Phase(one).name for one in phases(found)] == [
        "NEW", "RETURNING", "RESURRECTED", "DORMANT", "AWAY", "SILENT",
    ]  # fmt: skip
    assert flow(phases(found)) == Flow(1, 1, 1, 1)
    assert flow(phases(found)).quick_ratio == 2.0
    assert flows(found)[-2:] == [Flow(2, 0, 0, 1), Flow(1, 1, 1, 1)]


def test_the_quick_ratio_of_nobody_lost_is_not_told():
    assert Flow(3, 1, 0, 0).quick_ratio is None


def test_tiers_by_hand():
    weekly = [(7 * week + 1, who) for week in range(26) for who in ("carrier", "busy")]
    rest = [(91.5, "kept"), (98.5, "three"), (105.5, "three"), (112.5, "three"), (10, "gone")]
    people = ["carrier", "busy", "kept", "three", "gone", Person("fresh", START + 170 * DAY), Person("old", START)]
    found = census(talk_of(*sorted(weekly + rest)), 182, people)
    score = ints(10, 9, 50, 0, 50, 0, 0)
    names = [Tier(one).name for one in tiers(found, score)]
    assert names == ["CARRYING", "ACTIVATED", "KEPT", "ACTIVATED", "AWAY", "ATTRACTED", "AWAY"]


# Types and RFM


def deeds(**columns):
    size = len(next(iter(columns.values())))
    return Deeds(**{name: ints(*columns.get(name, [0] * size)) for name in Deeds.__annotations__})


def test_types_by_the_first_rule_that_fits():
    found = kinds(
        deeds(
            messages=[9, 9, 4, 6, 2, 9, 0, 0, 0],
            answers=[3, 3, 0, 0, 0, 0, 0, 0, 0],
            asks=[3, 5, 2, 1, 0, 0, 0, 0, 0],
            starts=[0, 0, 2, 2, 0, 0, 0, 0, 0],
            reactions=[0, 0, 0, 0, 3, 3, 1, 0, 0],
            reading_days=[0, 0, 0, 0, 0, 0, 0, 5, 0],
        )
    )
    assert [Kind(one).name for one in found] == [
        "ANSWERS", "ASKS", "ASKS", "OPENS", "REACTS", "TALKS", "REACTS", "READS", "SILENT",
    ]  # fmt: skip


def test_deeds_older_than_91_days_make_no_type():
    talk = talk_of((1, "a", "Which dose?"), (1.1, "b", "two", 0), (99, "a", "Which dose now?"), (99.1, "b", "three", 2))
    found = deeds_of(census(talk, 100, "ab"))
    assert (found.asks.tolist(), found.answers.tolist(), found.messages.tolist()) == ([1, 0], [0, 1], [1, 1])


@pytest.mark.parametrize(("days", "digit"), [(7, 5), (7.1, 4), (28, 4), (91, 3), (182, 2), (182.1, 1)])
def test_recency_has_fixed_cuts(days, digit):
    found = census(talk_of((0, "a")), days, "ab")
    assert rfm(found, ints(0, 0)).tolist() == [100 * digit + 11, 0]


def test_frequency_counts_weeks_and_value_counts_help():
    found = census(talk_of(*((7 * week + 1, "a") for week in range(10))), 70, "a")
    assert [int(rfm(found, ints(score))[0]) for score in (0, 1, 5, 20, 50)] == [541, 542, 543, 544, 545]


# Helping


def test_the_score_of_helping_is_its_parts():
    """b answers a's question (a's first message ever, too), whose answer is accepted; c and d thank b, c twice."""
    talk = talk_of((1, "a", "Which dose?"), (1.1, "b", "Two of them", 0), (2, "c"))
    found = helping(
        census(
            talk,
            30,
            "abcd",
            accepted=Pairs(ints(1), ints(0), when(2)),
            thanks=Pairs(ints(2, 2, 3, 0), ints(1, 1, 1, -1), when(3, 4, 5, 6)),
        )
    )
    parts = (found.accepted, found.answers, found.welcomes, found.thanks)
    assert [part.tolist() for part in parts] == [[0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 2, 0, 0]]
    assert found.score.tolist() == [0, 10 + 3 + 3 + 2, 0, 0]


def test_two_who_answer_each_other_all_day_are_counted_five_times():
    said = []
    for day in range(20):
        said += [(day, "a", "Which dose?"), (day + 0.1, "b", "two", 2 * day)]
    found = helping(census(talk_of(*said), 30, "ab"))
    assert found.answers.tolist() == [0, 5]
    assert found.helped[2].sum() == 21  # each is told, though not each counts; one is a welcome, too


def test_help_is_forgotten_after_half_a_year():
    talk = talk_of((1, "a", "Which dose?"), (1.1, "b", "two", 0))
    assert helping(census(talk, 180, "ab")).score.tolist() == [0, 6]
    assert helping(census(talk, 190, "ab")).score.tolist() == [0, 0]


# Leaders


def test_percentiles_by_middle_ranks():
    everybody = np.array([True] * 4 + [False])
    assert percentiles(ints(1, 5, 5, 9, 99), everybody)[:4].tolist() == [0.125, 0.5, 0.5, 0.875]
    assert percentiles(ints(7, 7, 7, 7, 7), everybody)[:4].tolist() == [0.5] * 4
    assert np.isnan(percentiles(ints(1, 2), np.array([False, False]))).all()


def circle(people="abcdef", weeks=10) -> Talk:
    """Each week b to f each ask something, and a answers all of them."""
    said = []
    for week in range(weeks):
        for place, who in enumerate(people[1:]):
            said += [(7 * week + place, who, "Which dose?"), (7 * week + place + 0.1, people[0], "two", len(said))]
            said.append((7 * week + place + 0.2, who, "thank you, that helps", len(said) - 1))
    return talk_of(*said)


def test_who_is_answered_by_many_over_weeks_leads():
    found = census(circle(), 70, "abcdef")
    led = leaders(found, helping(found))
    assert led.leader.tolist() == [True] + [False] * 5
    assert led.endorsers[0] == 5
    assert led.parts.keys() == {"rank", "endorsers"}  # nobody has an accepted answer or a credential
    assert led.index[0] == pytest.approx(11 / 12)
    assert reach(found, led) == 1.0


def test_nobody_leads_in_few_weeks_or_under_a_restriction_or_among_four():
    short = census(circle(weeks=7), 49, "abcdef")
    assert not leaders(short, helping(short)).leader.any()
    barred = census(circle(), 70, [Person("a", barred=True), *"bcdef"])
    assert not leaders(barred, helping(barred)).leader.any()
    few = census(circle("abcd"), 70, "abcd")
    assert (leaders(few, helping(few)).parts, reach(few, leaders(few, helping(few)))) == ({}, None)


def test_two_who_only_answer_one_another_do_not_lead():
    said = [(0, "a")]
    for day in range(140):
        said.append((day / 2 + 0.25, "ab"[day % 2], "and then?", len(said) - 1))
    talk = talk_of(*said)
    talk.many(range(0, 70, 5), "cdefg")
    found = census(talk, 70, "abcdefg")
    assert not leaders(found, helping(found)).leader.any()


# Left alone, seed users, fans, keepers


def test_a_first_message_without_an_answer_is_at_risk_until_somebody_answers():
    talk = talk_of((60, "alone", "Hello, I am new"), (60.5, "alone", "Anybody?"))
    talk.say(80, "later", "Hello", room="other")
    met = talk.say(90, "met", "Hello all", room="third")
    talk.say(90.1, "x", "Welcome", room="third", reply_to=met)
    found = newcomers(census(talk, 100, ["alone", "later", Person("met"), "x"]))
    assert (found.waiting >= 0).tolist()[:3] == [True, True, False]
    assert (found.first, found.answered) == (3, 1)  # x began by answering
    gone = newcomers(census(talk, 130, ["alone", "later", "met", "x"]))
    assert (gone.waiting >= 0).tolist()[:2] == [False, True]
    left = newcomers(census(talk, 100, [Person("alone", here=False), "later", "met", "x"]))
    assert (left.waiting >= 0).tolist()[:2] == [False, True]


def test_an_answer_by_staff_counts_for_newcomers_and_one_to_a_later_message_too():
    talk = Talk()
    first = talk.say(60, "a", "Hello, I am new")
    talk.say(60.1, "staff", "Welcome", reply_to=first, origin=Origin.OPERATOR)
    found = newcomers(census(talk, 100, ["a"]))
    assert ((found.waiting >= 0).tolist(), found.first, found.covered, found.answered) == ([False], 1, 1, 1)


def test_coverage_counts_the_first_day_only():
    talk = talk_of((60, "a", "Hello, I am new"), (62, "b", "Welcome", 0))
    found = newcomers(census(talk, 100, ["a"]))
    assert (found.first, found.covered, found.answered) == (1, 0, 1)


def test_seed_users_wrote_on_three_days_of_the_first_four_weeks():
    talk = talk_of((0, "a"), (1, "a"), (2, "a"), (3, "b"), (3.1, "b"), (4, "b"), (40, "c"), (41, "c"), (42, "c"),
                   (43, "d"), (44, "e"))  # fmt: skip
    assert seed_users(census(talk, 50, "abcde")) == {0: ["ward"]}
    assert seed_users(census(talk_of((0, "a"), (1, "a"), (2, "a"), (3, "b")), 50, "ab")) == {}


def test_fans_are_there_and_carry():
    found = census(circle(), 70, "abcdef")
    help_, starts = helping(found), deeds_of(found).starts
    endorsers = leaders(found, help_).endorsers
    assert fans(found, help_, endorsers, ints(3, 3, 0, 0, 0, 0)).fan.tolist() == [True] + [False] * 5
    assert fans(found, help_, endorsers, ints(0, 0, 0, 0, 0, 0)).fan.tolist() == [False] * 6
    assert not fans(census(circle(), 85, "abcdef"), help_, endorsers, starts).fan.any()  # not for two weeks


def test_who_could_keep_a_group_with_reasons():
    found = census(circle(weeks=12), 84, "abcdef")
    (group,) = groups_people(found, helping(found))
    assert (group.id, group.active) == ("ward", 6)
    best = group.candidates[0]
    assert (best.person, best.weeks, best.answers, best.ties) == (0, 12, 60, 5)
    assert sorted(group.ties) == [(0, other, 24) for other in range(1, 6)]


@pytest.mark.parametrize(
    "unfit",
    [
        Person("a", barred=True),
        Person("a", here=False),
        Person("a", tends=frozenset({"ward"})),
        Person("a", groups=frozenset({"other"})),
    ],
)
def test_who_is_gone_restricted_elsewhere_or_tends_it_already_is_not_suggested(unfit):
    found = census(circle(weeks=12), 84, [unfit, *"bcdef"])
    (group,) = groups_people(found, helping(found))
    assert 0 not in [one.person for one in group.candidates]


def test_a_group_of_fewer_than_five_is_not_broken_down():
    found = census(circle("abcd", weeks=12), 84, "abcd")
    (group,) = groups_people(found, helping(found))
    assert (group.active, group.candidates, group.ties) == (4, (), ())
    told = summary(read_people(found))
    assert (told.told, told.kinds, told.tiers, told.flows, told.clustering) == (False, {}, {}, (), None)
    assert drawn(read_people(found)) == []


def test_who_has_left_is_counted_no_more_but_was_active():
    people = [Person("a", here=False), *"bcdef"]
    told = summary(read_people(census(circle(weeks=12), 84, people)))
    assert (told.people, told.active, sum(told.tiers.values()), told.fans) == (5, 6, 5, 0)


# All of it


def test_an_empty_community_is_read_without_a_word():
    found = read_people(census_of(Talk().log(), START))
    told = summary(found)
    assert (told.people, told.active, told.told) == (0, 0, False)


def test_one_person_alone_is_read():
    found = read_people(census(talk_of((1, "a"), (2, "a")), 10, "a"))
    one = portrait(found, 0)
    assert (one.kind, one.tier, one.phase, one.help_score, one.comes, one.index) == (
        "opens", "kept", "new", 0, None, None,
    )  # fmt: skip
    assert (one.parts.ties, one.parts.tied_with, one.parts.helped) == (0, (), ())


def test_a_portrait_names_ties_and_whom_they_helped():
    one = portrait(read_people(census(circle(weeks=9), 63, "abcdef")), 0)
    assert one.parts.tied_with[0] == ("b", 9, 9)
    assert (one.leader, one.parts.answers, one.parts.mutual_ties, one.parts.core) == (True, 45, 5, 1)
    assert dict(one.parts.helped).keys() == set("bcdef")


def test_every_code_has_a_word():
    assert {kind.name.lower() for kind in Kind} == KINDS.keys()
    assert {tier.name.lower() for tier in Tier} == TIERS.keys()
    assert {phase.name.lower() for phase in Phase} == PHASES.keys()

"""What a door answers, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from hearth.groups.rules.gate_kinds import BY_ITSELF, FEE, LEVEL, key_of
from hearth.groups.rules.gates import (
    Answer,
    Applicant,
    Case,
    GateFault,
    GateKind,
    Verdict,
    given_to,
    judge,
    parsed,
    plain,
    step_in_force,
    stored,
)

KINDS = {kind.key: kind for kind in (*BY_ITSELF, LEVEL, FEE)}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
APPROVAL = {"kind": "approval", "by": "keeper"}
QUESTION = {"kind": "question", "question": "Why here?", "decides": "any"}
NEUROLOGY = {"kind": "segment", "departments": ["Neurology", "神经内科"]}


def door(*conditions, join="all", start=0):
    return parsed([{"from": start, "join": join, "conditions": list(conditions)}], KINDS)[0]


def case(answers=None, **about):
    person = {name: about.pop(name) for name in list(about) if name in Applicant.__dataclass_fields__}
    return Case(Applicant(1, **person), 7, about.pop("moment", NOON), answers or {}, **about)


def answers(step, given):
    return given_to(step, KINDS, {step.conditions()[0].key: given}, {}, NOON)


def test_the_step_in_force_follows_from_the_number_of_members_alone():
    steps = parsed(
        [
            {"from": 150, "conditions": [APPROVAL]},
            {"from": 0, "conditions": []},
            {"from": 50, "conditions": [QUESTION]},
        ],
        KINDS,
    )
    found = {n: step_in_force(steps, n).start for n in (0, 49, 50, 149, 150, 9000)}
    assert found == {0: 0, 49: 0, 50: 50, 149: 50, 150: 150, 9000: 150}
    assert step_in_force(steps[1:], 49) is None
    assert judge(step_in_force(steps, 3), case(), KINDS).answer == Answer.PASSED


@pytest.mark.parametrize(
    ("join", "expected"),
    [("all", ["asks", "asks", "waits", "passed"]), ("any", ["waits", "passed", "passed", "passed"])],
)
def test_all_is_the_worst_of_its_parts_and_any_the_best(join, expected):
    step = door(QUESTION, APPROVAL, join=join)
    told = {step.conditions()[0].key: {"text": "To learn."}}
    cases = [case(), case(approved_by="keeper"), case(told), case(told, approved_by="keeper")]
    found = [judge(step, one, KINDS).answer.value for one in cases]
    assert found == expected


def test_a_list_of_alternatives_stands_inside_a_step_one_level_deep():
    step = door({"join": "any", "conditions": [NEUROLOGY, {"kind": "invitation", "by": "member"}]}, QUESTION)
    told = {key_of("question", step.conditions()[2].params): {"text": "x"}}
    assert judge(step, case(told, department="neurology "), KINDS).answer == Answer.PASSED
    assert judge(step, case(told, department="Surgery", invited_as="member"), KINDS).answer == Answer.PASSED
    assert judge(step, case(told, department="Surgery"), KINDS).answer == Answer.REFUSED
    with pytest.raises(GateFault, match="one level deep"):
        door({"join": "any", "conditions": [{"join": "all", "conditions": [QUESTION]}]})


def test_a_quiz_counts_tries_and_asks_for_a_pause():
    quiz = {
        "kind": "quiz",
        "questions": ["2+2 | 4 | 5", "3+3 | 6 | 7"],
        "pass_percent": 100,
        "tries": 2,
        "wait_hours": 5,
    }
    step = door(quiz)
    key, kept = step.conditions()[0].key, {}
    assert judge(step, case(), KINDS).answer == Answer.ASKS
    for _try in range(2):
        kept = given_to(step, KINDS, {key: ["4", "7"]}, kept, NOON)
    assert [one["percent"] for one in kept[key]["tries"]] == [50, 50]
    told = judge(step, case(kept), KINDS)
    assert (told.answer, told.parts[0].verdict.params["until"]) == (Answer.REFUSED, "2026-03-01T17:00:00+00:00")
    early = given_to(step, KINDS, {key: ["4", "6"]}, kept, NOON + timedelta(hours=4))
    assert early == kept, "a try before its time does not count"
    late = given_to(step, KINDS, {key: ["4", "6"]}, kept, NOON + timedelta(hours=6))
    assert judge(step, case(late, moment=NOON + timedelta(hours=6)), KINDS).answer == Answer.PASSED


def test_a_task_is_said_to_be_done_and_confirmed():
    step = door({"kind": "task", "task": "Introduce yourself."})
    assert judge(step, case(), KINDS).answer == Answer.ASKS
    done = answers(step, "on")
    assert judge(step, case(done), KINDS).answer == Answer.WAITS
    assert judge(step, case(done, approved_by="keeper"), KINDS).answer == Answer.PASSED


@pytest.mark.parametrize(
    ("params", "about", "expected"),
    [
        ({"departments": ["Neurology"]}, {"department": " NEUROLOGY"}, "passed"),
        ({"departments": ["Neurology"]}, {"department": "Surgery"}, "refused"),
        ({"departments": ["Neurology"]}, {}, "asks"),
        ({"cities": ["上海", "Shanghai"]}, {"city": "上海"}, "passed"),
        ({"tags": ["gold"]}, {"tags": frozenset({"Gold", "x"})}, "passed"),
        ({"tags": ["gold"]}, {}, "refused"),
        ({"kinds": ["professional"], "verified": True}, {"kind": "professional"}, "refused"),
        ({"kinds": ["professional"], "verified": True}, {"kind": "professional", "verified": True}, "passed"),
    ],
)
def test_a_segment_tells_who_belongs_and_who_should_fill_in_more(params, about, expected):
    assert judge(door({"kind": "segment", **params}), case(**about), KINDS).answer.value == expected


@pytest.mark.parametrize(
    ("by", "invited_as", "expected"),
    [
        ("member", "", "refused"),
        ("member", "member", "passed"),
        ("keeper", "member", "refused"),
        ("keeper", "assistant", "refused"),
        ("keeper", "keeper", "passed"),
        ("keeper", "owner", "passed"),
    ],
)
def test_an_invitation_counts_by_the_role_of_whoever_gave_it(by, invited_as, expected):
    step = door({"kind": "invitation", "by": by})
    assert judge(step, case(invited_as=invited_as), KINDS).answer.value == expected


def test_what_the_team_alone_decides_no_keeper_decides():
    step = door({"kind": "approval", "by": "staff"})
    found = [judge(step, case(approved_by=by), KINDS).answer.value for by in ("", "keeper", "staff")]
    assert found == ["waits", "waits", "passed"]


def test_level_and_fee_shut_the_door_while_nothing_tells_them():
    step = door({"kind": "level", "least": 3})
    found = [judge(step, case(level=level), KINDS).answer.value for level in (None, 2, 3)]
    assert found == ["refused", "refused", "passed"]
    step = door({"kind": "fee", "offer": "course"})
    assert [judge(step, case(paid=paid), KINDS).answer.value for paid in (None, False, True)] == [
        "refused", "refused", "passed",
    ]  # fmt: skip


def test_a_kind_that_waits_for_a_module_cannot_be_chosen():
    absent = GateKind("level", "Level", (), LEVEL.words, LEVEL.judge, waits_for="recognition", is_there=lambda: False)
    with pytest.raises(GateFault, match="waits for “recognition”"):
        parsed([{"from": 0, "conditions": [{"kind": "level"}]}], {"level": absent})


def test_a_kind_that_has_gone_keeps_the_door_shut():
    steps = stored([{"from": 0, "join": "all", "conditions": [{"kind": "magic", "wand": "oak"}]}])
    assert judge(steps[0], case(), KINDS).answer == Answer.REFUSED


def test_others_plug_in_a_kind_of_their_own():
    never = GateKind(
        "never", "Never", (), lambda _params: ("Never", {}), lambda _params, _case: Verdict(Answer.REFUSED, "No.")
    )
    steps = parsed([{"from": 0, "conditions": [{"kind": "never"}]}], {**KINDS, "never": never})
    assert judge(steps[0], case(), {**KINDS, "never": never}).parts[0].verdict.sentence == "No."


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("open", "at most 10 steps"),
        ([{"from": n, "conditions": []} for n in range(11)], "at most 10 steps"),
        ([{"from": 5, "conditions": []}, {"from": 5, "conditions": []}], "same number"),
        ([{"from": -1, "conditions": []}], "from 0 to 100000"),
        ([{"from": True, "conditions": []}], "from 0 to 100000"),
        ([{"from": 0, "joim": "any"}], "did you mean “join”"),
        ([{"from": 0, "join": "some"}], "all or any"),
        ([{"from": 0, "conditions": [{"kind": "aproval"}]}], "did you mean “approval”"),
        ([{"from": 0, "conditions": [{"kind": "question", "question": " "}]}], "Fill this in"),
        ([{"from": 0, "conditions": [{"kind": "question", "question": "x" * 501}]}], "at most 500"),
        ([{"from": 0, "conditions": [{"kind": "quiz", "questions": ["no answers"]}]}], "question | right"),
        ([{"from": 0, "conditions": [{"kind": "quiz", "questions": ["q | a | a"]}]}], "question | right"),
        ([{"from": 0, "conditions": [{"kind": "segment"}]}], "at least one thing"),
        (
            [{"from": 0, "conditions": [{"kind": "segment", "kinds": ["wizard"]}]}],
            "“wizard” is unknown here. Known are: ",
        ),
        ([{"from": 0, "conditions": [{"kind": "approval", "by": "nobody"}]}], "values offered"),
        ([{"from": 0, "conditions": [{"join": "any", "conditions": []}]}], "empty"),
        ([{"from": 0, "conditions": [QUESTION | {"question": str(n)} for n in range(21)]}], "at most 20"),
    ],
)
def test_a_policy_that_does_not_hold_together_says_why(raw, said):
    with pytest.raises(GateFault, match=said):
        parsed(raw, KINDS)


def test_a_policy_reads_back_as_it_was_written():
    raw = [
        {"from": 0, "join": "all", "conditions": []},
        {"from": 50, "join": "any", "conditions": [APPROVAL, {"join": "all", "conditions": [QUESTION]}]},
    ]
    steps = parsed(raw, KINDS)
    assert plain(steps) == raw
    assert stored(plain(steps)) == steps == parsed(plain(steps), KINDS)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["from", "join", "conditions", "kind", "by", "question"]), inner, max_size=4
            )
        ),
    )
)
def test_nonsense_is_refused_plainly_or_read(raw):
    try:
        steps = parsed(raw, KINDS)
    except GateFault:
        return
    assert stored(plain(steps)) == steps

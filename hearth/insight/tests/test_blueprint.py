"""Goals in a blueprint: set, changed and ended by it, and told by an export."""

import pytest

from hearth.blueprint.queries import exported, plan_of, read_blueprint
from hearth.blueprint.queries.wording import tell
from hearth.blueprint.services import begin_revision, carry_out
from hearth.insight.models import Goal
from hearth.insight.queries.goals import open_goal
from tests.cast import second_factor

GOALS = """\
hearth: 1
goals:
  wau: {value: 20}
  questions_open@cardiology: {bound: at_most, value: 0.2, due: 2099-12-31}
"""


@pytest.fixture
def ada(ada):
    second_factor(ada.user)
    return ada


def plan(actor, text: str):
    description, wrong = read_blueprint([("goals.yaml", text.encode())])
    assert [str(one) for one in wrong] == []
    return plan_of(actor, description.wanted, description.document)[0]


def apply(actor, text: str) -> dict[str, int]:
    return carry_out(begin_revision(actor, plan(actor, text)).pk, lambda done, total: None)


def test_goals_come_to_be_as_they_are_described_and_an_export_tells_them(ada, cardiology):
    assert apply(ada.actor, GOALS) == {"created": 2, "changed": 0, "removed": 0, "refused": 0}
    goal = open_goal("questions_open", cardiology.pk)
    assert (goal.bound, goal.value, goal.due.isoformat()) == ("at_most", 0.2, "2099-12-31")
    assert plan(ada.actor, GOALS).changes == ()
    text, _wrong = exported(ada.actor)
    assert "  questions_open@cardiology:\n    bound: at_most\n    value: 0.2\n" in text
    assert plan(ada.actor, text).changes == ()


def test_a_plan_calls_fields_as_the_page_of_goals_does(ada, cardiology):
    told = tell(next(one for one in plan(ada.actor, GOALS).changes if one.change.key != "wau"))
    assert [(line.label, line.after) for line in told.lines] == [
        ("Side", "at_most"),
        ("Goal", "0.2"),
        ("To be reached by", "2099-12-31"),
    ]


def test_a_goal_keeps_what_a_change_does_not_name_and_ends_when_it_is_gone(ada, cardiology):
    apply(ada.actor, GOALS)
    apply(ada.actor, "hearth: 1\ngoals:\n  questions_open@cardiology: {value: 0.3}\n")
    assert list(Goal.objects.filter(ended_at=None).values_list("metric", "bound", "value")) == [
        ("questions_open", "at_most", 0.3)
    ]


def test_a_metric_nobody_computes_is_a_mistake_with_its_place(ada):
    wrong = read_blueprint([("goals.yaml", GOALS.replace("wau", "wua").replace("questions_open@", "zzz@").encode())])[1]
    assert [str(one) for one in wrong] == [
        "goals.yaml:3:3: There is no metric `wua`; did you mean `wau`?",
        "goals.yaml:4:3: There is no metric `zzz`.",
    ]


def test_a_goal_that_the_community_cannot_have_is_refused_with_its_reason(ada, cardiology):
    text = "hearth: 1\ngoals:\n  organic_share: {value: 7}\n  wau@nowhere: {value: 3}\n"
    assert apply(ada.actor, text)["refused"] == 2

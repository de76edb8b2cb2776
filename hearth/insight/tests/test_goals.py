"""Goals on metrics: what counts as reached and missed, who is told and when, and the pages."""

import re
from datetime import date, timedelta

import pytest

from hearth.core.community_settings import change_setting
from hearth.core.errors import NotAllowed, NotFound, Refusal
from hearth.core.models import AuditEntry, Fact
from hearth.core.relay import run_once
from hearth.core.routing import link
from hearth.groups.services import open_group
from hearth.insight.access import goal_for
from hearth.insight.models import Goal, PulseDay
from hearth.insight.queries.goals import judged, open_goals, told_misses
from hearth.insight.queries.readings import today_of_community
from hearth.insight.rules.goals import is_news, missed_since, standing
from hearth.insight.services.goals import end_goal, judge_goals, put_off, reopen_goal, set_goal
from hearth.insight.types import Bound, GoalState
from hearth.insight.web.weekly import goals_section
from hearth.kit.clock import day_of_number, now
from hearth.notify.queries import inbox

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)
FEW, MANY = 30.0, 70.0


def days(*values: float) -> list[tuple[date, float]]:
    return [(MONDAY + timedelta(days=7 * n), value) for n, value in enumerate(values)]


@pytest.mark.parametrize(
    ("bound", "aim", "begins", "values", "state", "since"),
    [
        (Bound.AT_LEAST, 10, MONDAY, days(9, 10), GoalState.REACHED, None),
        (Bound.AT_MOST, 10, MONDAY, days(9, 10), GoalState.REACHED, None),
        (Bound.AT_MOST, 10, MONDAY, days(9, 11), GoalState.MISSED, MONDAY + timedelta(7)),
        (Bound.AT_LEAST, 10, MONDAY, days(11, 9, 8), GoalState.MISSED, MONDAY + timedelta(7)),
        (Bound.AT_LEAST, 10, MONDAY + timedelta(14), days(1, 1, 1), GoalState.MISSED, MONDAY + timedelta(14)),
        (Bound.AT_LEAST, 10, MONDAY + timedelta(15), days(1, 1, 1), GoalState.COMING, None),
        (Bound.AT_LEAST, 10, MONDAY, [], GoalState.UNKNOWN, None),
    ],
)
def test_the_newest_value_says_how_a_goal_stands(bound, aim, begins, values, state, since):
    assert standing(bound, aim, begins, values) is state
    assert missed_since(bound, aim, begins, values) == since


def test_a_miss_is_news_after_a_week():
    assert not is_news(None, MONDAY)
    assert not is_news(MONDAY, MONDAY + timedelta(6))
    assert is_news(MONDAY, MONDAY + timedelta(7))


@pytest.fixture
def week(community, time_machine):
    """``week(group, value)``: seven days pass, at whose end the group has this vitality and goals are judged."""

    def pass_by(group, value: float | None, days: int = 7) -> None:
        time_machine.move_to(now() + timedelta(days=days), tick=False)
        PulseDay.objects.create(
            unit=group.pk, day=today_of_community(), vitality=value, authors=9, risk_note="" if value else "too_few"
        )
        judge_goals(now())

    return pass_by


@pytest.fixture
def goal(ada, cardiology):
    return set_goal(
        ada.actor, "vitality", cardiology, bound=Bound.AT_LEAST, value=50, why="it is the heart of the ward"
    )


def told() -> list[str]:
    names = Fact.objects.filter(name__startswith="insight.goal_").order_by("pk").values_list("name", flat=True)
    return [name.removeprefix("insight.goal_") for name in names]


def state() -> GoalState:
    (one,) = judged(open_goals())
    return one.state


def test_a_miss_of_a_week_is_told_once_and_a_goal_reached_again_too(goal, cardiology, week, ada, bo):
    week(cardiology, FEW)
    assert state() is GoalState.MISSED
    assert told() == ["set"]
    week(cardiology, FEW)
    week(cardiology, FEW)
    assert told() == ["set", "missed"]
    run_once()
    notice = next(one for one in inbox(ada.actor) if one.reason == "insight.goal_missed")
    assert notice.path.endswith(f"/metrics/vitality/?group={cardiology.pk}")
    assert "insight.goal_missed" not in {one.reason for one in inbox(bo.actor)}
    week(cardiology, MANY)
    assert told() == ["set", "missed", "reached"]
    assert told_misses(9) == ([], 0)
    week(cardiology, FEW)
    week(cardiology, FEW)
    assert told() == ["set", "missed", "reached", "missed"]


def test_what_cannot_be_told_changes_nothing(goal, cardiology, week):
    week(cardiology, FEW)
    week(cardiology, None)
    assert state() is GoalState.UNKNOWN
    assert told() == ["set"]
    week(cardiology, FEW)
    assert told() == ["set", "missed"]


def test_before_its_day_a_goal_is_coming_and_a_goal_reached_when_it_was_set_is_no_news(ada, cardiology, week):
    PulseDay.objects.create(unit=cardiology.pk, day=today_of_community(), vitality=MANY, authors=9)
    due = day_of_number(today_of_community() + 20)
    set_goal(ada.actor, "vitality", cardiology, bound=Bound.AT_LEAST, value=50, due=due)
    judge_goals(now())
    assert told() == ["set"]
    for _ in range(2):
        week(cardiology, FEW)
        assert state() is GoalState.COMING
    week(cardiology, FEW)
    assert (state(), told()) == (GoalState.MISSED, ["set"])
    week(cardiology, FEW)
    assert told() == ["set", "missed"]


def test_missed_goals_share_the_budget_of_alarms(ada, goal, cardiology, week):
    other = open_group(ada.actor, name="Surgery", key="surgery")
    set_goal(ada.actor, "vitality", other, bound=Bound.AT_LEAST, value=50)
    change_setting(ada.actor, "insight.alarms_a_week", 1)
    for _ in range(2):
        PulseDay.objects.create(unit=other.pk, day=today_of_community() + 7, vitality=FEW, authors=9)
        week(cardiology, FEW)
    assert told().count("missed") == 1
    PulseDay.objects.create(unit=other.pk, day=today_of_community() + 7, vitality=FEW, authors=9)
    week(cardiology, FEW)
    assert told().count("missed") == 2  # the other, when a week had passed


def test_a_missed_goal_rests_for_a_week(goal, cardiology, week, ada):
    week(cardiology, FEW)
    week(cardiology, FEW)
    assert told_misses(9)[1] == 1
    goal.refresh_from_db()
    put_off(ada.actor, goal)
    assert told_misses(9) == ([], 0)
    week(cardiology, FEW)
    assert told_misses(9)[1] == 1


def test_there_is_one_goal_for_a_metric_in_a_place_and_every_act_is_kept(goal, cardiology, ada):
    again = set_goal(ada.actor, "vitality", cardiology, bound=Bound.AT_LEAST, value=60)
    assert list(open_goals()) == [again]
    end_goal(ada.actor, again)
    assert list(open_goals()) == []
    reopen_goal(ada.actor, Goal.objects.get(pk=again.pk))
    assert list(open_goals()) == [again]
    with pytest.raises(Refusal):
        reopen_goal(ada.actor, Goal.objects.get(pk=goal.pk))
    assert told() == ["set", "ended", "set", "ended", "set"]
    kept = AuditEntry.objects.filter(action__in=["goal_set", "goal_ended"]).order_by("pk")
    assert [entry.action for entry in kept] == ["goal_set", "goal_set", "goal_ended", "goal_set"]
    assert kept[1].before["value"] == 50


@pytest.mark.parametrize(
    ("metric", "value", "due", "field"),
    [
        ("no_such", 1, None, "metric"),
        ("order_value", 1, None, "metric"),  # waits for its facts
        ("groups_cooling", 1, None, "metric"),  # of the community alone
        ("vitality", -1, None, "value"),
        ("vitality", float("nan"), None, "value"),
        ("organic_share", 1.5, None, "value"),
        ("vitality", 1, date(2020, 1, 1), "due"),
    ],
)
def test_a_goal_that_cannot_be_is_refused(ada, cardiology, metric, value, due, field):
    with pytest.raises(Refusal) as refused:
        set_goal(ada.actor, metric, cardiology, bound=Bound.AT_LEAST, value=value, due=due)
    assert refused.value.field == field
    assert not Goal.objects.exists()


def test_who_does_not_run_the_community_sets_and_finds_none(goal, bo, cardiology):
    with pytest.raises(NotAllowed):
        set_goal(bo.actor, "vitality", cardiology, bound=Bound.AT_LEAST, value=50)
    with pytest.raises(NotFound):
        goal_for(bo.actor, goal.pk)


def test_a_goal_of_another_community_is_not_found(ada, other_community, goal):
    Goal.objects.filter(pk=goal.pk).update(community=other_community)
    with pytest.raises(NotFound):
        goal_for(ada.actor, goal.pk)


@pytest.fixture
def browser(settings, ada, client_of):
    settings.HEARTH_DEMO = True
    return client_of(ada)


def page(browser, address: str) -> str:
    return browser.get(address).content.decode()


def test_a_share_is_typed_and_shown_in_percent(browser, community):
    address = link("console:goal", "organic_share")
    wrong = browser.post(address, {"bound": "at_least", "value": "120", "idempotency_key": "one"})
    assert "This metric cannot have such a value." in wrong.content.decode()
    assert browser.post(address, {"bound": "at_least", "value": "60", "idempotency_key": "two"}).status_code == 302
    assert Goal.objects.get().value == 0.6
    assert 'value="60"' in page(browser, address)
    assert "at least 60 %" in page(browser, link("console:goals"))


def test_goals_are_listed_changed_ended_and_brought_back(browser, goal, cardiology, week):
    assert "No goals yet" not in page(browser, link("console:goals"))
    week(cardiology, FEW)
    week(cardiology, FEW)
    text = page(browser, link("console:goals"))
    assert "it is the heart of the ward" in text
    assert "Missed" in text
    assert "0 of 1 goal is reached." in text
    group_page = page(browser, link("console:metric", "vitality") + f"?group={cardiology.pk}")
    assert "at least 50" in group_page
    assert "Cardiology: Vitality is 30 of 100; the goal is at least 50 of 100" in page(browser, link("console:today"))
    assert browser.post(link("console:goal-ending", goal.pk), {"idempotency_key": "a"}).status_code == 302
    assert "No goals yet" in page(browser, link("console:goals"))
    assert browser.post(link("console:goal-reopening", goal.pk), {"idempotency_key": "b"}).status_code == 302
    assert browser.post(link("console:goal-rest", goal.pk), {"idempotency_key": "c"}).status_code == 302
    assert "Cardiology: Vitality" not in page(browser, link("console:today"))


@pytest.mark.parametrize(("language", "word"), [("en", "Edit"), ("zh-hans", "编辑"), ("zh-hant", "編輯")])
def test_a_goal_is_edited_by_a_verb_in_every_language(browser, goal, language, word):
    browser.cookies["hearth_language"] = language
    address = f"{link('console:goal', goal.metric)}?group={goal.group_id}"
    assert re.findall(rf'href="{re.escape(address)}"><svg.*?</svg>(.*?)</a>', page(browser, link("console:goals"))) == [
        word
    ]


def test_the_reports_say_how_goals_stand(goal, cardiology, week):
    assert goals_section() is not None
    week(cardiology, FEW)
    section = goals_section()
    assert section.rows == (("Cardiology: Vitality", "at least 50 of 100", "30 of 100", "Missed"),)
    Goal.objects.all().delete()
    assert goals_section() is None


def test_many_goals_cost_no_more_queries(ada, django_assert_num_queries, cardiology):
    groups = [cardiology, *(open_group(ada.actor, name=f"Ward {n}", key=f"ward-{n}") for n in range(5))]
    for group in groups:
        set_goal(ada.actor, "vitality", group, bound=Bound.AT_LEAST, value=50)
    with django_assert_num_queries(3):  # goals, the community's zone, the kept days
        assert len(judged(open_goals())) == len(groups)

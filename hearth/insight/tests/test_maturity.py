"""Maturity: seven stages read off evidence. They advance as it accrues, none is skipped, none flaps, none is typed."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearth.blueprint.queries import read_blueprint
from hearth.conversation.access import room_of_group
from hearth.conversation.services.posting import post_message
from hearth.core.evidence import evidence
from hearth.core.relay import run_once
from hearth.groups.services import (
    admit_member,
    give_role,
    knock,
    note_deed,
    open_group,
    set_answer,
    set_duty,
)
from hearth.groups.types import KeptBy, Turn
from hearth.insight.models import MaturityRecord
from hearth.insight.queries.maturity import evidence_at, kept_stages, maturity_at, stage_now
from hearth.insight.rules.maturity import (
    CONDITIONS,
    REAL,
    SUCCESSFUL,
    Condition,
    Found,
    Kept,
    MaturityStage,
    at_first,
    findings,
    holds,
    since,
    standing,
    turned,
)
from hearth.insight.services.goals import set_goal
from hearth.insight.services.maturity import judge_maturity
from hearth.insight.services.people import refresh_people
from hearth.insight.services.pulse import refresh_pulse
from hearth.insight.types import Bound
from hearth.kit.clock import now
from hearth.notify.queries import inbox
from tests.cast import newcomer, second_factor
from tests.watching import facts

BOOKS: dict[str, float] = {}  # what a module that keeps accounts would know; empty books tell nothing
for _key in ("income_months", "standing_offers"):
    evidence(_key, lambda _moment, key=_key: BOOKS.get(key))

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MONDAY = date(2026, 3, 2)
STAGE = MaturityStage
ONE = STAGE.GATHERED


def test_a_stage_is_reached_after_a_week_and_lost_after_four_of_failing():
    kept, days = Kept(ONE), []
    for number, answer in enumerate([True] * 8 + [False] * 27 + [True] + [False] * 29):
        kept = turned(kept, answer, MONDAY + number * DAY)
        days.append(kept.reached_on)
    assert days[:8] == [None] * 7 + [MONDAY + 7 * DAY]
    assert set(days[7:-1]) == {MONDAY + 7 * DAY}  # 27 bad days, one good, 28 bad
    assert days[-1] is None


def test_one_bad_day_on_the_way_begins_the_week_anew():
    kept = Kept(ONE)
    for number, answer in enumerate([True] * 6 + [False] + [True] * 7):
        kept = turned(kept, answer, MONDAY + number * DAY)
    assert (kept.met_since, kept.reached_on) == (MONDAY + 7 * DAY, None)


def test_where_nothing_can_be_told_nothing_changes():
    kept = Kept(ONE, met_since=MONDAY)
    assert turned(kept, None, MONDAY + 90 * DAY) == kept


def test_what_holds_at_the_very_first_judging_is_reached_for_its_evidence_looks_back_for_weeks():
    assert at_first(ONE, True, MONDAY) == Kept(ONE, met_since=MONDAY, reached_on=MONDAY)
    assert at_first(ONE, False, MONDAY) == Kept(ONE, unmet_since=MONDAY)
    assert at_first(ONE, None, MONDAY) == Kept(ONE)


@pytest.mark.parametrize(
    ("values", "answer"),
    [((10, 5), True), ((10, 4), False), ((9, None), False), ((10, None), None), ((None, None), None)],
)
def test_one_condition_that_fails_decides_and_one_that_cannot_be_told_leaves_it_open(values, answer):
    found = [Found(Condition("a", 10), values[0]), Found(Condition("b", 5), values[1])]
    assert holds(found) is answer


def test_no_stage_is_skipped():
    kept = {stage: Kept(stage, reached_on=MONDAY + int(stage) * DAY) for stage in REAL}
    assert (standing(kept), since(kept)) == (STAGE.COMMERCIAL, MONDAY + 7 * DAY)
    kept[STAGE.GOAL] = Kept(STAGE.GOAL)
    assert (standing(kept), since(kept)) == (STAGE.COMMUNICATORS, MONDAY + 2 * DAY)
    kept[ONE] = Kept(ONE, reached_on=MONDAY + 90 * DAY)  # reached again lately
    assert since(kept) == MONDAY + 90 * DAY
    assert (standing({}), since({})) == (STAGE.NONE, None)


def test_each_stage_has_conditions_of_its_own_and_success_begins_with_the_fifth():
    assert [len(CONDITIONS[stage]) for stage in REAL] == [2, 2, 3, 2, 3, 1, 2]
    assert (SUCCESSFUL, int(SUCCESSFUL)) == (STAGE.DUTIES, 5)
    assert findings(STAGE.EARNING, {}) == (Found(Condition("income_months", 3), None),)


@pytest.fixture
def books():
    yield BOOKS
    BOOKS.clear()


@pytest.fixture
def club(ada, bo, community, time_machine):
    """A travel group of a dozen, half a year ago."""
    time_machine.move_to(now() - 40 * WEEK, tick=False)
    group = open_group(ada.actor, name="Far and near", key="square", visibility="open", owner=bo.member)
    names = ["Fay", "Gil", "Hana", "Ivo", "Jun", "Kit", "Lou", "Mei", "Noa", "Oto", "Pia"]
    people = [newcomer(community, name) for name in names]
    for one in people:
        admit_member(ada.actor, group, one.member, how="staff")
    return Club(group, [bo, *people], time_machine)


class Club:
    """What a club does week by week, by the services that its members' presses call."""

    def __init__(self, group, people, clock):
        self.group, self.people, self.clock = group, people, clock
        self.weekly = []  # what else happens in a week
        self.posts, self.voices = 0, {}

    def say(self, who, text, reply_to=None):
        self.posts += 1
        if who.member.pk not in self.voices:
            self.voices[who.member.pk] = room_of_group(who.actor, self.group)
        access = self.voices[who.member.pk]
        return post_message(access, text=text, client_id=f"client-{self.posts:08}", reply_to=reply_to).message_id

    def talk(self):
        """A week: three of them answer each other and somebody else, on three days."""
        for act in self.weekly:
            act()
        carry, others = self.people[:3], self.people[3:]
        for number in range(3):
            asked = self.say(others[(self.posts + number) % len(others)], "Who comes along to the lake?")
            first = self.say(carry[number], "I do, with two friends", reply_to=asked)
            self.say(carry[(number + 1) % 3], "So do I", reply_to=first)
            self.clock.move_to(now() + 2 * DAY, tick=False)
        self.clock.move_to(now() + DAY, tick=False)

    def pass_weeks(self, count):
        """Weeks in which nothing is judged."""
        for _week in range(count):
            self.talk()

    def judge(self):
        """Measure and judge today; seven days on, with as much talk, again. The stage then."""
        for _time in range(2):
            refresh_people()
            refresh_pulse()
            judge_maturity(now())
            self.talk()
        return stage_now()[0]


def test_a_travel_group_advances_as_evidence_accrues_and_the_rest_is_said_honestly(ada, bo, community, club, books):
    assert judge_maturity(now()) == STAGE.NONE  # nobody has said a word
    club.pass_weeks(2)
    assert club.judge() == STAGE.GATHERED  # twelve are in, and most of them talk

    club.pass_weeks(6)
    assert club.judge() == STAGE.COMMUNICATORS  # three have carried it for two months
    assert evidence_at(now())["communicators"] == 3

    set_goal(ada.actor, "vitality", club.group, bound=Bound.AT_LEAST, value=1)
    promise = set_answer(
        ada.actor, "journey", name="A journey told", force="emotion", service="Told by who came home.",
        kept_by=KeptBy(every_days=14), gets={"member": "The wish to set out again."},
    )  # fmt: skip
    assert club.judge() == STAGE.GOAL

    def somebody_comes():
        one = newcomer(community, f"Q{len(club.people)}")
        knock(one.actor, club.group, how="open_door")
        club.people.append(one)

    club.weekly = [somebody_comes, lambda: note_deed(bo.actor, club.group, promise)]
    club.pass_weeks(6)
    assert club.judge() == STAGE.INFLOW
    assert stage_now()[0] < SUCCESSFUL

    fay, gil = club.people[1], club.people[2]
    for keeper in (fay, gil):
        give_role(ada.actor, club.group, keeper.member, "keeper")
    hours = {"since": now().time().replace(hour=9), "until": now().time().replace(hour=17)}
    turns = [Turn(one.member.pk, day, **hours) for day, one in enumerate((bo, fay))]
    set_duty(ada.actor, "desk", name="Travellers’ desk", turns=turns)
    club.weekly.append(lambda: note_deed(fay.actor, club.group, promise))
    club.pass_weeks(1)
    assert club.judge() == STAGE.DUTIES
    assert stage_now()[0] >= SUCCESSFUL

    coming = maturity_at(now()).coming
    assert (coming.stage, [one.value for one in coming.found]) == (STAGE.EARNING, [None])  # no module records income
    moves = [(one["before"], one["stage"]) for one in facts("insight.maturity_changed")]
    assert moves == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]

    books["income_months"] = 0
    assert club.judge() == STAGE.DUTIES  # income is recorded now, and there was none
    books["income_months"] = 3
    assert club.judge() == STAGE.EARNING
    books["income_months"] = 6
    assert club.judge() == STAGE.EARNING  # nobody says what is on offer
    books["standing_offers"] = 1
    assert club.judge() == STAGE.COMMERCIAL
    assert maturity_at(now()).coming is None

    club.weekly.remove(somebody_comes)
    club.pass_weeks(3)
    assert club.judge() == STAGE.COMMERCIAL  # nobody came for a month: not lost for that
    club.pass_weeks(2)
    assert club.judge() == STAGE.GOAL


def test_those_who_run_the_community_hear_of_each_move(ada, bo, community):
    ago = now().date() - 60 * DAY
    MaturityRecord.objects.create(stage=1, unmet_since=ago, reached_on=ago)
    assert judge_maturity(now()) == STAGE.NONE
    assert facts("insight.maturity_changed") == [{"before": 1, "stage": 0}]
    run_once()
    told = [(row.reason, row.path) for row in inbox(ada.actor) if row.reason.startswith("insight.")]
    assert told == [("insight.maturity_lost", "/c/stlucas/console/maturity/")]
    assert inbox(bo.actor) == []


def test_the_page_says_where_it_stands_what_is_there_and_what_is_missing(ada, cardiology, client_of):
    second_factor(ada.user)
    refresh_people()
    refresh_pulse()
    judge_maturity(now())
    html = client_of(ada).get("/c/stlucas/console/maturity/").content.decode()
    for words in (
        "Not gathered yet",
        "Members in groups: 3, at least 10",
        "The charter says purpose and values",
        "No evidence yet: no income is recorded.",
        "from here on successful",
    ):
        assert words in html
    assert (
        client_of(ada).post("/c/stlucas/console/maturity/", {"stage": "5", "idempotency_key": "k"}).status_code == 405
    )
    html = client_of(ada).get("/c/stlucas/console/").content.decode()
    assert "How far the community has come, in seven stages" in html


def test_the_decision_makers_page_says_it_in_a_line(ada, cardiology, client_of):
    second_factor(ada.user)
    refresh_pulse()
    html = client_of(ada).get("/c/stlucas/console/diagnosis/decision/").content.decode()
    assert "Stage 0 of 7: Not gathered yet. Next: Gathered. Missing: Members in groups: 3, at least 10" in html


def test_evidence_asks_as_much_of_a_large_community(ada, cardiology):
    def asked():
        with CaptureQueriesContext(connection) as seen:
            maturity_at(now())
        return len(seen)

    few = asked()
    for number in range(20):
        open_group(ada.actor, name=f"G {number}", key=f"g-{number}")
    assert asked() == few <= 14


def test_a_stage_cannot_be_typed_into_a_blueprint():
    for text in ("charter: {stage: commercial}", "community: {key: x, maturity: 7}", "maturity: {stage: 5}"):
        _told, wrong = read_blueprint([("x.yaml", f"hearth: 1\n{text}\n".encode())])
        assert wrong != []


def test_an_empty_community_stands_nowhere_and_says_what_it_knows(community):
    assert judge_maturity(now()) == STAGE.NONE
    known = evidence_at(now())
    assert (known["members"], known["active"], known["tied_share"], known["purpose"]) == (0, None, None, 1)
    assert kept_stages()[STAGE.GATHERED].met_since is None

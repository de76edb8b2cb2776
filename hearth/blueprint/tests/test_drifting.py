"""How copies drift: who changed what since, and how they are brought up to date without losing their own."""

import pytest

from hearth.blueprint.queries import drift, original_group
from hearth.blueprint.queries.drifting import drift_of_copies, plan_of_update
from hearth.blueprint.queries.lineage import copies_of, origin_of
from hearth.blueprint.rules.drifting import differences
from hearth.blueprint.rules.targets import read_table
from hearth.blueprint.services import begin_copies, begin_revision, carry_out, roll_back_copies
from hearth.blueprint.tests.conftest import WARD, told
from hearth.blueprint.tests.test_copies import worked
from hearth.core.models import Job
from hearth.groups.models import Group
from hearth.groups.services import change_group, close_group, give_role, make_staff, publish_norms
from hearth.insight.services.goals import set_goal
from hearth.insight.types import Bound
from tests.cast import second_factor
from tests.watching import refused

CITIES = b"key,city,theme\nlyon,Lyon,\nnice,Nice,\nlille,Lille,own\n"


@pytest.fixture
def copied(ada, cardiology) -> dict[str, Group]:
    """Cardiology copied to three cities."""
    set_goal(ada.actor, "mau", cardiology, bound=Bound.AT_LEAST, value=9)
    original = original_group(ada.actor, "cardiology", {"name": "Cardiology {city}"})
    worked(begin_copies(ada.actor, original, read_table("t.csv", CITIES), first=0))
    return {row.key: row for row in Group.objects.all()}


def seen(actor) -> dict[str, list[tuple[str, str]]]:
    return {
        one.key: [(".".join(difference.place), difference.side) for difference in one.differences]
        for one in drift_of_copies(actor, "cardiology")
    }


@pytest.mark.parametrize(
    ("then", "now", "here", "sides"),
    [
        ({}, {}, {}, []),
        ({"f": 1}, {"f": 1}, {"f": 2}, ["here"]),
        ({"f": 1}, {"f": 2}, {"f": 1}, ["there"]),
        ({"f": 1}, {"f": 2}, {"f": 3}, ["both"]),
        ({"f": 1}, {"f": 2}, {"f": 2}, []),
        ({"f": 1}, {"f": 1}, {}, ["here"]),
        ({}, {"f": 1}, {}, ["there"]),
    ],
)
def test_who_changed_it_follows_from_what_was_copied(then, now, here, sides):
    assert [one.side for one in differences(then, now, here)] == sides


def test_fresh_copies_are_what_the_original_says(ada, copied):
    assert seen(ada.actor) == {"lille": [], "lyon": [], "nice": []}
    assert (origin_of("lyon").key, origin_of("cardiology")) == ("cardiology", None)
    assert {one.group_id for one in copies_of("cardiology")} == {copied[key].pk for key in ("lyon", "nice", "lille")}


def test_each_difference_says_who_changed_it_and_the_nearest_stands_first(ada, bo, copied):
    change_group(ada.actor, copied["lyon"], name="Coeur de Lyon", welcome="Bonjour")
    change_group(ada.actor, copied["cardiology"], welcome="Welcome anew", theme="hearts")
    change_group(ada.actor, copied["nice"], welcome="Welcome anew")
    set_goal(ada.actor, "mau", copied["cardiology"], bound=Bound.AT_LEAST, value=12)
    give_role(ada.actor, copied["cardiology"], bo.member, "keeper")  # people are everybody's own
    goal = ("goals.mau", "there")
    assert list(seen(ada.actor).items()) == [
        ("lille", [("groups.welcome", "there"), goal]),
        ("nice", [("groups.theme", "there"), goal]),
        ("lyon", [("groups.name", "here"), ("groups.theme", "there"), ("groups.welcome", "both"), goal]),
    ]


def test_bringing_up_to_date_takes_what_the_original_changed_and_leaves_what_the_copy_changed(ada, copied, apply):
    apply(ada.actor, WARD.replace("neurology", "oncology").replace("groups:\n", "groups:\n  keep_others: true\n"))
    meant = drift(ada.actor).revision.number
    change_group(ada.actor, copied["lyon"], name="Coeur de Lyon")
    publish_norms(ada.actor, copied["cardiology"], "Be kinder.")
    change_group(ada.actor, copied["cardiology"], theme="hearts")
    drifts = drift_of_copies(ada.actor, "cardiology")
    plan = plan_of_update(ada.actor, [one for one in drifts if one.key != "nice"])
    assert set(told(plan)) == {("change", "groups", "lyon"), ("change", "groups", "lille")}
    row = begin_revision(ada.actor, plan, source="cardiology")
    assert carry_out(row.pk, lambda done, total: None)["refused"] == 0
    Job.objects.update(state="done")
    after = seen(ada.actor)
    assert (after["lille"], after["lyon"]) == ([], [("groups.name", "here")])
    assert ("groups.norms", "there") in after["nice"]
    assert Group.objects.get(key="lyon").name == {"en": "Coeur de Lyon"}
    assert drift(ada.actor).revision.number == meant  # what a blueprint meant is not forgotten


def test_what_the_original_says_now_may_need_what_the_line_does_not_hold(ada, copied):
    change_group(ada.actor, copied["cardiology"], welcome="Welcome to {ward}")
    assert seen(ada.actor) == {"lille": [], "lyon": [], "nice": []}


def test_closed_copies_are_not_counted_and_a_closed_original_counts_as_it_was(ada, copied):
    close_group(ada.actor, copied["nice"])
    close_group(ada.actor, copied["cardiology"])
    change_group(ada.actor, copied["lyon"], theme="x")
    assert seen(ada.actor) == {"lille": [], "lyon": [("groups.theme", "here")]}
    batch = copies_of("cardiology")[0].batch
    roll_back_copies(ada.actor, batch)
    worked(batch)
    assert seen(ada.actor) == {}


def test_who_may_not_copy_reads_no_report(ada, bo, copied):
    make_staff(ada.actor, bo.member, "moderator")
    second_factor(bo.user)
    with refused("not_allowed"):
        drift_of_copies(bo.actor, "cardiology")
    with refused("not_allowed"):
        plan_of_update(bo.actor, [])

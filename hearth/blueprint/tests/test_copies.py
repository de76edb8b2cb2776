"""Batches of copies: looked at, begun with the first, gone on with, stopped, rolled back."""

from uuid import uuid4

import pytest

from hearth.blueprint.models import CopyBatch, Revision
from hearth.blueprint.queries import (
    batch_for,
    copies_planned,
    drift,
    living_copies,
    original_group,
    plan_of_closing,
    state_of,
)
from hearth.blueprint.rules.targets import read_table
from hearth.blueprint.services import begin_copies, carry_out, fingerprint, go_on, roll_back_copies
from hearth.blueprint.tests.conftest import WARD, planned, told
from hearth.conversation.access import room_of_group
from hearth.conversation.services.posting import post_message
from hearth.core import audit
from hearth.core.models import Job
from hearth.groups.models import GatePolicy, Group, GroupClosure, Norms
from hearth.groups.services import admit_member, change_gates, change_group, close_group, make_staff, open_group
from hearth.insight.models import Goal
from hearth.insight.services.goals import set_goal
from hearth.insight.types import Bound
from tests.cast import second_factor
from tests.watching import refused

CITIES = "key,city\nlyon,Lyon\nnice,Nice\nlille,Lille\n"
SETS = {"name": "Cardiology {city}", "theme": "heart of {city}"}


def begun(actor, table: str = CITIES, sets=SETS, **how) -> CopyBatch:
    """A batch of copies of cardiology, not carried out yet."""
    return begin_copies(actor, original_group(actor, "cardiology", sets), read_table("t.csv", table.encode()), **how)


def worked(batch: CopyBatch) -> dict[str, int]:
    """Carry out the batch's newest revision; the counts."""
    row = Revision.objects.filter(batch=batch).latest("number")
    counts = carry_out(row.pk, lambda done, total: None)
    Job.objects.filter(pk=row.job_id).update(state="done")
    return counts


def problems(actor, table: str, sets=SETS) -> list[str]:
    found = copies_planned(actor, original_group(actor, "cardiology", sets), read_table("t.csv", table.encode()))
    return [str(one) for one in found[1]]


def words(batch: CopyBatch) -> tuple[str, int, int]:
    state = state_of(batch)
    return state.word, state.made, state.left


@pytest.fixture
def full(ada, cardiology) -> Group:
    """Cardiology with a goal of its own."""
    set_goal(ada.actor, "mau", cardiology, bound=Bound.AT_LEAST, value=9)
    return cardiology


def test_the_first_is_made_then_somebody_looks_and_the_others_follow(ada, full):
    batch = begun(ada.actor)
    assert words(batch) == ("running", 0, 3)
    assert worked(batch) == {"created": 2, "changed": 0, "removed": 0, "refused": 0}
    assert words(batch) == ("waiting", 1, 2)
    lyon = Group.objects.get(key="lyon")
    assert (lyon.name, lyon.theme, lyon.capacity, lyon.space, lyon.member_count) == (
        {"en": "Cardiology Lyon"}, "heart of Lyon", 30, "professional", 1,
    )  # fmt: skip
    assert (lyon.card, lyon.welcome) == (full.card, full.welcome)
    assert Norms.objects.get(group=lyon).text == Norms.objects.get(group=full).text
    assert Goal.objects.get(group=lyon).value == 9
    assert not Group.objects.filter(key="nice").exists()
    go_on(ada.actor, batch)
    assert worked(batch)["created"] == 4
    assert words(batch) == ("done", 3, 0)
    with refused("batch_ended"):
        go_on(ada.actor, batch)
    assert [one.action for one in audit.entries() if one.action.startswith("copies")] == [
        "copies_gone_on",
        "copies_begun",
    ]


def test_copies_keep_the_owner_and_take_no_keepers(ada, bo, chen, full):
    worked(begun(ada.actor))
    roles = Group.objects.get(key="lyon").roles.filter(until=None).values_list("role", "member")
    assert list(roles) == [("owner", ada.member.pk)]
    table = f"key,city,owner,keepers\nnice,Nice,{bo.user.email},{chen.user.email}\n"
    worked(begun(ada.actor, table))
    roles = Group.objects.get(key="nice").roles.filter(until=None).order_by("role").values_list("role", "member")
    assert list(roles) == [("keeper", chen.member.pk), ("owner", bo.member.pk)]


def test_the_door_and_the_rule_for_names_go_along_and_braces_of_the_rule_are_its_own(ada, full, apply):
    task = [{"kind": "question", "question": "Which ward of {city}?"}]
    change_gates(ada.actor, full, [{"from": 0, "conditions": task}])
    change_group(ada.actor, full, name_rule="{name}-{hospital}")
    worked(begun(ada.actor))
    lyon = Group.objects.get(key="lyon")
    [step] = GatePolicy.objects.get(group=lyon).steps
    assert (lyon.name_rule, step["conditions"][0]["question"]) == ("{name}-{hospital}", "Which ward of Lyon?")


def test_names_that_do_not_tell_copies_apart_are_told(ada, full):
    original = original_group(ada.actor, "cardiology", {"name:en": "Cardiology {city}"})
    plan, _wrong = copies_planned(ada.actor, original, read_table("", CITIES.encode()))
    assert plan.notes == ("Every copy is called “心内科”. Write a placeholder such as {city} into the name.",)


def test_what_goes_on_is_what_was_looked_at_even_when_the_original_changes(ada, full):
    batch = begun(ada.actor)
    worked(batch)
    change_group(ada.actor, full, welcome="Something else.")
    go_on(ada.actor, batch)
    worked(batch)
    assert Group.objects.get(key="nice").welcome == {"en": "Welcome. Please say who you are and where you work."}


def test_all_at_once_where_nobody_wants_to_look_first(ada, full):
    batch = begun(ada.actor, first=0)
    assert worked(batch)["created"] == 6
    assert words(batch) == ("done", 3, 0)


def test_conflicts_are_told_with_their_line_and_nothing_is_made(ada, full):
    open_group(ada.actor, key="nice", name="Nice")
    close_group(ada.actor, open_group(ada.actor, key="lille", name="Lille"))
    assert problems(ada.actor, CITIES + "cardiology,x\n") == [
        "t.csv:3:1: There is a group `nice` already; take another key.",
        "t.csv:4:1: `lille` is the key of a group that is closed; take another.",
        "t.csv:5:1: There is a group `cardiology` already; take another key.",
    ]
    assert problems(ada.actor, "key,city\nlyon,Lyon\n", {"place": "{city}"}) == [
        "t.csv:2:1: `place`: Use small letters, digits and hyphens for the short name, at most 60."
    ]
    assert problems(ada.actor, "key,city\nlyon,lyon\n", {"place": "site-{city}"}) == [
        "t.csv:2:1: There is no `site-lyon` under `places`, neither here nor in the community."
    ]
    with refused("blueprint_refused"):
        begun(ada.actor)
    assert CopyBatch.objects.count() == 0


def test_somebody_unknown_as_owner_is_told_and_nobody_is_made_up(ada, full):
    table = "key,city,owner\nlyon,Lyon,nobody@stlucas.example\n"
    plan, wrong = copies_planned(
        ada.actor, original_group(ada.actor, "cardiology", SETS), read_table("", table.encode())
    )
    assert wrong == []
    assert plan.notes[0].startswith("nobody@stlucas.example is no member of this community yet.")


def test_it_stops_at_the_first_that_is_refused_and_goes_on_when_told(ada, full):
    table = "key,city,name_rule\nlyon,Lyon,\nnice,Nice,Mars\nlille,Lille,\n"
    batch = begun(ada.actor, table, first=0)
    assert worked(batch)["refused"] == 1
    assert words(batch) == ("stopped", 1, 2)
    [why] = [one.refused for one in state_of(batch).copies if one.refused]
    assert why["sentence"].startswith("Write the rule like {name}")
    assert not Group.objects.filter(key="lille").exists()
    go_on(ada.actor, batch)  # once more: it is refused once more
    assert worked(batch) == {"created": 0, "changed": 0, "removed": 0, "refused": 1}
    go_on(ada.actor, batch, leave_out=True)
    worked(batch)
    assert words(batch) == ("done", 2, 0)
    assert sorted(Group.objects.values_list("key", flat=True)) == ["cardiology", "lille", "lyon"]


def test_one_that_does_not_stop_leaves_out_what_is_refused(ada, full):
    table = "key,city,name_rule\nlyon,Lyon,\nnice,Nice,Mars\nlille,Lille,\n"
    batch = begun(ada.actor, table, first=0, strict=False)
    worked(batch)
    assert words(batch) == ("stopped", 2, 1)
    assert go_on(ada.actor, batch, leave_out=True) is None
    assert words(batch) == ("done", 2, 0)


def test_a_key_taken_while_the_batch_waits_is_told_and_can_be_left_out(ada, full):
    batch = begun(ada.actor)
    worked(batch)
    mine = open_group(ada.actor, key="nice", name="Mine")
    with refused("copies_refused"):
        go_on(ada.actor, batch)
    go_on(ada.actor, batch, leave_out=True)
    worked(batch)
    mine.refresh_from_db()
    assert (words(batch), mine.name) == (("done", 2, 0), {"en": "Mine"})


def test_rolling_back_closes_what_was_made_and_spares_where_members_write(ada, bo, full):
    batch = begun(ada.actor)
    worked(batch)
    go_on(ada.actor, batch)
    worked(batch)
    nice = Group.objects.get(key="nice")
    admit_member(ada.actor, nice, bo.member, how="staff")
    post_message(room_of_group(bo.actor, nice.pk), text="Hello Nice", client_id=uuid4().hex)
    state = state_of(batch)
    assert [(one.key, one.writers) for one in living_copies(state)] == [("nice", 1)]
    plan = plan_of_closing(ada.actor, state, ["nice"])
    assert [one for one in told(plan) if one[1] == "groups"] == [
        ("remove", "groups", "lyon"),
        ("remove", "groups", "lille"),
    ]
    assert "The group is closed: 1 member can read it, and write there no more." in plan.changes[-1].consequences
    roll_back_copies(ada.actor, batch, seen=fingerprint(plan))
    assert words(batch)[0] == "closing"
    worked(batch)
    assert words(batch)[0] == "rolled_back"
    assert set(GroupClosure.objects.values_list("group__key", flat=True)) == {"lille", "lyon"}
    assert Goal.objects.filter(ended_at=None, group__key__in=["lille", "lyon"]).count() == 0
    roll_back_copies(ada.actor, batch, also_living=True)
    worked(batch)
    assert GroupClosure.objects.filter(group=nice, reopened_at=None).exists()
    assert Group.objects.count() == 4  # nothing is deleted
    with refused("batch_ended"):
        roll_back_copies(ada.actor, batch)


def test_rolling_back_ends_a_batch_that_waits_and_its_keys_are_free_for_the_same_original(ada, full):
    batch = begun(ada.actor)
    worked(batch)
    roll_back_copies(ada.actor, batch)
    worked(batch)
    with refused("batch_ended"):
        go_on(ada.actor, batch)
    again = begun(ada.actor, CITIES, {"name": "Heart of {city}"}, first=0)
    worked(again)
    lyon = Group.objects.get(key="lyon")
    assert (words(again), lyon.name) == (("done", 3, 0), {"en": "Heart of Lyon"})
    assert not GroupClosure.objects.filter(group=lyon, reopened_at=None).exists()


def test_who_may_not_apply_blueprints_copies_nothing(ada, bo, full):
    make_staff(ada.actor, bo.member, "moderator")
    second_factor(bo.user)
    with refused("not_allowed"):
        begun(bo.actor)
    batch = begun(ada.actor)
    worked(batch)
    for act in (go_on, roll_back_copies):
        with refused("not_allowed"):
            act(bo.actor, batch)
    with refused("not_allowed"):
        batch_for(bo.actor, batch.number)
    with refused("not_found"):
        batch_for(ada.actor, 7)


def test_a_closed_group_is_no_original(ada, full):
    close_group(ada.actor, full)
    with refused("no_original"):
        original_group(ada.actor, "cardiology")


def test_what_was_looked_at_is_what_is_made_and_only_one_works_at_a_time(ada, full):
    with refused("plan_changed"):
        begun(ada.actor, seen="something else")
    begun(ada.actor)
    with refused("already_applying"):
        begun(ada.actor, "key,city\nx,X\n")
    assert CopyBatch.objects.count() == 1


def test_what_batches_do_after_a_blueprint_is_not_done_by_hand(ada, full, apply):
    batch = begun(ada.actor, "key,city\nlyon,Lyon\n")
    worked(batch)
    apply(ada.actor, "hearth: 1\ngroups:\n  cardiology: {}\n  lyon: {capacity: 9}\n")
    roll_back_copies(ada.actor, batch)
    worked(batch)
    assert drift(ada.actor).changes == ()  # lyon was closed by the roll-back
    again = begun(ada.actor, "key,city\nnice,Nice\n")
    worked(again)
    assert drift(ada.actor).changes == ()  # the blueprint names all groups, and nice is a copy
    close_group(ada.actor, Group.objects.get(key="nice"))
    open_group(ada.actor, key="own", name="Own")
    assert {(one.kind, one.key) for one in drift(ada.actor).changes} == {("remove", "nice"), ("create", "own")}


def test_copies_are_no_drift_of_a_blueprint(ada, apply):
    apply(ada.actor, WARD)
    original = original_group(ada.actor, "cardiology")
    batch = begin_copies(ada.actor, original, read_table("", b"key\nx\n"))
    worked(batch)
    assert drift(ada.actor).changes == ()
    assert ("remove", "groups", "x") in told(planned(ada.actor, WARD))  # applied again, it says so

"""Communities copied to others: canary, stop on what is refused, the way back, and who may."""

from uuid import uuid4

import pytest

from hearth.blueprint.models import Copy, CopyBatch, Revision
from hearth.blueprint.queries import (
    batch_for,
    batches,
    copies_planned,
    drift,
    history,
    living_copies,
    plan_of_closing,
    state_of,
)
from hearth.blueprint.queries.community_copies import origin_of_community, original_community, plan_of_copy
from hearth.blueprint.queries.community_drifting import drift_of_communities
from hearth.blueprint.rules.targets import read_table
from hearth.blueprint.services import begin_copies, carry_on, fingerprint, go_on, roll_back_copies
from hearth.blueprint.tests.conftest import told
from hearth.blueprint.types import Target
from hearth.conversation.access import room_of_group
from hearth.conversation.services.posting import post_message
from hearth.core.models import Community, Job
from hearth.core.permissions import StaffRole, house_actor
from hearth.core.sections import sections
from hearth.core.tenancy import community_scope
from hearth.groups.access import resolve_actor
from hearth.groups.models import Group, GroupClosure
from hearth.groups.queries import staff_list
from hearth.groups.queries.charter import charter_of
from hearth.groups.services import (
    admit_member,
    change_charter,
    change_group,
    end_staff,
    found_community,
    make_staff,
    open_group,
)
from hearth.people.services import join_community
from tests.cast import newcomer
from tests.watching import refused

TOWNS = "key,city,admin\nlake,Lakeside,ada@stlucas.example\nhill,Hillside,\nmoor,Moorside,\n"
SETS = {"name": "St Lucas of {city}"}


def begun(actor, table: str = TOWNS, sets=SETS, **how) -> CopyBatch:
    """A batch of copies of St Lucas, not carried out yet."""
    return begin_copies(actor, original_community(actor, sets), read_table("t.csv", table.encode()), **how)


def worked(batch: CopyBatch) -> dict[str, int]:
    """Carry out the batch's newest revision; the counts."""
    row = Revision.objects.filter(batch=batch).latest("number")
    counts = carry_on(row.pk, lambda done, total: None)
    Job.objects.filter(pk=row.job_id).update(state="done")
    return counts


def words(batch: CopyBatch) -> tuple[str, int, int]:
    state = state_of(batch)
    return state.word, state.made, state.left


def stands(key: str) -> tuple[str, str, list[str]]:
    """Name, purpose and open groups of a community."""
    with community_scope(there := Community.objects.get(key=key)):
        closed = GroupClosure.objects.filter(reopened_at=None).values("group")
        groups = Group.objects.exclude(pk__in=closed).values_list("key", flat=True)
        return there.name["en"], charter_of().purpose.get("en", ""), sorted(groups)


@pytest.fixture
def house(community, ada, cardiology):
    """The house, in a community that has a purpose and a group."""
    change_charter(ada.actor, purpose="To learn in {city}")
    return house_actor(community.pk)


def test_the_first_is_founded_then_somebody_looks_and_the_others_follow(house, community):
    batch = begun(house)
    assert (words(batch), Community.objects.count()) == (("running", 0, 3), 1)
    assert worked(batch) == {"created": 1, "changed": 0, "removed": 0, "refused": 0}
    assert words(batch) == ("waiting", 1, 2)
    assert stands("lake") == ("St Lucas of Lakeside", "To learn in Lakeside", ["cardiology"])
    assert not Community.objects.filter(key="hill").exists()
    with community_scope(lake := Community.objects.get(key="lake")):
        assert [role for _member, role in staff_list()] == [StaffRole.ADMIN, StaffRole.OPERATOR]  # as in the original
    assert (origin_of_community(lake), origin_of_community(community)) == (batch, None)
    go_on(house, batch)
    assert worked(batch)["created"] == 2
    assert (words(batch), stands("moor")[0]) == (("done", 3, 0), "St Lucas of Moorside")
    [line] = history(house, 9)
    assert (line.batch.batch, line.batch.made, line.numbers) == (batch, 3, (1, 2))
    with refused("batch_ended"):
        go_on(house, batch)


def test_it_stops_at_the_first_that_is_refused_and_goes_on_when_told(house):
    batch = begun(house, first=0)
    found_community("hill", "Somebody else's", "en")
    assert worked(batch) == {"created": 1, "changed": 0, "removed": 0, "refused": 1}
    assert words(batch) == ("stopped", 1, 2)
    assert [one.copy.key for one in state_of(batch).copies if one.refused] == ["hill"]
    go_on(house, batch, leave_out=True)
    worked(batch)
    assert words(batch) == ("done", 2, 0)
    assert sorted(Community.objects.values_list("key", flat=True)) == ["hill", "lake", "moor", "stlucas"]


def test_rolling_back_takes_all_of_it_back_and_spares_where_members_write(house):
    batch = begun(house, first=0)
    worked(batch)
    with community_scope(hill := Community.objects.get(key="hill")):
        group, dara = Group.objects.get(), newcomer(hill, "Dara Newcomer")
        admit_member(house_actor(hill.pk), group, dara.member, how="staff")
        post_message(room_of_group(dara.actor, group.pk), text="Hello Hill", client_id=uuid4().hex)
    state = state_of(batch)
    assert [(one.key, one.writers) for one in living_copies(state)] == [("hill", 1)]
    plan = plan_of_closing(house, state, ["hill"])
    assert told(plan) == [("remove", "community", "lake"), ("remove", "community", "moor")]
    assert plan.changes[0].consequences == ("1 group there is closed; none is deleted.",)
    roll_back_copies(house, batch, seen=fingerprint(plan))
    assert words(batch)[0] == "closing"
    assert worked(batch) == {"created": 0, "changed": 0, "removed": 2, "refused": 0}
    assert words(batch)[0] == "rolled_back"
    assert (stands("lake")[1:], stands("hill")[1:]) == (("", []), ("To learn in Hillside", ["cardiology"]))
    assert Group._base_manager.count() == 4  # nothing is deleted
    assert [line.row.undoes_id is not None for line in history(house, 9)] == [True, False]
    roll_back_copies(house, batch, also_living=True)
    worked(batch)
    assert stands("hill")[2] == []
    with refused("batch_ended"):
        roll_back_copies(house, batch)


def test_what_was_rolled_back_comes_back_with_the_same_original_and_with_no_other(house, other_community):
    batch = begun(house)
    worked(batch)
    roll_back_copies(house, batch)
    worked(batch)
    again = begun(house, TOWNS, {"name": "Clinic of {city}"}, first=0)
    worked(again)
    assert (words(again), stands("lake")) == (
        ("done", 3, 0), ("Clinic of Lakeside", "To learn in Lakeside", ["cardiology"]),
    )  # fmt: skip
    assert Copy.objects.get(batch=again, key="lake").founded == Copy.objects.get(batch=batch, key="lake").founded
    with community_scope(other_community):
        elsewhere = house_actor(other_community.pk)
        table = read_table("t.csv", b"key\nlake\nstlucas\n")
        assert [str(one) for one in copies_planned(elsewhere, original_community(elsewhere), table)[1]] == [
            "t.csv:2:1: There is a community `lake` already; take another key.",
            "t.csv:3:1: There is a community `stlucas` already; take another key.",
        ]


def test_what_comes_back_was_not_changed_by_hand(house):
    batch = begun(house)
    worked(batch)
    roll_back_copies(house, batch)
    worked(batch)
    again = begun(house, first=0)
    worked(again)
    with community_scope(lake := Community.objects.get(key="lake")):
        there = house_actor(lake.pk)
        assert drift(there).changes == ()
        change_charter(there, purpose="To rest")
        assert [(one.section, one.after) for one in drift(there).changes] == [
            ("charter", {"purpose": {"en": "To rest"}})
        ]


def test_a_rolled_back_copy_with_an_open_group_is_not_taken_again(house):
    batch = begun(house)
    worked(batch)
    roll_back_copies(house, batch)
    worked(batch)
    with community_scope(lake := Community.objects.get(key="lake")):
        open_group(house_actor(lake.pk), key="own", name="Our own")
    _plan, problems = copies_planned(house, original_community(house, SETS), read_table("t.csv", TOWNS.encode()))
    assert [str(one) for one in problems] == ["t.csv:2:1: There is a community `lake` already; take another key."]


def test_how_copies_drift_is_told_field_by_field_and_by_who_changed_it(house, ada):
    worked(begun(house, first=2))
    assert [(one.copy.key, one.differences) for one in drift_of_communities(house)] == [("hill", ()), ("lake", ())]
    with community_scope(lake := Community.objects.get(key="lake")):
        there = house_actor(lake.pk)
        change_charter(there, purpose="To rest")
        change_group(there, Group.objects.get(), capacity=9)
        open_group(there, key="own", name="Our own")
    change_group(ada.actor, Group.objects.get(key="cardiology"), capacity=50, welcome="Come in.")
    hill, lake = drift_of_communities(house)
    assert [(*one.place, one.side, one.here) for one in hill.differences] == [
        ("groups", "cardiology · welcome", "there", {"en": "Welcome. Please say who you are and where you work."}),
        ("groups", "cardiology · capacity", "there", 30),
    ]
    assert {(*one.place, one.side) for one in lake.differences} == {
        ("charter", "purpose", "here"),
        ("groups", "cardiology · welcome", "there"),
        ("groups", "cardiology · capacity", "both"),
        ("groups", "own", "here"),
    }


def test_what_was_rolled_back_drifts_no_more(house):
    batch = begun(house)
    worked(batch)
    roll_back_copies(house, batch)
    worked(batch)
    assert drift_of_communities(house) == []


def test_only_whoever_runs_the_house_founds_copies(house, ada):
    with refused("not_allowed"):
        begun(ada.actor)
    assert CopyBatch.objects.count() == 0
    ada.user.is_superuser = True
    ada.user.save()
    root = resolve_actor(ada.user, ada.community)
    batch = begun(root)
    ada.user.is_superuser = False  # in the middle of it
    ada.user.save()
    assert worked(batch) == {"created": 0, "changed": 0, "removed": 0, "refused": 1}
    assert Community.objects.count() == 1
    go_on(root, batch)
    ada.user.is_superuser = True
    ada.user.save()
    assert worked(batch)["created"] == 3
    assert stands("lake")[2] == ["cardiology"]


def test_a_batch_is_for_whoever_may_operate_all_its_communities(house, ada):
    batch = begun(house, first=2)
    worked(batch)  # Ada runs the copy at the lake, and has no place on the hill
    assert batches(ada.actor) == []
    assert [one.key for one in drift_of_communities(ada.actor)] == ["lake"]
    with refused("not_found"):
        batch_for(ada.actor, batch.number)
    with refused("not_allowed"):
        roll_back_copies(ada.actor, batch)
    assert (stands("lake")[2], stands("hill")[2]) == (["cardiology"], ["cardiology"])
    with community_scope(hill := Community.objects.get(key="hill")):
        there = join_community(ada.user, hill, display_name="Ada")
        make_staff(house_actor(hill.pk), there, StaffRole.MODERATOR)
    assert batches(ada.actor) == []  # moderators apply no blueprints
    with community_scope(hill):
        make_staff(house_actor(hill.pk), there, StaffRole.OPERATOR)
    assert batches(ada.actor) == [batch]
    with refused("not_allowed"):
        go_on(ada.actor, batch)  # which would found the third
    roll_back_copies(ada.actor, batch)
    assert worked(batch)["refused"] == 0
    assert (stands("lake")[2], stands("hill")[2]) == ([], [])


def test_whoever_runs_a_copy_administers_it_whatever_they_are_in_the_original(house, community, ada):
    make_staff(house, newcomer(community, "Gil").member, "auditor")
    table = read_table("t.csv", b"key,city,admin\nlake,Lakeside,gil@stlucas.example\nhill,Hillside,new@hill.example\n")
    original = original_community(house, SETS)
    batch = begin_copies(house, original, table, first=0)
    shown = plan_of_copy(house, original, table.targets[0], None)
    assert [(one.change.key, one.change.after, len(one.consequences)) for one in shown.changes if in_staff(one)] == [
        ("gil@stlucas.example", {"roles": ["admin", "auditor"]}, 1),
    ]
    worked(batch)
    assert roles("lake") == {"gil@stlucas.example": ["admin", "auditor"]}
    assert roles("hill") == {"new@hill.example": ["admin"]}


def test_the_plan_says_that_whoever_founds_a_copy_runs_it_and_what_else_they_are_there(house, community, ada):
    make_staff(house, newcomer(community, "Gil").member, "admin")
    ada.user.is_superuser = True
    ada.user.save()
    root, target = resolve_actor(ada.user, ada.community), Target(2, "moor", {"city": "Moorside", "admin": ""})
    make_staff(house, ada.member, "operator")
    end_staff(house, ada.member, "admin")
    shown = plan_of_copy(root, original_community(root, SETS), target, None)
    (staff,) = [one for one in shown.changes if in_staff(one)]
    assert (staff.change.key, staff.change.after) == ("ada@stlucas.example", {"roles": ["admin", "operator"]})
    assert staff.consequences[-1] == "What names them in the original, as owner or on duty, names them in the copy too."
    batch = begun(root, "key,city\nmoor,Moorside\n")
    worked(batch)
    assert roles("moor") == {"ada@stlucas.example": ["admin", "operator"]}


def in_staff(one) -> bool:
    return one.change.section == "staff"


def roles(key: str) -> dict[str, list[str]]:
    with community_scope(Community.objects.get(key=key)):
        return {email: fields["roles"] for email, fields in sections["staff"].read().items()}

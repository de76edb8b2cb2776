"""What stands after a blueprint was applied, and what is told about it."""

from hearth.blueprint.models import Revision, Step
from hearth.blueprint.queries import drift, plan_back
from hearth.blueprint.services import begin_revision, carry_out, fingerprint
from hearth.blueprint.services.applying import end_revision
from hearth.blueprint.tests.conftest import WARD, planned, told
from hearth.core import audit
from hearth.core.jobs import running_alone
from hearth.core.models import Job
from hearth.core.sections import sections
from hearth.groups.models import Group, GroupClosure, Norms, Place
from hearth.groups.queries import has_accepted, members_of, newest_norms
from hearth.groups.services import change_group, close_group, make_staff
from tests.cast import second_factor
from tests.watching import facts, refused


def test_what_is_described_comes_to_be_and_then_nothing_is_left_to_do(ada, apply):
    counts = apply(ada.actor, WARD)
    assert counts == {"created": 4, "changed": 0, "removed": 0, "refused": 0}
    cardiology = Group.objects.get(key="cardiology")
    assert (cardiology.name, cardiology.capacity, cardiology.space) == (
        {"en": "Cardiology", "zh-hans": "心内科"},
        300,
        "professional",
    )
    assert (cardiology.place.key, cardiology.place.parent.key) == ("st-lucas", "network")
    assert Norms.objects.get(group=cardiology).text == {"en": "Be kind. No adverts. No patient names."}
    assert Group.objects.get(key="neurology").capacity == 200
    assert not planned(ada.actor, WARD)
    [fact] = facts("blueprint.blueprint_applied")
    assert (fact["created"], fact["refused"], fact["undoes"]) == (4, 0, None)
    assert audit.entries().first().action == "blueprint_applied"


def test_only_what_is_named_is_managed(ada, cardiology, apply):
    before = {"welcome": cardiology.welcome, "place": None}
    text = "hearth: 1\ngroups:\n  cardiology: {capacity: 40}\n"
    assert told(planned(ada.actor, text)) == [("change", "groups", "cardiology")]
    apply(ada.actor, text)
    cardiology.refresh_from_db()
    assert (cardiology.capacity, cardiology.welcome, cardiology.place) == (40, *before.values())


def test_a_group_that_is_not_named_is_closed_and_comes_back_with_its_members(ada, bo, cardiology, apply):
    others = "hearth: 1\ngroups:\n  neurology: {name: Neurology}\n"
    plan = planned(ada.actor, others)
    assert told(plan) == [("create", "groups", "neurology"), ("remove", "groups", "cardiology")]
    assert plan.changes[1].consequences == ("The group is closed: 3 members can read it, and write there no more.",)
    apply(ada.actor, others)
    assert GroupClosure.objects.get(group=cardiology, reopened_at=None).by == ada.actor.ref
    both = others + "  cardiology: {name: Cardiology}\n"
    assert planned(ada.actor, both).changes[0].consequences == ("It was closed, and is reopened with its 3 members.",)
    apply(ada.actor, both)
    assert not GroupClosure.objects.filter(group=cardiology, reopened_at=None).exists()
    assert bo.member in [one.member for one in members_of(cardiology)]


def test_others_stay_where_the_part_says_so(ada, cardiology):
    text = "hearth: 1\ngroups:\n  keep_others: true\n  neurology: {name: Neurology}\n"
    assert told(planned(ada.actor, text)) == [("create", "groups", "neurology")]


def test_new_norms_are_a_new_version(ada, cardiology, apply):
    text = "hearth: 1\ngroups:\n  cardiology: {norms: Be kind.}\n"
    assert planned(ada.actor, text).changes[0].consequences == (
        "The norms get a new version, which 3 members have not accepted yet.",
    )
    apply(ada.actor, text)
    assert list(Norms.objects.filter(group=cardiology).order_by("version").values_list("version", "text"))[-1] == (
        2,
        {"en": "Be kind."},
    )


def test_somebody_unknown_is_told_and_the_rest_is_done(ada, bo, cardiology, apply):
    people = f"  nobody@stlucas.example: {{roles: [operator]}}\n  {bo.user.email}: {{roles: [moderator]}}\n"
    text = f"hearth: 1\nstaff:\n  keep_others: true\n{people}"
    plan = planned(ada.actor, text)
    assert told(plan) == [("create", "staff", bo.user.email)]
    assert plan.notes == (
        "nobody@stlucas.example is no member of this community yet. Invite them, then apply the blueprint again.",
    )


def test_owner_and_keepers_are_exactly_those_named(ada, bo, chen, dara, cardiology, apply):
    text = f"hearth: 1\ngroups:\n  cardiology: {{owner: {bo.user.email}, keepers: [{dara.user.email}]}}\n"
    apply(ada.actor, text)
    assert not planned(ada.actor, text)
    rows = cardiology.roles.filter(until=None).order_by("role").values_list("role", "member")
    assert list(rows) == [("keeper", dara.member.pk), ("owner", bo.member.pk)]


STRANGER = "x@stlucas.example"
UNKNOWN = f"{STRANGER} is no member of this community yet. Invite them, then apply the blueprint again."


def test_where_a_keeper_is_a_stranger_no_other_leaves(ada, bo, dara, cardiology, apply):
    keepers = "hearth: 1\ngroups:\n  cardiology: {keepers: [%s]}\n"
    assert not planned(ada.actor, keepers % bo.user.email).changes
    assert not planned(ada.actor, keepers % STRANGER).changes
    plan = planned(ada.actor, keepers % f"{STRANGER}, {dara.user.email}")
    assert [one.change.after for one in plan.changes] == [{"keepers": sorted([bo.user.email, dara.user.email])}]
    stays = "`cardiology` names somebody whom nobody knows, so nobody is taken away there yet."
    assert plan.notes == (UNKNOWN, stays)
    assert planned(ada.actor, keepers % f"{STRANGER}, {bo.user.email}").notes == (UNKNOWN,)


def test_where_a_roster_names_a_stranger_nobody_it_does_not_name_leaves(ada, bo, dara, apply):
    turn = "{who: %s, days: [%s], since: '08:00', until: '20:00'}"
    duty = "hearth: 1\nduties:\n  night: {name: Night, turns: [%s]}\n"
    apply(ada.actor, duty % ", ".join([turn % (bo.user.email, "mon"), turn % (dara.user.email, "tue")]))
    assert not planned(ada.actor, duty % (turn % (STRANGER, "mon"))).changes
    plan = planned(ada.actor, duty % ", ".join([turn % (STRANGER, "mon"), turn % (dara.user.email, "wed")]))
    assert [[(one["who"], one["days"]) for one in each.change.after["turns"]] for each in plan.changes] == [
        [(bo.user.email, ["mon"]), (dara.user.email, ["wed"])]
    ]
    stays = "`night` names somebody whom nobody knows, so nobody is taken away there yet."
    assert plan.notes == (UNKNOWN, stays)


def test_where_staff_names_a_stranger_nobody_loses_a_role(ada, bo, apply):
    staff = "hearth: 1\nstaff:\n  %s: {roles: [admin]}\n  %s: {roles: [moderator]}\n"
    apply(ada.actor, staff % (ada.user.email, bo.user.email))
    plan = planned(ada.actor, staff % (ada.user.email, STRANGER))
    assert plan.changes == ()
    assert plan.notes == (UNKNOWN, "`staff` names somebody whom nobody knows, so nobody is taken away there yet.")


def test_a_refused_step_is_recorded_and_the_others_go_on(ada, cardiology, apply):
    text = "hearth: 1\ngroups:\n  cardiology: {capacity: 2}\n  neurology: {name: Neurology}\n"
    plan = planned(ada.actor, text)
    assert plan.changes[0].consequences == ("It has 3 members already, so this capacity will be refused.",)
    assert apply(ada.actor, text) == {"created": 1, "changed": 0, "removed": 0, "refused": 1}
    step = Step.objects.get(number=1)
    assert step.refused["params"] == {"members": 3}
    cardiology.refresh_from_db()
    assert cardiology.capacity == 30


def test_an_operator_may_not_give_staff_roles_by_a_blueprint(ada, bo, dara, community):
    make_staff(ada.actor, bo.member, "operator")
    second_factor(bo.user)
    text = f"hearth: 1\nstaff:\n  keep_others: true\n  {dara.user.email}: {{roles: [admin]}}\n"
    plan = planned(bo.actor, text)
    assert plan.changes[0].refused == "You may not change this; an administrator may."
    with refused("nothing_to_do"):
        begin_revision(bo.actor, plan)
    with refused("not_allowed"):
        begin_revision(dara.actor, planned(ada.actor, text))


def test_a_second_revision_waits_for_the_first(ada, cardiology):
    text = "hearth: 1\ngroups:\n  cardiology: {capacity: 40}\n"
    begin_revision(ada.actor, planned(ada.actor, text))
    with refused("already_applying"):
        begin_revision(ada.actor, planned(ada.actor, text))
    assert Revision.objects.count() == 1


def test_one_whose_work_was_stopped_is_set_aside_by_the_next(ada, cardiology):
    text = "hearth: 1\ngroups:\n  cardiology: {capacity: 40}\n"
    first = begin_revision(ada.actor, planned(ada.actor, text))
    Job.objects.filter(pk=first.job_id).update(state="failed")
    second = begin_revision(ada.actor, planned(ada.actor, text))
    first.refresh_from_db()
    assert (first.stopped, second.number) == (True, 2)
    carry_out(first.pk, lambda done, total: None)  # its job is repeated by hand: it has nothing to do any more
    assert first.steps.filter(done_at=None).count() == 1


def test_what_was_looked_at_is_what_is_applied(ada, cardiology):
    text = "hearth: 1\ngroups:\n  cardiology: {capacity: 40}\n"
    seen = fingerprint(planned(ada.actor, text))
    change_group(ada.actor, cardiology, capacity=35)
    with refused("plan_changed"):
        begin_revision(ada.actor, planned(ada.actor, text), seen=seen)


def test_the_job_does_the_work(ada, cardiology):
    text = "hearth: 1\ngroups:\n  cardiology: {capacity: 40}\n"
    row = begin_revision(ada.actor, planned(ada.actor, text))
    with running_alone() as drain:
        drain()
    row.refresh_from_db()
    row.job.refresh_from_db()
    assert (row.ended_at is not None, row.job.state, row.job.result["changed"]) == (True, "done", 1)


def test_the_way_back_undoes_this_revision_and_all_since(ada, cardiology, apply):
    start = "hearth: 1\ngroups:\n  cardiology: {capacity: 30, theme: cardiology}\n"
    apply(ada.actor, WARD.replace("capacity: 200", "capacity: 250"))
    apply(ada.actor, "hearth: 1\ngroups:\n  cardiology: {capacity: 50}\n")
    first = Revision.objects.get(number=1)
    plan = plan_back(ada.actor, first)
    row = begin_revision(ada.actor, plan, undoes=first)
    assert carry_out(row.pk, lambda done, total: None)["refused"] == 0
    assert not planned(ada.actor, start)
    assert Place.objects.count() == 0
    assert not plan_back(ada.actor, first).changes


def test_what_is_changed_by_hand_is_drift(ada, community, apply):
    assert drift(ada.actor) is None
    apply(ada.actor, WARD)
    assert drift(ada.actor).changes == ()
    neurology = Group.objects.get(key="neurology")
    change_group(ada.actor, neurology, capacity=99, theme="brains")
    close_group(ada.actor, Group.objects.get(key="cardiology"))
    found = {(one.kind, one.key): (one.before, one.after) for one in drift(ada.actor).changes}
    assert found[("change", "neurology")] == ({"capacity": 200}, {"capacity": 99})
    assert set(found) == {("change", "neurology"), ("remove", "cardiology")}


def test_what_was_refused_is_no_drift(ada, cardiology, apply):
    text = "hearth: 1\ngroups:\n  cardiology: {capacity: 2, theme: hearts}\n  neurology: {name: Neurology}\n"
    assert apply(ada.actor, text)["refused"] == 1
    assert drift(ada.actor).changes == ()
    change_group(ada.actor, cardiology, capacity=31)
    assert [(one.key, one.before, one.after) for one in drift(ada.actor).changes] == [
        ("cardiology", {"capacity": 30}, {"capacity": 31})
    ]


def test_what_was_stopped_before_it_was_done_is_no_drift(ada, cardiology):
    text = "hearth: 1\ngroups:\n  neurology: {name: Neurology}\n"
    row = begin_revision(ada.actor, planned(ada.actor, text), source="ward.yaml", files=[("ward.yaml", text)])
    assert told(planned(ada.actor, text)) == [
        ("create", "groups", "neurology"),
        ("remove", "groups", "cardiology"),
    ]
    end_revision(row, ada.actor, stopped=True)
    assert drift(ada.actor).changes == ()


def test_whoever_applies_a_blueprint_may_name_themselves_to_tend_a_group(ada, bo, apply):
    text = f"{WARD}    owner: {bo.user.email}\n    keepers: [{ada.user.email}]\n"
    assert apply(ada.actor, text)["refused"] == 0
    group = Group.objects.get(key="neurology")
    assert sections["groups"].read()["neurology"]["keepers"] == [ada.user.email]
    assert has_accepted(newest_norms(group.pk), ada.member.pk)
    assert not has_accepted(newest_norms(group.pk), bo.member.pk)

"""A living community as a text: applied to nothing it is the same again, and a text keeps what people wrote into it."""

from datetime import time

import pytest

from hearth.blueprint.queries import exported, plan_of, read_blueprint
from hearth.blueprint.services import begin_revision, carry_out, community_of
from hearth.blueprint.tests.conftest import WARD, planned
from hearth.core.community_settings import change_setting
from hearth.core.models import Community
from hearth.core.permissions import house_actor
from hearth.core.sections import sections
from hearth.core.tenancy import community_scope
from hearth.groups.models import GatePolicy, Group
from hearth.groups.queries.doors import steps_of
from hearth.groups.rules.gates import plain, stored
from hearth.groups.services import (
    add_place,
    change_charter,
    change_gates,
    change_group,
    close_group,
    open_group,
    set_duty,
)
from hearth.groups.types import Turn
from hearth.project.demo.load import load_demo

TRICKY = (
    "true",
    "~",
    "12",
    "1e5",
    "0x1f",
    "08:30",
    "- a",
    "a: b",
    "#x",
    "'q'",
    '"',
    "two\nlines ",
    "a\n\n  b\ttab",
    "é…\u2028x",
    "!t",
    "&a *b",
    "%d",
)


def elsewhere(text: str):
    """Apply a text to a community that is not there yet; what a second plan would do."""
    description, wrong = read_blueprint([("x.yaml", text.encode())])
    assert [str(one) for one in wrong] == []
    community, founded = community_of(description)
    assert founded
    actor = house_actor(community.pk)
    with community_scope(community):
        plan, wrong = plan_of(actor, description.wanted, description.document)
        assert wrong == []
        if plan:
            done = carry_out(begin_revision(actor, plan).pk, lambda done, total: None)
            assert done["refused"] == 0
        again, _wrong = plan_of(actor, description.wanted)
        return community, again


def test_an_export_applied_to_nothing_is_the_same_community_again(ada, bo, cardiology):
    root = add_place(ada.actor, kind="organisation", name={"zh-hans": "网络"}, key="net")
    site = add_place(ada.actor, kind="site", name="Lakeside", parent=root)
    change_charter(ada.actor, audience={"en": "Doctors", "zh-hant": "醫師"}, type="commercial")
    change_setting(ada.actor, "conversation.answer_hours", 36)
    set_duty(ada.actor, "door", name="The door", task="Greet.", turns=[])
    open_group(ada.actor, name={"zh-hans": "神经内科"}, key="neuro", language="zh-hans", place=site, norms="友善")
    close_group(ada.actor, open_group(ada.actor, name="Gone"))
    text, wrong = exported(ada.actor)
    assert wrong == []
    assert not planned(ada.actor, text)
    community, again = elsewhere(text.replace("key: stlucas", "key: copy"))
    assert (again.changes, len(again.notes)) == ((), 2)  # Ada and Bo are nobody there
    with community_scope(community):
        assert list(Group.objects.order_by("key").values_list("key", "name")) == [
            ("cardiology", {"en": "Cardiology", "zh-hans": "心内科"}),
            ("neuro", {"zh-hans": "神经内科"}),
        ]
        once_more, _wrong = exported(house_actor(community.pk))
    strangers = [line for line in text.splitlines() if ".example" in line or line.strip() in {"staff:", "- admin"}]
    told = [line for line in text.replace("key: stlucas", "key: copy").splitlines() if line not in strangers]
    assert [line for line in once_more.splitlines() if line] == [line for line in told if line and "roles:" not in line]


@pytest.mark.parametrize("words", TRICKY)
def test_any_text_comes_back_as_it_was(ada, cardiology, words: str):
    change_group(ada.actor, cardiology, card={"en": words}, welcome={"en": words, "zh-hans": words}, theme=words[:80])
    text, _wrong = exported(ada.actor)
    assert not planned(ada.actor, text).changes


def test_a_door_and_the_rule_for_names_are_told_and_planned_like_all_else(ada, cardiology, apply):
    steps = [{"from": 0, "conditions": [{"kind": "approval"}]}, {"from": 50, "join": "any"}]
    steps[1]["conditions"] = [{"kind": "invitation"}, {"join": "all", "conditions": [{"kind": "task", "task": "Read"}]}]
    change_gates(ada.actor, cardiology, steps)
    change_group(ada.actor, cardiology, space="professional", name_rule="{name}-{hospital}")
    text, _wrong = exported(ada.actor)
    assert not planned(ada.actor, text).changes
    shorter = text.replace("          - kind: approval\n            by: keeper\n", "")
    assert shorter != text
    with pytest.raises(AssertionError):  # a step that asks nothing says so
        planned(ada.actor, shorter)
    plan = planned(ada.actor, "hearth: 1\ngroups: {keep_others: true, cardiology: {door: [], name_rule: ''}}\n")
    (planned_one,) = plan.changes
    assert planned_one.change.before == {"door": steps_told(cardiology), "name_rule": "{name}-{hospital}"}
    assert "Whoever is in stays in; whoever asks to come in is asked this from now on." in planned_one.consequences
    apply(ada.actor, "hearth: 1\ngroups: {keep_others: true, cardiology: {door: [], name_rule: ''}}\n")
    assert (steps_of(cardiology.pk), Group.objects.get(pk=cardiology.pk).name_rule) == ((), "")
    assert GatePolicy.objects.filter(group=cardiology).count() == 2


def steps_told(group) -> list[dict]:
    return plain(stored(GatePolicy.objects.filter(group=group).latest("version").steps))


def test_whom_a_group_is_for_comes_back_as_it_was_and_can_be_applied(ada, cardiology):
    definition = [
        {"attribute": "department", "values": ["Cardiology", "心内科"]},
        {"attribute": "badge", "values": ["yes"]},
    ]
    change_group(ada.actor, cardiology, definition=definition)
    text, _wrong = exported(ada.actor)
    assert not planned(ada.actor, text).changes
    change_group(ada.actor, cardiology, definition=[])
    (change,) = planned(ada.actor, text).changes
    assert change.change.after == {"definition": definition}


HAND_WRITTEN = """\
# What we are, for everybody who works here.
hearth: 1   # the format

community:
  key: stlucas

group_templates:
  ward:
    capacity: 300   # as the study says
    space: professional

groups:
  # the oldest one
  neurology: {name: "Neurology", like: ward}
  cardiology:
    like: ward
    name: {en: Cardiology, zh-hans: 心内科}   # both names
    capacity: 30
"""


def test_comments_order_and_templates_survive_and_only_what_changed_is_written(ada, cardiology, apply):
    apply(ada.actor, HAND_WRITTEN)
    change_group(ada.actor, Group.objects.get(key="neurology"), capacity=250)
    close_group(ada.actor, cardiology)
    open_group(ada.actor, name="Surgery")
    text, wrong = exported(ada.actor, HAND_WRITTEN)
    assert wrong == []
    for kept in ("# What we are", "# the format", "# as the study says", "# the oldest one", "like: ward"):
        assert kept in text
    assert "cardiology" not in text
    assert text.index("neurology") < text.index("surgery")
    assert not planned(ada.actor, text).changes


def test_an_export_onto_itself_changes_no_letter(ada, community, apply):
    apply(ada.actor, WARD)
    once, _wrong = exported(ada.actor)
    assert exported(ada.actor, once) == (once, [])


def test_a_text_with_mistakes_is_not_written_over(ada, community):
    text, wrong = exported(ada.actor, "hearth: 1\ngrups: {}\n")
    assert (text, len(wrong)) == ("", 1)


def test_what_can_be_read_and_not_be_written_is_told_with_its_place(ada, cardiology):
    text = "hearth: 1\ngroups:\n  keep_others: true\n  cardiology:\n    theme: heart\t# a tab\n"
    assert planned(ada.actor, text).changes
    told = ":5:17: What stands here can be read and not be brought up to date; put the text into quotes."
    assert [str(one) for one in exported(ada.actor, text)[1]] == [told]


def test_people_nobody_knows_stay_in_the_text(ada, cardiology):
    text = "hearth: 1\nstaff:\n  nobody@x.example: {roles: [auditor]}\n"
    assert "nobody@x.example: {roles: [auditor]}" in exported(ada.actor, text)[0]


def test_a_roster_is_told_by_person_and_hours(ada, bo, community):
    turns = [Turn(bo.member.pk, day, time(20), time(8)) for day in (4, 0)]
    set_duty(ada.actor, "night", name="Night", turns=turns)
    text, _wrong = exported(ada.actor)
    assert f'who: {bo.user.email}\n        days: [mon, fri]\n        since: "20:00"\n        until: "08:00"' in text
    assert not planned(ada.actor, text).changes


@pytest.mark.thorough
def test_the_demo_exported_and_applied_to_nothing_is_the_same_again(transactional_db):
    load_demo()
    demo = Community.objects.order_by("pk").first()
    with community_scope(demo):
        text, wrong = exported(house_actor(demo.pk))
        assert wrong == []
        assert planned(house_actor(demo.pk), text).changes == ()
        groups = sections["groups"].read()
        assert len(groups) == 7
    copy, again = elsewhere(text.replace(f"key: {demo.key}", "key: copy"))
    assert again.changes == ()
    with community_scope(copy):
        assert sections["groups"].read().keys() == groups.keys()

"""A draft of the guided start: told by two operators, written as a blueprint, applied; ready-made ones run through."""

import pytest
import yaml

from hearth.blueprint.errors import AnswerRefused, DraftGone, DraftThere, NotReady, PlanChanged, ScreenChanged
from hearth.blueprint.models import Draft
from hearth.blueprint.queries import exported, read_blueprint
from hearth.blueprint.queries.drafts import begun, draft_text, plan_of_draft, readiness_of, shown
from hearth.blueprint.rules.answers import SCREENS
from hearth.blueprint.rules.kinds import KINDS
from hearth.blueprint.rules.promises import ANSWERED
from hearth.blueprint.rules.readiness import Verdict
from hearth.blueprint.services import carry_out, fingerprint
from hearth.blueprint.services.drafts import apply_draft, begin_draft, drop_draft, tell_screen
from hearth.blueprint.tests.conftest import told
from hearth.core.errors import NotAllowed, NotFound
from hearth.core.models import AuditEntry
from hearth.groups.models import Charter, Duty, Group
from hearth.groups.services import change_gates
from hearth.insight.models import Goal

pytestmark = pytest.mark.django_db

CARDS = {"lines": [{"force": "knowledge", "service": "A card", "output": "card", "times": 2}]}
ROOM = {"audience": "Nurses of the east.", "rooms": [{"name": "Wound care"}], "first": 30}
NOBODY = {"hands": []}
SOMEBODY = {"hands": [{"role": "manager", "hours": 8, "makes": ["card", "hosting"]}]}


def as_shown(actor, screen: str, **other) -> None:
    """Tell a screen as it is shown, with some of it otherwise."""
    one = begun(actor)
    answer = shown(one, screen).model_dump(mode="json") | other
    tell_screen(actor, screen, answer, seen=one.version(screen))


def planned(actor):
    """The plan of the draft, which has no mistakes."""
    _text, plan, problems = plan_of_draft(actor, begun(actor))
    assert [str(one) for one in problems] == []
    return plan


def applied(actor, **how) -> dict[str, int]:
    row = apply_draft(actor, seen=fingerprint(planned(actor)), **how)
    return carry_out(row.pk, lambda done, total: None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_each_kind_run_through_as_it_is_gives_a_plan_that_is_empty_once_applied(ada, kind, language):
    begin_draft(ada.actor, kind, language)
    for screen in SCREENS:
        as_shown(ada.actor, screen)
    plan = planned(ada.actor)
    assert (plan.notes, plan.count("remove")) == ((), 0)
    assert plan.count("create") >= 4
    text = draft_text(begun(ada.actor))
    counts = applied(ada.actor, knowingly=True)
    assert (counts["created"], counts["refused"]) == (plan.count("create"), 0)

    begin_draft(ada.actor, "standing", language)
    for screen in SCREENS:
        as_shown(ada.actor, screen)
    assert told(planned(ada.actor)) == []
    assert all({"en", "zh-hans"} <= set(group.name) for group in Group.objects.all())
    assert yaml.safe_load(text)["community"] == {"key": "stlucas", "language": "en"}


def test_a_screen_that_was_left_out_leaves_its_part_alone(ada, cardiology):
    begin_draft(ada.actor, "standing", "en")
    as_shown(ada.actor, "purpose", purpose="Doctors learn together.")
    tell_screen(ada.actor, "audience", None, seen=0)
    assert told(planned(ada.actor)) == [("change", "charter", "")]
    before = Charter.objects.get()
    applied(ada.actor)
    after = Charter.objects.get()
    assert (before.purpose, after.purpose["en"]) == (
        {"en": "Doctors of one network learn from each other."},
        "Doctors learn together.",
    )
    assert (before.values, before.goals, before.audience) == (after.values, after.goals, after.audience)


def test_what_stands_is_changed_where_somebody_changed_it_and_nowhere_else(ada, bo, cardiology):
    begin_draft(ada.actor, "standing", "en")
    one = shown(begun(ada.actor), "audience")
    rooms = [room.model_dump() for room in one.rooms]
    rooms[0]["function"] = "Hearts of the east"
    as_shown(ada.actor, "audience", rooms=[*rooms, {"name": "Wound care"}])
    as_shown(ada.actor, "doors")
    plan = planned(ada.actor)
    assert told(plan) == [("change", "groups", "cardiology"), ("create", "groups", "wound-care")]
    assert plan.changes[0].change.after == {"function": {"en": "Hearts of the east"}}
    made = plan.changes[1].change.after
    assert (made["name"], made["capacity"], made["norms"]) == ({"en": "Wound care"}, 200, cardiology.norms.get().text)


def test_the_doors_ask_one_thing_from_a_size_on_or_stay_as_they_are(ada, cardiology):
    change_gates(ada.actor, cardiology, [{"from": 0, "conditions": [{"kind": "task", "task": "Read"}]}])
    begin_draft(ada.actor, "standing", "en")
    as_shown(ada.actor, "audience")
    as_shown(ada.actor, "doors")
    assert told(planned(ada.actor)) == []
    for asks, asked in (("keeper", {"kind": "approval", "by": "keeper"}), ("nothing", None)):
        as_shown(ada.actor, "doors", asks=asks, raised_at=30)
        (change,) = planned(ada.actor).changes
        step = {"from": 30, "join": "all", "conditions": [asked]}
        assert change.change.after == {"door": [step] if asked else []}


def test_a_changed_text_of_a_ready_made_one_loses_its_translation_and_one_that_stands_keeps_it(ada):
    begin_draft(ada.actor, "hospital-doctors", "en")
    as_shown(ada.actor, "purpose", purpose="Dentists meet.")
    charter = planned(ada.actor).changes[0].change.after
    assert (charter["purpose"], set(charter["private_purpose"])) == ({"en": "Dentists meet."}, {"en"})
    assert set(charter["goals"]) == {"en"}
    drop_draft(ada.actor)
    begin_draft(ada.actor, "standing", "zh-hans")
    as_shown(ada.actor, "purpose", name="圣路加医院")
    assert planned(ada.actor).changes[0].change.after == {"name": {"en": "St Lucas", "zh-hans": "圣路加医院"}}


def test_hosts_become_keepers_and_strangers_are_told(ada, chen, dara, cardiology):
    begin_draft(ada.actor, "standing", "en")
    as_shown(ada.actor, "audience")
    hands = [
        {"role": "manager", "email": "CHEN@stlucas.example", "hours": 5, "makes": ["hosting"]},
        {"role": "assistant", "email": "nobody@stlucas.example", "hours": 5, "makes": ["hosting"]},
        {"role": "creator", "email": "dara@stlucas.example", "hours": 5, "makes": ["card"]},
    ]
    as_shown(ada.actor, "team", hands=hands)
    plan = planned(ada.actor)
    assert plan.notes == (
        "nobody@stlucas.example is no member of this community yet. Invite them, then apply the blueprint again.",
    )
    group = next(one.change for one in plan.changes if one.change.section == "groups")
    assert group.after == {"keepers": sorted({*group.before["keepers"], "chen@stlucas.example"})}
    duties = [one.change.key for one in plan.changes if one.change.section == "duties"]
    assert duties == ["creator", "manager", "assistant"]


# Readiness


def test_without_capacity_it_is_applied_only_knowingly_and_that_is_recorded(ada):
    begin_draft(ada.actor, "nothing", "en")
    for screen, answer in (("audience", ROOM), ("value", CARDS), ("team", NOBODY)):
        tell_screen(ada.actor, screen, answer, seen=0)
    found = readiness_of(begun(ada.actor))
    assert (found.verdict, found.lacking) == (Verdict.NOT_YET, 300)
    with pytest.raises(NotReady):
        apply_draft(ada.actor, seen=fingerprint(planned(ada.actor)))
    assert (Group.objects.count(), Draft.objects.count()) == (0, 1)
    assert applied(ada.actor, knowingly=True, why="The nurse begins in May.")["refused"] == 0
    assert Group.objects.count() == 1
    entry = AuditEntry.objects.get(action="built_without_capacity")
    assert (entry.after, entry.why) == ({"needed": 300, "given": 0, "lacking": 300}, "The nurse begins in May.")
    assert not Draft.objects.exists()


def test_with_capacity_nobody_has_to_say_anything(ada):
    begin_draft(ada.actor, "nothing", "en")
    for screen, answer in (("audience", ROOM), ("value", CARDS), ("team", SOMEBODY)):
        tell_screen(ada.actor, screen, answer, seen=0)
    assert readiness_of(begun(ada.actor)).verdict is Verdict.READY
    applied(ada.actor)
    assert Group.objects.get().name == {"en": "Wound care"}
    assert Duty.objects.get().name["zh-hans"] != "Daily manager"
    assert not AuditEntry.objects.filter(action="built_without_capacity").exists()


def test_new_groups_without_a_word_about_capacity_are_held_back_too(ada):
    begin_draft(ada.actor, "nothing", "en")
    tell_screen(ada.actor, "audience", ROOM, seen=0)
    with pytest.raises(NotReady):
        apply_draft(ada.actor, seen=fingerprint(planned(ada.actor)))


def test_goals_stand_as_shares_and_the_other_goals_stay(ada):
    begin_draft(ada.actor, "nothing", "en")
    tell_screen(ada.actor, "purpose", {"name": "St Lucas", "numbers": {"participation": 40}}, seen=0)
    applied(ada.actor)
    assert [(goal.metric, goal.value) for goal in Goal.objects.all()] == [("participation", 0.4)]
    begin_draft(ada.actor, "standing", "en")
    as_shown(ada.actor, "purpose", numbers={"organic_share": 50})
    assert told(planned(ada.actor)) == [("create", "goals", "organic_share")]


# Two operators


def test_of_two_operators_the_second_is_told_and_the_last_one_holds(ada):
    begin_draft(ada.actor, "nothing", "en")
    assert tell_screen(ada.actor, "audience", ROOM, seen=0) == 1
    with pytest.raises(ScreenChanged):
        tell_screen(ada.actor, "audience", {**ROOM, "first": 90}, seen=0)
    assert shown(begun(ada.actor), "audience").first == 30
    assert tell_screen(ada.actor, "audience", {**ROOM, "first": 90}, seen=1) == 2
    assert tell_screen(ada.actor, "value", CARDS, seen=0) == 1  # another screen is not in the way
    assert shown(begun(ada.actor), "audience").first == 90


def test_a_community_has_one_draft(ada):
    begin_draft(ada.actor, "nothing", "en")
    with pytest.raises(DraftThere):
        begin_draft(ada.actor, "travel-club", "en")
    drop_draft(ada.actor)
    with pytest.raises(DraftGone):
        begun(ada.actor)
    with pytest.raises(DraftGone):
        tell_screen(ada.actor, "audience", ROOM, seen=0)


def test_a_plan_that_is_no_longer_true_is_not_applied(ada):
    begin_draft(ada.actor, "nothing", "en")
    tell_screen(ada.actor, "audience", ROOM, seen=0)
    seen = fingerprint(planned(ada.actor))
    tell_screen(ada.actor, "audience", {**ROOM, "rooms": [{"name": "Other"}]}, seen=1)
    with pytest.raises(PlanChanged):
        apply_draft(ada.actor, seen=seen, knowingly=True)
    assert (Group.objects.count(), Draft.objects.count()) == (0, 1)


# Rights and bad input


@pytest.mark.parametrize("who", ["bo", "chen", "eve"])
def test_only_those_who_run_the_community_have_a_draft(request, ada, who):
    begin_draft(ada.actor, "nothing", "en")
    actor = request.getfixturevalue(who).actor
    with pytest.raises(NotAllowed):
        begun(actor)
    with pytest.raises(NotAllowed):
        tell_screen(actor, "audience", ROOM, seen=0)
    with pytest.raises(NotAllowed):
        apply_draft(actor, seen="", knowingly=True)
    with pytest.raises(NotAllowed):
        drop_draft(actor)


@pytest.mark.parametrize(("start", "language"), [("../etc", "en"), ("", "en"), ("nothing", "xx")])
def test_it_begins_from_what_is_offered_alone(ada, start, language):
    with pytest.raises(NotFound):
        begin_draft(ada.actor, start, language)
    assert not Draft.objects.exists()


def test_an_answer_that_no_screen_gives_changes_nothing(ada):
    begin_draft(ada.actor, "nothing", "en")
    with pytest.raises(AnswerRefused):
        tell_screen(ada.actor, "audience", {"rooms": [{"name": "x" * 81}]}, seen=0)
    with pytest.raises(NotFound):
        tell_screen(ada.actor, "gate", {}, seen=0)
    assert Draft.objects.get().answers == {}


HOSTILE = [
    "no",
    "08:00",
    "~",
    "{a: [b, c}",
    "- x: &a *a !!python/object:os.system",
    "# not a comment",
    "'\"`%(name)s {name} {{ name }}",
    "key: value\n  - deeper\n---\n...\n%YAML 1.1",
    "\u202etxet\u2066 \ufeff\u200b\x85next\u2028line",
    "🦄" * 500,
    "| block\n\n\n   indented\n\t tab",
]


@pytest.mark.parametrize("evil", HOSTILE)
def test_whatever_is_typed_is_a_text_in_the_blueprint_and_comes_back_as_it_was_kept(ada, evil):
    begin_draft(ada.actor, "nothing", "en")
    tell_screen(ada.actor, "purpose", {"name": evil[:80], "purpose": evil, "goals": evil}, seen=0)
    rooms = [{"name": evil[:80], "function": evil[:300]}]
    tell_screen(ada.actor, "audience", {"audience": evil, "rooms": rooms}, seen=0)
    tell_screen(ada.actor, "doors", {"norms": evil, "welcome": evil}, seen=0)
    one = begun(ada.actor)
    planned(ada.actor)
    description, _problems = read_blueprint([("", draft_text(one).encode())])
    read = {part: wanted.objects for part, wanted in description.wanted.items()}
    assert set(read) == {"community", "charter", "groups"} - (set() if kept(one) else {"groups", "charter"})
    assert read.get("charter", {"": {}})[""].get("purpose", {}).get("en", "") == kept(one)


def kept(one) -> str:
    return shown(one, "purpose").purpose


def test_a_large_draft_is_still_a_blueprint(ada):
    begin_draft(ada.actor, "nothing", "zh-hant")
    long = "說明" * 1000
    rooms = [{"name": f"群組 {n}" + "長" * 70, "function": "為" * 300} for n in range(12)]
    tell_screen(ada.actor, "purpose", {"purpose": long, "private_purpose": long, "goals": long}, seen=0)
    tell_screen(ada.actor, "audience", {"audience": long, "rooms": rooms}, seen=0)
    tell_screen(ada.actor, "doors", {"norms": "規" * 8000, "welcome": long}, seen=0)
    assert planned(ada.actor).count("create") == 12
    applied(ada.actor, knowingly=True)
    assert Group.objects.count() == 12
    assert "群組 0" in exported(ada.actor)[0]


# Value lines


def test_promises_become_value_lines_in_the_shape_of_their_part(ada):
    begin_draft(ada.actor, "nothing", "en")
    tell_screen(ada.actor, "audience", ROOM, seen=0)
    told_lines = [
        {"force": "knowledge", "service": "A card a day: one paper.", "output": "card", "times": 1, "every": "day"},
        {"force": "official", "service": "Every question is answered.", "output": "answer", "times": 9},
        {"force": "social", "service": "We meet", "output": "gathering", "times": 1, "every": "month"},
    ]
    tell_screen(ada.actor, "value", {"lines": told_lines}, seen=0)
    lines = {one.change.key: one.change.after for one in planned(ada.actor).changes if "service" in one.change.after}
    assert {key: (one["name"], one["force"], one["kept_by"]) for key, one in lines.items()} == {
        "knowledge": ({"en": "A card a day"}, "knowledge", {"every_days": 1}),
        "official": ({"en": "Every question is answered"}, "official", dict(ANSWERED)),
        "social": ({"en": "We meet"}, "social", {"every_days": 30}),
    }
    assert applied(ada.actor, knowingly=True)["refused"] == 0


def test_lines_that_stand_are_changed_where_somebody_changed_them_and_others_are_added(ada):
    begin_draft(ada.actor, "hospital-doctors", "en")
    for screen in ("audience", "value"):
        as_shown(ada.actor, screen)
    applied(ada.actor, knowingly=True)
    begin_draft(ada.actor, "standing", "en")
    lines = [line.model_dump() for line in shown(begun(ada.actor), "value").lines]
    assert sorted(line["key"] for line in lines) == ["case-of-the-week", "every-question", "verified-quickly"]
    by_key = {line["key"]: line for line in lines}
    by_key["case-of-the-week"] |= {"service": "A case on Mondays", "times": 2}
    as_shown(ada.actor, "value", lines=[*lines, {"force": "knowledge", "service": "A paper", "times": 1}])
    plan = planned(ada.actor)
    assert told(plan) == [("change", "value_lines", "case-of-the-week"), ("create", "value_lines", "knowledge")]
    changed = plan.changes[0].change.after
    assert (changed["service"]["en"], changed["kept_by"]) == ("A case on Mondays", {"every_days": 4})
    assert changed["service"].keys() == {"en", "zh-hans"}


def test_a_line_of_a_group_that_was_left_out_is_for_the_others(ada):
    begin_draft(ada.actor, "hospital-doctors", "en")
    rooms = [room.model_dump() for room in shown(begun(ada.actor), "audience").rooms if room.key == "surgery"]
    as_shown(ada.actor, "audience", rooms=rooms)
    as_shown(ada.actor, "value")
    lines = {one.change.key: one.change.after for one in planned(ada.actor).changes if "service" in one.change.after}
    assert {key: one["groups"] for key, one in lines.items()} == {
        "every-question": ["surgery"],
        "case-of-the-week": ["surgery"],
        "verified-quickly": [],
    }

"""Rules for name cards, and that no real name leaves a patient group."""

import pytest

from hearth.core.relay import run_once
from hearth.groups.errors import NameCardIncomplete
from hearth.groups.models import Group, Membership
from hearth.groups.queries.name_cards import cards_to_mend, gaps_of
from hearth.groups.services import admit_member, change_group, close_group, open_group
from hearth.groups.tests.test_pages import at, post
from hearth.notify.models import Notice
from hearth.people.rules.names import card_lacks, parts_of, rule_fits
from hearth.people.services import update_profile
from tests.cast import NORMS, newcomer, second_factor
from tests.watching import refused

CARD = "{name}-{hospital}-{department}"


@pytest.mark.parametrize(
    "pattern", ["", "name", "{city}", "{name}-{", "{{name}}", "{hospital}", "{name.__class__}", "{}"]
)
def test_what_is_no_rule_is_refused(pattern):
    with pytest.raises(ValueError, match=r".*"):
        parts_of(pattern)


def test_a_patient_group_never_asks_who_somebody_is():
    assert rule_fits(CARD, "professional")
    assert rule_fits("{name}", "patient")
    assert not rule_fits(CARD, "patient")
    assert not rule_fits("{name} {title}", "general")


@pytest.mark.parametrize(
    ("display", "lacks"),
    [("Sunny", ()), ("陈立", ("other",)), ("我是陈 立呀", ("other",)), ("老陈", ())],
)
def test_a_chosen_name_is_another_than_the_real_one(display, lacks):
    assert card_lacks("{name}", "patient", display=display, real="陈立", places={}) == lacks


def enter(somebody, group):
    return admit_member(somebody.actor, group, somebody.member, how="open_door", norms_version=1)


def test_whoever_comes_in_has_a_whole_name_card(ada, dara, cardiology):
    change_group(ada.actor, cardiology, name_rule=f"{CARD}-{{title}}")
    update_profile(dara.actor, department="")
    dara.member.refresh_from_db()
    with refused("name_card_incomplete"):
        enter(dara, cardiology)
    update_profile(dara.actor, department="Neurology", title="Fellow")
    enter(dara, cardiology)


def test_the_refusal_names_what_is_missing(ada, dara, cardiology):
    change_group(ada.actor, cardiology, name_rule=f"{CARD}-{{title}}")
    update_profile(dara.actor, real_name="", department="")
    with pytest.raises(NameCardIncomplete) as caught:
        enter(dara, cardiology)
    assert str(caught.value) == "To come in, first add to your profile: Real name, Department, Title."


def test_a_rule_that_does_not_fit_the_space_is_refused(ada, cardiology):
    with refused("refused", "name_rule"):
        change_group(ada.actor, cardiology, name_rule="{nonsense}")
    change_group(ada.actor, cardiology, name_rule=CARD)
    with refused("refused", "name_rule"):
        change_group(ada.actor, cardiology, space="patient")
    with refused("refused", "name_rule"):
        open_group(ada.actor, name="Diabetes", space="patient", name_rule=CARD)


@pytest.fixture
def patients(community, ada):
    """A patient group where nobody goes by their real name, with Sunny in it."""
    group = open_group(
        ada.actor, key="diabetes", name="Diabetes", space="patient", name_rule="{name}", norms=NORMS, owner=ada.member
    )
    sunny = newcomer(
        community, "Sunny", kind="patient", real_name="REALCANARY Jones", hospital="HOSPCANARY", department="DEPTCANARY"
    )
    return group, sunny


def test_nobody_enters_a_patient_group_under_their_real_name(patients, dara):
    group, sunny = patients
    update_profile(sunny.actor, display_name="realcanary  jones")
    with refused("chosen_name_needed"):
        enter(sunny, group)
    update_profile(sunny.actor, display_name="Sunny")
    enter(sunny, group)
    enter(dara, group)


def test_staff_let_in_whom_they_know(ada, patients):
    group, sunny = patients
    update_profile(sunny.actor, display_name="REALCANARY Jones")
    admit_member(ada.actor, group, sunny.member, how="staff")


PROFILE = "/c/stlucas/me/profile/"


@pytest.fixture
def inside(ada, dara, cardiology):
    """Dara in cardiology, whose rule her card holds; Bo and Chen hold it too, and Ada is known as staff."""
    change_group(ada.actor, cardiology, name_rule=CARD)
    enter(dara, cardiology)
    cardiology.refresh_from_db()
    run_once()
    assert cards_to_mend(cardiology) == []
    return cardiology


def profile(somebody, **changes):
    fields = ("display_name", "real_name", "hospital", "department", "title", "city", "about")
    return {field: getattr(somebody.member, field) for field in fields} | changes


def told(somebody):
    run_once()
    run_once()
    rows = Notice.objects.filter(member=somebody.member, reason="groups.card_to_mend")
    return list(rows.order_by("pk").values_list("group_id", "path"))


def test_before_a_card_is_saved_it_says_which_groups_ask_for_more(client_of, dara, inside):
    client = client_of(dara)
    answer = post(client, PROFILE, **profile(dara, department=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Cardiology asks for Name-Hospital-Department. Missing: Department." in page
    assert 'name="knowing"' in page
    dara.member.refresh_from_db()
    assert dara.member.department == "Neurology"
    post(client, PROFILE, **profile(dara, department="", knowing="1"))
    dara.member.refresh_from_db()
    assert dara.member.department == ""
    page = client.get(PROFILE).content.decode()
    assert ("Your name card lacks something" in page, 'name="knowing"' in page) == (True, False)
    assert post(client, PROFILE, **profile(dara, city="Oslo")).status_code == 200, (
        "what was missing before holds up nothing"
    )


def test_a_change_that_keeps_every_rule_is_saved_at_once(client_of, dara, inside):
    post(client_of(dara), PROFILE, **profile(dara, department="Cardiology"))
    dara.member.refresh_from_db()
    assert dara.member.department == "Cardiology"
    assert told(dara) == []


def test_a_card_that_was_changed_is_listed_for_the_keeper_and_told_to_its_owner_once(client_of, ada, bo, dara, inside):
    update_profile(dara.actor, department="", hospital="")
    assert told(dara) == [(inside.pk, PROFILE)]
    update_profile(dara.actor, title="Fellow")
    update_profile(dara.actor, hospital="St Lucas")
    assert told(dara) == [(inside.pk, PROFILE)], "what was missing before is not told again"
    page = client_of(bo).get(at("tending", group_id=inside.pk)).content.decode()
    assert "1 member's card is not like Name-Hospital-Department." in page
    assert "Missing: Department" in page
    second_factor(ada.user)
    assert "Name cards to mend" in client_of(ada).get(f"/c/stlucas/console/groups/{inside.pk}/").content.decode()
    assert Membership.objects.filter(group=inside, member=dara.member, left_at=None).exists()
    update_profile(dara.actor, department="Neurology")
    assert "Name cards to mend" not in client_of(bo).get(at("tending", group_id=inside.pk)).content.decode()


def test_a_real_name_that_becomes_the_chosen_one_is_told_to_patients(patients):
    group, sunny = patients
    enter(sunny, group)
    update_profile(sunny.actor, display_name="REALCANARY Jones")
    assert told(sunny) == [(group.pk, PROFILE)]
    assert cards_to_mend(group)[0][1] == ("other",)


def test_before_a_stricter_rule_is_saved_it_says_how_many_cards_lack_something(client_of, bo, chen, dara, inside):
    client, path = client_of(bo), at("settings", group_id=inside.pk)
    form = {"name": "Cardiology", "visibility": "listed", "space": "professional", "capacity": 30}
    form["name_rule"] = f" {CARD}-{{title}}"
    answer = post(client, path, **form)
    assert answer.status_code == 422
    assert "the name card of 1 member lacks something" in answer.content.decode()
    assert Group.objects.get(pk=inside.pk).name_rule == CARD
    post(client, path, **form, knowing=f"professional  {CARD}-{{title}}")
    assert Group.objects.get(pk=inside.pk).name_rule == f"{CARD}-{{title}}"
    assert (told(dara), told(chen)) == ([(inside.pk, PROFILE)], [])


def test_the_console_asks_before_a_stricter_rule_too(client_of, ada, dara, inside):
    second_factor(ada.user)
    client, path = client_of(ada), f"/c/stlucas/console/groups/{inside.pk}/edit/"
    form = {"name": "Cardiology", "visibility": "listed", "space": "professional", "capacity": 30, "why": "Titles."}
    form["name_rule"] = f"{CARD}-{{title}}"
    assert "the name card of 1 member lacks something" in post(client, path, **form).content.decode()
    assert post(client, path, **form | {"name_rule": "{nonsense}"}).status_code == 422
    form["name_rule"] = "{name}-{hospital}"
    post(client, path, **form)
    assert Group.objects.get(pk=inside.pk).name_rule == "{name}-{hospital}", "a milder one is saved at once"


def test_only_open_groups_ask_and_only_those_who_can_mend_their_card(ada, community, dara, inside):
    update_profile(dara.actor, hospital="")
    dara.member.refresh_from_db()
    assert [(group.pk, lacks) for group, lacks in gaps_of(dara.member)] == [(inside.pk, ("hospital",))]
    unseen = newcomer(community, "Unseen", kind="professional")
    admit_member(ada.actor, inside, unseen.member, how="staff")
    assert len(cards_to_mend(inside)) == 2
    type(unseen.member.person).objects.filter(pk=unseen.member.person_id).update(user=None)
    assert [member.pk for member, _lacks in cards_to_mend(inside)] == [dara.member.pk]
    close_group(ada.actor, inside)
    assert gaps_of(dara.member) == []


def test_the_card_of_a_group_tells_its_rule_in_words(client_of, ada, dara, cardiology):
    change_group(ada.actor, cardiology, name_rule=CARD)
    html = client_of(dara).get(f"/c/stlucas/groups/{cardiology.pk}/card/").content.decode()
    assert "Rule for name cards: Name-Hospital-Department" in html
    assert CARD not in html

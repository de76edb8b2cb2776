"""Rules for name cards, and that no real name leaves a patient group."""

import pytest

from hearth.groups.errors import NameCardIncomplete
from hearth.groups.services import admit_member, change_group, open_group
from hearth.people.rules.names import card_lacks, parts_of, rule_fits
from hearth.people.services import update_profile
from tests.cast import NORMS, newcomer
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

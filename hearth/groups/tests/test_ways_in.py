"""Every way into a group goes through its door. A way that stands in no table fails here.

Cf. Discourse CVE-2022-31096 and CVE-2022-31025: thresholds that one way in did not know of.
"""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from hearth.core.community_settings import change_setting, value_of
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.models import Membership
from hearth.groups.queries.badges import BADGE_OF_PROFESSIONALS
from hearth.groups.rules.paths import CARRIED, DECIDED, OWN, WAYS
from hearth.groups.services import (
    admit_member,
    change_gates,
    change_group,
    import_memberships,
    invite,
    make_join_link,
    redeem_link,
)
from hearth.groups.services.applications import knock
from hearth.groups.services.badge_first import ask_badge_first
from hearth.groups.services.codes import make_entry_code
from hearth.groups.services.crowds import admit_crowd
from hearth.groups.types import JoinedBy
from hearth.kit.clock import now
from hearth.people.services import ask_verification, decide_verification
from tests.cast import newcomer
from tests.watching import facts, refused

HOUSE = Path(__file__).resolve().parents[2]
DOORS = {
    "follow_code",
    "admit_member",
    "admit_crowd",
    "redeem_link",
    "knock",
    "import_memberships",
    "import_arrivals",
    "knock_by_link",
    "return_to",
    "wait_for_place",
}
# (file, what it calls or writes) → which way it is, and why that is right.
CALLERS = {
    ("groups/services/admission.py", "Membership("): "admit_member itself, behind the door",
    ("groups/services/admission.py", "Membership.objects.create"): "merge: who is here already, under another row",
    ("groups/services/history.py", "groups_membership"): "import: members of this group at another place",
    ("groups/services/lifecycle.py", "Membership.objects.create"): "staff: the owner of record, with the group",
    ("groups/services/moving.py", "admit_member"): "moved: a member of a group that is split, or comes to another",
    ("groups/services/moving.py", "return_to"): "moved: back where they were",
    (
        "groups/services/applications.py",
        "wait_for_place",
    ): "a knock or a decision where no place is free: past the door",
    ("groups/services/lines.py", "wait_for_place"): "the line of a merged group: the door of the home is asked",
    ("groups/services/links.py", "admit_member"): "link, qr, invitation: behind the door",
    ("groups/services/applications.py", "admit_member"): "what a knock or a decision leads to, behind the door",
    ("groups/services/history.py", "import_arrivals"): "import: many at once",
    ("groups/blueprint/groups.py", "admit_member"): "staff: whom a blueprint names to tend it, with that as the reason",
    ("groups/web/console.py", "admit_member"): "staff: a role is given, with its reason",
    ("groups/services/rosters.py", "admit_crowd"): "staff, by a table of people: behind the door, or with a reason",
    ("groups/services/crowds.py", "Membership("): "admit_crowd itself, behind the door",
    ("groups/services/crowds.py", "Membership.objects.bulk_create"): "admit_crowd itself, behind the door",
    ("groups/services/waiting.py", "admit_member"): "a choice: who came to the door before, which is asked once more",
    ("groups/web/codes.py", "follow_code"): "code, qr",
    ("groups/services/codes.py", "knock"): "code, qr: an entry code leads to the door",
    ("groups/services/codes.py", "admit_member"): "staff: the keepers of a series, with the next group",
    ("groups/services/applications.py", "redeem_link"): "link, qr, invitation: a knock that counts the link's uses",
    ("groups/services/applications.py", "knock"): "link, qr, invitation: come to the door first",
    ("groups/web/portal.py", "knock"): "open_door",
    ("groups/web/entry.py", "knock_by_link"): "link, qr, invitation",
    ("console/pages/fleet_bulk.py", "admit_member"): "staff, in bulk: a role is given, with its reason",
    ("carriers/services/loading.py", "import_arrivals"): "import: an archive",
    ("project/demo/load_doors.py", "knock"): "demo: two who ask, past the door like everybody",
    ("project/demo/load_people.py", "Membership("): "demo: made-up members",
    ("project/demo/load_people.py", "Membership.objects.bulk_create"): "demo: made-up members, kept",
}


def entrances():
    """(file, call) of everything in the house that may put somebody into a group, or in line for a place."""
    found = set()
    for path in sorted(HOUSE.rglob("*.py")):
        told = path.relative_to(HOUSE)
        if {"tests", "migrations"} & set(told.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                last = called.rsplit(".", 1)[-1]
                if last in DOORS:
                    found.add((str(told), last))
                elif called == "Membership":
                    found.add((str(told), "Membership("))
                elif called.startswith("Membership.objects.") and last in {"create", "get_or_create", "bulk_create"}:
                    found.add((str(told), f"Membership.objects.{last}"))
                elif called == "sql.insert" and ast.unparse(node.args[0]) == "'groups_membership'":
                    found.add((str(told), "groups_membership"))
    return found


def test_whoever_puts_somebody_into_a_group_stands_in_the_table():
    assert entrances() == set(CALLERS)


def test_every_way_in_is_listed_with_how_it_stands_to_the_door():
    assert sorted(WAYS) == sorted(JoinedBy.values)
    assert len(WAYS) == len(OWN) + len(DECIDED) + len(CARRIED)


def test_a_way_that_is_not_listed_leads_nowhere(ada, dara, cardiology):
    with pytest.raises(ValueError, match="teleport"):
        admit_member(ada.actor, cardiology, dara.member, how="teleport")


@pytest.fixture
def shut(bo, cardiology):
    """A door that opens for nobody but the team's friends."""
    change_gates(bo.actor, cardiology, [{"from": 0, "conditions": [{"kind": "approval", "by": "staff"}]}])
    return cardiology


@pytest.mark.parametrize("how", JoinedBy.values)
def test_no_way_leads_a_newcomer_past_a_shut_door(ada, bo, dara, shut, how):
    link = make_join_link(bo.actor, shut)
    code = "door_waits" if how in OWN and how != "code" else "invitation_needed"
    with refused(code):
        admit_member(dara.actor, shut, dara.member, how=how, link=link, norms_version=1)
    if how not in DECIDED:
        with refused("overrule_needs_reason"):
            admit_member(ada.actor, shut, dara.member, how=how)
    assert not Membership.objects.filter(member=dara.member).exists()


@pytest.mark.parametrize("by_qr", [False, True])
def test_a_link_leads_to_the_door_and_not_past_it(bo, dara, shut, by_qr):
    link = make_join_link(bo.actor, shut, max_uses=1)
    with refused("door_waits"):
        redeem_link(dara.actor, link.code, 1, by_qr=by_qr)
    link.refresh_from_db()
    assert link.uses == 0


def test_an_invitation_by_address_leads_to_the_door_and_not_past_it(bo, dara, shut):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=dara.user, email="dara@stlucas.example", verified=True, primary=True)
    link = invite(bo.actor, shut, "dara@stlucas.example")
    with refused("door_waits"):
        redeem_link(dara.actor, link.code, 1)


def test_members_of_another_place_are_carried_over(dara, shut):
    assert import_memberships(shut, [(dara.member.pk, now())]) == 1
    assert Membership.objects.get(member=dara.member).joined_by == "import"


def test_the_house_carries_over_without_a_reason(ada, dara, shut):
    admit_member(house_actor(dara.community.pk), shut, dara.member, how="import")
    assert Membership.objects.filter(member=dara.member, left_at=None).exists()


def test_a_door_that_is_low_again_lets_in(ada, bo, dara, shut):
    change_gates(bo.actor, shut, [])
    change_group(ada.actor, shut, visibility="open")
    assert admit_member(dara.actor, shut, dara.member, how="open_door", norms_version=1).joined_by == "open_door"


def called_professional(ada, kind: str, *, asked: bool):
    """Somebody of a kind, without a badge, where professionals are asked for one or not."""
    change_setting(ada.actor, "groups.badge_of_professionals", raw=asked)
    return newcomer(ada.community, "Fay", kind=kind, real_name="Fay", hospital="St Lucas", department="Cardiology")


@pytest.mark.parametrize("how", sorted(OWN))
@pytest.mark.parametrize(
    ("kind", "asked", "comes_in"),
    [
        ("professional", True, False),
        ("professional", False, True),
        ("guest", False, False),
        ("staff", True, True),
    ],
)
def test_what_a_table_calls_somebody_opens_a_professional_space_only_where_the_community_says_so(
    ada, bo, cardiology, how, kind, asked, comes_in
):
    one, link = called_professional(ada, kind, asked=asked), make_join_link(bo.actor, cardiology)
    change_group(ada.actor, cardiology, visibility="open")
    code = make_entry_code(ada.actor, title="Lecture", default_group=cardiology.pk)
    led = {"entry_code": code} if how == "code" else {"link": link}
    if comes_in:
        assert admit_member(one.actor, cardiology, one.member, how=how, norms_version=1, **led).joined_by == how
        return
    with refused("professionals_only"):
        admit_member(one.actor, cardiology, one.member, how=how, norms_version=1, **led)
    assert not Membership.objects.filter(member=one.member).exists()
    verified = ask_verification(one.actor, licence="310-2024-7001")
    decide_verification(ada.actor, verified.pk, verified=True, expires_on=(now() + timedelta(days=9)).date())
    assert admit_member(one.actor, cardiology, one.member, how=how, norms_version=1, **led).joined_by == how


@pytest.mark.parametrize("asked", [True, False])
def test_the_team_lets_professionals_without_a_badge_in_with_a_reason_where_one_is_asked(ada, bo, cardiology, asked):
    one = called_professional(ada, "professional", asked=asked)
    crowd = newcomer(ada.community, "Gil", kind="professional")
    if asked:
        with refused("badge_needs_reason"):
            admit_member(bo.actor, cardiology, one.member, how="staff")
        told = admit_crowd(ada.actor, cardiology, [crowd.member.pk], "")
        assert [getattr(answer, "code", answer) for answer in told.values()] == ["badge_needs_reason"]
    why = "I trained with her." if asked else ""
    assert admit_member(bo.actor, cardiology, one.member, how="staff", why=why).joined_by == "staff"
    assert list(admit_crowd(ada.actor, cardiology, [crowd.member.pk], why).values()) == [True]
    assert len(facts("groups.door_overruled")) == (2 if asked else 0)


@pytest.mark.parametrize(("asked", "code"), [(True, "professionals_only"), (False, "")])
def test_whoever_knocks_or_waits_is_asked_like_those_who_come_in(ada, bo, cardiology, asked, code):
    one = called_professional(ada, "professional", asked=asked)
    change_gates(bo.actor, cardiology, [{"from": 0, "conditions": [{"kind": "approval", "by": "staff"}]}])
    link = make_join_link(bo.actor, cardiology)
    if code:
        with refused(code):
            knock(one.actor, cardiology, how="link", link=link, norms_version=1)
        kept = ask_badge_first(one.actor, link.code)
        assert (kept.group_id, kept.member_id) == (cardiology.pk, one.member.pk)
    else:
        knock(one.actor, cardiology, how="link", link=link, norms_version=1)
        with refused("badge_not_asked"):
            ask_badge_first(one.actor, link.code)
    assert not Membership.objects.filter(member=one.member).exists()


def test_whoever_is_in_stays_in_when_the_community_asks_professionals_for_a_badge(ada, bo, cardiology):
    one = called_professional(ada, "professional", asked=False)
    admit_member(bo.actor, cardiology, one.member, how="staff")
    change_setting(ada.actor, "groups.badge_of_professionals", raw=True)
    assert Membership.objects.filter(member=one.member, left_at=None).exists()


def test_a_community_asks_professionals_for_a_badge_unless_it_says_otherwise(other_community):
    with community_scope(other_community):
        assert value_of(BADGE_OF_PROFESSIONALS) is True

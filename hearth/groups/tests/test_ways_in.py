"""Every way into a group goes through its door. A way that stands in no table fails here.

Cf. Discourse CVE-2022-31096 and CVE-2022-31025: thresholds that one way in did not know of.
"""

import ast
from pathlib import Path

import pytest

from hearth.core.permissions import house_actor
from hearth.groups.models import Membership
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
from hearth.groups.types import JoinedBy
from hearth.kit.clock import now
from tests.watching import refused

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

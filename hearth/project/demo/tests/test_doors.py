"""The demo's doors, on a community of a few."""

from types import SimpleNamespace

from hearth.groups.queries.codes import entry_codes
from hearth.groups.queries.doors import waiting_applications
from hearth.groups.rules.placing import rules_of
from hearth.groups.services import open_group
from hearth.project.demo import load_doors
from tests.cast import newcomer


def test_two_wait_before_a_door_that_has_risen_and_a_code_leads_by_department(community, ada, cardiology):
    groups = {key: open_group(ada.actor, name=key.title(), norms="Be kind.") for key in ("neurology", "emergency")}
    groups["cardiology"] = cardiology
    doctors = [newcomer(community, name, kind="professional") for name in ("Ann", "Ben", "Cai")]
    plan = SimpleNamespace(
        memberships=[SimpleNamespace(person=doctors[0].member.pk, group="emergency")],
        verifications=[SimpleNamespace(person=one.member.pk) for one in doctors],
    )
    members = {one.member.pk: one.member for one in doctors}
    load_doors.load(SimpleNamespace(plan=plan, community=community, members=members, groups=groups))
    waiting = [(row.member_id, row.group_id) for row in waiting_applications(None)]
    assert waiting == [(one.member.pk, groups["emergency"].pk) for one in (doctors[2], doctors[1])]  # oldest first
    cardiology.refresh_from_db()
    assert cardiology.definition == [{"attribute": "department", "values": ["Cardiology", "心内科"]}]
    (code,) = entry_codes()
    assert [(rule.values, rule.group) for rule in rules_of(code.rules)] == [
        (("Cardiology", "心内科"), cardiology.pk),
        (("Neurology",), groups["neurology"].pk),
        (("Emergency",), groups["emergency"].pk),
    ]

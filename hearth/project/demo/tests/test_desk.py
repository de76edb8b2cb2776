"""The demo's verification desk, on a community of a dozen people."""

from types import SimpleNamespace

from hearth.people.queries.desk import means_of, risk_for
from hearth.people.services import ask_verification, decide_verification
from hearth.project.demo import load_desk
from tests.cast import newcomer


def test_the_reviewer_finds_a_clear_case_a_vouched_one_and_one_of_high_risk(community, ada, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    names = [f"Doctor {letter} Example" for letter in "ABCDEFG"]
    about = {"kind": "professional", "hospital": "Lakeside", "department": "Cardiology"}
    doctors = [newcomer(community, name.replace(" ", "-"), real_name=name, **about) for name in names]
    told = []
    for doctor in doctors[:3]:
        asked = ask_verification(doctor.actor, licence=f"DEMO-{doctor.member.pk}")
        told.append(SimpleNamespace(person=doctor.member.pk, licence=f"DEMO-{doctor.member.pk}"))
        if doctor is not doctors[2]:
            decide_verification(ada.actor, asked.pk, verified=True)
    people = [SimpleNamespace(key=one.member.pk, kind="doctor") for one in doctors]
    plan = SimpleNamespace(people=people, verifications=told)
    book = SimpleNamespace(plan=plan, community=community, members={one.member.pk: one.member for one in doctors})
    load_desk.load(book)
    clear, vouched, risky, more = (one.member.verifications.get() for one in doctors[3:])
    assert [row.state for row in (clear, vouched, risky, more)] == ["waiting", "waiting", "waiting", "asking"]
    assert (means_of(vouched), risk_for(risky).level) == (["vouch"], "high")
    assert {code for code, _points in risk_for(risky).reasons} >= {"document_used", "registry_name"}

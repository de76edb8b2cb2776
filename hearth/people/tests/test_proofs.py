"""Codes by mail, colleagues who vouch, the list of licences, and the member's pages for them."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core import mail

from hearth.core.community_settings import change_setting
from hearth.core.errors import Refusal
from hearth.core.jobs import run_next
from hearth.core.tenancy import community_scope
from hearth.kit.clock import now
from hearth.people.models import Evidence, HeldAddress, LicenceRecord, MailCode
from hearth.people.queries.desk import answers_of, findings_of, in_force, means_of, missing_kinds, risk_for
from hearth.people.services import (
    answer_vouch,
    ask_mail_code,
    ask_verification,
    ask_vouch,
    decide_verification,
    give_licence,
    import_register,
    prove_mail,
    send_verification,
    start_verification,
    take_back_vouch,
)
from hearth.people.services.mail_proof import send_mail_code
from hearth.people.tests.papers import bomb, picture, upload
from hearth.people.tests.test_pages import at, post
from tests.cast import newcomer
from tests.watching import facts, refused

TABLE = (
    "姓名,执业证号,医院,有效期至\nDara Okafor,110-77,St Lucas Hospital,2099-12-31\nBo Zhang,110-78,St Mary,2020-01-31\n"
)


@pytest.fixture
def domains(community, ada):
    """The community knows one institution."""
    change_setting(ada.actor, "people.mail_domains", "stlucas.org, .hospital.edu.cn; nonsense")


@pytest.fixture
def case(dara):
    """Dara's draft."""
    return start_verification(dara.actor)


def code_of(message):
    return re.search(r"\b\d{6}\b", message.subject).group()


def test_a_code_proves_an_address_at_work_once(dara, case, domains):
    ask_mail_code(dara.actor, case.pk, "Dara@mail.stlucas.org")
    assert run_next("w")
    (message,) = mail.outbox
    assert message.to == ["Dara@mail.stlucas.org"]
    assert f"/c/stlucas/me/verification/?code={code_of(message)}" in message.body
    assert code_of(message) not in str(list(MailCode.objects.values()) + list(Evidence.objects.values()))
    assert prove_mail(dara.actor, case.pk, "000000x") is None
    assert prove_mail(dara.actor, case.pk, f" {code_of(message)} ").state == "given"
    assert means_of(case) == ["mail"]
    assert prove_mail(dara.actor, case.pk, code_of(message)) is None


def test_a_code_wears_out_and_gets_old(dara, case, domains, time_machine):
    time_machine.move_to(now(), tick=False)
    for _n in range(2):
        made = ask_mail_code(dara.actor, case.pk, "dara@stlucas.org")
        send_mail_code(made.pk)
    for _n in range(5):
        assert prove_mail(dara.actor, case.pk, "1") is None
    assert prove_mail(dara.actor, case.pk, code_of(mail.outbox[-1])) is None
    made = ask_mail_code(dara.actor, case.pk, "dara@stlucas.org")
    send_mail_code(made.pk)
    assert prove_mail(dara.actor, case.pk, code_of(mail.outbox[0])) is None
    time_machine.shift(timedelta(minutes=30, seconds=1))
    assert prove_mail(dara.actor, case.pk, code_of(mail.outbox[-1])) is None


def test_mails_are_few_and_go_to_institutions_only(ada, dara, case, domains):
    for address in ("dara@gmail.com", "dara@evilstlucas.org", "dara@stlucas.org\nBcc: x@y.org"):
        with refused("refused", "address"):
            ask_mail_code(dara.actor, case.pk, address)
    for n in range(5):
        ask_mail_code(dara.actor, case.pk, f"dara{n}@hospital.edu.cn")
    with refused("too_many"):
        ask_mail_code(dara.actor, case.pk, "dara@stlucas.org")
    change_setting(ada.actor, "people.mail_domains", "")
    with refused("refused", "address"):
        ask_mail_code(dara.actor, case.pk, "dara@stlucas.org")


def test_an_address_that_another_member_proved_is_refused(bo, dara, case, domains):
    theirs = start_verification(bo.actor)
    made = ask_mail_code(bo.actor, theirs.pk, "ward@stlucas.org")
    late = ask_mail_code(dara.actor, case.pk, "WARD@stlucas.org")
    for one in (made, late):
        send_mail_code(one.pk)
    assert prove_mail(bo.actor, theirs.pk, code_of(mail.outbox[0])).state == "given"
    with refused("address_taken", "code"):
        prove_mail(dara.actor, case.pk, code_of(mail.outbox[1]))
    with refused("address_taken", "address"):
        ask_mail_code(dara.actor, case.pk, "ward@stlucas.org")
    assert list(HeldAddress.objects.values_list("member", flat=True)) == [bo.member.pk]


@pytest.fixture
def verified(community, ada):
    """``verified(name)``: a verified neurologist of St Lucas."""

    def made(name):
        found = newcomer(
            community, name, kind="professional", real_name=name, hospital="St Lucas Hospital", department="Neurology"
        )
        asked = ask_verification(found.actor, licence=f"L-{name}")
        decide_verification(ada.actor, asked.pk, verified=True)
        return found

    return made


def test_two_verified_colleagues_are_proof_and_one_is_not(dara, verified):
    gil, hana = verified("Gil Roth"), verified("Hana Sato")
    case = start_verification(dara.actor, kind="health_worker")
    for colleague in (gil, hana):
        asked = ask_vouch(dara.actor, case.pk, colleague.member.real_name.upper())
        assert [len(kinds) for kinds in missing_kinds(case)] == [3]
        answer_vouch(colleague.actor, asked.pk, vouches=True)
    assert (missing_kinds(case), means_of(case)) == ([], ["vouch"])
    assert answers_of(case, in_force(case), [])["place"]
    assert [fact["vouched"] for fact in facts("people.vouch_answered")] == [True, True]
    with refused("conflict"):
        answer_vouch(gil.actor, Evidence.objects.filter(by_member=gil.member).first().pk, vouches=False)


def test_only_verified_colleagues_near_by_can_be_asked(dara, bo, chen, case, verified):
    for name in ("Bo", "陈立", "Dara Okafor", "Nobody", " "):  # not verified, elsewhere, oneself, nobody
        with refused("no_voucher", "colleague"):
            ask_vouch(dara.actor, case.pk, name)
    gil = verified("Gil Roth")
    asked = ask_vouch(dara.actor, case.pk, "Gil Roth")
    with refused("refused", "colleague"):
        ask_vouch(dara.actor, case.pk, "Gil Roth")
    with refused("not_found"):
        answer_vouch(chen.actor, asked.pk, vouches=True)
    decide = Evidence.objects.get(pk=asked.pk)
    gil.member.verifications.update(state="revoked")
    with refused("not_allowed"):
        answer_vouch(gil.actor, decide.pk, vouches=True)
    answer_vouch(gil.actor, decide.pk, vouches=False)


def test_nobody_vouches_in_a_ring(dara, case, verified):
    gil = verified("Gil Roth")
    asked = ask_vouch(dara.actor, case.pk, "Gil Roth")
    answer_vouch(gil.actor, asked.pk, vouches=True)
    give_licence(dara.actor, case.pk, "1")
    send_verification(dara.actor, case.pk)
    case.state = "verified"
    case.save()
    again = start_verification(gil.actor)
    with refused("no_voucher"):
        ask_vouch(gil.actor, again.pk, "Dara Okafor")


def test_who_vouched_does_not_decide_and_a_word_is_taken_back(ada, dara, case, verified):
    from hearth.groups.services import make_staff

    gil = verified("Gil Roth")
    make_staff(ada.actor, gil.member, "reviewer")
    asked = ask_vouch(dara.actor, case.pk, "Gil Roth")
    answer_vouch(gil.actor, asked.pk, vouches=True)
    give_licence(dara.actor, case.pk, "1")
    send_verification(dara.actor, case.pk)
    with refused("close_colleague"):
        decide_verification(gil.actor, case.pk, verified=True)
    take_back_vouch(gil.actor, asked.pk)
    assert [one.kind for one in in_force(case)] == ["licence"]
    with refused("close_colleague"):
        decide_verification(gil.actor, case.pk, verified=True)
    with refused("conflict"):
        take_back_vouch(gil.actor, asked.pk)
    assert facts("people.vouch_taken_back")[-1]["colleague"] == gil.member.pk


def test_the_imported_list_answers_with_names_as_people_write_them(ada, bo, dara, eve, other_community):
    assert import_register(ada.actor, TABLE.encode("utf-8-sig")) == 2
    row = ask_verification(dara.actor, licence=" 110 77 ")
    assert [one.outcome for one in findings_of(row)] == ["match"]
    assert answers_of(row, in_force(row), findings_of(row)) == {
        "number": True, "name": True, "place": True, "document": False,
    }  # fmt: skip
    ended = ask_verification(bo.actor, licence="110-78")
    assert [one.outcome for one in findings_of(ended)] == ["ended"]
    assert dict(risk_for(ended).reasons)["registry_ended"] == 45
    assert "110-77" not in str(list(LicenceRecord.objects.values()))
    with community_scope(other_community):
        theirs = ask_verification(eve.actor, hospital="Elsewhere", licence="110-77")
        assert findings_of(theirs) == []


def test_a_number_of_another_name_or_of_nobody_is_seen(ada, dara, bo):
    import_register(ada.actor, TABLE.encode())
    assert [one.outcome for one in findings_of(ask_verification(dara.actor, licence="110-78"))] == ["name"]
    assert [one.outcome for one in findings_of(ask_verification(bo.actor, licence="999"))] == ["none"]


@pytest.mark.parametrize(
    ("table", "word"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (b"", "first line"),
        (b"name,city\nA,B\n", "first line"),
        (b"name,licence\nA,\n", "Line 2"),
        (b"name,licence\nA,1\nB,1\n", "twice"),
        (b"name,licence,valid until\nA,1,31.12.2027\n", "2027-12-31"),
        (b'name,licence\n"' + b"x" * 200_000, "Line"),
    ],
)
def test_a_table_is_taken_in_whole_or_not_at_all(ada, table, word):
    import_register(ada.actor, TABLE.encode())
    with pytest.raises(Refusal, match=word):
        import_register(ada.actor, table)
    assert LicenceRecord.objects.get(name="Bo Zhang").valid_until == date(2020, 1, 31)


def test_only_those_who_run_the_house_import_a_list(dara):
    with refused("not_allowed"):
        import_register(dara.actor, TABLE.encode())


# -- the member's pages


@pytest.fixture
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return Path(settings.MEDIA_ROOT)


def test_a_member_asks_step_by_step(client_of, dara, store):
    client, page = client_of(dara), at("verification")
    post(client, page, kind="doctor", hospital="St Lucas", department="Neurology")
    shown = client.get(page).content.decode()
    assert "Still missing: Licence number" in shown
    refusal = post(client, at("verification-sending"), page)
    assert "Something is still missing" in refusal.content.decode()
    post(client, at("verification-licence"), page, licence="110-77")
    refusal = post(client, at("verification-document"), page, document=upload(bomb(), "licence.png"))
    assert (refusal.status_code, "too many pixels" in refusal.content.decode()) == (422, True)
    post(client, at("verification-document"), page, document=upload(picture()))
    answer = post(client, at("verification-sending"), page)
    assert "With a reviewer" in answer.content.decode()
    (row,) = dara.member.verifications.all()
    assert (row.state, means_of(row)) == ("waiting", ["document", "licence"])


def test_the_link_of_a_mail_only_fills_the_code_in(client_of, dara, case, domains):
    made = ask_mail_code(dara.actor, case.pk, "dara@stlucas.org")
    send_mail_code(made.pk)
    client, code = client_of(dara), code_of(mail.outbox[0])
    shown = client.get(at("verification"), {"code": code}).content.decode()
    assert f'value="{code}"' in shown
    assert Evidence.objects.get(pk=made.pk).state == "pending"
    wrong = post(client, at("verification-code"), at("verification"), code="1")
    assert "This code is wrong, used up or too old" in wrong.content.decode()
    assert MailCode.objects.get(evidence=made).tries == 1
    post(client, at("verification-code"), at("verification"), code=code)
    assert Evidence.objects.get(pk=made.pk).state == "given"


def test_a_colleague_sees_who_asks_and_answers(client_of, dara, case, verified):
    gil = verified("Gil Roth")
    post(client_of(dara), at("verification-colleague"), at("verification"), colleague="Gil Roth")
    asked = Evidence.objects.get(kind="vouch")
    client = client_of(gil)
    assert "Dara Okafor" in client.get(at("vouch")).content.decode()
    post(client, at("vouch-answer", evidence_id=asked.pk), at("vouch"), answer="yes")
    shown = post(client, at("vouch-withdrawal", evidence_id=asked.pk), at("vouch"))
    assert "Taken back" in shown.content.decode()
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_somebody_elses_evidence_is_nothing(client_of, bo, dara, case):
    one = give_licence(dara.actor, case.pk, "1")
    client = client_of(bo)
    answer = post(client, at("verification-removal", evidence_id=one.pk), at("verification"))
    assert answer.status_code == 404
    one.refresh_from_db()
    assert one.state == "given"

"""The verification desk's promises: evidence, opinions, two reviewers, what is kept and for how long."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from hearth.core import crypto
from hearth.core.audit import entries
from hearth.core.jobs import Cancelled, JobRun, run_next
from hearth.core.models import Job
from hearth.core.tenancy import community_scope
from hearth.groups.services import make_staff
from hearth.kit.clock import now
from hearth.people.access import evidence_for
from hearth.people.models import Evidence, Opinion, Verification
from hearth.people.queries import open_verifications
from hearth.people.queries.desk import risk_for
from hearth.people.services import (
    Decision,
    ask_verification,
    decide_verification,
    give_document,
    give_licence,
    give_opinion,
    open_evidence,
    record_call,
    send_verification,
    settle_opinion,
    start_verification,
    take_back_evidence,
    take_case,
    undo_opinion,
    update_profile,
)
from hearth.people.services.keeping import close_unanswered, reseal_evidence, shred_old_evidence, sweep_sealed_files
from hearth.people.services.mail_proof import send_mail_code
from hearth.people.tests.papers import bomb, pdf, picture, upload
from tests.cast import newcomer
from tests.watching import facts, refused

VERIFIED = Decision("verified")


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    """A store of its own for each test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return Path(settings.MEDIA_ROOT)


def files(store):
    return sorted(path for path in store.rglob("*") if path.is_file())


@pytest.fixture
def fay(community, ada):
    """Fay, a second reviewer."""
    found = newcomer(community, "Fay", kind="staff", real_name="Fay Moss")
    make_staff(ada.actor, found.member, "reviewer")
    return found


def waiting(somebody, **more):
    """A case with a picture that waits."""
    row = start_verification(somebody.actor, **more)
    give_licence(somebody.actor, row.pk, "110-77")
    give_document(somebody.actor, row.pk, upload(picture()))
    return send_verification(somebody.actor, row.pk)


def risky(dara, bo):
    """A case of high risk: the same file stands for two members."""
    waiting(bo)
    row = waiting(dara)
    assert risk_for(row).level == "high"
    return row


def test_a_request_is_a_draft_until_what_is_needed_is_there(dara):
    row = start_verification(dara.actor, department="Neurology")
    with refused("evidence_missing"):
        send_verification(dara.actor, row.pk)
    assert start_verification(dara.actor, kind="nurse", hospital="Elsewhere").pk == row.pk
    give_licence(dara.actor, row.pk, "1")
    sent = send_verification(dara.actor, row.pk)
    assert (sent.state, sent.kind, sent.hospital) == ("waiting", "nurse", "Elsewhere")
    with refused("conflict"):
        give_licence(dara.actor, row.pk, "2")
    with refused("verification_waiting"):
        start_verification(dara.actor, kind="doctor")
    with refused("refused", "kind"):
        start_verification(dara.actor, kind="astronaut")


def test_a_document_lies_sealed_in_the_store_and_opens_with_its_key_only(dara, store, settings):
    row = start_verification(dara.actor)
    given = give_document(dara.actor, row.pk, upload(pdf(), name="../../陈立 licence.exe"))
    (file,) = files(store)
    assert file.parent.name == "sealed"
    assert b"%PDF" not in file.read_bytes()
    assert crypto.unseal_bytes(given.key_id, file.read_bytes()) == pdf()
    assert (given.media_type, given.size) == ("application/pdf", len(pdf()))
    told = str(list(Evidence.objects.values()))
    assert "陈立" not in told
    assert "licence.exe" not in told


def test_hostile_documents_leave_nothing_behind(dara, store):
    row = start_verification(dara.actor)
    for data in (b"", bomb(), b"<svg onload='x()'/>", pdf() + b"<script>", b"\x00" * 12_000_001):
        with refused("unusable_document", "document"):
            give_document(dara.actor, row.pk, upload(data, "licence.png"))
    assert (files(store), Evidence.objects.filter(verification=row).count()) == ([], 0)


def test_every_look_at_evidence_is_on_record_with_who_and_why(ada, dara):
    row = waiting(dara)
    licence, document = Evidence.objects.filter(verification=row).order_by("pk")
    assert open_evidence(ada.actor, licence.pk)[1] == b"110-77"
    assert open_evidence(ada.actor, document.pk)[1].startswith(b"\xff\xd8\xff")
    looks = list(entries().filter(action="evidence_read").order_by("number"))
    assert [(look.actor, look.subject, look.after["evidence"]) for look in looks] == [
        (ada.actor.ref, f"member:{dara.member.pk}", licence.pk),
        (ada.actor.ref, f"member:{dara.member.pk}", document.pk),
    ]
    assert {look.after["why"] for look in looks} == {"review"}
    decide_verification(ada.actor, row.pk, verified=False, note="Not readable.")
    with refused("refused", "why"):
        open_evidence(ada.actor, licence.pk)
    open_evidence(ada.actor, licence.pk, why="member_asked")
    assert entries().first().after["why"] == "member_asked"


def test_evidence_is_nothing_to_members_and_to_other_communities(ada, bo, dara, eve, other_community):
    row = waiting(dara)
    one = Evidence.objects.filter(verification=row).first()
    for somebody in (bo, dara):
        with refused("not_allowed"):
            open_evidence(somebody.actor, one.pk)
        with refused("not_found"):
            evidence_for(somebody.actor, one.pk)
    with refused("not_found"):
        take_back_evidence(bo.actor, one.pk)
    with refused("not_found"):
        give_licence(bo.actor, row.pk, "3")
    with community_scope(other_community):
        assert Evidence.objects.filter(pk=one.pk).first() is None
        with refused("not_found"):
            give_licence(eve.actor, row.pk, "3")


def test_a_draft_is_nothing_to_reviewers_until_it_is_sent(ada, dara):
    row = start_verification(dara.actor)
    one = give_licence(dara.actor, row.pk, "1")
    with refused("not_found"):
        open_evidence(ada.actor, one.pk, why="suspicion")
    send_verification(dara.actor, row.pk)
    assert open_evidence(ada.actor, one.pk)[1] == b"1"


def test_what_is_taken_back_is_shredded_at_once(dara, store, django_capture_on_commit_callbacks):
    row = start_verification(dara.actor)
    given = give_document(dara.actor, row.pk, upload(picture()))
    with django_capture_on_commit_callbacks(execute=True):
        take_back_evidence(dara.actor, given.pk)
    given.refresh_from_db()
    assert (given.state, given.stored_as, files(store)) == ("withdrawn", "", [])
    assert given.shredded_at is not None
    old = give_licence(dara.actor, row.pk, "1")
    give_licence(dara.actor, row.pk, "2")
    old.refresh_from_db()
    assert (old.state, old.sealed) == ("withdrawn", "")


def test_a_decision_goes_out_after_its_minute_and_not_before(ada, dara, time_machine):
    time_machine.move_to(now(), tick=False)
    row = waiting(dara)
    give_opinion(ada.actor, row.pk, Decision("verified", checked=["name"]))
    assert run_next("w") is False
    assert (open_verifications(ada.actor), facts("people.person_verified")) == ([], [])
    time_machine.shift(timedelta(seconds=61))
    assert run_next("w")
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.means) == ("verified", ada.actor.ref, ["document", "licence"])
    assert len(facts("people.person_verified")) == 1


def test_within_the_minute_a_decision_is_taken_back_and_nothing_was_told(ada, dara, time_machine):
    time_machine.move_to(now(), tick=False)
    row = waiting(dara)
    opinion = give_opinion(ada.actor, row.pk, Decision("refused", note="No."))
    undo_opinion(ada.actor, row.pk)
    assert [one.id for one in open_verifications(ada.actor)] == [row.pk]
    time_machine.shift(timedelta(seconds=61))
    assert settle_opinion(opinion.pk) is False
    give_opinion(ada.actor, row.pk, VERIFIED)
    time_machine.shift(timedelta(seconds=61))
    with refused("too_late"):
        undo_opinion(ada.actor, row.pk)
    assert facts("people.verification_refused") == []


def test_high_risk_needs_a_second_person_and_keeps_the_first_opinion(ada, fay, bo, dara):
    row = risky(dara, bo)
    decide_verification(ada.actor, row.pk, verified=True)
    row.refresh_from_db()
    assert (row.state, dara.actor.verified) == ("waiting", False)
    assert [(one.by, one.verdict) for one in Opinion.objects.filter(verification=row)] == [(ada.actor.ref, "verified")]
    assert facts("people.verification_second_needed")[-1]["first"] == ada.actor.ref
    with refused("second_reviewer"):
        decide_verification(ada.actor, row.pk, verified=True)
    assert next(one for one in open_verifications(fay.actor) if one.id == row.pk).seconding
    decide_verification(fay.actor, row.pk, verified=True)
    assert dara.actor.verified


def test_the_second_person_may_refuse_and_that_stands(ada, fay, bo, dara):
    row = risky(dara, bo)
    decide_verification(ada.actor, row.pk, verified=True)
    assert decide_verification(fay.actor, row.pk, verified=False, note="The same photo twice.").state == "refused"


def test_two_opinions_of_one_person_are_refused_by_the_database_itself(ada, bo, dara):
    row = risky(dara, bo)
    decide_verification(ada.actor, row.pk, verified=True)
    first = Opinion.objects.get(verification=row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.create(verification=row, reviewer=first.reviewer, by="member:99", verdict="verified")
    Opinion.objects.create(verification=row, reviewer="person:99", by="member:99", verdict="verified")
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.create(verification=row, reviewer="person:98", by="member:98", verdict="refused")


def test_a_case_is_one_reviewers_until_the_hold_ends(ada, fay, dara, time_machine):
    time_machine.move_to(now(), tick=False)
    row = waiting(dara)
    assert take_case(ada.actor, row.pk)
    assert take_case(ada.actor, row.pk)
    assert not take_case(fay.actor, row.pk)
    with refused("case_taken"):
        give_opinion(fay.actor, row.pk, VERIFIED)
    time_machine.shift(timedelta(minutes=10, seconds=1))
    assert take_case(fay.actor, row.pk)


def test_asking_for_more_gives_the_case_back_with_a_last_day(ada, dara, time_machine):
    row = waiting(dara)
    settle_opinion(give_opinion(ada.actor, row.pk, Decision("more", note="A sharper photo."), undo_seconds=0).pk)
    row.refresh_from_db()
    assert (row.state, row.note) == ("asking", "A sharper photo.")
    assert facts("people.verification_more_asked")[-1]["until"] == row.asked_until.isoformat()
    give_document(dara.actor, row.pk, upload(picture(size=(240, 160))))
    send_verification(dara.actor, row.pk)
    decide_verification(ada.actor, row.pk, verified=True)  # the one who asked decides on what came
    assert dara.actor.verified


def test_what_is_not_sent_in_time_is_closed(ada, dara):
    row = waiting(dara)
    settle_opinion(give_opinion(ada.actor, row.pk, Decision("more", note="More."), undo_seconds=0).pk)
    row.refresh_from_db()
    assert close_unanswered(row.asked_until) == 0
    assert close_unanswered(row.asked_until + timedelta(days=1)) == 1
    assert close_unanswered(row.asked_until + timedelta(days=1)) == 0
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("refused", "house")


def test_a_video_call_is_written_down_and_sealed(ada, dara):
    row = waiting(dara)
    with refused("refused", "seen"):
        record_call(ada.actor, row.pk, seen=["nonsense"], note="")
    made = record_call(ada.actor, row.pk, seen=["licence", "face"], note="CANARY spoke of the ward.")
    assert made.told == {"seen": ["face", "licence"]}
    assert "CANARY" not in str(list(Evidence.objects.values())) + str(list(entries().values()))
    with refused("not_allowed"):
        record_call(dara.actor, row.pk, seen=["face"], note="")


def test_a_changed_name_after_asking_and_an_earlier_refusal_raise_the_risk(ada, dara):
    row = waiting(dara)
    before = dict(risk_for(row).reasons)
    update_profile(dara.actor, real_name="Somebody Else")
    row = Verification.objects.select_related("member__person__user").get(pk=row.pk)
    assert dict(risk_for(row).reasons) == {**before, "name_changed": 10}
    decide_verification(ada.actor, row.pk, verified=False, note="No.")
    again = ask_verification(dara.actor, licence="5")
    assert dict(risk_for(again).reasons)["refused_before"] == 15


def test_evidence_is_shredded_when_its_days_are_over(
    ada, dara, store, time_machine, django_capture_on_commit_callbacks
):
    time_machine.move_to(now(), tick=False)
    row = waiting(dara)
    decide_verification(ada.actor, row.pk, verified=True)
    time_machine.shift(timedelta(days=89, hours=23))
    assert shred_old_evidence() == 0
    time_machine.shift(timedelta(hours=2))
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        assert shred_old_evidence() == 2
    assert callbacks
    assert files(store) == []
    assert {(one.sealed, one.stored_as) for one in Evidence.objects.filter(verification=row)} == {("", "")}
    assert shred_old_evidence() == 0
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("verified", ada.actor.ref)
    with refused("refused"):
        open_evidence(ada.actor, Evidence.objects.filter(verification=row).first().pk, why="suspicion")


def test_a_file_goes_only_when_its_shredding_is_committed(dara, store):
    row = start_verification(dara.actor)
    given = give_document(dara.actor, row.pk, upload(picture()))
    with transaction.atomic():
        take_back_evidence(dara.actor, given.pk)
        transaction.set_rollback(True)
    assert len(files(store)) == 1
    assert Evidence.objects.get(pk=given.pk).stored_as


def test_what_no_row_names_is_swept_a_day_later(dara, store, time_machine):
    time_machine.move_to(now(), tick=True)
    row = start_verification(dara.actor)
    given = give_document(dara.actor, row.pk, upload(picture()))
    with transaction.atomic():
        give_document(dara.actor, row.pk, upload(pdf()))
        transaction.set_rollback(True)
    assert (len(files(store)), sweep_sealed_files()) == (2, 0)
    time_machine.shift(timedelta(hours=25))
    assert sweep_sealed_files() == 1
    assert [file.name for file in files(store)] == [given.stored_as.rsplit("/")[-1]]


def running(name):
    return JobRun(Job.objects.create(name=name, state="running", worker="w"), 60)


def test_new_keys_open_the_old_and_seal_everything_anew(ada, dara, settings, store, django_capture_on_commit_callbacks):
    settings.HEARTH_FIELD_KEYS = "old:secret"
    row = waiting(dara)
    settings.HEARTH_FIELD_KEYS = "new:other,old:secret"
    licence, document = Evidence.objects.filter(verification=row).order_by("pk")
    assert open_evidence(ada.actor, licence.pk)[1] == b"110-77"
    with django_capture_on_commit_callbacks(execute=True):
        assert reseal_evidence(running("people.reseal_evidence")) == 2
    settings.HEARTH_FIELD_KEYS = "new:other"
    assert open_evidence(ada.actor, licence.pk)[1] == b"110-77"
    assert open_evidence(ada.actor, document.pk)[1].startswith(b"\xff\xd8\xff")
    assert len(files(store)) == 1
    assert reseal_evidence(running("people.reseal_evidence")) == 0


def test_sealing_anew_goes_on_where_it_was_broken_off(dara, settings):
    settings.HEARTH_FIELD_KEYS = "old:secret"
    waiting(dara)
    settings.HEARTH_FIELD_KEYS = "new:other,old:secret"
    run = running("people.reseal_evidence")
    Job.objects.filter(pk=run.row.pk).update(cancel_asked_at=now())
    with pytest.raises(Cancelled):
        reseal_evidence(run)
    assert sorted(Evidence.objects.values_list("key_id", flat=True)) == ["new", "old"]
    Job.objects.filter(pk=run.row.pk).update(cancel_asked_at=None)
    assert reseal_evidence(run) == 2
    assert set(Evidence.objects.values_list("key_id", flat=True)) == {"new"}


def test_a_code_for_evidence_that_is_gone_is_not_sent(dara):
    assert send_mail_code(404) is False

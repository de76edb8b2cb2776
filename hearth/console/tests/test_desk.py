"""The verification desk, as reviewers use it."""

import re
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from hearth.console.tests.test_pages import post, text
from hearth.core.jobs import run_next
from hearth.core.models import AuditEntry
from hearth.groups.services import make_staff
from hearth.kit.clock import now
from hearth.people.services import (
    ask_verification,
    give_document,
    give_licence,
    send_verification,
    start_verification,
    take_case,
)
from hearth.people.tests.papers import pdf, upload
from tests.cast import second_factor


def test_a_badge_is_refused_only_with_a_word_and_confirmed_with_an_end(ada, dara, client_of, url, time_machine):
    time_machine.move_to(now(), tick=False)
    row = ask_verification(dara.actor, licence="99-1")
    browser = client_of(ada)
    address = url("verification-decision", verification_id=row.pk)
    assert "Say why" in text(post(browser, address, verdict="refused", note=""))
    end = (now() + timedelta(days=100)).date()
    assert "goes out in a minute" in text(
        post(browser, address, verdict="verified", expires_on=end.isoformat(), note="")
    )
    row.refresh_from_db()
    assert row.state == "waiting"
    time_machine.shift(timedelta(seconds=61))
    assert run_next("w")
    row.refresh_from_db()
    assert (row.state, row.expires_on) == ("verified", end)


def test_prepared_words_reach_the_member_in_their_own_language(ada, dara, client_of, url):
    dara.user.language = "zh-hans"
    dara.user.save()
    row = ask_verification(dara.actor, licence="99-1")
    post(client_of(ada), url("verification-decision", verification_id=row.pk), verdict="refused", reason="not_readable")
    opinion = row.opinions.get()
    assert (opinion.verdict, opinion.note) == ("refused", "文件无法辨认。")


def test_a_licence_number_opens_on_demand_and_leaves_a_trace(ada, dara, client_of, url):
    row = ask_verification(dara.actor, licence="99-secret-1")
    browser, one = client_of(ada), row.evidence.get()
    assert "99-secret-1" not in text(browser.get(url("verification-row", verification_id=row.pk)))
    address = url("verification-evidence", verification_id=row.pk, evidence_id=one.pk)
    seen = post(browser, address)
    assert "99-secret-1" in text(seen)
    assert seen.headers["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.latest("number")
    assert (entry.action, entry.subject) == ("evidence_read", f"member:{dara.member.pk}")
    part = browser.post(
        address, {"idempotency_key": "k"}, headers={"hx-request": "true", "hx-target": f"evidence-{one.pk}"}
    )
    assert "99-secret-1" in text(part)
    assert "<html" not in text(part)


def test_a_case_shows_its_risk_the_checks_and_what_others_thought(ada, bo, dara, client_of, url):
    ask_verification(bo.actor, licence="99-1")
    row = ask_verification(dara.actor, licence="99 1")
    browser = client_of(ada)
    page = text(browser.get(url("verification-row", verification_id=row.pk)))
    assert "The same number was given by another member" in page
    assert "High risk" in page
    assert "two different people must confirm" in page
    post(browser, url("verification-decision", verification_id=row.pk), verdict="verified")
    assert "Going out within a minute" in text(browser.get(url("verification")))
    post(browser, url("verification-undoing", verification_id=row.pk))
    assert row.opinions.filter(undone_at=None).count() == 0


def test_a_case_that_another_reviewer_holds_is_not_offered(ada, bo, dara, client_of, url):
    make_staff(ada.actor, bo.member, "reviewer")
    second_factor(bo.user)
    row = ask_verification(dara.actor, licence="99-1")
    address = url("verification-hold", verification_id=row.pk)
    assert post(client_of(ada), address).status_code == 204
    held = post(client_of(bo), address)
    assert held.headers["HX-Refresh"] == "true"
    page = text(client_of(bo).get(url("verification-row", verification_id=row.pk)))
    assert "Ada Lind works on it" in page
    assert 'value="verified"' not in page
    assert "Begin" not in text(client_of(bo).get(url("verification")))


def test_who_has_decided_on_a_risky_case_leaves_it_to_the_second(ada, bo, chen, dara, client_of, url, time_machine):
    time_machine.move_to(now(), tick=False)
    earlier = ask_verification(bo.actor, licence="99-1")
    row = ask_verification(dara.actor, licence="99 1")
    make_staff(ada.actor, chen.member, "reviewer")
    second_factor(chen.user)
    first, second = client_of(ada), client_of(chen)
    here, hold = (url(name, verification_id=row.pk) for name in ("verification-row", "verification-hold"))
    post(first, url("verification-decision", verification_id=row.pk), verdict="verified")
    told = text(second.get(here))
    assert "Ada Lind would confirm" in told
    assert "verification-undoing" not in told
    time_machine.shift(timedelta(seconds=61))
    assert run_next("w")
    mine = text(first.get(here))
    assert "a second person must look" in mine
    assert hold not in mine
    assert "Ada Lind would confirm" in mine
    assert take_case(ada.actor, row.pk) is False
    leads_here = re.compile(f'href="{here}"[^>]*data-key="n"')
    before = url("verification-row", verification_id=earlier.pk)
    assert [bool(leads_here.search(text(one.get(before)))) for one in (first, second)] == [False, True]
    assert 'value="verified"' in text(second.get(here))
    assert post(second, hold).status_code == 204
    assert take_case(chen.actor, row.pk)


def test_a_pdf_opens_as_a_file_that_can_do_nothing(ada, dara, client_of, url, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    row = start_verification(dara.actor)
    paper = give_document(dara.actor, row.pk, upload(pdf()))
    give_licence(dara.actor, row.pk, "1")
    send_verification(dara.actor, row.pk)
    address = url("verification-evidence", verification_id=row.pk, evidence_id=paper.pk)
    seen = post(client_of(ada), address)
    assert (seen.content, seen.headers["Content-Type"]) == (pdf(), "application/pdf")
    assert seen.headers["Content-Security-Policy"].startswith("default-src 'none'")
    elsewhere = url("verification-evidence", verification_id=row.pk + 1, evidence_id=paper.pk)
    assert post(client_of(ada), elsewhere).status_code == 404


def test_a_list_of_licences_is_imported_and_a_bad_line_is_named(ada, client_of, url):
    browser = client_of(ada)
    bad = SimpleUploadedFile("list.csv", b"name,licence,valid until\nBo Zhang,1,someday\n")
    assert "Line 2: write the day as 2027-12-31." in text(post(browser, url("verification-register"), table=bad))
    good = SimpleUploadedFile("list.csv", b"name,licence\nBo Zhang,1\n")
    assert "The list has 1 licence." in text(post(browser, url("verification-register"), follow=True, table=good))

"""Bringing an export in through the browser, from the drop to the report: with small files and with a real one."""

import io
import json
import os
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape

from hearth.carriers.models import Upload
from hearth.carriers.queries.uploads import path_of, standing_of
from hearth.carriers.registry import load_importers
from hearth.carriers.services import start_diagnosis, start_import, try_upload
from hearth.carriers.services.uploads import UPLOAD_DAYS, UPLOAD_LIMIT, remove_old_uploads, safe_name
from hearth.conversation.models import Message
from hearth.core.community_settings import change_setting
from hearth.core.errors import Conflict
from hearth.core.jobs import running_alone
from hearth.core.models import AuditEntry, Job
from hearth.groups.models import Group

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("HEARTH_DATA") or ROOT.parent / "shared" / "data")
SLACK = DATA / "fmt_slack_export" / "slack-export-houstondatavis-pseudonymised.zip"
TABLE = "time,author,text,channel,id\n" + "".join(
    f"2024-0{1 + n % 8}-1{n % 9} 10:0{n % 6},P{n % 4},How is bed {n}?,Ward {n % 2},m{n}\n" for n in range(40)
)
GOOD, BAD = 40, "soon,P1,no time,Ward 1,bad\n"


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.HEARTH_HOME = tmp_path


@pytest.fixture
def drop(ada, client_of, url):
    """``drop("talk.csv", text)``: send a file; the upload and the browser that sent it."""
    browser = client_of(ada)

    def send(name: str, content: str | bytes, purpose: str = "import"):
        raw = content.encode() if isinstance(content, str) else content
        fields = {"idempotency_key": uuid.uuid4().hex, "purpose": purpose, "file": SimpleUploadedFile(name, raw)}
        response = browser.post(url("uploads"), fields, follow=True)
        return response, browser

    return send


def work_off() -> None:
    with running_alone() as drain:
        while drain():
            pass


def post(browser, address, **fields):
    return browser.post(address, {"idempotency_key": uuid.uuid4().hex, **fields}, follow=True)


def text(response) -> str:
    return response.content.decode()


def test_an_export_is_looked_through_imported_and_reported(drop, url):
    page, browser = drop("talk.csv", TABLE + BAD)
    upload = Upload.objects.get()
    assert "Looking through it" in text(page)
    assert Message.objects.count() == 0
    work_off()
    page = text(browser.get(url("upload", upload_id=upload.pk)))
    assert "What it would bring" in page
    assert "The time “soon” cannot be understood" in page
    assert Message.objects.count() == 0
    post(browser, url("upload-loading", upload_id=upload.pk), source="ward")
    work_off()
    page = text(browser.get(url("upload", upload_id=upload.pk)))
    assert "What came in" in page
    assert Message.objects.count() == GOOD
    rejected = browser.get(url("upload-rejections", upload_id=upload.pk))
    lines = b"".join(rejected.streaming_content).splitlines()
    assert [(json.loads(line)["line"], json.loads(line)["code"]) for line in lines] == [(42, "bad_time")]
    assert "“talk.csv” was imported" in text(browser.get(url("today")))


def test_the_same_file_again_is_recognised_and_doubles_nothing(drop, url):
    for _round in range(2):
        _page, browser = drop("talk.csv", TABLE)
        upload = Upload.objects.latest("pk")
        work_off()
        page = text(browser.get(url("upload", upload_id=upload.pk)))
        assert ("This file was imported before" in page) is bool(_round)
        post(browser, url("upload-loading", upload_id=upload.pk), source="ward")
        work_off()
    upload.refresh_from_db()
    assert (upload.loading.result["messages"], upload.loading.result["known"]) == (0, GOOD)
    assert Message.objects.count() == GOOD


def test_a_table_with_strange_columns_is_mapped_and_looked_through_again(drop, url):
    strange = TABLE.replace("time,author,text,channel,id", "wann,wer,was,gruppe,nr", 1)
    _page, browser = drop("talk.csv", strange)
    work_off()
    upload = Upload.objects.get()
    page = text(browser.get(url("upload", upload_id=upload.pk)))
    assert "do not say which is the time" in page
    assert "How is bed 0?" in page
    wrong = {"column_author": "wer", "column_text": "was", "tz": "Mars/Olympus"}
    refused = post(browser, url("upload-trial", upload_id=upload.pk), **wrong)
    assert (refused.status_code, "There is no time zone of this name" in text(refused)) == (422, True)
    columns = {
        "column_time": "wann",
        "column_author": "wer",
        "column_text": "was",
        "column_channel": "gruppe",
        "column_id": "nr",
    }
    post(browser, url("upload-trial", upload_id=upload.pk), tz="Asia/Shanghai", **columns)
    work_off()
    upload.refresh_from_db()
    assert upload.trial.result["report"]["messages"] == GOOD
    assert upload.mapping["tz"] == "Asia/Shanghai"


def test_a_chat_whose_times_name_no_zone_is_looked_through_again_by_the_right_clock(drop, url):
    _page, browser = drop("WhatsApp Chat with Ward.txt", "5/3/24, 21:15 - Ada: Who covers?\n5/4/24, 21:15 - Bo: I do\n")
    work_off()
    upload = Upload.objects.get()
    assert upload.trial.result["report"]["codes"] == {"ambiguous_time": 2}
    page = text(browser.get(url("upload", upload_id=upload.pk)))
    assert "Which clock wrote the times" in page
    assert "What the columns mean" not in page
    post(browser, url("upload-trial", upload_id=upload.pk), tz="Asia/Shanghai", day_first="yes", channel_name="Night")
    work_off()
    upload.refresh_from_db()
    told = upload.trial.result
    assert (told["report"]["messages"], told["channels"]) == (2, [["Night", 2]])
    assert told["report"]["first_ms"] == 1_709_644_500_000  # 2024-03-05 21:15 in Shanghai


def test_an_export_is_diagnosed_without_bringing_anything_in(drop, url):
    page, browser = drop("talk.csv", TABLE, "diagnose")
    assert "Being diagnosed" in text(page)
    work_off()
    upload = Upload.objects.get()
    report = browser.get(url("upload", upload_id=upload.pk), follow=True)
    assert report.redirect_chain[-1][0] == url("archive", upload_id=upload.pk)
    assert "Ward 0" in text(report)
    told = json.loads(browser.get(url("archive-data", upload_id=upload.pk)).content)
    assert {group["name"] for group in told["groups"]} == {"Ward 0", "Ward 1"}
    assert "<!doctype html>" in text(browser.get(url("archive-report", upload_id=upload.pk)))
    assert (Message.objects.count(), Group.objects.count()) == (0, 0)


def test_a_diagnosed_export_names_what_could_not_be_read(drop, url):
    _page, browser = drop("talk.csv", TABLE + BAD, "diagnose")
    work_off()
    upload = Upload.objects.get()
    page = text(browser.get(url("archive", upload_id=upload.pk)))
    assert "What could not be read, and why (1 of 1)" in page
    assert 'talk.csv:42</span> <span class="evidence-text">The time “soon” cannot be understood' in page
    assert url("upload-rejections", upload_id=upload.pk) not in page  # written by an import alone
    post(browser, url("upload-loading", upload_id=upload.pk), source="ward")
    work_off()
    assert url("upload-rejections", upload_id=upload.pk) in text(browser.get(url("archive", upload_id=upload.pk)))


def test_what_is_no_archive_is_refused_with_a_word(drop, url):
    _page, browser = drop("talk.bin", b"\x00\x01\x02" * 400, "diagnose")
    work_off()
    page = text(browser.get(url("upload", upload_id=Upload.objects.get().pk)))
    assert "This archive cannot be read as it is" in page


def test_an_empty_or_too_large_file_is_refused_before_it_is_kept(drop, ada, tmp_path):
    assert "The file is empty" in text(drop("talk.csv", "")[0])
    change_setting(ada.actor, UPLOAD_LIMIT.key, 1)
    assert "larger than 1 MB" in text(drop("talk.csv", "x" * 1_100_000)[0])
    assert Upload.objects.count() == 0
    assert not list(tmp_path.glob("uploads/**/*.csv"))


def test_an_import_is_stopped_and_goes_on(drop, url):
    _page, browser = drop("talk.csv", TABLE)
    work_off()
    upload = Upload.objects.get()
    post(browser, url("upload-loading", upload_id=upload.pk), source="ward")
    upload.refresh_from_db()
    page = text(post(browser, url("job-cancellation", job_id=upload.loading_id)))
    assert "It was stopped" in page
    post(browser, url("job-repetition", job_id=upload.loading_id))
    work_off()
    assert standing_of(Upload.objects.select_related("loading").get()).code == "imported"


def test_names_of_files_are_harmless(drop, tmp_path):
    assert safe_name("../../etc/pass wd\x00<b>.csv") == "pass wd_b_.csv"
    drop("..\\..\\<img src=x>.csv", TABLE)
    upload = Upload.objects.get()
    assert path_of(upload).resolve().is_relative_to(tmp_path / "uploads")
    assert "<" not in upload.name


def test_a_removed_file_is_gone_and_what_was_imported_stays(drop, url, django_capture_on_commit_callbacks):
    _page, browser = drop("talk.csv", TABLE)
    work_off()
    upload = Upload.objects.get()
    post(browser, url("upload-loading", upload_id=upload.pk), source="ward")
    work_off()
    place = path_of(upload)
    with django_capture_on_commit_callbacks(execute=True):
        post(browser, url("upload-removal", upload_id=upload.pk))
        assert place.exists()  # until the row says so for good
    assert not place.exists()
    assert Message.objects.count() == GOOD


def test_an_archive_is_kept_for_some_days_and_told_so(drop, ada, url, time_machine, django_capture_on_commit_callbacks):
    _page, browser = drop("talk.csv", TABLE)
    work_off()
    upload = Upload.objects.get()
    post(browser, url("upload-loading", upload_id=upload.pk), source="ward")
    change_setting(ada.actor, UPLOAD_DAYS.key, 10)
    place, told = path_of(upload), f"kept until {date_format(upload.uploaded_at + timedelta(days=10))}"
    for address in (url("imports"), url("upload", upload_id=upload.pk)):
        assert told in text(browser.get(address))
    time_machine.move_to(upload.uploaded_at + timedelta(days=10, minutes=1))
    assert (remove_old_uploads(), place.exists()) == (0, True)  # the import has not run yet
    work_off()
    time_machine.move_to(upload.uploaded_at + timedelta(days=9, hours=23))
    assert (remove_old_uploads(), place.exists()) == (0, True)
    time_machine.move_to(upload.uploaded_at + timedelta(days=10, minutes=2))
    Job.objects.create(name="carriers.remove_old_uploads")
    with django_capture_on_commit_callbacks(execute=True):
        work_off()
    assert (place.exists(), Message.objects.count()) == (False, GOOD)
    told = AuditEntry.objects.get(action="upload_removed")
    assert (told.subject, told.actor, told.why) == (f"upload:{upload.pk}", "house", "its time was over")
    assert remove_old_uploads() == 0


def test_a_removed_archive_is_told_and_nothing_can_be_begun_with_it(drop, ada, url):
    _page, browser = drop("talk.csv", TABLE, "diagnose")
    work_off()
    upload = Upload.objects.get()
    post(browser, url("upload-removal", upload_id=upload.pk))
    assert browser.get(url("archive", upload_id=upload.pk)).url == url("upload", upload_id=upload.pk)
    page = text(browser.get(url("upload", upload_id=upload.pk)))
    assert "The file is no longer here" in page
    assert "file removed" in text(browser.get(url("imports")))
    jobs = Job.objects.count()
    for act in (try_upload, start_import, start_diagnosis):
        with pytest.raises(Conflict, match="This file was removed"):
            act(ada.actor, upload)
    refused = post(browser, url("upload-loading", upload_id=upload.pk), source="ward")
    assert "This file was removed. Upload it again." in text(refused)
    assert Job.objects.count() == jobs


def test_the_list_of_imports_asks_again_while_something_is_under_way(drop, url):
    _page, browser = drop("talk.csv", TABLE)
    job = Upload.objects.select_related("trial").get().trial
    Job.objects.filter(pk=job.pk).update(done=250, total=1000)
    part = {"HX-Request": "true", "HX-Target": "brought-before"}
    again = text(browser.get(url("imports"), headers=part))
    assert again.lstrip().startswith('<div id="brought-before"')
    assert 'hx-trigger="every 2s"' in again
    assert "25 %" in again
    work_off()
    over = text(browser.get(url("imports"), headers=part))
    assert ("hx-trigger" in over, "Ready to import" in over) == (False, True)


def test_one_community_never_sees_the_uploads_of_another(drop, eve, other_community, client_of):
    from hearth.core.permissions import house_actor
    from hearth.core.tenancy import community_scope
    from hearth.groups.services import make_staff

    drop("talk.csv", TABLE)
    upload = Upload.objects.get()
    with community_scope(other_community):
        make_staff(house_actor(other_community.pk), eve.member, "operator")
    browser = client_of(eve)
    for name in ("upload", "archive", "upload-rejections"):
        address = reverse(f"console:{name}", kwargs={"community": "elsewhere", "upload_id": upload.pk})
        assert browser.get(address).status_code == 404


def test_whoever_may_not_import_leaves_no_file(ada, chen, client_of, url, tmp_path):
    fields = {"idempotency_key": "k", "purpose": "import", "file": SimpleUploadedFile("a.csv", TABLE.encode())}
    assert client_of(chen).post(url("uploads"), fields).status_code == 404
    assert not list(tmp_path.glob("uploads/**/*"))


def test_an_upload_without_a_form_token_is_refused(ada, community, url):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada.user, backend="django.contrib.auth.backends.ModelBackend")
    fields = {"idempotency_key": "k", "purpose": "import", "file": SimpleUploadedFile("a.csv", TABLE.encode())}
    assert browser.post(url("uploads"), fields).status_code == 403
    assert Upload.objects.count() == 0


@pytest.mark.skipif(not SLACK.exists(), reason="HEARTH_DATA holds no Slack export")
def test_a_real_export_is_imported_and_the_diagnosis_follows(drop, url):
    _page, browser = drop(SLACK.name, SLACK.read_bytes())
    work_off()
    upload = Upload.objects.select_related("trial").get()
    assert upload.trial.result["report"]["messages"] == 1031
    post(browser, url("upload-loading", upload_id=upload.pk), source="slack")
    work_off()
    assert Message.objects.count() == 1031
    Job.objects.create(name="insight.refresh_pulse", community_id=upload.community_id)
    work_off()
    page = text(browser.get(url("diagnosis")))
    assert "1,031 messages" in page
    assert "datajam" in page


def test_a_zip_of_tables_is_read(drop, url):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ward.csv", TABLE)
    drop("ward.zip", packed.getvalue())
    work_off()
    assert Upload.objects.select_related("trial").get().trial.result["report"]["messages"] == GOOD


def test_every_format_is_named_with_the_way_to_export_it(ada, client_of, url):
    page = text(client_of(ada).get(url("imports")))
    told = load_importers().values()
    assert len(told) > 15
    assert [one.key for one in told if escape(one.label) not in page or escape(one.export) not in page] == []
    assert [one.key for one in told if not one.export] == []

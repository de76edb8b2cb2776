"""The audit log tells what was done in the reader's words; its file holds what was written down."""

import csv
import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from hearth.core import audit
from hearth.groups.services import close_group
from hearth.people.services import change_tags
from hearth.people.services.rosters import keep_roster


@pytest.fixture
def done(ada, bo, cardiology, settings, tmp_path):
    """What Ada did: a tag, a group closed, a table uploaded, her own data fetched, members exported."""
    settings.HEARTH_HOME = tmp_path
    change_tags(ada.actor, [bo.member.pk], "speaker", on=True)
    close_group(ada.actor, cardiology, why="Moved.", completed=False)
    keep_roster(ada.actor, SimpleUploadedFile("ward.csv", b"name\nZoe\n"))
    with transaction.atomic():
        audit.record(ada.actor, "export_fetched", "export:2")
        taken = {"columns": ["name"], "filters": {"tag": [audit.sealed("speaker")], "kind": ["guest"]}}
        audit.record(ada.actor, "members_exported", f"community:{ada.community.pk}", after=taken)


def cells(browser, address):
    """Action → what stands under "To what" and "After", on the page."""
    told = {}
    for row in re.findall(r"<tr.*?</tr>", browser.get(address).content.decode(), re.DOTALL):
        texts = [" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
        if texts:
            told[texts[3]] = (texts[4], texts[6])
    return told


def test_the_log_speaks_in_words(ada, bo, done, client_of, url):
    told = cells(client_of(ada), url("audit"))
    assert told["gave members a tag"] == ("Community", f"Members: {bo.member.pk}, Tag: Kept with whom it concerns")
    assert told["closed a group"] == ("Cardiology", "Completed: No")
    assert told["uploaded a list of members"][0] == "ward.csv"
    assert told["fetched a copy of their own data"] == ("Own data", "–")
    assert told["exported the list of members"] == (
        "Community",
        "Columns: name, Filter: Kind: guest, Tag: Kept with whom it concerns",
    )


def test_the_log_speaks_chinese(ada, done, client_of, url):
    browser = client_of(ada)
    browser.cookies["hearth_language"] = "zh-hans"
    told = cells(browser, url("audit"))
    assert told["关闭了群组"][1] == "已完成: 否"
    assert told["取走了自己数据的副本"][0] == "本人数据"


def test_the_file_of_the_log_holds_what_was_written_down(ada, bo, done, client_of, url):
    sheet = client_of(ada).get(url("audit") + "?export=csv").getvalue().decode("utf-8-sig")
    rows = {row["What"]: row for row in csv.DictReader(io.StringIO(sheet))}
    assert json.loads(rows["group_closed"]["After"]) == {"completed": False}
    assert json.loads(rows["tag_added"]["After"]) == {"members": [bo.member.pk], "tag": audit.sealed("speaker")}
    assert (rows["group_closed"]["Before"], rows["export_fetched"]["To what"]) == ("", "export:2")

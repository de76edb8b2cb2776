"""Files and exports: what comes in is looked at, what goes out is never run, and no path leaves its folder."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hearth.conversation.models import Attachment
from hearth.core import storage
from tests.security.world import PIXEL, World, browser

pytestmark = pytest.mark.django_db
SCRIPT = b"<script>xss(1)</script>"
POLYGLOTS = {
    "script.html": (SCRIPT, "text/html"),
    "picture.svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='xss(1)'/>", "image/svg+xml"),
    "picture.png": (SCRIPT, "image/png"),
    "gifar.gif": (b"GIF89a/*" + SCRIPT + b"*/=1;xss(1)", "image/gif"),
    "page.xhtml": (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "image/png"),
    "program.exe": (b"MZ" + b"\x00" * 200, "application/octet-stream"),
    "shell.php": (b"<?php system($_GET['a']); ?>", "text/plain"),
    "empty.png": (b"", "image/png"),
}
SHOWN = {"image/jpeg", "image/png", "image/webp", "image/gif"}


def upload(world: World, name: str, data: bytes, kind: str):
    client = browser(world.alfa.people["member"].user)
    address = f"/c/alfa/groups/{world.alfa.things['group']}/files/"
    file = SimpleUploadedFile(name, data, kind)
    headers = {"idempotency-key": name[:40], "accept": "application/json"}
    return client, client.post(address, {"file": file}, headers=headers)


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_file_that_is_not_what_it_says_is_refused_or_can_only_be_saved(world, name):
    data, kind = POLYGLOTS[name]
    client, answer = upload(world, name, data, kind)
    assert answer.status_code in {201, 422}
    if answer.status_code == 201:
        given = client.get(answer.json()["url"])
        b"".join(given)
        assert given.headers["Content-Disposition"].startswith("attachment")
        assert given.headers["Content-Type"] not in {"text/html", "image/svg+xml", "application/xhtml+xml"}


def test_what_hangs_on_a_picture_is_gone_after_it_was_taken_in(world):
    client, answer = upload(world, "pixel.png", PIXEL + SCRIPT, "image/png")
    assert answer.status_code == 201
    given = client.get(answer.json()["url"])
    assert SCRIPT not in b"".join(given)
    assert given.headers["Content-Type"] in SHOWN
    assert given.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert given.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["../../../etc/passwd.png", "..\\..\\a.png", "a\x00.png", "a\r\nX: y.png"])
def test_no_name_of_a_file_leads_out_of_the_store(world, name):
    client, answer = upload(world, name, PIXEL, "image/png")
    assert answer.status_code == 201
    row = Attachment._base_manager.get(pk=answer.json()["id"])
    assert storage.path_of(row.stored_as).resolve().is_relative_to(storage.path_of(row.stored_as).parents[2])
    assert not {"/", "\\", "\x00", "\r", "\n"} & set(row.name)
    given = client.get(answer.json()["url"])
    b"".join(given)
    assert "X" not in given.headers


def test_no_name_that_the_store_never_gave_opens_a_file():
    for name in ("../secret_key", "1/../../secret_key", "/etc/passwd", "1/aa/" + "a" * 64 + "/../x", "1/aa/x", ""):
        with pytest.raises(ValueError, match="not a name of the store"):
            storage.path_of(name)


def test_files_of_another_community_a_hidden_message_and_an_unposted_one_are_shut(world):
    theirs = world.bravo.things["attachment_id"]
    client, answer = upload(world, "pixel.png", PIXEL, "image/png")
    assert client.get(f"/c/alfa/files/{theirs}/").status_code == 404
    keeper = browser(world.alfa.people["keeper"].user)
    assert keeper.get(answer.json()["url"]).status_code == 404  # not posted yet: its uploader's alone


def test_an_export_holds_no_cell_that_a_spreadsheet_would_work_out(world):
    group = world.alfa.people["member"].member
    starts = ("=HYPERLINK(1)", "+1+1", "-1+1|cmd", "@SUM(1)", "\t=1", "\r=1", "＝1+1")
    type(group)._base_manager.filter(pk=group.pk).update(
        display_name=starts[0], department=starts[3], hospital=starts[1]
    )
    admin = browser(world.alfa.people["admin"].user)
    answer = admin.get("/c/alfa/console/members/", {"export": "csv"})
    body = (b"".join(answer) if answer.streaming else answer.content).decode("utf-8-sig")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(body)))
    assert len(rows) > 8
    cells = [cell for row in rows for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and len(cell) > 1]

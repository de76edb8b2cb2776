"""Pictures and files: hostile ones end as clean re-encodes or are refused, and nobody gets what they may not see."""

import io
import os
import struct
import zipfile
import zlib
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from hearth.conversation.access import room_of_group
from hearth.conversation.errors import EmptyMessage
from hearth.conversation.models import Attachment, Message
from hearth.conversation.rules import files
from hearth.conversation.services.attachments import attach, sweep_orphans
from hearth.conversation.services.changing import edit_message, hide_message
from hearth.conversation.services.posting import post_message
from hearth.core import storage
from hearth.core.community_settings import change_setting
from hearth.groups.services import remove_member
from hearth.kit import pictures
from hearth.kit.clock import now

GPS = 0x8825


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    """A store of its own for each test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return Path(settings.MEDIA_ROOT)


def picture(kind="JPEG", size=(80, 40), *, exif=None, **rest):
    out = io.BytesIO()
    colour = Image.linear_gradient("L").resize(size).convert("RGB")
    colour.save(out, kind, **({"exif": exif} if exif else {}), **rest)
    return out.getvalue()


def located():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Spy camera"
    exif.get_ifd(GPS).update({1: "N", 2: (48.0, 8.0, 14.0), 3: "E", 4: (11.0, 34.0, 31.0)})
    return picture(exif=exif, comment=b"secret comment")


def png_bomb(side=30_000):
    """A PNG of a few kilobytes that unfolds to 30,000 x 30,000 pixels."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((side // 8 + 1) * 400))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def office(**entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    return out.getvalue()


@pytest.fixture
def upload(client_of, cardiology):
    def send(who, data, name="picture.jpg"):
        return client_of(who).post(
            f"/c/stlucas/groups/{cardiology.pk}/files/",
            {"file": SimpleUploadedFile(name, data), "idempotency_key": uuid4().hex},
            headers={"Accept": "application/json"},
        )

    return send


@pytest.fixture
def posted(chen, cardiology):
    """A file on a message of Chen's."""

    def post(data=None, name="picture.jpg"):
        access = room_of_group(chen.actor, cardiology.pk)
        kept = attach(access, SimpleUploadedFile(name, data if data is not None else picture()))
        post_message(access, text="look", client_id=uuid4().hex, attachments=[kept.pk])
        return Attachment.objects.get(pk=kept.pk)

    return post


def test_where_a_picture_was_taken_is_gone_and_it_stands_upright():
    clean = pictures.clean(located())
    assert (clean.width, clean.height) == (40, 80)
    for data in (clean.data, clean.thumb):
        with Image.open(io.BytesIO(data)) as again:
            assert dict(again.getexif()) == {}
            assert again.getexif().get_ifd(GPS) == {}
        for trace in (b"Spy camera", b"secret comment", b"Exif"):
            assert trace not in data


def test_a_bomb_is_refused_before_it_unfolds():
    bomb = png_bomb()
    assert len(bomb) < 10_000
    with pytest.raises(pictures.TooManyPixels):
        pictures.clean(bomb)


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"PK\x03\x04" + b"x" * 200, b"%PDF-1.7\n<html>"])
def test_a_second_file_behind_a_picture_does_not_survive(tail):
    for kind in ("JPEG", "PNG", "GIF", "WEBP"):
        clean = pictures.clean(picture(kind) + tail)
        assert tail[:12] not in clean.data
        assert tail[:12] not in clean.thumb


def test_a_script_in_the_metadata_of_a_gif_does_not_survive():
    clean = pictures.clean(picture("GIF", comment=b"/*<svg onload=alert(1)>*/"))
    assert b"onload" not in clean.data
    assert clean.format == "PNG"


def test_an_animation_becomes_its_first_frame():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    with Image.open(io.BytesIO(pictures.clean(out.getvalue()).data)) as still:
        assert getattr(still, "n_frames", 1) == 1
        assert still.convert("RGB").getpixel((5, 5))[0] > 200


@pytest.mark.parametrize("cut", [0, 3, 12, 60, 200])
def test_a_broken_picture_is_refused_with_a_reason(cut):
    with pytest.raises(pictures.BadPicture):
        pictures.clean(picture()[:cut] if cut else b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"%PDF-1.7 ...", "x.exe", "application/pdf"),
        ("Nachricht, 病例".encode(), "notes.txt", "text/plain"),
        (b"a,b\n1,2\n", "t.csv", "text/csv"),
        (office(**{"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), "a.docx",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office(**{"[Content_Types].xml": "<x/>", "word/document.xml": "", "word/vbaProject.bin": "x"}), "a.docx",
         None),
        (office(**{"run.sh": "rm -rf"}), "a.docx", None),
        (b"MZ\x90\x00\x03", "setup.txt", None),
        (b"\x7fELF\x02\x01", "notes.pdf", None),
        (b"PK\x03\x04 not a zip", "a.docx", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "x.svg", "text/plain"),
        (b"<html><script>alert(1)</script>", "x.html", "text/plain"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_bytes_say(data, name, expected):
    found = files.type_of(data, name)
    assert (found.media_type if found else None) == expected
    if found:
        assert files.safe_name(name, found.ending).endswith(found.ending)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\temp\\virus.exe", "virus.txt"),
        ("invoice\u202etxt.exe", "invoice txt.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie x=1.txt"),
        ("  ", "file.txt"),
        ("病例 报告.txt", "病例 报告.txt"),
    ],
)
def test_a_file_name_cannot_lead_anywhere(name, safe):
    assert files.safe_name(name, ".txt") == safe


def test_an_upload_is_kept_private_until_it_is_posted(client_of, bo, chen, cardiology, upload):
    told = upload(chen, located()).json()
    assert (told["kind"], told["w"], told["h"]) == ("picture", 40, 80)
    address = f"/c/stlucas/files/{told['id']}/"
    assert client_of(chen).get(address).status_code == 200
    assert client_of(bo).get(address).status_code == 404
    post_message(room_of_group(chen.actor, cardiology.pk), text="", client_id=uuid4().hex, attachments=[told["id"]])
    assert client_of(bo).get(address).status_code == 200


def test_somebody_elses_upload_cannot_be_attached(bo, chen, cardiology, upload):
    told = upload(chen, picture()).json()
    post_message(
        room_of_group(bo.actor, cardiology.pk), text="mine now", client_id=uuid4().hex, attachments=[told["id"]]
    )
    assert Attachment.objects.get().message_id is None


def test_files_follow_the_rights_of_their_message(client_of, ada, bo, chen, dara, eve, cardiology, posted):
    kept = posted()
    address = f"/c/stlucas/files/{kept.pk}/"
    for stranger in (dara, eve):
        assert client_of(stranger).get(address).status_code == 404
    hide_message(bo.actor, kept.message_id, "A patient's face")
    assert client_of(chen).get(address).status_code == 404
    assert client_of(bo).get(address).status_code == 200
    remove_member(ada.actor, cardiology, bo.member, "left")
    assert client_of(bo).get(address).status_code == 404


def test_a_file_is_downloaded_and_never_run(client_of, bo, posted):
    kept = posted(b"<html><script>alert(1)</script>", "page.html")
    response = client_of(bo).get(f"/c/stlucas/files/{kept.pk}/")
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["Content-Disposition"] == 'attachment; filename="page.txt"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert response.headers["Cache-Control"] == "private, max-age=600"
    response.close()


def test_a_part_of_a_file_and_an_unchanged_one(client_of, bo, posted):
    kept = posted(b"0123456789", "numbers.txt")
    browser, address = client_of(bo), f"/c/stlucas/files/{kept.pk}/"
    for asked, expected, span in (
        ("bytes=2-4", b"234", "2-4"),
        ("bytes=-3", b"789", "7-9"),
        ("bytes=8-", b"89", "8-9"),
    ):
        response = browser.get(address, headers={"Range": asked})
        assert response.status_code == 206
        assert b"".join(response.streaming_content) == expected
        assert response.headers["Content-Range"] == f"bytes {span}/10"
    assert browser.get(address, headers={"Range": "bytes=50-"}).status_code == 416
    assert browser.get(address, headers={"If-None-Match": f'"{kept.digest}"'}).status_code == 304


@pytest.mark.parametrize("setting", ["conversation.files_per_day", "conversation.megabytes_per_day"])
def test_a_days_share_is_limited(ada, chen, upload, setting):
    change_setting(ada.actor, setting, 1)
    assert upload(chen, b"a" * 600_000, "a.txt").status_code == 201
    refused = upload(chen, b"b" * 600_000, "b.txt")
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "quota_reached"


def test_too_large_and_unknown_files_are_refused_with_a_clear_word(ada, chen, upload):
    change_setting(ada.actor, "conversation.file_mb", 1)
    large = upload(chen, b"a" * 1_000_001, "a.txt")
    assert (large.status_code, large.json()["error"]["text"]) == (
        422, "A file may have 1 MB. Make it smaller, or share a link to it.",
    )  # fmt: skip
    assert upload(chen, b"\x7fELF\x02\x01\x00", "a.pdf").json()["error"]["code"] == "unknown_file"
    assert upload(chen, png_bomb(), "a.png").json()["error"]["code"] == "bad_file"
    assert not Attachment.objects.exists()


def test_a_picture_in_a_plain_form_reaches_the_message(client_of, chen, cardiology):
    response = client_of(chen).post(
        f"/c/stlucas/groups/{cardiology.pk}/messages/",
        {"text": "", "client_id": uuid4().hex, "files": [SimpleUploadedFile("a.png", picture("PNG"))]},
    )
    assert response.status_code == 302
    assert Message.objects.get().pk == Attachment.objects.get().message_id


def test_the_sweep_takes_orphans_and_leaves_what_is_posted(store, chen, cardiology, upload, posted):
    kept = posted()
    upload(chen, picture(size=(30, 30)))
    before = now() - timedelta(hours=25)
    Attachment.objects.update(created_at=before)
    for path in store.rglob("*"):
        if path.is_file():
            os.utime(path, (before.timestamp(), before.timestamp()))
    assert sweep_orphans() == (1, 2)
    assert storage.path_of(kept.stored_as).exists()
    assert storage.path_of(kept.stored_as + ".thumb").exists()


@pytest.mark.parametrize("name", ["../secret", "1/ab/../../x", "/etc/passwd", "1/ab/" + "a" * 64 + "/../x", ""])
def test_the_store_opens_nothing_it_never_gave(name):
    with pytest.raises(ValueError, match="not a name of the store"):
        storage.path_of(name)


def test_the_words_under_a_picture_can_be_taken_away_and_those_of_a_bare_message_cannot(chen, cardiology):
    access = room_of_group(chen.actor, cardiology.pk)
    file = attach(access, SimpleUploadedFile("scan.jpg", picture(), "image/jpeg"))
    kept = post_message(access, text="My scan", client_id=uuid4().hex, attachments=[file.pk])
    bare = post_message(access, text="Only words", client_id=uuid4().hex)
    edit_message(chen.actor, kept.message_id, "")
    with pytest.raises(EmptyMessage):
        edit_message(chen.actor, bare.message_id, " ")
    assert [row.text for row in Message.objects.order_by("pk")] == ["", "Only words"]
    assert Attachment.objects.get().message_id == kept.message_id

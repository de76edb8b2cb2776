import io

import pytest
from PIL import Image

from hearth.people.rules import documents
from hearth.people.tests.papers import acting, bomb, file_inside, hidden_script, packed, pdf, picture

SCRIPT = b"<script>alert(1)</script>"


def why(data):
    with pytest.raises(documents.BadDocument) as caught:
        documents.clean(data)
    return caught.value.code


def test_a_picture_is_written_anew_without_what_it_carried():
    exif = Image.Exif()
    exif[0x010F] = "A camera of CANARY"
    clean = documents.clean(picture(exif=exif) + SCRIPT + packed(SCRIPT))
    assert clean.media_type == "image/jpeg"
    assert b"CANARY" not in clean.data
    assert b"PK\x05\x06" not in clean.data
    assert SCRIPT not in clean.data
    assert Image.open(io.BytesIO(clean.data)).size == (120, 80)


def test_a_plain_pdf_is_kept_as_it_came():
    paper = pdf(2)
    assert documents.clean(paper) == documents.CleanDocument("application/pdf", paper)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\x00" * (documents.MAX_BYTES + 1), "large"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "unknown"),
        (b"<html>" + SCRIPT, "unknown"),
        (b"MZ" + b"\x00" * 99, "unknown"),
        (packed(SCRIPT), "unknown"),
        (b"GIF89a/*" + SCRIPT, "broken"),
        (picture()[:300], "broken"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "broken"),
        (b"%PDF-1.7 and nothing more", "broken"),
        (b"%PDF-1.7\n%%EOF", "broken"),
    ],
    ids=["empty", "large", "svg", "html", "exe", "zip", "gifar", "cut", "wave", "no_pdf", "hollow_pdf"],
)
def test_what_is_no_whole_picture_or_pdf_is_refused(data, code):
    assert why(data) == code


def test_a_bomb_is_refused_before_it_is_unfolded():
    assert len(bomb()) < 1000
    assert why(bomb()) == "pixels"


@pytest.mark.parametrize(
    "change",
    [
        acting("/JavaScript", JS="app.alert(1)"),
        acting("/Launch", F="cmd.exe"),
        acting("/SubmitForm", F="https://evil.example"),
        file_inside,
    ],
    ids=["script", "launch", "form", "file_inside"],
)
def test_a_pdf_that_acts_is_refused(change):
    assert why(pdf(1, change)) == "acting"


def test_a_script_hidden_in_a_compressed_stream_is_found():
    assert b"JavaScript" not in hidden_script()
    assert why(hidden_script()) == "acting"


def test_a_pdf_that_is_also_something_else_is_refused():
    assert why(pdf() + packed(SCRIPT)) == "two_things"
    assert why(pdf() + SCRIPT) == "two_things"
    head, rest = pdf().split(b"\n", 1)
    assert why(head + b"\n" + SCRIPT + b"\n" + rest) == "two_things"


def test_a_long_or_locked_pdf_is_refused():
    assert why(pdf(documents.MAX_PDF_PAGES + 1)) == "pages"
    assert why(pdf(1, lambda writer: writer.encrypt("secret"))) == "locked"

"""Pictures and PDFs for tests, honest and hostile."""

import io
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


def picture(kind="JPEG", size=(120, 80), **rest):
    """A picture of a grey ramp."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind, **rest)
    return out.getvalue()


def pdf(pages=1, change=None):
    """A PDF of blank pages; ``change`` may put more into the writer."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def packed(compressed: bytes) -> bytes:
    """A ZIP with one entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("page.html", compressed)
    return out.getvalue()


def acting(kind, **more):
    """A change that makes the document act when it is opened."""

    def change(writer):
        told = {NameObject("/S"): NameObject(kind)}
        told |= {NameObject(f"/{key}"): TextStringObject(value) for key, value in more.items()}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(told)

    return change


def file_inside(writer):
    """A program packed into the document."""
    inside = DictionaryObject(
        {NameObject("/Type"): NameObject("/Filespec"), NameObject("/F"): TextStringObject("a.exe")}
    )
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/EmbeddedFiles"): inside})


def hidden_script():
    """A PDF whose script lies in a compressed stream of objects, so that its bytes do not show it."""
    body = zlib.compress(b"5 0 << /S /JavaScript /JS (app.alert(1)) >>")
    parts = {
        1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        4: b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(body), body),
    }
    out, places = b"%PDF-1.7\n", {}
    for number, part in parts.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(out)
    rows = [(0, 0, 255), *((1, places[n], 0) for n in parts), (2, 4, 0), (1, start, 0)]
    table = b"".join(bytes((kind,)) + at.to_bytes(4, "big") + bytes((index,)) for kind, at, index in rows)
    head = b"<< /Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R /Length %d >>" % len(table)
    out += b"6 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (head, table)
    return out + b"startxref\n%d\n%%%%EOF\n" % start


def upload(data, name="licence.jpg"):
    """A file as a form brings it."""
    return SimpleUploadedFile(name, data)


def bomb():
    """A PNG whose head promises 60,000 x 60,000 pixels."""
    head = bytearray(picture("PNG", (8, 8)))
    head[16:24] = (60_000).to_bytes(4, "big") * 2
    head[29:33] = zlib.crc32(head[12:29]).to_bytes(4, "big")
    return bytes(head)

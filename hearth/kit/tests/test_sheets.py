"""Excel files of strangers: read, or refused in little time and memory."""

import io
import struct
import time
import tracemalloc
import zipfile
from datetime import date

import pytest
import xlsxwriter

from hearth.kit.sheets import BadSheet, is_sheet, sheet_rows

SHEET = "xl/worksheets/sheet1.xml"


def book(fill=lambda page, book: page.write_row(0, 0, ["Name", "City"]), **options):
    """An XLSX file whose first sheet ``fill`` wrote."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as made:
        fill(made.add_worksheet(), made)
    return out.getvalue()


def with_part(data, name, text):
    """The file with one part added or in another's place."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry))
        new.writestr(name, text)
    return out.getvalue()


def sheet_of(cells):
    """A file whose sheet has these cells, as XML."""
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return with_part(book(), SHEET, f"{head}{cells}</sheetData></worksheet>")


def lying(data, name, size):
    """The file with another unpacked size in its headers."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        at = archive.getinfo(name).header_offset
    changed = bytearray(data)
    changed[at + 22 : at + 26] = struct.pack("<I", size)
    central = data.index(b"PK\x01\x02")
    while data[central + 46 : central + 46 + len(name)] != name.encode():
        central = data.index(b"PK\x01\x02", central + 4)
    changed[central + 24 : central + 28] = struct.pack("<I", size)
    return bytes(changed)


BOMB = "<c/>" * 20_000_000
HOSTILE = {
    "a bomb": lambda: with_part(book(), "xl/media/a.xml", BOMB),
    "a bomb that lies": lambda: lying(with_part(book(), "xl/media/a.xml", BOMB[:8_000_000]), "xl/media/a.xml", 10),
    "cells far apart": lambda: sheet_of('<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>'),
    "a cell far to the right": lambda: sheet_of('<row r="1"><c r="A1"/><c r="XFD1"/></row>'),
    "places in disguise": lambda: sheet_of('<row r="1"><c r="&#88;FD1048576"/></row>'),
    "a formula": lambda: book(lambda page, _book: page.write_formula(0, 0, '=HYPERLINK("http://x.example","a")')),
    "entities": lambda: with_part(book(), SHEET, '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'),
    "links to other files": lambda: with_part(book(), "xl/externalLinks/externalLink1.xml", "<externalLink/>"),
    "macros": lambda: with_part(book(), "xl/vbaProject.bin", "macro"),
    "something in front": lambda: b"%PDF-1.7\n" + book(),
    "something behind": lambda: book() + b"<script>",
    "a zip of something else": lambda: with_part(b"PK\x05\x06" + b"\0" * 18, "a.txt", "hello"),
    "half a file": lambda: book()[:2000],
    "a wide alphabet": lambda: with_part(book(), SHEET, "<worksheet/>".encode("utf-16")),
}  # fmt: skip


def test_a_sheet_is_read_as_text():
    def fill(page, made):
        page.write_row(0, 0, ["Name", "Since", "Phone", "Yes"])
        page.write(1, 0, "李敏")
        page.write_datetime(1, 1, date(2027, 1, 31), made.add_format({"num_format": 14}))
        page.write_number(1, 2, 13800000001)
        page.write_boolean(1, 3, True)

    assert is_sheet(book(fill))
    head, row = sheet_rows(book(fill))
    assert (head[1], row) == ("Since", ["李敏", "2027-01-31", "13800000001", "yes"])


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_are_refused_in_little_time_and_memory(what):
    data = HOSTILE[what]()
    began = time.process_time()
    tracemalloc.start()
    with pytest.raises(BadSheet):
        list(sheet_rows(data))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.process_time() - began < 5
    assert peak < 150_000_000


def test_negative_control_the_plain_file_is_read():
    assert list(sheet_rows(sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>Ann</t></is></c></row>'))) == [["Ann"]]

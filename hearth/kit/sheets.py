"""The first sheet of an XLSX file as rows of text, once the file has proven harmless.

An XLSX file is a ZIP of XML. Before the reader sees it, each part is unpacked here with a limit on what comes out,
whatever headers say, and the cells' places are looked at: a reader that lays a sheet out as a rectangle would otherwise
fill memory for two cells far apart. Refused: bombs, files that are something else as well, macros, links to other
files, formulas, encryption, entities.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time

from python_calamine import CalamineError, CalamineWorkbook

from hearth.kit.text import noted

MOST_PARTS = 500
MOST_UNPACKED = 60_000_000  # bytes of all parts together
MOST_ROWS, MOST_COLUMNS = 50_001, 100
_PLACE = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_CELL = re.compile(rb"([A-Z]{0,3})(\d{1,7})")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_FORBIDDEN = ("xl/externallinks/", "vbaproject", "xl/activex", "xl/embeddings", "xl/macrosheets", "encryptedpackage")


class BadSheet(ValueError):
    """A file that is not read; ``args[0]`` says why and what to do, as an English message id."""


def is_sheet(data: bytes) -> bool:
    """Whether it looks like an XLSX file: a ZIP."""
    return data[:4] == b"PK\x03\x04"


def sheet_rows(data: bytes) -> Iterator[list[str]]:
    """The rows of the first sheet, cells as text; dates are written 2027-12-31. Raises BadSheet."""
    for name, part in _parts(data):
        _look_at(name, part)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
        for row in sheet.iter_rows():
            yield [_text(cell) for cell in row]
    except (CalamineError, OSError, IndexError) as problem:
        raise BadSheet(noted("This Excel file is damaged. Save it anew, or as CSV.")) from problem


def _parts(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Each part with what really comes out of it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            start = min((entry.header_offset for entry in entries), default=1)
            whole = data.endswith(archive.comment) and data[-22 - len(archive.comment) :][:4] == b"PK\x05\x06"
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as problem:
        raise BadSheet(noted("This Excel file is damaged. Save it anew, or as CSV.")) from problem
    names = [entry.filename for entry in entries]
    if start or not whole or len(set(names)) < len(names) or "xl/workbook.xml" not in names:
        raise BadSheet(noted("This is no plain Excel file. Save it anew, or as CSV."))
    if len(entries) > MOST_PARTS:
        raise BadSheet(noted("This Excel file is too large. Split it, or save the sheet as CSV."))
    room = MOST_UNPACKED
    for entry in entries:
        part = _unpacked(data, entry, room)
        room -= len(part)
        yield entry.filename, part


def _unpacked(data: bytes, entry: zipfile.ZipInfo, room: int) -> bytes:
    at = entry.header_offset
    names = int.from_bytes(data[at + 26 : at + 28], "little") + int.from_bytes(data[at + 28 : at + 30], "little")
    packed = data[at + 30 + names : at + 30 + names + entry.compress_size]
    if entry.flag_bits & 1 or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise BadSheet(noted("This Excel file is locked. Save it without a password."))
    if entry.compress_type == zipfile.ZIP_STORED:
        part = packed[: room + 1]
    else:
        try:
            part = zlib.decompressobj(-15).decompress(packed, room + 1)
        except zlib.error as problem:
            raise BadSheet(noted("This Excel file is damaged. Save it anew, or as CSV.")) from problem
    if len(part) > room:
        raise BadSheet(noted("This Excel file is too large. Split it, or save the sheet as CSV."))
    if len(part) != entry.file_size:
        raise BadSheet(noted("This is no plain Excel file. Save it anew, or as CSV."))
    return part


def _look_at(name: str, part: bytes) -> None:
    low = name.lower()
    if any(word in low for word in _FORBIDDEN):
        raise BadSheet(noted("This Excel file holds macros, or links to other files. Save the sheet alone, or as CSV."))
    if not low.endswith((".xml", ".rels")):
        return
    if b"\x00" in part or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise BadSheet(noted("This is no plain Excel file. Save it anew, or as CSV."))
    if low.startswith("xl/worksheets/") and low.endswith(".xml"):
        _look_at_cells(part)


def _look_at_cells(part: bytes) -> None:
    if _FORMULA.search(part):
        raise BadSheet(noted("This sheet holds formulas. Copy it and paste the values alone."))
    for place in _PLACE.finditer(part):
        found = _CELL.fullmatch(place[1])
        if found is None:
            raise BadSheet(noted("This is no plain Excel file. Save it anew, or as CSV."))
        if int(found[2]) > MOST_ROWS or _column(found[1]) > MOST_COLUMNS:
            raise BadSheet(noted("This sheet has cells far outside. It may have 50,000 rows and 100 columns."))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes") if cell.time() != time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)

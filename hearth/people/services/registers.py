"""The operator's list of licences, taken in whole from a table."""

import csv
import io
from datetime import date
from typing import Any

from django.db import transaction

from hearth.core import audit
from hearth.core.errors import Refusal
from hearth.core.permissions import Actor, demand
from hearth.kit.text import one_line
from hearth.people.models import LicenceRecord
from hearth.people.queries.registers import licence_mark
from hearth.people.registry import KEEP_REGISTER
from hearth.people.rules.matching import plain_number

MOST_BYTES = 30_000_000
MOST_LINES = 300_000
COLUMNS = {
    "name": ("name", "full name", "姓名", "名字"),
    "number": (
        "licence",
        "license",
        "licence number",
        "license number",
        "number",
        "执业证号",
        "证书编号",
        "執業證號",
        "證書編號",
    ),
    "institution": ("institution", "hospital", "医院", "机构", "执业机构", "醫院", "機構", "執業機構"),
    "department": ("department", "科室", "科別"),
    "valid_until": ("valid until", "valid_until", "expires", "有效期至", "有效期", "有效期限"),
}


@transaction.atomic
def import_register(actor: Actor, data: bytes) -> int:
    """Put a CSV table (UTF-8; name, licence, institution, department, valid until) in the place of the list; its lines.

    All or nothing: a line that cannot be read refuses the table and is named. Raises NotAllowed, Refusal.
    """
    demand(actor, KEEP_REGISTER.key)
    rows = _read(data)
    LicenceRecord.objects.all().delete()
    LicenceRecord.objects.bulk_create(rows.values(), batch_size=500)
    audit.record(actor, "register_imported", "register:file", after={"lines": len(rows)})
    return len(rows)


def _read(data: bytes) -> dict[str, LicenceRecord]:
    if len(data) > MOST_BYTES:
        raise Refusal("The table is too large.", field="table")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("Save the table as CSV in UTF-8.", field="table") from None
    lines = csv.reader(io.StringIO(text.replace("\x00", "")))
    try:
        places = _places(next(lines, []))
        return _rows(lines, places)
    except csv.Error:
        raise Refusal("Line %(line)s cannot be read.", field="table", line=lines.line_num) from None


def _rows(lines: Any, places: dict[str, int]) -> dict[str, LicenceRecord]:
    rows: dict[str, LicenceRecord] = {}
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) >= MOST_LINES:
            raise Refusal("The table is too large.", field="table")
        row = _row(cells, places, lines.line_num)
        if row.mark in rows:
            raise Refusal("Line %(line)s: this licence number stands there twice.", field="table", line=lines.line_num)
        rows[row.mark] = row
    return rows


def _places(head: list[str]) -> dict[str, int]:
    plain = [one_line(cell).lower() for cell in head]
    places = {key: plain.index(word) for key, words in COLUMNS.items() for word in words if word in plain}
    if not {"name", "number"} <= set(places):
        raise Refusal("The first line must name the columns: name, licence, institution, department, valid until.",
                      field="table")  # fmt: skip
    return places


def _row(cells: list[str], places: dict[str, int], line: int) -> LicenceRecord:
    def cell(key: str) -> str:
        at = places.get(key)
        return one_line(cells[at]) if at is not None and at < len(cells) else ""

    name, number = cell("name")[:120], cell("number")
    if not name or not plain_number(number):
        raise Refusal("Line %(line)s needs a name and a licence number.", field="table", line=line)
    return LicenceRecord(
        mark=licence_mark(number),
        name=name,
        institution=cell("institution")[:160],
        department=cell("department")[:160],
        valid_until=_day(cell("valid_until"), line),
    )


def _day(text: str, line: int) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError:
        raise Refusal("Line %(line)s: write the day as 2027-12-31.", field="table", line=line) from None

"""Tables of people: kept, looked through, brought in, taken back."""

import io
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from hearth.core import audit
from hearth.core.errors import Conflict, Refusal
from hearth.core.facts import emit
from hearth.core.jobs import enqueue
from hearth.core.permissions import Actor, demand
from hearth.kit.clock import now
from hearth.kit.encodings import Transcoder
from hearth.kit.sheets import MOST_ROWS, BadSheet, is_sheet, sheet_rows
from hearth.kit.tables import Rows, best_delimiter
from hearth.kit.text import noted, one_line
from hearth.people.facts import RosterBroughtIn, RosterTakenBack
from hearth.people.models import Roster, RosterLine
from hearth.people.queries.rosters import OPEN, Known, remembered_places
from hearth.people.registry import IMPORT_MEMBERS
from hearth.people.rules.roster import BROKEN, HEADINGS, guessed, read_line
from hearth.people.types import LineOutcome, MemberKind

MOST_BYTES = 20_000_000
LINES = 500  # in one transaction of the look-through
DAYS_KEPT = 7
Tick = Callable[[int, int], None]


def folder() -> Path:
    """Where uploaded tables lie."""
    return Path(settings.HEARTH_HOME) / "uploads" / "people"


@transaction.atomic
def keep_roster(actor: Actor, file: "UploadedFile[Any]") -> Roster:
    """Keep an uploaded table and begin to look through it. Raises NotAllowed, Refusal when it is empty or too large."""
    demand(actor, IMPORT_MEMBERS.key)
    if not file.size:
        raise Refusal("The file is empty. Choose another one.", field="table")
    if file.size > MOST_BYTES:
        raise Refusal("The file is larger than %(limit)s MB. Split it.", field="table", limit=MOST_BYTES // 1_000_000)
    row = Roster.objects.create(name=one_line(file.name or "")[:200] or "table", by=actor.ref)
    row.stored = f"{row.community_id}/{row.pk}"
    place = folder() / row.stored
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.writelines(file.chunks())
        out.flush()
        os.fsync(out.fileno())
    row.save(update_fields=["stored"])
    audit.record(actor, "roster_uploaded", f"roster:{row.pk}", after={"size": file.size})
    return _look(actor, row)


@transaction.atomic
def look_again(
    actor: Actor,
    roster: Roster,
    *,
    places: dict[str, int],
    kind: str,
    group: int | None = None,
    why: str = "",
    take_alike: bool = False,
) -> Roster:
    """Look through a table with other columns or another aim. Raises NotAllowed, Refusal, Conflict once it came in."""
    demand(actor, IMPORT_MEMBERS.key)
    row = _standing(roster)
    if not {"display_name", "real_name"} & set(places):
        raise Refusal("Say which column holds the names.", field="display_name")
    if not set(places) <= set(HEADINGS) or len(set(places.values())) < len(places):
        raise Refusal("Each column can mean one thing.")
    if kind not in set(MemberKind.values) - {MemberKind.STAFF}:
        raise Refusal("Choose one of the values offered.", field="kind")
    row.places, row.kind, row.group_id = places, kind, group
    row.why, row.take_alike = one_line(why)[:200], take_alike
    row.save(update_fields=["places", "kind", "group_id", "why", "take_alike"])
    return _look(actor, row)


def _standing(roster: Roster) -> Roster:
    row = Roster.objects.select_for_update(of=("self",)).select_related("trial", "loading").get(pk=roster.pk)
    if row.loading is not None and row.loading.state in OPEN:
        raise Conflict("This table is being brought in.")
    if row.loading is not None:
        raise Conflict("This table was brought in already.")
    if not row.stored:
        raise Conflict("This table was removed. Upload it again.")
    return row


def _look(actor: Actor, row: Roster) -> Roster:
    row.trial = enqueue("people.try_roster", actor=actor, unique_key=f"roster:{row.pk}", roster=row.pk)
    row.save(update_fields=["trial"])
    return row


@transaction.atomic
def bring_in(actor: Actor, roster: Roster) -> Roster:
    """Bring in what the look-through found sound. Raises NotAllowed, Conflict, Refusal before it is looked through."""
    demand(actor, IMPORT_MEMBERS.key)
    row = _standing(roster)
    if row.refused or row.trial is None or row.trial.state != "done":
        raise Refusal("Wait until the table is looked through.")
    row.loading = enqueue("people.bring_roster_in", actor=actor, unique_key=f"roster:{row.pk}", roster=row.pk)
    row.save(update_fields=["loading"])
    audit.record(actor, "roster_begun", f"roster:{row.pk}", after={"job": row.loading.pk})
    emit(RosterBroughtIn(roster=row.pk), actor=actor, subject=f"roster:{row.pk}")
    return row


@transaction.atomic
def take_back(actor: Actor, roster: Roster) -> Roster:
    """Take a table back: who came by it and has not acted since goes again. Raises NotAllowed, Conflict."""
    demand(actor, IMPORT_MEMBERS.key)
    row = Roster.objects.select_for_update(of=("self",)).select_related("loading", "undoing").get(pk=roster.pk)
    if row.loading is None or row.loading.state in OPEN or row.undoing is not None:
        raise Conflict("There is nothing to take back now.")
    row.undoing = enqueue("people.take_roster_back", actor=actor, unique_key=f"roster-back:{row.pk}", roster=row.pk)
    row.save(update_fields=["undoing"])
    audit.record(actor, "roster_taken_back", f"roster:{row.pk}", after={"job": row.undoing.pk})
    emit(RosterTakenBack(roster=row.pk), actor=actor, subject=f"roster:{row.pk}")
    return row


def try_roster(roster_id: int, tick: Tick) -> dict[str, int]:
    """Look through a table line by line without bringing anything in; counts by outcome. Begins anew when repeated."""
    row = Roster.objects.get(pk=roster_id)
    with transaction.atomic():
        RosterLine.objects.filter(roster=row).delete()
        Roster.objects.filter(pk=row.pk).update(refused="")
    try:
        rows = read_rows(folder() / row.stored)
        headings = next(rows, (1, []))[1]
        body = list(islice(rows, MOST_ROWS))
        if len(body) >= MOST_ROWS:
            raise BadSheet(noted("The table has more than 50,000 lines. Split it."))
    except BadSheet as problem:
        Roster.objects.filter(pk=row.pk).update(refused=problem.args[0])
        return {}
    places = _places(row, headings, body)
    counts = dict.fromkeys(LineOutcome.values, 0)
    if not {"display_name", "real_name"} & set(places):
        return counts
    known = Known(take_alike=row.take_alike)
    for start in range(0, len(body), LINES):
        portion = [_line(row, places, known, number, cells) for number, cells in body[start : start + LINES]]
        with transaction.atomic():
            RosterLine.objects.bulk_create(portion)
        for line in portion:
            counts[line.outcome] += 1
        tick(start + len(portion), len(body))
    return counts


def _places(row: Roster, headings: list[str], body: list[tuple[int, list[str]]]) -> dict[str, int]:
    """What the columns mean: as somebody said, else as for the last table with these headings, else as guessed."""
    told = [one_line(cell)[:60] for cell in headings[:100]]
    places: dict[str, int] = row.places or remembered_places(told, row.pk) or guessed(told)
    sample = [[one_line(cell)[:60] for cell in cells[:100]] for _number, cells in body[:5]]
    Roster.objects.filter(pk=row.pk).update(columns=told, sample=sample, places=places)
    return places


def _line(row: Roster, places: dict[str, int], known: Known, number: int, cells: list[str]) -> RosterLine:
    entry = read_line(cells, places, row.kind)
    line = RosterLine(
        roster=row, number=number, values=entry.values, tags=entry.tags, problem=entry.problem,
        column=next(iter(entry.mistakes), ""), outcome=LineOutcome.WRONG,
    )  # fmt: skip
    if not entry.mistakes:
        line.outcome, line.member_id, line.problem = known.judge(entry, number)
        wrong = line.outcome == LineOutcome.WRONG
        line.column = ("kind" if line.problem == "bad_kind" else "email") if wrong else ""
    return line


def read_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The lines of a CSV or XLSX table with their numbers, without empty ones. Raises BadSheet."""
    data = path.read_bytes()
    if is_sheet(data):
        rows: Iterator[tuple[int, list[str]]] = enumerate(sheet_rows(data), 1)
    elif data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise BadSheet(noted("This is an old or locked Excel file. Save it as XLSX or CSV."))
    else:
        rows = _csv_rows(data)
    yield from ((number, cells) for number, cells in rows if any(cell.strip() for cell in cells))


def _csv_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    decoder = Transcoder()
    text = (decoder.feed(data) + decoder.feed(b"", final=True)).decode("utf-8", "replace")
    if "\x00" in text or decoder.replaced:
        raise BadSheet(noted("This is no table of text. Save it as CSV in UTF-8, or as XLSX."))
    for row in Rows(io.StringIO(text, newline=""), best_delimiter(text[:20_000]), may_stop=True):
        yield row.line, BROKEN if row.problem else row.cells


def remove_old_rosters() -> int:
    """Forget the files and the words of tables whose time is over, in the community in scope; how many."""
    old = Roster.objects.filter(at__lt=now() - timedelta(days=DAYS_KEPT), removed_at=None)
    gone = 0
    for row in list(old):
        if row.stored:
            (folder() / row.stored).unlink(missing_ok=True)
        with transaction.atomic():
            RosterLine.objects.filter(roster=row).update(values={}, tags=[])
            Roster.objects.filter(pk=row.pk).update(stored="", sample=[], removed_at=now())
        gone += 1
    return gone

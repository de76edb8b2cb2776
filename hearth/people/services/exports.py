"""Files with everything that is held of somebody, for themselves alone. A job makes them, then they expire."""

import html
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language, gettext as _, override

from hearth.core import audit
from hearth.core.community_settings import declare, value_of
from hearth.core.errors import NotFound
from hearth.core.facts import emit
from hearth.core.jobs import enqueue
from hearth.core.models import Community
from hearth.core.permissions import Actor
from hearth.core.tenancy import across_communities, community_scope
from hearth.core.texts import best
from hearth.kit.clock import now
from hearth.kit.ids import new_key
from hearth.people.access import own_member
from hearth.people.errors import ExportGone
from hearth.people.facts import ExportReady
from hearth.people.models import Export, Member
from hearth.people.queries.leaving import newest_export, what_stays
from hearth.people.registry import Holding, holdings, kept_files
from hearth.people.services.subjects import subject_of
from hearth.people.types import Subject

DAYS = declare(
    "people.export_days",
    "Days that a file to fetch is kept",
    help="Then it is removed; whoever still needs it asks for a new one.",
    kind="int",
    default=7,
    minimum=1,
    maximum=90,
)
Tick = Callable[[int, int], None]
_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}}table{{border-collapse:
collapse;width:100%}}th,td{{text-align:start;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #ccc;
overflow-wrap:anywhere}}</style><h1>{title}</h1><p>{lead}</p>"""


def folder() -> Path:
    """Where files to fetch lie. No backup holds them."""
    return Path(settings.HEARTH_HOME) / "exports"


def drop_file(row: Export) -> None:
    """Remove the file behind a row; one that is gone already is no error."""
    if row.stored_as:
        (folder() / row.stored_as).unlink(missing_ok=True)


@transaction.atomic
def order_own_export(actor: Actor) -> Export:
    """Ask for everything that the house holds of oneself. One that is being made is given instead of a second."""
    member = own_member(actor)
    if actor.user_id is None:
        raise NotFound()
    standing = newest_export(actor.user_id)
    if standing is not None and standing.ready_at is None:
        return standing
    row = Export.objects.create(owner_id=actor.user_id, name="my-data.zip", language=get_language() or "")
    row.job = enqueue("people.export_own", actor=actor, export=row.pk, member=member.pk)
    row.save(update_fields=["job"])
    audit.record(actor, "own_data_asked", f"member:{member.pk}", after={"export": row.pk})
    return row


def write_own_export(export_id: int, member_id: int, tick: Tick) -> int:
    """Make the ZIP: data.json, the same as a page to read, and every file. Returns its bytes.

    Run again after it was broken off, it begins anew; the file appears whole or not at all.
    """
    row = Export.objects.get(pk=export_id)
    subject = subject_of(Member.objects.get(pk=member_id).person_id)
    language = override(row.language or settings.LANGUAGE_CODE)
    with language, new_file(row) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _fill(archive, subject, tick)
    return publish(row, member_id)


def _fill(archive: zipfile.ZipFile, subject: Subject, tick: Tick) -> None:
    told: dict[str, Any] = {"made_at": now(), "places": [], "house": {}, "stays": [str(one) for one in what_stays()]}
    with across_communities("a person's data is told whole"):
        communities = list(Community.objects.filter(pk__in=subject.communities).order_by("pk"))
    steps = len(communities) + 2
    for done, community in enumerate(communities, 1):
        with community_scope(community):
            tables = {str(one.title): list(_told(one, subject)) for one in holdings if one.tells and not one.house}
            told["places"].append({"community": best(community.name), "tables": tables})
            for name, data in (file for give in kept_files for file in give(subject)):
                archive.writestr(f"{community.key}/{name}", data)
        tick(done, steps)
    with across_communities("some rows of a person belong to the house"):
        told["house"] = {str(one.title): list(_told(one, subject)) for one in holdings if one.tells and one.house}
    tick(steps - 1, steps)
    archive.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=1, default=str))
    archive.writestr("index.html", "".join(_page(told)))


def _told(one: Holding, subject: Subject) -> Iterator[dict[str, Any]]:
    rows: QuerySet[Any] = one.rows(subject)
    return rows.values(*one.tells).iterator(chunk_size=500)


def _page(told: dict[str, Any]) -> Iterator[str]:
    lead = _("Everything that is held of you here, as of %(time)s. The same stands in data.json, for programs.")
    yield _PAGE.format(
        language=get_language(),
        title=html.escape(_("My data")),
        lead=html.escape(lead % {"time": f"{told['made_at']:%Y-%m-%d %H:%M} UTC"}),
    )
    for place in told["places"]:
        yield f"<h2>{html.escape(place['community'])}</h2>"
        yield from _tables(place["tables"])
    yield f"<h2>{html.escape(_('Sign-in'))}</h2>"
    yield from _tables(told["house"])


def _tables(tables: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    for title, rows in tables.items():
        if not rows:
            continue
        yield f"<h3>{html.escape(title)}</h3><table><tr>"
        yield "".join(f"<th>{html.escape(name.replace('_', ' '))}</th>" for name in rows[0])
        for row in rows:
            yield "</tr><tr>" + "".join(f"<td>{html.escape(_cell(value))}</td>" for value in row.values())
        yield "</tr></table>"


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "–"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


class new_file:  # noqa: N801  used as a statement
    """A draft beside the place where the file will lie; a broken-off one is overwritten by the next."""

    def __init__(self, row: Export) -> None:
        self.path = _draft(row)

    def __enter__(self) -> BinaryIO:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")
        return self.file

    def __exit__(self, *_error: object) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()


def _draft(row: Export) -> Path:
    return folder() / str(row.community_id) / f"{row.pk}.draft"


def publish(row: Export, member_id: int) -> int:
    """Let the draft be fetched, and tell whoever asked for it. Returns its bytes."""
    draft = _draft(row)
    name = f"{row.community_id}/{new_key().hex}"
    size = draft.stat().st_size
    draft.rename(folder() / name)
    with transaction.atomic():
        drop_file(Export.objects.select_for_update().get(pk=row.pk))
        ready = now()
        Export.objects.filter(pk=row.pk).update(
            stored_as=name, size=size, ready_at=ready, expires_at=ready + timedelta(days=value_of(DAYS))
        )
        emit(ExportReady(export=row.pk, member=member_id), subject=f"member:{member_id}")
    return size


def open_export(actor: Actor, export_id: int) -> tuple[Export, BinaryIO]:
    """A file, for whoever asked for it and nobody else; the fetching is audited. Raises NotFound, ExportGone."""
    row = Export.objects.filter(pk=export_id, owner=actor.user_id).exclude(stored_as="").first()
    if row is None or actor.user_id is None:
        raise NotFound()
    if row.expires_at is None or row.expires_at <= now():
        raise ExportGone()
    with transaction.atomic():
        audit.record(actor, "export_fetched", f"export:{row.pk}")
    return row, (folder() / row.stored_as).open("rb")


def drop_old_exports() -> int:
    """Remove what expired in the community in scope, and drafts nobody finished; returns how many rows went."""
    old = list(Export.objects.filter(expires_at__lte=now()))
    for row in old:
        drop_file(row)
        row.delete()
    yesterday = (now() - timedelta(days=1)).timestamp()
    for path in folder().glob("*/*.draft"):
        if path.stat().st_mtime < yesterday:
            path.unlink(missing_ok=True)
    return len(old)

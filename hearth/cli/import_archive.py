"""``hearth import``: bring a community's history in from the command line, with progress and a report."""

import sys
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.rules.headers import mapping_from_texts
from hearth.carriers.services import ImportOptions, ImportReport, import_archive, try_archive
from hearth.carriers.types import ImportMapping
from hearth.core.models import Community
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.rules.keys import key_from
from hearth.groups.services import found_community
from hearth.kit.clock import from_ms
from hearth.kit.terminal import printable, say_what_can_be_said


def import_(
    *,
    path: Path,
    community: str,
    source: str,
    format: str | None,  # noqa: A002
    mapping: list[str],
    dry_run: bool,
    as_json: bool,
) -> int:
    """Import ``path``; 0 when it went well, 1 when the archive cannot be read, 2 when ``mapping`` cannot."""
    say_what_can_be_said()
    out, told = Console(), Console(stderr=True)
    try:
        declared = mapping_from_texts(*mapping)
    except ValueError as problem:
        return _refuse(told, f"--map: {problem}", 2)
    try:
        report = _try(path, declared, format) if dry_run else _load(path, community, source, format, declared, told)
    except ArchiveRefused as refused:
        return _refuse(told, str(refused), 1)
    if as_json:
        sys.stdout.write(orjson.dumps(report.as_json()).decode() + "\n")
    else:
        _show(out, report, dry_run=dry_run)
    return 0


def _refuse(told: Console, problem: str, code: int) -> int:
    told.print(printable(problem), style="red", markup=False, highlight=False, soft_wrap=True)
    return code


def _try(path: Path, mapping: ImportMapping, format: str | None) -> ImportReport:  # noqa: A002
    return try_archive(path, mapping, format).report


def _load(
    path: Path,
    key: str,
    source: str,
    format: str | None,  # noqa: A002
    mapping: ImportMapping,
    told: Console,
) -> ImportReport:
    community = _community(key or key_from(path.name.split(".")[0]) or "imported", told)
    rejections = path.resolve().parent / f"{path.name}.rejected.ndjson"
    options = ImportOptions(mapping, format, source, rejections if _writable(rejections.parent) else None)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(),
        TextColumn("{task.fields[count]} messages"), console=told, transient=True,
    )  # fmt: skip
    with bar, community_scope(community):
        task = bar.add_task(escape(printable(path.name)), total=1.0, count=0)

        def step(_checkpoint: dict[str, Any], report: ImportReport, progress: float) -> None:
            bar.update(task, completed=progress, count=report.messages)

        report = import_archive(house_actor(community.pk), path, options, step=step)
    if options.rejections is not None and not report.rejected:
        options.rejections.unlink(missing_ok=True)
    return report


def _community(key: str, told: Console) -> Community:
    found = Community.objects.filter(key=key).first()
    if found is not None:
        return found
    told.print(f"There is no community {key!r} yet; founding it.", markup=False)
    return found_community(key, key, "en", "UTC")


def _writable(folder: Path) -> bool:
    probe = folder / ".hearth-probe"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def _show(out: Console, report: ImportReport, *, dry_run: bool) -> None:
    table = Table(title="What an import would bring" if dry_run else "Imported", show_header=False)
    table.add_row("format", report.format)
    table.add_row("groups", f"{report.groups:,}")
    table.add_row("authors", f"{report.authors:,}")
    table.add_row("messages", f"{report.messages:,}")
    if report.known:
        table.add_row("there already", f"{report.known:,}")
    table.add_row("reactions", f"{report.reactions:,}")
    if report.first_ms is not None and report.last_ms is not None:
        table.add_row("from", f"{from_ms(report.first_ms):%Y-%m-%d}")
        table.add_row("until", f"{from_ms(report.last_ms):%Y-%m-%d}")
    table.add_row("rejected", f"{report.rejected:,}")
    out.print(table)
    for line in report.shown[:10]:
        place = f"{line['file']}:{line['line']}  {line['code']}: {line['reason']}"
        out.print("  " + printable(place), style="yellow", markup=False, highlight=False, soft_wrap=True)
    if report.rejected > 10:
        out.print(f"  … and {report.rejected - 10:,} more", style="yellow")

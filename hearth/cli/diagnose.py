"""``hearth diagnose PATH``: how warm is each group of an archive, and what to do next week. Needs no server."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.rules.headers import mapping_from_texts
from hearth.carriers.types import ImportMapping
from hearth.insight.queries.archive import diagnose_archive
from hearth.insight.queries.as_json import diagnosis_json
from hearth.insight.queries.as_terminal import show
from hearth.insight.queries.report import diagnosis_html
from hearth.insight.queries.translate import LANGUAGES, translator
from hearth.insight.types import Diagnosis
from hearth.kit import clock
from hearth.kit.terminal import printable, say_what_can_be_said

_PLAIN_NAMES = ("messages", "message", "export", "archive", "chat", "result", "data")
_HINTS = {
    "mapping_needed": " For example: --map time=COLUMN --map author=COLUMN --map text=COLUMN",
    "unknown_format": " (--format NAME)",
}


def diagnose(
    *,
    path: Path,
    html: Path | None,
    at: str,
    format: str,  # noqa: A002
    mapping: list[str],
    lang: str,
    as_json: bool,
) -> None:
    """Diagnose ``path`` and say it on the terminal, as JSON or as a page. Exits with 2 when it cannot be read."""
    say_what_can_be_said()
    if lang not in LANGUAGES:
        _stop(f"--lang: {lang} is not one of {', '.join(LANGUAGES)}.")
    if html is not None and not html.parent.is_dir():
        _stop(f"--html: the folder {html.parent} does not exist.")
    translate = translator(lang)
    found = _read(path, _declared(mapping), format or None, _moment(at))
    if html is not None:
        _write(html, diagnosis_html(found, _title(path), translate, lang))
        Console(stderr=True).print(str(html), style="dim", highlight=False, markup=False, soft_wrap=True)
    if as_json:
        sys.stdout.buffer.write(diagnosis_json(found, translate))
        sys.stdout.buffer.flush()
    elif html is None or sys.stdout.isatty():
        show(found, Console(), translate)


def _write(html: Path, page: str) -> None:
    try:
        html.write_text(page, encoding="utf-8", errors="replace")
    except OSError as error:
        _stop(f"--html: {html}: {error.strerror or error}")


def _read(path: Path, mapping: ImportMapping, format_: str | None, at: int | None) -> Diagnosis:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=1.0)

        def tell(share: float, count: int) -> None:
            bar.update(task, completed=share, description=f"Reading, {count:,} messages")

        try:
            return diagnose_archive(path, mapping, format=format_, at=at, progress=tell)
        except ArchiveRefused as refused:
            bar.stop()
            _stop(f"{refused}{_HINTS.get(refused.code, '')}")
        except OSError as error:
            bar.stop()
            _stop(f"{path}: {error.strerror or error}")


def _title(path: Path) -> str:
    """The archive's name without endings; the folder's where the file is only called what it holds."""
    full = path.resolve()
    stem = full.name.split(".")[0]
    return full.parent.name if stem.lower() in _PLAIN_NAMES and full.parent.name else stem or full.name


def _declared(mapping: list[str]) -> ImportMapping:
    try:
        return mapping_from_texts(*mapping)
    except ValueError as problem:
        _stop(f"--map: {problem}")


def _moment(text: str) -> int | None:
    """A day means its end; a time without zone is UTC."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return clock.to_ms(moment + timedelta(days=len(text) <= 10))
    except (ValueError, OverflowError):
        _stop(f"--at: {text!r} is no day or time like 2024-05-31 or 2024-05-31T12:00.")


def _stop(problem: str) -> NoReturn:
    Console(stderr=True).print(printable(problem), style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(2)

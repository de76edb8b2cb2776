"""``hearth diagnose PATH``: how warm is each group of an archive, and what to do next week. Needs no server."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.types import ImportMapping
from hearth.insight.queries.archive import diagnose_archive
from hearth.insight.queries.as_json import diagnosis_json
from hearth.insight.queries.as_terminal import show
from hearth.insight.queries.report import diagnosis_html
from hearth.insight.queries.translate import LANGUAGES, translator
from hearth.insight.types import Diagnosis
from hearth.kit import clock

_PLAIN_NAMES = ("messages", "message", "export", "archive", "chat", "result", "data")


def diagnose(
    path: Annotated[Path, typer.Argument(help="Archive: a file, folder or zip from Zulip, Slack, a table or NDJSON.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole diagnosis as JSON.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write a self-contained report to this file.")] = None,
    at: Annotated[str, typer.Option("--at", help="Measure as of this day (2024-05-31) or time, UTC.")] = "",
    mapping: Annotated[
        list[str] | None,
        typer.Option("--mapping", "-m", help="For tables: field=column, e.g. text=Body. May be repeated."),
    ] = None,
    format: Annotated[str, typer.Option("--format", help="Name the format instead of recognising it.")] = "",  # noqa: A002
    lang: Annotated[str, typer.Option("--lang", help="en, zh-hans or zh-hant.")] = "en",
) -> None:
    """Tell which groups of an archive are warm, cooling or cold, why, who carries them, and what to do next week."""
    if lang not in LANGUAGES:
        _stop(f"--lang: {lang} is not one of {', '.join(LANGUAGES)}.")
    if html is not None and not html.parent.is_dir():
        _stop(f"--html: the folder {html.parent} does not exist.")
    translate = translator(lang)
    found = _read(path, _mapping(mapping or []), format or None, _moment(at))
    if html is not None:
        html.write_text(diagnosis_html(found, _title(path), translate, lang), encoding="utf-8")
        Console(stderr=True).print(f"{html}", style="dim", highlight=False)
    if as_json:
        sys.stdout.buffer.write(diagnosis_json(found, translate))
        sys.stdout.buffer.flush()
    elif html is None or sys.stdout.isatty():
        show(found, Console(), translate)


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
            _stop(str(refused))
        except OSError as error:
            bar.stop()
            _stop(f"{path}: {error.strerror or error}")


def _title(path: Path) -> str:
    """The archive's name without endings; the folder's where the file is only called what it holds."""
    full = path.resolve()
    stem = full.name.split(".")[0]
    return full.parent.name if stem.lower() in _PLAIN_NAMES and full.parent.name else stem or full.name


def _mapping(pairs: list[str]) -> ImportMapping:
    """``field=column`` pairs; ``tz``, ``delimiter``, ``encoding`` and ``channel_name`` set the table's other traits."""
    columns: dict[str, str] = {}
    traits: dict[str, Any] = {}
    for pair in pairs:
        field, sign, value = pair.partition("=")
        if not sign or not value:
            _stop(f"--mapping: write field=column, not {pair!r}.")
        if field in ("tz", "delimiter", "encoding"):
            traits[field] = value
        elif field == "channel_name":
            traits["channel"] = value
        else:
            columns[field] = value
    return ImportMapping(columns=columns, **traits)


def _moment(text: str) -> int | None:
    """A day means its end; a time without zone is UTC."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        _stop(f"--at: {text!r} is no day or time like 2024-05-31 or 2024-05-31T12:00.")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if len(text) <= 10:
        moment += timedelta(days=1)
    return clock.to_ms(moment)


def _stop(problem: str) -> NoReturn:
    Console(stderr=True).print(problem, style="red", highlight=False, markup=False)
    raise typer.Exit(2)


if __name__ == "__main__":
    typer.run(diagnose)

"""``hearth backup`` and ``hearth restore``."""

import zipfile
from pathlib import Path

import typer

from hearth.core.safekeeping.archive import occupied, read_backup, write_backup
from hearth.core.safekeeping.manifest import DamagedBackup, Manifest


def backup(*, path: Path) -> int:
    """Write a backup. 1 when the file exists or cannot be written."""
    try:
        manifest = write_backup(path)
    except FileExistsError:
        return _no(f"{path} exists already; choose another name.")
    except OSError as error:
        return _no(f"{path} cannot be written: {error.strerror}.")
    typer.echo(f"{path} holds {_told(manifest)}.")
    if any(name.startswith("secrets/") for name in manifest.files):
        typer.echo("It holds the secrets of this installation too: keep it where only you can read it.")
    return 0


def restore(*, path: Path) -> int:
    """Restore into an empty installation. 1 when it is not empty or the backup is damaged."""
    reason = occupied()
    if reason:
        return _no(f"{reason} A restore never overwrites; set HEARTH_HOME (or DATABASE_URL) to an empty place.")
    try:
        manifest = read_backup(path)
    except (DamagedBackup, zipfile.BadZipFile) as error:
        return _no(f"{error} Nothing was restored.")
    typer.echo(f"Restored and verified {_told(manifest)}. Start with `hearth migrate`, then `hearth serve`.")
    return 0


def _told(manifest: Manifest) -> str:
    rows = sum(table.rows for table in manifest.tables.values())
    return f"{rows:,} rows of {len(manifest.tables)} tables and {len(manifest.files):,} files"


def _no(sentence: str) -> int:
    typer.echo(sentence, err=True)
    return 1

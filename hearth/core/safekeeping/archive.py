"""Writing and reading the ZIP of a backup."""

import hashlib
import os
import shutil
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from hearth.core.safekeeping import postgres_store, sqlite_store
from hearth.core.safekeeping.manifest import DamagedBackup, FileSum, Manifest, differences
from hearth.kit.clock import now

FOLDERS = ("media", "secrets", "archive")  # of HEARTH_HOME; everything else there can be made again
MANIFEST = "manifest.json"
FILES = "files/"
_CHUNK = 1 << 20


def write_backup(path: Path) -> Manifest:
    """Write a backup of this installation to ``path``. Raises FileExistsError rather than overwrite.

    The database comes first, so that every file its rows name exists when files are copied.
    """
    manifest = Manifest(connection.vendor, now().isoformat(), _applied())
    draft = path.with_name(f".{path.name}.writing")
    if path.exists():
        raise FileExistsError(path)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # it holds secrets
    try:
        with os.fdopen(handle, "wb") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                _write_database(archive, manifest)
                _write_files(archive, manifest)
                archive.writestr(MANIFEST, manifest.to_json())
            out.flush()
            os.fsync(out.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def read_backup(path: Path) -> Manifest:
    """Fill this empty installation from ``path`` and verify it. Raises DamagedBackup; nothing is kept then."""
    home = Path(settings.HEARTH_HOME)
    with zipfile.ZipFile(path) as archive:
        manifest = _manifest_of(archive)
        _fits(manifest)
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=home) as scratch:
            _read_files(archive, manifest, Path(scratch))
            if manifest.vendor == "sqlite":
                _read_sqlite(archive, manifest, Path(scratch))
            else:
                postgres_store.read(archive, manifest.tables)
            for folder in FOLDERS:
                if (Path(scratch) / folder).is_dir():
                    shutil.rmtree(home / folder, ignore_errors=True)
                    (Path(scratch) / folder).rename(home / folder)
    return manifest


def occupied() -> str:
    """Why nothing may be restored here: a sentence, or '' when the installation is empty."""
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        if file.exists() and file.stat().st_size:
            return f"There is a database already in {file}."
    elif postgres_store.is_used():
        return f"The database {connection.settings_dict['NAME']} holds a community or users already."
    for folder in ("media", "archive"):
        place = Path(settings.HEARTH_HOME) / folder
        if place.is_dir() and any(place.rglob("*")):
            return f"There are files already: {place}"
    return ""


def _applied() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _write_database(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    if connection.vendor == "postgresql":
        manifest.tables = postgres_store.write(archive)
        return
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.HEARTH_HOME) as scratch:
        copied = Path(scratch) / sqlite_store.MEMBER
        sqlite_store.copy(Path(connection.settings_dict["NAME"]), copied)
        manifest.tables = sqlite_store.sums(copied)
        archive.write(copied, sqlite_store.MEMBER)


def _write_files(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    home = Path(settings.HEARTH_HOME)
    for folder in FOLDERS:
        for file in sorted((home / folder).rglob("*")):
            if file.is_file() and not file.is_symlink():
                name = file.relative_to(home).as_posix()
                with suppress(FileNotFoundError):  # somebody took it away meanwhile
                    manifest.files[name] = _copy_in(archive, name, file)


def _copy_in(archive: zipfile.ZipFile, name: str, file: Path) -> FileSum:
    told, size = hashlib.sha256(), 0
    with file.open("rb") as source, archive.open(FILES + name, "w", force_zip64=True) as out:
        while block := source.read(_CHUNK):
            told.update(block)
            size += len(block)
            out.write(block)
    return FileSum(size, told.hexdigest())


def _manifest_of(archive: zipfile.ZipFile) -> Manifest:
    try:
        return Manifest.from_json(archive.read(MANIFEST))
    except KeyError:
        raise DamagedBackup("This file has no manifest, so it is not a backup of Hearth or was cut off.") from None


def _fits(manifest: Manifest) -> None:
    """Refuse a backup of another kind of database, or of a newer version."""
    if manifest.vendor != connection.vendor:
        raise DamagedBackup(
            f"The backup is of a {manifest.vendor} database, and this installation uses {connection.vendor}."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    newer = sorted(set(manifest.migrations) - known)
    if newer:
        raise DamagedBackup(f"A newer version of Hearth wrote this backup (it knows {newer[0]}). Upgrade first.")
    older = sorted(known - set(manifest.migrations))
    if older and manifest.vendor == "postgresql":
        raise DamagedBackup(
            f"An older version of Hearth wrote this backup (without {older[0]}). Restore with that one, then upgrade."
        )


def _read_files(archive: zipfile.ZipFile, manifest: Manifest, scratch: Path) -> None:
    for name, told in manifest.files.items():
        parts = PurePosixPath(name).parts
        if parts[0] not in FOLDERS or ".." in parts or PurePosixPath(name).is_absolute():
            raise DamagedBackup(f"The backup names a file outside its folders: {name}")
        if _copy_out(archive, FILES + name, scratch / name) != told:
            raise DamagedBackup(f"The file {name} is damaged in the backup.")


def _copy_out(archive: zipfile.ZipFile, member: str, target: Path) -> FileSum:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    told, size = hashlib.sha256(), 0
    try:
        with archive.open(member) as source, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
            while block := source.read(_CHUNK):
                told.update(block)
                size += len(block)
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
    except (KeyError, zipfile.BadZipFile) as error:
        raise DamagedBackup(f"The backup lacks {member}, or it is damaged ({error}).") from error
    return FileSum(size, told.hexdigest())


def _read_sqlite(archive: zipfile.ZipFile, manifest: Manifest, scratch: Path) -> None:
    draft = scratch / sqlite_store.MEMBER
    _copy_out(archive, sqlite_store.MEMBER, draft)
    wrong = differences(manifest.tables, sqlite_store.sums(draft))
    if wrong:
        raise DamagedBackup("; ".join(wrong))
    sqlite_store.examine(draft)
    target = Path(connection.settings_dict["NAME"])
    connection.close()
    for beside in ("-wal", "-shm", ""):
        target.with_name(target.name + beside).unlink(missing_ok=True)
    shutil.move(draft, target)

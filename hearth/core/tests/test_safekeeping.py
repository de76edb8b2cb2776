"""Backup under load, restore elsewhere, and the same checksums; a damaged backup restores nothing."""

import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction

from hearth.core.facts import emit
from hearth.core.models import Community, CommunitySetting
from hearth.core.safekeeping.archive import MANIFEST, write_backup
from hearth.core.safekeeping.manifest import Manifest, sum_of_rows
from hearth.core.tenancy import community_scope
from hearth.core.tests.conftest import BellRung
from hearth.core.tests.other_process import database_url

pytestmark = pytest.mark.django_db(transaction=True)


class Load(threading.Thread):
    """Writes a setting and its fact in one transaction, over and over."""

    def __init__(self, community: Community) -> None:
        super().__init__(daemon=True)
        self.community, self.enough, self.written = community, threading.Event(), 0

    def run(self) -> None:
        with community_scope(self.community):
            while not self.enough.wait(0.001):
                with transaction.atomic():
                    CommunitySetting.objects.create(key=f"k{self.written}", value="医生\n\t\\N" * 3)
                    emit(BellRung(bell=self.written), subject="bell:1")
                self.written += 1
        connection.close()


@pytest.fixture
def home(settings, tmp_path: Path) -> Path:
    """An installation's folder with media and a secret."""
    settings.HEARTH_HOME = tmp_path / "home"
    (settings.HEARTH_HOME / "media" / "a").mkdir(parents=True)
    (settings.HEARTH_HOME / "media" / "a" / "x-ray.png").write_bytes(os.urandom(3000))
    (settings.HEARTH_HOME / "secrets").mkdir()
    for name in ("secret_key", "field_keys"):
        (settings.HEARTH_HOME / "secrets" / name).write_text(f"{name} is kept")
    return settings.HEARTH_HOME


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an empty second installation."""
    env = {**os.environ, "HEARTH_HOME": str(tmp_path / "elsewhere")}
    env.pop("HEARTH_SECRET_KEY", None)
    env.pop("DATABASE_URL", None)
    env["DJANGO_SETTINGS_MODULE"] = os.environ.get("HEARTH_WORKER_TEST_SETTINGS", "hearth.project.settings")
    if connection.vendor == "sqlite":
        yield env
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS hearth_elsewhere")
        cursor.execute("CREATE DATABASE hearth_elsewhere")
    yield {**env, "DATABASE_URL": database_url("hearth_elsewhere")}
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE hearth_elsewhere")


def hearth(env: dict[str, str], *command: object) -> "subprocess.CompletedProcess[str]":
    told = [sys.executable, "-m", "hearth.cli.main", *map(str, command)]
    return subprocess.run(told, env=env, capture_output=True, text=True, timeout=60, check=False)


def manifest_of(path: Path) -> Manifest:
    with zipfile.ZipFile(path) as archive:
        return Manifest.from_json(archive.read(MANIFEST))


@pytest.mark.thorough
def test_backup_under_load_and_restore_have_the_same_checksums(hill: Community, home: Path, elsewhere, tmp_path):
    load = Load(hill)
    load.start()
    while load.written < 20:
        assert load.is_alive()
    first = write_backup(tmp_path / "first.zip")
    during = load.written
    load.enough.set()
    load.join(10)

    assert first.tables["core_fact"].rows == first.tables["core_communitysetting"].rows  # one moment, not two
    assert 20 <= first.tables["core_fact"].rows <= during + 1
    assert (tmp_path / "first.zip").stat().st_mode & 0o077 == 0

    restored = hearth(elsewhere, "restore", tmp_path / "first.zip")
    assert restored.returncode == 0, restored.stderr
    again = hearth(elsewhere, "backup", tmp_path / "second.zip")
    assert again.returncode == 0, again.stderr
    second = manifest_of(tmp_path / "second.zip")
    assert second.tables == first.tables
    assert second.files == first.files
    assert set(first.files) == {"media/a/x-ray.png", "secrets/secret_key", "secrets/field_keys"}

    over = hearth(elsewhere, "restore", tmp_path / "first.zip")
    assert (over.returncode, "A restore never overwrites" in over.stderr) == (1, True)


def test_a_backup_never_overwrites(hill: Community, home: Path, tmp_path):
    (tmp_path / "b.zip").write_text("precious")
    with pytest.raises(FileExistsError):
        write_backup(tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_text() == "precious"


RESTORE_EACH = """
import sys, django
from pathlib import Path
django.setup()
from hearth.cli.backup import restore
for path in sys.argv[1:]:
    print(restore(path=Path(path)))
"""


def test_a_file_that_is_taken_away_meanwhile_stops_no_backup(hill: Community, home: Path, tmp_path, monkeypatch):
    fleeting, looked = home / "media" / "a" / "fleeting", Path.is_file
    fleeting.write_text("gone")

    def look(self: Path) -> bool:
        there = looked(self)
        if self == fleeting:
            self.unlink()
        return there

    monkeypatch.setattr(Path, "is_file", look)
    manifest = write_backup(tmp_path / "backup.zip")
    assert sorted(manifest.files) == ["media/a/x-ray.png", "secrets/field_keys", "secrets/secret_key"]


def test_a_damaged_backup_restores_nothing(hill: Community, home: Path, elsewhere, tmp_path):
    write_backup(tmp_path / "good.zip")
    (tmp_path / "cut.zip").write_bytes((tmp_path / "good.zip").read_bytes()[:-2000])
    for damage in ("file", "database", "manifest"):
        _rewrite(tmp_path / "good.zip", tmp_path / f"{damage}.zip", damage)
    paths = [str(tmp_path / f"{name}.zip") for name in ("cut", "file", "database", "manifest", "good")]
    said = subprocess.run(
        [sys.executable, "-c", RESTORE_EACH, *paths], env=elsewhere, capture_output=True, text=True, check=False
    )
    codes = [line for line in said.stdout.splitlines() if line in {"0", "1"}]
    assert codes == ["1", "1", "1", "1", "0"], said.stdout + said.stderr  # the good one would find what others left
    assert said.stderr.count("Nothing was restored") == 4
    assert "Traceback" not in said.stderr


def _rewrite(good: Path, broken: Path, damage: str) -> None:
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(broken, "w") as out:
        for member in source.namelist():
            content = source.read(member)
            if damage == "file" and member == "files/media/a/x-ray.png":
                content = content[:-1] + bytes([content[-1] ^ 1])
            if damage == "database" and member in {"database.sqlite3", "tables/core_community"}:
                content = content.replace(b"hill", b"hell")
            if damage == "manifest" and member == MANIFEST:
                content = content.replace(b'"media/a/x-ray.png"', b'"media/../../x-ray.png"')
            out.writestr(member, content)


def test_a_checksum_does_not_depend_on_the_order_of_rows():
    assert sum_of_rows([b"a", b"b", b"b"]) == sum_of_rows([b"b", b"a", b"b"])
    assert sum_of_rows([b"a", b"b"]) != sum_of_rows([b"a", b"b", b"b"])
    assert sum_of_rows([b"a", b"b"]) != sum_of_rows([b"a", b"c"])

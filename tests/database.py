"""The database of the tests: built as a new house is, once, then a copy for every run and worker.

Building takes seconds of every process; the copy takes none. Another model or migration, another Django or another
SQLite makes another file. On PostgreSQL pytest-django does what it does.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any) -> None:
    """Give the connection its own copy of the built database."""
    # A test that commits empties all tables afterwards. Filling in Django's own permissions, for which nobody here
    # asks, took longer than most of these tests.
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    if connection.vendor != "sqlite":
        request.getfixturevalue("django_db_setup")  # pytest-django's own
        return
    built = built_database(request.config)
    request.getfixturevalue("django_db_modify_db_settings")
    name = connection.settings_dict["TEST"]["NAME"]
    shutil.copyfile(built, name)
    with django_db_blocker.unblock():
        connection.close()
        settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name


def built_database(config: pytest.Config) -> Path:
    """An SQLite file with all tables, to which nothing else was written."""
    folder = config.cache.mkdir("database")
    built = folder / f"{_fingerprint()}.db"
    with _alone(folder / "lock"):
        if not built.exists():
            _build(built)
    return built


def _fingerprint() -> str:
    told = hashlib.sha256(f"{django.VERSION} {sqlite3.sqlite_version} {settings.INSTALLED_APPS}".encode())
    for app in apps.get_app_configs():
        folder = Path(app.path)
        files = (file for shape in ("models.py", "models/**/*.py", "migrations/*.py") for file in folder.glob(shape))
        for file in sorted(files):
            told.update(file.read_bytes())
    return told.hexdigest()[:16]


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(built: Path) -> None:
    for old in built.parent.glob("*.db"):
        old.unlink()
    scratch = Path(settings.HEARTH_HOME) / "built.db"
    # By another process: what this loads into memory, every later test would carry along.
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity=0"],
        env={**os.environ, "DATABASE_URL": f"sqlite:///{scratch}"},
        check=True,
    )
    part = built.with_suffix(".part")
    shutil.copyfile(scratch, part)
    part.rename(built)

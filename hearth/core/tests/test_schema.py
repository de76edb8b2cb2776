"""A new house has the tables that migrations would make, all or none of them, however many make it at once."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from hearth.core.tests.other_process import database_url

postgres_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL's catalogue")

LAID = "call_command('migrate', verbosity=0)"
STEP_BY_STEP = "from django.core.management.commands import migrate; call_command(migrate.Command(), verbosity=0)"

# Names that Django or PostgreSQL made of a table's name stay when the table gets another one. Nobody asks for them.
NAMED = r"\b\w+(_[0-9a-f]{8}(_\w+)?|_pkey|_check)\b"

# Order of columns aside, migrations add later ones behind; and a table of Django that nobody here asks, whose ids are
# longer after migrations.
CATALOGUE = """
SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable, column_default,
                 is_identity, is_generated, generation_expression)
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'auth_group_permissions'
UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
UNION ALL SELECT app || ' ' || name FROM django_migrations
"""


def making(address: str, way: str) -> "subprocess.Popen[bytes]":
    """A process that makes the tables."""
    code = f"import django; django.setup(); from django.core.management import call_command; {way}"
    return subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "DATABASE_URL": address})


def make(address: str, way: str) -> None:
    with making(address, way) as process:
        assert process.wait(120) == 0


def sqlite_schema(file: Path) -> list[str]:
    """What the file holds; lines of a table in order of name."""
    with sqlite3.connect(file) as held:
        told = [sql for (sql,) in held.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
        noted = [" ".join(row) for row in held.execute("SELECT app, name FROM django_migrations")]
    held.close()
    return sorted([", ".join(sorted(re.split(r", (?=[\"C])|(?<=[\w)]) \(|\)$", sql))) for sql in told] + noted)


@pytest.fixture
def two(db: None) -> Iterator[tuple[str, str]]:
    """The addresses of two empty databases on the server of the tests."""
    names = ("hearth_laid", "hearth_step_by_step")
    with psycopg.connect(database_url("postgres"), autocommit=True) as server:
        for name in names:
            server.execute(f"DROP DATABASE IF EXISTS {name}")
            server.execute(f"CREATE DATABASE {name}")
        yield database_url(names[0]), database_url(names[1])
        for name in names:
            server.execute(f"DROP DATABASE {name}")


def postgres_schema(address: str) -> list[str]:
    with psycopg.connect(address) as held:
        return sorted(re.sub(NAMED, "some", line) for (line,) in held.execute(CATALOGUE))


@pytest.mark.django_db
def test_no_model_lacks_a_migration(capsys):
    call_command("makemigrations", check=True, dry_run=True)
    assert capsys.readouterr().out == "No changes detected\n"


@pytest.mark.thorough
def test_the_tables_are_those_of_the_migrations(tmp_path):
    laid, stepped = tmp_path / "laid.db", tmp_path / "stepped.db"
    make(f"sqlite:///{laid}", LAID)
    make(f"sqlite:///{stepped}", STEP_BY_STEP)
    assert sqlite_schema(laid) == sqlite_schema(stepped)
    assert len(sqlite_schema(laid)) > 300


@postgres_only
def test_the_tables_are_those_of_the_migrations_on_postgresql(two):
    laid, stepped = two
    make(laid, LAID)
    make(stepped, STEP_BY_STEP)
    one, other = Counter(postgres_schema(laid)), Counter(postgres_schema(stepped))
    assert (one - other, other - one) == ({}, {})
    assert len(postgres_schema(laid)) > 1000


@postgres_only
def test_two_that_make_a_house_at_once_make_one_on_postgresql(two):
    several = [making(two[0], LAID) for _ in range(3)]
    assert [process.wait(120) for process in several] == [0, 0, 0]
    make(two[1], LAID)
    assert postgres_schema(two[0]) == postgres_schema(two[1])


@pytest.mark.thorough
def test_two_that_make_a_house_at_once_make_one(tmp_path):
    held = sqlite3.connect(tmp_path / "one.db")
    held.execute("PRAGMA journal_mode=WAL")  # for which SQLite waits for nobody
    held.close()
    several = [making(f"sqlite:///{tmp_path / 'one.db'}", LAID) for _ in range(3)]
    assert [process.wait(120) for process in several] == [0, 0, 0]
    make(f"sqlite:///{tmp_path / 'two.db'}", LAID)
    assert sqlite_schema(tmp_path / "one.db") == sqlite_schema(tmp_path / "two.db")


@pytest.mark.thorough
def test_a_house_whose_making_was_killed_is_made_by_the_next(tmp_path):
    whole, left = tmp_path / "whole.db", []
    make(f"sqlite:///{whole}", LAID)
    for number, patience in enumerate((0, 0.1, 0.2)):
        file = tmp_path / f"{number}.db"
        process = making(f"sqlite:///{file}", LAID)
        while not file.with_name(f"{file.name}-wal").exists():  # somebody began to ask or to write
            assert process.poll() is None
            time.sleep(0.001)
        time.sleep(patience)
        process.kill()
        process.wait()
        left.append(tables_in(file))
        make(f"sqlite:///{file}", LAID)
        assert sqlite_schema(file) == sqlite_schema(whole)
    assert 0 in left
    assert set(left) <= {0, tables_in(whole)}


def tables_in(file: Path) -> int:
    held = sqlite3.connect(file)
    try:
        return held.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    finally:
        held.close()

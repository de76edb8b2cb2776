"""Bulk writing: commits that do not wait for the disk, and ordinary ones again afterwards."""

import pytest
from django.db import connection

from hearth.core.bulk import bulk_writing


def settings() -> list[object]:
    asked = ["PRAGMA synchronous", "PRAGMA wal_autocheckpoint"]
    with connection.cursor() as cursor:
        return [cursor.execute(question).fetchone()[0] for question in asked]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's settings")
def test_sqlite_waits_for_the_disk_again_after_the_block_also_when_it_fails():
    def write_much_and_fail() -> None:
        with bulk_writing() as bulk:
            assert settings() == [1, 0]
            for _ in range(9):
                bulk.rest()
            assert bulk.is_alone
            raise RuntimeError

    before = settings()
    with pytest.raises(RuntimeError):
        write_much_and_fail()
    assert settings() == before


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's setting")
def test_postgresql_waits_for_the_disk_again_after_the_block():
    def asked() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            return cursor.fetchone()[0]

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = local")  # a scratch cluster may not wait at all
    with bulk_writing() as bulk:
        assert (asked(), bulk.is_alone) == ("off", True)
        bulk.rest()
    assert asked() == "local"


@pytest.mark.django_db
def test_inside_a_transaction_nothing_is_changed():
    with bulk_writing() as bulk:
        assert bulk.is_alone

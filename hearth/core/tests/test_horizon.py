"""On PostgreSQL, ids commit out of order: a reader must not overtake a fact that is still being written."""

import threading
from contextlib import closing

import pytest
from django.db import connection, transaction

from hearth.core import relay
from hearth.core.facts import emit
from hearth.core.horizon import horizon
from hearth.core.models import Community, Fact
from hearth.core.reactions import on
from hearth.core.tenancy import across_communities, community_scope
from hearth.core.tests.conftest import BellRung

needs_postgres = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL")


class SlowWriter(threading.Thread):
    """Takes a fact's id in its own transaction and commits or rolls back when told."""

    def __init__(self, community: Community, *, keep: bool = True) -> None:
        super().__init__(daemon=True)
        self.community, self.keep = community, keep
        self.written, self.may_end = threading.Event(), threading.Event()
        self.fact_id = 0

    def run(self) -> None:
        with closing(connection):
            try:
                with transaction.atomic(), community_scope(self.community):
                    self.fact_id = emit(BellRung(bell=1), subject="bell:1").pk
                    self.written.set()
                    self.may_end.wait(10)
                    if not self.keep:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass

    def finish(self) -> None:
        self.may_end.set()
        self.join(10)


def ring(community: Community, bell: int) -> int:
    with transaction.atomic(), community_scope(community):
        return emit(BellRung(bell=bell), subject=f"bell:{bell}").pk


def test_without_gaps_everything_is_safe_to_read(hill: Community):
    newest = [ring(hill, bell) for bell in (1, 2, 3)][-1]
    assert horizon() == newest


@needs_postgres
def test_a_log_that_was_put_back_from_a_backup_is_read_from_its_own_numbers(hill: Community):
    old = [ring(hill, bell) for bell in (1, 2, 3)]
    assert horizon() == old[-1]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_fact")
        cursor.execute("SELECT setval(pg_get_serial_sequence('core_fact', 'id'), %s)", [old[0]])
        restored = ring(hill, 4)
        assert restored == old[1]
        assert horizon() == restored
        cursor.execute("SELECT setval(pg_get_serial_sequence('core_fact', 'id'), %s)", [old[-1]])


@needs_postgres
@pytest.mark.django_db(transaction=True)
def test_a_fact_that_commits_late_is_not_skipped(hill: Community):
    heard = []
    on("core_tests.bell_rung", key="t.late")(lambda fact: heard.append(fact.data["bell"]))
    slow = SlowWriter(hill)
    slow.start()
    assert slow.written.wait(10)
    later = ring(hill, 2)
    assert later > slow.fact_id
    for _look in range(3):
        relay.run_once()
    assert heard == []
    slow.finish()
    relay.run_once()
    assert heard == [1, 2]


@needs_postgres
@pytest.mark.django_db(transaction=True)
def test_a_gap_of_a_rolled_back_fact_holds_nobody_up(hill: Community):
    heard = []
    on("core_tests.bell_rung", key="t.gap")(lambda fact: heard.append(fact.data["bell"]))
    slow = SlowWriter(hill, keep=False)
    slow.start()
    assert slow.written.wait(10)
    ring(hill, 2)
    relay.run_once()
    assert heard == []
    slow.finish()
    relay.run_once()
    assert heard == [2]


@needs_postgres
@pytest.mark.django_db(transaction=True)
def test_negative_control_reading_to_the_newest_id_loses_the_late_fact(hill: Community):
    slow = SlowWriter(hill)
    slow.start()
    assert slow.written.wait(10)
    newest = ring(hill, 2)
    with across_communities("as a reader without a horizon would"):
        seen = set(Fact.objects.filter(id__lte=newest).values_list("id", flat=True))
        slow.finish()
        seen |= set(Fact.objects.filter(id__gt=newest).values_list("id", flat=True))
    assert slow.fact_id not in seen

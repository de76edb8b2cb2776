"""The audit log: whoever changes the past shows."""

import pytest
from django.db import transaction

from hearth.core import audit
from hearth.core.models import AuditEntry, AuditHead, Community
from hearth.core.permissions import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(in_hill: Community, ada: Actor) -> int:
    """Three entries of Hill."""
    for number in (1, 2, 3):
        audit.record(ada, "door_opened", f"door:{number}", before={"open": False}, after={"open": True}, why="visit")
    return in_hill.pk


def test_entries_are_numbered_without_gaps_and_hold_who_what_and_why(chain: int):
    rows = list(audit.entries())
    assert [row.number for row in rows] == [3, 2, 1]
    assert (rows[0].actor, rows[0].action, rows[0].subject, rows[0].why) == (
        "member:1",
        "door_opened",
        "door:3",
        "visit",
    )
    assert audit.first_break(chain) is None


@pytest.mark.django_db(transaction=True)
def test_an_entry_belongs_into_the_transaction_of_its_change(hill: Community, ada: Actor):
    with pytest.raises(RuntimeError, match="transaction"):
        audit.record(ada, "door_opened", "door:1", chain=hill.pk)
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("column", ["actor", "action", "subject", "why", "digest"])
def test_a_changed_entry_is_found(chain: int, column: str):
    AuditEntry.objects.filter(number=2).update(**{column: "forged"})
    assert audit.first_break(chain) == 2


def test_a_changed_value_is_found(chain: int):
    AuditEntry.objects.filter(number=1).update(after={"open": False})
    assert audit.first_break(chain) == 1


def test_a_removed_entry_is_found_in_the_middle_and_at_the_end(chain: int):
    with transaction.atomic():
        AuditEntry.objects.filter(number=2).delete()
        assert audit.first_break(chain) == 2
        transaction.set_rollback(False)
    AuditEntry.objects.filter(number=3).delete()
    assert audit.first_break(chain) == 2


def test_a_truncated_log_is_found_by_its_head(chain: int):
    AuditEntry.objects.filter(number=3).delete()
    assert audit.first_break(chain) == 3


def test_an_added_entry_is_found(chain: int):
    AuditEntry.objects.create(chain=chain, number=4, actor="house", action="forged", subject="door:4", digest="0" * 64)
    assert audit.first_break(chain) == 4


def test_a_head_that_was_taken_away_is_found(chain: int):
    AuditHead.objects.filter(chain=chain).delete()
    assert audit.verify_all() == {chain: 1}


def test_chains_of_communities_are_apart(chain: int, dale: Community, ada: Actor):
    audit.record(ada, "door_opened", "door:1", chain=dale.pk)
    AuditEntry.objects.filter(chain=chain, number=1).update(why="forged")
    assert audit.verify_all() == {chain: 1, dale.pk: None}


def test_personal_text_is_kept_as_a_comparable_digest():
    assert audit.sealed("Chen") == audit.sealed("Chen") != audit.sealed("Dara")
    assert "Chen" not in audit.sealed("Chen")


@pytest.mark.parametrize("subject", ["member:5", "bot:5", "identity:5", "message:5"])
def test_a_reason_about_a_person_is_sealed_and_one_about_a_thing_is_not(in_hill: Community, ada: Actor, subject: str):
    told = audit.record(ada, "tested", subject, why="Chen is ill")
    assert told.why == audit.sealed("Chen is ill")
    assert audit.record(ada, "tested", "group:5", why="Two wards less").why == "Two wards less"
    assert audit.record(ada, "tested", subject).why == ""

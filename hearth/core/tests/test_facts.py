"""Facts are stored with their change, or not at all."""

import pytest
from django.db import transaction

from hearth.core.facts import OutsideTransaction, emit, schemas
from hearth.core.models import Community, Fact
from hearth.core.permissions import Actor
from hearth.core.tenancy import UnscopedQuery, community_scope
from hearth.core.tests.conftest import BellRung


@pytest.mark.django_db(transaction=True)
def test_a_fact_outside_a_transaction_is_refused(hill: Community):
    with community_scope(hill):
        with pytest.raises(OutsideTransaction):
            emit(BellRung(bell=1), subject="bell:1")
        assert Fact.objects.count() == 0


def test_a_fact_without_a_community_is_refused(hill: Community):
    with transaction.atomic(), pytest.raises(UnscopedQuery):
        emit(BellRung(bell=1), subject="bell:1")
    assert Fact.of(hill).count() == 0


def test_a_fact_keeps_who_acted_in_which_role_and_what_for(in_hill: Community, ada: Actor):
    row = emit(BellRung(bell=7), actor=ada, subject="bell:7")
    stored = Fact.objects.get(pk=row.pk)
    assert (stored.name, stored.version, stored.data) == ("core_tests.bell_rung", 1, {"bell": 7})
    assert (stored.actor, stored.actor_role, stored.origin) == ("member:1", "operator", "operator")
    assert (stored.community_id, stored.subject, stored.cause_id) == (in_hill.pk, "bell:7", None)
    assert stored.key == row.key
    assert stored.occurred_at == stored.recorded_at == row.recorded_at


def test_the_house_itself_acts_on_schedule(in_hill: Community):
    first = emit(BellRung(bell=1), subject="bell:1")
    second = emit(BellRung(bell=2), subject="bell:2", cause=first.pk)
    stored = Fact.objects.get(pk=second.pk)
    assert (stored.actor, stored.origin, stored.cause_id) == ("", "scheduled", first.pk)


def test_a_fact_disappears_with_its_change(in_hill: Community):
    def ring_and_fail() -> None:
        with transaction.atomic():
            emit(BellRung(bell=1), subject="bell:1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ring_and_fail()
    assert Fact.objects.count() == 0


def test_a_stored_fact_parses_into_its_dataclass():
    assert schemas["core_tests.bell_rung/1"].parse({"bell": 3}) == BellRung(bell=3)
    with pytest.raises(TypeError):
        schemas["core_tests.bell_rung/1"].parse({"gong": 3})

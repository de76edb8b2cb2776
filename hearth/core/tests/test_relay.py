"""The relay: every handler takes every fact once, and a poisonous one stops nobody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from hearth.core import relay
from hearth.core.facts import emit
from hearth.core.models import Community, Fact, HandlerCursor, ParkedFact
from hearth.core.reactions import on
from hearth.core.tenancy import community_scope, current_community_id
from hearth.core.tests.conftest import BellRung
from hearth.kit.clock import now

NAME = "core_tests.bell_rung"


def ring(*bells: int, **values) -> None:
    for bell in bells:
        emit(BellRung(bell=bell), subject=f"bell:{bell}", **values)


def due_now() -> None:
    ParkedFact.objects.filter(parked_at=None).update(next_at=now())


def test_a_handler_takes_each_fact_once_and_in_order(in_hill: Community):
    heard = []
    on(NAME, key="t.once")(lambda fact: heard.append(fact.data["bell"]))
    ring(3, 1, 2)
    assert relay.run_once() == 3
    assert relay.run_once() == 0
    ring(9)
    relay.run_once()
    assert heard == [3, 1, 2, 9]


def test_each_handler_has_its_own_pace(in_hill: Community):
    first, second = [], []
    on(NAME, key="t.first")(lambda fact: first.append(fact.pk))
    ring(1)
    relay.run_once()
    on(NAME, key="t.second")(lambda fact: second.append(fact.pk))
    relay.run_once()
    assert first == second
    assert len(first) == 1


def test_a_handler_runs_inside_the_facts_community(hill: Community, dale: Community):
    heard = []
    on(NAME, key="t.scope")(lambda fact: heard.append((fact.data["bell"], current_community_id())))
    for community, bell in ((hill, 1), (dale, 2)):
        with community_scope(community):
            ring(bell)
    relay.run_once()
    assert heard == [(1, hill.pk), (2, dale.pk)]


def test_imported_facts_reach_only_those_who_ask_for_history(in_hill: Community):
    live, history = [], []
    on(NAME, key="t.live")(lambda fact: live.append(fact.data["bell"]))
    on(NAME, key="t.history", historical=True)(lambda fact: history.append(fact.data["bell"]))
    ring(1, historical=True)
    ring(2)
    relay.run_once()
    assert (live, history) == ([2], [1, 2])


def test_a_poisonous_fact_is_set_aside_and_the_rest_goes_on(in_hill: Community):
    heard = []

    @on(NAME, key="t.poison")
    def take(fact: Fact) -> None:
        if fact.data["bell"] == 2:
            raise ValueError("poison")
        heard.append(fact.data["bell"])

    ring(1, 2, 3)
    assert relay.run_once() == 3
    assert heard == [1, 3]
    parked = ParkedFact.objects.get()
    assert (parked.handler, parked.attempts, parked.parked_at) == ("t.poison", 1, None)
    assert "poison" in parked.error


def test_a_failing_fact_is_retried_then_parked_and_can_be_repeated(in_hill: Community):
    broken, heard = [True], []

    @on(NAME, key="t.retry")
    def take(fact: Fact) -> None:
        if broken:
            raise ValueError("still broken")
        heard.append(fact.data["bell"])

    ring(1)
    for _attempt in range(relay.MAX_ATTEMPTS + 2):
        relay.run_once()
        due_now()
    parked = ParkedFact.objects.get()
    assert (parked.attempts, parked.parked_at is not None) == (relay.MAX_ATTEMPTS, True)

    broken.clear()
    relay.run_once()
    assert heard == []  # parked: nobody tries on their own
    relay.repeat_parked(parked.pk)
    relay.run_once()
    assert heard == [1]
    assert ParkedFact.objects.count() == 0


def test_the_pauses_between_attempts_grow(in_hill: Community):
    @on(NAME, key="t.pauses")
    def take(fact: Fact) -> None:
        raise ValueError("never")

    ring(1)
    relay.run_once()
    pauses = []
    for _attempt in range(3):
        due_now()
        before = now()
        relay.run_once()
        pauses.append(round((ParkedFact.objects.get().next_at - before) / timedelta(seconds=1)))
    assert pauses == [20, 40, 80]


def test_what_a_failing_handler_wrote_is_undone(in_hill: Community):
    @on(NAME, key="t.undone")
    def take(fact: Fact) -> None:
        Community.objects.create(key="ghost")
        raise ValueError("after writing")

    ring(1)
    relay.run_once()
    assert not Community.objects.filter(key="ghost").exists()


@pytest.mark.django_db(transaction=True)
def test_effect_and_cursor_move_together(in_hill: Community):
    seen = []

    @on(NAME, key="t.together")
    def take(fact: Fact) -> None:
        seen.append(HandlerCursor.objects.get(handler="t.together").last_id == fact.pk)

    with transaction.atomic():
        ring(1, 2)
    relay.run_once()
    assert seen == [True, True]


def test_another_relay_that_was_quicker_is_respected(in_hill: Community):
    heard = []

    @on(NAME, key="t.race")
    def take(fact: Fact) -> None:
        heard.append(fact.data["bell"])
        # As if a second relay had taken everything while we were busy with the first fact.
        HandlerCursor.objects.filter(handler="t.race").update(last_id=fact.pk + 100)

    ring(1, 2, 3)
    relay.run_once()
    assert heard == [1]


def test_whom_nothing_concerns_is_moved_along_and_not_asked_one_by_one(
    in_hill: Community, django_assert_num_queries: Callable[..., Any]
):
    heard = []
    on(NAME, key="t.concerned")(lambda fact: heard.append(fact.data["bell"]))
    for number in range(20):
        on("core_tests.never_happens", key=f"t.idle_{number}")(heard.append)
    ring(1)
    relay.run_once()
    assert heard == [1]
    newest = Fact.objects.latest("pk").pk
    assert set(HandlerCursor.objects.values_list("last_id", flat=True)) == {newest}
    asked = 1 if connection.vendor == "sqlite" else 2  # how far the log may be read
    with django_assert_num_queries(asked + 2):  # where all stand, what is due again
        assert relay.run_once() == 0


def test_whoever_has_much_to_catch_up_with_misses_nothing(in_hill: Community):
    heard, bells = [], list(range(relay.BATCH + 1))
    ring(*bells)
    on(NAME, key="t.late")(lambda fact: heard.append(fact.data["bell"]))
    on("core_tests.never_happens", key="t.late_and_idle")(heard.append)
    assert relay.run_once() == len(bells)
    assert heard == bells
    assert set(HandlerCursor.objects.values_list("last_id", flat=True)) == {Fact.objects.latest("pk").pk}

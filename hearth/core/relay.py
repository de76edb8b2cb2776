"""Carries facts to handlers: in order, each once, a poisonous one set aside without blocking the rest."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet

from hearth.core.horizon import horizon
from hearth.core.models import Fact, HandlerCursor, ParkedFact
from hearth.core.reactions import Handler, handlers
from hearth.core.tenancy import across_communities, community_scope
from hearth.kit.clock import now

log = structlog.get_logger(__name__)

BATCH = 200
MAX_ATTEMPTS = 6
PAUSE = timedelta(seconds=5)


def run_once() -> int:
    """Let every handler take what is new, and retry what failed and is due. Returns how many facts were handled."""
    upto = horizon()
    behind = [(handler, since) for handler, since in _stands() if since < upto]
    idle = _idle([(handler, since) for handler, since in behind if since > upto - BATCH], upto)
    _pass_over(idle, upto)
    return sum(_advance(handler, since, upto) for handler, since in behind if handler.key not in idle) + _retry_due()


def _stands() -> list[tuple[Handler, int]]:
    """How far each handler has read; one that is new begins with the first fact."""
    told = list(handlers)
    stands = dict(HandlerCursor.objects.values_list("handler", "last_id"))
    new = [HandlerCursor(handler=handler.key) for handler in told if handler.key not in stands]
    if new:
        HandlerCursor.objects.bulk_create(new, ignore_conflicts=True)
    return [(handler, stands.get(handler.key, 0)) for handler in told]


def _idle(near: list[tuple[Handler, int]], upto: int) -> set[str]:
    """Those who have read nearly all, and whom nothing of the rest concerns: asked once for all, not by each."""
    if not near:
        return set()
    with across_communities("the relay serves all communities"):
        happened = set(
            Fact.objects.filter(id__gt=min(since for _, since in near), id__lte=upto).values_list("name", flat=True)
        )
    return {handler.key for handler, _ in near if happened.isdisjoint(handler.names)}


def _pass_over(keys: set[str], upto: int) -> None:
    if keys:
        HandlerCursor.objects.filter(handler__in=keys, last_id__lt=upto).update(last_id=upto, moved_at=now())


def _advance(handler: Handler, since: int, upto: int) -> int:
    handled = 0
    while since < upto:
        facts = list(_next(handler, since, upto))
        for fact in facts:
            if not _take(handler, fact):
                return handled  # another relay moved this cursor: leave the handler to it
            handled += 1
        if len(facts) < BATCH:
            _pass_over({handler.key}, upto)
            break
        since = facts[-1].pk
    return handled


def _next(handler: Handler, after: int, upto: int) -> QuerySet[Fact]:
    with across_communities("the relay serves all communities"):
        facts = Fact.objects.filter(id__gt=after, id__lte=upto, name__in=handler.names)
        if not handler.historical:
            facts = facts.filter(historical=False)
        return facts.order_by("id")[:BATCH]


def _take(handler: Handler, fact: Fact) -> bool:
    """Handle one fact and move the cursor over it in one transaction. False when another relay already has."""
    try:
        with transaction.atomic():
            if not _move(handler, fact):
                return False
            with community_scope(fact.community_id):
                handler.react(fact)
    except Exception as error:  # noqa: BLE001  a poisonous fact must not stop the queue
        log.warning("fact_failed", handler=handler.key, fact=fact.pk, error=repr(error))
        with transaction.atomic():
            if not _move(handler, fact):
                return False
            ParkedFact.objects.create(handler=handler.key, fact=fact, next_at=now() + PAUSE, error=repr(error)[:2000])
    return True


def _move(handler: Handler, fact: Fact) -> bool:
    moved = HandlerCursor.objects.filter(handler=handler.key, last_id__lt=fact.pk)
    return moved.update(last_id=fact.pk, moved_at=now()) == 1


def _retry_due() -> int:
    due = ParkedFact.objects.filter(parked_at=None, next_at__lte=now()).order_by("id")[:BATCH]
    return sum(_retry(parked.pk) for parked in due)


def _retry(parked_id: int) -> int:
    parked = ParkedFact.objects.get(pk=parked_id)
    handler = handlers.get(parked.handler)
    with across_communities("the relay serves all communities"):
        fact = Fact.objects.get(pk=parked.fact_id)
    try:
        with transaction.atomic():
            if ParkedFact.objects.filter(pk=parked_id, attempts=parked.attempts).delete()[0] == 0:
                return 0
            if handler is not None:
                with community_scope(fact.community_id):
                    handler.react(fact)
    except Exception as error:  # noqa: BLE001  counted, spaced out and finally shown to the operator
        attempts = parked.attempts + 1
        parked_at = now() if attempts >= MAX_ATTEMPTS else None
        ParkedFact.objects.filter(pk=parked_id).update(
            attempts=attempts, next_at=now() + PAUSE * 2**attempts, error=repr(error)[:2000], parked_at=parked_at
        )
    return 1


def repeat_parked(parked_id: int) -> None:
    """Give a parked fact another round of attempts (the operator mended the cause)."""
    ParkedFact.objects.filter(pk=parked_id).update(attempts=0, parked_at=None, next_at=now())

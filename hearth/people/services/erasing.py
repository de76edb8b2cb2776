"""Erasing a person everywhere in the house: asked for, called off while there is time, carried out table by table."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, connection, transaction

from hearth.core import audit
from hearth.core.community_settings import declare, value_of
from hearth.core.errors import NotFound, Refusal
from hearth.core.facts import emit
from hearth.core.jobs import enqueue, withdraw
from hearth.core.models import Community
from hearth.core.permissions import Actor, house_actor
from hearth.core.tenancy import across_communities, community_scope
from hearth.kit.clock import now
from hearth.people.access import own_member
from hearth.people.errors import ErasureAsked, ErasureHindered
from hearth.people.facts import ErasureAsked as AskedFact, ErasureCalledOff, ErasureHeldUp, PersonErased
from hearth.people.models import Erasure, Member
from hearth.people.queries.leaving import obstacles_of, open_erasures
from hearth.people.registry import Holding, before_erasure, holdings
from hearth.people.services.subjects import subject_of
from hearth.people.types import Subject, Words

GRACE = declare(
    "people.erasure_days",
    "Days until somebody who asked for it is erased",
    help="So long they may call it off. Then everything about them is deleted.",
    kind="int",
    default=7,
    minimum=0,
    maximum=30,
)
JOB = "people.erase_person"
ONE_DAY = timedelta(days=1)
Tick = Callable[[int, int], None]


@transaction.atomic
def ask_erasure(actor: Actor, words: str) -> Erasure:
    """Ask that oneself be erased after the days of grace; ``words``: what becomes of one's messages.

    Raises NotFound, Refusal, ErasureHindered while something must be handed over, ErasureAsked.
    """
    member = own_member(actor)
    if words not in Words.values:
        raise Refusal("Choose what becomes of your messages.", field="words")
    if obstacles_of(subject_of(member.person_id)):
        raise ErasureHindered()
    due = now() + timedelta(days=value_of(GRACE))
    try:
        with transaction.atomic():
            row = Erasure.objects.create(
                person_id=member.person_id, community_id=member.community_id, words=words, due_at=due
            )
    except IntegrityError:
        raise ErasureAsked() from None
    emit(AskedFact(member=member.pk, due=due.isoformat()), actor=actor, subject=f"member:{member.pk}")
    audit.record(actor, "erasure_asked", f"member:{member.pk}", after={"words": words, "due": due.isoformat()})
    _queue(row)
    return row


@transaction.atomic
def call_off_erasure(actor: Actor) -> None:
    """Stay. Raises NotFound when nothing was asked, Refusal once it has begun."""
    member = own_member(actor)
    mine = open_erasures().filter(person=member.person_id)
    row = mine.select_related("community").first()
    if row is None:
        raise NotFound()
    if not mine.filter(begun_at=None).update(called_off_at=now()):
        raise Refusal("The erasure has begun and can no longer be called off.")
    with community_scope(row.community):
        withdraw(JOB, unique_key=_key(row))
    emit(ErasureCalledOff(member=member.pk), actor=actor, subject=f"member:{member.pk}")
    audit.record(actor, "erasure_called_off", f"member:{member.pk}")


def _key(row: Erasure) -> str:
    return f"erasure:{row.pk}"


def _queue(row: Erasure) -> None:
    enqueue(JOB, unique_key=_key(row), run_after=row.due_at, erasure=row.pk)


def queue_due_erasures() -> int:
    """Queue what is due and has no job: after a job that failed, or one that a restored backup forgot."""
    due = open_erasures().filter(due_at__lte=now())
    for row in due.select_related("community"):
        with community_scope(row.community):
            _queue(row)
    return len(due)


def erase_person(erasure_id: int, tick: Tick) -> bool:
    """Carry an erasure out, each table in transactions of its own; run again, it goes on where it was broken off.

    False when it was called off, is not due yet, or was held up because something has to be handed over first: then the
    person is told and it is tried again a day later.
    """
    row = _begin(erasure_id)
    if row is None:
        return False
    told: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.who.items()}
    subject = replace(Subject(**told), emails=_addresses_still_there(row))
    everything, done = list(reversed(list(holdings))), 0
    steps = len(everything) * len(subject.communities) + len(everything)
    with _leaving_no_trace():
        for community in Community.objects.filter(pk__in=subject.communities).order_by("pk"):
            with community_scope(community):
                _erase_here(everything, subject, partial(tick, done, steps))
            done += len(everything)
        with across_communities("some rows of a person belong to the house"):
            for holding in everything:
                if holding.house:
                    holding.erase(holding.rows(subject), subject)
                done += 1
                tick(done, steps)
        with transaction.atomic():
            Erasure.objects.filter(pk=row.pk, done_at=None).update(done_at=now(), who={})
    return True


def _begin(erasure_id: int) -> Erasure | None:
    """The erasure, begun: from now on it cannot be called off. None when there is nothing to do."""
    with transaction.atomic():
        row = Erasure.objects.select_for_update(of=("self",)).select_related("community").get(pk=erasure_id)
        if row.called_off_at or row.done_at or row.due_at > now():
            return None
        if row.begun_at is not None:
            return row
        subject = subject_of(row.person_id, words_too=row.words == Words.REMOVE)
        if obstacles_of(subject):
            row.due_at = now() + ONE_DAY
            row.save(update_fields=["due_at"])
            here = Member.objects.filter(person=row.person_id).first()
            if here is not None:
                emit(ErasureHeldUp(member=here.pk), subject=f"member:{here.pk}")
            return None
        row.begun_at, row.who = now(), {**asdict(subject), "emails": []}
        row.save(update_fields=["begun_at", "who"])
        return row


def _addresses_still_there(row: Erasure) -> tuple[str, ...]:
    """Addresses are never written down for later: they are read until the very last step forgets them."""
    return subject_of(row.person_id).emails


def _erase_here(everything: list[Holding], subject: Subject, tick: Callable[[], None]) -> None:
    with transaction.atomic():
        for put_aside in before_erasure:
            put_aside(subject)
    for holding in everything:
        if not holding.house:
            holding.erase(holding.rows(subject), subject)
            tick()
    here = list(Member.objects.filter(pk__in=subject.members).order_by("pk"))
    with transaction.atomic():
        for member in here:
            audited = audit.entries().filter(action="person_erased", subject=f"member:{member.pk}").exists()
            if not audited:
                emit(PersonErased(member=member.pk), subject=f"member:{member.pk}")
                audit.record(house_actor(member.community_id), "person_erased", f"member:{member.pk}")


class _leaving_no_trace:  # noqa: N801  used as a statement
    """SQLite overwrites what it frees, instead of leaving it in unused pages."""

    def __enter__(self) -> None:
        self._set("ON")

    def __exit__(self, *_error: object) -> None:
        self._set("OFF")
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @staticmethod
    def _set(value: str) -> None:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA secure_delete={value}")

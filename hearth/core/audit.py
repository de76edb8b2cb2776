"""The audit log: append, read, verify."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from hearth.core.models import AuditEntry, AuditHead
from hearth.core.permissions import Actor
from hearth.core.tenancy import current_community_id
from hearth.kit.clock import now

PLATFORM = 0
SEAL = "sealed:"
_OF_PEOPLE = ("member:", "bot:", "identity:", "message:")


def record(
    actor: Actor | None,
    action: str,
    subject: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    why: str = "",
    chain: int | None = None,
) -> AuditEntry:
    """Append one entry in the running transaction; ``chain`` defaults to the community in scope.

    Values must be ids, codes and small facts; personal text goes through ``sealed`` first. A reason about a person is
    sealed here: its words stand in the row of what was done (a role, a restriction, a hiding), and can be erased.
    """
    told = [(subject, before or {}, after or {})]
    return record_many(actor, action, told, why=why, chain=chain)[0]


def record_many(
    actor: Actor | None,
    action: str,
    told: Iterable[tuple[str, dict[str, Any], dict[str, Any]]],
    *,
    why: str = "",
    chain: int | None = None,
) -> list[AuditEntry]:
    """Append an entry for each (subject, before, after), as ``record`` does: three queries however many there are."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry belongs into the transaction of its change")
    chain = current_community_id() if chain is None else chain
    held = AuditHead.objects.select_for_update()
    head = held.filter(chain=chain).first()
    if head is None:
        AuditHead.objects.get_or_create(chain=chain)
        head = held.get(chain=chain)
    entries = []
    for subject, before, after in told:
        entry = AuditEntry(
            chain=chain,
            number=head.number + 1,
            at=now(),
            actor=actor.ref if actor else "house",
            action=action,
            subject=subject,
            before=before,
            after=after,
            why=(sealed(why) if subject.startswith(_OF_PEOPLE) else why)[:500],
        )
        head.number, head.digest = entry.number, _digest(entry, head.digest)
        entry.digest = head.digest
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries)
    AuditHead.objects.filter(pk=head.pk).update(number=head.number, digest=head.digest)
    return entries


def sealed(text: str) -> str:
    """A salted digest of personal text: equal texts stay comparable, the text itself is not kept. "" stays ""."""
    return text and SEAL + hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:16]


def entries(chain: int | None = None) -> QuerySet[AuditEntry]:
    """The entries of a chain, newest first."""
    return AuditEntry.objects.filter(chain=current_community_id() if chain is None else chain).order_by("-number")


def first_break(chain: int) -> int | None:
    """The number of the first entry that was changed, removed or added outside ``record``; None when whole.

    Takes no lock: entries appended while it reads are left to the next look.
    """
    head = AuditHead.objects.filter(chain=chain).first() or AuditHead(chain=chain)
    previous, expected = "", 1
    rows = AuditEntry.objects.filter(chain=chain, number__lte=head.number).order_by("number")
    for entry in rows.iterator():
        if entry.number != expected or entry.digest != _digest(entry, previous):
            return expected
        previous, expected = entry.digest, expected + 1
    if head.number != expected - 1 or head.digest != previous:
        return expected
    newest = AuditHead.objects.filter(chain=chain).values_list("number", flat=True).first() or 0
    return (
        AuditEntry.objects.filter(chain=chain, number__gt=newest)
        .order_by("number")
        .values_list("number", flat=True)
        .first()
    )


def verify_all() -> dict[int, int | None]:
    """Every chain with its first break (None: whole)."""
    told = set(AuditHead.objects.values_list("chain", flat=True))
    told.update(AuditEntry.objects.order_by("chain").values_list("chain", flat=True).distinct())
    return {chain: first_break(chain) for chain in sorted(told)}


def _digest(entry: AuditEntry, previous: str) -> str:
    told = [
        previous,
        entry.chain,
        entry.number,
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        entry.before,
        entry.after,
        entry.why,
    ]
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()

"""Each write once, however often the button is pressed or the network repeats it.

::

    with once(request) as claim:
        if claim.fresh:
            claim.result = {"group": open_group(request.actor, ...).pk}
    return redirect(..., claim.result["group"])
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from hearth.core.errors import IdempotencyMismatch, IdempotencyMissing, TooMany
from hearth.core.models import IdempotencyKey
from hearth.kit.clock import now

WRITES_PER_MINUTE = 120  # of one principal; talk has a limit of its own, which communities set
FIELD = "idempotency_key"
HEADER = "Idempotency-Key"


@dataclass(slots=True)
class Claim:
    """``fresh`` is True for the first time; later ones find the first ``result``."""

    fresh: bool
    result: dict[str, Any] = field(default_factory=dict)


def key_of(request: HttpRequest) -> str:
    """The key a request carries, '' without one."""
    return (request.headers.get(HEADER) or request.POST.get(FIELD) or "").replace("\x00", "")[:80]


def principal_of(request: HttpRequest) -> str:
    """Whose keys these are: the signed-in user, a token, or the session."""
    token = getattr(request, "api_token_id", None)
    if token is not None:
        return f"token:{token}"
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    if request.session.session_key is None:
        request.session.save()
    return f"session:{request.session.session_key}"


def fingerprint_of(request: HttpRequest) -> str:
    """A digest of what is asked: address and fields, without the tokens that change."""
    told = hashlib.sha256(request.get_full_path().encode())
    if request.content_type == "application/json":
        told.update(request.body)
        return told.hexdigest()
    for name in sorted(set(request.POST) - {FIELD, "csrfmiddlewaretoken"}):
        told.update(repr((name, request.POST.getlist(name))).encode())
    for name in sorted(request.FILES):
        told.update(repr((name, [(file.name, file.size) for file in request.FILES.getlist(name)])).encode())
    return told.hexdigest()


def slow_down(request: HttpRequest) -> None:
    """Raise TooMany for a principal who writes faster than anybody works by hand. One query."""
    window = timedelta(minutes=1)
    mine = IdempotencyKey.objects.filter(principal=principal_of(request), created_at__gt=now() - window)
    recent = mine.order_by("-created_at").values_list("created_at", flat=True)
    first = next(iter(recent[WRITES_PER_MINUTE - 1 : WRITES_PER_MINUTE]), None)
    if first is not None:
        raise TooMany(max(1, round((first + window - now()).total_seconds())))


@contextmanager
def once(request: HttpRequest) -> Iterator[Claim]:
    """One transaction that holds the key and the effect. Raises IdempotencyMissing or IdempotencyMismatch."""
    request.used_idempotency = True  # type: ignore[attr-defined]
    with once_for(principal_of(request), key_of(request), fingerprint_of(request)) as claim:
        yield claim


@contextmanager
def once_for(principal: str, key: str, fingerprint: str) -> Iterator[Claim]:
    """As ``once``, for callers that are not web requests."""
    if not key:
        raise IdempotencyMissing()
    with transaction.atomic():
        row, fresh = _claim(principal, key, fingerprint)
        if not fresh and row.fingerprint != fingerprint:
            raise IdempotencyMismatch()
        claim = Claim(fresh, row.result)
        yield claim
        if fresh and claim.result:
            IdempotencyKey.objects.filter(pk=row.pk).update(result=claim.result)


def _claim(principal: str, key: str, fingerprint: str) -> tuple[IdempotencyKey, bool]:
    found = IdempotencyKey.objects.filter(principal=principal, key=key).first()
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(principal=principal, key=key, fingerprint=fingerprint), True
    except IntegrityError:
        return IdempotencyKey.objects.get(principal=principal, key=key), False

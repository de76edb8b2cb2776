"""Refusals: what Hearth says when it will not do something. They carry a code and a sentence; the edge translates."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from hearth.core.lists import worded


class Refusal(Exception):
    """A clear no. ``code`` is stable, ``sentence`` is an English message id with %(named)s parameters.

    Parameters that are lists are put in a row. The edge turns it into a page, a form error or JSON in the reader's
    language. A refusal changes nothing.
    """

    code = "refused"
    status = 422
    sentence = "This cannot be done."

    def __init__(self, sentence: str | None = None, *, field: str | None = None, **params: Any) -> None:
        self.field = field
        self.params: Mapping[str, Any] = params
        if sentence is not None:
            self.sentence = sentence
        super().__init__(self.code)

    def __str__(self) -> str:
        translated = gettext(self.sentence)
        return translated % worded(self.params) if self.params else translated


class NotFound(Refusal):
    """The thing does not exist for this actor. Also the answer to whoever may not know that it exists."""

    code = "not_found"
    status = 404
    sentence = "There is nothing here, or it is not open to you."


class Unauthenticated(Refusal):
    """The API does not know who asks."""

    code = "unauthenticated"
    status = 401
    sentence = "Say who asks: send a token as “Authorization: Bearer …”, or sign in."


class InvalidToken(Unauthenticated):
    """A token was sent, and does not work."""

    code = "invalid_token"
    sentence = "This token does not work: it is unknown, expired or revoked."


class ScopeMissing(Refusal):
    """A token that may not do this, whatever its holder may."""

    code = "scope_missing"
    status = 403
    sentence = "This token lacks the scope “%(scope)s”. Make one that has it."


class SecondFactorMissing(Refusal):
    """Staff whose roles sleep until they have a second factor."""

    code = "second_factor_missing"
    status = 403
    sentence = "Work with other people's data needs a second factor. Set one up to go on."


class NotAllowed(Refusal):
    """The actor sees the thing and may not do this to it."""

    code = "not_allowed"
    status = 403
    sentence = "Your role does not allow this."


class Conflict(Refusal):
    """Somebody else was quicker, or the state does not fit any more."""

    code = "conflict"
    status = 409
    sentence = "Somebody changed this meanwhile. Look again, then repeat."


class TooMany(Refusal):
    """A rate limit. ``retry_after`` is in seconds."""

    code = "too_many"
    status = 429
    sentence = "Too many in a short time. Wait %(retry_after)s seconds, then try again."

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(retry_after=retry_after)


class IdempotencyMismatch(Refusal):
    """One idempotency key was used for two different requests."""

    code = "idempotency_mismatch"
    sentence = "This form was already sent with other contents. Load the page again, then repeat."


class IdempotencyMissing(Refusal):
    """A write came without its idempotency key."""

    code = "idempotency_missing"
    status = 400
    sentence = "The request lacks the mark that keeps it from being done twice. Load the page again, then repeat."

"""What every request passes: content security, language, and the doorkeeper who opens the community's scope."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

import orjson
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import DisallowedHost, ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import get_languages

from hearth.core import idempotency
from hearth.core.errors import (
    IdempotencyMissing,
    InvalidToken,
    NotFound,
    Refusal,
    ScopeMissing,
    SecondFactorMissing,
    TooMany,
    Unauthenticated,
)
from hearth.core.models import Community
from hearth.core.pacing import Pace
from hearth.core.permissions import RUNNING, Actor, StaffRole
from hearth.core.routing import API, Door, Row, table
from hearth.core.tenancy import Scope, enter_for_request, entered

Respond = Callable[[HttpRequest], HttpResponseBase]
MAX_ID = (1 << 63) - 1
LANGUAGE_COOKIE = "hearth_language"
API_PACE = Pace(per_minute=120, burst=60)


class ActorResolver(Protocol):
    """Knows who a user is in a community; the groups module provides it."""

    def __call__(self, user: Any, community: Community) -> Actor | None:
        """The actor, or None when ``user`` has no place in ``community``."""


_resolvers: list[ActorResolver] = []


def resolves_actors(resolver: ActorResolver) -> ActorResolver:
    """Register the one function that turns (user, community) into an actor."""
    _resolvers[:] = [resolver]
    return resolver


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever holds a live token: who they are in its community, and what the token allows."""

    token_id: int
    community_id: int
    scopes: frozenset[str]
    actor: Actor


_bearers: list[Callable[[str], Bearer | None]] = []


def resolves_bearers(resolver: Callable[[str], Bearer | None]) -> Callable[[str], Bearer | None]:
    """Register the one function that knows who holds a token, by its text."""
    _bearers[:] = [resolver]
    return resolver


def resolve_actor(user: Any, community: Community) -> Actor | None:
    """The actor that ``user`` is in ``community``, or None when they have no place in it."""
    return _resolvers[0](user, community)


def content_security(get_response: Respond) -> Respond:
    """Send a strict Content-Security-Policy; scripts and styles come from our own files only."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy_for(request))
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)  # also where Django's own never ran
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response

    return respond


def policy_for(request: HttpRequest) -> str:
    """The policy, naming the gateway where it has an address of its own."""
    gateway = gateway_origin(request)
    return (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors 'none'; connect-src 'self' {gateway}".rstrip()
    )


def gateway_origin(request: HttpRequest) -> str:
    """``ws://host:port`` of the gateway; behind one proxy it is HEARTH_GATEWAY_URL."""
    if settings.HEARTH_GATEWAY_URL:
        return str(settings.HEARTH_GATEWAY_URL)
    try:
        host = urlsplit(f"//{request.get_host()}").hostname or "127.0.0.1"
    except DisallowedHost:  # the refusal of a forged host needs a policy like every other answer
        host = "127.0.0.1"
    return f"{'wss' if request.is_secure() else 'ws'}://{host}:{settings.HEARTH_GATEWAY_PORT}"


class Speech:
    """The reader's language and time zone: their own choice, then the cookie, then the browser's wish."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the reader's language."""
        language = self._language(request)
        zone = getattr(request.user, "time_zone", "") or request.COOKIES.get("hearth_zone", "")
        with translation.override(language):
            request.LANGUAGE_CODE = language
            try:
                timezone.activate(zone or settings.TIME_ZONE)
            except (ValueError, KeyError, OSError):
                timezone.activate(settings.TIME_ZONE)
            response = self.get_response(request)
            if getattr(response, "streaming", False):
                speech = partial(_speaking, language, timezone.get_current_timezone())
                response.streaming_content = _within(speech, response.streaming_content)  # type: ignore[attr-defined]
            timezone.deactivate()
        response.headers.setdefault("Content-Language", language)
        return response

    def _language(self, request: HttpRequest) -> str:
        chosen = getattr(request.user, "language", "") or request.COOKIES.get(LANGUAGE_COOKIE, "")
        if chosen in get_languages():
            return chosen
        return translation.get_language_from_request(request)


class Doorkeeper:
    """Checks the table of doors, opens the community's scope, asks for idempotency keys, and words refusals."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let the request through and close the scope behind it."""
        request.actor = None  # type: ignore[attr-defined]
        request.community = None  # type: ignore[attr-defined]
        with entered(None):
            response = self.get_response(request)
            if getattr(response, "streaming", False) and request.community is not None:  # type: ignore[attr-defined]
                here: Community = request.community  # type: ignore[attr-defined]
                scope = Scope(here.pk, here.key, time_zone=here.time_zone)
                scoped = _within(partial(entered, scope), response.streaming_content)  # type: ignore[attr-defined]
                response.streaming_content = scoped  # type: ignore[attr-defined]
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Decide before the view runs."""
        try:
            return self._decide(request, kwargs)
        except Refusal as refusal:  # Django shows process_exception only what views raise
            return refusal_response(request, refusal)

    def _decide(self, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponseBase | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        row = table().get(name)
        if row is None:
            raise ImproperlyConfigured(f"route {name!r} has no row in the table of doors (hearth/project/doors.py)")
        key = kwargs.pop("community", None)
        bearer = _bearer_of(request) if row.scope else None
        if key is not None:
            self._enter(request, key, bearer)
        if row.scope:
            self._check_api(request, row, bearer)
        elif (barred := self._barred(request, row)) is not None:
            return barred
        if any(isinstance(given, int) and given > MAX_ID for given in kwargs.values()):
            raise NotFound()  # no database holds such an id, and some break on it
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            self._check_write(request, row)
        return None

    def _enter(self, request: HttpRequest, key: str, bearer: Bearer | None) -> None:
        community = Community.objects.filter(key=key).first()
        if community is None or (bearer is not None and bearer.community_id != community.pk):
            raise NotFound()
        request.community = community  # type: ignore[attr-defined]
        enter_for_request(Scope(community.pk, community.key, time_zone=community.time_zone))
        if bearer is not None:
            request.actor = bearer.actor  # type: ignore[attr-defined]
            request.api_token_id = bearer.token_id  # type: ignore[attr-defined]
        elif request.user.is_authenticated:
            request.actor = resolve_actor(request.user, community)  # type: ignore[attr-defined]

    def _check_api(self, request: HttpRequest, row: Row, bearer: Bearer | None) -> None:
        """Like ``_barred`` for programs, which are never led elsewhere."""
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        if bearer is not None and row.scope not in bearer.scopes:
            raise ScopeMissing(scope=row.scope)
        if not opens(row.door, actor):
            if actor is not None and actor.asleep and opens(row.door, replace(actor, asleep=False)):
                raise SecondFactorMissing()
            raise NotFound()
        wait = API_PACE.wait(idempotency.principal_of(request))
        if wait:
            raise TooMany(wait)

    def _barred(self, request: HttpRequest, row: Row) -> HttpResponseBase | None:
        if row.door in {Door.PUBLIC, Door.THIRD_PARTY}:
            return None
        if not request.user.is_authenticated:
            return redirect(f"{_login_url()}?{urlencode({'next': request.get_full_path()}, safe='/')}")
        if row.door is Door.SIGNED_IN:
            return None
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        if opens(row.door, actor):
            return None
        if actor is not None and actor.asleep and opens(row.door, replace(actor, asleep=False)):
            messages.info(request, _("Work with other people's data needs a second factor. Set one up to go on."))
            return redirect("mfa_index")
        raise NotFound()

    def _check_write(self, request: HttpRequest, row: Row) -> None:
        if row.keyless or row.door is Door.THIRD_PARTY:
            return
        if not idempotency.key_of(request):
            raise IdempotencyMissing()
        idempotency.slow_down(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Word a refusal as page or JSON; anything else goes on."""
        return refusal_response(request, error) if isinstance(error, Refusal) else None


def opens(door: Door, actor: Actor | None) -> bool:
    """Whether a community's door opens for ``actor``."""
    if actor is None:
        return False
    if door is Door.MEMBER and actor.member_id is not None:
        return True
    if not actor.acts_as_staff:
        return False
    if actor.is_platform_admin or door is Door.MEMBER:
        return True
    if door is Door.STAFF:
        return bool(actor.staff)
    if door is Door.RUNNING:
        return bool(actor.staff & RUNNING)
    if door is Door.AUDIT:
        return bool(actor.staff & (RUNNING | {StaffRole.AUDITOR}))
    return False


def refusal_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal in the form the client reads: JSON for the API and scripts, else a page in the reader's language."""
    response: HttpResponse
    if request.path_info.startswith(API):
        response = problem(refusal)
    elif request.headers.get("Accept", "").startswith("application/json"):
        told = {"code": refusal.code, "text": str(refusal), "field": refusal.field}
        response = JsonResponse({"error": told}, status=refusal.status)
    else:
        shown = {"refusal": refusal, "missing": refusal.status in {404, 410}}
        response = render(request, "ui/refusal.html", shown, status=refusal.status)
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def problem(refusal: Refusal) -> HttpResponse:
    """A refusal as ``application/problem+json`` (RFC 9457); programs switch on ``code``, people read ``detail``."""
    told = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": str(refusal),
        "code": refusal.code,
        "field": refusal.field,
    }
    response = HttpResponse(orjson.dumps(told), status=refusal.status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if isinstance(refusal, Unauthenticated):  # RFC 6750, section 3
        wrong = ', error="invalid_token"' if isinstance(refusal, InvalidToken) else ""
        response.headers["WWW-Authenticate"] = f'Bearer realm="hearth"{wrong}'
    if refusal.status == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = "GET, HEAD"
    return response


def _bearer_of(request: HttpRequest) -> Bearer | None:
    """Who holds the token that was sent; None for somebody signed in without one. Raises Unauthenticated."""
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        found = _bearers[0](text.strip())
        if found is None:
            raise InvalidToken()
        return found
    if not request.user.is_authenticated:
        raise Unauthenticated()
    return None


@contextmanager
def _speaking(language: str, zone: tzinfo) -> Iterator[None]:
    with translation.override(language), timezone.override(zone):
        yield


def _within(surroundings: Callable[[], AbstractContextManager[Any]], chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Produce a streamed answer in what its request had around it (scope, language, clock), piece by piece.

    A server asks for the pieces when the request is over, and another may begin in its thread between two of them.
    """
    source = iter(chunks)
    while True:
        with surroundings():
            try:
                chunk = next(source)
            except StopIteration:
                return
        yield chunk


def _login_url() -> str:
    return str(redirect(settings.LOGIN_URL).url)

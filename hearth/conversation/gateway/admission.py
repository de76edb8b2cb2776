"""Who comes in, and what they may hear: everything here reads the database and runs at the desk."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from hearth.conversation.access import RoomAccess, room_for
from hearth.conversation.gateway.handshake import Caller
from hearth.conversation.services.posting import POSTS_PER_MINUTE, recent_posts
from hearth.core.community_settings import value_of
from hearth.core.errors import NotFound, Refusal
from hearth.core.live import read_ticket, topics
from hearth.core.middleware import resolve_actor
from hearth.core.models import Community
from hearth.core.permissions import Actor
from hearth.core.sessions import SignIn, ended, sign_in_of, user_of_ticket
from hearth.core.tenancy import community_scope
from hearth.groups.access import resolve_bearer
from hearth.people.queries import cards_of
from hearth.people.services import token_by_text
from hearth.people.types import NameCard

READ, WRITE = "read", "write"
PACE_KEPT = 3.0  # seconds that a community's rate limit is taken for granted
_communities: dict[int, Community] = {}
_paces: dict[int, tuple[float, int]] = {}


def forget() -> None:
    """Start without memory of an earlier house."""
    _communities.clear()
    _paces.clear()


@dataclass(frozen=True, slots=True)
class TokenHold:
    """A connection that stands on an API token."""

    token: str
    row_id: int


@dataclass(slots=True)
class Guest:
    """Somebody who was let in. ``stands_on`` is checked again as long as the connection lives."""

    actor: Actor
    user: Any
    community: Community
    stands_on: SignIn | TokenHold
    language: str
    may_write: bool = True

    def renewed(self) -> Actor | None:
        """Who they are now: roles may have changed. None when they lost their place."""
        return _actor(self.stands_on, self.user, self.community)


@dataclass(slots=True)
class Seat:
    """A guest in one room: what they may do, their card as the room shows it, and how fast they spoke lately."""

    access: RoomAccess
    card: NameCard | None
    head: int
    recent: list[datetime]


def admit(caller: Caller) -> Guest | None:
    """Let somebody in by ticket or token, or not."""
    if caller.token:
        bearer = resolve_bearer(caller.token)
        home = _community(bearer.community_id) if bearer else None
        if bearer is None or home is None or READ not in bearer.scopes:
            return None
        hold = TokenHold(caller.token, bearer.token_id)
        guest = Guest(bearer.actor, None, home, hold, _language("", caller), may_write=WRITE in bearer.scopes)
    else:
        ticket = read_ticket(caller.ticket)
        user = user_of_ticket(ticket) if ticket else None
        community = _community(ticket.community_id) if ticket and user else None
        if ticket is None or user is None or community is None:
            return None
        found = resolve_actor(user, community)
        if found is None:
            return None
        guest = Guest(found, user, community, sign_in_of(ticket, user), _language(user.language, caller))
    return guest


def _community(community_id: int) -> Community | None:
    """Tenants are few and keep their key; each is read once."""
    if community_id not in _communities:
        found = Community.objects.filter(pk=community_id).first()
        if found is None:
            return None
        _communities[community_id] = found
    return _communities[community_id]


def _actor(hold: SignIn | TokenHold, user: Any, community: Community) -> Actor | None:
    if isinstance(hold, SignIn):
        return resolve_actor(user, community)
    bearer = resolve_bearer(hold.token)
    return bearer.actor if bearer else None


def _language(chosen: str, caller: Caller) -> str:
    known = dict(settings.LANGUAGES)
    if chosen in known:
        return chosen
    for wish in caller.languages:
        try:
            return translation.get_supported_language_variant(wish)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def no_longer_standing(holds: Collection[SignIn | TokenHold]) -> set[SignIn | TokenHold]:
    """Those whose session or token ended."""
    gone: set[SignIn | TokenHold] = set(ended({hold for hold in holds if isinstance(hold, SignIn)}))
    gone.update(hold for hold in holds if isinstance(hold, TokenHold) and token_by_text(hold.token) is None)
    return gone


def seat(actor: Actor, room_id: int) -> Seat:
    """A place in a room. Raises NotFound where the room is not open to the actor."""
    with community_scope(actor.community_id):
        access = room_for(actor, room_id)
        card = None
        recent: list[datetime] = []
        if actor.identity_id is not None:
            card = cards_of([actor.identity_id], access.space).get(actor.identity_id)
        per_minute = pace(actor.community_id)
        if actor.identity_id is not None and per_minute:
            recent = recent_posts(actor.identity_id, limit=per_minute)
        return Seat(access, card, access.room.last_number, recent)


def may_listen(actor: Actor, kind: str, key: str) -> bool:
    """Whether a snapshot topic is open to the actor."""
    topic = topics.get(kind)
    if topic is None or topic.snapshot is None:
        return False
    with community_scope(actor.community_id):
        try:
            return topic.authorise(actor, key)
        except Refusal:
            return False


def snapshot(community_id: int, kind: str, key: str) -> dict[str, Any]:
    """The present value of a topic. Raises NotFound when it is gone."""
    topic = topics[kind]
    if topic.snapshot is None:
        raise NotFound()
    with community_scope(community_id):
        return topic.snapshot(key)


def pace_known(community_id: int) -> int:
    """The rate limit as last read, without asking the database."""
    return _paces.get(community_id, (0.0, POSTS_PER_MINUTE.default))[1]


def renew_paces() -> None:
    """Read the rate limits of all communities that somebody is connected to."""
    for community_id in list(_paces):
        with community_scope(community_id):
            pace(community_id)


def pace(community_id: int) -> int:
    """The rate limit in force, read again every few seconds. Call it inside the community's scope."""
    read_at, per_minute = _paces.get(community_id, (float("-inf"), 0))
    if time.monotonic() - read_at > PACE_KEPT:
        per_minute = int(value_of(POSTS_PER_MINUTE))
        _paces[community_id] = (time.monotonic(), per_minute)
    return per_minute

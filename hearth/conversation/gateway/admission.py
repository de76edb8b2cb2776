"""Who comes in, and what they may hear: everything here reads the database and runs at the desk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from hearth.conversation.access import RoomAccess, room_for
from hearth.conversation.gateway.handshake import Caller
from hearth.conversation.queries import log as room_log
from hearth.conversation.services.posting import POSTS_PER_MINUTE, recent_posts
from hearth.core.community_settings import value_of
from hearth.core.errors import NotFound, Refusal
from hearth.core.live import read_ticket, topics
from hearth.core.middleware import resolve_actor
from hearth.core.models import Community
from hearth.core.permissions import Actor
from hearth.core.sessions import SignIn, ended, sign_in_of, user_of_ticket
from hearth.core.tenancy import community_scope
from hearth.groups.access import actor_of_member
from hearth.people.queries import cards_of
from hearth.people.services import token_by_text
from hearth.people.types import NameCard

READ, WRITE = "read", "write"


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
    name: str = ""
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
    per_minute: int


def admit(caller: Caller) -> Guest | None:
    """Let somebody in by ticket or token, or not."""
    if caller.token:
        row = token_by_text(caller.token)
        if row is None or READ not in row.scopes:
            return None
        with community_scope(row.community):
            actor = actor_of_member(row.member)
        hold = TokenHold(caller.token, row.pk)
        guest = Guest(actor, None, row.community, hold, _language("", caller), may_write=WRITE in row.scopes)
    else:
        ticket = read_ticket(caller.ticket)
        user = user_of_ticket(ticket) if ticket else None
        community = Community.objects.filter(pk=ticket.community_id).first() if ticket and user else None
        if ticket is None or user is None or community is None:
            return None
        found = resolve_actor(user, community)
        if found is None:
            return None
        guest = Guest(found, user, community, sign_in_of(ticket, user), _language(user.language, caller))
    guest.name = _name(guest.actor)
    return guest


def _actor(hold: SignIn | TokenHold, user: Any, community: Community) -> Actor | None:
    if isinstance(hold, SignIn):
        return resolve_actor(user, community)
    row = token_by_text(hold.token)
    if row is None:
        return None
    with community_scope(community):
        return actor_of_member(row.member)


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


def _name(actor: Actor) -> str:
    if actor.identity_id is None:
        return ""
    with community_scope(actor.community_id):
        card = cards_of([actor.identity_id], "general").get(actor.identity_id)
    return card.name if card else ""


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
            recent = recent_posts(actor.identity_id)
        return Seat(access, card, room_log.head(room_id), recent, int(value_of(POSTS_PER_MINUTE)))


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


def pace(community_id: int) -> int:
    """The rate limit in force."""
    with community_scope(community_id):
        return int(value_of(POSTS_PER_MINUTE))

"""Sessions behind live connections: whether a ticket's session stands, and which of many have ended since."""

from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from hearth.core import sql
from hearth.core.live import Ticket
from hearth.kit.clock import now


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a connection stands on; ``seal`` changes with the password, so it ends every other session too."""

    user_id: int
    session_key: str
    seal: str


def user_of_ticket(ticket: Ticket) -> Any | None:
    """The active user whose session the ticket names, or None when the session is over or not theirs."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(ticket.session_key)
    kept = store.load()
    if str(kept.get(SESSION_KEY)) != str(ticket.user_id) or kept.get(BACKEND_SESSION_KEY) is None:
        return None
    user = get_user_model().objects.filter(pk=ticket.user_id, is_active=True).first()
    if user is None or not constant_time_compare(kept.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    return user


def sign_in_of(ticket: Ticket, user: Any) -> SignIn:
    """What to hand to ``ended`` from now on."""
    return SignIn(ticket.user_id, ticket.session_key, user.get_session_auth_hash())


def ended(sign_ins: Collection[SignIn]) -> set[SignIn]:
    """Those whose session is gone or expired, whose user is deactivated, or whose password was changed."""
    sessions: set[str] = set()
    seals: dict[int, str] = {}
    for chunk in sql.chunks(sorted({held.session_key for held in sign_ins})):
        live = Session.objects.filter(Q(session_key__in=chunk), expire_date__gt=now())
        sessions.update(live.values_list("session_key", flat=True))
    for users in sql.chunks(sorted({held.user_id for held in sign_ins})):
        for user in get_user_model().objects.filter(pk__in=users, is_active=True).only("pk", "password"):
            seals[user.pk] = user.get_session_auth_hash()
    return {held for held in sign_ins if held.session_key not in sessions or seals.get(held.user_id) != held.seal}

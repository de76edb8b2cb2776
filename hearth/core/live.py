"""Live topics: what a browser may listen to, who may listen, and the short tickets that open the gateway.

A module registers a topic kind in its ``live.py``. Rooms bring their own log and are served by the gateway itself;
other topics (inbox counters, progress of jobs) are small *snapshots* that are sent again when they changed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core import signing

from hearth.core.models import Fact
from hearth.core.permissions import Actor
from hearth.kit.registry import Registry

TICKET_SECONDS = 60
_SALT = "hearth.live.ticket"


@dataclass(frozen=True, slots=True)
class LiveTopic:
    """One kind of topic, addressed as ``kind:key``.

    ``authorise(actor, key)`` runs inside the community's scope at subscription and again when a fact touches the
    reader's rights. ``snapshot(key)`` gives the present value. ``touched_by(fact)`` gives the keys whose
    value a fact named in ``fact_names`` may have changed; ``every`` (seconds) asks for a look on a clock as well.
    """

    kind: str
    authorise: Callable[[Actor, str], bool]
    snapshot: Callable[[str], dict[str, Any]] | None = None
    fact_names: tuple[str, ...] = ()
    touched_by: Callable[[Fact], Iterable[str]] | None = None
    every: float | None = None


topics: Registry[LiveTopic] = Registry("live topic")


def live_topic(topic: LiveTopic) -> LiveTopic:
    """Register a kind of topic."""
    return topics.register(topic.kind, topic)


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who opens a live connection: signed, good for a minute, tied to the session."""

    user_id: int
    community_id: int
    session_key: str


def issue_ticket(user_id: int, community_id: int, session_key: str) -> str:
    """A signed ticket for a page to open its live connection with."""
    return signing.dumps([user_id, community_id, session_key], salt=_SALT, compress=False)


def read_ticket(text: str) -> Ticket | None:
    """The ticket, or None when it is forged, damaged or older than a minute."""
    try:
        user_id, community_id, session_key = signing.loads(text, salt=_SALT, max_age=TICKET_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Ticket(user_id, community_id, session_key)

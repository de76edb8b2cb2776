"""Topics that are no logs: a small value, sent when it is opened and again whenever it changed."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from hearth.conversation.gateway import admission, wire
from hearth.core.errors import NotFound, Refusal
from hearth.core.live import topics
from hearth.core.models import Fact
from hearth.core.permissions import Actor

if TYPE_CHECKING:
    from hearth.conversation.gateway.connection import Connection
    from hearth.conversation.gateway.hub import Hub

Address = tuple[int, str, str]  # community, kind, key


@dataclass(slots=True)
class Watched:
    """One snapshot and those who hear it."""

    listeners: dict["Connection", str] = field(default_factory=dict)  # with the topic as they named it
    last: bytes = b""
    looked: float = 0.0
    stale: bool = False
    looking: bool = False


class Snapshots:
    """The open snapshot topics. Runs on the event loop."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self.watched: dict[Address, Watched] = {}

    async def open(self, connection: "Connection", topic: str) -> None:
        """Let somebody listen, and send the present value."""
        actor = connection.guest.actor if connection.guest else None
        address = address_of(actor, topic)
        if actor is None or address is None or not await self.hub.desk.read(admission.may_listen, actor, *address[1:]):
            connection.opening.discard(topic)
            connection.gone(topic, NotFound())
            return
        if connection.closed or topic not in connection.opening:
            return
        connection.opening.discard(topic)
        connection.topics.add(topic)
        watched = self.watched.setdefault(address, Watched())
        watched.listeners[connection] = topic
        connection.send({"t": "open", "topic": topic})
        if watched.last and not watched.stale:
            connection.write(_framed(topic, watched.last))
        else:
            await self._look(address, watched)

    def leave(self, connection: "Connection", topic: str) -> None:
        """Listen no more; twice changes nothing."""
        connection.topics.discard(topic)
        address = address_of(connection.guest.actor if connection.guest else None, topic)
        watched = self.watched.get(address) if address else None
        if address is not None and watched is not None:
            watched.listeners.pop(connection, None)
            if not watched.listeners:
                del self.watched[address]

    def departed(self, connection: "Connection") -> None:
        """A connection is gone."""
        for topic in list(connection.topics):
            self.leave(connection, topic)

    def heard(self, facts: list[Fact]) -> None:
        """Facts may have changed values: look again where they say so."""
        kinds = {address[1] for address in self.watched}
        for kind in kinds:
            topic = topics[kind]
            for fact in facts:
                if topic.touched_by is not None and fact.name in topic.fact_names:
                    for key in topic.touched_by(fact):
                        self._touch((fact.community_id, kind, key))

    def tick(self) -> None:
        """Look at those whose value changes without a fact."""
        moment = time.monotonic()
        for address, watched in self.watched.items():
            every = topics[address[1]].every
            if every is not None and moment - watched.looked >= every:
                self._touch(address)

    def _touch(self, address: Address) -> None:
        watched = self.watched.get(address)
        if watched is not None:
            watched.stale = True
            if not watched.looking:
                self.hub.spawn(self._look(address, watched))

    async def _look(self, address: Address, watched: Watched) -> None:
        watched.looking = True
        try:
            while True:
                watched.stale, watched.looked = False, time.monotonic()
                value = orjson.dumps(await self.hub.desk.read(admission.snapshot, *address))
                changed, watched.last = value != watched.last, value
                for connection, topic in list(watched.listeners.items()) if changed else ():
                    connection.write(_framed(topic, value))
                if not watched.stale:
                    return
        except Refusal as refusal:
            for connection, topic in list(watched.listeners.items()):
                self.leave(connection, topic)
                connection.gone(topic, refusal)
        finally:
            watched.looking = False

    async def recheck(self, connection: "Connection", actor: Actor) -> None:
        """A fact touched this reader's rights."""
        for topic in list(connection.topics):
            address = address_of(actor, topic)
            if address is None or not await self.hub.desk.read(admission.may_listen, actor, *address[1:]):
                self.leave(connection, topic)
                connection.gone(topic, NotFound())


def address_of(actor: Actor | None, topic: str) -> Address | None:
    """Where a topic stands; without a key it is the reader's own."""
    kind, colon, key = topic.partition(":")
    if actor is None or kind not in topics or (not colon and actor.member_id is None):
        return None
    return actor.community_id, kind, key if colon else str(actor.member_id)


def _framed(topic: str, value: bytes) -> bytes:
    return wire.text({"t": "snap", "topic": topic, "data": orjson.Fragment(value)})

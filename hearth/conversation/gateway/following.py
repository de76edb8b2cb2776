"""Following the log of facts and the rooms: what pages, importers and other gateways did, and what it means here."""

import asyncio
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
from django.db import connection as database
from django.db.models import Q

from hearth.conversation.gateway import admission, wire
from hearth.conversation.queries import log as room_log
from hearth.core import wake
from hearth.core.errors import Refusal
from hearth.core.horizon import horizon
from hearth.core.live import topics
from hearth.core.models import Fact
from hearth.core.tenancy import across_communities

if TYPE_CHECKING:
    from hearth.conversation.gateway.connection import Connection
    from hearth.conversation.gateway.hub import Hub

log = structlog.get_logger(__name__)

POLL = 0.2  # seconds between two looks when nobody pokes
BREATH = 0.015  # seconds between two looks when everybody does
SWEEP = 0.7  # seconds between two looks at sessions
HOUSEKEEPING = 1.0
ROOM_KEPT = 60.0  # seconds that an empty room stays in memory
PAGE = 500  # facts read at a time
RIGHTS = ("groups.", "people.")  # facts that may change who hears what
# Keys of facts' data that name members and groups.
MEMBERS, GROUPS = ("member", "from_member", "to_member", "into_member"), ("group",)


@dataclass(slots=True)
class Look:
    """What one look brought."""

    cursor: int
    facts: list[Fact] = field(default_factory=list)
    heads: list[tuple[int, int]] = field(default_factory=list)
    version: int = -1


class Follower:
    """Looks at the database whenever it is poked, and five times a second anyway."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self.poked = asyncio.Event()
        self._cursor = -1
        self._version = -1
        self._rooms: frozenset[int] = frozenset()

    async def run(self) -> None:
        """Follow until the gateway ends."""
        heard = wake.listener("gateway")
        self.hub.loop.add_reader(heard, self._hear, heard)
        try:
            while True:
                try:
                    await self.look()
                except Exception as error:  # noqa: BLE001  the database may be away for a moment
                    log.warning("look_failed", error=repr(error))
                    await asyncio.sleep(0.5)
                await self.rest()
        finally:
            self.hub.loop.remove_reader(heard)
            heard.close()

    def _hear(self, heard: socket.socket) -> None:
        wake.drain(heard)
        self.poked.set()

    async def rest(self) -> None:
        """Wait for the next poke, or a while."""
        await asyncio.sleep(BREATH)
        try:
            async with asyncio.timeout(POLL - BREATH):  # wait_for of Python 3.11 may lose a cancellation (bpo-37658)
                await self.poked.wait()
        except TimeoutError:
            return
        finally:
            self.poked.clear()

    async def look(self) -> None:
        """One look, and what follows from it."""
        rooms = frozenset(self.hub.rooms)
        version = self._version if rooms == self._rooms else -1
        look = await self.hub.desk.watch(_look, self._cursor, rooms, version, _names())
        if look is None:
            return
        self._cursor, self._version, self._rooms = look.cursor, look.version, rooms
        self.hub.heard_of(look.heads)
        if look.facts:
            self.hub.snapshots.heard(look.facts)
            await self.apply(look.facts)

    async def apply(self, facts: Iterable[Fact]) -> None:
        """Ask again for the rights that facts touched."""
        members: set[int] = set()
        groups: set[int] = set()
        for fact in facts:
            if not fact.name.startswith(RIGHTS):
                continue
            named = {fact.data.get(key) for key in MEMBERS} - {None}
            members |= named
            if not named:
                groups |= {fact.data.get(key) for key in GROUPS} - {None}
        touched = [member for key in members for member in self.hub.by_member.get(key, ())]
        # One by one, the named first: they are the ones who may have to go.
        await asyncio.gather(*(self.recheck(connection) for connection in touched))
        if groups:
            self.hub.spawn(self._recheck_groups(groups))

    async def _recheck_groups(self, groups: set[int]) -> None:
        for connection in list(self.hub.connections):
            rooms = {room_id for room_id, seat in connection.seats.items() if seat.access.room.group_id in groups}
            if rooms:
                await self.recheck(connection, rooms)

    async def recheck(self, connection: "Connection", rooms: set[int] | None = None) -> None:
        """Ask again who somebody is and what they may hear; end what they may not."""
        guest = connection.guest
        if guest is None or connection.closed:
            return
        actor = await self.hub.desk.read(guest.renewed)
        if actor is None:
            connection.close(wire.NOT_VALID, "no place here any more")
            return
        guest.actor = actor
        for room_id in list(connection.seats) if rooms is None else rooms:
            try:
                seat = await self.hub.desk.read(admission.seat, actor, room_id)
            except Refusal as refusal:
                self.hub.show_out(connection, room_id, refusal)
                continue
            if room_id in connection.seats:
                connection.seats[room_id] = seat
                self.hub.rooms[room_id].space = seat.access.space
        if rooms is None:
            await self.hub.snapshots.recheck(connection, actor)

    async def sweep(self) -> None:
        """End connections whose session or token ended."""
        held: dict[admission.SignIn | admission.TokenHold, list[Connection]] = {}
        for connection in self.hub.connections:
            if connection.guest is not None:
                held.setdefault(connection.guest.stands_on, []).append(connection)
        if held:
            for over in await self.hub.desk.read(admission.no_longer_standing, list(held)):
                for connection in held[over]:
                    connection.close(wire.NOT_VALID, "the session ended")

    async def keep_watch(self) -> None:
        """Sweep and keep house until the gateway ends."""
        cleaned = time.monotonic()
        while True:
            await asyncio.sleep(SWEEP)
            try:
                await self.sweep()
                await self.hub.desk.read(admission.renew_paces)
                self.hub.snapshots.tick()
                if time.monotonic() - cleaned > HOUSEKEEPING:
                    cleaned = time.monotonic()
                    self._forget_empty_rooms()
                    await self.hub.desk.watch(_checkpoint)
            except Exception as error:  # noqa: BLE001  next time
                log.warning("sweep_failed", error=repr(error))

    def _forget_empty_rooms(self) -> None:
        old = time.monotonic() - ROOM_KEPT
        for room in list(self.hub.rooms.values()):
            if not room.members and not room.writing and not room.fetching and room.empty_since < old:
                del self.hub.rooms[room.id]


def _names() -> frozenset[str]:
    return frozenset(name for topic in topics for name in topic.fact_names)


def _look(cursor: int, rooms: frozenset[int], version: int, names: frozenset[str]) -> Look | None:
    """At the desk: facts after the cursor and the ends of the rooms' logs; None when nothing was written at all."""
    seen = _data_version()
    if seen != -1 and seen == version:
        return None
    limit = horizon()
    look = Look(cursor=limit, version=seen)
    if 0 <= cursor < limit:
        of_interest = Q(name__in=names)
        for prefix in RIGHTS:
            of_interest |= Q(name__startswith=prefix)
        with across_communities("the gateway serves all communities"):
            new = Fact.objects.filter(of_interest, id__gt=cursor, id__lte=limit, historical=False).order_by("id")
            look.facts = list(new[:PAGE])
        if len(look.facts) == PAGE:
            look.cursor, look.version = look.facts[-1].pk, -1
    look.heads = list(room_log.heads(rooms).items())
    return look


def _data_version() -> int:
    """SQLite's counter of others' commits, -1 where there is none."""
    if database.vendor != "sqlite":
        return -1
    with database.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])


def _checkpoint() -> None:
    """Copy SQLite's log back into the database, so that no post has to wait for it."""
    if database.vendor == "sqlite":
        with database.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")

"""The middle of the gateway: who is connected, which rooms are open, and which frame goes where. On the event loop."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import structlog

from hearth.conversation.errors import BadClientId
from hearth.conversation.gateway import admission, catching_up, wire
from hearth.conversation.gateway.connection import UNREAD, Connection
from hearth.conversation.gateway.desk import Desk
from hearth.conversation.gateway.handshake import Caller
from hearth.conversation.gateway.posting import Poster, Wish
from hearth.conversation.gateway.presence import Presence
from hearth.conversation.gateway.refusals import TokenMayNotWrite
from hearth.conversation.gateway.room import LiveRoom
from hearth.conversation.gateway.snapshots import Snapshots
from hearth.conversation.queries import log as room_log
from hearth.conversation.rules import posting as rules
from hearth.conversation.services.posting import draft_of
from hearth.core.errors import NotFound, Refusal
from hearth.kit.clock import now, to_ms

log = structlog.get_logger(__name__)

PATIENCE = 10.0  # seconds that a ticket may take to come
PER_PERSON = 40  # connections
TOPICS = 64  # open topics of one connection


class Hub:
    """Everything that lives as long as the gateway. ``poster`` sees posts through; tests give a worse one."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, poster: Callable[["Hub"], Poster] = Poster, unread: int = UNREAD
    ) -> None:
        self.loop, self.unread = loop, unread
        self.desk = Desk()
        self.connections: set[Connection] = set()
        self.by_member: dict[int, set[Connection]] = {}
        self.rooms: dict[int, LiveRoom] = {}
        self.ending = False
        self.poster = poster(self)
        self.presence = Presence(self)
        self.snapshots = Snapshots(self)
        self._tasks: set[asyncio.Task[None]] = set()
        self._takes: dict[str, Callable[[Connection, dict[str, Any]], None]] = {
            "sub": self._sub,
            "unsub": self._unsub,
            "post": self._post,
            "typing": self.presence.typing,
            "who": self.presence.who,
            "seen": self.presence.seen,
            "ping": lambda connection, _frame: connection.send({"t": "pong", "at": to_ms(now())}),
        }

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside; a failure is logged, never lost."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("task_failed", exc_info=task.exception())

    async def idle(self) -> None:
        """Wait until nothing runs beside."""
        while self._tasks or self.poster.waiting:
            await asyncio.sleep(0.005)

    # --- coming and going

    def arrived(self, connection: Connection) -> None:
        """A socket is open."""
        self.connections.add(connection)
        if connection.caller.shows_something:
            self.spawn(self._admit(connection, connection.caller))
        else:
            self.loop.call_later(PATIENCE, self._lose_patience, connection)

    def _lose_patience(self, connection: Connection) -> None:
        if connection.guest is None and not connection.caller.shows_something:
            connection.close(wire.NO_TICKET, "no ticket came")

    def first_frame(self, connection: Connection) -> None:
        """Without a ticket in the address the first frame brings it."""
        frame = wire.parse(connection.early.pop(0)) if connection.early else None
        ticket = wire.words((frame or {}).get("ticket", ""), 2000)
        token = wire.words((frame or {}).get("token", ""), 200)
        if frame is None or frame["t"] != "auth" or not (ticket or token):
            connection.close(wire.NO_TICKET, "the first frame must bring a ticket")
            return
        connection.caller = Caller(ticket or "", token or "", connection.caller.languages)
        self.spawn(self._admit(connection, connection.caller))

    async def _admit(self, connection: Connection, caller: Caller) -> None:
        guest = await self.desk.read(admission.admit, caller)
        if connection.closed:
            return
        if guest is None:
            connection.close(wire.NOT_VALID, "not valid")
            return
        connection.guest = guest
        connection.identity_id, connection.member_id = guest.actor.identity_id, guest.actor.member_id
        if guest.actor.member_id is not None:
            mine = self.by_member.setdefault(guest.actor.member_id, set())
            if len(mine) >= PER_PERSON:
                connection.close(wire.TOO_MANY, "too many connections")
                return
            mine.add(connection)
        me = {"id": connection.identity_id, "member": connection.member_id}
        connection.send({"t": "ready", "v": 1, "me": {k: v for k, v in me.items() if v}, "at": to_ms(now())})
        early, connection.early = connection.early or [], None
        for payload in early:
            self.receive(connection, payload)

    def departed(self, connection: Connection) -> None:
        """A socket is closed, or as good as."""
        self.connections.discard(connection)
        if connection.member_id is not None:
            mine = self.by_member.get(connection.member_id, set())
            mine.discard(connection)
            if not mine:
                self.by_member.pop(connection.member_id, None)
        for room_id in list(connection.seats):
            self._stand_up(connection, room_id)
        self.snapshots.departed(connection)

    # --- what comes in

    def receive(self, connection: Connection, payload: bytes) -> None:
        """One frame of a client."""
        if connection.closed:
            return
        frame = wire.parse(payload)
        if frame is None:
            connection.close(wire.POLICY, "one JSON object with a type per frame")
            return
        take = self._takes.get(frame["t"])
        if take is not None:
            take(connection, frame)

    def _post(self, connection: Connection, frame: dict[str, Any]) -> None:
        room_id, client_id = wire.whole(frame.get("room")), frame.get("cid")
        seat = connection.seats.get(room_id or 0)
        text = wire.words(frame.get("text"), wire.MAX_FRAME)
        files = frame.get("files") or []
        reply_to = None if frame.get("re") is None else wire.whole(frame["re"]) or 0
        if not isinstance(files, list) or any(wire.whole(file) is None for file in files):
            files = []
        refusal = self._cannot_post(connection, seat, client_id)
        if refusal is not None or seat is None or not isinstance(client_id, str):
            connection.refuse(client_id, room_id, refusal or NotFound())
            return
        moment = now()
        draft = draft_of(seat.access, text or "")
        topic = wire.words(frame.get("topic", ""), 1000) or ""
        wish = Wish(connection, seat, draft, client_id, reply_to, topic, tuple(files), moment)
        refusal = self.poster.judge(seat, draft, len(files), moment)
        if refusal is None:
            self.poster.accept(wish)
        else:
            self.spawn(self._refuse_or_repeat(wish, refusal))

    def _cannot_post(self, connection: Connection, seat: admission.Seat | None, client_id: Any) -> Refusal | None:
        if seat is None or self.ending:
            return NotFound()
        if connection.guest is None or not connection.guest.may_write:
            return TokenMayNotWrite()
        return rules.refusal_of_client_id(client_id) if isinstance(client_id, str) else BadClientId()

    async def _refuse_or_repeat(self, wish: Wish, refusal: Refusal) -> None:
        """A refused post that was accepted earlier under the same client id is no new post."""
        if await self.desk.read(room_log.posted_before, wish.draft.author_id, [wish.client_id]):
            self.poster.accept(wish)
        else:
            wish.connection.refuse(wish.client_id, wish.draft.room_id, refusal)

    # --- topics

    def _sub(self, connection: Connection, frame: dict[str, Any]) -> None:
        topic = wire.words(frame.get("topic"), 100) or ""
        if topic in connection.opening or self._has_open(connection, topic):
            return
        if len(connection.opening) + len(connection.seats) + len(connection.topics) >= TOPICS:
            connection.gone(topic, NotFound())
            return
        connection.opening.add(topic)
        kind, _colon, key = topic.partition(":")
        if kind == "room":
            room_id = int(key) if key.isdigit() and len(key) < 19 and key.isascii() else 0
            self.spawn(catching_up.open_room(self, connection, topic, room_id, wire.whole(frame.get("after"))))
        else:
            self.spawn(self.snapshots.open(connection, topic))

    def _has_open(self, connection: Connection, topic: str) -> bool:
        kind, _colon, key = topic.partition(":")
        return topic in connection.topics or (kind == "room" and key.isdecimal() and int(key) in connection.seats)

    def _unsub(self, connection: Connection, frame: dict[str, Any]) -> None:
        topic = wire.words(frame.get("topic"), 100) or ""
        connection.opening.discard(topic)
        kind, _colon, key = topic.partition(":")
        if kind == "room" and key.isdecimal():
            self._stand_up(connection, int(key))
        else:
            self.snapshots.leave(connection, topic)

    def show_out(self, connection: Connection, room_id: int, refusal: Refusal) -> None:
        """A right ended: so does the stream."""
        if room_id in connection.seats:
            self._stand_up(connection, room_id)
            connection.gone(f"room:{room_id}", refusal)

    def _stand_up(self, connection: Connection, room_id: int) -> None:
        connection.seats.pop(room_id, None)
        room = self.rooms.get(room_id)
        if room is not None:
            room.leave(connection)

    # --- logs

    def advance(self, room: LiveRoom, *, sure: bool = False) -> None:
        """Deliver what is in turn, and fetch what is missing.

        Unless ``sure``, entries that wait for the end of our own batch are not fetched: they are on their way.
        """
        if room.advance() and not room.fetching and (sure or not room.writing):
            room.fetching = True
            self.spawn(catching_up.fetch_missing(self, room))

    def heard_of(self, heads: Iterable[tuple[int, int]]) -> None:
        """Where the logs of open rooms end, as the watcher saw them."""
        for room_id, head in heads:
            room = self.rooms.get(room_id)
            if room is not None and head > room.delivered:
                room.known = max(room.known, head)
                self.advance(room)

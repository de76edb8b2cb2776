"""Being there: who types, who has a room open, how far they have read. Ephemera, except the read mark."""

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

from hearth.conversation.gateway import wire
from hearth.conversation.gateway.room import LiveRoom
from hearth.conversation.rules.frames import card_frame
from hearth.conversation.rules.posting import refusal_of_voice
from hearth.conversation.services.marks import Mark, write_marks
from hearth.kit.clock import now

if TYPE_CHECKING:
    from hearth.conversation.gateway.connection import Connection
    from hearth.conversation.gateway.hub import Hub

log = structlog.get_logger(__name__)

TYPING_PAUSE = 1.0  # seconds between two typing frames of a room
TYPISTS = 5  # names in one of them
SHOWN = 200  # people in a list of who is there
MARKS_PAUSE = 0.4  # seconds between two writings of read marks
MARKS = 200  # in one transaction


class Presence:
    """Gathers and tells. Runs on the event loop."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self._marks: dict[tuple[int, int], Mark] = {}

    def came(self, room: LiveRoom, connection: "Connection") -> None:
        """Tell the newcomer how many are there; the others hear it with the next tick."""
        connection.send({"t": "presence", "room": room.id, "count": len(room.people)})

    def tick(self) -> None:
        """Once a second: tell rooms whose count changed."""
        for room in self.hub.rooms.values():
            count = len(room.people)
            if count != room.presence_told:
                room.presence_told = count
                room.send(wire.text({"t": "presence", "room": room.id, "count": count}))

    def who(self, connection: "Connection", frame: dict[str, Any]) -> None:
        """The people who have the room open, on request only: sent on each arrival it would grow with the square."""
        room = self._room_of(connection, frame)
        if room is None:
            return
        cards: dict[int, dict[str, Any]] = {}
        for member in room.members:
            card = member.seats[room.id].card if room.id in member.seats else None
            if card is not None and len(cards) < SHOWN:
                cards.setdefault(card.identity_id, card_frame(card))
        connection.send({"t": "who", "room": room.id, "count": len(room.people), "people": list(cards.values())})

    def typing(self, connection: "Connection", frame: dict[str, Any]) -> None:
        """Somebody types; nobody hears it of those who have no voice."""
        room = self._room_of(connection, frame)
        seat = connection.seats.get(room.id) if room else None
        if room is None or seat is None or seat.card is None or refusal_of_voice(seat.access.right, now()):
            return
        if not room.typing:
            wait = max(0.0, room.typing_due - self.hub.loop.time())
            self.hub.loop.call_later(wait, self._tell_typing, room)
        room.typing[seat.card.identity_id] = seat.card.name

    def _tell_typing(self, room: LiveRoom) -> None:
        who = [{"id": identity, "name": name} for identity, name in list(room.typing.items())[:TYPISTS]]
        room.typing.clear()
        room.typing_due = self.hub.loop.time() + TYPING_PAUSE
        room.send(wire.text({"t": "typing", "room": room.id, "who": who}))

    def seen(self, connection: "Connection", frame: dict[str, Any]) -> None:
        """Somebody read up to a number: kept soon, told to their other tabs now."""
        room, number = self._room_of(connection, frame), wire.whole(frame.get("n"))
        member_id = connection.member_id
        if room is None or number is None or member_id is None:
            return
        number = min(number, room.delivered)
        kept = self._marks.get((room.id, member_id))
        if kept is not None and kept.number >= number:
            return
        self._marks[(room.id, member_id)] = Mark(room.community_id, room.id, member_id, number)
        for other in self.hub.by_member.get(member_id, ()):
            if other is not connection and room.id in other.seats:
                other.send({"t": "seen", "room": room.id, "n": number})

    async def keep_marks(self) -> None:
        """Write what gathered, in small transactions. What cannot be written is said again by the page's next visit."""
        marks = list(self._marks.values())
        self._marks.clear()
        for start in range(0, len(marks), MARKS):
            await self.hub.desk.write(write_marks, marks[start : start + MARKS])

    async def run(self) -> None:
        """Tick until the gateway ends."""
        ticks = 0
        while True:
            await asyncio.sleep(MARKS_PAUSE)
            ticks += 1
            if ticks % 2 == 0:
                self.tick()
            try:
                await self.keep_marks()
            except Exception as error:  # noqa: BLE001  a mark is not worth the room
                log.warning("marks_failed", error=repr(error))

    def _room_of(self, connection: "Connection", frame: dict[str, Any]) -> LiveRoom | None:
        room_id = wire.whole(frame.get("room"))
        return self.hub.rooms.get(room_id) if room_id is not None and room_id in connection.seats else None

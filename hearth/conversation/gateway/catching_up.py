"""Filling gaps: a reader who comes back, and entries that somebody else wrote."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hearth.conversation.gateway import admission, wire
from hearth.conversation.gateway.posting import entry_of
from hearth.conversation.gateway.room import LiveRoom
from hearth.conversation.queries import log as room_log, messages
from hearth.conversation.queries.log import LogLine
from hearth.core.errors import Refusal
from hearth.core.tenancy import community_scope
from hearth.kit.clock import now

if TYPE_CHECKING:
    from hearth.conversation.gateway.connection import Connection
    from hearth.conversation.gateway.hub import Hub

REPLAY = 500  # entries that a returning reader gets; further behind, the page loads its history
STRETCH = 200  # entries fetched at a time
Piece = tuple[int, int, bytes]  # first number, last number, frame


async def open_room(hub: "Hub", connection: "Connection", topic: str, room_id: int, after: int | None) -> None:
    """Seat somebody in a room, send what they missed, and let them hear it live from then on."""
    actor = connection.guest.actor if connection.guest else None
    if actor is None:
        return
    try:
        seat = await hub.desk.read(admission.seat, actor, room_id)
    except Refusal as refusal:
        connection.opening.discard(topic)
        connection.gone(topic, refusal)
        return
    if connection.closed or topic not in connection.opening:
        return
    room = hub.rooms.get(room_id)
    if room is None:
        room = hub.rooms[room_id] = LiveRoom(hub.loop, room_id, actor.community_id, seat.access.space, seat.head)
    if actor.identity_id is not None:
        hub.poster.remember(actor.identity_id, seat.recent)
    connection.opening.discard(topic)
    connection.seats[room_id] = seat
    connection.send({"t": "open", "topic": topic, "n": max(room.delivered, seat.head)})
    if after is None:
        room.join(connection)
    else:
        await _catch_up(hub, connection, room, after, seat.head)
    if room_id in connection.seats:
        hub.presence.came(room, connection)


async def _catch_up(hub: "Hub", connection: "Connection", room: LiveRoom, after: int, head: int) -> None:
    if head > room.delivered:  # others wrote, and our look at the log has not come round
        room.known = max(room.known, head)
        hub.advance(room)
        for _ in range(100):
            if room.delivered >= head:
                break
            await asyncio.sleep(0.01)
    while not connection.closed and room.id in connection.seats:
        kept = b"" if after == room.delivered else room.kept_since(after) if after < room.delivered else None
        if kept is not None:
            room.join(connection)
            if kept:
                connection.write(kept)
            return
        if after > room.delivered or room.delivered - after > REPLAY:
            room.join(connection)
            connection.send({"t": "refetch", "room": room.id, "n": room.delivered})
            return
        found = await hub.desk.read(stretch, room.id, room.community_id, room.space, after, room.delivered)
        if not found.pieces:
            after = room.delivered + 1  # the log does not hold what its counter says: let the page load afresh
            continue
        after = found.pieces[-1][1]
        connection.write(b"".join(frame for _first, _last, frame in found.pieces))


async def fetch_missing(hub: "Hub", room: LiveRoom) -> None:
    """Fetch and deliver what others wrote, until nothing committed is missing. One at a time per room."""
    try:
        while room.delivered < room.known:
            seen = room.delivered
            found = await hub.desk.read(stretch, room.id, room.community_id, room.space, seen, room.known)
            for first, last, frame in found.pieces:
                if last > room.delivered:
                    room.deliver(first, last, frame)
            for author_id in found.authors:
                hub.poster.spoke_elsewhere(author_id, now())
            room.advance()
            if room.delivered == seen:
                return  # it was announced too early; the next look brings it
    finally:
        room.fetching = False


@dataclass(slots=True)
class Stretch:
    """Some entries as frames, and who posted them just now."""

    pieces: list[Piece] = field(default_factory=list)
    authors: list[int] = field(default_factory=list)


def stretch(room_id: int, community_id: int, space: str, after: int, upto: int) -> Stretch:
    """At the desk: the next entries as frames. A run of imported posts becomes one hint."""
    with community_scope(community_id):
        lines = room_log.entries_after(room_id, after, upto=upto, limit=STRETCH)
        wanted = list(dict.fromkeys(line.message_id for line in lines if not line.historical))
        views = {view.id: view for view in messages.by_ids(wanted, space)}
    made = Stretch()
    run: list[LogLine] = []
    for line in lines:
        if line.historical:
            run.append(line)
            continue
        if run:
            made.pieces.append(_hint(room_id, run))
            run = []
        entry = entry_of(views[line.message_id], line.number, line.kind, line.mark)
        made.pieces.append((line.number, line.number, entry))
        if line.kind == "post" and line.author_id is not None:
            made.authors.append(line.author_id)
    if run:
        made.pieces.append(_hint(room_id, run))
    return made


def _hint(room_id: int, run: list[LogLine]) -> Piece:
    frame = wire.text({"t": "history", "room": room_id, "n": run[-1].number})
    return run[0].number, run[-1].number, frame

"""One browser tab (or bot): its socket, who sits behind it, and which topics it has open."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog
from django.utils import translation
from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from hearth.conversation.gateway import wire
from hearth.conversation.gateway.admission import Guest, Seat
from hearth.conversation.gateway.handshake import Caller
from hearth.core.errors import Refusal, TooMany

if TYPE_CHECKING:
    from hearth.conversation.gateway.hub import Hub

log = structlog.get_logger(__name__)

UNREAD = 1024 * 1024  # bytes that may wait in a socket before its reader counts as too slow
EARLY = 64  # frames that may wait for `ready`
BUDGET = 4000  # frames a second


class Connection(WSListener):  # type: ignore[misc]  # picows brings no base type mypy can see
    """A socket. All its methods run on the event loop."""

    def __init__(self, hub: "Hub", caller: Caller) -> None:
        self.hub, self.caller = hub, caller
        self.guest: Guest | None = None
        self.identity_id: int | None = None
        self.member_id: int | None = None
        self.seats: dict[int, Seat] = {}  # by room
        self.opening: set[str] = set()  # topics that are being opened
        self.topics: set[str] = set()  # snapshot topics that are open
        self.early: list[bytes] | None = []  # frames that came before `ready`
        self.waiting = 0  # posts not yet answered
        self.closed = False
        self.write: Callable[[bytes], None] = _nowhere
        self._transport: WSTransport | None = None
        self._second, self._spent = 0.0, 0

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The handshake is done."""
        self._transport = transport
        plain = transport.underlying_transport
        plain.set_write_buffer_limits(high=self.hub.unread)
        self.write = plain.write
        self.hub.arrived(self)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The socket is gone."""
        self._forget()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """A frame came in."""
        if self.closed:
            return
        kind = frame.msg_type
        if kind == WSMsgType.CLOSE:
            transport.send_close(WSCloseCode.OK)
            self._forget()
            transport.disconnect()
        elif kind != WSMsgType.TEXT or not frame.fin:
            if kind not in {WSMsgType.PING, WSMsgType.PONG}:
                self.close(wire.POLICY, "one JSON object per text frame")
        elif self._within_budget():
            self._take(frame.get_payload_as_bytes())

    def pause_writing(self) -> None:
        """The reader is slow and the buffer full: drop it, it resumes by its last numbers."""
        # Not now: this is called in the middle of writing to all members of a room.
        self.hub.loop.call_soon(self._drop)

    def resume_writing(self) -> None:
        """Nothing waits: a paused connection was dropped."""

    def _drop(self) -> None:
        if not self.closed:
            log.info("reader_too_slow", member=self.member_id)
            self.close(wire.TOO_SLOW, "too slow", abort=True)

    def _within_budget(self) -> bool:
        now = time.monotonic()
        if now - self._second >= 1.0:
            self._second, self._spent = now, 0
        self._spent += 1
        if self._spent > BUDGET:
            self.close(wire.POLICY, "too many frames")
            return False
        return True

    def _take(self, payload: bytes) -> None:
        if self.early is None:
            self.hub.receive(self, payload)
            return
        self.early.append(payload)
        if len(self.early) > EARLY:
            self.close(wire.POLICY, "too much before ready")
        elif not self.caller.shows_something:
            self.hub.first_frame(self)

    def send(self, payload: dict[str, Any]) -> None:
        """Write one JSON object."""
        if not self.closed:
            self.write(wire.text(payload))

    def refuse(self, client_id: Any, room_id: int | None, refusal: Refusal) -> None:
        """Say no to a post, in the reader's language."""
        told: dict[str, Any] = {"t": "refused", "cid": client_id, "room": room_id, "code": refusal.code}
        told["text"] = self.worded(refusal)
        if isinstance(refusal, TooMany):
            told["retry_after"] = refusal.retry_after
        self.send(told)

    def gone(self, topic: str, refusal: Refusal) -> None:
        """Say that a topic is not open, or no longer."""
        self.send({"t": "gone", "topic": topic, "code": refusal.code, "text": self.worded(refusal)})

    def worded(self, refusal: Refusal) -> str:
        """A refusal as this reader understands it."""
        with translation.override(self.guest.language if self.guest else None):
            return str(refusal)

    def close(self, code: int, reason: str = "", *, abort: bool = False) -> None:
        """Say why, then end. With ``abort`` what still waits in the buffer is thrown away."""
        if self.closed:
            return
        transport, write = self._transport, self.write
        self._forget()
        if transport is None:
            return
        write(wire.close(code, reason))
        transport.disconnect(not abort)

    def _forget(self) -> None:
        if not self.closed:
            self.closed = True
            self.write = _nowhere
            self.hub.departed(self)


def _nowhere(_data: bytes) -> None:
    """A closed connection takes no more."""

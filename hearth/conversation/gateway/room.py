"""One room's live stream: frames in the order of their numbers, without a gap, written once to each member."""

import time
from asyncio import AbstractEventLoop, TimerHandle
from collections import Counter, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hearth.conversation.gateway.connection import Connection

RING = 512  # frames kept for those who come back
RING_BYTES = 512 * 1024
LONGEST_GATHER = 0.012  # seconds
REST = (
    2.0  # a flush that took x seconds is followed by a rest of at least REST * x, so that writing never eats the loop
)


class LiveRoom:
    """The members who have a room open, and the end of its log.

    ``delivered`` is the number of the last entry handed to the members, ``known`` the highest that is known to be
    committed. What arrives out of turn waits in ``pending``; the hub fetches what is missing.
    """

    def __init__(self, loop: AbstractEventLoop, room_id: int, community_id: int, space: str, head: int) -> None:
        self.id, self.community_id, self.space = room_id, community_id, space
        self.delivered = self.known = head
        self.members: dict[Connection, None] = {}
        self.people: Counter[int] = Counter()
        self.pending: dict[int, bytes] = {}
        self.writing = 0  # posts from here that wait for their commit
        self.fetching = False
        self.presence_told = 0
        self.typing: dict[int, str] = {}
        self.typing_due = 0.0
        self.empty_since = time.monotonic()
        self._loop = loop
        self._ring: deque[tuple[int, int, bytes]] = deque()  # first number, last number, frame
        self._ring_bytes = 0
        self._out: list[bytes] = []
        self._timer: TimerHandle | None = None
        self._rests_until = 0.0

    def join(self, member: "Connection") -> None:
        """From now on the member gets everything after ``delivered``."""
        self.flush()
        self.members[member] = None
        if member.identity_id is not None:
            self.people[member.identity_id] += 1

    def leave(self, member: "Connection") -> None:
        """Twice changes nothing."""
        if self.members.pop(member, self) is self:
            return
        if member.identity_id is not None:
            self.people[member.identity_id] -= 1
            if self.people[member.identity_id] <= 0:
                del self.people[member.identity_id]
        if not self.members:
            self.empty_since = time.monotonic()

    def offer(self, number: int, frame: bytes) -> None:
        """A committed entry of ours; it goes out when its turn has come."""
        if number > self.delivered:
            self.pending[number] = frame
            self.known = max(self.known, number)

    def advance(self) -> bool:
        """Deliver what is in turn. Returns whether entries are missing that others wrote."""
        while self.pending:
            frame = self.pending.pop(self.delivered + 1, None)
            if frame is None:
                break
            self.deliver(self.delivered + 1, self.delivered + 1, frame)
        if self.pending and min(self.pending) <= self.delivered:
            self.pending = {number: frame for number, frame in self.pending.items() if number > self.delivered}
            return self.advance()
        return self.delivered < self.known

    def deliver(self, first: int, last: int, frame: bytes) -> None:
        """Hand over a frame that stands for the entries ``first`` to ``last``."""
        self.delivered = last
        self.known = max(self.known, last)
        self._ring.append((first, last, frame))
        self._ring_bytes += len(frame)
        while len(self._ring) > RING or self._ring_bytes > RING_BYTES:
            self._ring_bytes -= len(self._ring.popleft()[2])
        self.send(frame)

    def kept_since(self, after: int) -> bytes | None:
        """All frames after a number, from memory; None when they do not reach back so far."""
        if after >= self.delivered:
            return b""
        if not self._ring or self._ring[0][0] > after + 1:
            return None
        return b"".join(frame for _first, last, frame in self._ring if last > after)

    def send(self, frame: bytes) -> None:
        """Write a frame to all members: at once in an idle room, gathered with others in a busy one."""
        if not self.members:
            return
        self._out.append(frame)
        if self._timer is None:
            wait = self._rests_until - time.monotonic()
            self._timer = self._loop.call_later(max(0.0, wait), self.flush)

    def flush(self) -> None:
        """One write per member for everything gathered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._out:
            return
        buffer = self._out[0] if len(self._out) == 1 else b"".join(self._out)
        self._out.clear()
        began = time.monotonic()
        for member in self.members:
            member.write(buffer)
        now = time.monotonic()
        self._rests_until = now + min(LONGEST_GATHER, REST * (now - began))

"""Listeners who read every frame and keep the numbers, to be held against the log afterwards."""

import asyncio
import json
import os
import threading
from dataclasses import dataclass, field

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect


@dataclass
class Heard:
    """What one auditor received of one room, in order."""

    room: int
    numbers: list[int] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    hints: int = 0

    def faults(self, first: int, last: int) -> tuple[int, int, int]:
        """(lost, doubled, out of order) of the entries ``first`` to ``last``."""
        lost = len(set(range(first, last + 1)) - set(self.numbers)) if not self.hints else 0
        doubled = len(self.numbers) - len(set(self.numbers)) + len(self.ids) - len(set(self.ids))
        disorder = sum(b <= a for a, b in zip(self.numbers, self.numbers[1:], strict=False))
        return lost, doubled, disorder


class _Ear(WSListener):
    def __init__(self, room: int) -> None:
        self.heard, self.open = Heard(room), asyncio.Event()

    def on_ws_connected(self, transport: WSTransport) -> None:
        body = json.dumps({"t": "sub", "topic": f"room:{self.heard.room}", "after": 0}).encode()
        transport.send(WSMsgType.TEXT, body)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.TEXT:
            return
        said = json.loads(frame.get_payload_as_bytes())
        if said["t"] == "entry":
            self.heard.numbers.append(said["n"])
            self.heard.ids.append(said["m"]["id"])
        elif said["t"] in {"history", "refetch"}:
            self.heard.hints += 1
        elif said["t"] == "open":
            self.open.set()


class Auditors:
    """One listener per line ``user:session:community|room``, on a thread of their own. Django must be set up."""

    def __init__(self, tokens: list[str]) -> None:
        self.heard: list[Heard] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(tokens,), daemon=True)
        self._thread.start()
        if not self._ready.wait(30):
            raise TimeoutError("auditors could not come in")

    def _run(self, tokens: list[str]) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._open(tokens))
        self._ready.set()
        self._loop.run_forever()

    async def _open(self, tokens: list[str]) -> None:
        from hearth.core.live import issue_ticket

        port = os.environ["HEARTH_GATEWAY_PORT"]
        self._transports = []
        for line in tokens:
            (user, session, community), room = line.split("|")[0].split(":"), line.split("|")[1]
            ticket = issue_ticket(int(user), int(community), session)
            transport, ear = await ws_connect(
                lambda room=room: _Ear(int(room)),
                f"ws://127.0.0.1:{port}/live?ticket={ticket}",
                extra_headers={"Origin": f"http://127.0.0.1:{port}"},
            )
            self._transports.append(transport)
            await ear.open.wait()
            self.heard.append(ear.heard)

    def close(self) -> None:
        """Stop listening."""

        async def end() -> None:
            for transport in self._transports:
                transport.disconnect()
            await asyncio.sleep(0.05)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

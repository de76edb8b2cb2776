"""The process: listens, starts what runs beside, and ends in good order."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson
import structlog
import uvloop
from django.conf import settings
from picows import WSListener, WSUpgradeRequest, WSUpgradeResponse, WSUpgradeResponseWithListener, ws_create_server

from hearth.conversation.gateway import admission, wire
from hearth.conversation.gateway.connection import UNREAD, Connection
from hearth.conversation.gateway.following import Follower
from hearth.conversation.gateway.handshake import HEALTH, PATH, caller_of, origin_is_ours
from hearth.conversation.gateway.hub import Hub
from hearth.conversation.gateway.posting import Poster

log = structlog.get_logger(__name__)

GRACE = 5.0  # seconds that accepted posts get to be written at the end
SWITCH = 0.001  # seconds a thread may hold the interpreter while another waits: the loop must come round
CONNECTIONS = 50_000


@dataclass
class Gateway:
    """One gateway, also for tests: ``start``, then ``stop``."""

    host: str = "127.0.0.1"
    port: int = 0
    poster: Callable[[Hub], Poster] = Poster
    unread: int = UNREAD
    hub: Hub = field(init=False)
    follower: Follower = field(init=False)
    _server: asyncio.Server = field(init=False)
    _beside: list["asyncio.Task[None]"] = field(default_factory=list)

    async def start(self) -> None:
        """Listen. With port 0 the system chooses; ``port`` tells which."""
        loop = asyncio.get_running_loop()
        admission.forget()
        self.hub = Hub(loop, self.poster, self.unread)
        self.follower = Follower(self.hub)
        await self.follower.look()
        self._beside = [
            loop.create_task(self.follower.run()),
            loop.create_task(self.follower.keep_watch()),
            loop.create_task(self.hub.presence.run()),
        ]
        self._server = await ws_create_server(
            self._met,
            self.host,
            self.port,
            backlog=4096,
            max_frame_size=wire.MAX_FRAME,
            enable_auto_ping=True,
            auto_ping_idle_timeout=25,
            auto_ping_reply_timeout=20,
            logger_name=_quiet(),
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def _met(self, request: WSUpgradeRequest) -> WSListener | WSUpgradeResponseWithListener | None:
        path = request.path.decode("latin-1")
        bare = path.partition("?")[0]
        if bare == HEALTH:
            return WSUpgradeResponseWithListener(self._health(), None)
        if bare not in {PATH, PATH + "/"}:
            return None
        caller = caller_of(path, request.headers)
        if self.hub.ending or not origin_is_ours(request.headers.get("Origin"), caller):
            return WSUpgradeResponseWithListener(WSUpgradeResponse.create_error_response(403, b"not from here"), None)
        return Connection(self.hub, caller)

    def _health(self) -> WSUpgradeResponse:
        hub = self.hub
        told = {
            "ok": not hub.ending,
            "connections": len(hub.connections),
            "rooms": len(hub.rooms),
            "waiting": hub.poster.waiting,
        }
        body, headers = orjson.dumps(told), {"Content-Type": "application/json", "Cache-Control": "no-store"}
        if hub.ending:
            return WSUpgradeResponse.create_error_response(503, body, headers)
        return WSUpgradeResponse.create_ok_response(body, headers)

    async def stop(self) -> None:
        """Take no more, write what was accepted, say goodbye."""
        self.hub.ending = True
        self._server.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.hub.idle(), GRACE)
        for room in self.hub.rooms.values():
            room.flush()
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        with contextlib.suppress(Exception):
            await self.hub.presence.keep_marks()
        if leaving := list(self.hub.connections):
            for connection in leaving:
                connection.close(wire.GOING_AWAY, "going away")
            await asyncio.sleep(0.05)  # let the goodbyes leave
        await asyncio.get_running_loop().run_in_executor(None, self.hub.desk.close)


def _quiet() -> logging.Logger:
    """picows logs every handshake that fails; ours go to structlog at a level that an operator reads."""
    logger = logging.getLogger("hearth.gateway.picows")
    logger.setLevel(logging.ERROR)
    return logger


def run(poster: Callable[[Hub], Poster] = Poster) -> None:
    """Serve live connections until SIGTERM or SIGINT."""
    sys.setswitchinterval(SWITCH)
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    uvloop.run(_serve(poster))


async def _serve(poster: Callable[[Hub], Poster]) -> None:
    host = os.environ.get("HEARTH_BIND") or "127.0.0.1"
    gateway = Gateway(host, settings.HEARTH_GATEWAY_PORT, poster)
    end = asyncio.Event()
    for what in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(what, end.set)
    await gateway.start()
    log.info("gateway_listens", host=gateway.host, port=gateway.port)
    await end.wait()
    log.info("gateway_ends", connections=len(gateway.hub.connections))
    await gateway.stop()

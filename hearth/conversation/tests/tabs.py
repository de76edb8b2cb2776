"""Browser tabs for tests: a gateway on a thread of its own, and blocking WebSocket clients that talk to it."""

import asyncio
import base64
import json
import os
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import uvloop

from hearth.conversation.access import room_for
from hearth.conversation.gateway.server import Gateway
from hearth.conversation.services.posting import post_message


class House:
    """A gateway that runs beside the test."""

    def __init__(self, **how: Any) -> None:
        self._ready, self._loop = threading.Event(), uvloop.new_event_loop()
        self.gateway = Gateway(**how)
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        if self.failure:
            raise self.failure

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self.gateway.start())
        except BaseException as error:  # noqa: BLE001
            self.failure = error
            self._ready.set()
            return
        self._ready.set()
        self._loop.run_forever()

    @property
    def port(self) -> int:
        return self.gateway.port

    def call(self, act: Callable[[], Any]) -> Any:
        """Run something on the gateway's own thread."""

        async def run() -> Any:
            return act()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(5)

    def follow(self) -> None:
        """Wait until a look has ended that began after this: all that is committed by now is known."""

        async def looked() -> None:
            poked = self.gateway.follower.poked
            for _ in ("begins", "has ended"):  # a look begins when a poke is taken
                poked.set()
                while poked.is_set():
                    await asyncio.sleep(0.002)

        asyncio.run_coroutine_threadsafe(looked(), self._loop).result(15)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.gateway.stop(), self._loop).result(15)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


class Closed(Exception):
    """The server closed the connection."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


class Refused(Exception):
    """The handshake was refused."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status, self.body = status, body
        super().__init__(status)


class Tab:
    """One WebSocket. ``expect`` waits for the next frame of a type and keeps the others in ``others``."""

    def __init__(
        self,
        port: int,
        *,
        path: str = "/live",
        origin: str | None = "http://127.0.0.1",
        receive_buffer: int = 0,
        **headers: str,
    ) -> None:
        self._socket = socket.socket()
        if receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(15)
        self._buffer = b""
        self.others: deque[dict[str, Any]] = deque()
        try:
            self._socket.connect(("127.0.0.1", port))
            self._shake_hands(port, path, origin, headers)
        except BaseException:
            self._socket.close()
            raise

    def _shake_hands(self, port: int, path: str, origin: str | None, headers: dict[str, str]) -> None:
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = {"Host": f"127.0.0.1:{port}", "Upgrade": "websocket", "Connection": "Upgrade"}
        head |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode()}
        if origin is not None:
            head["Origin"] = origin
        head |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self._socket.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        while b"\r\n\r\n" not in self._buffer:
            got = self._socket.recv(65536)
            if not got:
                break
            self._buffer += got
        answer, _end, self._buffer = self._buffer.partition(b"\r\n\r\n")
        status = int(answer.split(b" ", 2)[1]) if answer else 0
        if status != 101:
            while got := self._socket.recv(65536):
                self._buffer += got
            raise Refused(status, self._buffer)

    def __enter__(self) -> "Tab":
        return self

    def __exit__(self, *_args: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def send(self, **frame: Any) -> None:
        self.send_bytes(json.dumps(frame).encode())

    def send_bytes(self, body: bytes, opcode: int = 1) -> None:
        size = len(body)
        length = (
            bytes([0x80 | size]) if size < 126
            else b"\xfe" + struct.pack(">H", size) if size < 65536
            else b"\xff" + struct.pack(">Q", size)
        )  # fmt: skip
        self._socket.sendall(bytes([0x80 | opcode]) + length + b"\0\0\0\0" + body)

    def frame(self, timeout: float = 15.0) -> dict[str, Any]:
        """The next JSON frame. Raises Closed, TimeoutError."""
        until = time.monotonic() + timeout
        while True:
            found = self._next()
            if found is not None:
                opcode, body = found
                if opcode == 1:
                    return json.loads(body)
                if opcode == 8:
                    raise Closed(struct.unpack(">H", body[:2])[0] if body else 1005)
                continue
            wait = until - time.monotonic()
            if wait <= 0:
                raise TimeoutError
            self._socket.settimeout(wait)
            got = self._socket.recv(1 << 16)
            if not got:
                raise Closed(1006)
            self._buffer += got

    def _next(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1] & 127, 2
        if size == 126:
            if len(buffer) < 4:
                return None
            size, start = struct.unpack(">H", buffer[2:4])[0], 4
        elif size == 127:
            if len(buffer) < 10:
                return None
            size, start = struct.unpack(">Q", buffer[2:10])[0], 10
        if len(buffer) < start + size:
            return None
        self._buffer = buffer[start + size :]
        return buffer[0] & 15, buffer[start : start + size]

    def expect(self, kind: str, timeout: float = 15.0, **holding: Any) -> dict[str, Any]:
        """The next frame of this type that holds these values."""

        def fits(frame: dict[str, Any]) -> bool:
            return frame["t"] == kind and all(frame.get(key) == value for key, value in holding.items())

        for kept in list(self.others):
            if fits(kept):
                self.others.remove(kept)
                return kept
        until = time.monotonic() + timeout
        while True:
            frame = self.frame(max(0.0, until - time.monotonic()))
            if fits(frame):
                return frame
            self.others.append(frame)

    def silence(self, kind: str, seconds: float = 0.3) -> None:
        """No frame of this type comes."""
        try:
            frame = self.expect(kind, seconds)
        except TimeoutError:
            return
        raise AssertionError(f"unexpected {frame}")

    def closed(self, timeout: float = 15.0) -> int:
        """Wait for the end; the close code."""
        until = time.monotonic() + timeout
        try:
            while True:
                self.others.append(self.frame(max(0.0, until - time.monotonic())))
        except Closed as end:
            return end.code


def say(somebody, room, text, number):
    """Post the way a page does."""
    return post_message(room_for(somebody.actor, room.pk), text=text, client_id=f"http-{number:05}")

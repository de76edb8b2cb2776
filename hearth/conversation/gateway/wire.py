"""Bytes on the wire: frames of the WebSocket protocol (RFC 6455) and the JSON inside them."""

import struct
from typing import Any

import orjson

GOING_AWAY, POLICY = 1001, 1008
NO_TICKET, NOT_VALID, TOO_SLOW, TOO_MANY = 4400, 4401, 4408, 4429
MAX_FRAME = 256 * 1024  # bytes of one frame from a client


def text(payload: dict[str, Any]) -> bytes:
    """One text frame, ready for the socket; made once and written to many."""
    body = orjson.dumps(payload)
    size = len(body)
    if size < 126:
        return b"\x81" + bytes((size,)) + body
    if size < 65_536:
        return b"\x81\x7e" + struct.pack(">H", size) + body
    return b"\x81\x7f" + struct.pack(">Q", size) + body


def close(code: int, reason: str = "") -> bytes:
    """A close frame."""
    body = struct.pack(">H", code) + reason.encode()[:120]
    return b"\x88" + bytes((len(body),)) + body


def parse(payload: bytes) -> dict[str, Any] | None:
    """A client's frame, or None when it is not one JSON object with a type."""
    try:
        frame = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
    return frame if isinstance(frame, dict) and isinstance(frame.get("t"), str) else None


def whole(value: Any) -> int | None:
    """A whole number that a database can hold, or None."""
    return value if type(value) is int and 0 <= value < 2**62 else None


def words(value: Any, longest: int) -> str | None:
    """A string of at most ``longest`` characters that UTF-8 can hold, or None."""
    if not isinstance(value, str) or len(value) > longest:
        return None
    return value

"""Identifiers that people and machines pass around."""

import secrets
import uuid

_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0/O, 1/I/L: read aloud and typed from paper


def new_key() -> uuid.UUID:
    """A random UUID (RFC 9562, version 4)."""
    return uuid.uuid4()


def new_code(length: int = 10) -> str:
    """A random code that a person can read aloud; ``length`` 10 gives about 50 bits."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(length))

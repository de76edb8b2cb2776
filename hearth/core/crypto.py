"""Encryption of fields and files with keys that can be changed: each value names the key that sealed it."""

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


def _keys() -> dict[str, bytes]:
    """Key id → 256-bit key. The setting holds ``id:secret`` pairs, newest first; a bare secret has the id k1."""
    keys = {}
    for part in settings.HEARTH_FIELD_KEYS.split(","):
        key_id, colon, secret = part.strip().partition(":")
        keys[key_id if colon else "k1"] = hashlib.sha256((secret if colon else key_id).encode()).digest()
    return keys


def newest_key() -> str:
    """The id of the key that seals now."""
    return next(iter(_keys()))


def seal_bytes(data: bytes) -> tuple[str, bytes]:
    """``data`` encrypted with the newest key (AES-256-GCM): (key id, nonce and ciphertext)."""
    key_id, key = next(iter(_keys().items()))
    nonce = os.urandom(12)
    return key_id, nonce + AESGCM(key).encrypt(nonce, data, key_id.encode())


def unseal_bytes(key_id: str, sealed: bytes) -> bytes:
    """The data of ``seal_bytes``. Raises KeyError when the key is gone and InvalidTag when the value was changed."""
    return AESGCM(_keys()[key_id]).decrypt(sealed[:12], sealed[12:], key_id.encode())


def seal(text: str) -> tuple[str, str]:
    """``text`` encrypted with the newest key: (key id, base64)."""
    key_id, sealed = seal_bytes(text.encode())
    return key_id, base64.b64encode(sealed).decode()


def unseal(key_id: str, sealed: str) -> str:
    """The text of ``seal``; raises as ``unseal_bytes``."""
    return unseal_bytes(key_id, base64.b64decode(sealed)).decode()


def fingerprint(kind: str, data: bytes) -> str:
    """A keyed digest by which equal secrets of a ``kind`` are recognised and nothing is read (HMAC-SHA-256, hex)."""
    return hmac.new(settings.SECRET_KEY.encode(), kind.encode() + b"\0" + data, hashlib.sha256).hexdigest()

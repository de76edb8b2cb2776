"""Encryption of single fields with keys that can be changed: each value names the key that sealed it."""

import base64
import hashlib
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


def seal(text: str) -> tuple[str, str]:
    """``text`` encrypted with the newest key (AES-256-GCM): (key id, base64)."""
    key_id, key = next(iter(_keys().items()))
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), key_id.encode())
    return key_id, base64.b64encode(nonce + sealed).decode()


def unseal(key_id: str, sealed: str) -> str:
    """The text of ``seal``. Raises KeyError when the key is gone and InvalidTag when the value was changed."""
    raw = base64.b64decode(sealed)
    return AESGCM(_keys()[key_id]).decrypt(raw[:12], raw[12:], key_id.encode()).decode()

"""Fixtures that every test may use: the standing cast of ``tests/cast.py``."""

from tests.cast import (
    actor_of,
    ada,
    bo,
    cardiology,
    chen,
    client_of,
    community,
    dara,
    eve,
    other_community,
    scopeless_community,
)

__all__ = [
    "actor_of",
    "ada",
    "bo",
    "cardiology",
    "chen",
    "client_of",
    "community",
    "dara",
    "eve",
    "other_community",
    "scopeless_community",
]

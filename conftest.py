"""Fixtures that every test may use: the standing cast of ``tests/cast.py``, and the database they live in."""

import gc

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
from tests.database import django_db_setup
from tests.remembered import story

__all__ = [
    "actor_of",
    "ada",
    "bo",
    "cardiology",
    "chen",
    "client_of",
    "community",
    "dara",
    "django_db_setup",
    "eve",
    "other_community",
    "scopeless_community",
    "story",
]


def pytest_collection_finish() -> None:
    """What is loaded by now stays; the collector need not look through it again and again."""
    gc.freeze()

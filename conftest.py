"""Fixtures that every test may use: the standing cast of ``tests/cast.py``, and the database they live in."""

import gc
import zlib
from typing import Any

import pytest
from django.core.cache import cache

from hearth.core.middleware import API_PACE
from tests.cast import (
    CAST,
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
from tests.remembered import cast_first, story
from tests.together import ByFile, shared_with

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


@pytest.fixture(autouse=True)
def _tries_are_forgotten() -> None:
    """Who guessed wrong or asked too often in one test is not slowed down in the next."""
    cache.clear()
    API_PACE.forget()


ASKS = {"db", "transactional_db", "django_db_setup"}  # fixtures through which a test comes to the database


def pytest_addoption(parser: pytest.Parser) -> None:
    """Another database need not run what asks none: that says the same on every one."""
    parser.addoption("--database-only", action="store_true", help="only the tests that ask the database")
    parser.addoption("--share", metavar="K/N", help="only the K-th of N shares of the files, for N runs side by side")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let the cast enter first. Leave out what asks no database, if so told: pytest-django sees to it that such tests
    cannot ask after all.
    """
    for item in items:
        cast_first(item, CAST)
    if config.getoption("database_only"):
        _keep(config, items, [not ASKS.isdisjoint(item.fixturenames) or "django_db" in item.keywords for item in items])
    if config.getoption("share"):
        mine, shares = map(int, config.getoption("share").split("/"))
        told = [shared_with(item.nodeid) for item in items]
        _keep(config, items, [zlib.crc32(name.encode()) % shares == mine - 1 for name in told])


def _keep(config: pytest.Config, items: list[pytest.Item], wanted: list[bool]) -> None:
    config.hook.pytest_deselected(items=[item for item, keep in zip(items, wanted, strict=True) if not keep])
    items[:] = [item for item, keep in zip(items, wanted, strict=True) if keep]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """Files that share something go to one worker, where files do."""
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """What is loaded by now stays, so the collector need not look through it, and tests leave little behind."""
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)

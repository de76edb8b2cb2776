"""One world per module; every test puts back what it changed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from hearth.core.routing import table
from tests.security.world import World, build


@pytest.fixture(scope="module")
def built(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    """Both communities, rolled back when the module ends."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None) -> World:
    """Both communities as they were at the start."""
    return built


@pytest.fixture
def sham_house(settings: Any) -> Iterator[None]:
    """The house with the faulty routes of ``sham`` beside its own."""
    settings.ROOT_URLCONF = "tests.security.sham"
    settings.HEARTH_DOORS = "tests.security.sham"
    table.cache_clear()
    yield
    table.cache_clear()

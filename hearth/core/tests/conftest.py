"""Two communities, and handlers and jobs that live as long as one test."""

from collections.abc import Callable, Iterator

import pytest

from hearth.core import jobs
from hearth.core.facts import FactSchema, fact, schemas
from hearth.core.models import Community
from hearth.core.permissions import Actor, StaffRole
from hearth.core.reactions import handlers
from hearth.core.tenancy import community_scope


@fact("core_tests.bell_rung", version=1)
class BellRung:
    """A bell was rung, so that something happens in a test."""

    bell: int


@pytest.fixture(autouse=True)
def registries() -> Iterator[None]:
    """Forget what a test registered, and let no other module's handler react."""
    kept = [(registry, dict(registry._items)) for registry in (handlers, jobs.kinds)]
    for registry, _items in kept:
        registry._items.clear()
    yield
    for registry, items in kept:
        registry._items.clear()
        registry._items.update(items)


@pytest.fixture(scope="session", autouse=True)
def no_test_fact_in_the_reference() -> Iterator[FactSchema]:
    """The facts of tests are declared for tests alone."""
    declared = schemas["core_tests.bell_rung/1"]
    yield declared
    schemas._items.pop("core_tests.bell_rung/1", None)


@pytest.fixture
def make_community(db: None) -> Callable[[str], Community]:
    """Make a bare tenant."""
    return lambda key: Community.objects.create(key=key, name={"en": key.title()})


@pytest.fixture
def hill(make_community: Callable[[str], Community]) -> Community:
    """The community at hand."""
    return make_community("hill")


@pytest.fixture
def dale(make_community: Callable[[str], Community]) -> Community:
    """Another one, which must never be touched."""
    return make_community("dale")


@pytest.fixture
def in_hill(hill: Community) -> Iterator[Community]:
    """Hill in scope."""
    with community_scope(hill):
        yield hill


@pytest.fixture
def ada(hill: Community) -> Actor:
    """The operator."""
    return Actor(community_id=hill.pk, member_id=1, staff=frozenset({StaffRole.OPERATOR}))


@pytest.fixture
def eve(hill: Community) -> Actor:
    """The outsider."""
    return Actor(community_id=hill.pk)

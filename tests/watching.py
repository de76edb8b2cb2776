"""Small eyes for tests: which facts happened, and that nothing happened."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hearth.core.audit import entries
from hearth.core.errors import Refusal
from hearth.core.models import Fact


def facts(name: str = "") -> list[dict]:
    """The data of the facts of a name (default: all names), oldest first."""
    rows = Fact.objects.order_by("pk")
    return [row.data for row in (rows.filter(name=name) if name else rows)]


@contextmanager
def refused(code: str, field: str | None = None) -> Iterator[None]:
    """The block is refused with this code, and afterwards no fact and no audit entry was added."""
    before = (Fact.objects.count(), entries().count())
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code
    if field is not None:
        assert caught.value.field == field
    assert str(caught.value), "a refusal speaks"
    assert (Fact.objects.count(), entries().count()) == before, "a refusal leaves silence"

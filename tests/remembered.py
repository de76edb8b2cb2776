"""The standing cast is made by the services every few minutes; in between, tests get the rows those wrote.

Services ask before they write, and asking is most of what they cost. A story follows what the cast does in a test, one
fixture after the other. Where the same fixtures have run in the same order before, what they wrote is written again,
row for row. As soon as anybody else writes, everything is done by the services; on PostgreSQL always, where numbers do
not begin anew and facts bear their transaction's. So that many tests tell the same story, the cast enters first and in
one order, in whatever order a test names it (``cast_first``).
"""

import functools
import inspect
import time
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction

from hearth.core.models import Community, Fact, User

FRESH = 300.0  # seconds: nobody of the cast came long before the test that meets them
SAME_DAY = 900.0  # seconds: nor on another day, and in every time zone days begin at a quarter of an hour
PASSING = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN")  # leave nothing behind

Statement = tuple[str, Any, bool]


@dataclass
class Chapter:
    """What one fixture wrote and gave, and the chapters that followed it so far."""

    wrote: list[Statement] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    made: Any = None
    at: float = field(default_factory=time.time)
    next: dict[str, "Chapter"] = field(default_factory=dict)

    def fresh(self) -> bool:
        """Whether this happened just now, as seen by a test that asks the clock."""
        present = time.time()
        return 0 <= present - self.at < FRESH and present // SAME_DAY == self.at // SAME_DAY

    def again(self, given: dict[str, Any]) -> Any:
        """Write it once more; what was made belongs to what is ``given`` now."""
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, params, many in self.wrote:
                (cursor.executemany if many else cursor.execute)(sql, params)
        return deepcopy(self.made, {id(self.given[name]): value for name, value in given.items()})


BEGINNING = Chapter()


class Story:
    """What happens in one test, as far as the cast alone acts."""

    def __init__(self, *, follows: bool) -> None:
        self.last: Chapter | None = BEGINNING if follows else None
        self.pen: list[Statement] | None = None

    def hear(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Every statement passes here."""
        if not sql.startswith(PASSING):
            if self.pen is None or sql.startswith("ROLLBACK"):
                self.last = None  # somebody else wrote
            else:
                self.pen.append((sql, params, many))
        return execute(sql, params, many, context)

    def tell(self, make: Callable[..., Any], given: dict[str, Any]) -> Any:
        """The next chapter: by the services, or as it is known."""
        before = self.last
        if before is None:
            return make(**given)
        known, self.pen = before.next.get(make.__name__), []
        try:
            if known is not None and known.fresh():
                made = known.again(given)
            else:
                made = make(**given)
                kept_given, kept = deepcopy((given, made))
                known = before.next[make.__name__] = Chapter(self.pen, kept_given, kept)
        finally:
            self.pen = None
        if self.last is not None:
            self.last = known
        return made


NUMBERS_FROM_ONE = "DELETE FROM sqlite_sequence"  # the next number is then one more than the highest there


@pytest.fixture
def story(db: None) -> Iterator[Story]:
    """A story that begins in an empty house, where numbers start at one."""
    follows = connection.vendor == "sqlite" and not any(
        model._base_manager.exists() for model in (Community, User, Fact)
    )
    if follows:
        with connection.cursor() as cursor:
            cursor.execute(NUMBERS_FROM_ONE)
    told = Story(follows=follows)
    with connection.execute_wrapper(told.hear):
        yield told


def remembered(make: Callable[..., Any]) -> Callable[..., Any]:
    """A fixture that tells its part of the story."""

    @functools.wraps(make)
    def fixture(story: Story, **given: Any) -> Any:
        return story.tell(make, given)

    signature = inspect.signature(make)
    own = inspect.Parameter("story", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    fixture.__signature__ = signature.replace(parameters=[own, *signature.parameters.values()])  # type: ignore[attr-defined]
    return fixture


def cast_first(item: pytest.Item, cast: Sequence[str]) -> None:
    """Let those of the cast whom a test asks for enter in this order, before what else is made for the test alone."""
    names, made = item.fixturenames, item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    shared = [name for name in names if name in made and made[name][-1].scope != "function"]
    first = [*shared, *(name for name in cast if name in names)]
    names[:] = [*first, *(name for name in names if name not in first)]

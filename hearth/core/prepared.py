"""Queries that the ORM writes once: making the SQL of a rich query costs ten times what SQLite takes to answer it.

A query is declared with placeholders in place of the values that change::

    _RIGHTS = Prepared(lambda group, member: Group.objects.filter(pk=group).annotate(…).values_list("pk", …), int, int)

and asked with them: ``_RIGHTS.rows(7, 12)``. It is built with the first question of each connection, so models,
managers and converters stay the one source of what it says. The community in scope is one of the values: the tenants'
managers put it in while the query is built, and each question binds the one that is in scope then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from hearth.core.tenancy import Scope, current_community_id, entered

_COMMUNITY = 7_000_000_000_000_000_000
_PLACES: dict[type, Callable[[int], Any]] = {
    int: lambda place: _COMMUNITY + 1 + place,
    datetime: lambda place: datetime(9000, 1, 1, 0, 0, 0, 1 + place, UTC),
    date: lambda place: date(9000 + place, 1, 1),
}


@dataclass(frozen=True, slots=True)
class _Made:
    """The SQL, its values (or where they come from), and what turns rows into Python's values."""

    sql: str
    constants: tuple[Any, ...]
    sources: tuple[int | None, ...]  # per bound value: which of the question's, -1 the community, None a constant
    compiler: SQLCompiler
    converters: dict[int, Any]


class Prepared:
    """One query. ``build`` gives a ``values_list`` of it for the placeholders, whose types are ``kinds``.

    None may be asked for an int: it equals nothing, as in SQL.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._made: WeakKeyDictionary[Any, _Made] = WeakKeyDictionary()

    def rows(self, *values: Any) -> list[Any]:
        """The rows for these values. Raises UnscopedQuery without a community where the query asks for one."""
        connection = connections[DEFAULT_DB_ALIAS]
        made = self._made.get(connection) or self._make(connection)
        community = current_community_id() if -1 in made.sources else None
        bound = [self._adapted(connection, kind, value) for kind, value in zip(self._kinds, values, strict=True)]
        bound.append(community)
        values_now = [
            constant if source is None else bound[source]
            for constant, source in zip(made.constants, made.sources, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(made.sql, values_now)
            found = cursor.fetchall()
        return list(made.compiler.apply_converters(found, made.converters)) if made.converters else found

    def first(self, *values: Any) -> Any | None:
        """The first row, or None."""
        found = self.rows(*values)
        return found[0] if found else None

    def _make(self, connection: Any) -> _Made:
        places = [_PLACES[kind](number) for number, kind in enumerate(self._kinds)]
        with entered(Scope(_COMMUNITY)):
            compiler = self._build(*places).query.get_compiler(connection=connection)
            sql, params = compiler.as_sql()
        marks = [self._adapted(connection, kind, place) for kind, place in zip(self._kinds, places, strict=True)]
        sources = tuple(_source(param, marks) for param in params)
        unused = set(range(len(marks))) - set(sources)
        if unused:
            raise TypeError(f"a prepared query does not ask for its value {min(unused)}")
        converters = compiler.get_converters([column[0] for column in compiler.select])
        made = self._made[connection] = _Made(sql, tuple(params), sources, compiler, converters)
        return made

    @staticmethod
    def _adapted(connection: Any, kind: type, value: Any) -> Any:
        """A value as the ORM would bind it."""
        if value is None or kind is int:
            return value
        operations = connection.ops
        return (
            operations.adapt_datetimefield_value(value) if kind is datetime else operations.adapt_datefield_value(value)
        )


def _source(param: Any, marks: list[Any]) -> int | None:
    if param == _COMMUNITY:
        return -1
    return next((number for number, mark in enumerate(marks) if type(param) is type(mark) and param == mark), None)

"""Whose rows a query may touch. A query on a tenant's table outside a scope is an error, not an empty list.

The scope is a context variable: the doorkeeper opens it for a request, the relay for a fact, the worker for a job.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND

_M = TypeVar("_M", bound=models.Model)


class UnscopedQuery(RuntimeError):
    """A tenant's table was asked without saying whose rows are meant."""


class CrossTenantWrite(RuntimeError):
    """A row of one community was about to be written inside the scope of another."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The community whose rows are visible; ``community_id`` None means all, for a stated reason.

    ``key`` and ``time_zone`` are there where the row was at hand, "" where only its id was.
    """

    community_id: int | None
    key: str = ""
    reason: str = ""
    time_zone: str = ""


_scope: ContextVar[Scope | None] = ContextVar("hearth_scope", default=None)


def current_scope() -> Scope:
    """The scope in force. Raises UnscopedQuery outside one."""
    scope = _scope.get()
    if scope is None:
        raise UnscopedQuery("no community is in scope: open one with community_scope(), or across_communities(reason)")
    return scope


def scope_or_none() -> Scope | None:
    """The scope in force, or None outside one."""
    return _scope.get()


def current_community_id() -> int:
    """The id of the one community in scope. Raises UnscopedQuery when there is none or when all are meant."""
    community_id = current_scope().community_id
    if community_id is None:
        raise UnscopedQuery("all communities are in scope, but this needs one")
    return community_id


@contextmanager
def entered(scope: Scope | None) -> Iterator[None]:
    """Run a block in ``scope``."""
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


def enter_for_request(scope: Scope) -> None:
    """Open ``scope`` without a block: for the doorkeeper alone, who closes it behind the request."""
    _scope.set(scope)


@contextmanager
def community_scope(community: Any) -> Iterator[None]:
    """Run a block for one community, given as row or id."""
    if isinstance(community, int):
        scope = Scope(community)
    else:
        scope = Scope(community.pk, community.key, time_zone=community.time_zone)
    with entered(scope):
        yield


@contextmanager
def across_communities(reason: str) -> Iterator[None]:
    """Run a block over all communities. ``reason`` says why; keep such blocks few and small."""
    with entered(Scope(None, reason=reason)):
        yield


class TenantQuerySet(models.QuerySet[_M]):
    """A query set that knows its community."""

    def bulk_create(self, objs: Iterable[_M], *args: Any, **kwargs: Any) -> list[_M]:
        """Like Django's, with the community filled in and checked."""
        rows = list(objs)
        for row in rows:
            stamp(row)
        return super().bulk_create(rows, *args, **kwargs)


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """The default manager of tenants' tables: filters by the scope, and refuses to work without one."""

    def get_queryset(self) -> TenantQuerySet[Any]:
        """Rows of the community in scope."""
        scope = _scope.get()
        if scope is None:
            raise UnscopedQuery(
                f"{self.model.__name__} was queried outside a community: "
                "open community_scope(), or across_communities(reason)"
            )
        rows = super().get_queryset()
        if scope.community_id is not None:
            # What filter(community_id=…) comes to, at a quarter of its cost: every query passes here.
            query = rows.query
            column = self.model._meta.get_field("community").get_col(query.get_initial_alias())
            query.where.add(Exact(column, scope.community_id), AND)
        return rows


def stamp(row: Any) -> None:
    """Give a new row its community, and refuse one that belongs elsewhere. Raises CrossTenantWrite."""
    scope = current_scope()
    if scope.community_id is None:
        if row.community_id is None:
            raise UnscopedQuery(f"a {type(row).__name__} needs a community")
    elif row.community_id is None:
        row.community_id = scope.community_id
    elif row.community_id != scope.community_id:
        raise CrossTenantWrite(f"{type(row).__name__} of community {row.community_id} written in {scope.community_id}")


class TenantModel(models.Model):
    """A table whose every row belongs to one community."""

    # Without an index of its own: tables that are asked by community have it in front of a composite one, and an index
    # over one or two values only makes every insert dearer.
    community = models.ForeignKey("core.Community", on_delete=models.CASCADE, related_name="+", db_index=False)

    objects = TenantManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row inside its own community only."""
        stamp(self)
        super().save(*args, **kwargs)

    @classmethod
    def of(cls, community: Any) -> "models.QuerySet[Self]":
        """Rows of one community, whatever the scope."""
        pk = community if isinstance(community, int) else community.pk
        return cls._base_manager.filter(community_id=pk)

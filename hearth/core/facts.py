"""Facts: what a service says happened, in the same breath as the change.

A module declares its facts as frozen dataclasses in its ``facts.py``::

    @fact("groups.member_admitted", version=1)
    class MemberAdmitted:
        group: int
        member: int

and its services call ``emit(MemberAdmitted(group=7, member=3), actor=actor, subject="group:7")`` inside a transaction.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from os import urandom
from typing import Any, TypeVar, dataclass_transform

import orjson
from django.db import connection, transaction

from hearth.core import sql, wake
from hearth.core.models import Fact
from hearth.core.permissions import Actor
from hearth.core.tenancy import current_community_id
from hearth.kit.clock import now
from hearth.kit.ids import new_key
from hearth.kit.registry import Registry

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class FactSchema:
    """One version of a fact: its name, its dataclass."""

    name: str
    version: int
    type: type[Any]

    @property
    def words(self) -> str:
        """What the fact means: the docstring of its dataclass."""
        return (self.type.__doc__ or "").strip()

    def parse(self, data: dict[str, Any]) -> Any:
        """The dataclass of a stored ``data``. Raises TypeError when it does not fit."""
        return self.type(**data)


schemas: Registry[FactSchema] = Registry("fact")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def fact(name: str, version: int = 1) -> Callable[[type[_T]], type[_T]]:
    """Declare a fact. The class becomes a frozen dataclass of ids and small values."""

    def declare(cls: type[_T]) -> type[_T]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        schemas.register(f"{name}/{version}", FactSchema(name, version, made))
        made.fact_name = name  # type: ignore[attr-defined]
        made.fact_version = version  # type: ignore[attr-defined]
        return made

    return declare


class OutsideTransaction(RuntimeError):
    """A fact was emitted outside a transaction, so it could be kept while its change is lost."""


def emit(
    what: Any,
    *,
    actor: Actor | None = None,
    subject: str,
    cause: int | None = None,
    occurred_at: datetime | None = None,
    origin: str | None = None,
    historical: bool = False,
) -> Fact:
    """Store the fact ``what`` in the running transaction and wake its readers after the commit.

    ``subject`` is the ordering key (``group:7``); ``actor`` None means the house itself acted. Raises
    OutsideTransaction without a transaction and UnscopedQuery without a community.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"{what.fact_name} must be emitted inside the transaction of its change")
    moment = now()
    row = Fact(
        community_id=current_community_id(),
        key=new_key(),
        name=what.fact_name,
        version=what.fact_version,
        actor=actor.ref if actor else "",
        actor_role=actor.role if actor else "",
        origin=origin or (actor.origin if actor else "scheduled"),
        subject=subject,
        cause_id=cause,
        occurred_at=occurred_at or moment,
        recorded_at=moment,
        historical=historical,
        data=asdict(what),
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{INSERT} RETURNING id", _values(row))
        row.pk = cursor.fetchone()[0]
    transaction.on_commit(wake.poke)
    return row


def emit_many(what: Sequence[Any], subjects: Sequence[str], *, actor: Actor | None = None) -> None:
    """Store many facts of this moment at once, each as ``emit`` would, in the running transaction."""
    moment = now()
    origin = actor.origin if actor else "scheduled"
    _store(what, [moment] * len(what), subjects, actor, origin, historical=False)
    transaction.on_commit(wake.poke)


def emit_history(
    what: Sequence[Any], times: Sequence[datetime], *, actor: Actor | None = None, subject: str | Sequence[str]
) -> None:
    """Store many facts of the past at once (imports): historical, organic, in the running transaction.

    ``subject`` is one for all, or one for each.
    """
    subjects = [subject] * len(what) if isinstance(subject, str) else subject
    _store(what, times, subjects, actor, "organic", historical=True)


def _store(
    what: Sequence[Any],
    times: Sequence[datetime],
    subjects: Sequence[str],
    actor: Actor | None,
    origin: str,
    *,
    historical: bool,
) -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction("facts of many rows must be emitted inside the transaction of these rows")
    adapt, community = sql.adapter(), current_community_id()
    recorded = adapt(now())
    who, role = (actor.ref, actor.role) if actor else ("", "")
    rows = [
        (
            new_fact_key(), community, one.fact_name, one.fact_version, who, role, origin, about, None, adapt(at),
            recorded, historical, orjson.dumps(one).decode(),
        )
        for one, at, about in zip(what, times, subjects, strict=True)
    ]  # fmt: skip
    with connection.cursor() as cursor:
        insert_rows(cursor, rows)


COLUMNS = (
    "key, community_id, name, version, actor, actor_role, origin, subject, cause_id, "
    "occurred_at, recorded_at, historical, data"
)
INSERT = f"INSERT INTO core_fact ({COLUMNS}) VALUES ({', '.join(['%s'] * 13)})"


def _values(row: Fact) -> tuple[Any, ...]:
    """The values of COLUMNS, as the database at hand takes them."""
    adapt = connection.ops.adapt_datetimefield_value
    return (
        row.key.hex,
        row.community_id,
        row.name,
        row.version,
        row.actor,
        row.actor_role,
        row.origin,
        row.subject,
        row.cause_id,
        adapt(row.occurred_at),
        adapt(row.recorded_at),
        row.historical,
        json.dumps(row.data, ensure_ascii=False),
    )


def new_fact_key() -> str:
    """A fact's random key as both databases take it, for those who insert many with plain SQL."""
    return urandom(16).hex()


def insert_rows(cursor: Any, rows: Sequence[Sequence[Any]]) -> None:
    """Insert many facts with one statement; ``rows`` in the order of COLUMNS. Poke yourself after the commit."""
    sql.insert_many(cursor, INSERT, rows)


def field_names(schema: FactSchema) -> list[str]:
    """The names of a fact's values, for the reference."""
    return [field.name for field in fields(schema.type)]

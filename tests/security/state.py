"""What the database holds, as one digest per table, and which statements wrote to it."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

from hearth.core.tenancy import TenantModel, scope_or_none

QUIET = {"django_session"}  # messages and the last community visited; never an effect
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def digests() -> dict[str, str]:
    """One digest of the rows of each table."""
    told = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            name = model._meta.db_table
            if name in QUIET or not model._meta.managed:
                continue
            cursor.execute(f'SELECT * FROM "{name}" ORDER BY 1')
            told[name] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return told


def changed(before: dict[str, str]) -> list[str]:
    """The tables whose rows differ from ``before``."""
    after = digests()
    return sorted(name for name in after if after[name] != before[name])


@contextmanager
def unscoped() -> Iterator[list[str]]:
    """Collects the statements, raw ones too, that touch a tenant's table while no community is in scope."""
    tables = {model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)}
    touches = re.compile(rf"\b(?:{'|'.join(sorted(tables))})\b")
    seen: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if scope_or_none() is None and touches.search(sql):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collects the statements that write, but for those to quiet tables."""
    seen: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(_WRITES) and not any(name in sql for name in QUIET):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen

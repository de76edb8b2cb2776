"""Which door each route has. One table (``hearth.project.doors``) names every route; a route without a row is refused.

Routes of a community live under ``/c/<community>/``; ``link()`` builds such addresses for the community in scope.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.urls import reverse

from hearth.core.tenancy import current_scope

API = "/api/"  # where the HTTP API lives; refusals there are problems as JSON


class Door(StrEnum):
    """Who may knock at a route at all; finer rights are checked where the thing is fetched."""

    PUBLIC = "public"  # anybody
    SIGNED_IN = "signed_in"  # any user, of whatever community
    MEMBER = "member"  # a member of the community, or its staff
    STAFF = "staff"  # any role over the community
    RUNNING = "running"  # administrators and operators
    AUDIT = "audit"  # administrators, operators and auditors
    THIRD_PARTY = "third_party"  # sign-in pages of a library, with its own protections and forms


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    door: Door
    keyless: bool = False  # a POST without idempotency key, because repeating it changes nothing
    scope: str = ""  # of the HTTP API: the scope that a token needs; signed-in people need none


@cache
def table() -> dict[str, Row]:
    """Route name → row, from the module that settings name."""
    doors = import_module(getattr(settings, "HEARTH_DOORS", "hearth.project.doors")).DOORS
    return {name: row if isinstance(row, Row) else Row(row) for name, row in doors.items()}


def link(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a route of the community in scope."""
    key = current_scope().key
    if args:
        return reverse(name, args=(key, *args))
    return reverse(name, kwargs={"community": key, **kwargs})

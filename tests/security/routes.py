"""Every route of the house, found by walking the resolver, and its address for the things of one community."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver, reverse

from hearth.core.routing import Door, Row, table
from tests.security.world import House

ELSEWHERE = {
    "account_reset_password_from_key": {"uidb36": "1", "key": "guessed"},
    "mfa_remove_webauthn": {"pk": 1},
    "mfa_edit_webauthn": {"pk": 1},
    "persona:step": {"key": "operator"},
    "notify:unsubscribe": {"token": "stop_token"},
}


@dataclass(frozen=True)
class Route:
    """One named route: the arguments its address wants and the row of the table of doors."""

    name: str
    wants: frozenset[str]
    row: Row | None

    @property
    def is_ours(self) -> bool:
        """Whether its view is ours; a library's have their own forms and protections."""
        return self.row is None or self.row.door is not Door.THIRD_PARTY

    @property
    def objects(self) -> frozenset[str]:
        """The arguments that name a thing inside a community."""
        return self.wants - {"community"}

    def address(self, house: House, **others: Any) -> str:
        """Where it is for the things of ``house``; ``others`` replaces some of them. KeyError: teach ``world``."""
        told = ELSEWHERE.get(self.name, {})
        filled: dict[str, Any] = {"community": house.community.key, **house.things, **told, **others}
        if filled.get("token") == "stop_token":
            filled["token"] = house.things["token"]
        return reverse(self.name, kwargs={name: filled[name] for name in self.wants})


def _walk(patterns: Any, namespace: str, outer: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for each in patterns:
        wants = outer | frozenset(each.pattern.regex.groupindex)
        if isinstance(each, URLPattern):
            yield f"{namespace}{each.name}", wants
        else:
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from _walk(each.url_patterns, inner, wants)


def routes(urlconf: str | None = None) -> list[Route]:
    """All of them, in the order of the resolver."""
    rows = table()
    found = _walk(get_resolver(urlconf).url_patterns, "", frozenset())
    return [Route(name, wants, rows.get(name)) for name, wants in found]

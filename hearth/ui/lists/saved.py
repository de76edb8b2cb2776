"""Saved views: a name for a list's query string. The list asks for them; where they are kept is the shell's matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest

NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view to come back to. `removable` when this reader may remove it, `own` when they saved it, `shared` when all
    of the team see it.
    """

    key: str
    name: str
    query: str
    removable: bool = True
    shared: bool = False
    own: bool = True


class SavedViews(Protocol):
    """Keeps views per list and reader."""

    def listed(self, request: HttpRequest, list_key: str) -> Sequence[SavedView]:
        """The reader's own views and those shared with them, in one query."""
        ...

    def save(self, request: HttpRequest, list_key: str, name: str, query: str, *, shared: bool) -> None:
        """Keep a view, for the team too when it is `shared`; the same name again replaces it."""
        ...

    def remove(self, request: HttpRequest, list_key: str, key: str) -> None:
        """Forget a view that the reader may remove."""
        ...

"""How a module subscribes to facts, its own or another's, by name.

::

    @on("groups.member_admitted", key="notify.welcome")
    def welcome(fact: Fact) -> None: ...

The handler runs inside the fact's community and inside the transaction that moves its cursor, so it takes effect once.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hearth.core.models import Fact
from hearth.kit.registry import Registry

Reaction = Callable[[Fact], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """A reaction to facts of the given names. ``historical`` ones (imports) reach it only if it says so."""

    key: str
    names: tuple[str, ...]
    react: Reaction
    historical: bool = False


handlers: Registry[Handler] = Registry("handler")


def on(*names: str, key: str, historical: bool = False) -> Callable[[Reaction], Reaction]:
    """Subscribe a function to the facts called ``names``; ``key`` names its cursor and must never change."""

    def declare(react: Reaction) -> Reaction:
        handlers.register(key, Handler(key, names, react, historical))
        return react

    return declare

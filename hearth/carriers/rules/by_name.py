"""People whom notices name without an id: their ids are known once they have spoken, so their moves wait for that."""

from collections.abc import Iterator
from typing import NamedTuple

from hearth.carriers.types import ArchiveMove

MOST = 1_000_000  # moves of one place kept waiting


class _Waiting(NamedTuple):
    name: str
    at_ms: int
    kind: str
    by: str


class ByName:
    """Names of one place, and moves that wait. Two people of one name cannot be told apart."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._waiting: list[_Waiting] = []

    def learn(self, name: str, ident: str) -> None:
        """Somebody spoke under this name."""
        if name:
            self._ids[name] = ident if self._ids.get(name, ident) == ident else ""

    def id_of(self, name: str) -> str:
        """The id; the name itself where nobody spoke under it; '' where several did."""
        return self._ids.get(name, name)

    def keep(self, name: str, at_ms: int, kind: str, by: str = "") -> bool:
        """Let a move wait. ``by`` is an id or a name. False when too many wait."""
        if len(self._waiting) >= MOST:
            return False
        self._waiting.append(_Waiting(name, at_ms, kind, by))
        return True

    def moves(self, channel: str) -> Iterator[ArchiveMove | None]:
        """What waited, in its order; None for whoever cannot be told apart."""
        for name, at_ms, kind, by in self._waiting:
            who, actor = self.id_of(name), self.id_of(by)
            yield ArchiveMove(channel, who, at_ms, kind, actor if actor != who else "") if who else None
        self._waiting = []

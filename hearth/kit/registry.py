"""A typed table that modules fill at start: whoever asks owns it, whoever answers registers."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Named things of one kind, in order of registration.

    Registering one key twice is an error, so that two modules cannot silently replace each other.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, T] = {}

    def register(self, key: str, item: T) -> T:
        """Add ``item`` under ``key``. Raises ValueError when the key is taken by another item."""
        taken = self._items.get(key)
        if taken is not None and taken is not item:
            raise ValueError(f"{self.kind} {key!r} is registered twice")
        self._items[key] = item
        return item

    def __getitem__(self, key: str) -> T:
        try:
            return self._items[key]
        except KeyError:
            known = ", ".join(sorted(self._items)) or "none"
            raise KeyError(f"no {self.kind} is called {key!r}; there are: {known}") from None

    def get(self, key: str) -> T | None:
        """The item of ``key``, or None."""
        return self._items.get(key)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def keys(self) -> list[str]:
        """All keys, in order of registration."""
        return list(self._items)

    def items(self) -> list[tuple[str, T]]:
        """All (key, item) pairs, in order of registration."""
        return list(self._items.items())

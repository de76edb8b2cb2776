"""Small column types: interned names and packed text, so that a million messages cost little memory."""

from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
SmallInts = npt.NDArray[np.int32]
AnyInts = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]


class Interner:
    """Gives each distinct text a number, in order of first appearance."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """The number of a name, new or known."""
        found = self._numbers.get(name)
        if found is None:
            found = self._numbers[name] = len(self.names)
            self.names.append(name)
        return found

    def get(self, name: str) -> int:
        """The number of a known name, or -1."""
        return self._numbers.get(name, -1)


class TextColumn:
    """Texts packed into one buffer of UTF-8."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q")

    def append(self, text: str) -> None:
        """Add a text at the end."""
        self._bytes += text.encode("utf-8", "replace")
        self._ends.append(len(self._bytes))

    def extend(self, texts: Sequence[str]) -> None:
        """Add texts at the end."""
        parts = [text.encode("utf-8", "replace") for text in texts]
        end = len(self._bytes)
        self._bytes += b"".join(parts)
        self._ends.extend(accumulate(map(len, parts), initial=end))
        del self._ends[-len(parts) - 1]

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, index: int) -> str:
        start = self._ends[index - 1] if index else 0
        return self._bytes[start : self._ends[index]].decode("utf-8", "replace")


def as_ints(values: "array[int]", dtype: str = "int64") -> Ints:
    """A numpy view of a builder's array, copied to the wanted type."""
    return (
        np.frombuffer(values, dtype=np.dtype(values.typecode)).astype(dtype)
        if len(values)
        else np.zeros(0, dtype=dtype)
    )

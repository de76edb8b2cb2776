"""Small column types: interned names and packed text, so that a million messages cost little memory."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
SmallInts = npt.NDArray[np.int32]
AnyInts = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


BEGINNING = 600  # characters: enough for an excerpt of a third of it, however much white space there is


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

    def of_all(self, names: Iterable[str]) -> list[int]:
        """The numbers of many names."""
        known, number = self._numbers, self.number
        return [known[name] if name in known else number(name) for name in names]

    def get(self, name: str) -> int:
        """The number of a known name, or -1."""
        return self._numbers.get(name, -1)


class TextColumn:
    """Texts packed into one buffer of UTF-8."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q")

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


class Beginnings:
    """The first ``BEGINNING`` characters of texts, kept as they came, in columns of many at once."""

    def __init__(self) -> None:
        self._parts: list[pa.StringArray] = []
        self._starts: list[int] = []
        self._count = 0

    def extend(self, texts: pa.StringArray) -> None:
        """Add texts at the end."""
        self._parts.append(pc.utf8_slice_codeunits(texts, 0, BEGINNING))
        self._starts.append(self._count)
        self._count += len(texts)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        for part in self._parts:
            yield from part.to_pylist()

    def parts(self) -> Iterator[pa.StringArray]:
        """The columns one after the other."""
        yield from self._parts

    def __getitem__(self, index: int) -> str:
        part = bisect_right(self._starts, index) - 1
        return str(self._parts[part][index - self._starts[part]].as_py())


def as_ints(values: "array[int]", dtype: str = "int64") -> Ints:
    """A numpy view of a builder's array, copied to the wanted type."""
    return (
        np.frombuffer(values, dtype=np.dtype(values.typecode)).astype(dtype)
        if len(values)
        else np.zeros(0, dtype=dtype)
    )

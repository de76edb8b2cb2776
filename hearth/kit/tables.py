"""Rows of a delimited text (CSV, TSV …) that forgives what real exports do.

A delimiter that changes midway is noticed and followed. A quoted field may span lines; a quotation mark that is never
closed costs one line, not the rest of the file. A surplus of columns belongs to the last one where that holds the text.
"""

import csv
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

DELIMITERS = (",", "\t", ";", "|")
REACH = (
    1000  # lines a quoted field may span; halved as errors grow, so that a hostile file cannot make reading quadratic
)


class Row(NamedTuple):
    """A row and the line it begins in (from 1). ``problem`` is a code with its parameters where there are no cells."""

    line: int
    cells: list[str]
    problem: str = ""
    params: tuple[tuple[str, object], ...] = ()


class _TooFarError(Exception):
    """A quoted field spans more lines than it may."""


def best_delimiter(head: str) -> str:
    """The delimiter that cuts the first lines into the most alike rows of more than one cell; a comma when none
    does.
    """
    lines = [line for line in head.split("\n")[:60] if line.strip()][:50]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader((line + "\n" for line in lines), delimiter=delimiter) if row]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        alike = sum(width == widths[0] for width in widths) / len(widths)
        score = alike * min(widths[0], 8)
        if score > best_score:
            best, best_score = delimiter, score
    return best


class Rows:
    """Iterate over rows. ``width`` is the number of columns (0: that of the first row); ``text_last`` lets surplus
    cells join the last; ``may_stop`` lets a first cell stand alone (of several cells the last may always be missing).
    """

    def __init__(
        self,
        lines: Iterator[str],
        delimiter: str,
        width: int = 0,
        *,
        text_last: bool = False,
        may_stop: bool = False,
    ) -> None:
        self._lines = lines
        self.delimiter = delimiter
        self._width = width
        self._text_last = text_last
        self._fewest = 1 if may_stop else 2
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []
        self._line = 0
        self._errors = 0

    def __iter__(self) -> Iterator[Row]:
        while True:
            self._taken = []
            reader = csv.reader(self._feed(), delimiter=self.delimiter, strict=True)
            try:
                for cells in reader:
                    if len(cells) == self._width or not self._width or not cells:
                        yield from self._sound(cells)
                    else:
                        yield self._odd(cells)
                        break  # the delimiter or the queue may have changed
                else:
                    return
            except (csv.Error, _TooFarError) as error:
                yield self._broken(error)

    def _sound(self, cells: list[str]) -> Iterator[Row]:
        start = self._line + 1
        self._line += len(self._taken)
        self._taken.clear()
        if cells:
            self._width = self._width or len(cells)
            yield Row(start, cells)

    def _feed(self) -> Iterator[str]:
        reach = max(4, REACH >> min(self._errors, 8))
        while True:
            if self._waiting:
                text = self._waiting.popleft()
            else:
                following = next(self._lines, None)
                if following is None:
                    return
                text = following
            self._taken.append(text)
            if len(self._taken) > reach:
                raise _TooFarError
            yield text

    def _odd(self, cells: list[str]) -> Row:
        """A row of the wrong width: another delimiter, a surplus in the text, missing last cells, or an error."""
        start, taken = self._line + 1, self._taken
        switched = self._switched(taken)
        if switched is not None:
            return Row(start, switched)
        if len(taken) > 1:
            return self._first_line_alone(taken, len(cells))
        self._line += 1
        if len(cells) > self._width and self._text_last:
            last = self._width - 1
            return Row(start, [*cells[:last], self.delimiter.join(cells[last:])])
        if self._fewest <= len(cells) < self._width:
            return Row(start, cells + [""] * (self._width - len(cells)))
        return Row(start, [], "wrong_columns", (("found", len(cells)), ("expected", self._width)))

    def _switched(self, taken: list[str]) -> list[str] | None:
        """The row by another delimiter, which then stays; None (and the lines put back as they were) when none fits."""
        for delimiter in DELIMITERS:
            if delimiter == self.delimiter or delimiter not in taken[0] or self._width < 2:
                continue
            self._waiting.extendleft(reversed(taken))
            self._taken = []
            try:
                cells = next(csv.reader(self._feed(), delimiter=delimiter, strict=True), [])
            except (csv.Error, _TooFarError):
                cells = []
            if len(cells) == self._width:
                self.delimiter = delimiter
                self._line += len(self._taken)
                return cells
            for _ in range(len(taken) - len(self._taken)):
                self._taken.append(self._waiting.popleft())
            surplus = self._taken[len(taken) :]
            self._waiting.extendleft(reversed(surplus))
        return None

    def _broken(self, error: Exception) -> Row:
        """A quote that does not close, or text after a closing one: the first line counts alone, the others are read
        again.
        """
        taken = self._taken
        if not taken:
            self._line += 1
            return Row(self._line, [], "unclosed_quote")
        if isinstance(error, csv.Error) and "field limit" in str(error):
            self._line += len(taken)
            return Row(self._line, [], "line_too_long", (("limit", csv.field_size_limit()),))
        switched = self._switched(taken)
        if switched is not None:
            return Row(self._line + 1 - len(self._taken), switched)
        return self._first_line_alone(taken, 0)

    def _first_line_alone(self, taken: list[str], found: int) -> Row:
        self._errors += 1
        self._line += 1
        self._waiting.extendleft(reversed(taken[1:]))
        cells = [cell.strip('"') for cell in taken[0].rstrip("\n").split(self.delimiter)]
        if len(cells) == self._width:
            return Row(self._line, cells)
        if found:
            return Row(self._line, [], "wrong_columns", (("found", len(cells)), ("expected", self._width)))
        return Row(self._line, [], "unclosed_quote")

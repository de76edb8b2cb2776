"""The table of copies: one line for each, the first names the columns. Read whatever wrote it, all mistakes told."""

import csv
import io
import re
from collections.abc import Iterator

from hearth.blueprint.rules.reading import MOST_BYTES, MOST_PROBLEMS
from hearth.blueprint.rules.wording import nearest
from hearth.blueprint.types import Position, Problem, Table, Target
from hearth.groups.rules.keys import is_key, key_from
from hearth.kit.encodings import Transcoder
from hearth.kit.text import noted

MOST_COPIES = 2_000
MOST_COLUMNS = 40
MOST_CELL = 8_000  # characters: as long as norms may be
KEY = "key"
COLUMN = re.compile(r"[^\W\d]\w{0,39}(?::[a-z-]{2,10})?")
_BETWEEN = "\t;,，"  # what stands between cells, as spreadsheets and people write it

Row = tuple[int, list[str]]


class _Wrong(Exception):
    """The rest of a table is not worth reading."""

    def __init__(self, line: int, sentence: str, /, **values: object) -> None:
        self.told = (line, sentence, values)
        super().__init__(sentence)


def read_table(name: str, raw: bytes, *, longest_key: int = 60) -> Table:
    """The copies that a table describes; UTF-8, UTF-16, GB18030 and Big5 are recognised. What is wrong is told."""
    problems: list[Problem] = []

    def say(line: int, sentence: str, /, **values: object) -> None:
        if len(problems) < MOST_PROBLEMS:
            problems.append(Problem(sentence, Position(name, line, 1), values))

    columns: tuple[str, ...] = ()
    targets: list[Target] = []
    try:
        rows = _rows(raw)
        columns = _columns(next(rows, (1, [])))
        first: dict[str, int] = {}
        for line, cells in rows:
            target = _target(line, columns, cells)
            wrong = _key_problem(target.key, longest_key)
            if wrong:
                say(line, wrong[0], **wrong[1])
            elif target.key in first:
                sentence = noted("`%(key)s` stands here twice; the first is in line %(line)s.")
                say(line, sentence, key=target.key, line=first[target.key])
            first.setdefault(target.key, line)
            targets.append(target)
        if not targets and not problems:
            say(2, noted("There is no line below the names of the columns: write one for each copy."))
    except _Wrong as wrong:
        line, sentence, values = wrong.told
        say(line, sentence, **values)
    return Table(name, columns, tuple(targets), tuple(problems))


def _rows(raw: bytes) -> Iterator[Row]:
    """The lines that hold something, with their numbers."""
    if len(raw) > MOST_BYTES:
        raise _Wrong(1, noted("This table is too large: at most %(bytes)s bytes."), bytes=MOST_BYTES)
    text = Transcoder().feed(raw, final=True).decode("utf-8", "replace")
    if "\0" in text:
        raise _Wrong(1, noted("This is no table of text; save it as CSV."))
    head = next((line for line in text.splitlines() if line.strip()), "")
    between = max(_BETWEEN, key=head.count) if any(sign in head for sign in _BETWEEN) else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    line, count = 1, -1  # the names of the columns are no copy
    try:
        for cells in reader:
            told = [cell.strip() for cell in cells]
            if any(told):
                count += 1
                if count > MOST_COPIES:
                    raise _Wrong(line, noted("This is too much: at most %(most)s copies at a time."), most=MOST_COPIES)
                yield line, told
            line = reader.line_num + 1
    except csv.Error:
        raise _Wrong(line, noted("This line cannot be read as CSV: look at its quotation marks.")) from None


def _columns(row: Row) -> tuple[str, ...]:
    line, cells = row
    while cells and not cells[-1]:  # spreadsheets leave empty columns behind
        cells = cells[:-1]
    names = tuple(cell.lower() for cell in cells)
    if KEY not in names:
        near = nearest(KEY, names)
        said = {"known": ", ".join(names)[:200] or "–"}
        if near:
            raise _Wrong(line, noted("The first line names the columns: `%(near)s` shall be `key`."), near=near, **said)
        raise _Wrong(
            line, noted("The first line names the columns, and one of them is `key`; there are: %(known)s."), **said
        )
    if len(names) > MOST_COLUMNS:
        raise _Wrong(line, noted("These are too many columns: at most %(most)s."), most=MOST_COLUMNS)
    for name in names:
        if not COLUMN.fullmatch(name):
            sentence = noted("`%(name)s` cannot name a column: use letters, digits and `_`, as in `shop_name`.")
            raise _Wrong(line, sentence, name=name[:60])
        if names.count(name) > 1:
            raise _Wrong(line, noted("The column `%(name)s` stands here twice."), name=name)
    return names


def _target(line: int, columns: tuple[str, ...], cells: list[str]) -> Target:
    if any(cells[len(columns) :]):
        sentence = noted("There are %(cells)s cells for %(columns)s columns; put texts with commas into quotes.")
        raise _Wrong(line, sentence, cells=len(cells), columns=len(columns))
    values = dict(zip(columns, [*cells, *[""] * len(columns)], strict=False))
    long = next((name for name, cell in values.items() if len(cell) > MOST_CELL), "")
    if long:
        raise _Wrong(line, noted("`%(key)s` is too long: at most %(most)s characters."), key=long, most=MOST_CELL)
    return Target(line, values[KEY], values)


def _key_problem(key: str, longest: int) -> tuple[str, dict[str, object]] | None:
    if is_key(key, longest):
        return None
    told = {"key": key[:60], "most": longest}
    near = key_from(key)
    if near and near != key and is_key(near, longest):
        sentence = noted("`%(key)s` cannot be a key; use small letters, digits and hyphens, such as `%(near)s`.")
        return sentence, told | {"near": near}
    return noted("`%(key)s` cannot be a key; use small letters, digits and hyphens, at most %(most)s."), told

"""A report as a sheet: sections of sentences, tables and points, for HTML and PDF."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

STYLE = Path(__file__).with_name("sheet.css")


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with sentences, then a table (first column left, the others right), then points: (what, why, where).

    ``tones`` says of each row whether its last cell tells of something better or worse, in a word, '' for neither.
    """

    title: str
    sentences: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    tones: tuple[str, ...] = ()
    points: tuple[tuple[str, str, str], ...] = ()

    @property
    def lines(self) -> list[tuple[tuple[str, ...], str]]:
        """Each row with its tone."""
        return list(zip(self.rows, self.tones or ("",) * len(self.rows), strict=True))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report in one language (``en``, ``zh-hans``, ``zh-hant``): everything in it is plain text."""

    language: str
    title: str
    under: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...] = field(default=())


LANGS = {"en": "en", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


def plain(sheet: Sheet) -> dict[str, Any]:
    """A sheet as JSON values, to be stored."""
    return asdict(sheet)


def sheet_from(stored: dict[str, Any]) -> Sheet:
    """The sheet that ``plain`` gave."""
    sections = []
    for one in stored["sections"]:
        rows, points = (tuple(tuple(row) for row in one[key]) for key in ("rows", "points"))
        sentences, columns, tones = (tuple(one[key]) for key in ("sentences", "columns", "tones"))
        sections.append(Section(one["title"], sentences, columns, rows, tones, points))
    return Sheet(stored["language"], stored["title"], stored["under"], tuple(sections), tuple(stored["foot"]))


def sheet_html(sheet: Sheet) -> bytes:
    """One self-contained file: no outside resource, for screen and paper."""
    style = mark_safe(f"<style>{STYLE.read_text()}</style>")  # our own file, in a file of its own
    context = {"sheet": sheet, "style": style, "lang": LANGS[sheet.language]}
    return render_to_string("ui/sheet.html", context).encode()

"""A report as a sheet: sections of sentences, tables and points, for HTML and PDF."""

from dataclasses import dataclass, field
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

STYLE = Path(__file__).with_name("sheet.css")


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with sentences, then a table (first column left, the others right), then points: (what, why)."""

    title: str
    sentences: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    points: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report in one language (``en``, ``zh-hans``, ``zh-hant``): everything in it is plain text."""

    language: str
    title: str
    under: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...] = field(default=())


LANGS = {"en": "en", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


def sheet_html(sheet: Sheet) -> bytes:
    """One self-contained file: no outside resource, for screen and paper."""
    style = mark_safe(f"<style>{STYLE.read_text()}</style>")  # our own file, in a file of its own
    context = {"sheet": sheet, "style": style, "lang": LANGS[sheet.language]}
    return render_to_string("insight/sheet.html", context).encode()

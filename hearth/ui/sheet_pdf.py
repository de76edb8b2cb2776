"""A sheet as PDF, by ReportLab.

Chinese is drawn with a font of this machine, of which the file carries the few hundred characters it uses. Where there
is none it stands in Adobe's Asian fonts, named and not embedded: what shows the file puts its own in their place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from io import BytesIO
from itertools import groupby
from threading import Lock

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from hearth.ui.fonts import FOLDERS, chinese_font, cut
from hearth.ui.sheets import LANGS, Section, Sheet

LATIN, BOLD, HANS, HANT, OWN = "Helvetica", "Helvetica-Bold", "STSong-Light", "MSung-Light", "Han"
INK, MUTED, LINE, EMBER = (HexColor(one) for one in ("#2a221c", "#685f57", "#d9d2ca", "#a83c0b"))
MARGIN, PADDING = 18 * mm, 6
WIDTH = A4[0] - 2 * MARGIN - 2 * PADDING
LEADING = 13.5

for name in (HANS, HANT):
    registerFont(UnicodeCIDFont(name))
_one_at_a_time = Lock()  # the cut font is registered under one name


@dataclass(frozen=True, slots=True)
class Fonts:
    """Which font has a character, in a language, when the file carries a font for the characters in ``own``."""

    language: str
    own: frozenset[str] = frozenset()

    def of(self, char: str) -> str:
        """The font that has a character; '' where none has it."""
        if char == "\u00a0" or char in self.own:
            return LATIN if char == "\u00a0" else OWN
        tries = (("cp1252", LATIN), ("big5", HANT), ("gbk", HANS))
        for codec, font in tries if self.language == "zh-hant" else (tries[0], tries[2], tries[1]):
            if ord(char) < 0x10000 and char.isprintable():
                try:
                    char.encode(codec)
                except UnicodeEncodeError:
                    continue
                return font
        return ""

    def markup(self, text: str, *, strong: bool = False) -> str:
        """The text with the font of each stretch; characters that no font has are left out."""
        text = text.replace("\u202f", "\u00a0")  # a narrow space that no font here has
        parts = []
        for font, chars in groupby(text, key=self.of):
            if font:
                face = BOLD if strong and font == LATIN and self.language == "en" else font
                parts.append(f'<font name="{face}">{escape("".join(chars))}</font>')
        return "".join(parts)


def _fonts_for(sheet: Sheet, folders: tuple[str, ...]) -> Fonts:
    """With a font of this machine for what is not Latin, where there is one."""
    bare = Fonts(sheet.language)
    chars = {char for text in _texts(sheet) for char in text if bare.of(char) != LATIN}
    font = chinese_font(sheet.language, folders) if chars else None
    if font is None:
        return bare
    made, known = cut(*font, chars)
    _put_in_place(TTFont(OWN, BytesIO(made)))
    return Fonts(sheet.language, known)


def _put_in_place(font: TTFont) -> None:
    """ReportLab keeps the first font of a name, and of a face, for ever: the next report would be drawn in boxes."""
    pdfmetrics._fonts.pop(font.fontName, None)
    pdfmetrics._dynFaceNames.pop(font.face.name, None)
    registerFont(font)


def _texts(sheet: Sheet) -> Iterator[str]:
    yield from (sheet.title, sheet.under, *sheet.foot)
    for one in sheet.sections:
        yield from (one.title, *one.sentences, *one.columns, *one.tones)
        for row in (*one.rows, *one.points):
            yield from row


class _Writer:
    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts
        wrap = None if fonts.language == "en" else "CJK"
        base = ParagraphStyle("base", fontName=LATIN, fontSize=9.5, leading=LEADING, textColor=INK, wordWrap=wrap)
        self.styles = {
            "text": base,
            "muted": ParagraphStyle("muted", base, textColor=MUTED, fontSize=8.5),
            "right": ParagraphStyle("right", base, alignment=2),
            "right muted": ParagraphStyle("right muted", base, alignment=2, textColor=MUTED, fontSize=8.5),
            "title": ParagraphStyle("title", base, fontSize=18, leading=23, spaceAfter=2),
            "head": ParagraphStyle("head", base, fontSize=12, leading=16, textColor=EMBER, spaceBefore=12),
            "point": ParagraphStyle("point", base, leftIndent=14, bulletIndent=0, spaceBefore=5),
            "why": ParagraphStyle("why", base, leftIndent=14, textColor=MUTED, fontSize=8.5, leading=12.5),
        }

    def write(self, text: str, style: str = "text", *, strong: bool = False, bullet: str | None = None) -> Paragraph:
        return Paragraph(self.fonts.markup(text, strong=strong), self.styles[style], bulletText=bullet)

    def section(self, section: Section) -> list[object]:
        parts: list[object] = [self.write(section.title, "head", strong=True), Spacer(0, 3)]
        parts += [self.write(one) for one in section.sentences]
        if section.rows:
            parts += [Spacer(0, 3), self.table(section)]
        for number, (what, why, where) in enumerate(section.points, start=1):
            parts.append(self.write(what, "point", strong=True, bullet=f"{number}."))
            parts += [self.write(one, "why") for one in (why, where) if one]
        return [KeepTogether(parts)]

    def table(self, section: Section) -> Table:
        head = [self.write(one, "right muted" if at else "muted") for at, one in enumerate(section.columns)]
        rows = [self.row(row, tone) for row, tone in section.lines]
        others = len(section.columns) - 1
        widths = [0.4, 0.17, 0.17, 0.26] if others == 3 else [0.6, *[0.4 / max(others, 1)] * others]
        table = Table([head, *rows], colWidths=[WIDTH * part for part in widths], repeatRows=1)
        looks = [("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
        looks += [("RIGHTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 2)]
        table.setStyle(TableStyle([*looks, ("BOTTOMPADDING", (0, 0), (-1, -1), 3)]))
        return table

    def row(self, row: tuple[str, ...], tone: str) -> list[Paragraph]:
        cells = [self.write(cell, "right" if at else "text") for at, cell in enumerate(row)]
        if tone:
            markup = f'{self.fonts.markup(row[-1])} <font color="{MUTED.hexval()}">{self.fonts.markup(tone)}</font>'
            cells[-1] = Paragraph(markup, self.styles["right"])
        return cells


def sheet_pdf(sheet: Sheet, folders: tuple[str, ...] = FOLDERS) -> bytes:
    """A4 pages, with a Chinese font found in ``folders``; the same sheet gives the same bytes on one machine."""
    target = BytesIO()
    margins = {"leftMargin": MARGIN, "rightMargin": MARGIN, "topMargin": 14 * mm, "bottomMargin": 14 * mm}
    pages = SimpleDocTemplate(
        target, pagesize=A4, title=sheet.title, lang=LANGS[sheet.language], invariant=1, author="Hearth", **margins
    )
    with _one_at_a_time:
        writer = _Writer(_fonts_for(sheet, folders))
        story: list[object] = [writer.write(sheet.title, "title", strong=True), writer.write(sheet.under, "muted")]
        for section in sheet.sections:
            story += writer.section(section)
        story.append(Spacer(0, 14))
        story += [writer.write(one, "muted") for one in sheet.foot]
        pages.build(story)
    return target.getvalue()

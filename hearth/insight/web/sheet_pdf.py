"""A sheet as PDF, by ReportLab.

Chinese stands in Adobe's Asian fonts: named, not embedded, so that a report is a few kilobytes. What shows it puts its
own Chinese font in their place.
"""

from html import escape
from io import BytesIO
from itertools import groupby

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Table, TableStyle

from hearth.insight.web.sheets import LANGS, Section, Sheet

LATIN, HANS, HANT = "Helvetica", "STSong-Light", "MSung-Light"
INK, MUTED, LINE, EMBER = (HexColor(one) for one in ("#2a221c", "#685f57", "#d9d2ca", "#a83c0b"))
WIDTH = A4[0] - 36 * mm - 12  # margins, and the frame's own padding

for name in (HANS, HANT):
    registerFont(UnicodeCIDFont(name))


def font_of(char: str, language: str) -> str:
    """The font that has a character; '' where none has it."""
    tries = (("cp1252", LATIN), ("big5", HANT), ("gbk", HANS))
    for codec, font in tries if language == "zh-hant" else (tries[0], tries[2], tries[1]):
        if ord(char) < 0x10000 and char.isprintable():
            try:
                char.encode(codec)
            except UnicodeEncodeError:
                continue
            return font
    return ""


def _markup(text: str, language: str) -> str:
    text = text.replace("\u202f", "\u00a0")  # a narrow space that no font here has
    runs = groupby(text, key=lambda char: font_of(char, language))
    return "".join(f'<font name="{font}">{escape("".join(chars))}</font>' for font, chars in runs if font)


class _Writer:
    def __init__(self, language: str) -> None:
        self.language = language
        wrap = None if language == "en" else "CJK"
        base = ParagraphStyle("base", fontName=LATIN, fontSize=9.5, leading=13.5, textColor=INK, wordWrap=wrap)
        self.styles = {
            "text": base,
            "muted": ParagraphStyle("muted", base, textColor=MUTED, fontSize=8.5, leading=12),
            "right": ParagraphStyle("right", base, alignment=2),
            "right muted": ParagraphStyle("right muted", base, alignment=2, textColor=MUTED, fontSize=8.5),
            "title": ParagraphStyle("title", base, fontSize=18, leading=23, spaceAfter=2),
            "head": ParagraphStyle("head", base, fontSize=12, leading=16, textColor=EMBER, spaceBefore=9, spaceAfter=3),
        }

    def write(self, text: str, style: str = "text") -> Paragraph:
        return Paragraph(_markup(text, self.language), self.styles[style])

    def section(self, section: Section) -> list[object]:
        parts: list[object] = [self.write(section.title, "head"), *(self.write(one) for one in section.sentences)]
        if section.rows:
            parts.append(self.table(section))
        for number, (what, why) in enumerate(section.points, start=1):
            parts.append(self.write(f"{number}.  {what}"))
            if why:
                parts.append(self.write(why, "muted"))
        return [KeepTogether(parts)]

    def table(self, section: Section) -> Table:
        head = [self.write(one, "right muted" if at else "muted") for at, one in enumerate(section.columns)]
        rows = [[self.write(cell, "right" if at else "text") for at, cell in enumerate(row)] for row in section.rows]
        others = len(section.columns) - 1
        first = WIDTH * (0.46 if others > 1 else 0.6)
        table = Table([head, *rows], colWidths=[first, *[(WIDTH - first) / max(others, 1)] * others], repeatRows=1)
        looks = [("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
        looks += [("RIGHTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 2)]
        table.setStyle(TableStyle([*looks, ("BOTTOMPADDING", (0, 0), (-1, -1), 3)]))
        return table


def sheet_pdf(sheet: Sheet) -> bytes:
    """A4 pages; the same sheet gives the same bytes."""
    writer, target = _Writer(sheet.language), BytesIO()
    margins = {"leftMargin": 18 * mm, "rightMargin": 18 * mm, "topMargin": 14 * mm, "bottomMargin": 14 * mm}
    pages = SimpleDocTemplate(
        target, pagesize=A4, title=sheet.title, lang=LANGS[sheet.language], invariant=1, author="Hearth", **margins
    )
    story: list[object] = [writer.write(sheet.title, "title"), writer.write(sheet.under, "muted")]
    for section in sheet.sections:
        story += writer.section(section)
    story.append(writer.write(" "))
    story += [writer.write(one, "muted") for one in sheet.foot]
    pages.build(story)
    return target.getvalue()

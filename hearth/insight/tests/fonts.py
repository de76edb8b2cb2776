"""A small font with PostScript outlines, as the usual Chinese ones have, for tests."""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen


def font_with(chars: str, path: Path, family: str, *, may_embed: bool = True) -> None:
    """Write a font in which each of these characters is a box of half an em."""
    names = {ord(char): f"uni{ord(char):04X}" for char in chars}
    order = [".notdef", *names.values()]
    pen = T2CharStringPen(1000, None)
    pen.moveTo((0, 0))
    for corner in ((500, 0), (500, 500), (0, 500)):
        pen.lineTo(corner)
    pen.closePath()
    box = pen.getCharString()
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    builder.setupCFF(family.replace(" ", ""), {}, dict.fromkeys(order, box), {})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (1000, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2(fsType=0 if may_embed else 2)
    builder.setupPost()
    builder.save(path)

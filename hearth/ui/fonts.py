"""Chinese fonts of this machine, cut down to the characters of one report so that it can carry them.

ReportLab embeds TrueType outlines alone, and the usual Chinese fonts (Noto CJK, Source Han) have PostScript ones in
collections of 20 MB. So only the glyphs that a report uses are drawn anew, with quadratic curves, into a font of their
own: OpenType 1.9, tables glyf and CFF.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import lru_cache
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.filterPen import DecomposingFilterPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, TTLibError

FOLDERS = ("~/.local/share/fonts", "~/.fonts", "/usr/local/share/fonts", "/usr/share/fonts")
# File, family in it (a collection holds several); the first that is there serves.
KNOWN = {
    "zh-hans": (
        ("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
        ("NotoSansSC-Regular.otf", "Noto Sans SC"),
        ("NotoSansCJKsc-Regular.otf", "Noto Sans CJK SC"),
        ("SourceHanSansSC-Regular.otf", "Source Han Sans SC"),
        ("wqy-microhei.ttc", "WenQuanYi Micro Hei"),
        ("wqy-zenhei.ttc", "WenQuanYi Zen Hei"),
        ("DroidSansFallbackFull.ttf", "Droid Sans Fallback"),
    ),
    "zh-hant": (
        ("NotoSansCJK-Regular.ttc", "Noto Sans CJK TC"),
        ("NotoSansTC-Regular.otf", "Noto Sans TC"),
        ("NotoSansCJKtc-Regular.otf", "Noto Sans CJK TC"),
        ("SourceHanSansTC-Regular.otf", "Source Han Sans TC"),
        ("wqy-microhei.ttc", "WenQuanYi Micro Hei"),
        ("wqy-zenhei.ttc", "WenQuanYi Zen Hei"),
        ("DroidSansFallbackFull.ttf", "Droid Sans Fallback"),
    ),
}
SMOOTH = 0.001  # how far a curve may stray, in ems
NEVER_EMBED = 0x0002  # fsType of the table OS/2


@lru_cache(maxsize=8)
def chinese_font(language: str, folders: tuple[str, ...] = FOLDERS) -> tuple[Path, int] | None:
    """A font of this machine for Chinese in ``language`` and its place in the file; None where there is none that may
    be embedded.
    """
    known = KNOWN["zh-hant" if language == "zh-hant" else "zh-hans"]
    wanted = {name for name, _family in known}
    found = {path.name: path for path in _files(folders) if path.name in wanted}
    for name, family in known:
        if name in found and (number := _place_of(found[name], family)) is not None:
            return found[name], number
    return None


def _files(folders: Iterable[str]) -> Iterator[Path]:
    return chain.from_iterable(sorted(Path(folder).expanduser().rglob("*.[ot]t[cf]")) for folder in folders)


def _place_of(path: Path, family: str) -> int | None:
    try:
        with ExitStack() as opened:
            faces = _faces(path, opened)
            places = [at for at, face in enumerate(faces) if face["name"].getDebugName(1) == family]
            return next((at for at in places if not faces[at]["OS/2"].fsType & NEVER_EMBED), None)
    except (TTLibError, OSError, KeyError):
        return None


def _faces(path: Path, opened: ExitStack) -> list[TTFont]:
    file = opened.enter_context(path.open("rb"))
    return list(TTCollection(file, lazy=True).fonts) if path.suffix == ".ttc" else [TTFont(file, lazy=True)]


def cut(path: Path, number: int, chars: Iterable[str]) -> tuple[bytes, frozenset[str]]:
    """A TrueType font of these characters alone, and those of them that it has."""
    with path.open("rb") as file:
        font = TTFont(file, fontNumber=number, lazy=True)
        glyphs, names = font.getGlyphSet(), font.getBestCmap()
        known = {char: names[ord(char)] for char in sorted(set(chars)) if ord(char) in names}
        order = [".notdef", *dict.fromkeys(known.values())]
        em = font["head"].unitsPerEm
        builder = FontBuilder(em, isTTF=True)
        builder.setupGlyphOrder(order)
        builder.setupCharacterMap({ord(char): name for char, name in known.items()})
        builder.setupGlyf({name: _outline(glyphs, name, em) for name in order})
        builder.setupHorizontalMetrics({name: (round(glyphs[name].width), _left(builder, name)) for name in order})
        builder.setupHorizontalHeader(ascent=font["hhea"].ascent, descent=font["hhea"].descent)
        builder.setupNameTable({"familyName": "Han", "styleName": "Regular", "psName": "Han-Regular"})
        builder.setupOS2(sTypoAscender=font["hhea"].ascent, sTypoDescender=font["hhea"].descent)
        builder.setupPost()
    for table in ("created", "modified"):
        setattr(builder.font["head"], table, 0)  # the same characters give the same bytes
    builder.font.recalcTimestamp = False
    target = BytesIO()
    builder.font.save(target)
    return target.getvalue(), frozenset(known)


def _outline(glyphs: Any, name: str, em: int) -> Any:
    pen = TTGlyphPen(None)
    glyphs[name].draw(DecomposingFilterPen(Cu2QuPen(pen, em * SMOOTH, reverse_direction=True), glyphs))
    return pen.glyph()


def _left(builder: FontBuilder, name: str) -> int:
    glyph = builder.font["glyf"][name]
    return int(getattr(glyph, "xMin", 0))

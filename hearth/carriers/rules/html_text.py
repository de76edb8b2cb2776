"""HTML of chat messages into Markdown, with what it says beside the text: mentions, and links of quotes.

Made for rendered messages (Zulip's renderer first), not for web pages: known elements become Markdown, previews and
repeated formula markup are dropped, unknown elements keep their text. Never raises; malformed markup costs
formatting, not words.
"""

import html
import re
from collections.abc import Callable
from typing import NamedTuple

_PIECE = re.compile(r"<!--.{0,300}?-->|</?[A-Za-z][^<>]*+>|[^<]++|<", re.DOTALL)
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_ATTRIBUTE = re.compile(r"""(?<![a-z-])([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_BLANKS = re.compile(r"\n{3,}")
_EMOJI_CLASS = re.compile(r"emoji-([0-9a-f]{2,6}(?:-[0-9a-f]{2,6})*)")
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~"}
_VOID = frozenset(("br", "hr", "img", "input", "wbr", "col", "meta", "link"))
_DROPPED_CLASSES = ("message_embed", "message_inline_image", "twitter-tweet", "katex-html", "message_inline_ref")
_DROPPED_TAGS = frozenset(("script", "style", "template", "head"))
MOST_NESTED = 200


def _code(inner: str) -> str:
    return f"`{inner}`" if "`" not in inner else f"`` {inner} ``"


def _line(inner: str) -> str:
    return inner + "\n" if inner.strip() else inner


def _heading(level: int) -> Callable[[str], str]:
    return lambda inner: f"\n\n{'#' * level} {inner.strip()}\n\n"


_BLOCKS: dict[str, Callable[[str], str]] = {
    "p": lambda inner: f"{inner.strip()}\n\n",
    "code": _code,
    "div": _line,
    "table": _line,
    "tr": lambda inner: f"| {inner.strip()}\n",
    "td": lambda inner: f"{inner.strip()} | ",
    "th": lambda inner: f"{inner.strip()} | ",
    **{f"h{level}": _heading(level) for level in range(1, 7)},
}


class Rendered(NamedTuple):
    """Markdown, the names and ids mentioned (id "" or "*" where the source gives none), and targets of links whose
    text is "said".
    """

    text: str
    mentions: tuple[tuple[str, str], ...]
    quoted: tuple[str, ...]


class _Frame:
    __slots__ = ("attributes", "out", "tag")

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.out: list[str] = []


class _Writer:
    def __init__(self) -> None:
        self.frames = [_Frame("", {})]
        self.mentions: list[tuple[str, str]] = []
        self.quoted: list[str] = []
        self.verbatim = 0
        self.formula = ""

    def text(self, piece: str) -> None:
        frame = self.frames[-1]
        if "&" in piece:
            piece = html.unescape(piece)
        if frame.tag in ("ul", "ol", "table", "thead", "tbody", "tr") and not piece.strip():
            return
        frame.out.append(piece)

    def open(self, tag: str, raw: str) -> None:
        attributes = (
            {name.lower(): html.unescape(a or b) for name, a, b in _ATTRIBUTE.findall(raw)} if "=" in raw else {}
        )
        if tag in _VOID:
            self.frames[-1].out.append(self._void(tag, attributes))
        elif len(self.frames) < MOST_NESTED:
            self.frames.append(_Frame(tag, attributes))
            self.verbatim += tag == "pre"

    def close(self, tag: str) -> None:
        depth = next((at for at in range(len(self.frames) - 1, 0, -1) if self.frames[at].tag == tag), 0)
        while depth and len(self.frames) > depth:
            self._finish()

    def finish(self) -> str:
        while len(self.frames) > 1:
            self._finish()
        return _BLANKS.sub("\n\n", "".join(self.frames[0].out)).strip()

    def _finish(self) -> None:
        frame = self.frames.pop()
        self.verbatim -= frame.tag == "pre"
        self.frames[-1].out.append(self._closed(frame, "".join(frame.out)))

    def _void(self, tag: str, attributes: dict[str, str]) -> str:
        if tag == "br":
            # Renderers write "<br>\n"; the newline that follows is the one that counts.
            return "" if not self.verbatim else "\n"
        if tag == "hr":
            return "\n\n---\n\n"
        if tag == "img":
            name = attributes.get("alt", "")
            return name if "emoji" in attributes.get("class", "") else f"![{name}]({attributes.get('src', '')})"
        return ""

    def _closed(self, frame: _Frame, inner: str) -> str:
        tag, kind = frame.tag, frame.attributes.get("class", "")
        if tag in _DROPPED_TAGS or (kind and any(name in kind for name in _DROPPED_CLASSES)):
            return ""
        if self.verbatim:
            return inner
        if tag == "span":
            return self._span(frame, kind, inner) if kind else inner
        if tag == "a":
            return self._link(frame.attributes.get("href", ""), inner)
        if tag in _MARKS:
            return f"{_MARKS[tag]}{inner}{_MARKS[tag]}" if inner.strip() else inner
        return self._block(frame, tag, inner)

    def _block(self, frame: _Frame, tag: str, inner: str) -> str:
        if tag in _BLOCKS:
            return _BLOCKS[tag](inner)
        if tag in ("pre", "blockquote", "ul", "ol", "li"):
            return self._container(frame, tag, inner)
        if tag == "time":
            return inner or frame.attributes.get("datetime", "")
        if tag == "annotation":  # KaTeX: the source of a formula, beside its markup
            self.formula = inner.strip()
            return ""
        return f"$${self.formula}$$" if tag == "math" else inner

    def _container(self, frame: _Frame, tag: str, inner: str) -> str:
        if tag == "pre":
            language = self.frames[-1].attributes.get("data-code-language", "")
            fence = "````" if "```" in inner else "```"
            return f"\n\n{fence}{language.lower()}\n{inner.strip(chr(10))}\n{fence}\n\n"
        if tag == "blockquote":
            return (
                "\n"
                + "\n".join(f"> {line}".rstrip() for line in _BLANKS.sub("\n\n", inner).strip().split("\n"))
                + "\n\n"
            )
        if tag == "li":
            return inner.strip().replace("\n", "\n  ") + "\0"
        start = frame.attributes.get("start", "1")
        first = int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 1
        items = [item for item in inner.split("\0") if item.strip()]
        bullets = [f"{first + at}. " if tag == "ol" else "- " for at in range(len(items))]
        return "\n" + "\n".join(bullet + item for bullet, item in zip(bullets, items, strict=True)) + "\n\n"

    def _span(self, frame: _Frame, kind: str, inner: str) -> str:
        if "user-mention" in kind or "user-group-mention" in kind or "topic-mention" in kind:
            name = inner.strip().lstrip("@")
            ident = frame.attributes.get("data-user-id", "")
            # A silent mention names the author of a quote: it addresses nobody.
            if "silent" not in kind and "user-mention" in kind:
                self.mentions.append((name, ident))
            return "@" + name
        if "emoji" in kind:
            found = _EMOJI_CLASS.search(kind)
            try:
                return "".join(chr(int(code, 16)) for code in found[1].split("-")) if found else inner
            except (ValueError, OverflowError):
                return inner
        if "katex-mathml" in kind or kind == "katex":
            return inner
        return inner

    def _link(self, target: str, inner: str) -> str:
        if inner.strip() == "said":
            self.quoted.append(target)
            return "said"
        if not target or target.startswith("#narrow") or not inner.strip():
            return inner
        plain = inner.strip()
        if plain in (target, html.unescape(target)):
            return target
        return f"[{plain}]({target.replace(')', '%29').replace(' ', '%20')})"


def markdown_from_html(source: str) -> Rendered:
    """Markdown of one message."""
    if "<" not in source:
        return Rendered(html.unescape(source).strip(), (), ())
    writer = _Writer()
    for piece in _PIECE.findall(source):
        if piece[0] != "<" or piece == "<":
            writer.text(piece)
            continue
        tag = _TAG.match(piece)
        if tag is None:
            continue
        name = tag[1].lower()
        if piece[1] == "/":
            writer.close(name)
        else:
            writer.open(name, piece)
            if piece.endswith("/>") and name not in _VOID:
                writer.close(name)
    return Rendered(writer.finish(), tuple(writer.mentions), tuple(writer.quoted))

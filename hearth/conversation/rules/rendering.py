"""Text to HTML, once per message.

Markdown (CommonMark with tables, strikethrough and bare http links) → HTML without raw HTML → an allow-list sanitiser.
Pictures by address are not embedded (they would tell strangers who reads); they become links. Most chat lines hold no
markup at all and take a short way with the same result (a test holds the two together).
"""

import html
import re
from collections.abc import Sequence

import nh3
import pyarrow as pa
import pyarrow.compute as pc
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

RENDERER = 1  # raise it when output changes; older messages are then rendered again

_NAMED_LINK = re.compile(r"\[([^\]\n]+)\]\([^()\s]+\)")
_LINE_MARK = re.compile(r"^[ \t]*(?:>|#{1,6}(?=\s)|`{3}\w*|[-*](?=\s))[ \t]*", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<![A-Za-z0-9])(\*\*|\*|__|_|`|~~)(?=\S)(.+?)(?<=\S)\1(?![A-Za-z0-9])")
MENTION = re.compile(r"@\[([^\]\n]{1,80})\]\(m:(\d{1,18})\)")
# Anything that could mean markup, an entity, or white space that Markdown folds.
_MARKUP = re.compile(
    r"[`*_~\[\]<>&|\\\xa0\t\r\x00]|://|^[ #>]|^[-+=]|^\d{1,9}[.)]|\n[ #>]|\n[-+=]|\n\d{1,9}[.)]|\n\n| \n| $|\n$"
)
_TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr", "span",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "span": {"data-identity"}, "ol": {"start"}}


def _mention(state: StateInline, silent: bool) -> bool:
    match = MENTION.match(state.src, state.pos) if state.src[state.pos] == "@" else None
    if match is None:
        return False
    if not silent:
        token = state.push("mention", "", 0)
        token.content = match[1]
        token.meta = {"identity": match[2]}
    state.pos = match.end()
    return True


def _mention_html(self: object, tokens: list, idx: int, options: object, env: object) -> str:  # type: ignore[type-arg]
    token = tokens[idx]
    return f'<span data-identity="{token.meta["identity"]}" class="mention">@{html.escape(token.content)}</span>'


def _renderer() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True, "typographer": False})
    md.enable(["table", "strikethrough", "linkify"])
    md.disable(["image", "html_block", "html_inline", "reference"])
    if md.linkify is not None:
        md.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    md.inline.ruler.before("link", "mention", _mention)
    md.add_render_rule("mention", _mention_html)
    return md


_MD = _renderer()


def needs_markdown(text: str) -> bool:
    """Whether ``text`` holds anything that could be markup."""
    return _MARKUP.search(text) is not None


def need_markdown(texts: Sequence[str]) -> list[bool]:
    """``needs_markdown`` of each text, by one search in RE2. Texts must be valid Unicode (no lone surrogates)."""
    return pc.match_substring_regex(pa.array(texts, type=pa.string()), _MARKUP.pattern).to_pylist()


def render(text: str) -> str:
    """Safe HTML of a message's text, the same for every reader."""
    return render_markdown(text) if needs_markdown(text) else render_plain(text)


def render_plain(text: str) -> str:
    """The short way for text without markup."""
    if not text:
        return ""
    return "<p>" + text.replace("\n", "<br>\n") + "</p>\n"


def render_markdown(text: str) -> str:
    """The long way: Markdown, then the allow-list."""
    return nh3.clean(
        _MD.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes={"span": {"mention"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer ugc",
    )


def plain_words(text: str) -> str:
    """A message on one line as it reads, without the marks of its markup."""
    plain = MENTION.sub(r"@\1", text)
    plain = _NAMED_LINK.sub(r"\1", _LINE_MARK.sub("", plain))
    return " ".join(_EMPHASIS.sub(r"\2", plain).split())


def excerpt(text: str, length: int = 90) -> str:
    """The beginning of a message in plain words, for quotes and notices."""
    plain = plain_words(text)
    return plain if len(plain) <= length else plain[: length - 1].rstrip() + "…"


def mentioned(text: str) -> tuple[int, ...]:
    """Ids of the identities that a text calls, each once, at most fifty."""
    return tuple(dict.fromkeys(int(match[1]) for match in re.finditer(r"@\[[^\]\n]{1,80}\]\(m:(\d{1,18})\)", text)))[
        :50
    ]

"""Mail as members of a list wrote it: headers, text without what it quotes, names of attachments.

RFC 5322 (headers, threads), RFC 2045-2049 (MIME), RFC 2047 (encoded words), RFC 3834 (automatic replies). Written for
archives of many years: nothing is assumed to be well formed, nothing raised for it, and work is bounded for every part,
which the standard library's parser does not promise.
"""

import binascii
import quopri
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import collapse_rfc2231_value, decode_rfc2231
from typing import NamedTuple

from hearth.carriers.rules.html_text import markdown_from_html
from hearth.kit.encodings import best_text

_FIELD = re.compile(rb"([!-9;-~]{1,76}):[ \t]*(.*)", re.DOTALL)
_PARAMETER = re.compile(r';\s*([\w*.-]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.){0,1000})"|([^;\s]{0,1000}))')
_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
_ADDRESS = re.compile(r"<\s*([^<>\s]{1,300})\s*>")
_OBSCURED = re.compile(r"^([\w.+-]{1,100})\s+(?:at|AT|\(at\)|\[at\])\s+([\w.-]{1,200})(?:\s*\((.{0,300})\))?\s*$")
_BARE = re.compile(r"^([^\s()<>@]{1,100}@[^\s()<>]{1,200})(?:\s*\((.{0,300})\))?")
_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|sv|vs|fwd?|wg|antw|答复|回复|转发|回覆|轉寄)(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*[:：]|\[[^\]\n]{1,60}\])\s*",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"^\s*(?:\[[^\]\n]{1,60}\]\s*)?(?:re|aw|sv|vs|antw|答复|回复|回覆)(?:\[\d{1,3}\])?\s*[:：]", re.IGNORECASE
)
_WROTE = re.compile(
    r"^[^\n]{0,300}(?:wrote|writes|said|schrieb|a écrit|escribió|escreveu|ha scritto|写道|寫道)[^\n]{0,20}[:：]\s*$"
)
_BELOW = re.compile(
    r"^\s*(?:-{2,}\s*(?:Original Message|Forwarded message|原始邮件|原始郵件|Ursprüngliche Nachricht)"
    r".{0,40}|_{20,})\s*$",
    re.IGNORECASE,
)
_QUOTE = re.compile(r"^\s{0,2}(?:[A-Z]{0,4}>|\|\s)")
_AUTOMATIC = re.compile(
    r"^(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?|[\w.]{0,60}-(?:bounces|daemon|bot)|buildbot|jenkins)\b",
    re.IGNORECASE,
)
_PARTS, _DEPTH = 200, 8
_TEXT_BYTES = 1 << 20


class Part(NamedTuple):
    """A body: its type, character set, transfer encoding, file name, and the bytes as they came."""

    kind: str
    charset: str
    transfer: str
    name: str
    body: bytes


class Mail(NamedTuple):
    """What one mail says. ``quoted`` are the first lines it quotes; ids come without their brackets."""

    ident: str
    parents: tuple[str, ...]
    address: str
    name: str
    subject: str
    date: str
    list_id: str
    text: str
    quoted: tuple[str, ...]
    files: tuple[str, ...]
    is_automatic: bool


def read_mail(lines: list[bytes]) -> Mail:
    """One mail from its lines, without the ``From `` line before it."""
    headers, at = headers_of(lines)
    address, name = author_of(decoded(headers.get("from", b"")))
    text, files = _content(headers, b"\n".join(lines[at:]))
    own, quoted = without_quotes(text)
    answered = _ID.findall(_plain(headers.get("in-reply-to", b""))[:4000])
    references = _ID.findall(_plain(headers.get("references", b""))[-4000:])
    return Mail(
        next(iter(_ID.findall(_plain(headers.get("message-id", b""))[:2000])), ""),
        tuple(dict.fromkeys((*answered[:1], *reversed(references)))),
        address,
        name,
        " ".join(decoded(headers.get("subject", b"")).split()),
        _plain(headers.get("date", b"")).partition("(")[0].strip(),
        decoded(headers.get("list-id", b"")),
        own,
        quoted,
        files,
        _is_automatic(headers, address),
    )


def headers_of(lines: list[bytes]) -> tuple[dict[str, bytes], int]:
    """The first header of each name, in lower case and unfolded, and the place of the first line of the body."""
    headers: dict[str, list[bytes]] = {}
    current: list[bytes] = []
    for at, line in enumerate(lines):
        if not line.strip():
            return {name: b" ".join(parts) for name, parts in headers.items()}, at + 1
        if line[:1] in b" \t":
            if len(current) < 500:
                current.append(line.strip())
            continue
        found = _FIELD.match(line[:65536])
        if found is None:
            if at and not headers:
                break
            continue
        current = [found[2].strip()]
        headers.setdefault(found[1].decode("ascii").lower(), current)
    return {name: b" ".join(parts) for name, parts in headers.items()}, len(lines)


def decoded(raw: bytes) -> str:
    """A header's text, encoded words (``=?utf-8?q?…?=``) put into words."""
    text = _plain(raw[:20_000])
    if "=?" not in text:
        return text
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError, binascii.Error):
        return text
    return "".join(piece if isinstance(piece, str) else best_text(piece, charset or "") for piece, charset in pieces)


def author_of(text: str) -> tuple[str, str]:
    """Address in small letters, and name. Archives write ``ada at example.org (Ada)`` to hide addresses from robots."""
    text = text.strip()[:1000]
    angle = _ADDRESS.search(text)
    if angle:
        name = text[: angle.start()].strip().strip('"').strip()
        return angle[1].lower(), name.replace('\\"', '"')
    for pattern in (_OBSCURED, _BARE):
        found = pattern.match(text)
        if found:
            address = f"{found[1]}@{found[2]}" if pattern is _OBSCURED else found[1]
            return address.lower(), (found[found.re.groups] or "").strip().strip('"')
    return text.lower(), text


def base_subject(subject: str) -> str:
    """The subject without Re:, Fwd: and the list's name in brackets."""
    for _ in range(20):
        found = _PREFIX.match(subject)
        if found is None or found.end() == len(subject):
            break
        subject = subject[found.end() :]
    return subject.strip()


def is_reply(subject: str) -> bool:
    """Whether the subject says that the mail answers another."""
    return _REPLY.match(subject) is not None


def without_quotes(text: str) -> tuple[str, tuple[str, ...]]:
    """What the author says, and the first lines that are quoted. The signature goes, too."""
    own: list[str] = []
    quoted: list[str] = []
    for line in text.split("\n"):
        mark = line.lstrip()[:1]
        if line == "-- " or (mark in ("-", "_") and _BELOW.match(line[:200])):
            break
        if mark and (mark in ">|" or ">" in line[:8]) and _QUOTE.match(line):
            if own and _WROTE.match(own[-1]):
                own.pop()
            said = line.lstrip("> |ABCDEFGHIJKLMNOPQRSTUVWXYZ" if line.lstrip()[:1].isalpha() else "> |").strip()
            if said and len(quoted) < 8:
                quoted.append(said)
        elif line.strip() or (own and own[-1]):
            own.append(line.rstrip())
    return "\n".join(own).strip(), tuple(quoted)


def _plain(raw: bytes) -> str:
    return raw.decode() if raw.isascii() else best_text(raw)


def _is_automatic(headers: dict[str, bytes], address: str) -> bool:
    automatic = _plain(headers.get("auto-submitted", b"no")).strip().lower()
    return (
        not automatic.startswith("no")
        or b"auto_reply" in headers.get("precedence", b"").lower()
        or "x-autoreply" in headers
        or "x-autorespond" in headers
        or _AUTOMATIC.match(address) is not None
    )


def _content(headers: dict[str, bytes], body: bytes) -> tuple[str, tuple[str, ...]]:
    """The text (plain where there is any, else of the HTML) and the names of attachments."""
    plain: list[str] = []
    rich: list[str] = []
    files: list[str] = []
    for part in _parts(headers, body):
        if part.name or not part.kind.startswith("text/"):
            files += [part.name or part.kind] if part.name else []
        elif part.kind == "text/html":
            rich.append(_text(part))
        elif part.kind == "text/plain":
            plain.append(_text(part))
    text = "\n\n".join(plain).strip() or "\n\n".join(markdown_from_html(it).text for it in rich)
    return text.replace("\r", ""), tuple(files)


def _parts(headers: dict[str, bytes], body: bytes) -> Iterator[Part]:
    """The parts of a mail, from first to last, never more than a fixed number of them."""
    waiting = [(headers, body, 0)]
    for _ in range(_PARTS):
        if not waiting:
            return
        headers, body, depth = waiting.pop()
        kind, parameters = _typed(headers.get("content-type", b"text/plain"))
        boundary = parameters.get("boundary", "").encode("utf-8", "replace")
        if kind.startswith("multipart/") and boundary and depth < _DEPTH:
            pieces = (b"\n" + body).split(b"\n--" + boundary)[1 : _PARTS + 1]
            for piece in reversed([it for it in pieces if not it.startswith(b"--")]):
                lines = piece.split(b"\n")[1:]
                inner, at = headers_of(lines)
                waiting.append((inner, b"\n".join(lines[at:]), depth + 1))
            continue
        disposed = _typed(headers["content-disposition"])[1] if "content-disposition" in headers else {}
        name = decoded((disposed.get("filename") or parameters.get("name") or "").encode("utf-8", "replace"))
        transfer = _plain(headers.get("content-transfer-encoding", b"")).strip().lower()
        yield Part(kind, parameters.get("charset", ""), transfer, name[:300], body)


def _typed(raw: bytes) -> tuple[str, dict[str, str]]:
    """``text/plain; charset=x`` → kind and parameters; RFC 2231 names (``filename*=utf-8''…``) put into words."""
    text = _plain(raw[:8000])
    parameters: dict[str, str] = {}
    if ";" not in text:
        return _kind(text), parameters
    for key, quoted, bare in _PARAMETER.findall(text)[:40]:
        plain, star, number = key.lower().partition("*")
        value = quoted or bare
        if star and "'" in value:
            charset, language, rest = decode_rfc2231(value)
            value = collapse_rfc2231_value((charset, language, _unescaped(rest))) if charset else _unescaped(rest)
        parameters[plain] = parameters.get(plain, "") + value if number.strip("*").isdigit() else value
    return _kind(text.partition(";")[0]), parameters


def _kind(text: str) -> str:
    """``text/plain`` where the type is none (RFC 2045, 5.2)."""
    kind = text.strip().lower()
    return kind if "/" in kind else "text/plain"


def _unescaped(value: str) -> str:
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), value)


def _text(part: Part) -> str:
    body = part.body[:_TEXT_BYTES]
    if part.transfer == "quoted-printable":
        body = quopri.decodestring(body)
    elif part.transfer == "base64":
        body = binascii.a2b_base64(_padded(re.sub(rb"[^A-Za-z0-9+/]", b"", body)))
    return best_text(body, part.charset)


def _padded(clean: bytes) -> bytes:
    whole = clean[:-1] if len(clean) % 4 == 1 else clean
    return whole + b"=" * (-len(whole) % 4)

"""Turn the bytes of a file into clean UTF-8, piece by piece, whatever encoding it is in.

A byte-order mark decides; without one, a file is UTF-8 until it proves otherwise. The first invalid byte settles the
rest: Chinese text in GB18030 or Big5, or western text in Windows-1252, where the bytes around it look so, otherwise
UTF-8 with the bad bytes replaced (and noted).
"""

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HIGH = re.compile(rb"[\x80-\xff]")
# GB2312 rows in use: symbols and full-width forms (A1-A3), level 1 and 2 characters (B0-F7).
_CHINESE_PAIR = re.compile(rb"[\xa1-\xa3\xb0-\xf7][\xa1-\xfe]")
# Big5 level 1, the characters in use, and its punctuation; the second byte may be ASCII.
_BIG5_PAIR = re.compile(rb"[\xa1-\xc6][\x40-\x7e\xa1-\xfe]")
_WESTERN = re.compile(rb"(?<![\x80-\xff])[\x91-\x97\xa0-\xff](?![\x80-\xff])")
_LABELS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "gb18030": "GB18030",
    "big5hkscs": "Big5",
    "cp1252": "Windows-1252",
}
# Some pairs of GB18030 happen to be valid UTF-8; a longer run of them does not happen.
SURELY_UTF8 = 12
_NO_TEXT = frozenset(("punycode", "idna", "unicode-escape", "unicode_escape", "raw-unicode-escape", "utf-7"))


def _mostly_utf8(data: bytes) -> bool:
    return data.decode("utf-8", "replace").count("\ufffd") * 10 <= len(_HIGH.findall(data))


def guess_legacy(sample: bytes) -> str:
    """Name the encoding of bytes that are not UTF-8: ``gb18030``, ``cp1252``, ``big5hkscs``, or ``utf-8`` (damaged)
    when none fits.
    """
    high = len(_HIGH.findall(sample))
    if not high:
        return "utf-8"
    if high >= 4 and 2 * len(_CHINESE_PAIR.findall(sample)) >= 0.8 * high:
        return "gb18030"
    if len(_WESTERN.findall(sample)) >= 0.9 * high:
        return "cp1252"
    if high >= 4 and len(_HIGH.findall(_BIG5_PAIR.sub(b"", sample))) <= 0.05 * high:
        return "big5hkscs"
    return "utf-8"


def known_encoding(name: str) -> bool:
    """Whether Python can decode text in ``name``. Ways of writing names and escapes are none: some take for ever."""
    try:
        found = codecs.lookup(name)
        return bool(found._is_text_encoding) and found.name not in _NO_TEXT
    except (LookupError, ValueError):
        return False


_MEANT = {"gb2312": "gb18030", "gbk": "gb18030", "": "utf-8", "us-ascii": "utf-8"}


def best_text(raw: bytes, declared: str = "") -> str:
    """A short piece that has an encoding of its own (a mail, a line of a log): as declared, else as guessed."""
    encoding = _MEANT.get(declared.lower(), declared)
    try:
        return raw.decode(encoding if known_encoding(encoding) else "utf-8")
    except (UnicodeDecodeError, ValueError):
        guessed = guess_legacy(raw[:65536])
        western = guessed == "utf-8" and not _mostly_utf8(raw[:65536])
        return raw.decode("cp1252" if western else guessed, "replace")


class Transcoder:
    """Feed it chunks, get UTF-8. ``replaced`` turns true once a character had to be replaced; ``label`` names the
    encoding.
    """

    def __init__(self, declared: str = "") -> None:
        self.replaced = False
        self.encoding = codecs.lookup(declared).name if declared else ""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._tail = b""
        self._valid_high = 0
        self._started = False
        if self.encoding and self.encoding != "utf-8":
            self._decode_as(self.encoding)

    @property
    def label(self) -> str:
        """The encoding's usual name."""
        return _LABELS.get(self.encoding, self.encoding or "UTF-8")

    def feed(self, chunk: bytes, *, final: bool = False) -> bytes:
        """Transcode one chunk. Call once more with ``final`` and b"" at the end."""
        if not self._started:
            chunk = self._start(chunk)
        if self._decoder is not None:
            return self._decode(chunk, final)
        if not self._tail and chunk.isascii():
            return chunk
        data = self._tail + chunk
        try:
            data.decode()
        except UnicodeDecodeError as error:
            return self._settle(data, error, final)
        self._tail = b""
        self._valid_high += len(data) - len(_HIGH.sub(b"", data)) if self._valid_high <= SURELY_UTF8 else 0
        return data

    def _start(self, chunk: bytes) -> bytes:
        self._started = True
        for mark, name in _BOMS:
            if chunk.startswith(mark):
                if not self.encoding or name == "utf-8":
                    self._choose(name)
                return chunk[len(mark) :]
        even, odd = chunk[:2048:2].count(0), chunk[1:2048:2].count(0)
        if not self.encoding and even + odd >= max(4, len(chunk[:2048]) // 10) and max(even, odd) >= 9 * min(even, odd):
            self._choose("utf-16-le" if odd > even else "utf-16-be")
        return chunk

    def _choose(self, name: str) -> None:
        self.encoding = name
        if name != "utf-8":
            self._decode_as(name)

    def _decode_as(self, name: str) -> None:
        self.encoding = name
        self._decoder = codecs.getincrementaldecoder(name)(errors="replace")

    def _settle(self, data: bytes, error: UnicodeDecodeError, final: bool) -> bytes:
        if not final and error.start >= len(data) - 3 and error.reason == "unexpected end of data":
            self._tail = data[error.start :]
            return data[: error.start]
        head, rest = data[: error.start], data[error.start :]
        self._tail = b""
        sure = self._valid_high + len(_HIGH.findall(head)) > SURELY_UTF8 or self.encoding or _mostly_utf8(data)
        legacy = "utf-8" if sure else guess_legacy(rest)
        self._decode_as(legacy)
        return head + self._decode(rest, final) if legacy == "utf-8" else self._decode(data, final)

    def _decode(self, chunk: bytes, final: bool) -> bytes:
        assert self._decoder is not None
        text = self._decoder.decode(chunk, final)
        if "\ufffd" in text:
            self.replaced = True
        return text.encode("utf-8", "replace")

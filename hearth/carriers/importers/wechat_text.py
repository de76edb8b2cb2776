"""WeChat as text: ``2023-01-01 12:00:00 昵称``, below it what was said, then an empty line.

Format: https://github.com/LC044/WeChatMsg, ``exporter_txt.py``; other tools write the same. People have no id but the
name they had when it was exported; what a message quotes follows it as ``引用:昵称:…`` and stays a quote.
"""

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, clock_alone, register_importer
from hearth.carriers.rules.cells import as_channel
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.rules.times import TimeProblemError, parse_time
from hearth.carriers.rules.transcripts import MOST, Said, said, text_files, transcripts
from hearth.carriers.rules.wechat_words import is_taken_back, moved
from hearth.carriers.types import ArchiveChannel, ArchiveMessage, ArchiveMove, ArchiveRecord

_HEAD = re.compile(r"\ufeff?(\d{4}-\d{2}-\d{2} \d{1,2}:\d{2}:\d{2}) (?=\S)(.{1,100})")
_QQ = re.compile(r"\d{4}-\d{2}-\d{2} \d{1,2}:\d{2}:\d{2} .*(?:\(\d{4,12}\)|<[^<>\s]+>)\s*")
_FILE = re.compile(r"\[(图片|语音|视频|表情包|表情|文件|音乐分享|动画表情)\]")
_QUOTE = re.compile(r"\n引用[:：](.*)\Z", re.DOTALL)
_LOOK_AT = 20  # files


def recognises(source: ArchiveSource) -> float:
    """Likely when a file begins with such a line, and others like it follow that name no QQ number."""
    return 0.85 if any(_is_ours(source, entry) for entry in text_files(source)[:_LOOK_AT]) else 0.0


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Every file a chat of its own."""
    for entry in transcripts(reading, _is_ours):
        channel = reading.mapping.channel or as_channel(entry.name)
        yield ArchiveChannel(channel, channel)
        for one in said(reading.line_blocks(entry), _head_of):
            reading.line = one.line
            yield from _records(reading, one, channel)


def _records(reading: Reading, one: Said[tuple[str, str]], channel: str) -> Iterator[ArchiveRecord]:
    if one.head is None:
        yield reading.reject("stray_line")
        return
    when, name = one.head
    try:
        at_ms = parse_time(when, ZoneInfo(reading.mapping.tz))
    except TimeProblemError as problem:
        yield reading.reject(problem.code, value=when)
        return
    if one.was_cut:
        yield reading.reject("text_too_long", limit=MOST)
    text = one.text.strip("\n")
    if text:
        yield _message(channel, name, at_ms, text)
    else:  # what WeChat says stands in the head itself
        yield from _notice(reading, channel, name, at_ms)


def _message(channel: str, name: str, at_ms: int, text: str) -> ArchiveMessage:
    file = _FILE.fullmatch(text)
    if file:
        return ArchiveMessage("", channel, name, at_ms, "", files=(file[1],))
    quote = _QUOTE.search(text) if "\n引用" in text else None
    if quote:
        shown = "\n".join(f"> {line}" for line in quote[1].strip().split("\n"))
        text = f"{shown}\n\n{text[: quote.start()]}"
    return ArchiveMessage("", channel, name, at_ms, text)


def _notice(reading: Reading, channel: str, text: str, at_ms: int) -> Iterator[ArchiveRecord]:
    told = moved(text)
    if told is None:
        reading.leave_out("deleted_message" if is_taken_back(text) else "service_notice")
        return
    for who in told.who:
        yield ArchiveMove(channel, who, at_ms, told.kind, told.by if told.by != who else "")


def _head_of(line: str) -> tuple[tuple[str, str], str] | None:
    found = _HEAD.fullmatch(line) if line[:1].isdigit() or line[:1] == "\ufeff" else None
    return ((found[1], found[2].strip()), "") if found else None


def _is_ours(source: ArchiveSource, entry: SourceEntry) -> bool:
    """Begins with a head that is followed by something else than a head; few heads name a QQ number."""
    lines = [line.rstrip("\r") for line in source.head(entry)[:32768].decode("utf-8", "replace").split("\n")]
    lines = [line for line in lines if line.strip()]
    if len(lines) < 2 or _head_of(lines[0]) is None or "消息记录" in lines[0]:
        return False
    heads = [line for line in lines[:200] if _head_of(line)]
    others = len(lines[:200]) - len(heads)
    return others >= 0.4 * len(heads) and sum(bool(_QQ.fullmatch(line)) for line in heads) <= 0.3 * len(heads)


register_importer(
    Importer(
        "wechat-text",
        gettext_noop("WeChat (text)"),
        recognises,
        read,
        clock_alone,
        export=gettext_noop("With the same programs as text; CSV keeps more."),
    )
)

"""QQ's message records as text (消息管理器 → 导出消息记录, “文本文件”): one conversation or all of them in one file.

Format: the QQ client for Windows; described by https://github.com/aoguai/QQtoExcel and
https://github.com/hikariyo/qq-chat-history. ``消息分组`` and ``消息对象`` say whose conversation follows; a message
begins with ``2023-01-01 12:00:00 昵称(12345)`` or ``…昵称<mail@example.org>``. Chats between two people name no
number; they are left out unless the mapping includes them. The export has no replies, no edits and no pictures.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, clock_alone, register_importer
from hearth.carriers.rules.cells import as_channel
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.rules.times import TimeProblemError, parse_time
from hearth.carriers.rules.transcripts import MOST, Said, said, text_files, transcripts
from hearth.carriers.types import ArchiveAuthor, ArchiveChannel, ArchiveMessage, ArchiveMove, ArchiveRecord

_TIME = r"(?P<time>\d{4}-\d{2}-\d{2} \d{1,2}:\d{2}:\d{2})"
_HEAD = re.compile(
    rf"\ufeff?{_TIME} (?P<name>.{{0,150}}?)(?:\((?P<number>\d{{4,12}})\)|<(?P<mail>[^<>\s]{{3,100}})>)?\s*"
)
_PLACE = re.compile(r"消息(?P<what>分组|对象)[:：](?P<name>.{0,200})")
_RULE = re.compile(r"={40,}")  # between conversations; one that somebody typed is shorter
_RANK = re.compile(r"【[^】]{1,20}】")
_SYSTEM = frozenset(("10000", "1000000"))  # 系统消息
_ROBOTS = frozenset(("2854196310", "2854196306"))  # Q群管家, 小冰
_WHO = r"(?P<who>.{1,100}?)(?:\((?P<number>\d{4,12})\))? ?"
_JOINED = re.compile(_WHO + r"(?:已?加入了?(?:本群|群聊?)|通过.{0,60}加入了?(?:本群|群聊?)?)[。.]?(?:，.*)?")
_LEFT = re.compile(_WHO + r"(?:(?:退出|离开)了?(?:本群|群聊?)|被.{0,60}移出了?(?:本群|群聊?))[。.]?")
_BACK = re.compile(r".{0,150}撤回了?一条(?:成员)?消息.{0,60}", re.DOTALL)
_FILE = re.compile(r"\[(图片|表情|语音|视频|文件|闪照)\]")
_MENTION = re.compile(r"@([^\s@]{1,60})")
_LOOK_AT = 20  # files


class _Head(NamedTuple):
    """Begins a message (``when``), or is a line of the frame around a conversation (``frame``)."""

    when: str
    name: str = ""
    ident: str = ""
    frame: str = ""


class _Place:
    """Whose conversation is being read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.names: dict[str, str] = {}
        self.announced: set[str] = set()

    def enter(self, what: str, name: str) -> None:
        """A line of the frame between conversations."""
        if what == "对象":
            self.name = name.strip() or self.name


def recognises(source: ArchiveSource) -> float:
    """Certain with QQ's own frame; likely when most messages begin with a name and a number or mail."""
    return max((_likeness(source, entry) for entry in text_files(source)[:_LOOK_AT]), default=0.0)


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Every conversation of every file."""
    for entry in transcripts(reading, _likeness):
        place = _Place(reading.mapping.channel or as_channel(entry.name))
        for one in said(reading.line_blocks(entry), _head_of):
            reading.line = one.line
            yield from _records(reading, one, place)


def _records(reading: Reading, one: Said[_Head], place: _Place) -> Iterator[ArchiveRecord]:
    head = one.head
    if head is None:
        if "消息记录" not in one.text:
            yield reading.reject("stray_line")
        return
    if head.frame:
        place.enter(head.frame, head.name)
        return
    try:
        at_ms = parse_time(head.when, ZoneInfo(reading.mapping.tz))
    except TimeProblemError as problem:
        yield reading.reject(problem.code, value=head.when)
        return
    if one.was_cut:
        yield reading.reject("text_too_long", limit=MOST)
    yield from _said(reading, head, one.text.strip("\n"), place, at_ms)


def _said(reading: Reading, head: _Head, text: str, place: _Place, at_ms: int) -> Iterator[ArchiveRecord]:
    is_notice = head.ident in _SYSTEM or (not head.ident and head.name in ("系统消息", "系统提示"))
    is_direct = not head.ident and not is_notice
    if is_direct and not reading.mapping.include_direct:
        reading.leave_out("direct_message")
        return
    if place.name not in place.announced:
        place.announced.add(place.name)
        yield ArchiveChannel(place.name, place.name, is_private=is_direct)
    if is_notice or _BACK.fullmatch(text):
        yield from _notice(reading, text, place, at_ms)
        return
    author, is_bot = head.ident or head.name, head.ident in _ROBOTS
    if author:
        place.names[head.name] = author
        yield ArchiveAuthor(author, head.name or author, is_bot)
    files = tuple(_FILE.findall(text))
    called = dict.fromkeys(place.names[one] for one in _MENTION.findall(text) if one in place.names)
    plain = _FILE.sub("", text).strip() if files else text
    yield ArchiveMessage("", place.name, author, at_ms, plain, "", "", tuple(called), is_bot, None, files)


def _notice(reading: Reading, text: str, place: _Place, at_ms: int) -> Iterator[ArchiveRecord]:
    for kind, pattern in (("join", _JOINED), ("leave", _LEFT)):
        found = pattern.fullmatch(text)
        if found:
            name = found["who"].strip()
            who = found["number"] or place.names.get(name, name)
            yield ArchiveAuthor(who, name)
            yield ArchiveMove(place.name, who, at_ms, kind)
            return
    reading.leave_out("deleted_message" if _BACK.fullmatch(text) else "service_notice")


def _head_of(line: str) -> tuple[_Head, str] | None:
    """A message's head, or a line of the frame: both end what came before."""
    found = _HEAD.fullmatch(line) if line[:1].isdigit() or line[:1] == "\ufeff" else None
    if found:
        name = found["name"]
        name = _RANK.sub("", name, count=1) if name.startswith("【") else name
        return _Head(found["time"], name.strip(), found["number"] or found["mail"] or ""), ""
    place = _PLACE.fullmatch(line) if line.startswith("消息") else None
    if place:
        return _Head("", place["name"], "", place["what"]), ""
    return (_Head("", "", "", "rule"), "") if line.startswith("====") and _RULE.fullmatch(line) else None


def _likeness(source: ArchiveSource, entry: SourceEntry) -> float:
    lines = [line.rstrip("\r ") for line in source.head(entry)[:32768].decode("utf-8", "replace").split("\n")]
    if any(line.strip("\ufeff").startswith("消息记录") for line in lines[:3]) or any(
        _PLACE.fullmatch(line) for line in lines[:12]
    ):
        return 0.95
    heads = [found for line in lines[:400] if (found := _HEAD.fullmatch(line))]
    named = sum(bool(found["number"] or found["mail"]) for found in heads)
    first = next((line for line in lines if line.strip()), "")
    return 0.9 if named and named > 0.5 * len(heads) and _HEAD.fullmatch(first) else 0.0


register_importer(
    Importer(
        "qq",
        gettext_noop("QQ (message records as text)"),
        recognises,
        read,
        clock_alone,
        export=gettext_noop("In the message manager, right click on the group: export its messages as text (.txt)."),
    )
)

"""WeChat as its usual exporters write it: the CSV of WeChatMsg (留痕), old and new, and of PyWxDump.

Formats: https://github.com/LC044/WeChatMsg (``exporter_csv.py``: ``localId,TalkerId,Type,…``, since version 3
``消息ID,类型,发送人,时间,内容,…``) and https://github.com/xaoyaoo/PyWxDump (``exportCSV.py``:
``id,MsgSvrID,type_name,…`` with ``users.json``). Chats between two people are left out unless the mapping includes
them, where the export lets one tell. What a message quotes becomes a reply when the quoted words are in the file.
"""

import html
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, clock_alone, register_importer
from hearth.carriers.rules.by_name import ByName
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.rules.times import TimeProblemError, parse_time
from hearth.carriers.rules.wechat_words import is_taken_back, moved
from hearth.carriers.types import ArchiveAuthor, ArchiveChannel, ArchiveMessage, ArchiveRecord
from hearth.kit.tables import Rows

_LOOK_AT = 200  # files
_QUOTABLE = 50_000  # messages whose words are kept in mind for those who quote them
_OLD = ["localId", "TalkerId", "Type", "SubType", "IsSender", "CreateTime", "Status", "StrContent", "StrTime"]
_NEW = ["消息ID", "类型", "发送人", "时间", "内容"]
_DUMP = ["id", "MsgSvrID", "type_name", "is_sender", "talker", "room_name", "msg", "src", "CreateTime"]
_KINDS = {
    "1": "文本",
    "3": "图片",
    "34": "语音",
    "42": "名片",
    "43": "视频",
    "47": "表情",
    "48": "位置",
    "50": "通话",
    "10000": "系统消息",
    "10002": "系统消息",
}
_CARDS = {"0": "文件", "6": "文件", "57": "引用消息", "8": "表情", "2000": "转账", "2001": "红包", "2003": "红包"}
_NOTICES = re.compile("系统|拍一拍|撤回")
_FILES = re.compile("图片|语音|视频|表情|文件|名片|位置|通话|转账|红包|GIF")
_QUOTE_HEAD = re.compile(r"(?:\[引用\]\([^)\n]{0,40}\)|引用[:：])(?P<name>[^:：\n]{1,100})[:：]")
_MENTION = re.compile(r"@([^\s@\u2005]{1,60})[\u2005 ]")


class _Row(NamedTuple):
    """A row of any of the three forms."""

    id: str
    kind: str
    author: str
    name: str
    when: str
    text: str
    chat: str
    is_direct: bool


class _Chat:
    """One chat while it is read."""

    def __init__(self, ident: str, name: str) -> None:
        self.id, self.name = ident, name
        self.people = ByName()
        self.told: set[str] = set()
        self.said: dict[int, str] = {}  # who said what (hashed) → message
        self.earlier: dict[int, str] = {}

    def remember(self, name: str, text: str, ident: str) -> None:
        """What somebody may quote later."""
        if len(self.said) >= _QUOTABLE:
            self.earlier, self.said = self.said, {}
        self.said[hash((name, text.strip()))] = ident

    def quoted(self, name: str, text: str) -> str:
        """The message with these words, where it is remembered."""
        words = hash((name, text.strip()))
        return self.said.get(words) or self.earlier.get(words, "")


def recognises(source: ArchiveSource) -> float:
    """Certain when a file begins with the columns of one of the exporters."""
    return 0.95 if any(_form(source, entry)[0] for entry in source.entries[:_LOOK_AT]) else 0.0


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Files by name; who came and went at the end of a chat, once the names of all who spoke are known."""
    entries = [entry for entry in reading.source.entries if _form(reading.source, entry)[0]]
    users = reading.source.find("users.json")
    known = reading.document(users) if users is not None else None
    names = {key: _name_of(user) for key, user in known.items()} if isinstance(known, dict) else {}
    reading.plan(entries)
    chats: dict[str, _Chat] = {}
    for entry in entries:
        yield from _file(reading, entry, names, chats)
    for chat in chats.values():
        for move in chat.people.moves(chat.id):
            if move is not None:
                yield move
            else:
                reading.leave_out("service_notice")


def _file(
    reading: Reading, entry: SourceEntry, names: dict[str, str], chats: dict[str, _Chat]
) -> Iterator[ArchiveRecord]:
    form, columns = _form(reading.source, entry)
    base = re.sub(r"(?:_utf8)?\.\w+$", "", entry.name.rsplit("/", 1)[-1])
    lines = (line.decode() + "\n" for _, block in reading.line_blocks(entry) for line in block)
    for row in Rows(lines, ",", len(columns)):
        reading.line = row.line
        if row.problem:
            yield reading.reject(row.problem, **dict(row.params))
        elif row.line > 1:
            cells = dict(zip(columns, row.cells, strict=True))
            yield from _records(reading, _ROWS[form](cells, base, names), names, chats)


def _old_row(cells: dict[str, str], base: str, _: dict[str, str]) -> _Row:
    """``TalkerId`` tells chats apart; only groups name the sender."""
    kind = _KINDS.get(cells["Type"], _CARDS.get(cells["SubType"], "卡片") if cells["Type"] == "49" else "其他")
    sender, mine = cells.get("Sender", ""), cells["IsSender"] == "1"
    name = cells.get("NickName", "") or cells.get("Remark", "")
    author = sender or ("我" if mine else name or base)
    ident = f"{cells['localId']}-{cells['CreateTime']}"
    chat = f"{base}:{cells['TalkerId']}"
    direct = not sender and kind != "系统消息"
    return _Row(ident, kind, author, name, cells["CreateTime"] or cells["StrTime"], cells["StrContent"], chat, direct)


def _new_row(cells: dict[str, str], base: str, _: dict[str, str]) -> _Row:
    """Names alone: nothing tells a group from a chat between two."""
    who = cells["发送人"]
    return _Row(cells["消息ID"], cells["类型"], who, who, cells["时间"], cells["内容"], base, is_direct=False)


def _dump_row(cells: dict[str, str], base: str, names: dict[str, str]) -> _Row:
    room, who = cells["room_name"], cells["talker"]
    ident = cells["MsgSvrID"] if cells["MsgSvrID"] not in ("", "0") else f"{cells['id']}-{cells['CreateTime']}"
    text = cells["msg"]
    direct = not room.endswith("@chatroom")
    return _Row(ident, cells["type_name"], who, names.get(who, who), cells["CreateTime"], text, room or base, direct)


_ROWS = {"old": _old_row, "new": _new_row, "dump": _dump_row}


def _records(reading: Reading, row: _Row, names: dict[str, str], chats: dict[str, _Chat]) -> Iterator[ArchiveRecord]:
    if row.is_direct and not reading.mapping.include_direct:
        reading.leave_out("direct_message")
        return
    try:
        at_ms = parse_time(row.when, ZoneInfo(reading.mapping.tz))
    except TimeProblemError as problem:
        yield reading.reject(problem.code, **({} if problem.code == "no_time" else {"value": row.when}))
        return
    chat = chats.get(row.chat)
    if chat is None:
        name = reading.mapping.channel or names.get(row.chat) or row.chat.rpartition(":")[0] or row.chat
        chat = chats[row.chat] = _Chat(row.chat, name)
        yield ArchiveChannel(chat.id, chat.name, is_private=row.is_direct)
    if _NOTICES.search(row.kind):
        _notice(reading, row, at_ms, chat)
    else:
        yield from _message(row, at_ms, chat)


def _notice(reading: Reading, row: _Row, at_ms: int, chat: _Chat) -> None:
    told = moved(row.text)
    if told is None:
        reading.leave_out("deleted_message" if is_taken_back(row.text) else "service_notice")
        return
    for who in told.who:
        if not chat.people.keep(who, at_ms, told.kind, told.by):
            reading.leave_out("service_notice")


def _message(row: _Row, at_ms: int, chat: _Chat) -> Iterator[ArchiveRecord]:
    if row.author and row.author not in chat.told:
        chat.told.add(row.author)
        chat.people.learn(row.name, row.author)
        yield ArchiveAuthor(row.author, row.name or row.author)
    text, files = _content(row)
    answered = ""
    if "引用" in row.kind or "引用" in text:
        text, answered = _without_quote(row, text, chat)
    mentions: dict[str, None] = {}
    for name in _MENTION.findall(text + " ") if "@" in text else ():
        mentions[chat.people.id_of(name) or name] = None
    chat.remember(row.name or row.author, text or row.text, row.id)
    yield ArchiveMessage(row.id, chat.id, row.author, at_ms, text, "", answered, tuple(mentions), files=files)


def _content(row: _Row) -> tuple[str, tuple[str, ...]]:
    """Text and files. What is XML gives its title; a picture or a voice gives its kind."""
    text = row.text
    is_xml = text.lstrip().startswith(("<?xml", "<msg", "<appmsg"))
    if is_xml:
        text = _tag(text, "title")[:2000].strip()
    if not _FILES.search(row.kind):
        return text, () if text else (row.kind,)
    return ("", (text,)) if "文件" in row.kind and text else ("", (row.kind,))


def _tag(text: str, name: str, start: int = 0) -> str:
    """What stands in the first element of this name; found by plain search, as the text may be anything."""
    begun = text.find(f"<{name}>", start)
    ended = text.find(f"</{name}>", begun) if begun >= 0 else -1
    inner = text[begun + len(name) + 2 : ended] if ended >= 0 else ""
    return html.unescape(inner.removeprefix("<![CDATA[").removesuffix("]]>"))


def _without_quote(row: _Row, text: str, chat: _Chat) -> tuple[str, str]:
    """What was said itself, and the message it answers; the quote stays as one where that is not found."""
    referred = row.text.find("<refermsg>")
    if referred >= 0:
        name, quote, words = _tag(row.text, "displayname", referred), _tag(row.text, "content", referred), text
    else:
        at = max(text.rfind("\n[引用]("), text.rfind("\n引用"))
        found = _QUOTE_HEAD.match(text, at + 1) if at >= 0 else None
        if found is None:
            return text, ""
        name, quote, words = found["name"], text[found.end() :], text[:at].rstrip()
    answered = chat.quoted(name, quote)
    if answered:
        return words, answered
    shown = "\n".join(f"> {line}" for line in f"{name}: {quote}"[:2000].strip().split("\n"))
    return f"{shown}\n\n{words}", ""


def _form(source: ArchiveSource, entry: SourceEntry) -> tuple[str, list[str]]:
    """Which of the forms a file has (``old``, ``new``, ``dump`` or ''), and its columns."""
    if len(source.entries) > 1 and not entry.name.lower().endswith(".csv"):
        return "", []
    first = source.head(entry, 400).partition(b"\n")[0].decode("utf-8", "replace").strip("\ufeff\r ")
    columns = [cell.strip('"') for cell in first.split(",")]
    for form, needed in (("old", _OLD), ("new", _NEW), ("dump", _DUMP)):
        if columns[: len(needed)] == needed:
            return form, columns
    return "", []


def _name_of(user: Any) -> str:
    """How somebody calls themselves; a remark is the exporting person's own word for them."""
    told = [user.get("nickname"), user.get("remark")] if isinstance(user, dict) else []
    return next((name for name in told if isinstance(name, str) and name), "")


register_importer(
    Importer(
        "wechat",
        gettext_noop("WeChat (CSV of WeChatMsg or PyWxDump)"),
        recognises,
        read,
        clock_alone,
        export=gettext_noop("With the program WeChatMsg or PyWxDump: the group as CSV."),
    )
)

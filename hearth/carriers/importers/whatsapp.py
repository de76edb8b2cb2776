"""WhatsApp's export of a chat: ``_chat.txt`` (iPhone) or ``WhatsApp Chat with X.txt`` (Android), zipped or not.

Format: https://faq.whatsapp.com/1180414079177245 says how to make one; what it looks like depends on the phone's
language and region and is written down in ``rules/whatsapp_times.py`` and ``rules/whatsapp_words.py``. People have no
id but their name or number. There are no ids of messages, replies and reactions, and times are to the minute on
Android.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from zoneinfo import ZoneInfo

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, clock_alone, register_importer
from hearth.carriers.rules.chat_marks import CODE, fenced, marked
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.rules.times import TimeProblemError
from hearth.carriers.rules.transcripts import MOST, Said, said, text_files, transcripts
from hearth.carriers.rules.whatsapp_times import MARKS, DateOrder, Head, head_of, moment_of
from hearth.carriers.rules.whatsapp_words import (
    files_in,
    is_deleted,
    is_encryption_notice,
    moved,
    plain,
    without_edit_mark,
)
from hearth.carriers.types import ArchiveAuthor, ArchiveChannel, ArchiveMessage, ArchiveMove, ArchiveRecord

_LOOK_AT = 20  # files
_NAME = 100  # characters: no name of a person is longer
_QUOTES = frozenset('“”„«»"')  # a name in a notice (“changed the subject to “a: b””), none of a person
_MENTION = re.compile(r"@\u2068([^\u2069\n]{1,100})\u2069")
_NUMBER = re.compile(r"@(\d{7,15})\b")
_TITLES = (
    re.compile(r"WhatsApp[ _-]?Chat[ _](?:with|-|mit|met|con|com)[ _](.+)", re.IGNORECASE),
    re.compile(
        r"(?:Chat|Conversa|Conversación|Discussion)[ _](?:de |do |no |di )?WhatsApp[ _](?:con|com|avec|dengan)[ _](.+)",
        re.I,
    ),
    re.compile(r"Чат[ _]WhatsApp[ _]с(?:[ _]контактом)?[ _](.+)", re.IGNORECASE),
    re.compile(r"[与與和](.+?)的? ?WhatsApp ?(?:聊天|對話|对话).*"),
    re.compile(r"(.+?)[ _](?:ile|adlı kişi ile)[ _]WhatsApp[ _](?:Sohbeti|sohbeti)"),
)


class _Chat:
    """One file: its place, its way of writing dates, and numbers of people as they are mentioned."""

    def __init__(
        self, reading: Reading, entry: SourceEntry, order: DateOrder, style: tuple[bool, str, bool] | None
    ) -> None:
        self.reading = reading
        self.style = style
        self.zone = ZoneInfo(reading.mapping.tz)
        self.day_first = reading.mapping.day_first if reading.mapping.day_first is not None else order.day_first
        self.name = reading.mapping.channel or _title(entry.name) or _title(reading.source.name)
        self.told: set[str] = set()
        self.by_number: dict[str, str] = {}
        self.announced = False
        self.herald = self.name  # an iPhone lets the group itself say what WhatsApp says

    def head_of(self, line: str) -> tuple[Head, str] | None:
        """A line that begins a message in the way of this file: a pasted line of another chat does not."""
        found = head_of(line)
        return found if found is not None and _style(found[0]) == self.style else None

    def author(self, name: str) -> Iterator[ArchiveAuthor]:
        """A person, the first time. ``~ Bo`` is how those call themselves who are in nobody's contacts."""
        if name not in self.told:
            self.told.add(name)
            digits = "".join(filter(str.isdigit, name))
            if name.startswith("+") and digits:
                self.by_number[digits] = name
            yield ArchiveAuthor(name, name.lstrip("~ ") or name)


def recognises(source: ArchiveSource) -> float:
    """Certain when lines begin as they do and people speak in them."""
    return max((_likeness(source, entry) for entry in text_files(source)[:_LOOK_AT]), default=0.0)


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Every chat, each looked through once before it is read: only the whole tells days from months."""
    for entry in transcripts(reading, _likeness):
        order, style = _looked_through(reading, entry)
        chat = _Chat(reading, entry, order, style)
        for one in said(reading.line_blocks(entry), chat.head_of):
            reading.line = one.line
            yield from _records(one, chat)


def _looked_through(reading: Reading, entry: SourceEntry) -> tuple[DateOrder, tuple[bool, str, bool] | None]:
    order, style = DateOrder(), None
    with closing(reading.first_look(entry)) as blocks:
        for _, lines in blocks:
            for raw in lines:
                found = head_of(raw[:400].decode("utf-8", "replace")) if raw else None
                if found is None:
                    continue
                style = style or _style(found[0])
                if _style(found[0]) == style:
                    order.saw(found[0])
            if order.settled is not None or (style and style[2]):
                break
    return order, style


def _records(one: Said[Head], chat: _Chat) -> Iterator[ArchiveRecord]:
    reading = chat.reading
    if one.head is None:
        yield reading.reject("stray_line")
        return
    try:
        at_ms = moment_of(one.head, chat.zone, chat.day_first)
    except TimeProblemError as problem:
        yield reading.reject(problem.code, value=one.head.shown)
        return
    if one.was_cut:
        yield reading.reject("text_too_long", limit=MOST)
    author, text = _spoken(one.text)
    if not chat.announced:
        chat.announced = True
        if author and is_encryption_notice(text):
            chat.herald = author
        chat.name = chat.name or chat.herald or "WhatsApp"
        yield ArchiveChannel(chat.name, chat.name)
    is_ours = text.startswith(tuple(MARKS)) if author else True
    if author and not (is_ours and _is_notice(author, text, chat)):
        yield from _message(author, text, at_ms, chat, is_ours=is_ours)
    else:
        yield from _notice(text, at_ms, chat)


def _message(author: str, text: str, at_ms: int, chat: _Chat, *, is_ours: bool) -> Iterator[ArchiveRecord]:
    if is_deleted(text):
        chat.reading.leave_out("deleted_message")
        return
    yield from chat.author(author)
    text, is_edited = without_edit_mark(text)
    text, files = files_in(text, marked=is_ours)
    mentions: dict[str, None] = {}
    text = _markdown(text.lstrip(MARKS), mentions, chat)
    edited = at_ms if is_edited else None
    yield ArchiveMessage("", chat.name, author, at_ms, text, "", "", tuple(mentions), edited_ms=edited, files=files)


def _notice(text: str, at_ms: int, chat: _Chat) -> Iterator[ArchiveRecord]:
    told = moved(text)
    if told is None:
        chat.reading.leave_out("service_notice")
        return
    if told.by:
        yield from chat.author(told.by)
    for who in told.who:
        yield from chat.author(who)
        yield ArchiveMove(chat.name, who, at_ms, told.kind, told.by if told.by != who else "")


def _is_notice(author: str, text: str, chat: _Chat) -> bool:
    """Whether WhatsApp speaks here in somebody's name, as it does on an iPhone."""
    shown = plain(text)
    if is_deleted(text):
        return False
    if shown.startswith(author) or is_encryption_notice(text):
        return True
    if author == chat.herald:
        return not files_in(text, marked=True)[1]
    return moved(text) is not None


def _spoken(text: str) -> tuple[str, str]:
    """Author and text; no author where WhatsApp itself speaks."""
    first = text.partition("\n")[0]
    name, colon, _ = first.partition(": ")
    if not colon and first.endswith(":"):
        name, colon = first[:-1], ":"
    author = plain(name)
    if not colon or not author or len(author) > _NAME or _QUOTES & set(author):
        return "", text
    return author, text[len(name) + len(colon) :]


def _markdown(text: str, mentions: dict[str, None], chat: _Chat) -> str:
    def named(found: re.Match[str]) -> str:
        name = plain(found[1])
        mentions[name] = None
        return "@" + name.lstrip("~ ")

    def numbered(found: re.Match[str]) -> str:
        name = chat.by_number.get(found[1])
        if name:
            mentions[name] = None
        return "@" + (name or found[1])

    if "@" in text:
        text = _NUMBER.sub(numbered, _MENTION.sub(named, text))
    if "*" in text or "~" in text or "`" in text:
        parts = CODE.split(text) if "`" in text else [text]
        text = "".join(fenced(part) if at % 2 else marked(part) for at, part in enumerate(parts))
    return text


def _likeness(source: ArchiveSource, entry: SourceEntry) -> float:
    """How much the head of a file is a chat: the share of its first heads behind which somebody speaks."""
    heads = speaking = strays = 0
    for line in source.head(entry)[:32768].decode("utf-8", "replace").split("\n"):
        found = head_of(line.rstrip("\r")[:400])
        if found is None:
            strays += not heads and bool(line.strip())
            if strays > 3:
                return 0.0  # an export begins with a message
            continue
        heads += 1
        author = _spoken(found[1])[0]
        speaking += bool(author) and author[0] not in "<*["
        if heads == 50:
            break
    known = "whatsapp" in entry.name.lower() or entry.name.endswith("_chat.txt") or "whatsapp" in source.name.lower()
    if not heads or (not speaking and not known):
        return 0.0
    return 0.95 if known or (heads > 2 and speaking > 0.6 * heads) else 0.7


def _style(head: Head) -> tuple[bool, str, bool]:
    return head.in_brackets, head.sep, head.is_year_first


def _title(file: str) -> str:
    """The chat's name out of the file's."""
    base = file.rsplit("/", 1)[-1]
    base = re.sub(r"\.(?:txt|zip)$", "", base, flags=re.IGNORECASE)
    for title in _TITLES:
        found = title.fullmatch(base)
        if found:
            return found[1].replace("_", " ").strip()
    return "" if base == "_chat" else base


register_importer(
    Importer(
        "whatsapp",
        gettext_noop("WhatsApp (text of a chat)"),
        recognises,
        read,
        clock_alone,
        export=gettext_noop(
            "In the group: ⋮ → More → Export chat; on an iPhone the group's name → Export chat. With or without media."
        ),
    )
)

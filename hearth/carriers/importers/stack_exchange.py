"""Stack Exchange data dump: ``Users.xml``, ``Posts.xml``, ``Comments.xml`` and ``Votes.xml`` of one or several sites.

Format: https://meta.stackexchange.com/questions/2677 (schema of the dump, published under CC BY-SA). Every row is an
empty element on a line of its own, so rows are found by their shape and nothing else of XML is understood: no document
type, no entity but characters. That also saves what stands around a damaged row.

A site becomes a channel, a question a thread. Answers reply to their question, comments to their post. The dump says
who asked, answered and accepted; votes are anonymous and only give the day on which an answer was accepted.
"""

import html
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.cells import as_channel
from hearth.carriers.rules.forum import edited_after, moment_of, opening, time_or_none
from hearth.carriers.rules.html_text import markdown_from_html
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.types import (
    ArchiveAnswer,
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveRecord,
    Rejected,
)

_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_TAGS = re.compile(r"[<|]([^<>|]+)[>|]?")
_IMAGE = re.compile(r'<img[^<>]{0,500}?\ssrc="([^"<>]{1,2000})"')
_FILES = ("Users.xml", "Votes.xml", "Posts.xml", "Comments.xml")
_QUESTION, _ANSWER = "1", "2"
_ACCEPTED = "1"  # VoteTypeId: AcceptedByOriginator


class _Numbers:
    """A number for many ids in 16 bytes each. Ids mostly rise in a dump; what does not is sorted before the search."""

    def __init__(self) -> None:
        self.ids = array("q")
        self.values = array("q")
        self._sorted = True

    def put(self, ident: int, value: int) -> None:
        self._sorted = self._sorted and (not self.ids or ident >= self.ids[-1])
        self.ids.append(ident)
        self.values.append(value)

    def get(self, ident: int) -> int | None:
        if not self._sorted:
            order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
            self.ids = array("q", [self.ids[at] for at in order])
            self.values = array("q", [self.values[at] for at in order])
            self._sorted = True
        at = bisect_left(self.ids, ident)
        return self.values[at] if at < len(self.ids) and self.ids[at] == ident else None


class _Site:
    """One site while it is read: its channel, which question a post belongs to, which answers were accepted when."""

    def __init__(self, name: str) -> None:
        self.channel = name
        self.question_of = _Numbers()
        self.asker_of = _Numbers()
        self.accepted = _Numbers()
        self.accepted_at = _Numbers()


def recognises(source: ArchiveSource) -> float:
    """Certain when posts or comments begin with rows as the dump writes them."""
    for entry in _entries(source)[:8]:
        head = source.head(entry, 4096)
        if b"<row Id=" in head and (b"<posts>" in head or b"<comments>" in head):
            return 0.97
    return 0.0


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Site by site: people, posts, comments, then which answers were accepted."""
    entries = _entries(reading.source)
    reading.plan(entries)
    known = {entry.name for entry in entries}
    for entry in reading.source.entries:
        if entry.name not in known:
            reading.leave_out("other_file")
    sites: dict[str, _Site] = {}
    for entry in entries:
        name = _site_name(entry, reading)
        if name not in sites:
            sites[name] = _Site(name)
            yield ArchiveChannel(name, name)
        yield from _READERS[_base(entry)](reading, entry, sites[name])
    for site in sites.values():
        yield from _answers(site)


def _rows(reading: Reading, entry: SourceEntry) -> Iterator[dict[str, str]]:
    for first, lines in reading.line_blocks(entry):
        for number, line in enumerate(lines, first):
            if b"<row" in line:
                reading.line = number
                yield from map(_attributes, line.decode("utf-8", "replace").split("<row")[1:])


def _attributes(row: str) -> dict[str, str]:
    """The attributes of a row; only those with an entity are looked at twice."""
    return {name: html.unescape(value) if "&" in value else value for name, value in _ATTRIBUTE.findall(row)}


def _users(reading: Reading, entry: SourceEntry, site: _Site) -> Iterator[ArchiveRecord]:
    for row in _rows(reading, entry):
        ident = row.get("Id", "")
        if ident:
            yield ArchiveAuthor(ident, row.get("DisplayName", "").strip() or ident, ident == "-1")
        else:
            yield reading.reject("no_id")


def _votes(reading: Reading, entry: SourceEntry, site: _Site) -> Iterator[ArchiveRecord]:
    for row in _rows(reading, entry):
        if row.get("VoteTypeId") != _ACCEPTED:
            reading.leave_out("unnamed_reaction")
            continue
        post, at_ms = _number(row.get("PostId")), time_or_none(row.get("CreationDate"))
        if post is not None and at_ms is not None:
            site.accepted_at.put(post, at_ms)
    yield from ()


def _posts(reading: Reading, entry: SourceEntry, site: _Site) -> Iterator[ArchiveRecord]:
    for row in _rows(reading, entry):
        kind = row.get("PostTypeId", "")
        if kind not in (_QUESTION, _ANSWER):
            reading.leave_out("service_notice")  # wikis of tags, nominations
            continue
        at_ms = moment_of(reading, row.get("CreationDate"))
        if isinstance(at_ms, Rejected):
            yield at_ms
        elif _number(row.get("Id")) is None:
            yield reading.reject("no_id")
        else:
            yield from _post(row, at_ms, site)


def _post(row: dict[str, str], at_ms: int, site: _Site) -> Iterator[ArchiveRecord]:
    ident = row["Id"]
    question = ident if row["PostTypeId"] == _QUESTION else row.get("ParentId", "")
    _remember(row, question, site)
    body = row.get("Body", "")
    author = _author(row, "OwnerUserId", "OwnerDisplayName")
    yield from _named(author)
    text = markdown_from_html(body).text
    if ident == question:
        text = opening(row.get("Title", ""), text, _TAGS.findall(row.get("Tags", "")))
    yield ArchiveMessage(
        ident,
        site.channel,
        author[0],
        at_ms,
        text,
        question,
        question if question != ident else "",
        (),
        author[0] == "-1",
        edited_after(row.get("LastEditDate"), at_ms),
        tuple(_IMAGE.findall(body)),
    )


def _remember(row: dict[str, str], question: str, site: _Site) -> None:
    ident, asked, accepted = _number(row["Id"]), _number(question), _number(row.get("AcceptedAnswerId"))
    if ident is None or asked is None:
        return
    if ident != asked:
        site.question_of.put(ident, asked)
    elif accepted is not None:
        site.accepted.put(ident, accepted)
        asker = _number(row.get("OwnerUserId"))
        if asker is not None:
            site.asker_of.put(ident, asker)


def _comments(reading: Reading, entry: SourceEntry, site: _Site) -> Iterator[ArchiveRecord]:
    for row in _rows(reading, entry):
        at_ms = moment_of(reading, row.get("CreationDate"))
        post = _number(row.get("PostId"))
        if isinstance(at_ms, Rejected):
            yield at_ms
        elif post is None or not row.get("Id"):
            yield reading.reject("no_id")
        else:
            author = _author(row, "UserId", "UserDisplayName")
            yield from _named(author)
            asked = site.question_of.get(post)
            yield ArchiveMessage(
                f"c{row['Id']}",
                site.channel,
                author[0],
                at_ms,
                row.get("Text", ""),
                str(post if asked is None else asked),
                str(post),
                (),
                author[0] == "-1",
            )


def _answers(site: _Site) -> Iterator[ArchiveAnswer]:
    for question, answer in zip(site.accepted.ids, site.accepted.values, strict=True):
        asker = site.asker_of.get(question)
        yield ArchiveAnswer(
            site.channel,
            str(question),
            str(answer),
            "" if asker is None else str(asker),
            site.accepted_at.get(answer),
        )


def _author(row: dict[str, str], ident: str, name: str) -> tuple[str, str]:
    """Id and name. Who left the site has only a name (``user123``), and that is the id."""
    shown = row.get(name, "").strip()
    return (row[ident], "") if row.get(ident) else (f"name:{shown}" if shown else "deleted", shown or "deleted")


def _named(author: tuple[str, str]) -> Iterator[ArchiveAuthor]:
    if author[1]:
        yield ArchiveAuthor(*author)


def _number(value: str | None) -> int | None:
    if not value or not value.isascii() or not value.isdigit() or len(value) > 18:
        return None
    return int(value)


def _entries(source: ArchiveSource) -> list[SourceEntry]:
    found = [entry for entry in source.entries if _base(entry) in _FILES]
    return sorted(found, key=lambda entry: (entry.name.rpartition("/")[0], _FILES.index(_base(entry))))


def _base(entry: SourceEntry) -> str:
    return entry.name.rsplit("/", 1)[-1]


def _site_name(entry: SourceEntry, reading: Reading) -> str:
    """The site: its folder, else the archive's own name (``health.stackexchange.com.zip``)."""
    folder = entry.name.rpartition("/")[0].rsplit("/", 1)[-1]
    whole = reading.source.name
    return folder or reading.mapping.channel or (as_channel(whole) if whole.endswith((".zip", ".xml")) else whole)


_READERS = {"Users.xml": _users, "Votes.xml": _votes, "Posts.xml": _posts, "Comments.xml": _comments}

register_importer(
    Importer(
        "stack-exchange",
        gettext_noop("Stack Exchange data dump"),
        recognises,
        read,
        export=gettext_noop("The site's part of the public data dump, unpacked, with Posts.xml."),
    )
)

"""GitHub issues, pull requests and discussions as JSON.

Formats: REST lists of issues and comments (https://docs.github.com/en/rest/issues, ``gh api --paginate --slurp``),
``gh issue list --json …`` and ``gh pr list --json …`` (https://cli.github.com/manual/gh_issue_list), and answers of the
GraphQL API with issues or discussions (https://docs.github.com/en/graphql/guides/using-the-graphql-api-for-discussions).

A repository becomes a channel (each category of its discussions one of its own), an issue or discussion a thread.
Reactions come with names only where GraphQL gives them; mere counts are left out. Text is Markdown.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.forum import (
    edited_after,
    mapping_of,
    moment_of,
    objects_of,
    opening,
    text_of,
    time_or_none,
)
from hearth.carriers.rules.json_items import JsonItems, parse_json
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.types import (
    ArchiveAnswer,
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveReaction,
    ArchiveRecord,
    Rejected,
)

_PLACE = re.compile(
    r"https?://[^/\s]+/(?:api/v3/)?(?:repos/)?([\w.-]{1,100}/[\w.-]{1,100})/(?:issues|pull|pulls|discussions)/(\d{1,10})"
)
_REPOSITORY = re.compile(r"([\w.-]{1,100}/[\w.-]{1,100})")
_MENTION = re.compile(r"(?<![\w@/`.])@([A-Za-z\d](?:[A-Za-z\d-]{0,38}))(?![\w/-])")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_QUOTED = re.compile(r"^>.*$", re.MULTILINE)
_FILE = re.compile(
    r"\((https://(?:github\.com/[^)\s]{1,200}/(?:assets|files)|user-images\.githubusercontent\.com)/[^)\s]{1,300})\)"
)
_EMOJI = {
    "+1": "👍", "-1": "👎", "laugh": "😄", "confused": "😕", "heart": "❤️", "hooray": "🎉", "rocket": "🚀", "eyes": "👀",
    "thumbs_up": "👍", "thumbs_down": "👎",
}  # fmt: skip
_LOOK_AT = 20
_SUFFIXES = (".json", ".ndjson", ".jsonl")
_GITHUB = re.compile(
    rb'"(?:issue_url|repository_url|author_association|authorAssociation|reactionGroups|answerChosenAt|isAnswerable'
    rb'|nameWithOwner)"|github\.com/[^"]{3,200}/(?:issues|pull|discussions)/\d'
)


def recognises(source: ArchiveSource) -> float:
    """Certain when objects have an author and a text, and point to GitHub."""
    for entry in islice(_files(source), _LOOK_AT):
        head = source.head(entry)
        if not _GITHUB.search(head):
            continue
        if _has_items(head) or (b'"body"' in head and (b'"discussions"' in head or b'"issues"' in head)):
            return 0.95
    return 0.0


def _has_items(head: bytes) -> bool:
    for piece in islice(JsonItems(iter((head,))), 4):
        row = piece.value[0] if isinstance(piece.value, list) and piece.value else piece.value
        if isinstance(row, dict) and "body" in row and ("user" in row or "author" in row):
            return True
    return re.search(rb'"body"\s*:', head) is not None and re.search(rb'"(?:user|author)"\s*:\s*\{', head) is not None


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Issues and discussions with what hangs on them, then comments that came in lists of their own."""
    # Titles first: comments in files of their own name only the number of their issue.
    files = sorted(_files(reading.source), key=lambda entry: b'"title"' not in reading.source.head(entry))
    reading.plan(files)
    titles: dict[tuple[str, str], str] = {}
    for entry in files:
        for row in _rows(reading, entry):
            if isinstance(row, dict):
                yield from _item(reading, row, entry, titles)
            else:
                yield reading.reject("not_a_message")


def _rows(reading: Reading, entry: SourceEntry) -> Iterator[Any]:
    """Issues, discussions and comments, wherever in the file they stand."""
    for value in _values(reading, entry):
        for one in value if isinstance(value, list) else (value,):  # a list of pages (gh api --slurp)
            if isinstance(one, dict) and "body" not in one and ("data" in one or "repository" in one):
                yield from _graph(one)
            else:
                yield one


def _values(reading: Reading, entry: SourceEntry) -> Iterator[Any]:
    head = reading.source.head(entry).lstrip()
    first, _, rest = head.partition(b"\n")
    if head[:1] != b"{":
        yield from (value for key, value in reading.json_items(entry) if not key)
    elif rest.lstrip()[:1] == b"{" and first.rstrip().endswith(b"}"):
        for at, lines in reading.line_blocks(entry):
            for number, line in enumerate(lines, at):
                if line.strip():
                    reading.line = number
                    yield _parsed(line)
    else:
        document = reading.document(entry)
        if document is not None:
            yield document


def _parsed(line: bytes) -> Any:
    try:
        return parse_json(line)
    except ValueError:
        return None


def _graph(value: Any) -> Iterator[dict[str, Any]]:
    """The items of a GraphQL answer, each with the repository it stands in."""
    data = mapping_of(mapping_of(value).get("data", value))
    repository = mapping_of(data.get("repository", data))
    name = text_of(repository.get("nameWithOwner"))
    for kind in ("discussions", "issues", "pullRequests"):
        for item in objects_of(repository.get(kind)):
            yield {"nameWithOwner": name, **item}
    for kind in ("discussion", "issue", "pullRequest"):
        if isinstance(repository.get(kind), dict):
            yield {"nameWithOwner": name, **repository[kind]}


def _item(
    reading: Reading, row: dict[str, Any], entry: SourceEntry, titles: dict[tuple[str, str], str]
) -> Iterator[ArchiveRecord]:
    place = _place(row, reading, entry)
    if "title" in row:
        yield from _topic(reading, row, place, titles)
    elif "body" in row and place[1]:
        thread = titles.get(place, f"#{place[1]}")
        replied = text_of(row.get("in_reply_to_id"))
        yield from _comment(reading, row, place[0], thread, f"c{replied}" if replied else "")
    else:
        yield reading.reject("not_a_message")


def _place(row: dict[str, Any], reading: Reading, entry: SourceEntry) -> tuple[str, str]:
    """The channel and the number of the thread."""
    number = text_of(row.get("number"))
    repository = text_of(row.get("nameWithOwner")) or text_of(mapping_of(row.get("repository")).get("nameWithOwner"))
    for key in ("issue_url", "pull_request_url", "html_url", "url", "resourcePath"):
        found = _PLACE.match(text_of(row.get(key))[:600])
        if found:
            repository, number = repository or found[1], number or found[2]
            break
    if not repository:
        folder = _REPOSITORY.search(entry.name.rpartition("/")[0])
        repository = reading.mapping.channel or (folder[1] if folder else reading.source.name.split(".")[0])
    category = text_of(mapping_of(row.get("category")).get("name"))
    return (f"{repository}: {category}" if category else repository), number


def _topic(
    reading: Reading, row: dict[str, Any], place: tuple[str, str], titles: dict[tuple[str, str], str]
) -> Iterator[ArchiveRecord]:
    channel, number = place
    title = " ".join(text_of(row.get("title")).split())
    thread = titles[place] = f"{title} #{number}".strip()
    private = mapping_of(row.get("repository")).get("private")
    yield ArchiveChannel(channel, channel, is_private=private is True)
    labels = [text_of(label.get("name")) for label in objects_of(row.get("labels"))]
    yield from _said(reading, row, channel, thread, f"#{number}", opening(title, text_of(row.get("body")), labels))
    for comment in objects_of(row.get("comments")):
        yield from _comment(reading, comment, channel, thread, "")
        for reply in objects_of(comment.get("replies")):
            target = text_of(mapping_of(reply.get("replyTo")).get("id")) or text_of(comment.get("id"))
            yield from _comment(reading, reply, channel, thread, f"c{target}")
    yield from _answer(row, channel, f"#{number}")


def _answer(row: dict[str, Any], channel: str, root: str) -> Iterator[ArchiveAnswer]:
    chosen = text_of(mapping_of(row.get("answer")).get("id"))
    for comment in objects_of(row.get("comments")):
        if not chosen and comment.get("isAnswer") is True:
            chosen = text_of(comment.get("id"))
    if chosen:
        by = text_of(mapping_of(row.get("answerChosenBy")).get("login"))
        yield ArchiveAnswer(channel, root, f"c{chosen}", by, time_or_none(row.get("answerChosenAt")))


def _comment(
    reading: Reading, row: dict[str, Any], channel: str, thread: str, reply_to: str
) -> Iterator[ArchiveRecord]:
    ident = text_of(row.get("id")) or text_of(row.get("databaseId"))
    if not ident:
        yield reading.reject("no_id")
        return
    yield from _said(reading, row, channel, thread, f"c{ident}", text_of(row.get("body")).strip(), reply_to)


def _said(
    reading: Reading, row: dict[str, Any], channel: str, thread: str, ident: str, text: str, reply_to: str = ""
) -> Iterator[ArchiveRecord]:
    at_ms = moment_of(reading, row.get("created_at", row.get("createdAt")))
    if isinstance(at_ms, Rejected):
        yield at_ms
        return
    login, name, is_bot = _author(mapping_of(row.get("user") or row.get("author")))
    yield ArchiveAuthor(login, name, is_bot)
    spoken = _QUOTED.sub("", _CODE.sub("", text)) if "@" in text else ""
    yield ArchiveMessage(
        ident,
        channel,
        login,
        at_ms,
        text,
        thread,
        reply_to,
        tuple(dict.fromkeys(_MENTION.findall(spoken))),
        is_bot,
        _edited(row, at_ms, is_topic="title" in row),
        tuple(_FILE.findall(text)),
    )
    yield from _reactions(reading, row, channel, ident)


def _edited(row: dict[str, Any], at_ms: int, *, is_topic: bool) -> int | None:
    """When the text changed. ``updated_at`` of an issue changes with every comment: there only ``lastEditedAt`` counts.
    ``gh`` says whether, not when: then it is the earliest it can have been.
    """
    if row.get("includesCreatedEdit") is True and "lastEditedAt" not in row:
        return at_ms
    if "lastEditedAt" in row or is_topic:
        return edited_after(row.get("lastEditedAt"), at_ms)
    return edited_after(row.get("updated_at"), at_ms)


def _author(user: dict[str, Any]) -> tuple[str, str, bool]:
    """Login, name, whether it is a bot. An account that was deleted is GitHub's ``ghost``."""
    login = text_of(user.get("login")) or "ghost"
    is_bot = (
        user.get("type") == "Bot"
        or user.get("__typename") == "Bot"
        or user.get("is_bot") is True
        or login.endswith("[bot]")
        or login.startswith("app/")
    )
    return login, text_of(user.get("name")) or login, is_bot


def _reactions(reading: Reading, row: dict[str, Any], channel: str, ident: str) -> Iterator[ArchiveRecord]:
    reactions = row.get("reactions")
    named = 0
    for reaction in objects_of(reactions):
        login = text_of(mapping_of(reaction.get("user")).get("login"))
        if login:
            content = text_of(reaction.get("content")).lower()
            at_ms = time_or_none(reaction.get("createdAt", reaction.get("created_at")))
            yield ArchiveReaction(channel, ident, login, _EMOJI.get(content, content), at_ms)
            named += 1
    total = mapping_of(reactions).get("total_count", 0)
    groups = sum(_count(group) for group in objects_of(row.get("reactionGroups")))
    unnamed = (total if isinstance(total, int) else 0) + groups
    if not named and 0 < unnamed < 1 << 40:
        reading.leave_out("unnamed_reaction", unnamed)


def _count(group: dict[str, Any]) -> int:
    total = mapping_of(group.get("users") or group.get("reactors")).get("totalCount")
    return total if isinstance(total, int) else 0


def _files(source: ArchiveSource) -> Iterator[SourceEntry]:
    alone = len(source.entries) == 1
    return (entry for entry in source.entries if alone or entry.name.lower().endswith(_SUFFIXES))


register_importer(
    Importer(
        "github",
        gettext_noop("GitHub issues and discussions (JSON)"),
        recognises,
        read,
        export=gettext_noop("The issues or discussions from the API, or from “gh issue list --state all --json …”."),
    )
)

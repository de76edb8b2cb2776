"""Discourse: what its API answers, kept as files, and archives of topics made from it.

Format: https://docs.discourse.org (``/t/ID.json``, ``/posts.json``, ``/categories.json``, ``/site.json``). A file may
hold a topic (``post_stream``), a page of posts (``latest_posts``), one post, or a list of them, as discourse-archive
and similar tools save them. ``/raw/ID`` pages, which such tools put into ``.md`` files, are read where there is no
JSON.

A category becomes a channel, a topic a thread. Markdown (``raw``) is taken where the file has it, rendered HTML
(``cooked``) otherwise. Likes say how many, not who: they are counted as left out. Private messages are left out unless
asked for.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.emojis import emoji_of
from hearth.carriers.rules.forum import edited_after, mapping_of, moment_of, objects_of, opening, text_of
from hearth.carriers.rules.html_text import markdown_from_html
from hearth.carriers.rules.json_items import JsonItems
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

_RAW_HEAD = re.compile(rb"(\S{1,80}) \| (\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC) \| #(\d{1,9})\r?")
_RAW_NAME = re.compile(r"(?:.*/)?(?:\d{4}-\d{2}-\d{2}-)?(.*?)-?(?:id)?(\d{1,12})\.(?:md|txt)")
_RULE = b"-------------------------"
_MENTION_LINK = re.compile(r'<a class="mention[^>]*>(@[^<]*)</a>')
_MENTION = re.compile(r'<a class="mention" href="/(?:u|users)/([^"/]{1,80})"')
_RAW_MENTION = re.compile(r"(?<![\w@/`])@([\w][\w.-]{0,59}[\w]|[\w])")
_QUOTE = re.compile(r'\[quote="([^,"\]]{1,80})(?:, ?post: ?(\d{1,9}), ?topic: ?(\d{1,12}))?[^\]\n]{0,200}\]\n?')
_QUOTE_END = "[/quote]"
_COOKED_QUOTE = re.compile(r'<aside class="quote[^>]{0,300}?data-post="(\d{1,9})" data-topic="(\d{1,12})"')
_UPLOADS = (
    re.compile(r'<a class="attachment" href="([^"]{1,1000})"'),
    re.compile(r'<img src="([^"]{0,800}/uploads/[^"]{1,400})"'),
    re.compile(r"\]\((upload://[^)\s]{1,200})\)"),
)
_SMALL_ACTIONS = frozenset((2, 3))  # moderator's note of an action, and the action itself; 1 talk, 4 whisper
_MOST_NESTED = 20
_LOOK_AT = 20
_POST = frozenset(("post_number", "topic_id"))


class _Forum:
    """Categories by id, and how topics are called so far: two topics of one title stay apart."""

    def __init__(self) -> None:
        self.categories: dict[str, tuple[str, str, bool]] = {}
        self.titles: dict[tuple[str, str], str] = {}
        self.told: set[str] = set()

    def thread(self, channel: str, topic: str, title: str) -> str:
        shown = " ".join(title.split()) or f"#{topic}"
        return shown if self.titles.setdefault((channel, shown), topic) == topic else f"{shown} #{topic}"

    def channel(self, ident: str) -> Iterator[ArchiveChannel]:
        if ident not in self.told:
            self.told.add(ident)
            name, about, private = self.categories.get(ident, (ident, "", False))
            yield ArchiveChannel(ident, name, about, is_private=private)


def recognises(source: ArchiveSource) -> float:
    """Certain when a file holds a topic or a post with Discourse's fields; likely for its raw pages."""
    for entry in islice((it for it in source.entries if _is_json(it, source)), _LOOK_AT):
        for value in islice(_values(source.head(entry)), 8):
            for post in objects_of(mapping_of(value).get("posts")) or objects_of(value) or [mapping_of(value)]:
                if post.keys() >= _POST and ("cooked" in post or "raw" in post):
                    return 0.96
        if re.search(rb'^\s*\{\s*"post_stream"\s*:', source.head(entry, 200)):
            return 0.96
    raw = (it for it in source.entries if _RAW_NAME.fullmatch(it.name))
    return 0.9 if any(_raw_pages(source.head(entry, 8192)) for entry in islice(raw, _LOOK_AT)) else 0.0


def _values(head: bytes) -> Iterator[Any]:
    items: dict[str, Any] = {}
    for piece in JsonItems(iter((head,))):
        if piece.key.startswith("="):
            items[piece.key[1:]] = piece.value
        yield piece.value
    yield items


def _raw_pages(head: bytes) -> bool:
    return any(_RAW_HEAD.fullmatch(line) for line in head.split(b"\n")[:6])


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Categories first, then topics and posts in the order of the files."""
    forum = _Forum()
    json_files = [it for it in reading.source.entries if _is_json(it, reading.source)]
    holds_talk = {it.name: bool(_POST_LIKE.search(reading.source.head(it))) for it in json_files}
    talk = [it for it in json_files if holds_talk[it.name]]
    others = [it for it in json_files if not holds_talk[it.name]]
    raw = [] if talk else [it for it in reading.source.entries if _RAW_NAME.fullmatch(it.name)]
    unread = len(reading.source.entries) - len(json_files) - len(raw)
    if unread:
        reading.leave_out("other_file", unread)
    reading.plan([*others, *talk, *raw])
    for entry in others:
        _learn(mapping_of(reading.document(entry)), forum)
    for entry in talk:
        yield from _talk(reading, entry, forum)
    for entry in raw:
        yield from _raw_topic(reading, entry, forum)


_POST_LIKE = re.compile(rb'"(?:post_stream|latest_posts|post_number)"\s*:')


def _learn(document: dict[str, Any], forum: _Forum) -> None:
    listed = mapping_of(document.get("category_list")).get("categories", document.get("categories"))
    for category in objects_of(listed):
        for one in (category, *objects_of(category.get("subcategory_list"))):
            about = text_of(one.get("description_text")) or markdown_from_html(text_of(one.get("description"))).text
            name = text_of(one.get("name")) or text_of(one.get("slug"))
            if text_of(one.get("id")):
                forum.categories[text_of(one["id"])] = (name, about, one.get("read_restricted") is True)


def _talk(reading: Reading, entry: SourceEntry, forum: _Forum) -> Iterator[ArchiveRecord]:
    if reading.source.head(entry, 64).lstrip()[:1] == b"[":
        documents: Iterator[Any] = (value for key, value in reading.json_items(entry) if not key)
    else:
        documents = iter((reading.document(entry),))
    for document in documents:
        if isinstance(document, dict):
            yield from _document(reading, document, forum)
        elif document is not None:
            yield reading.reject("not_a_message")


def _document(reading: Reading, document: dict[str, Any], forum: _Forum) -> Iterator[ArchiveRecord]:
    if "post_stream" in document:
        posts = objects_of(mapping_of(document["post_stream"]).get("posts"))
        yield from _posts(reading, posts, document, forum)
    elif document.keys() >= _POST:
        yield from _posts(reading, [document], {}, forum)
    else:
        yield from _posts(reading, objects_of(document.get("latest_posts")), {}, forum)


def _posts(
    reading: Reading, posts: list[dict[str, Any]], topic: dict[str, Any], forum: _Forum
) -> Iterator[ArchiveRecord]:
    """Posts of one topic, or of several where each names its own."""
    solved = mapping_of(topic.get("accepted_answer"))
    for post in posts:
        about = {**topic, "id": post.get("topic_id", topic.get("id"))}
        about.setdefault("title", post.get("topic_title") or text_of(post.get("topic_slug")).replace("-", " "))
        if about.get("archetype") == "private_message" and not reading.mapping.include_direct:
            reading.leave_out("direct_message")
            continue
        if (
            _number(post.get("post_type")) in _SMALL_ACTIONS
            and not text_of(post.get("raw") or post.get("cooked")).strip()
        ):
            reading.leave_out("service_notice")
            continue
        yield from _post(reading, post, about, forum)
        if post.get("accepted_answer") is True or (solved and solved.get("post_number") == post.get("post_number")):
            channel, root = _channel_of(post, about), f"{text_of(about['id'])}/1"
            by = text_of(solved.get("accepter_username"))
            yield ArchiveAnswer(channel, root, f"{text_of(about['id'])}/{text_of(post.get('post_number'))}", by)


def _channel_of(post: dict[str, Any], topic: dict[str, Any]) -> str:
    if topic.get("archetype") == "private_message":
        return f"direct-{text_of(topic.get('id'))}"
    return text_of(topic.get("category_id")) or text_of(post.get("category_id")) or "uncategorized"


def _post(reading: Reading, post: dict[str, Any], topic: dict[str, Any], forum: _Forum) -> Iterator[ArchiveRecord]:
    at_ms = moment_of(reading, post.get("created_at"))
    number = text_of(post.get("post_number"))
    if isinstance(at_ms, Rejected) or not number or not text_of(topic.get("id")):
        yield at_ms if isinstance(at_ms, Rejected) else reading.reject("no_id")
        return
    author, ident = text_of(post.get("username")), text_of(topic["id"])
    user = post.get("user_id")
    is_bot = (isinstance(user, int) and user < 0) or author in ("system", "discobot")
    channel, title = _channel_of(post, topic), text_of(topic.get("title"))
    yield from forum.channel(channel)
    if author:
        yield ArchiveAuthor(author, text_of(post.get("name")) or author, is_bot)
    text, mentions, quoted = _said(post, ident)
    tags = (text_of(tag) or text_of(mapping_of(tag).get("name")) for tag in _list(topic.get("tags")))
    answered = text_of(post.get("reply_to_post_number")) or quoted
    source = text_of(post.get("raw")) or text_of(post.get("cooked"))
    yield ArchiveMessage(
        f"{ident}/{number}",
        channel,
        author,
        at_ms,
        opening(title, text, tags) if number == "1" else text,
        forum.thread(channel, ident, title),
        f"{ident}/{answered}" if answered else "",
        mentions,
        is_bot,
        edited_after(post.get("updated_at"), at_ms) if _number(post.get("version")) > 1 else None,
        tuple(file for pattern in _UPLOADS for file in pattern.findall(source)),
    )
    yield from _reactions(reading, post, channel, f"{ident}/{number}")


def _said(post: dict[str, Any], topic: str) -> tuple[str, tuple[str, ...], str]:
    """Text, people called, and the post of the same topic that is quoted first."""
    raw, cooked = text_of(post.get("raw")), text_of(post.get("cooked"))
    if cooked:
        mentions = dict.fromkeys(_MENTION.findall(cooked))
    else:
        mentions = dict.fromkeys(_RAW_MENTION.findall(raw))
    if raw:
        found = [number for _who, number, where in _QUOTE.findall(raw) if number and where == topic]
        return markdown(raw), tuple(mentions), next(iter(found), "")
    found = [number for number, where in _COOKED_QUOTE.findall(cooked) if where == topic]
    return markdown_from_html(_MENTION_LINK.sub(r"\1", cooked)).text, tuple(mentions), next(iter(found), "")


def markdown(raw: str) -> str:
    """Discourse's Markdown with its quotes (``[quote="bo, post:1, topic:2"]``) as common ones."""
    if "[quote=" not in raw:
        return raw.strip()
    out: list[str] = []
    depth = 0
    for line in _QUOTE.sub(lambda found: f"\n\0{found[1]}:\n", raw).split("\n"):
        if line.startswith("\0"):
            depth = min(depth + 1, _MOST_NESTED)
            line = line[1:]  # noqa: PLW2901  without its mark
        ends = line.count(_QUOTE_END)
        line = line.replace(_QUOTE_END, "")  # noqa: PLW2901
        if line.strip() or not ends:
            out.append("> " * depth + line if depth else line)
        depth = max(0, depth - ends)
        if ends and not depth:
            out.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip()


def _reactions(reading: Reading, post: dict[str, Any], channel: str, message: str) -> Iterator[ArchiveRecord]:
    """Who reacted, where a file says it (retort, reactions with users); likes without names are counted."""
    for retort in objects_of(post.get("retorts")):
        for user in _list(retort.get("usernames")):
            if text_of(user):
                yield ArchiveReaction(channel, message, text_of(user), emoji_of(text_of(retort.get("emoji"))))
    for reaction in objects_of(post.get("reactions")):
        for user in objects_of(reaction.get("users")):
            if text_of(user.get("username")):
                emoji = emoji_of(text_of(reaction.get("id")))
                yield ArchiveReaction(channel, message, text_of(user["username"]), emoji)
    liked = sum(_number(it.get("count")) for it in objects_of(post.get("actions_summary")) if it.get("id") == 2)
    if liked:
        reading.leave_out("unnamed_reaction", liked)


def _raw_topic(reading: Reading, entry: SourceEntry, forum: _Forum) -> Iterator[ArchiveRecord]:
    """A ``/raw/ID`` page: posts between rules, each under a line with name, time and number."""
    found = _RAW_NAME.fullmatch(entry.name)
    topic = {"id": found[2] if found else entry.name, "title": found[1].replace("-", " ") if found else ""}
    post: dict[str, Any] = {}
    for first, lines in reading.line_blocks(entry):
        for number, line in enumerate(lines, first):
            head = _RAW_HEAD.fullmatch(line) if b" UTC | #" in line[:200] else None
            if head is None and not post:
                if line.startswith(b"# "):
                    topic["title"] = line[2:].decode("utf-8", "replace").strip()
            elif head is None:
                post["raw"].append(line)
            else:
                yield from _raw_post(reading, post, topic, forum)
                name, at, place = (part.decode("utf-8", "replace") for part in head.groups())
                post = {"username": name, "created_at": at, "post_number": place, "raw": [], "line": number}
    yield from _raw_post(reading, post, topic, forum)


def _raw_post(reading: Reading, post: dict[str, Any], topic: dict[str, Any], forum: _Forum) -> Iterator[ArchiveRecord]:
    if post:
        reading.line = post["line"]
        text = b"\n".join(post["raw"]).decode("utf-8", "replace").replace("\r", "").strip()
        said = text.removesuffix(_RULE.decode()).strip()
        yield from _post(reading, {**post, "raw": said}, topic, forum)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 40 else 0


def _is_json(entry: SourceEntry, source: ArchiveSource) -> bool:
    if entry.name.lower().endswith(".json"):
        return True
    return len(source.entries) == 1 and source.head(entry, 64).lstrip()[:1] in (b"{", b"[")


register_importer(
    Importer(
        "discourse",
        gettext_noop("Discourse (API or topic archive)"),
        recognises,
        read,
        export=gettext_noop("Save /categories.json and every /t/ID.json of the forum, or run discourse-archive."),
    )
)

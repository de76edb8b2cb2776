"""What an archive of talk consists of, whatever platform it came from.

An importer turns one export format into a stream of these records. They are named tuples because an
archive holds millions of them: a named tuple costs a third of a frozen dataclass to make.

Times are integer milliseconds since 1970-01-01 UTC. Ids are the source's own, as text.
"""

from typing import NamedTuple


class ArchiveChannel(NamedTuple):
    """A place where people talk: a stream, channel or room. Becomes a group."""

    id: str
    name: str
    description: str = ""
    created_ms: int | None = None


class ArchiveAuthor(NamedTuple):
    """An identity as the source knows it. ``origin`` of its posts is bot when ``is_bot``."""

    id: str
    name: str
    is_bot: bool = False
    email: str = ""


class ArchiveMessage(NamedTuple):
    """One message. ``text`` is Markdown; ``id`` is unique within its channel, not always in the archive."""

    id: str
    channel: str
    author: str
    at_ms: int
    text: str
    thread: str = ""
    reply_to: str = ""
    mentions: tuple[str, ...] = ()
    is_bot: bool = False
    edited_ms: int | None = None
    files: tuple[str, ...] = ()


class ArchiveReaction(NamedTuple):
    """A reaction by one author to one message."""

    channel: str
    message: str
    author: str
    emoji: str
    at_ms: int | None = None


class ArchiveMove(NamedTuple):
    """Somebody joined or left a channel."""

    channel: str
    author: str
    at_ms: int
    kind: str  # "join" or "leave"


class Rejected(NamedTuple):
    """A piece of input that could not be used: where it stands, a stable code and a sentence that says why."""

    file: str
    line: int
    code: str
    reason: str


ArchiveRecord = ArchiveChannel | ArchiveAuthor | ArchiveMessage | ArchiveReaction | ArchiveMove | Rejected

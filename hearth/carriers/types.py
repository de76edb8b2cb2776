"""What an archive of talk consists of, whatever platform it came from.

An importer turns one export format into a stream of these records. They are named tuples because an
archive holds millions of them: a named tuple costs a third of a frozen dataclass to make.

Times are integer milliseconds since 1970-01-01 UTC. Ids are the source's own, as text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class ArchiveChannel(NamedTuple):
    """A place where people talk: a stream, channel or room. Becomes a group.

    ``members`` are author ids where the source keeps a list without dates; ``is_private`` where not everybody may
    enter.
    """

    id: str
    name: str
    description: str = ""
    created_ms: int | None = None
    members: tuple[str, ...] = ()
    is_private: bool = False


class ArchiveAuthor(NamedTuple):
    """An identity as the source knows it. ``origin`` of its posts is bot when ``is_bot``."""

    id: str
    name: str
    is_bot: bool = False
    email: str = ""


class ArchiveMessage(NamedTuple):
    """One message. ``text`` is Markdown; ``id`` is unique within its channel, not always in the archive.

    Where a source only says that a message was edited, ``edited_ms`` is ``at_ms``: the earliest it can have been.
    """

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
    """Somebody joined or left a channel. ``by`` is who added or removed them, where it was somebody else.

    ``quit`` is the end of a connection (IRC): whoever quits in the evening is a member in the morning.
    """

    channel: str
    author: str
    at_ms: int
    kind: str  # "join", "leave" or "quit"
    by: str = ""


class ArchiveAnswer(NamedTuple):
    """An answer was named as the one that settles its question; both are ids of messages in ``channel``.

    Comes after both. ``by`` is who named it and ``at_ms`` when, where the source says so.
    """

    channel: str
    question: str
    answer: str
    by: str = ""
    at_ms: int | None = None


class Rejected(NamedTuple):
    """A piece of input that could not be used: where it stands, a stable code and a sentence that says why.

    ``line`` is 0 when the whole file is meant. ``reason`` is the English sentence; a page translates the template of
    ``code`` (``rules.reasons.TEMPLATES``) and fills it with ``params``.
    """

    file: str
    line: int
    code: str
    reason: str
    params: tuple[tuple[str, str], ...] = ()


ArchiveRecord = (
    ArchiveChannel | ArchiveAuthor | ArchiveMessage | ArchiveReaction | ArchiveMove | ArchiveAnswer | Rejected
)


class Position(NamedTuple):
    """Where a reader stands: enough to go on exactly there in another process.

    ``records`` were handed out so far. Reading is deterministic for one archive and one ``now_ms``, so going on means
    reading again and dropping that many records; this also rebuilds what the reader knows (ids seen, names announced).
    ``fingerprint`` names the content, so that a changed file is noticed.
    """

    records: int
    now_ms: int
    fingerprint: str

    def as_text(self) -> str:
        """One short line to store with a job."""
        return f"{self.records}:{self.now_ms}:{self.fingerprint}"

    @classmethod
    def from_text(cls, text: str) -> "Position":
        """Read back what ``as_text`` wrote. Raises ValueError on anything else."""
        records, now_ms, fingerprint = text.split(":")
        return cls(int(records), int(now_ms), fingerprint)


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """What the operator declares about a table of messages; everything left out is guessed.

    ``columns`` maps a field (``time``, ``author``, ``text``, ``channel``, ``id``, ``author_name``, ``thread``,
    ``reply_to``, ``mentions``, ``is_bot``, ``files``) to a column name, or to ``#3`` for the third column of a table
    without a header. ``tz`` is the zone of times that name none. ``day_first`` settles 5/3/2024. ``channel`` names
    the channel where no column does.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    tz: str = "UTC"
    delimiter: str = ""
    encoding: str = ""
    day_first: bool | None = None
    channel: str = ""
    include_direct: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may cost. Bytes, except ``files`` (a count) and ``ratio`` (unpacked : packed, beyond
    ``free_bytes``).
    """

    files: int = 200_000
    total_bytes: int = 16 * 1024**3
    ratio: int = 200
    free_bytes: int = 64 * 1024**2
    line_bytes: int = 16 * 1024**2
    document_bytes: int = 64 * 1024**2


class Sample(NamedTuple):
    """The head of a table: its columns (empty when it has none), rows of text, and the mapping a guess proposes."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    mapping: ImportMapping


class Preview(NamedTuple):
    """The head of an archive for a dry run: the first records and, for tables, the sample they came from."""

    records: tuple[ArchiveRecord, ...]
    sample: Sample | None

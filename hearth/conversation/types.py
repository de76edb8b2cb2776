"""What conversation hands to others: new posts, what became of them, and messages as readers see them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hearth.people.types import NameCard


@dataclass(slots=True)
class NewPost:
    """A message that passed every check and waits for the writer.

    ``occurred_at`` None means now. ``reply_to_external`` names its target by the source's id (imports);
    ``topic`` names the thread it belongs to where the source has topics instead of replies. ``markup`` says whether the
    text may hold markup where that was asked already, for many at once.
    """

    room_id: int
    author_id: int
    text: str
    actor: str = ""
    actor_role: str = ""
    origin: str = "organic"
    client_id: str | None = None
    source: str | None = None
    external_id: str | None = None
    reply_to_id: int | None = None
    reply_to_external: str | None = None
    topic: str = ""
    is_question: bool = False
    answer_due_at: datetime | None = None
    mentions: tuple[int, ...] = ()
    attachments: tuple[int, ...] = ()
    occurred_at: datetime | None = None
    edited_at: datetime | None = None
    historical: bool = False
    uploader_id: int | None = None
    markup: bool | None = None


@dataclass(slots=True)
class Posted:
    """What the writer made of a post. ``fresh`` is False when it was there already; the rest tells the first one."""

    message_id: int
    number: int
    fresh: bool
    occurred_at: datetime
    html: str = ""
    thread_id: int | None = None
    reply_to_id: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that is not a post: something about a message changed."""

    kind: str
    message_id: int
    room_id: int
    author_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileView:
    """An attachment as readers see it."""

    id: int
    kind: str
    name: str
    size: int
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class ReplyView:
    """The message that another answers: who said it and how it begins."""

    id: int
    author_id: int
    name: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as every reader of its room sees it: the same for all, so it is made once per room."""

    id: int
    room_id: int
    number: int
    author: NameCard
    at: datetime
    html: str
    state: str = "visible"
    topic: str = ""
    reply: ReplyView | None = None
    thread_id: int | None = None
    origin: str = "organic"
    author_role: str = ""
    is_question: bool = False
    answer_due_at: datetime | None = None
    first_answer_at: datetime | None = None
    accepted_id: int | None = None
    accepted_verified: bool = False
    pinned: bool = False
    edited_at: datetime | None = None
    historical: bool = False
    reply_count: int = 0
    reactions: dict[str, int] = field(default_factory=dict)
    files: tuple[FileView, ...] = ()

    @property
    def seeded(self) -> bool:
        """Whether the message carries the label that nobody can remove."""
        return self.origin != "organic"

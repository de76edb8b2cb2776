"""What happens in talk. Ids and small values only; the words stay in the messages."""

from hearth.core.facts import fact


@fact("conversation.message_posted")
class MessagePosted:
    """Somebody posted a message. ``thread``: the one in whose thread it stands, itself when it opens a topic."""

    message: int
    room: int
    group: int | None
    number: int
    author: int
    reply_to: int | None
    thread: int | None
    question: bool
    mentions: list[int]


@fact("conversation.message_edited")
class MessageEdited:
    """An author changed the words of a message."""

    message: int
    room: int
    group: int | None
    author: int


@fact("conversation.message_hidden")
class MessageHidden:
    """A keeper hid a message."""

    message: int
    room: int
    group: int | None
    author: int


@fact("conversation.message_restored")
class MessageRestored:
    """A hidden or removed message came back."""

    message: int
    room: int
    group: int | None
    author: int


@fact("conversation.message_removed")
class MessageRemoved:
    """An author took a message back."""

    message: int
    room: int
    group: int | None
    author: int


@fact("conversation.reaction_added")
class ReactionAdded:
    """Somebody reacted to a message."""

    message: int
    room: int
    group: int | None
    author: int
    reactor: int
    emoji: str


@fact("conversation.reaction_withdrawn")
class ReactionWithdrawn:
    """Somebody took a reaction back."""

    message: int
    room: int
    group: int | None
    author: int
    reactor: int
    emoji: str


@fact("conversation.message_pinned")
class MessagePinned:
    """A keeper keeps a message in sight."""

    message: int
    room: int
    group: int | None


@fact("conversation.message_unpinned")
class MessageUnpinned:
    """A pinned message was taken down."""

    message: int
    room: int
    group: int | None


@fact("conversation.answer_accepted")
class AnswerAccepted:
    """The answer that settles a question was named; ``verified`` by a professional's own answer or word."""

    question: int
    answer: int
    room: int
    group: int | None
    asker: int
    answerer: int
    verified: bool


@fact("conversation.answer_withdrawn")
class AnswerWithdrawn:
    """A question is open again."""

    question: int
    answer: int
    room: int
    group: int | None

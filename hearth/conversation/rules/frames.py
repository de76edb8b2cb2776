"""Messages and entries as the live connection and the history API send them: small dicts, the same for every reader."""

from typing import Any

from hearth.conversation.types import FileView, MessageView
from hearth.kit.clock import to_ms
from hearth.people.types import NameCard

Mark = tuple[int, str]  # identity, emoji


def message_frame(view: MessageView) -> dict[str, Any]:
    """One message. Times are milliseconds since 1970 UTC; keys that say nothing are left out."""
    frame: dict[str, Any] = {
        "id": view.id,
        "n": view.number,
        "by": card_frame(view.author),
        "at": to_ms(view.at),
        "html": view.html,
        "state": view.state,
        "origin": view.origin,
        "role": view.author_role,
        "topic": view.topic,
        "thread": view.thread_id,
        "replies": view.reply_count,
        "question": view.is_question,
        "due": to_ms(view.answer_due_at) if view.answer_due_at else None,
        "answered": to_ms(view.first_answer_at) if view.first_answer_at else None,
        "accepted": view.accepted_id,
        "verified": view.accepted_verified,
        "pinned": view.pinned,
        "edited": to_ms(view.edited_at) if view.edited_at else None,
        "imported": view.historical,
        "reactions": view.reactions,
        "files": [file_frame(file) for file in view.files],
    }
    if view.reply is not None:
        reply = view.reply
        frame["re"] = {"id": reply.id, "by": reply.author_id, "name": reply.name, "text": reply.excerpt}
    return {key: value for key, value in frame.items() if value not in (None, "", False, {}, [], 0)} | {
        "html": view.html
    }


def card_frame(card: NameCard) -> dict[str, Any]:
    """An author's name card."""
    frame = {
        "id": card.identity_id,
        "name": card.name,
        "detail": " · ".join(part for part in (card.hospital, card.department) if part),
        "initials": card.initials,
        "colour": card.colour,
        "verified": card.verified,
        "bot": card.is_bot,
        "staff": card.is_staff,
    }
    return {key: value for key, value in frame.items() if value or key in {"id", "name"}}


def file_frame(file: FileView) -> dict[str, Any]:
    """An attachment."""
    return {
        "id": file.id, "kind": file.kind, "name": file.name, "size": file.size, "w": file.width, "h": file.height,
    }  # fmt: skip


def entry_frame(room_id: int, number: int, kind: str, message: dict[str, Any], mark: Mark | None) -> dict[str, Any]:
    """One line of a room's log with the message as it stands now; readers put it in place of what they had.

    Whose reaction came or went (``who``, ``emoji``) lets every browser mark its own reader's, with one frame for all.
    """
    frame = {"t": "entry", "room": room_id, "n": number, "k": kind, "m": message}
    return frame if mark is None else frame | {"who": mark[0], "emoji": mark[1]}

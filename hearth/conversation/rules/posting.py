"""What may be posted. Pure: the web and the live gateway ask the same functions and get the same refusals."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from hearth.conversation.errors import (
    BadClientId,
    EmptyMessage,
    GroupClosed,
    Muted,
    NotAMember,
    TooLong,
    TooQuick,
)
from hearth.conversation.registry import Draft, before_post
from hearth.core.errors import Refusal
from hearth.groups.types import PostingRight

MAX_LENGTH = 8000  # characters
MAX_FILES = 10
WINDOW_SECONDS = 60
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udfff]")


def cleaned(text: str) -> str:
    """Text as it is kept: line ends unified, control and direction-override characters gone, no white space around."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def refusal_to_post(
    right: PostingRight, draft: Draft, *, files: int, now: datetime, recent: Sequence[datetime], per_minute: int
) -> Refusal | None:
    """Why this message may not be posted, or None. ``recent`` are the author's last times of posting, newest last."""
    return (
        refusal_of_voice(right, now)
        or refusal_of_text(draft.text, files)
        or refusal_of_pace(recent, now, per_minute)
        or _screened(draft)
    )


def refusal_to_edit(right: PostingRight, draft: Draft, now: datetime) -> Refusal | None:
    """Why a message may not be given these words, or None: what may not be said may not be slipped in later."""
    return refusal_of_voice(right, now) or refusal_of_text(draft.text, 1) or _screened(draft)


def refusal_of_voice(right: PostingRight, now: datetime) -> Refusal | None:
    """Whether somebody has a voice in the group at all: member, not banned, not muted, group open."""
    if right.banned or not right.is_in:
        return NotAMember()
    if right.closed:
        return GroupClosed()
    if right.muted_until is not None and right.muted_until > now:
        return Muted(until=right.muted_until.strftime("%Y-%m-%d %H:%M UTC"))
    return None


def refusal_of_text(text: str, files: int) -> Refusal | None:
    """Whether there is something to say, and not too much of it."""
    if not text and not files:
        return EmptyMessage()
    if len(text) > MAX_LENGTH:
        return TooLong(limit=MAX_LENGTH, length=len(text))
    return None


def refusal_of_pace(recent: Sequence[datetime], now: datetime, per_minute: int) -> Refusal | None:
    """Whether the author posts faster than ``per_minute``."""
    if per_minute <= 0 or len(recent) < per_minute:
        return None
    waited = (now - recent[-per_minute]).total_seconds()
    return TooQuick(max(1, round(WINDOW_SECONDS - waited))) if waited < WINDOW_SECONDS else None


def refusal_of_client_id(client_id: str) -> Refusal | None:
    """Whether a client id can keep a repeated post harmless."""
    return None if _CLIENT_ID.fullmatch(client_id) else BadClientId()


def _screened(draft: Draft) -> Refusal | None:
    return next((refusal for check in before_post if (refusal := check(draft)) is not None), None)


def allowed_mentions(text_mentions: Collection[int], members: Collection[int]) -> tuple[int, ...]:
    """Only people of the group can be called."""
    return tuple(identity for identity in text_mentions if identity in members)

"""Messages for one reader: the neutral view plus what this reader may do, in words of their language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext

from hearth.conversation.access import RoomAccess
from hearth.conversation.errors import NotAMember
from hearth.conversation.queries import messages, reading
from hearth.conversation.queries.changes import why_hidden
from hearth.conversation.rules.frames import card_frame
from hearth.conversation.rules.posting import MAX_FILES, MAX_LENGTH, refusal_of_voice
from hearth.conversation.rules.questions import question_state
from hearth.conversation.types import MessageView, ReplyView
from hearth.conversation.web.words import EMOJI_WORDS, ORIGIN_WORDS, ROLE_WORDS, room_words
from hearth.core.errors import Refusal
from hearth.core.routing import link
from hearth.groups.access import group_for
from hearth.kit.clock import now
from hearth.people.queries import blocked_identity_ids, cards_of
from hearth.people.types import NameCard
from hearth.ui.templatetags.hearth import icon

FOLLOW = timedelta(minutes=5)  # messages of one author this close together share one head


@dataclass(frozen=True, slots=True)
class ReactionMark:
    """One emoji under a message: how many, and whether the reader is among them."""

    emoji: str
    count: int
    mine: bool

    @property
    def word(self) -> str | Promise:
        """What the emoji says aloud."""
        return EMOJI_WORDS.get(self.emoji, self.emoji)


@dataclass(slots=True)
class Shown:
    """One message as the template shows it to one reader."""

    view: MessageView
    own: bool = False
    follow: bool = False
    day: str = ""
    unread_line: bool = False
    reactions: list[ReactionMark] = field(default_factory=list)
    bookmarked: bool = False
    accepted: "Shown | None" = None
    blocked: bool = False  # the reader does not want to hear from the author: folded to one line
    quotes_blocked: bool = False
    hidden_why: str = ""
    question: str = ""  # open, overdue, answered or accepted
    may: frozenset[str] = frozenset()
    url: str = ""

    @property
    def mine(self) -> str:
        """The reader's own emojis, for the script of the room."""
        return " ".join(mark.emoji for mark in self.reactions if mark.mine)

    @property
    def role(self) -> str | Promise:
        """The badge of the author's role when they wrote it."""
        return ROLE_WORDS.get(self.view.author_role, "")

    @property
    def seeded(self) -> str | Promise:
        """The label of seeded talk; any origin that is not organic has one."""
        if self.view.origin == "organic":
            return ""
        return ORIGIN_WORDS.get(self.view.origin, ORIGIN_WORDS["operator"])

    @property
    def acts(self) -> str:
        """``may`` as the script reads it, with what toggles in the state it is in."""
        swapped = {"bookmark": self.bookmarked, "pin": self.view.pinned}
        return " ".join(sorted(f"un{act}" if swapped.get(act) else act for act in self.may))

    @property
    def detail(self) -> str:
        """Hospital and department, where the space shows them."""
        return " · ".join(part for part in (self.view.author.hospital, self.view.author.department) if part)


@dataclass(frozen=True, slots=True)
class Reader:
    """What the reader may do in this room, asked once per page."""

    access: RoomAccess
    silence: Refusal | None
    base: str
    blocked: set[int]  # identities that they do not want to hear from

    @property
    def has_voice(self) -> bool:
        """Whether they may write here; ``silence`` says why not."""
        return self.silence is None

    @property
    def identity_id(self) -> int | None:
        """Under which identity they speak."""
        return self.access.actor.identity_id


def reader_of(access: RoomAccess) -> Reader:
    """The reader of a room."""
    silence = refusal_of_voice(access.right, now())
    if silence is None and access.actor.identity_id is None:
        silence = NotAMember()
    return Reader(access, silence, base_url(), blocked_identity_ids(access.actor.member_id))


def base_url() -> str:
    """Where the community's addresses begin; rows append what is below, which is much quicker than a look-up each."""
    return link("conversation:search").removesuffix("search/")


def icons() -> dict[str, str]:
    """What stands on every message, made once per page instead of once per message."""
    return {
        "react": icon("smile-plus"),
        "react_word": gettext("React"),
        "reply": icon("reply"),
        "reply_word": gettext("Answer"),
        "more": icon("ellipsis"),
        "more_word": gettext("More actions"),
        "verified": icon("badge-check", gettext("Verified professional")),
    }


def frame_context(reader: Reader) -> dict[str, Any]:
    """What every page with live messages needs."""
    access = reader.access
    group = group_for(access.actor, access.room.group_id or 0)
    cards = cards_of([reader.identity_id], access.space) if reader.identity_id else {}
    mine = cards.get(reader.identity_id or 0)
    return {
        "access": access,
        "reader": reader,
        "group": group,
        "base": reader.base,
        "home_url": f"{reader.base}groups/",
        "group_url": f"{reader.base}groups/{group.pk}/card/",
        "blank_message": blank(reader.base),
        "words": room_words(),
        "me": card_frame(mine) if mine else None,
        "blocked": sorted(reader.blocked),
        "emojis": EMOJI_WORDS,
        "icons": icons(),
        "nav_active": "groups",
    }


def shown(reader: Reader, views: Sequence[MessageView], *, first_unread: int | None = None) -> list[Shown]:
    """A stretch of messages for one reader: a fixed number of queries."""
    ids = [view.id for view in views]
    own_reactions = messages.own_reactions(reader.identity_id, ids)
    kept = reading.bookmarked(reader.access.actor.member_id, ids)
    answers = _accepted(reader, views)
    whys = _whys(reader, views)
    out: list[Shown] = []
    before: MessageView | None = None
    day_before: date | None = None
    asked = {view.id: view for view in views}
    for view in views:
        line = view.id == first_unread
        day = timezone.localtime(view.at).date()
        same_day = day == day_before
        blocked = view.author.identity_id in reader.blocked
        out.append(
            Shown(
                view=view,
                url=f"{reader.base}messages/{view.id}/",
                own=view.author.identity_id == reader.identity_id,
                follow=not line and same_day and not blocked and _follows(before, view),
                day="" if same_day else day_word(day),
                unread_line=line,
                reactions=[
                    ReactionMark(emoji, count, (view.id, emoji) in own_reactions)
                    for emoji, count in view.reactions.items()
                ],
                bookmarked=view.id in kept,
                accepted=answers.get(view.accepted_id or 0),
                blocked=blocked,
                quotes_blocked=view.reply is not None and view.reply.author_id in reader.blocked,
                hidden_why=whys.get(view.id, ""),
                question=question_state(view, now()),
                may=rights(reader, view, asked.get(view.thread_id or 0)),
            )
        )
        before, day_before = view, day
    return out


def rights(reader: Reader, view: MessageView, question: MessageView | None = None) -> frozenset[str]:
    """What the reader may do to one message; the services decide again."""
    own = view.author.identity_id == reader.identity_id
    keeps = reader.access.may_moderate
    if view.state != "visible":
        back = (view.state == "hidden" and keeps) or (view.state == "removed" and own)
        return frozenset({"restore"} if back else ())
    may = {"bookmark"} | (_of_own(reader) if own else _of_others(reader, view))
    if reader.has_voice:
        may |= {"react", "reply"}
    if keeps:
        may |= {"pin", "versions"}
    if question is not None and question.is_question and question.id != view.id:
        asker = question.author.identity_id == reader.identity_id
        if asker or keeps:
            may.add("unaccept" if question.accepted_id == view.id else "accept")
    return frozenset(may)


def _of_own(reader: Reader) -> set[str]:
    return {"edit", "remove"} if reader.has_voice else {"remove"}


def _of_others(reader: Reader, view: MessageView) -> set[str]:
    may = {"hide"} if reader.access.may_moderate else set()
    if reader.identity_id is not None:
        may.add("unblock" if view.author.identity_id in reader.blocked else "block")
    return may


def _accepted(reader: Reader, views: Sequence[MessageView]) -> dict[int, Shown]:
    ids = sorted({view.accepted_id for view in views if view.accepted_id is not None})
    found = messages.by_ids(ids, reader.access.space)
    return {
        view.id: Shown(view=view, blocked=view.author.identity_id in reader.blocked)
        for view in found
        if view.state == "visible"
    }


def _whys(reader: Reader, views: Iterable[MessageView]) -> dict[int, str]:
    """Why messages are hidden: for their author and for keepers."""
    ids = [
        view.id
        for view in views
        if view.state == "hidden" and (reader.access.may_moderate or view.author.identity_id == reader.identity_id)
    ]
    if not ids:
        return {}
    return why_hidden(ids)


def _follows(before: MessageView | None, view: MessageView) -> bool:
    return (
        before is not None
        and before.author.identity_id == view.author.identity_id
        and before.origin == view.origin
        and before.state == view.state == "visible"
        and not (view.is_question or before.is_question or view.pinned or before.pinned)
        and view.reply is None
        and view.edited_at is None
        and view.at - before.at < FOLLOW
    )


def day_word(day: date) -> str:
    """A day as the separator says it."""
    today = timezone.localtime().date()
    if day == today:
        return gettext("Today")
    if day == today - timedelta(days=1):
        return gettext("Yesterday")
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT")


ALL_ACTS = frozenset(
    "bookmark react reply edit remove pin hide versions accept unaccept restore block unblock".split()  # noqa: SIM905
)
_NOBODY = NameCard(identity_id=0, member_id=0, name="", initials="", colour=0)


def blank(base: str) -> Shown:
    """A message with every part, for the ``<template>`` that the live script fills; what does not apply is removed."""
    view = MessageView(
        id=0,
        room_id=0,
        number=0,
        author=replace(_NOBODY, hospital=" ", verified=True),
        at=now(),
        html="",
        reply=ReplyView(0, 0, "", ""),
        reply_count=2,
        edited_at=now(),
        pinned=True,
        is_question=True,
        topic=" ",
    )
    return Shown(
        view=view,
        url=f"{base}messages/0/",
        may=frozenset(
            {
                "bookmark",
                "react",
                "reply",
                "edit",
                "remove",
                "pin",
                "hide",
                "versions",
                "accept",
                "unaccept",
                "restore",
                "block",
                "unblock",
            }
        ),
    )


def composer(*, typed: str = "", refusal: Refusal | None = None, reply: MessageView | None = None) -> dict[str, Any]:
    """What the form for a new message shows: a fresh client id, what was typed, what it answers."""
    return {
        "typed": typed,
        "refusal": refusal,
        "client_id": uuid4().hex,
        "reply": reply,
        "max_length": MAX_LENGTH,
        "max_files": MAX_FILES,
    }

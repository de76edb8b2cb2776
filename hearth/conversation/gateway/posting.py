"""The hot path: a post passes the pure rules on the event loop, waits for the next batch, is answered when committed.

While one batch is being written the next one gathers, so an idle house answers at once and a busy one shares each
commit among many posts. There is no object of the ORM on the way.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from django.db import InterfaceError, OperationalError, transaction

from hearth.conversation.errors import NoSuchReply
from hearth.conversation.gateway import wire
from hearth.conversation.gateway.admission import Seat, pace_known
from hearth.conversation.gateway.refusals import Busy
from hearth.conversation.queries import log as room_log, messages
from hearth.conversation.registry import Draft
from hearth.conversation.rules import posting
from hearth.conversation.rules.frames import Mark, entry_frame, message_frame
from hearth.conversation.services.posting import mentions_of, new_post
from hearth.conversation.services.writer import write_posts
from hearth.conversation.types import MessageView, NewPost, Posted
from hearth.core.errors import IdempotencyMismatch, Refusal
from hearth.core.tenancy import community_scope

if TYPE_CHECKING:
    from hearth.conversation.gateway.connection import Connection
    from hearth.conversation.gateway.hub import Hub

log = structlog.get_logger(__name__)

BATCH = 200  # posts in one transaction: others want to write too
QUEUE = 5000  # posts that may wait in all
OWN_QUEUE = 256  # and of one connection
REMEMBERED = 10_000  # posts of one author in a minute: the highest limit a community can set


@dataclass(slots=True, eq=False)
class Wish:
    """A post that passed the rules and waits to be written."""

    connection: "Connection"
    seat: Seat
    draft: Draft
    client_id: str
    reply_to: int | None
    topic: str
    files: tuple[int, ...]
    spoken: datetime


@dataclass(slots=True)
class Outcome:
    """What became of a wish: a refusal, or the message and, where it is new, its entry as a frame."""

    wish: Wish
    refusal: Refusal | None = None
    posted: Posted | None = None
    frame: bytes | None = None


class Poster:
    """Takes wishes and sees them through. Runs on the event loop; only ``_write`` runs at the desk."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self._queue: deque[Wish] = deque()
        self._busy = False
        self._recent: dict[int, deque[datetime]] = {}

    @property
    def waiting(self) -> int:
        """Posts accepted and not yet answered."""
        return len(self._queue) + (1 if self._busy else 0)

    def remember(self, author_id: int, times: Sequence[datetime]) -> None:
        """What the database knows of an author's pace, and what is newer than that."""
        last = times[-1] if times else datetime.min.replace(tzinfo=UTC)
        newer = [at for at in self._recent.get(author_id, ()) if at > last]
        self._recent[author_id] = deque([*times, *newer], maxlen=REMEMBERED)

    def spoke_elsewhere(self, author_id: int | None, at: datetime) -> None:
        """Somebody posted over HTTP or another gateway; it counts here too."""
        if author_id in self._recent:
            self._recent[author_id].append(at)

    def forget(self, before: datetime) -> None:
        """Drop authors who have not spoken since ``before``; a returning one is read again."""
        for author_id in [key for key, times in self._recent.items() if not times or times[-1] < before]:
            del self._recent[author_id]

    def judge(self, seat: Seat, draft: Draft, files: int, now: datetime) -> Refusal | None:
        """The same rules as over HTTP."""
        recent = self._recent.setdefault(draft.author_id, deque(seat.recent, maxlen=REMEMBERED))
        return posting.refusal_to_post(
            seat.access.right, draft, files=files, now=now, recent=recent, per_minute=pace_known(draft.community_id)
        )

    def accept(self, wish: Wish) -> None:
        """Write it with the next batch."""
        if wish.connection.waiting >= OWN_QUEUE or len(self._queue) >= QUEUE:
            wish.connection.refuse(wish.client_id, wish.draft.room_id, Busy(2))
            return
        self._recent.setdefault(wish.draft.author_id, deque(maxlen=REMEMBERED)).append(wish.spoken)
        wish.connection.waiting += 1
        room = self.hub.rooms.get(wish.draft.room_id)
        if room is not None:
            room.writing += 1
        self._queue.append(wish)
        if not self._busy:
            self._busy = True
            self.hub.loop.call_soon(self._start)

    def _start(self) -> None:
        batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
        self.hub.spawn(self._see_through(batch))

    async def _see_through(self, batch: list[Wish]) -> None:
        try:
            outcomes = await self.hub.desk.write(self.write, batch)
        except Exception as error:
            log.exception("batch_failed", posts=len(batch), error=repr(error))
            outcomes = [Outcome(wish, refusal=Busy(2)) for wish in batch]
        if self._queue:
            self._start()
        else:
            self._busy = False
        self.answer(outcomes)

    def answer(self, outcomes: list[Outcome]) -> None:
        """Acknowledge, refuse, then deliver."""
        acks: dict[Connection, list[bytes]] = {}
        touched = {}
        for outcome in outcomes:
            wish, posted = outcome.wish, outcome.posted
            wish.connection.waiting -= 1
            room = self.hub.rooms.get(wish.draft.room_id)
            if room is not None:
                room.writing -= 1
                touched[room.id] = room
            if posted is None or not posted.fresh:
                self._unsay(wish)
            if posted is None:
                wish.connection.refuse(wish.client_id, wish.draft.room_id, outcome.refusal or Busy(2))
                continue
            acks.setdefault(wish.connection, []).append(ack(wish, posted))
            if room is not None and posted.fresh:
                if outcome.frame is not None:
                    room.offer(posted.number, outcome.frame)
                else:
                    room.known = max(room.known, posted.number)
        for connection, frames in acks.items():
            connection.write(b"".join(frames))
        for room in touched.values():
            self.hub.advance(room, sure=True)

    def _unsay(self, wish: Wish) -> None:
        times = self._recent.get(wish.draft.author_id)
        if times is not None and wish.spoken in times:
            times.remove(wish.spoken)

    def write(self, batch: list[Wish]) -> list[Outcome]:
        """At the desk: one transaction for all; when that fails for a reason of one, each for itself."""
        try:
            return _framed(_written(batch))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001  one bad post must not take the others with it
            log.warning("batch_split", posts=len(batch), error=repr(error))
        return [outcome for wish in batch for outcome in _alone(wish)]


def ack(wish: Wish, posted: Posted) -> bytes:
    """The word that a message is committed."""
    return wire.text(
        {
            "t": "ack",
            "cid": wish.client_id,
            "room": wish.draft.room_id,
            "id": posted.message_id,
            "n": posted.number,
        }
    )


def _alone(wish: Wish) -> list[Outcome]:
    for attempt in (1, 2):  # a client id that another process used in the same moment is found the second time
        try:
            return _framed(_written([wish]))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            if attempt == 2:
                log.exception("post_failed", room=wish.draft.room_id, error=repr(error))
    return [Outcome(wish, refusal=Busy(2))]


def _written(batch: list[Wish]) -> list[tuple[Outcome, NewPost]]:
    pairs = [(Outcome(wish), _post_of(wish)) for wish in batch]
    with transaction.atomic():
        answered = {wish.reply_to for wish in batch if wish.reply_to is not None}
        homes = room_log.rooms_of(answered) if answered else {}
        accepted = []
        for outcome, post in pairs:
            if post.reply_to_id is not None and homes.get(post.reply_to_id) != post.room_id:
                outcome.refusal = NoSuchReply()
                continue
            post.mentions = _mentions(outcome.wish)
            accepted.append((outcome, post))
        for (outcome, _post), posted in zip(accepted, write_posts([post for _o, post in accepted]), strict=True):
            outcome.posted = posted
        _refuse_other_words(accepted)
    return pairs


def _refuse_other_words(accepted: list[tuple[Outcome, NewPost]]) -> None:
    """A client id that stands for other words already: the new ones must not be lost in silence."""
    repeated = [(outcome, post) for outcome, post in accepted if outcome.posted and not outcome.posted.fresh]
    first = room_log.first_words({outcome.posted.message_id for outcome, _post in repeated if outcome.posted})
    for outcome, post in repeated:
        if outcome.posted is not None:
            room_id, text, edited = first[outcome.posted.message_id]
            if room_id != post.room_id or (text != post.text and not edited):
                outcome.posted, outcome.refusal = None, IdempotencyMismatch()


def _post_of(wish: Wish) -> NewPost:
    return new_post(
        wish.seat.access.actor,
        wish.draft,
        client_id=wish.client_id,
        reply_to=wish.reply_to,
        topic=wish.topic,
        attachments=wish.files,
    )


def _mentions(wish: Wish) -> tuple[int, ...]:
    if "](m:" not in wish.draft.text:
        return ()
    with community_scope(wish.draft.community_id):
        return mentions_of(wish.seat.access, wish.draft.text)


def _framed(pairs: list[tuple[Outcome, NewPost]]) -> list[Outcome]:
    """Committed; now the frames. One that cannot be made here is fetched like a foreign entry."""
    for outcome, post in pairs:
        if outcome.posted is not None and outcome.posted.fresh:
            try:
                outcome.frame = _frame(outcome.wish, post, outcome.posted)
            except Exception as error:  # noqa: BLE001  the post stands; only the short way to readers failed
                log.warning("frame_failed", message=outcome.posted.message_id, error=repr(error))
    return [outcome for outcome, _post in pairs]


def _frame(wish: Wish, post: NewPost, posted: Posted) -> bytes:
    card = wish.seat.card
    if posted.reply_to_id is None and not post.attachments and card is not None:
        return entry_of(
            MessageView(
                id=posted.message_id,
                room_id=post.room_id,
                number=posted.number,
                author=card,
                at=posted.occurred_at,
                html=posted.html,
                topic=post.topic if posted.thread_id is None else "",
                thread_id=posted.thread_id,
                origin=post.origin,
                author_role=post.actor_role,
                is_question=post.is_question,
                answer_due_at=post.answer_due_at,
            ),
            posted.number,
            "post",
        )
    with community_scope(wish.draft.community_id):
        view = messages.by_ids([posted.message_id], wish.seat.access.space)[0]
    return entry_of(view, posted.number, "post")


def entry_of(view: MessageView, number: int, kind: str, mark: Mark | None = None) -> bytes:
    """An entry as every member of the room reads it."""
    frame: dict[str, Any] = entry_frame(view.room_id, number, kind, message_frame(view), mark)
    return wire.text(frame)

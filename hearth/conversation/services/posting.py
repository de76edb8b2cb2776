"""Posting a message over HTTP, the API or a job. The live gateway asks the same rules and the same writer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from hearth.conversation.access import RoomAccess
from hearth.conversation.errors import NoSuchReply
from hearth.conversation.models import Message
from hearth.conversation.registry import Draft
from hearth.conversation.rules import posting, rendering
from hearth.conversation.services.writer import write_posts
from hearth.conversation.types import NewPost, Posted
from hearth.core.community_settings import declare, value_of
from hearth.core.permissions import Actor
from hearth.core.tenancy import community_scope
from hearth.groups.queries import identities_in
from hearth.kit.clock import now
from hearth.kit.language import is_question

POSTS_PER_MINUTE = declare(
    "conversation.posts_per_minute",
    "Messages per person and minute",
    help="Faster posting is refused with a word on how long to wait. 0 switches the limit off.",
    kind="int",
    default=30,
    minimum=0,
    maximum=10_000,
)
ANSWER_HOURS = declare(
    "conversation.answer_hours",
    "Hours until a question is overdue",
    help="A question without an answer after this many hours is shown on Today.",
    kind="int",
    default=24,
    minimum=1,
    maximum=720,
)


def post_message(
    access: RoomAccess,
    *,
    text: str,
    client_id: str,
    reply_to: int | None = None,
    topic: str = "",
    attachments: Sequence[int] = (),
    origin: str | None = None,
) -> Posted:
    """Post into a room; the same ``client_id`` again gives the first message. Raises the refusals of the rules.

    ``origin`` may make a post *more* than organic (a scheduled one), never less.
    """
    actor = access.actor
    refusal = posting.refusal_of_client_id(client_id)
    if refusal is not None:
        raise refusal
    draft = draft_of(access, text, origin)
    per_minute = value_of(POSTS_PER_MINUTE)
    with transaction.atomic():
        refusal = posting.refusal_to_post(
            access.right,
            draft,
            files=len(attachments),
            now=now(),
            recent=recent_posts(draft.author_id, limit=per_minute),
            per_minute=per_minute,
        )
        if refusal is not None and not _repeats(draft.author_id, client_id):
            raise refusal
        if reply_to is not None and not Message.objects.filter(pk=reply_to, room_id=access.room.pk).exists():
            raise NoSuchReply()
        post = new_post(actor, draft, client_id=client_id, reply_to=reply_to, topic=topic, attachments=attachments)
        post.mentions = mentions_of(access, draft.text)
        return write_posts([post])[0]


def draft_of(access: RoomAccess, text: str, origin: str | None = None) -> Draft:
    """A message on its way in, cleaned, with everything the checks need."""
    actor = access.actor
    return Draft(
        community_id=actor.community_id,
        room_id=access.room.pk,
        group_id=access.room.group_id,
        author_id=actor.identity_id or 0,
        text=posting.cleaned(text),
        roles=frozenset(role.value for role in access.roles),
        origin=origin if origin and origin != "organic" else actor.origin,
    )


def new_post(
    actor: Actor,
    draft: Draft,
    *,
    client_id: str | None,
    reply_to: int | None = None,
    topic: str = "",
    attachments: Sequence[int] = (),
) -> NewPost:
    """A checked draft as the writer takes it. The web and the gateway both come through here."""
    # A question opens a conversation; what somebody asks while answering belongs to the question it answers.
    asks = reply_to is None and is_question(draft.text)
    return NewPost(
        room_id=draft.room_id,
        author_id=draft.author_id,
        text=draft.text,
        actor=actor.ref,
        actor_role=role_at_post(actor, draft.roles),
        origin=draft.origin,
        client_id=client_id,
        reply_to_id=reply_to,
        topic=topic.strip()[:200],
        is_question=asks,
        answer_due_at=answer_due(draft.community_id) if asks else None,
        attachments=tuple(attachments)[: posting.MAX_FILES],
        uploader_id=actor.member_id,
    )


def answer_due(community_id: int) -> datetime:
    """When a question that is asked now becomes overdue: one query."""
    with community_scope(community_id):
        return now() + timedelta(hours=value_of(ANSWER_HOURS))


def role_at_post(actor: Actor, roles: frozenset[str]) -> str:
    """The role shown and kept with a message: of the community first, then of the group."""
    if actor.is_staff:
        return actor.role
    return next((role for role in ("owner", "keeper", "assistant") if role in roles), "member")


def mentions_of(access: RoomAccess, text: str) -> tuple[int, ...]:
    """The identities that a text calls and that are in the group."""
    called = rendering.mentioned(text)
    if not called or access.room.group_id is None:
        return ()
    return posting.allowed_mentions(called, identities_in(access.room.group_id, called))


def recent_posts(author_id: int, limit: int) -> list[datetime]:
    """When an author posted in the last minute, oldest first, the last ``limit`` times."""
    since = now() - timedelta(seconds=posting.WINDOW_SECONDS)
    rows = Message.objects.filter(author_id=author_id, recorded_at__gt=since, historical=False)
    return list(rows.order_by("-id").values_list("recorded_at", flat=True)[:limit])[::-1]


def _repeats(author_id: int, client_id: str) -> bool:
    return Message.objects.filter(author_id=author_id, client_id=client_id).exists()

"""What happens to a message after it was posted: edits, hiding, taking back, reactions, pins, accepted answers.

Each service changes rows, appends the entry that readers see and emits the fact, in one transaction.
"""

from typing import Any

from django.db import connection, transaction
from django.db.models import Min

from hearth.conversation import facts
from hearth.conversation.access import RoomAccess, message_for
from hearth.conversation.errors import EmptyMessage, NotAQuestion
from hearth.conversation.models import (
    AcceptedAnswer,
    Attachment,
    Hiding,
    Mention,
    Message,
    MessageVersion,
    Pin,
    Reaction,
)
from hearth.conversation.rules import posting, reactions, rendering
from hearth.conversation.services import search_index
from hearth.conversation.services.posting import answer_due, draft_of, mentions_of
from hearth.conversation.services.writer import write_change
from hearth.conversation.types import Change
from hearth.core import audit
from hearth.core.errors import Conflict, NotAllowed, Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor
from hearth.kit.clock import now
from hearth.kit.language import is_question
from hearth.people.queries import is_verified

MAX_KINDS = 12  # different emojis on one message


@transaction.atomic
def edit_message(actor: Actor, message_id: int, text: str) -> Message:
    """The author gives a message other words; the old ones are kept for keepers. Raises the rules' refusals."""
    message, access = _own(actor, message_id)
    draft = draft_of(access, text, message.origin)
    refusal = posting.refusal_to_edit(access.right, draft, now())
    if refusal is not None:
        raise refusal
    words = draft.text
    if message.state != "visible":
        raise Conflict()
    if words == message.text:
        return message
    if not words and not Attachment.objects.filter(message=message).exists():
        raise EmptyMessage()
    MessageVersion.objects.create(message=message, text=message.text, by=actor.ref)
    old, message.text = message.text, words
    message.html, message.renderer = rendering.render(words), rendering.RENDERER
    message.edited_at = now()
    _ask_or_not(message)
    message.save(update_fields=["text", "html", "renderer", "edited_at", "is_question", "answer_due_at"])
    _renew_mentions(access, message)
    with connection.cursor() as cursor:
        search_index.replace(cursor, message.pk, message.community_id, message.room_id, old, words)
    _tell(access, message, "edit", facts.MessageEdited(**_about(access, message)))
    return message


@transaction.atomic
def hide_message(actor: Actor, message_id: int, why: str) -> Hiding:
    """A keeper hides a message for a reason that its author is told. Raises NotAllowed, Conflict, Refusal."""
    message, access = _moderated(actor, message_id)
    why = posting.cleaned(why)[:300]
    if not why:
        raise Refusal("Say why: the author is told the reason.", field="why")
    if not Message.objects.filter(pk=message.pk, state="visible").update(state="hidden"):
        raise Conflict()
    hiding = Hiding.objects.create(message=message, why=why, by=actor.ref)
    _index(message, add=False)
    _accept_no_longer(actor, access, message)
    audit.record(actor, "message_hidden", f"message:{message.pk}", after={"hiding": hiding.pk}, why=why)
    _tell(access, message, "hide", facts.MessageHidden(**_about(access, message)), actor)
    count_answers_again(message)
    return hiding


@transaction.atomic
def restore_message(actor: Actor, message_id: int) -> None:
    """A keeper brings a hidden message back; an author brings back what they removed. Raises NotAllowed, Conflict."""
    message, access = message_for(actor, message_id)
    own = message.author_id == actor.identity_id and message.state == "removed"
    if not own and not (access.may_moderate and message.state == "hidden"):
        raise NotAllowed() if message.state != "visible" else Conflict()
    if not Message.objects.filter(pk=message.pk, state=message.state).update(state="visible"):
        raise Conflict()
    Hiding.objects.filter(message=message, restored_at=None).update(restored_at=now(), restored_by=actor.ref)
    _index(message, add=True)
    if not own:
        audit.record(actor, "message_restored", f"message:{message.pk}")
    _tell(access, message, "restore", facts.MessageRestored(**_about(access, message)), actor)
    count_answers_again(message)


@transaction.atomic
def remove_message(actor: Actor, message_id: int) -> None:
    """The author takes a message back: a tombstone stays, and they may undo it. Raises NotAllowed, Conflict."""
    message, access = _own(actor, message_id)
    if not Message.objects.filter(pk=message.pk, state="visible").update(state="removed"):
        raise Conflict()
    _index(message, add=False)
    _accept_no_longer(actor, access, message)
    _tell(access, message, "remove", facts.MessageRemoved(**_about(access, message)))
    count_answers_again(message)


@transaction.atomic
def react(actor: Actor, message_id: int, emoji: str, *, on: bool) -> None:
    """Add or withdraw one's emoji; doing it twice changes nothing. Raises the refusals of the voice."""
    message, access = message_for(actor, message_id)
    refusal = posting.refusal_of_voice(access.right, now())
    if refusal is not None or actor.identity_id is None:
        raise refusal or NotAllowed()
    emoji = emoji.strip()
    if emoji not in message.reactions and not reactions.is_emoji(emoji):  # imported ones may have names of their own
        raise Refusal("Choose an emoji.", field="emoji")
    about = {**_about(access, message), "reactor": actor.identity_id, "emoji": emoji}
    mine = Reaction.objects.filter(message=message, author_id=actor.identity_id, emoji=emoji)
    if on:
        if mine.exists():
            return
        if emoji not in message.reactions and len(message.reactions) >= MAX_KINDS:
            raise Refusal("This message already carries %(limit)s kinds of reactions.", limit=MAX_KINDS)
        Reaction.objects.create(message=message, author_id=actor.identity_id, emoji=emoji)
    elif not mine.delete()[0]:
        return
    _count_reactions(message)
    what: Any = facts.ReactionAdded(**about) if on else facts.ReactionWithdrawn(**about)
    _tell(access, message, "react" if on else "unreact", what, actor, data={"emoji": emoji})


@transaction.atomic
def pin_message(actor: Actor, message_id: int, *, on: bool) -> None:
    """A keeper keeps a message in sight, or takes it down; twice changes nothing. Raises NotAllowed, Conflict."""
    message, access = _moderated(actor, message_id)
    if (message.pinned_at is not None) == on:
        return
    if on and message.state != "visible":
        raise Conflict()
    moment = now()
    Message.objects.filter(pk=message.pk).update(pinned_at=moment if on else None)
    if on:
        Pin.objects.create(message=message, by=actor.ref, at=moment)
    else:
        Pin.objects.filter(message=message, until=None).update(until=moment)
    told = facts.MessagePinned if on else facts.MessageUnpinned
    what = told(message=message.pk, room=message.room_id, group=access.room.group_id)
    _tell(access, message, "pin" if on else "unpin", what, actor)


@transaction.atomic
def accept_answer(actor: Actor, answer_id: int) -> AcceptedAnswer:
    """Name the answer that settles a question: by the asker or a keeper. Raises NotAQuestion, NotAllowed."""
    answer, access = message_for(actor, answer_id)
    question = Message.objects.filter(pk=answer.thread_id or 0).first()
    if question is None or not question.is_question or answer.state != "visible":
        raise NotAQuestion()
    if question.author_id != actor.identity_id and not access.may_moderate:
        raise NotAllowed()
    standing = AcceptedAnswer.objects.filter(question=question, withdrawn_at=None).first()
    if standing is not None and standing.answer_id == answer.pk:
        return standing
    AcceptedAnswer.objects.filter(question=question, withdrawn_at=None).update(withdrawn_at=now())
    verified = is_verified(answer.author_id) or actor.verified
    row = AcceptedAnswer.objects.create(question=question, answer=answer, by_id=actor.member_id, verified=verified)
    Message.objects.filter(pk=question.pk).update(accepted_id=answer.pk)
    what = facts.AnswerAccepted(
        question=question.pk,
        answer=answer.pk,
        room=question.room_id,
        group=access.room.group_id,
        asker=question.author_id,
        answerer=answer.author_id,
        verified=verified,
    )
    _tell(access, question, "accept", what, actor, data={"answer": answer.pk})
    return row


@transaction.atomic
def withdraw_answer(actor: Actor, question_id: int) -> None:
    """Open a question again. Raises NotAllowed; without an accepted answer nothing changes."""
    question, access = message_for(actor, question_id)
    if question.author_id != actor.identity_id and not access.may_moderate:
        raise NotAllowed()
    standing = AcceptedAnswer.objects.filter(question=question, withdrawn_at=None).first()
    if standing is not None:
        _withdraw(actor, access, question, standing)


def _ask_or_not(message: Message) -> None:
    """Other words may ask what the first did not, or no longer ask: then it waits for an answer like a new post."""
    asks = message.reply_to_id is None and is_question(message.text)
    if asks != message.is_question:
        message.is_question = asks
        message.answer_due_at = answer_due(message.community_id) if asks else None


def count_answers_again(answer: Message) -> None:
    """A question is answered since the first answer that can be read. The entry just written holds the room's lock."""
    for question in Message.objects.filter(pk__in={answer.thread_id, answer.reply_to_id} - {None}):
        found = Message.objects.filter(thread=question.thread_id or question.pk, state="visible")
        if question.thread_id is not None:
            found = found.filter(reply_to=question)
        first = found.exclude(author=question.author_id).aggregate(at=Min("occurred_at"))["at"]
        Message.objects.filter(pk=question.pk).update(first_answer_at=first)


def _accept_no_longer(actor: Actor, access: RoomAccess, answer: Message) -> None:
    """A question whose accepted answer nobody can read any more is open again."""
    standing = AcceptedAnswer.objects.filter(answer=answer, withdrawn_at=None).select_related("question").first()
    if standing is not None:
        _withdraw(actor, access, standing.question, standing)


def _withdraw(actor: Actor, access: RoomAccess, question: Message, standing: AcceptedAnswer) -> None:
    AcceptedAnswer.objects.filter(pk=standing.pk).update(withdrawn_at=now())
    Message.objects.filter(pk=question.pk).update(accepted_id=None)
    what = facts.AnswerWithdrawn(
        question=question.pk, answer=standing.answer_id, room=question.room_id, group=access.room.group_id
    )
    _tell(access, question, "unaccept", what, actor)


def _own(actor: Actor, message_id: int) -> tuple[Message, RoomAccess]:
    message, access = message_for(actor, message_id)
    if actor.identity_id is None or message.author_id != actor.identity_id:
        raise NotAllowed()
    return message, access


def _moderated(actor: Actor, message_id: int) -> tuple[Message, RoomAccess]:
    message, access = message_for(actor, message_id)
    if not access.may_moderate:
        raise NotAllowed()
    return message, access


def _about(access: RoomAccess, message: Message) -> dict[str, Any]:
    return {
        "message": message.pk,
        "room": message.room_id,
        "group": access.room.group_id,
        "author": message.author_id,
    }


def _tell(
    access: RoomAccess,
    message: Message,
    kind: str,
    what: Any,
    actor: Actor | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Append the entry and emit the fact."""
    actor = actor or access.actor
    write_change(Change(kind, message.pk, message.room_id, actor.identity_id, data or {}))
    emit(what, actor=actor, subject=f"room:{message.room_id}")


def _index(message: Message, *, add: bool) -> None:
    rows = [(message.pk, message.community_id, message.room_id, message.text)]
    with connection.cursor() as cursor:
        if add:
            search_index.add(cursor, rows)
        else:
            search_index.remove(cursor, rows)


def _renew_mentions(access: RoomAccess, message: Message) -> None:
    Mention.objects.filter(message=message).delete()
    Mention.objects.bulk_create(
        Mention(message=message, identity_id=identity) for identity in mentions_of(access, message.text)
    )


def _count_reactions(message: Message) -> None:
    counts: dict[str, int] = {}
    for emoji in Reaction.objects.filter(message=message).order_by("id").values_list("emoji", flat=True):
        counts[emoji] = counts.get(emoji, 0) + 1
    message.reactions = counts
    Message.objects.filter(pk=message.pk).update(reactions=counts)

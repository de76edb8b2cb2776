"""Taking somebody's words out of the talk, when they are erased with what they wrote."""

from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from hearth.conversation import facts
from hearth.conversation.models import AcceptedAnswer, Attachment, Mention, Message, MessageVersion, Pin, Room
from hearth.conversation.services import search_index
from hearth.conversation.services.attachments import THUMB
from hearth.conversation.services.changing import count_answers_again
from hearth.conversation.services.writer import write_change
from hearth.conversation.types import Change
from hearth.core import sql, storage
from hearth.core.facts import emit
from hearth.kit.clock import now
from hearth.people.types import Subject

PORTION = 100  # messages in one transaction


def forget_words(rows: QuerySet[Any], subject: Subject) -> None:
    """Empty somebody's messages, if they wished so: a tombstone stays, so that answers keep their place.

    Otherwise the words stay, under no name.
    """
    if not subject.words_too:
        return
    full = rows.exclude(text="", html="", client_id=None)
    while portion := list(full.select_related("room")[:PORTION]):
        with transaction.atomic(), connection.cursor() as cursor:
            for message in portion:
                if message.state == "visible":
                    terms = (message.pk, message.community_id, message.room_id, message.text)
                    search_index.remove(cursor, [terms])
                    _take_down(message, message.room)
            ids = [message.pk for message in portion]
            MessageVersion.objects.filter(message__in=ids).delete()
            Mention.objects.filter(message__in=ids).delete()
            Message.objects.filter(pk__in=ids).update(text="", html="", client_id=None, topic="")
    sql.forget_deleted("conversation_search")


def _take_down(message: Message, room: Room) -> None:
    Message.objects.filter(pk=message.pk).update(state="removed", pinned_at=None)
    Pin.objects.filter(message=message, until=None).update(until=now())
    write_change(Change("remove", message.pk, room.pk, message.author_id))
    gone = facts.MessageRemoved(message=message.pk, room=room.pk, group=room.group_id, author=message.author_id)
    emit(gone, subject=f"room:{room.pk}")
    for standing in AcceptedAnswer.objects.filter(answer=message, withdrawn_at=None):
        AcceptedAnswer.objects.filter(pk=standing.pk).update(withdrawn_at=now())
        Message.objects.filter(pk=standing.question_id).update(accepted_id=None)
        told = facts.AnswerWithdrawn(
            question=standing.question_id, answer=message.pk, room=room.pk, group=room.group_id
        )
        emit(told, subject=f"room:{room.pk}")
    count_answers_again(message)


def forget_versions(rows: QuerySet[Any], _subject: Subject) -> None:
    """What messages said before an edit goes in any case."""
    rows.delete()


def forget_files(rows: QuerySet[Any], subject: Subject) -> None:
    """Files go with the words, and those never posted in any case; what stays loses its name."""
    gone = rows if subject.words_too else rows.filter(message=None)
    for row in list(gone):
        if not Attachment.objects.filter(stored_as=row.stored_as).exclude(pk=row.pk).exists():
            storage.drop(row.stored_as)  # before the row that names it: broken off here, it is tried again
            storage.drop(row.stored_as + THUMB)
        Attachment.objects.filter(pk=row.pk).delete()
    for row in list(rows.all()):
        ending = row.stored_as.rpartition(".")[2] if "." in row.stored_as else "bin"
        Attachment.objects.filter(pk=row.pk).update(name=f"file.{ending}", uploader=None)


def of_own_messages(subject: Subject) -> Q:
    """Rows about messages that somebody wrote."""
    return Q(message__author__in=subject.identities)

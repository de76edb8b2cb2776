"""What the tables of talk hold of somebody, and what an erasure makes of it."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hearth.conversation import models
from hearth.conversation.models import Attachment, Message
from hearth.conversation.services import forgetting
from hearth.core import storage
from hearth.people.registry import (
    blank,
    forget_rows,
    holding,
    holds_nobody,
    kept_files,
    leave_rows,
    of_author,
    of_member,
)
from hearth.people.types import Subject

WORDS = _("Your messages: deleted, or left without your name, as you choose. Then a line says that one stood there.")
OTHERS = _("What others wrote stays theirs, also where they call you by name.")


def _answered(subject: Subject) -> Q:
    return Q(by__in=subject.members) | Q(answer__author__in=subject.identities)


holding(models.Entry, "", of_author("author"), leave_rows, keeps=("kind", "data"))
holding(
    Message, _("Messages"), of_author("author"), forgetting.forget_words, why=WORDS,
    tells=("id", "room_id", "occurred_at", "text", "topic", "state", "edited_at"),
    keeps=("source", "external_id", "author_role", "reactions", "retention"),
)  # fmt: skip
holding(models.MessageVersion, _("What messages said before"), forgetting.of_own_messages, forgetting.forget_versions,
        tells=("message_id", "text", "until"))  # fmt: skip
holding(models.Hiding, _("Messages that keepers hid"), forgetting.of_own_messages, blank(why=""),
        tells=("message_id", "why", "at"), keeps=("by", "restored_by"))  # fmt: skip
holding(models.Reaction, _("Reactions"), of_author("author"), leave_rows, tells=("message_id", "emoji", "at"),
        keeps=("emoji",), why=_("Your reactions stay counted, without a name."))  # fmt: skip
holding(
    models.Mention, _("Where others call you"), of_author("identity"), forget_rows, tells=("message_id",), why=OTHERS
)
holding(models.AcceptedAnswer, _("Answers that settled a question"), _answered, leave_rows, tells=("answer_id", "at"))
holding(
    models.ReadMark, _("How far you have read"), of_member("member"), forget_rows, tells=("room_id", "number", "at")
)
holding(models.Seen, _("Days on which you were in a room"), of_member("member"), forget_rows, tells=("room_id", "day"))
holding(models.Bookmark, _("Bookmarks"), of_member("member"), forget_rows, tells=("message_id", "at"))
holding(Attachment, _("Pictures and files"), of_member("uploader"), forgetting.forget_files,
        tells=("name", "media_type", "size", "created_at"))  # fmt: skip

holds_nobody.register(models.Room._meta.label, "a room and its counters")
holds_nobody.register(models.Pin._meta.label, "that a keeper keeps a message in sight; both are numbers")


def _own_files(subject: Subject) -> Iterator[tuple[str, bytes]]:
    for row in Attachment.objects.filter(uploader__in=subject.members).order_by("pk"):
        with storage.open_kept(row.stored_as) as source:
            yield f"files/{row.pk}-{row.name}", source.read()


kept_files.append(_own_files)

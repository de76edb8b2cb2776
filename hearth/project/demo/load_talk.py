"""The demo's talk: messages by the one writer, then what happened to them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from django.db import connection, transaction

from hearth.conversation.facts import AnswerAccepted, MessageHidden, ReactionAdded
from hearth.conversation.models import (
    AcceptedAnswer,
    Bookmark,
    Hiding,
    Message,
    MessageVersion,
    Pin,
    Reaction,
    ReadMark,
    Seen,
)
from hearth.conversation.rules.rendering import RENDERER, render
from hearth.conversation.services import search_index
from hearth.conversation.services.writer import write_change, write_posts
from hearth.conversation.types import Change, NewPost
from hearth.core.facts import emit_history
from hearth.notify.models import Notice
from hearth.notify.registry import reasons
from hearth.notify.services import place_of
from hearth.project.demo.book import Book
from hearth.project.demo.shapes import MENTION, DemoAcceptance, DemoMessage

BATCH = 500
REASONS = {
    "mentioned": "conversation.mentioned",
    "paged": "conversation.mentioned",
    "replied": "conversation.answered",
    "accepted": "conversation.answer_accepted",
}
_T = TypeVar("_T")


def load(book: Book) -> None:
    """Messages first, in the order they were said; then edits, hiding, pins, answers, reactions, reading, notices."""
    for batch in _batches(book.plan.messages):
        with transaction.atomic():
            for told, posted in zip(batch, write_posts([_post(book, told) for told in batch]), strict=True):
                book.messages[told.key], book.numbers[told.key] = posted.message_id, posted.number
    steps: tuple[Callable[[Book], None], ...] = (
        _show, _edits, _hidings, _pins, _answers, _pages, _reactions, _reading, _notices,
    )  # fmt: skip
    with transaction.atomic():
        for step in steps:
            step(book)


def _batches(rows: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _words(book: Book, text: str, group: str) -> str:
    return MENTION.sub(lambda m: f"@[{book.name_in(m[1], group)}](m:{book.identities[m[1]].pk})", text)


def _post(book: Book, told: DemoMessage) -> NewPost:
    return NewPost(
        room_id=book.rooms[told.group],
        author_id=book.identities[told.author].pk,
        text=_words(book, told.text, told.group),
        actor=book.ref(told.author),
        actor_role=told.role,
        origin=told.origin,
        reply_to_id=book.messages.get(told.reply_to or told.thread or ""),
        external_id=told.key,
        source="demo",
        reply_to_external=told.reply_to or told.thread,
        is_question=told.is_question and told.thread is None and told.reply_to is None,
        mentions=tuple(book.identities[key].pk for key in told.mentions),
        occurred_at=told.at,
        historical=True,
    )


def _show(book: Book) -> None:
    """These messages were written here: they carry no mark of an import, and are rendered at once."""
    Message.objects.update(historical=False, source=None, external_id=None)
    rest = list(Message.objects.filter(html="").only("id", "text"))
    for row in rest:
        row.html, row.renderer = render(row.text), RENDERER
    Message.objects.bulk_update(rest, ["html", "renderer"], batch_size=200)


def _edits(book: Book) -> None:
    for told in book.plan.edits:
        pk, author = book.messages[told.message], _author(book, told.message)
        before = _words(book, told.before, author[1])
        MessageVersion.objects.create(message_id=pk, text=before, until=told.at, by=book.ref(author[0]))
        Message.objects.filter(pk=pk).update(edited_at=told.at)


def _hidings(book: Book) -> None:
    for told in book.plan.hidings:
        pk, (_person, group) = book.messages[told.message], _author(book, told.message)
        Hiding.objects.create(
            message_id=pk,
            why=told.note or told.reason,
            by=book.ref(told.by),
            at=told.at,
            restored_at=told.restored_at,
            restored_by=book.ref(told.restored_by) if told.restored_by else "",
        )
        _log(book, "hide", told.message, told.by)
        if told.restored_at is not None:
            _log(book, "restore", told.message, told.restored_by)
            continue
        Message.objects.filter(pk=pk).update(state="hidden")
        _emit(book, [(MessageHidden(**_about(book, told.message)), told)])
        text = Message.objects.values_list("text", flat=True).get(pk=pk)
        with connection.cursor() as cursor:
            search_index.remove(cursor, [(pk, book.community.pk, book.rooms[group], text)])


def _pins(book: Book) -> None:
    for told in book.plan.pins:
        pk = book.messages[told.message]
        Pin.objects.create(message_id=pk, by=book.ref(told.by), at=told.at)
        Message.objects.filter(pk=pk).update(pinned_at=told.at)
        _log(book, "pin", told.message, told.by)


def _answers(book: Book) -> None:
    for told in book.plan.acceptances:
        question, answer = book.messages[told.question], book.messages[told.answer]
        AcceptedAnswer.objects.create(
            question_id=question,
            answer_id=answer,
            by=book.members[told.by],
            verified=told.verified_by is not None,
            at=told.at,
        )
        Message.objects.filter(pk=question).update(accepted_id=answer, is_question=True)
    _emit(book, [(_accepted(book, told), told) for told in book.plan.acceptances])


def _accepted(book: Book, told: DemoAcceptance) -> AnswerAccepted:
    about = _about(book, told.answer)
    return AnswerAccepted(
        question=book.messages[told.question],
        answer=about["message"],
        room=about["room"],
        group=about["group"],
        asker=_about(book, told.question)["author"],
        answerer=about["author"],
        verified=told.verified_by is not None,
    )


def _about(book: Book, message: str) -> dict[str, int]:
    """What facts tell of a message."""
    person, group = _author(book, message)
    return {
        "message": book.messages[message],
        "room": book.rooms[group],
        "group": book.groups[group].pk,
        "author": book.identities[person].pk,
    }


def _emit(book: Book, told: Sequence[tuple[Any, Any]]) -> None:
    """Facts of the past: of each deed, when it was done."""
    facts = [fact for fact, _deed in told]
    emit_history(facts, [deed.at for _fact, deed in told], subject=[f"room:{fact.room}" for fact in facts])


def _pages(book: Book) -> None:
    """Questions put to experts by name, with a deadline."""
    for told in book.plan.pages:
        Message.objects.filter(pk=book.messages[told.message]).update(answer_due_at=told.deadline_at, is_question=True)
        if told.answered_at is None:
            Message.objects.filter(pk=book.messages[told.message]).update(first_answer_at=None)


def _reactions(book: Book) -> None:
    counts: dict[int, dict[str, int]] = {}
    rows = []
    for told in book.plan.reactions:
        pk = book.messages[told.message]
        rows.append(Reaction(message_id=pk, author=book.identities[told.person], emoji=told.emoji, at=told.at))
        kinds = counts.setdefault(pk, {})
        kinds[told.emoji] = kinds.get(told.emoji, 0) + 1
    Reaction.objects.bulk_create(rows, batch_size=BATCH)
    _emit(
        book,
        [
            (
                ReactionAdded(**_about(book, told.message), reactor=book.identities[told.person].pk, emoji=told.emoji),
                told,
            )
            for told in book.plan.reactions
        ],
    )
    changed = [Message(pk=pk, community=book.community, reactions=kinds) for pk, kinds in counts.items()]
    Message.objects.bulk_update(changed, ["reactions"], batch_size=BATCH)


def _reading(book: Book) -> None:
    plan = book.plan
    Seen.objects.bulk_create(
        (Seen(room_id=book.rooms[told.group], member=book.members[told.person], day=told.day) for told in plan.seen),
        batch_size=2000,
    )
    for told in plan.seen:
        member = book.members[told.person]
        member.last_seen_on = max(member.last_seen_on or told.day, told.day)
    type(member).objects.bulk_update(book.members.values(), ["last_seen_on"], batch_size=BATCH)
    ReadMark.objects.bulk_create(
        ReadMark(
            room_id=book.rooms[told.group],
            member=book.members[told.person],
            number=book.numbers[told.message],
            at=told.at,
        )
        for told in plan.read_marks
    )
    Bookmark.objects.bulk_create(
        Bookmark(member=book.members[told.person], message_id=book.messages[told.message], at=told.at)
        for told in plan.bookmarks
    )


def _notices(book: Book) -> None:
    """The inbox of those one can step into."""
    personas = {persona.person for persona in book.plan.personas}
    rows = []
    for told in book.plan.notices:
        reason = REASONS.get(told.reason, "")
        if told.person not in personas or told.message is None or reason not in reasons:
            continue
        author, group = _author(book, told.message)
        pk = book.messages[told.message]
        rows.append(
            Notice(
                member=book.members[told.person],
                reason=reason,
                group=book.groups[group],
                subject=f"message:{pk}",
                path=place_of("conversation:message", message_id=pk),
                params={"member": book.members[author].pk},
                created_at=told.at,
                read_at=told.read_at,
            )
        )
    Notice.objects.bulk_create(rows)


def _log(book: Book, kind: str, message: str, by: str | None) -> None:
    room = book.rooms[_author(book, message)[1]]
    author = book.identities[by].pk if by else None
    write_change(Change(kind, book.messages[message], room, author))


def _author(book: Book, message: str) -> tuple[str, str]:
    """Who wrote a message, and in which group."""
    if not book.written:
        book.written.update({told.key: (told.author, told.group) for told in book.plan.messages})
    return book.written[message]

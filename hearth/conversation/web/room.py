"""The room: its page, parts of its history, posting, the mark of reading."""

from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearth.conversation.access import RoomAccess, room_of_group
from hearth.conversation.queries import messages, reading
from hearth.conversation.queries.changes import first_words
from hearth.conversation.queries.people import mentionable
from hearth.conversation.rules.frames import message_frame
from hearth.conversation.rules.posting import MAX_FILES, cleaned
from hearth.conversation.services.attachments import attach
from hearth.conversation.services.posting import post_message
from hearth.conversation.services.reading import mark_read
from hearth.conversation.types import Posted
from hearth.conversation.web import presenting
from hearth.conversation.web.words import EMOJI_WORDS
from hearth.core.errors import IdempotencyMismatch, NotAllowed, NotFound, Refusal
from hearth.core.routing import link
from hearth.groups.access import group_for
from hearth.kit.clock import now
from hearth.ui.pages import page

SIZE = 30  # messages of a page and of each further part
CONTEXT_BEFORE_UNREAD = 8


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks."""
    return request.headers.get("Accept", "").startswith("application/json")


def number(query: QueryDict, name: str) -> int | None:
    """A whole number of the query, None when it is missing or no number."""
    return whole(query.get(name, ""))


def whole(raw: str) -> int | None:
    """A whole number that every database takes, None for anything else that was typed."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None


@require_safe
def room(request: HttpRequest, group: int) -> HttpResponse:
    """The room of a group: lands at ``?at=``, else at the first unread message, else at the end."""
    return _room_page(request, room_of_group(request.actor, group))


def _room_page(
    request: HttpRequest,
    access: RoomAccess,
    *,
    typed: str = "",
    refusal: Refusal | None = None,
    reply_to: int | None = None,
) -> HttpResponse:
    reader = presenting.reader_of(access)
    mark = reading.read_mark(access.room.pk, access.actor.member_id)
    at = number(request.GET, "at")
    stretch, unread_id = _stretch(request, reader, mark.number if mark else None, at)
    if not stretch.has_newer and (
        mark is None or mark.number < access.room.last_number or mark.at.date() < now().date()
    ):
        mark_read(access, access.room.last_number)
    pins = messages.pinned(access.room.pk, access.space)
    reply_id = reply_to if reply_to is not None else number(request.GET, "reply")
    context = {
        **presenting.frame_context(reader),
        "stretch": stretch,
        "messages_shown": presenting.shown(reader, stretch.messages, first_unread=unread_id),
        "pinned": [pin for pin in pins if pin.author.identity_id not in reader.blocked],
        "at": at,
        "room_key": str(access.room.pk),
        "composer": presenting.composer(typed=typed, refusal=refusal, reply=_reply(access, reply_id)),
    }
    return page(request, "conversation/room.html", context, status=refusal.status if refusal else None)


def _stretch(
    request: HttpRequest, reader: presenting.Reader, read_to: int | None, at: int | None
) -> tuple[messages.Page, int | None]:
    """What to show first, and where the unread line goes."""
    room_row, space = reader.access.room, reader.access.space
    older, newer = number(request.GET, "older"), number(request.GET, "newer")
    if at is not None and _in_room(at, room_row.pk):
        return messages.around(room_row.pk, at, space, SIZE), None
    if older is not None:
        return messages.older_than(room_row.pk, older, space, SIZE), None
    if newer is not None:
        return messages.newer_than(room_row.pk, newer, space, SIZE), None
    newest = messages.newest(room_row.pk, space, SIZE)
    if read_to is None or read_to >= room_row.last_number:
        return newest, None
    first = reading.first_unread(room_row.pk, read_to, reader.blocked | {reader.identity_id or 0})
    if first is None or any(view.id == first for view in newest.messages):
        return newest, first
    before = messages.older_than(room_row.pk, first, space, CONTEXT_BEFORE_UNREAD)
    after = messages.newer_than(room_row.pk, first, space, SIZE - CONTEXT_BEFORE_UNREAD)
    both = [*before.messages, *messages.by_ids([first], space), *after.messages]
    return messages.Page(both, before.has_older, after.has_newer), first


def _in_room(message_id: int, room_id: int) -> bool:
    return messages.rooms_of([message_id]).get(message_id) == room_id


def _reply(access: RoomAccess, message_id: int | None) -> Any:
    if message_id is None or not _in_room(message_id, access.room.pk):
        return None
    found = messages.by_ids([message_id], access.space)
    return found[0] if found and found[0].state == "visible" else None


@require_safe
def part(request: HttpRequest, group: int) -> HttpResponse:
    """A stretch of history as rendered messages: ``?older=``, ``?newer=`` or ``?ids=`` (comma-separated)."""
    access = room_of_group(request.actor, group)
    reader = presenting.reader_of(access)
    older, newer = number(request.GET, "older"), number(request.GET, "newer")
    if older is not None:
        found = messages.older_than(access.room.pk, older, access.space, SIZE)
    elif newer is not None:
        found = messages.newer_than(access.room.pk, newer, access.space, SIZE)
    else:
        ids = [pk for raw in request.GET.get("ids", "").split(",")[:100] if (pk := whole(raw)) is not None]
        views = [view for view in messages.by_ids(ids, access.space) if view.room_id == access.room.pk]
        found = messages.Page(views, has_older=False, has_newer=False)
    context = {
        "messages_shown": presenting.shown(reader, found.messages),
        "base": reader.base,
        "emojis": EMOJI_WORDS,
        "icons": presenting.icons(),
    }
    response = render(request, "conversation/part.html", context)
    response.headers["X-Has-Older"] = str(int(found.has_older))
    response.headers["X-Has-Newer"] = str(int(found.has_newer))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def talk(request: HttpRequest, group: int) -> HttpResponse:
    """GET: history as JSON; POST: a new message."""
    return post(request, group) if request.method == "POST" else history(request, group)


@require_safe
def history(request: HttpRequest, group: int) -> HttpResponse:
    """Messages as frames, oldest first: ``?after=`` and ``?before=`` are message ids, neither means the newest."""
    access = room_of_group(request.actor, group)
    after, before = number(request.GET, "after"), number(request.GET, "before")
    if after is not None:
        found = messages.newer_than(access.room.pk, after, access.space)
    elif before is not None:
        found = messages.older_than(access.room.pk, before, access.space)
    else:
        found = messages.newest(access.room.pk, access.space)
    told = {
        "room": access.room.pk,
        "last_number": access.room.last_number,
        "messages": [message_frame(view) for view in found.messages],
        "has_older": found.has_older,
        "has_newer": found.has_newer,
    }
    return HttpResponse(
        orjson.dumps(told), content_type="application/json", headers={"Cache-Control": "private, no-store"}
    )


@require_POST
def post(request: HttpRequest, group: int) -> HttpResponse:
    """Post a message by form or JSON; its client id makes a repeat harmless, so no other key is asked for."""
    access = room_of_group(request.actor, group)
    if request.content_type == "application/json":
        return _post_json(request, access)
    typed = request.POST.get("text", "")
    try:
        posted = _post_form(request, access)
    except Refusal as refusal:
        if wants_json(request):
            raise
        return _room_page(request, access, typed=typed, refusal=refusal, reply_to=number(request.POST, "reply_to"))
    if wants_json(request):
        return _told(posted)
    return redirect(f"{link('conversation:room', group)}?at={posted.message_id}#m-{posted.message_id}")


def _post_form(request: HttpRequest, access: RoomAccess) -> Posted:
    chosen = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)][:MAX_FILES]
    ids = [pk for raw in request.POST.getlist("attachment")[:MAX_FILES] if (pk := whole(raw)) is not None]
    ids += [attach(access, file).pk for file in chosen]
    return _post(
        access, request.POST.get("text", ""), request.POST.get("client_id", ""), number(request.POST, "reply_to"), ids
    )


def _post_json(request: HttpRequest, access: RoomAccess) -> HttpResponse:
    try:
        asked = orjson.loads(request.body)
        text, client_id, reply_to = str(asked["text"]), str(asked["client_id"]), asked.get("reply_to")
        files = [int(file) for file in asked.get("attachments", [])][:MAX_FILES]
        reply_to = None if reply_to is None else int(reply_to)
        if any(not 0 <= pk < 1 << 63 for pk in (*files, reply_to or 0)):
            raise ValueError("no id")
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, OverflowError, AttributeError) as problem:
        raise Refusal(_("The message could not be read. Load the page again, then send it.")) from problem
    return _told(_post(access, text, client_id, reply_to, files))


def _post(access: RoomAccess, text: str, client_id: str, reply_to: int | None, files: list[int]) -> Posted:
    posted = post_message(access, text=text, client_id=client_id, reply_to=reply_to, attachments=files)
    if not posted.fresh:
        first = first_words(posted.message_id)
        # Going back and sending other words under the old id must not lose them in silence.
        if first is None or first[1] != access.room.pk or (first[2] is None and first[0] != cleaned(text)):
            raise IdempotencyMismatch()
    return posted


def _told(posted: Posted) -> JsonResponse:
    told = {"id": posted.message_id, "n": posted.number, "fresh": posted.fresh}
    return JsonResponse(told, status=201 if posted.fresh else 200)


@require_POST
def mark(request: HttpRequest, group: int) -> HttpResponse:
    """The reader has seen everything up to ``number``. Repeating it changes nothing."""
    read_to = number(request.POST, "number")
    if read_to is not None:
        mark_read(room_of_group(request.actor, group), read_to)
    return HttpResponse(status=204)


@require_safe
def people(request: HttpRequest, group: int) -> HttpResponse:
    """Who can be called in a message: members whose name, as this space shows it, holds ``?q=``."""
    access = room_of_group(request.actor, group)
    if access.actor.identity_id is None:
        raise NotAllowed()
    cards = mentionable(group_for(access.actor, group), request.GET.get("q", ""))
    told = [
        {
            "id": card.identity_id,
            "name": card.name,
            "detail": " · ".join(part for part in (card.hospital, card.department) if part),
            "initials": card.initials,
            "colour": card.colour,
            "verified": card.verified,
        }
        for card in cards
    ]
    return JsonResponse({"people": told}, headers={"Cache-Control": "private, max-age=30"})


@require_POST
def upload(request: HttpRequest, group: int) -> HttpResponse:
    """Take one file in, before it is posted: its id and what was made of it."""
    access = room_of_group(request.actor, group)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise NotFound()
    kept = attach(access, file)
    told = {
        "id": kept.pk,
        "kind": kept.kind,
        "name": kept.name,
        "size": kept.size,
        "w": kept.width,
        "h": kept.height,
        "url": link("conversation:file", kept.pk),
    }
    return JsonResponse(told, status=201)

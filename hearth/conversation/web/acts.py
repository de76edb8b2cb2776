"""What a reader does to a message. Every act is a resource, works as a plain form, and comes back to the message."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearth.conversation.access import RoomAccess, message_for
from hearth.conversation.models import Message
from hearth.conversation.queries import messages
from hearth.conversation.queries.changes import versions_of
from hearth.conversation.services import changing
from hearth.conversation.services.reading import bookmark as keep_bookmark
from hearth.conversation.web import presenting
from hearth.conversation.web.room import number, wants_json
from hearth.conversation.web.words import EMOJI_WORDS
from hearth.core.errors import NotAllowed, Refusal
from hearth.core.idempotency import once
from hearth.core.routing import link
from hearth.people.services import block_member, member_to_block, unblock_member
from hearth.ui.pages import page, tell_undo


def address(message: Message) -> str:
    """Where a message stands in its room."""
    return f"{link('conversation:room', message.room.group_id)}?at={message.pk}#m-{message.pk}"


@require_safe
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    """The permanent address of a message leads to its place in the room."""
    found, _access = message_for(request.actor, message_id)
    return redirect(address(found))


def _act(request: HttpRequest, message_id: int, do: Callable[[], Any], done: str = "", undo: str = "") -> HttpResponse:
    """Do it once, then go back to the message; scripts get a short answer."""
    found, _access = message_for(request.actor, message_id)
    with once(request) as claim:
        if claim.fresh:
            do()
            claim.result = {"message": found.pk}
    if wants_json(request):
        return JsonResponse({"message": found.pk, "undo": undo})
    if undo:
        tell_undo(request, done, undo)
    elif done:
        notes.success(request, done)
    back = request.POST.get("back", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(back)  # as it is: redirect() would take a word for the name of a route
    return redirect(address(found))


def _on(request: HttpRequest) -> bool:
    return request.POST.get("on", "1") != "0"


@require_POST
def reactions(request: HttpRequest, message_id: int) -> HttpResponse:
    """Add one's emoji, or take it back with ``on=0``. ``emoji=👍`` or the button's ``toggle=1👍`` / ``toggle=0👍``."""
    toggle = request.POST.get("toggle", "")
    emoji, on = (toggle[1:], toggle[0] == "1") if toggle else (request.POST.get("emoji", ""), _on(request))
    return _act(request, message_id, lambda: changing.react(request.actor, message_id, emoji, on=on))


@require_POST
def pin(request: HttpRequest, message_id: int) -> HttpResponse:
    """A keeper keeps a message in sight, or with ``on=0`` no longer."""
    on = _on(request)
    done = _("Pinned.") if on else _("The pin is taken away.")
    return _act(request, message_id, lambda: changing.pin_message(request.actor, message_id, on=on), done)


@require_POST
def bookmark(request: HttpRequest, message_id: int) -> HttpResponse:
    """Keep a message for later, or with ``on=0`` no longer."""
    on = _on(request)
    done = _("Kept. You find it under Kept messages.") if on else _("No longer kept.")
    return _act(request, message_id, lambda: keep_bookmark(request.actor, message_id, on=on), done)


@require_POST
def block(request: HttpRequest, message_id: int) -> HttpResponse:
    """Hear nothing more from the author of a message, or with ``on=0`` hear from them again."""
    found, _access = message_for(request.actor, message_id)
    author = member_to_block(found.author.member_id)
    if not _on(request):
        return _act(request, message_id, lambda: unblock_member(request.actor, author), _("You hear from them again."))
    return _act(
        request,
        message_id,
        lambda: block_member(request.actor, author),
        _("Blocked. They are not told."),
        link("people:unblock", author.pk),
    )


@require_POST
def acceptance(request: HttpRequest, message_id: int) -> HttpResponse:
    """Name this answer as the one that settles its question."""
    return _act(
        request,
        message_id,
        lambda: changing.accept_answer(request.actor, message_id),
        _("Accepted. It now stands beneath the question."),
    )


@require_POST
def acceptance_withdrawal(request: HttpRequest, message_id: int) -> HttpResponse:
    """Open the question again; the address may name the question or its accepted answer."""
    found, _access = message_for(request.actor, message_id)
    question = found.pk if found.is_question else found.thread_id or found.pk
    return _act(
        request,
        message_id,
        lambda: changing.withdraw_answer(request.actor, question),
        _("The question is open again."),
    )


@require_POST
def removal(request: HttpRequest, message_id: int) -> HttpResponse:
    """The author takes a message back; an Undo follows."""
    return _act(
        request,
        message_id,
        lambda: changing.remove_message(request.actor, message_id),
        _("Your message is taken back."),
        link("conversation:restoration", message_id),
    )


@require_POST
def restoration(request: HttpRequest, message_id: int) -> HttpResponse:
    """Bring a hidden or removed message back."""
    return _act(
        request, message_id, lambda: changing.restore_message(request.actor, message_id), _("The message is back.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, message_id: int) -> HttpResponse:
    """Give one's own message other words. GET shows the form (JSON: the words), POST changes them."""
    found, access = message_for(request.actor, message_id)
    if found.author_id != request.actor.identity_id:
        raise NotAllowed()
    if request.method != "POST":
        if wants_json(request):
            return JsonResponse({"text": found.text}, headers={"Cache-Control": "private, no-store"})
        return _words_page(request, found, access, text=found.text)
    text = request.POST.get("text", "")
    try:
        return _act(request, message_id, lambda: changing.edit_message(request.actor, message_id, text), _("Changed."))
    except Refusal as refusal:
        if wants_json(request):
            raise
        return _words_page(request, found, access, text=text, refusal=refusal)


@require_http_methods(["GET", "HEAD", "POST"])
def hiding(request: HttpRequest, message_id: int) -> HttpResponse:
    """A keeper hides a message and says why."""
    found, access = message_for(request.actor, message_id)
    if not access.may_moderate:
        raise NotAllowed()
    why = request.POST.get("why", "")
    if request.method == "POST":
        try:
            return _act(
                request,
                message_id,
                lambda: changing.hide_message(request.actor, message_id, why),
                _("Hidden. Its author is told why."),
                link("conversation:restoration", message_id),
            )
        except Refusal as refusal:
            if wants_json(request):
                raise
            return _hiding_page(request, found, access, why=why, refusal=refusal)
    return _hiding_page(request, found, access, why=why)


def _words_page(
    request: HttpRequest, found: Message, access: RoomAccess, *, text: str, refusal: Refusal | None = None
) -> HttpResponse:
    context = {"message": found, "text": text, "refusal": refusal, "back": address(found), "nav_active": "groups"}
    return page(request, "conversation/edit.html", context, status=refusal.status if refusal else None)


def _hiding_page(
    request: HttpRequest, found: Message, access: RoomAccess, *, why: str, refusal: Refusal | None = None
) -> HttpResponse:
    context = {
        "shown": presenting.shown(presenting.reader_of(access), messages.by_ids([found.pk], access.space)),
        "message": found,
        "why": why,
        "refusal": refusal,
        "back": address(found),
        "nav_active": "groups",
    }
    return page(request, "conversation/hide.html", context, status=refusal.status if refusal else None)


@require_safe
def versions(request: HttpRequest, message_id: int) -> HttpResponse:
    """What a message said before, for keepers and its author; a hidden one too."""
    found, access = message_for(request.actor, message_id)
    if not access.may_moderate and found.author_id != request.actor.identity_id:
        raise NotAllowed()
    context = {
        "message": found,
        "author": messages.by_ids([found.pk], access.space)[0].author,
        "versions": versions_of(found),
        "back": address(found),
        "nav_active": "groups",
    }
    return page(request, "conversation/versions.html", context)


@require_safe
def thread(request: HttpRequest, message_id: int) -> HttpResponse:
    """A message with its answers, and a place to answer: a page, or what stands beside the room."""
    found, access = message_for(request.actor, message_id)
    root = found.thread_id or found.pk
    reader = presenting.reader_of(access)
    stretch = messages.thread(root, access.space, number(request.GET, "before"))
    views = stretch.messages
    context = {
        **presenting.frame_context(reader),
        "root": root,
        "root_key": str(root),
        "earlier": views[1].id if stretch.has_older else None,
        "stretch": stretch,
        "messages_shown": presenting.shown(reader, views),
        "composer": presenting.composer(reply=views[0] if views and views[0].state == "visible" else None),
    }
    return page(request, "conversation/thread.html", context, {"room-thread": "panel"})


@require_safe
def acts(request: HttpRequest, message_id: int) -> HttpResponse:
    """Everything the reader may do to a message, on a page of its own: the menu without scripts."""
    found, access = message_for(request.actor, message_id)
    reader = presenting.reader_of(access)
    root = [found.thread_id] if found.thread_id is not None else []
    both = presenting.shown(reader, messages.by_ids([*root, found.pk], access.space))
    context = {
        "messages_shown": [one for one in both if one.view.id == found.pk],
        "emojis": EMOJI_WORDS,
        "room_url": link("conversation:room", access.room.group_id),
        "back": address(found),
        "nav_active": "groups",
    }
    return page(request, "conversation/acts_page.html", context)


@require_safe
def markdown(request: HttpRequest) -> HttpResponse:
    """How to write bold, lists, links."""
    return page(request, "conversation/markdown.html", {"nav_active": "groups"})

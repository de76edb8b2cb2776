"""Lists of messages across rooms: search, kept messages, open questions."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from hearth.conversation.access import room_of_group
from hearth.conversation.queries import own_rooms as rooms, reading
from hearth.conversation.queries.lists import Row, rows_of
from hearth.conversation.queries.search import Only, search as look_up
from hearth.conversation.web.presenting import base_url
from hearth.conversation.web.room import number
from hearth.core.texts import best
from hearth.groups.queries import group_names
from hearth.kit.search_terms import query_phrases
from hearth.people.queries import blocked_identity_ids
from hearth.ui.pages import page

PAGE = 50


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find messages by words, in one's own groups or one group (``?group=``)."""
    asked = request.GET
    query = asked.get("q", "").strip()[:200]
    group, author = number(asked, "group"), number(asked, "author")
    own = rooms.own_rooms(request.actor)
    room_ids = {room_of_group(request.actor, group).room.pk} if group is not None else set(own)
    only = Only(author, asked.get("questions") == "1", blocked_identity_ids(request.actor.member_id))
    found = look_up(
        query, community_id=request.actor.community_id, room_ids=room_ids, before=number(asked, "before"), only=only
    )
    rows = rows_of(request.actor, found.message_ids, query_phrases(query))
    context = {
        "query": query,
        "rows": rows,
        "groups": _choices(own),
        "group": group,
        "author": _author_name(rows, author),
        "author_id": author,
        "questions": only.questions,
        "without_author": _address(asked, author=None, before=None),
        "more": _address(asked, before=found.next_before) if found.next_before else "",
        "base": base_url(),
        "nav_active": "search",
    }
    return page(request, "conversation/search.html", context)


def _choices(own: dict[int, Any]) -> list[tuple[int, str]]:
    names = group_names([right.group_id for right in own.values()])
    return sorted(((group, best(name)) for group, name in names.items()), key=lambda choice: choice[1])


def _author_name(rows: Sequence[Row], author: int | None) -> str:
    if author is None:
        return ""
    return next((row.view.author.name for row in rows if row.view.author.identity_id == author), str(author))


def _address(asked: Any, **changed: int | None) -> str:
    fields = {name: value for name, value in asked.items() if name in {"q", "group", "author", "questions", "before"}}
    fields |= {name: str(value) for name, value in changed.items() if value is not None}
    for name, value in changed.items():
        if value is None:
            fields.pop(name, None)
    return "?" + urlencode(fields)


@require_safe
def bookmarks(request: HttpRequest) -> HttpResponse:
    """Messages that the reader keeps."""
    own = rooms.own_rooms(request.actor)
    ids = reading.bookmarks_of(request.actor.member_id or 0, set(own))
    context = {"rows": rows_of(request.actor, ids), "base": base_url(), "nav_active": "bookmarks"}
    return page(request, "conversation/bookmarks.html", context)


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """Questions in the reader's groups that nobody has answered yet."""
    own = rooms.own_rooms(request.actor)
    not_by = blocked_identity_ids(request.actor.member_id) | {request.actor.identity_id or 0}
    ids = rooms.questions_waiting(set(own), not_by=not_by).values_list("pk", flat=True)
    shown = Paginator(ids, PAGE).get_page(request.GET.get("page"))
    rows = rows_of(request.actor, list(shown))
    context = {"rows": rows, "page": shown, "base": base_url(), "nav_active": "questions"}
    return page(request, "conversation/questions.html", context)

"""Messages of many rooms as rows of a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from hearth.conversation.queries import messages, own_rooms as rooms
from hearth.conversation.rules.excerpts import Piece, marked
from hearth.conversation.rules.questions import question_state
from hearth.conversation.types import MessageView
from hearth.core.permissions import Actor
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups.queries import group_names
from hearth.kit.clock import now


@dataclass(frozen=True, slots=True)
class Row:
    """One message in a list: where it was said, and the piece to show."""

    view: MessageView
    group_id: int
    group_name: str
    pieces: list[Piece]
    question: str = ""
    url: str = ""


def rows_of(actor: Actor, message_ids: Sequence[int], phrases: Sequence[Sequence[str]] = ()) -> list[Row]:
    """Messages of many rooms as rows, each author as their own room shows them. The caller checked the rooms."""
    own = rooms.own_rooms(actor)
    texts = rooms.texts_of(message_ids)
    base = link("conversation:search").removesuffix("search/")
    by_space: dict[str, list[int]] = {}
    where = messages.rooms_of(message_ids)
    for message_id in message_ids:
        right = own.get(where.get(message_id, 0))
        by_space.setdefault(right.space if right else "patient", []).append(message_id)
    views = {view.id: view for space, ids in by_space.items() for view in messages.by_ids(ids, space)}
    groups = rooms.group_of_rooms(where.values())
    names = group_names(groups.values())
    out = []
    for message_id in message_ids:
        view = views.get(message_id)
        if view is None or view.state != "visible":
            continue
        group = groups.get(view.room_id, 0)
        pieces = marked(texts.get(message_id, ""), phrases)
        url = f"{base}messages/{view.id}/"
        out.append(Row(view, group, best(names.get(group)), pieces, question_state(view, now()), url))
    return out

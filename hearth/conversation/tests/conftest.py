"""A room with people in it, and a gateway to reach it by."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from hearth.conversation.models import Room
from hearth.conversation.tests.tabs import House, Tab
from hearth.core.live import issue_ticket
from hearth.core.tenancy import community_scope


@pytest.fixture
def room(cardiology: Any) -> Room:
    """The cardiology group's room."""
    return Room.objects.get(group=cardiology)


@pytest.fixture
def house(transactional_db: None) -> Iterator[House]:
    """A running gateway."""
    made = House()
    yield made
    made.close()


@pytest.fixture
def tab(house: House, client_of: Callable[[Any], Client]) -> Iterator[Callable[..., Tab]]:
    """``tab(bo)``: a browser tab of somebody, ready; ``tab(bo, room)`` with the room open."""
    opened: list[Tab] = []
    sessions: dict[int, str] = {}

    def open_tab(somebody: Any, room: Room | None = None, *, after: int | None = None, ready: bool = True) -> Tab:
        if somebody.user.pk not in sessions:
            with community_scope(somebody.community):
                sessions[somebody.user.pk] = client_of(somebody).session.session_key
        ticket = issue_ticket(somebody.user.pk, somebody.community.pk, sessions[somebody.user.pk])
        made = Tab(house.port, path=f"/live?ticket={ticket}")
        made.session_key = sessions[somebody.user.pk]
        opened.append(made)
        if ready:
            made.ready = made.expect("ready")
        if room is not None:
            made.send(t="sub", topic=f"room:{room.pk}", **({} if after is None else {"after": after}))
            made.open = made.expect("open")
        return made

    yield open_tab
    for made in opened:
        made.close()

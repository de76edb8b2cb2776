"""Run as a program: a gateway with a fault built in. It acknowledges before it commits; the checker must notice."""

import os
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")

import django

django.setup()

from hearth.conversation.gateway.posting import Outcome, Poster, Wish  # noqa: E402
from hearth.conversation.gateway.server import run  # noqa: E402


class HastyPoster(Poster):
    """Says yes at once and writes a little later."""

    def accept(self, wish: Wish) -> None:
        """Acknowledge what is not yet kept."""
        told: dict[str, Any] = {"t": "ack", "cid": wish.client_id, "room": wish.draft.room_id, "id": 0, "n": 0}
        wish.connection.send(told)
        super().accept(wish)

    def write(self, batch: list[Wish]) -> list[Outcome]:
        """The batch waits, as it may on a slow disk."""
        time.sleep(0.15)
        return super().write(batch)


run(HastyPoster)

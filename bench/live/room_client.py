"""The load client of the shared benches, taught two things of Hearth.

``{cid}`` in ``--send`` is the message's client id. Lines of ``--tokens`` are ``user:session:community|room``: the
ticket (``{t0}``) is signed when its member connects: tickets last a minute, and thousands take longer to come in.
"""

import os
import sys

from scratch_house import PEERS, ROOT

sys.path[:0] = [str(PEERS), str(ROOT)]
import room_load  # from the folder of the peers' benches


class Live(room_load.Ws):
    """The WebSocket adapter; a message's client id is made of the marker's time and sequence number."""

    async def open(self, user, room, first):
        """Come in with a ticket of this moment."""
        who, _, topic = self.tokens[user % len(self.tokens)].partition("|")
        self.tokens[user % len(self.tokens)] = f"{_ticket(who)}|{topic}"
        return await super().open(user, room, first)

    def frame(self, c, body):
        """One post; the mark itself must not stand in the id, or an acknowledgement would count as a delivery."""
        filled = self.fill(self.a.send, c.user, c.room, c.token, body).replace("{cid}", body[5:29])
        return room_load.ws_frame(filled.encode())


def _ticket(who: str) -> str:
    from hearth.core.live import issue_ticket

    parts = who.split(":")
    if len(parts) != 3 or not parts[0].isdigit():
        return who  # signed in an earlier attempt
    user, session, community = parts
    return issue_ticket(int(user), int(community), session)


def set_django_up() -> None:
    """For the secret with which tickets are signed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
    import django

    django.setup()


room_load.ADAPTERS["ws"] = Live

if __name__ == "__main__":
    if sys.argv[1] == "ws":
        set_django_up()
    room_load.main()

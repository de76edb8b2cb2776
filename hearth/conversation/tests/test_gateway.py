"""The live connection, over real sockets and the real database."""

import time

import pytest
from django.db import connection

from hearth.conversation.access import room_for
from hearth.conversation.models import Entry, Message, ReadMark, Seen
from hearth.conversation.services.posting import post_message
from hearth.conversation.tests.tabs import Refused, Tab
from hearth.groups.services import admit_member, remove_member

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_post_is_acknowledged_and_reaches_everybody(tab, bo, chen, room):
    mine, other = tab(bo, room), tab(chen, room)
    mine.send(t="post", room=room.pk, cid="client-01", text="早上好 everyone")
    ack = mine.expect("ack")
    message = Message.objects.get()
    assert ack == {"t": "ack", "cid": "client-01", "room": room.pk, "id": message.pk, "n": 1}
    for somebody in (mine, other):
        entry = somebody.expect("entry")
        assert (entry["n"], entry["k"], entry["m"]["id"]) == (1, "post", message.pk)
        assert entry["m"]["html"] == "<p>早上好 everyone</p>\n"
        assert entry["m"]["by"]["id"] == bo.identity.pk
    assert Entry.objects.count() == 1


def test_a_removed_member_hears_nothing_within_a_second(tab, ada, chen, room, cardiology):
    other = tab(chen, room)
    began = time.monotonic()
    remove_member(ada.actor, cardiology, chen.member, why="left the network")
    gone = other.expect("gone", timeout=1.0)
    assert time.monotonic() - began < 1.0
    assert gone["topic"] == f"room:{room.pk}"
    post_message(room_for(ada.actor, room.pk), text="only for members", client_id="client-09")
    other.silence("entry")

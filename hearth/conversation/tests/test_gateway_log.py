"""The log over live connections: one order, nothing lost, nothing twice; real sockets and the real database."""

from datetime import timedelta

import pytest
from django.db import transaction

from hearth.conversation.access import room_for
from hearth.conversation.models import Entry, Message
from hearth.conversation.services.changing import edit_message, hide_message, pin_message, react
from hearth.conversation.services.posting import post_message
from hearth.conversation.services.writer import write_posts
from hearth.conversation.tests.tabs import House, Tab, say
from hearth.conversation.types import NewPost
from hearth.core.live import issue_ticket
from hearth.core.models import CommunitySetting
from hearth.kit.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


def history(room, author, count, *, start=0):
    """Bring old talk in the way an importer does."""
    long_ago = now() - timedelta(days=300)
    with transaction.atomic():
        return write_posts(
            [
                NewPost(
                    room_id=room.pk, author_id=author.identity.pk, text=f"old {number}", source="zulip",
                    external_id=str(number), occurred_at=long_ago + timedelta(seconds=number), historical=True,
                )
                for number in range(start, start + count)
            ]
        )  # fmt: skip


def numbers(tab, count):
    return [tab.expect("entry")["n"] for _ in range(count)]


# --- the log


def test_a_post_is_acknowledged_and_reaches_everybody(tab, bo, chen, room):
    mine, other = tab(bo, room), tab(chen, room)
    mine.send(t="post", room=room.pk, cid="client-01", text="早上好 everyone")
    ack = mine.frame()
    while ack["t"] != "ack":
        assert ack["t"] == "presence"  # the acknowledgement comes before the entry
        ack = mine.frame()
    message = Message.objects.get()
    assert ack == {"t": "ack", "cid": "client-01", "room": room.pk, "id": message.pk, "n": 1}
    for somebody in (mine, other):
        entry = somebody.expect("entry")
        assert (entry["n"], entry["k"], entry["m"]["id"]) == (1, "post", message.pk)
        assert entry["m"]["html"] == "<p>早上好 everyone</p>\n"
        assert entry["m"]["by"]["id"] == bo.identity.pk
    assert Entry.objects.count() == 1


def test_what_pages_do_arrives_in_order(tab, ada, bo, chen, room):
    other = tab(chen, room)
    posted = say(bo, room, "from a page", 1)
    edit_message(bo.actor, posted.message_id, "from a page, mended")
    react(ada.actor, posted.message_id, "👍", on=True)
    pin_message(bo.actor, posted.message_id, on=True)
    hide_message(bo.actor, posted.message_id, "by mistake")
    seen = [other.expect("entry", timeout=1.0) for _ in range(5)]
    assert [frame["n"] for frame in seen] == [1, 2, 3, 4, 5]
    assert [frame["k"] for frame in seen] == ["post", "edit", "react", "pin", "hide"]
    assert (seen[2]["who"], seen[2]["emoji"], seen[2]["m"]["reactions"]) == (ada.identity.pk, "👍", {"👍": 1})
    assert all("who" not in frame for frame in seen if frame["k"] != "react")
    assert (seen[-1]["m"]["state"], seen[-1]["m"]["html"]) == ("hidden", "")


def test_pages_and_sockets_share_one_order(tab, bo, chen, room):
    mine, other = tab(bo, room), tab(chen, room)
    for number in range(10):
        say(chen, room, f"page {number}", number)
        mine.send(t="post", room=room.pk, cid=f"client-{number:02}", text=f"socket {number}")
        mine.expect("ack")
    for somebody in (mine, other):
        assert numbers(somebody, 20) == list(range(1, 21))
        somebody.silence("entry")


def test_a_reader_who_comes_back_misses_nothing(tab, bo, chen, room):
    mine, other = tab(bo, room), tab(chen, room, after=0)
    for number in range(5):
        mine.send(t="post", room=room.pk, cid=f"client-{number:02}", text=str(number))
    assert numbers(other, 5) == [1, 2, 3, 4, 5]
    other.close()
    for number in range(5, 9):
        mine.send(t="post", room=room.pk, cid=f"client-{number:02}", text=str(number))
        mine.expect("ack")
    back = tab(chen, room, after=5)
    mine.send(t="post", room=room.pk, cid="client-99", text="and now")
    assert numbers(back, 5) == [6, 7, 8, 9, 10]
    back.silence("entry")


def test_what_memory_does_not_hold_comes_from_the_log(tab, bo, chen, room):
    for number in range(7):
        say(bo, room, f"before the gateway knew: {number}", number)
    other = tab(chen, room, after=2)
    assert numbers(other, 5) == [3, 4, 5, 6, 7]
    other.silence("entry")


def test_live_and_replayed_frames_are_the_same(tab, bo, chen, room):
    mine, other = tab(bo, room), tab(chen, room)
    first = None
    for number, text in enumerate(("plain", "**marked** up", "who can help?", "an answer")):
        extra = {"re": first} if number == 3 else {"topic": "ward round"} if number == 1 else {}
        mine.send(t="post", room=room.pk, cid=f"client-{number:02}", text=text, **extra)
        ack = mine.expect("ack")
        first = ack["id"] if number == 2 else first
    live = [other.expect("entry") for _ in range(4)]
    assert live[3]["m"]["re"]["text"] == "who can help?"
    house = House()
    try:
        other.close()
        replay = Tab(
            house.port, path=f"/live?ticket={issue_ticket(chen.user.pk, chen.community.pk, other.session_key)}"
        )
        replay.expect("ready")
        replay.send(t="sub", topic=f"room:{room.pk}", after=0)
        again = [replay.expect("entry") for _ in range(4)]
        replay.close()
    finally:
        house.close()
    assert again[2]["m"].pop("replies") == 1  # the answer came after it
    assert again == live


def test_who_is_too_far_behind_loads_the_page(tab, bo, chen, room):
    CommunitySetting.objects.create(key="conversation.posts_per_minute", value=0)
    for batch in range(3):
        with transaction.atomic():
            write_posts([NewPost(room_id=room.pk, author_id=bo.identity.pk, text=f"{batch} {n}") for n in range(180)])
    other = tab(chen, room, after=1)
    assert other.expect("refetch") == {"t": "refetch", "room": room.pk, "n": 540}
    say(bo, room, "the next one", 1)
    assert numbers(other, 1) == [541]


def test_a_number_from_the_future_loads_the_page(tab, bo, chen, room):
    say(bo, room, "first", 1)
    other = tab(chen, room, after=77)
    assert other.expect("refetch")["n"] == 1
    say(bo, room, "second", 2)
    assert numbers(other, 1) == [2]


def test_imported_history_does_not_flood_the_room(tab, bo, chen, room):
    other = tab(chen, room)
    history(room, bo, 150)
    assert other.expect("history") == {"t": "history", "room": room.pk, "n": 150}
    say(bo, room, "live again", 1)
    assert numbers(other, 1) == [151]
    assert not [frame for frame in other.others if frame["t"] == "entry"]


def test_a_topic_can_be_closed(tab, bo, chen, room):
    other = tab(chen, room)
    other.send(t="unsub", topic=f"room:{room.pk}")
    other.send(t="ping")
    other.expect("pong")
    say(bo, room, "not for the tab", 1)
    other.silence("entry")


# --- posting


def test_one_client_id_is_one_message_over_every_way(tab, bo, room):
    mine, second = tab(bo, room), tab(bo, room)
    for somebody in (mine, mine, second):
        somebody.send(t="post", room=room.pk, cid="client-01", text="once")
    acks = [somebody.expect("ack") for somebody in (mine, mine, second)]
    again = post_message(room_for(bo.actor, room.pk), text="once", client_id="client-01")
    assert {ack["id"] for ack in acks} == {again.message_id}
    assert not again.fresh
    assert numbers(mine, 1) == [1]
    mine.silence("entry")
    assert Message.objects.count() == 1


def test_other_words_under_an_old_client_id_are_refused(tab, bo, room):
    mine = tab(bo, room)
    mine.send(t="post", room=room.pk, cid="client-01", text="first words")
    mine.expect("ack")
    mine.send(t="post", room=room.pk, cid="client-01", text="other words")
    assert mine.expect("refused")["code"] == "idempotency_mismatch"
    assert Message.objects.get().text == "first words"


def test_a_repeated_post_is_acknowledged_even_where_a_new_one_would_be_refused(tab, bo, room):
    CommunitySetting.objects.create(key="conversation.posts_per_minute", value=1)
    mine = tab(bo, room)
    mine.send(t="post", room=room.pk, cid="client-01", text="first")
    first = mine.expect("ack")
    mine.send(t="post", room=room.pk, cid="client-02", text="second")
    refused = mine.expect("refused")
    assert refused["code"] == "too_quick"
    assert 50 <= refused["retry_after"] <= 60
    mine.send(t="post", room=room.pk, cid="client-01", text="first")
    assert mine.expect("ack") == first


def test_posts_over_pages_count_for_the_pace_on_the_socket(tab, bo, room):
    CommunitySetting.objects.create(key="conversation.posts_per_minute", value=2)
    mine = tab(bo, room)
    mine.send(t="post", room=room.pk, cid="client-01", text="first")
    mine.expect("ack")
    say(bo, room, "second", 1)
    mine.expect("entry", n=2)
    mine.send(t="post", room=room.pk, cid="client-02", text="third")
    assert mine.expect("refused")["code"] == "too_quick"


def test_a_storm_of_posts_is_answered_and_numbered_without_gaps(tab, bo, chen, ada, room):
    CommunitySetting.objects.create(key="conversation.posts_per_minute", value=0)
    tabs = [tab(bo, room), tab(chen, room), tab(ada, room)]
    for number in range(100):
        for place, somebody in enumerate(tabs):
            somebody.send(t="post", room=room.pk, cid=f"client-{place}-{number:03}", text=f"{place} {number}")
    for somebody in tabs:
        acked = {somebody.expect("ack")["n"] for _ in range(100)}
        assert len(acked) == 100
        assert numbers(somebody, 300) == list(range(1, 301))
    assert list(Entry.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 301))


def test_a_reader_who_does_not_read_is_dropped(bo, chen, room, client_of):
    CommunitySetting.objects.create(key="conversation.posts_per_minute", value=0)
    house = House(unread=32 * 1024)
    try:
        tickets = {
            somebody: issue_ticket(somebody.user.pk, bo.community.pk, client_of(somebody).session.session_key)
            for somebody in (bo, chen)
        }
        with (
            Tab(house.port, path=f"/live?ticket={tickets[bo]}") as mine,
            Tab(house.port, path=f"/live?ticket={tickets[chen]}", receive_buffer=4096) as asleep,
        ):
            for somebody in (mine, asleep):
                somebody.send(t="sub", topic=f"room:{room.pk}")
                somebody.expect("open")
            for number in range(600):
                mine.send(t="post", room=room.pk, cid=f"client-{number:04}", text="字" * 8000)
                mine.expect("ack")
                mine.others.clear()
                if house.call(lambda: len(house.gateway.hub.connections)) == 1:
                    break
            assert house.call(lambda: list(house.gateway.hub.by_member)) == [bo.member.pk]
            assert asleep.closed() in {4408, 1006}
    finally:
        house.close()


def test_the_gateway_answers_what_it_accepted_before_it_ends(bo, room, client_of):
    house = House()
    session = client_of(bo).session.session_key
    mine = Tab(house.port, path=f"/live?ticket={issue_ticket(bo.user.pk, bo.community.pk, session)}")
    mine.expect("ready")
    mine.send(t="sub", topic=f"room:{room.pk}")
    mine.expect("open")
    for number in range(20):
        mine.send(t="post", room=room.pk, cid=f"client-{number:02}", text=str(number))
    mine.send(t="ping")
    mine.expect("pong")
    house.close()
    assert mine.closed() == 1001
    acked = [frame for frame in mine.others if frame["t"] == "ack"]
    entries = [frame["n"] for frame in mine.others if frame["t"] == "entry"]
    mine.close()
    assert len(acked) == Message.objects.count() == 20
    assert entries == list(range(1, 21))

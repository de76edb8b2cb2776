"""The live connection, over real sockets and the real database."""

import asyncio
import time
from datetime import timedelta
from types import SimpleNamespace

import orjson
import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session

from hearth.conversation.gateway.following import Follower
from hearth.conversation.models import Message, ReadMark, Seen
from hearth.conversation.tests.tabs import Refused, Tab, say
from hearth.core import jobs
from hearth.core.live import issue_ticket
from hearth.groups.access import resolve_actor
from hearth.groups.services import admit_member, close_group, give_role, make_staff, remove_member, restrict
from hearth.kit.clock import now
from hearth.people.services import issue_token, make_bot, revoke_token
from tests.cast import second_factor

pytestmark = pytest.mark.django_db(transaction=True)


# --- coming in


def test_a_page_of_ours_comes_in_with_a_ticket(tab, bo):
    ready = tab(bo).ready
    assert ready["v"] == 1
    assert ready["me"] == {"id": bo.identity.pk, "member": bo.member.pk}


def test_a_ticket_may_come_in_the_first_frame(house, bo, client_of):
    session = client_of(bo).session.session_key
    with Tab(house.port) as made:
        made.send(t="auth", ticket=issue_ticket(bo.user.pk, bo.community.pk, session))
        assert made.expect("ready")["me"]["member"] == bo.member.pk


@pytest.mark.parametrize("first", [{"t": "sub", "topic": "room:1"}, {"t": "auth"}, {"t": "auth", "ticket": 7}])
def test_a_first_frame_without_a_ticket_ends_the_connection(house, first):
    with Tab(house.port) as made:
        made.send(**first)
        assert made.closed() == 4400


@pytest.mark.parametrize("ticket", ["nonsense", "eyJ:1:2", ""])
def test_a_forged_ticket_is_refused(house, ticket):
    with Tab(house.port, path=f"/live?ticket={ticket}") as made:
        if not ticket:
            made.send(t="auth", ticket="also nonsense")
        assert made.closed() == 4401


def test_a_ticket_of_somebody_elses_session_is_refused(house, bo, chen, client_of):
    session = client_of(chen).session.session_key
    with Tab(house.port, path=f"/live?ticket={issue_ticket(bo.user.pk, bo.community.pk, session)}") as made:
        assert made.closed() == 4401


def test_a_ticket_to_a_foreign_community_is_refused(house, bo, other_community, client_of):
    session = client_of(bo).session.session_key
    with Tab(house.port, path=f"/live?ticket={issue_ticket(bo.user.pk, other_community.pk, session)}") as made:
        assert made.closed() == 4401


@pytest.mark.parametrize("turns", range(6))
def test_the_follower_ends_though_it_is_poked_at_that_very_moment(turns):
    async def ended() -> bool:
        follower = Follower(SimpleNamespace())

        async def rest() -> None:
            while True:
                await follower.rest()

        resting = asyncio.create_task(rest())
        await asyncio.sleep(0.05)
        follower.poked.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        resting.cancel()
        return bool((await asyncio.wait({resting}, timeout=1))[0])

    assert asyncio.run(ended())


def test_a_ticket_lasts_a_minute(house, bo, client_of, time_machine):
    session = client_of(bo).session.session_key
    ticket = issue_ticket(bo.user.pk, bo.community.pk, session)
    time_machine.move_to(now() + timedelta(seconds=61))
    with Tab(house.port, path=f"/live?ticket={ticket}") as made:
        assert made.closed() == 4401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "file://", "http://127.0.0.1.evil.example", None])
def test_a_foreign_page_is_turned_away(house, bo, client_of, origin):
    session = client_of(bo).session.session_key
    ticket = issue_ticket(bo.user.pk, bo.community.pk, session)
    with pytest.raises(Refused) as refused:
        Tab(house.port, path=f"/live?ticket={ticket}", origin=origin)
    assert refused.value.status == 403


def test_health_is_told_without_a_socket(house, tab, bo, room):
    tab(bo, room)
    with pytest.raises(Refused) as answer:
        Tab(house.port, path="/live/health")
    assert answer.value.status == 200
    assert orjson.loads(answer.value.body) == {"ok": True, "connections": 1, "rooms": 1, "waiting": 0}


def test_other_addresses_do_not_exist(house):
    with pytest.raises(Refused) as refused:
        Tab(house.port, path="/elsewhere")
    assert refused.value.status == 404


@pytest.mark.parametrize("rubbish", [b"{", b"[]", b'"t"', b"{}", b'{"t":7}', b"\xff\xfe", b"1e999"])
def test_rubbish_ends_the_connection(tab, bo, rubbish):
    mine = tab(bo)
    mine.send_bytes(rubbish)
    assert mine.closed() == 1008


def test_what_is_unknown_is_ignored(tab, bo, room):
    mine = tab(bo, room)
    for frame in (
        {"t": "dance"}, {"t": "sub"}, {"t": "sub", "topic": 7}, {"t": "unsub", "topic": "room:x"}, {"t": "seen"},
        {"t": "seen", "room": room.pk, "n": -4}, {"t": "seen", "room": room.pk, "n": 10**30},
        {"t": "typing", "room": "x"}, {"t": "who", "room": 10**40},
    ):  # fmt: skip
        mine.send(**frame)
    mine.send(t="ping")
    assert mine.expect("pong")["at"] > 0


# --- staying in


def test_signing_out_ends_the_stream(tab, bo, room):
    mine = tab(bo, room)
    Session.objects.filter(session_key=mine.session_key).delete()
    assert mine.closed(timeout=2) == 4401


def test_a_deactivated_user_is_put_out(tab, bo, room):
    mine = tab(bo, room)
    bo.user.is_active = False
    bo.user.save()
    assert mine.closed(timeout=2) == 4401


def test_a_new_password_ends_every_other_session(tab, bo, room):
    mine = tab(bo, room)
    bo.user.set_password("a better one than before")
    bo.user.save()
    assert mine.closed(timeout=2) == 4401


def test_a_removed_member_hears_nothing_within_a_second(tab, ada, chen, room, cardiology):
    other = tab(chen, room)
    began = time.monotonic()
    remove_member(ada.actor, cardiology, chen.member, why="left the network")
    gone = other.expect("gone", timeout=1.0)
    assert time.monotonic() - began < 1.0
    assert (gone["topic"], gone["code"]) == (f"room:{room.pk}", "not_found")
    say(ada, room, "only for members", 1)
    other.silence("entry")
    other.send(t="post", room=room.pk, cid="client-01", text="still here?")
    assert other.expect("refused")["code"] == "not_found"


def test_a_ban_ends_the_stream(tab, ada, chen, room, cardiology):
    other = tab(chen, room)
    restrict(ada.actor, chen.member, cardiology, kind="ban", why="adverts")
    assert other.expect("gone", timeout=1.0)["topic"] == f"room:{room.pk}"


def test_a_mute_reaches_the_open_stream(house, tab, ada, chen, room, cardiology):
    other = tab(chen, room)
    restrict(ada.actor, chen.member, cardiology, kind="mute", until=now() + timedelta(hours=1), why="shouting")
    house.follow()
    other.send(t="post", room=room.pk, cid="client-01", text="hello?")
    assert other.expect("refused")["code"] == "muted"
    other.send(t="typing", room=room.pk)
    other.silence("typing")
    assert Message.objects.count() == 0


def test_a_closed_group_reaches_the_open_stream(house, tab, ada, chen, room, cardiology):
    other = tab(chen, room)
    close_group(ada.actor, cardiology, why="done")
    house.follow()
    other.send(t="post", room=room.pk, cid="client-01", text="hello?")
    assert other.expect("refused")["code"] == "group_closed"


def test_an_outsider_learns_nothing(tab, eve, dara, room):
    for stranger in (eve, dara):
        theirs = tab(stranger)
        theirs.send(t="sub", topic=f"room:{room.pk}")
        assert theirs.expect("gone")["code"] == "not_found"
        theirs.send(t="sub", topic="room:999999")
        assert theirs.expect("gone")["code"] == "not_found"
        theirs.send(t="post", room=room.pk, cid="client-01", text="let me in")
        assert theirs.expect("refused")["code"] == "not_found"
        theirs.send(t="who", room=room.pk)
        theirs.silence("who")


def test_refusals_speak_the_readers_language(tab, chen, room):
    chen.user.language = "zh-hans"
    chen.user.save()
    other = tab(chen, room)
    other.send(t="post", room=room.pk, cid="client-01", text=" ")
    refused = other.expect("refused")
    assert refused["code"] == "empty_message"


# --- machines


@pytest.fixture
def bot(ada, room, cardiology):
    made = make_bot(ada.actor, name="Rota bot", purpose="Posts the rota")
    admit_member(ada.actor, cardiology, made.member, how="staff", why="They asked.")
    return made


def test_a_bot_posts_with_its_label(house, ada, bot, room):
    _row, token = issue_token(ada.actor, bot.member, "rota", ["read", "write"])
    with Tab(house.port, origin=None, Authorization=f"Bearer {token}") as made:
        made.expect("ready")
        made.send(t="sub", topic=f"room:{room.pk}")
        made.expect("open")
        made.send(t="post", room=room.pk, cid="client-01", text="Tonight: Bo")
        made.expect("ack")
        assert made.expect("entry")["m"]["origin"] == "bot"
    assert Message.objects.get().origin == "bot"


def test_a_reading_token_does_not_post_and_a_revoked_one_does_not_read(house, ada, bot, room):
    row, token = issue_token(ada.actor, bot.member, "reader", ["read"])
    with Tab(house.port, origin=None, Authorization=f"Bearer {token}") as made:
        made.expect("ready")
        made.send(t="sub", topic=f"room:{room.pk}")
        made.expect("open")
        made.send(t="post", room=room.pk, cid="client-01", text="hello")
        assert made.expect("refused")["code"] == "not_allowed"
        revoke_token(ada.actor, row)
        assert made.closed(timeout=2) == 4401


def test_a_staff_token_opens_what_staff_may_only_while_they_have_a_second_factor(house, ada, dara, room):
    make_staff(ada.actor, dara.member, "moderator")
    second_factor(dara.user)
    _row, token = issue_token(resolve_actor(dara.user, dara.community), dara.member, "watch", ["read"])
    for answer in ("open", "gone"):
        with Tab(house.port, origin=None, Authorization=f"Bearer {token}") as made:
            made.expect("ready")
            made.send(t="sub", topic=f"room:{room.pk}")
            made.expect(answer)
        Authenticator.objects.filter(user=dara.user).delete()


# --- being there


def test_typing_is_told_and_not_kept(tab, bo, chen, room):
    mine, other = tab(bo, room), tab(chen, room)
    mine.send(t="typing", room=room.pk)
    assert other.expect("typing")["who"] == [{"id": bo.identity.pk, "name": "Bo Zhang"}]
    began = time.monotonic()
    for _ in range(5):
        mine.send(t="typing", room=room.pk)
    other.expect("typing")
    assert time.monotonic() - began > 0.8  # at most once a second
    other.silence("typing")


def test_presence_counts_people_not_tabs(tab, bo, chen, room):
    mine = tab(bo, room)
    tab(bo, room)
    other = tab(chen, room)
    assert mine.expect("presence", timeout=3, count=2)["room"] == room.pk
    mine.send(t="who", room=room.pk)
    who = mine.expect("who")
    assert who["count"] == 2
    assert {card["id"] for card in who["people"]} == {bo.identity.pk, chen.identity.pk}
    other.close()
    mine.expect("presence", timeout=3, count=1)


def test_reading_moves_the_mark_forward_and_tells_the_other_tab(tab, bo, chen, room):
    for number in range(4):
        say(bo, room, str(number), number)
    first, second = tab(chen, room), tab(chen, room)
    first.send(t="seen", room=room.pk, n=3)
    assert second.expect("seen") == {"t": "seen", "room": room.pk, "n": 3}
    first.send(t="seen", room=room.pk, n=2)
    first.send(t="seen", room=room.pk, n=4000)
    assert second.expect("seen")["n"] == 4
    until = time.monotonic() + 5
    while not ReadMark.objects.filter(number=4).exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert ReadMark.objects.get().number == 4
    assert Seen.objects.get().day == now().date()
    second.send(t="seen", room=room.pk, n=1)
    time.sleep(0.6)
    assert ReadMark.objects.get().number == 4


# --- snapshots


def test_the_inbox_counter_is_the_readers_own(tab, bo, chen):
    mine = tab(bo)
    mine.send(t="sub", topic="inbox")
    assert mine.expect("open")["topic"] == "inbox"
    assert mine.expect("snap") == {"t": "snap", "topic": "inbox", "data": {"unread": 0}}
    mine.send(t="sub", topic=f"inbox:{chen.member.pk}")
    assert mine.expect("gone")["code"] == "not_found"


def test_progress_of_a_job_is_sent_when_it_changes(tab, ada, bo, community):
    job = jobs.Job.objects.create(community=community, name="tests.long", created_by=ada.user)
    second_factor(ada.user)
    mine, other = tab(ada), tab(bo)
    other.send(t="sub", topic=f"job:{job.pk}")
    assert other.expect("gone")["code"] == "not_found"
    mine.send(t="sub", topic=f"job:{job.pk}")
    assert mine.expect("snap")["data"]["state"] == "waiting"
    jobs.Job.objects.filter(pk=job.pk).update(state="running", done=40, total=100, note="Reading")
    assert mine.expect("snap")["data"] == {"state": "running", "done": 40, "total": 100}
    mine.silence("snap", 1.0)


def test_unknown_topics_are_not_there(tab, bo):
    mine = tab(bo)
    for topic in ("weather", "job:abc", "room:abc", "room:", "job:", ":", "inbox:"):
        mine.send(t="sub", topic=topic)
        assert mine.expect("gone")["topic"] == topic


def test_a_new_keeper_is_known_at_once(house, tab, ada, chen, room, cardiology):
    other = tab(chen, room)
    give_role(ada.actor, cardiology, chen.member, "keeper")
    house.follow()
    other.send(t="post", room=room.pk, cid="client-01", text="as keeper")
    other.expect("ack")
    assert Message.objects.get().author_role == "keeper"

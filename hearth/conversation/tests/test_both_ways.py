"""A post over HTTP and one through the gateway: the same rows, the same facts, the same refusals."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from hearth.conversation.access import room_for
from hearth.conversation.gateway import admission
from hearth.conversation.models import Attachment, Entry, Mention, Message, Room
from hearth.conversation.services.posting import post_message
from hearth.core.errors import Refusal
from hearth.core.models import CommunitySetting, Fact
from hearth.groups.services import admit_member, close_group, give_role, open_group, restrict
from hearth.kit.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Case:
    """One way to post: by whom, what, after which preparation of the group."""

    name: str
    text: str = "hello"
    who: str = "chen"
    cid: str = "client-01"
    prepare: Callable[[Any], Any] | None = None  # what needs none is posted in one room, one after the other
    how: Callable[[Any], dict[str, Any]] = lambda _place: {}
    times: int = 1
    rooms: dict[str, Any] = field(default_factory=dict)


@dataclass
class Place:
    """A group with its room, and the cast to act in it."""

    group: Any
    room: Room
    cast: dict[str, Any]
    said: list[int] = field(default_factory=list)
    rooms_elsewhere: int = 0

    def say(self, who: str, text: str, **how: Any) -> int:
        access = room_for(self.cast[who].actor, self.room.pk)
        posted = post_message(access, text=text, client_id=f"prepared-{self.room.pk}-{len(self.said)}", **how)
        self.said.append(posted.message_id)
        return posted.message_id

    def file(self, who: str) -> int:
        return Attachment.objects.create(
            room=self.room, uploader=self.cast[who].member, kind="file", name="a.pdf", media_type="application/pdf",
            size=3, digest="0" * 64, stored_as="a",
        ).pk  # fmt: skip

    def restrict(self, who: str, **how: Any) -> None:
        restrict(self.cast["ada"].actor, self.cast[who].member, self.group, why="shouting", **how)


def _asked(place: Place) -> dict[str, Any]:
    return {"reply_to": place.say("bo", "Who can help?")}


def _threaded(place: Place) -> dict[str, Any]:
    root = place.say("bo", "Who can help?")
    return {"reply_to": place.say("chen", "In what?", reply_to=root)}


CASES = [
    Case("plain"),
    Case("cleaned", text="  two\r\nlines\u202e \u0007 "),
    Case("marked up", text="# Rounds\n\n- *one*\n- [two](https://example.org) <script>alert(1)</script>"),
    Case("Chinese question", text="请问这个剂量对吗"),
    Case("empty", text=" \n "),
    Case("too long", text="长" * 8001),
    Case("just fits", text="长" * 8000),
    Case("bad client id", cid="short"),
    Case("odd client id", cid="client id with spaces"),
    Case("mentions", how=lambda place: {}, text="@[Bo](m:{bo}) and @[Eve](m:{eve})"),
    Case("reply", how=_asked),
    Case("reply to an answer", how=_threaded),
    Case("own follow-up", who="bo", how=_asked),
    Case("reply to nothing", how=lambda place: {"reply_to": 999_999}),
    Case("reply elsewhere", how=lambda place: {"reply_to": place.rooms_elsewhere}),
    Case("topic", how=lambda place: {"topic": "  Ward round "}),
    Case("topic twice", how=lambda place: (place.say("bo", "first", topic="Rota"), {"topic": "Rota"})[1]),
    Case("own file", text="", how=lambda place: {"attachments": (place.file("chen"),)}),
    Case("somebody else's file", how=lambda place: {"attachments": (place.file("bo"),)}),
    Case("keeper", who="bo"),
    Case("operator", who="ada"),
    Case("muted", prepare=lambda place: place.restrict("chen", kind="mute", until=now() + timedelta(hours=2))),
    Case("muted for good", prepare=lambda place: place.restrict("chen", kind="mute")),
    Case("muted everywhere else", prepare=lambda place: place.restrict("bo", kind="mute")),
    Case("closed", prepare=lambda place: close_group(place.cast["ada"].actor, place.group, why="done")),
    Case("reader of an open group", who="dara"),
    Case("too quick", prepare=lambda place: [place.say("chen", str(n)) for n in range(3)]),
    Case("the same again", times=2),
]  # fmt: skip


@pytest.fixture
def places(community, ada, bo, chen, dara, eve, django_db_blocker):
    """Make one group for each way."""
    cast = {"ada": ada, "bo": bo, "chen": chen, "dara": dara, "eve": eve}
    made: list[Place] = []

    def make() -> Place:
        group = open_group(
            ada.actor,
            key=f"g{len(made)}",
            name=f"G{len(made)}",
            visibility="open",
            space="professional",
            owner=ada.member,
        )
        for somebody in (bo, chen):
            admit_member(ada.actor, group, somebody.member, how="staff")
        give_role(ada.actor, group, bo.member, "keeper")
        made.append(Place(group, Room.objects.get(group=group), cast))
        return made[-1]

    return make


def _norm(place: Place, value: Any) -> Any:
    """Ids of messages as their place among the room's messages."""
    ids = list(Message.objects.filter(room=place.room).order_by("number").values_list("pk", flat=True))
    return None if value is None else ids.index(value) if value in ids else "elsewhere"


def rows_of(place: Place) -> dict[str, Any]:
    """Everything that posting left behind in a room, without ids and times."""
    leave = {"id", "room_id", "occurred_at", "recorded_at", "first_answer_at", "answer_due_at", "client_id"}
    messages = []
    for row in Message.objects.filter(room=place.room).order_by("number").values():
        row["answered"] = row["first_answer_at"] is not None
        due = row["answer_due_at"]
        row["hours_to_answer"] = None if due is None else round((due - row["occurred_at"]).total_seconds() / 3600)
        row["reply_to_id"], row["thread_id"] = _norm(place, row["reply_to_id"]), _norm(place, row["thread_id"])
        messages.append({key: value for key, value in row.items() if key not in leave})
    entries = Entry.objects.filter(room=place.room).order_by("number")
    mentions = Mention.objects.filter(message__room=place.room).order_by("message__number", "identity_id")
    facts = []
    for fact in Fact.objects.filter(subject=f"room:{place.room.pk}").order_by("id"):
        data = {**fact.data, "message": _norm(place, fact.data["message"])}
        data |= {"reply_to": _norm(place, data["reply_to"]), "thread": _norm(place, data["thread"])}
        data.pop("room"), data.pop("group")
        facts.append((fact.name, fact.version, fact.actor, fact.actor_role, fact.origin, fact.historical, data))
    room = Room.objects.get(pk=place.room.pk)
    files = Attachment.objects.filter(room=place.room).order_by("id")
    return {
        "messages": messages,
        "entries": list(entries.values_list("number", "kind", "author_id", "data")),
        "mentions": list(mentions.values_list("message__number", "identity_id")),
        "facts": facts,
        "files": [(_norm(place, file.message_id), file.uploader_id) for file in files],
        "room": (room.last_number, room.message_count, room.last_message_at is not None),
    }


def over_http(place: Place, case: Case, text: str, how: dict[str, Any]) -> list[Any]:
    heard = []
    for _ in range(case.times):
        try:
            posted = post_message(
                room_for(place.cast[case.who].actor, place.room.pk), text=text, client_id=case.cid, **how
            )
            heard.append(("posted", posted.number, posted.message_id))
        except Refusal as refusal:
            heard.append((refusal.code, str(refusal), getattr(refusal, "retry_after", None)))
    return heard


def over_the_gateway(tab: Any, place: Place, case: Case, text: str, how: dict[str, Any]) -> list[Any]:
    named = {"reply_to": "re", "topic": "topic", "attachments": "files"}
    mine = tab(place.cast[case.who], place.room)
    heard = []
    for _ in range(case.times):
        mine.send(
            t="post", room=place.room.pk, cid=case.cid, text=text, **{named[key]: value for key, value in how.items()}
        )
        frame = mine.frame()
        while frame["t"] not in {"ack", "refused"}:
            frame = mine.frame()
        if frame["t"] == "ack":
            heard.append(("posted", frame["n"], frame["id"]))
        else:
            heard.append((frame["code"], frame["text"], frame.get("retry_after")))
    mine.close()
    return heard


def test_http_and_gateway_leave_the_same_rows_facts_and_refusals(places, house, tab, bo, eve, chen):
    elsewhere = places()
    foreign = elsewhere.say("bo", "said elsewhere")
    CommunitySetting.objects.create(key="conversation.posts_per_minute", value=0)
    codes: set[str] = set()
    ways = (over_http, lambda *what: over_the_gateway(tab, *what))
    unprepared = [places() for _way in ways]
    for case in CASES:
        limit = 3 if case.name == "too quick" else 0
        CommunitySetting.objects.filter(key="conversation.posts_per_minute").update(value=limit)
        house.call(admission.forget)  # else it takes the limit for granted for some seconds
        text = case.text.replace("{bo}", str(bo.identity.pk)).replace("{eve}", str(eve.identity.pk))
        heard, left = [], []
        for way, lasting in zip(ways, unprepared, strict=True):
            Message.objects.filter(author=chen.identity).update(recorded_at=now() - timedelta(hours=1))
            place = places() if case.prepare else lasting
            place.rooms_elsewhere = foreign
            if case.prepare:
                case.prepare(place)
            said = way(place, case, text, case.how(place))
            if case.times == 2:
                assert said[0] == said[1]
            heard.append(
                [(code, what, wait is None) if code == "posted" else (code, what, wait) for code, what, wait in said]
            )
            left.append(rows_of(place))
            Message.objects.filter(client_id=case.cid).update(client_id=None)
        assert heard[0] == heard[1], case.name
        assert left[0] == left[1], case.name
        codes |= {code for code, _, _ in heard[0]}
    refusals = {"empty_message", "too_long", "bad_client_id", "no_such_reply", "muted", "group_closed", "not_a_member"}
    assert codes == {"posted", "too_quick"} | refusals, "a comparison of nothing but refusals would prove nothing"

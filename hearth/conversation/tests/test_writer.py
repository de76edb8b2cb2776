"""The one writer of room logs: numbers, threads, repeats, facts, on SQLite and PostgreSQL."""

import threading
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection, transaction

from hearth.conversation.models import Entry, Message, Room
from hearth.conversation.services.writer import write_change, write_posts
from hearth.conversation.types import Change, NewPost
from hearth.core.facts import OutsideTransaction
from hearth.core.models import Fact
from hearth.groups.services import open_group
from hearth.kit.clock import now


def post(room, author, text="hello", **how):
    return NewPost(room_id=room.pk, author_id=author.identity.pk, text=text, actor=author.actor.ref, **how)


def write(*posts):
    with transaction.atomic():
        return write_posts(posts)


@pytest.fixture
def second_room(ada, community):
    return Room.objects.get(group=open_group(ada.actor, key="second", name="Second", owner=ada.member))


@pytest.mark.django_db
class TestOneBatch:
    def test_numbers_follow_each_other_in_every_room(self, room, second_room, bo, chen):
        posted = write(post(room, bo), post(second_room, bo), post(room, chen), post(room, bo))
        assert [made.number for made in posted] == [1, 1, 2, 3]
        room.refresh_from_db()
        assert (room.last_number, room.message_count) == (3, 3)
        assert room.last_message_at == posted[3].occurred_at
        assert [entry.message_id for entry in Entry.objects.filter(room=room).order_by("number")] == [
            posted[0].message_id, posted[2].message_id, posted[3].message_id,
        ]  # fmt: skip

    def test_ids_grow_with_the_order_of_posting(self, room, bo):
        posted = write(*(post(room, bo, str(n)) for n in range(5)))
        more = write(*(post(room, bo, str(n)) for n in range(5)))
        ids = [made.message_id for made in (*posted, *more)]
        assert ids == sorted(set(ids))
        if connection.vendor == "sqlite":
            assert ids == list(range(ids[0], ids[0] + 10))

    def test_a_client_id_counts_once_in_a_batch_and_across(self, room, bo, chen):
        first, again, other = write(
            post(room, bo, "one", client_id="c-1"), post(room, bo, "two", client_id="c-1"),
            post(room, chen, client_id="c-1"),
        )  # fmt: skip
        assert (first.fresh, again.fresh, other.fresh) == (True, False, True)
        assert again.message_id == first.message_id != other.message_id
        later = write(post(room, bo, "three", client_id="c-1"))[0]
        assert (later.message_id, later.number, later.fresh) == (first.message_id, 1, False)
        assert list(Message.objects.order_by("number").values_list("text", flat=True)) == ["one", "hello"]
        room.refresh_from_db()
        assert room.last_number == 2

    def test_an_imported_id_counts_once_per_room_and_source(self, room, second_room, bo):
        how = {"historical": True, "occurred_at": now() - timedelta(days=9), "external_id": "77"}
        first, again, elsewhere, other = write(
            post(room, bo, source="zulip", **how), post(room, bo, source="zulip", **how),
            post(second_room, bo, source="zulip", **how),
            post(room, bo, source="slack", **(how | {"external_id": "78"})),
        )  # fmt: skip
        assert [made.fresh for made in (first, again, elsewhere, other)] == [True, False, True, True]
        assert write(post(room, bo, source="zulip", **how))[0].message_id == first.message_id

    def test_an_answer_joins_the_thread_of_what_it_answers(self, room, bo, chen):
        asked = write(post(room, bo, "why?", is_question=True))[0]
        answered = write(post(room, chen, "because", reply_to_id=asked.message_id))[0]
        deeper = write(post(room, bo, "really?", reply_to_id=answered.message_id))[0]
        assert (answered.thread_id, deeper.thread_id) == (asked.message_id, asked.message_id)
        root = Message.objects.get(pk=asked.message_id)
        assert root.first_answer_at == answered.occurred_at  # bo's own follow-up is no answer
        assert root.reply_count == 2
        assert Message.objects.get(pk=answered.message_id).reply_count == 1
        assert Message.objects.get(pk=answered.message_id).first_answer_at == deeper.occurred_at

    def test_one_batch_may_hold_a_question_and_its_imported_answer(self, room, bo, chen):
        long_ago = now() - timedelta(days=100)
        asked, answered = write(
            post(room, bo, "why?", source="zulip", external_id="1", occurred_at=long_ago, historical=True),
            post(
                room, chen, "because", source="zulip", external_id="2", reply_to_external="1", historical=True,
                occurred_at=long_ago + timedelta(minutes=5),
            ),
        )  # fmt: skip
        assert answered.reply_to_id == answered.thread_id == asked.message_id
        assert Message.objects.get(pk=asked.message_id).first_answer_at == long_ago + timedelta(minutes=5)

    def test_an_answer_to_another_room_stands_alone(self, room, second_room, bo):
        elsewhere = write(post(second_room, bo))[0]
        alone = write(post(room, bo, reply_to_id=elsewhere.message_id))[0]
        assert (alone.reply_to_id, alone.thread_id) == (None, None)
        assert Message.objects.get(pk=elsewhere.message_id).reply_count == 0

    def test_a_topic_is_a_thread_from_its_second_message(self, room, bo, chen):
        first, second = write(post(room, bo, topic="rota"), post(room, chen, topic="rota"))
        third = write(post(room, bo, topic="rota"))[0]
        assert (first.thread_id, second.thread_id, third.thread_id) == (None, first.message_id, first.message_id)

    def test_every_post_is_told_once_as_a_fact(self, room, bo, chen):
        asked = write(post(room, bo, "why?", is_question=True, client_id="c-1"))[0]
        write(
            post(room, bo, "why?", client_id="c-1"),
            post(room, chen, reply_to_id=asked.message_id, mentions=(bo.identity.pk,)),
        )
        told = list(Fact.objects.filter(name="conversation.message_posted").order_by("id"))
        assert [fact.data["number"] for fact in told] == [1, 2]
        assert told[1].data == {
            "message": told[1].data["message"], "room": room.pk, "group": room.group_id, "number": 2,
            "author": chen.identity.pk, "reply_to": asked.message_id, "thread": asked.message_id, "question": False,
            "mentions": [bo.identity.pk],
        }  # fmt: skip
        assert (told[1].actor, told[1].subject, told[1].origin) == (chen.actor.ref, f"room:{room.pk}", "organic")

    def test_an_unknown_room_writes_nothing(self, room, bo):
        nowhere = Room(pk=999_999)
        with pytest.raises(LookupError):
            write(post(room, bo), post(nowhere, bo))
        assert Message.objects.count() == 0

    def test_a_change_takes_the_next_number(self, room, bo):
        posted = write(post(room, bo))[0]
        with transaction.atomic():
            assert write_change(Change("edit", posted.message_id, room.pk, bo.identity.pk)) == 2
        assert write(post(room, bo))[0].number == 3


@pytest.mark.django_db(transaction=True)
class TestWriters:
    def test_nothing_is_written_outside_a_transaction(self, room, bo):
        with pytest.raises(OutsideTransaction):
            write_posts([post(room, bo)])
        with pytest.raises(OutsideTransaction):
            write_change(Change("edit", 1, room.pk))

    def test_writers_at_once_leave_no_gap_and_no_double(self, room, second_room, bo, chen):
        rooms, failures = (room, second_room), []
        batches = {
            who: [
                [post(rooms[(n + m) % 2], who, f"{n}.{m}", client_id=f"{who.member.pk}-{n}-{m}") for m in range(5)]
                for n in range(12)
            ]
            for who in (bo, chen)
        }

        def run(who):
            with closing(connection):
                try:
                    for batch in batches[who]:
                        with transaction.atomic():
                            write_posts(batch)
                except Exception as error:  # noqa: BLE001
                    failures.append(error)

        threads = [threading.Thread(target=run, args=(who,)) for who in (bo, chen, bo)]  # bo twice: the same client ids
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert failures == []
        assert Message.objects.count() == 120
        for place in rooms:
            place.refresh_from_db()
            numbers = list(Entry.objects.filter(room=place).order_by("number").values_list("number", flat=True))
            assert numbers == list(range(1, place.last_number + 1))
            assert place.message_count == len(numbers)
        assert Fact.objects.filter(name="conversation.message_posted").count() == 120

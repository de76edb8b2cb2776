"""Search: Chinese words of any length, English ones, only where one may read, and nothing that was hidden."""

import pytest
from django.db import transaction

from hearth.conversation.models import Message, Room
from hearth.conversation.queries.search import search
from hearth.conversation.services.changing import edit_message, hide_message, remove_message, restore_message
from hearth.conversation.services.writer import write_posts
from hearth.conversation.types import NewPost
from hearth.groups.services import open_group

pytestmark = pytest.mark.django_db

SAID = [
    "今天讨论心电图的读法",
    "The new Dosage guideline is out",
    "剂量要减半，注意肾功能",
    "心脏科值班表",
    "電子病歷系統升級",
    "Please check the dosage again",
    "电图",
]


@pytest.fixture
def said(room, bo):
    with transaction.atomic():
        posted = write_posts([NewPost(room_id=room.pk, author_id=bo.identity.pk, text=text) for text in SAID])
    return [made.message_id for made in posted]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("剂量", [2]),
        ("心电图", [0]),
        ("电图", [6, 0]),
        ("心", [3, 0]),
        ("病歷", [4]),
        ("dosage", [5, 1]),
        ("DOSAGE", [5, 1]),
        ("dosa", [5, 1]),
        ("dosage guideline", [1]),
        ("心电 读法", [0]),
        ("心图", []),
        ("量剂", []),
        ("osage", []),
        ("", []),
        ("  ，。 ", []),
        ('"dosage" OR', []),
        ("* - ( ) AND", []),
        ("c1", []),
    ],
)
def test_words_are_found(said, room, query, found):
    hits = search(query, community_id=room.community_id, room_ids=[room.pk])
    assert [said.index(message) for message in hits.message_ids] == found


def test_search_stays_in_the_rooms_given(said, room, ada, bo):
    other = Room.objects.get(group=open_group(ada.actor, key="other", name="Other", owner=ada.member))
    with transaction.atomic():
        write_posts([NewPost(room_id=other.pk, author_id=ada.identity.pk, text="剂量 dosage")])
    for query in ("剂量", "dosage", f"r{room.pk}", f"c{room.community_id}"):
        hits = search(query, community_id=room.community_id, room_ids=[other.pk]).message_ids
        assert set(hits) <= set(Message.objects.filter(room=other).values_list("pk", flat=True))
    assert search("剂量", community_id=room.community_id, room_ids=[]).message_ids == []
    many = [room.pk, *range(10_000, 10_100)]
    assert [said.index(pk) for pk in search("剂量", community_id=room.community_id, room_ids=many).message_ids] == [2]


def test_what_is_hidden_or_taken_back_is_not_found(said, room, bo):
    look = {"community_id": room.community_id, "room_ids": [room.pk]}
    hide_message(bo.actor, said[2], "wrong")
    remove_message(bo.actor, said[1])
    assert search("剂量", **look).message_ids == []
    assert search("guideline", **look).message_ids == []
    restore_message(bo.actor, said[2])
    assert search("剂量", **look).message_ids == [said[2]]


def test_an_edit_is_found_by_its_new_words_alone(said, room, bo):
    look = {"community_id": room.community_id, "room_ids": [room.pk]}
    edit_message(bo.actor, said[3], "儿科排班")
    assert search("值班", **look).message_ids == []
    assert search("排班", **look).message_ids == [said[3]]


def test_pages_of_hits_continue_where_the_last_ended(room, bo):
    with transaction.atomic():
        posted = write_posts(
            [NewPost(room_id=room.pk, author_id=bo.identity.pk, text=f"血压 {number}") for number in range(45)]
        )
    seen, before = [], None
    while True:
        page = search("血压", community_id=room.community_id, room_ids=[room.pk], before=before)
        seen += page.message_ids
        before = page.next_before
        if before is None:
            break
    assert seen == [made.message_id for made in reversed(posted)]

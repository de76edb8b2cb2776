"""Lists of messages across rooms."""

from uuid import uuid4

import pytest

from hearth.conversation.access import room_of_group
from hearth.conversation.services.posting import post_message
from hearth.core.models import CommunitySetting

pytestmark = pytest.mark.django_db


@pytest.fixture
def fifty_three(chen, cardiology):
    """So many questions of Chen's that wait, the first of them first."""
    CommunitySetting.objects.create(key="conversation.posts_per_minute", value=0)
    room = room_of_group(chen.actor, cardiology.pk)
    asked = [f"Who is on call on day {n}?" for n in range(53)]
    return [post_message(room, text=text, client_id=uuid4().hex).message_id for text in asked]


def test_every_open_question_is_reached_page_by_page(bo, client_of, fifty_three):
    first = client_of(bo).get("/c/stlucas/questions/").content.decode()
    assert [f"messages/{pk}/thread/" in first for pk in fifty_three] == [True] * 50 + [False] * 3
    assert 'href="?page=2"' in first
    second = client_of(bo).get("/c/stlucas/questions/?page=2").content.decode()
    assert [f"messages/{pk}/thread/" in second for pk in fifty_three] == [False] * 50 + [True] * 3
    assert 'href="?page=1"' in second


def test_home_says_how_many_more_wait(bo, client_of, fifty_three):
    assert "50 more questions wait" in client_of(bo).get("/c/stlucas/").content.decode()

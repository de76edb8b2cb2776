"""A process that erases a person is killed while it writes, and another one goes on; so a hundred times."""

import os
import subprocess
import sys
from uuid import uuid4

import pytest
from django.conf import settings

from hearth.conversation.access import room_of_group
from hearth.conversation.models import Message
from hearth.conversation.services.posting import post_message
from hearth.core.audit import entries, first_break
from hearth.core.models import User
from hearth.core.tests.other_process import database_url
from hearth.groups.models import Group, Membership
from hearth.kit.clock import now
from hearth.people.models import Erasure, Member
from hearth.people.services import ask_erasure
from hearth.people.tests.canaries import Planted
from tests.watching import facts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough]


def killed_again_and_again(row: Erasure, *how: str) -> int:
    """How many processes were killed before one was through."""
    env = {**os.environ, "DATABASE_URL": database_url(), "HEARTH_HOME": str(settings.HEARTH_HOME)}
    env |= {"HEARTH_SECRET_KEY": settings.SECRET_KEY, "DJANGO_SETTINGS_MODULE": "hearth.project.settings"}
    command = [sys.executable, "-m", "hearth.people.tests.erasing_process", str(row.pk), *how]
    done = subprocess.run(command, env=env, timeout=600, check=True, capture_output=True, text=True)
    return int(done.stdout)


@pytest.fixture
def asked(own_home, community, chen, bo, cardiology):
    """Chen, of whom every table says something, asked to be erased, and the days of grace are over."""
    said = post_message(room_of_group(chen.actor, cardiology.pk), text="Metoprolol first.", client_id=uuid4().hex)
    canaries = Planted(chen, bo, cardiology)
    row = ask_erasure(chen.actor, "remove")
    Erasure.objects.filter(pk=row.pk).update(due_at=now())
    return row, canaries, said.message_id


def test_killed_again_and_again_it_converges_and_leaves_nothing(asked, chen, cardiology):
    row, canaries, message = asked
    assert len(canaries.found()) == canaries.count > 80
    assert killed_again_and_again(row) > 100
    row.refresh_from_db()
    assert (row.done_at is not None, row.who) == (True, {})
    assert canaries.found() == {}
    assert Member.objects.get(pk=chen.member.pk).display_name == "Former member"
    assert not User.objects.get(pk=chen.user.pk).is_active
    assert Message.objects.get(pk=message).state == "removed"
    assert facts("people.person_erased") == [{"member": chen.member.pk}]
    assert len(facts("conversation.message_removed")) == Message.objects.filter(state="removed").count()
    assert entries().filter(action="person_erased").count() == 1
    assert first_break(chen.community.pk) is None
    inside = Membership.objects.filter(group=cardiology, left_at=None).count()
    assert Group.objects.get(pk=cardiology.pk).member_count == inside == 2


def test_negative_control_whoever_asks_anew_who_is_meant_leaves_something(asked):
    row, canaries, _message = asked
    killed_again_and_again(row, "careless")
    assert canaries.found() != {}

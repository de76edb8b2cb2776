"""No real name, hospital or department leaves a patient group: rooms, lists, search, what programs read, exports."""

import pytest

from hearth.conversation.access import room_of_group
from hearth.conversation.services.posting import post_message
from hearth.groups.services import admit_member, give_role, open_group
from tests.cast import newcomer, second_factor

CANARIES = ("REALCANARY", "HOSPCANARY", "DEPTCANARY")


@pytest.fixture
def sunny(community):
    """Sunny, a patient who also has a real name."""
    return newcomer(
        community, "Sunny", kind="patient", real_name="REALCANARY Jones", hospital="HOSPCANARY", department="DEPTCANARY"
    )


@pytest.fixture
def talk(ada, bo, sunny):
    """``talk(space)``: Sunny asks in a group of that space, which Bo keeps."""

    def made(space):
        group = open_group(ada.actor, key=space, name="Diabetes", space=space, owner=ada.member)
        for somebody in (bo, sunny):
            admit_member(ada.actor, group, somebody.member, how="staff", why="They asked.")
        give_role(ada.actor, group, bo.member, "keeper")
        access = room_of_group(sunny.actor, group.pk)
        asked = post_message(access, text="Which bread do you eat?", client_id="client-of-sunny-1").message_id
        post_message(room_of_group(bo.actor, group.pk), text="Rye.", client_id="client-of-bo-1", reply_to=asked)
        return group, asked

    return made


def pages(group, asked, somebody):
    """Every page and answer on which a member may meet another."""
    base, room = "/c/stlucas", f"/c/stlucas/groups/{group.pk}"
    return [
        f"{base}/", f"{base}/groups/", f"{base}/discover/", f"{base}/me/notices/", f"{base}/bookmarks/",
        f"{base}/questions/", f"{base}/search/?q=bread", f"{base}/search/?q=REALCANARY",
        f"{base}/messages/{asked}/", f"{base}/messages/{asked}/thread/", f"{base}/messages/{asked}/acts/",
        f"{base}/members/{somebody.member.pk}/card/",
        f"{room}/room/", f"{room}/room/part/", f"{room}/messages/", f"{room}/callable/?q=Sun",
        f"{room}/callable/?q=REALC", f"{room}/card/", f"{room}/members/", f"{room}/tending/", f"{room}/settings/",
        f"{room}/members/{somebody.member.pk}/removal/", f"{room}/members/{somebody.member.pk}/mute/",
    ]  # fmt: skip


def leaks(client, among):
    """(pages that show Sunny, pages that show a canary beyond what was asked for)."""
    shown, leaking = [], []
    for page in among:
        text = client.get(page, headers={"accept": "*/*"}).content.decode()
        shown += [page] if "Sunny" in text else []
        asked_for = page.rpartition("q=")[2] if "q=" in page else ""
        leaking += [page for canary in CANARIES if canary in text and canary != asked_for]
    return shown, leaking


def test_no_real_name_leaves_a_patient_group(client_of, bo, sunny, talk):
    group, asked = talk("patient")
    shown, leaking = leaks(client_of(bo), pages(group, asked, sunny))
    assert leaking == []
    assert len(shown) >= 6


def test_negative_control_a_professional_group_shows_them(client_of, bo, sunny, talk):
    group, asked = talk("professional")
    _shown, leaking = leaks(client_of(bo), pages(group, asked, sunny))
    assert len(set(leaking)) >= 6


def test_staff_see_both_names_where_they_look_after_people(client_of, ada, sunny, talk):
    group, _asked = talk("patient")
    second_factor(ada.user)
    text = client_of(ada).get(f"/c/stlucas/groups/{group.pk}/members/").content.decode()
    assert "Sunny" in text
    assert "REALCANARY Jones" in text

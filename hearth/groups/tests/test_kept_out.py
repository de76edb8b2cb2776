"""Whoever follows a link or code where there is nothing to come into reads so before they press anything."""

import pytest

from hearth.core.permissions import house_actor
from hearth.groups.models import Membership
from hearth.groups.services import change_group, close_group, make_entry_code, make_join_link, open_group, restrict
from hearth.groups.tests.test_pages import at, post

CLOSED = "This group is closed. It can be read, but nobody can join or post."
BANNED = (
    "A decision of its keepers or of the team keeps you out of this group. Ask them if you think that it is a mistake."
)


@pytest.fixture
def link(bo, cardiology):
    return make_join_link(bo.actor, cardiology)


@pytest.fixture
def code(ada, cardiology):
    return make_entry_code(ada.actor, title="Article", default_group=cardiology.pk, opens_next=False)


def read(client, path):
    answer = client.get(path)
    html = answer.content.decode()
    return answer.status_code, "accept_norms" in html, html


def test_a_link_into_a_closed_group_says_so_instead_of_inviting(client_of, ada, dara, eve, link, code, cardiology):
    close_group(ada.actor, cardiology)
    for who, path in ((dara, at("entry", code=link.code)), (eve, at("entry", code=link.code)),
                      (dara, at("code", code=code.code))):  # fmt: skip
        status, invites, html = read(client_of(who), path)
        assert (status, invites, CLOSED in html, "Cardiology" in html) == (409, False, True, True)


@pytest.mark.parametrize(("seen", "told"), [("listed", True), ("hidden", False)])
def test_it_says_where_the_members_went_to_those_who_may_know(
    client_of, ada, dara, link, community, cardiology, seen, told
):
    home = open_group(ada.actor, name="Heart", visibility=seen)
    close_group(house_actor(community.pk), cardiology, into=home)
    _status, _invites, html = read(client_of(dara), at("entry", code=link.code))
    assert ("Its members went to Heart." in html, at("card", group_id=home.pk) in html) == (told, told)


def test_a_group_that_closes_while_its_invitation_is_read_says_so_on_the_press(client_of, ada, dara, link, cardiology):
    client, path = client_of(dara), at("entry", code=link.code)
    client.get(path)
    close_group(ada.actor, cardiology)
    answer = client.post(path, {"idempotency_key": "k1", "accept_norms": "on", "norms_version": 1})
    assert (answer.status_code, CLOSED in answer.content.decode()) == (409, True)
    assert not Membership.objects.filter(member=dara.member).exists()


def test_a_member_who_follows_a_link_to_their_own_group_is_led_there(client_of, chen, link, cardiology):
    answer = client_of(chen).get(at("entry", code=link.code), follow=True)
    assert answer.redirect_chain == [(at("card", group_id=cardiology.pk), 302)]
    assert "You are in this group already." in answer.content.decode()


def test_the_banned_read_it_before_they_press_and_as_said_to_them(client_of, ada, bo, dara, link, code, cardiology):
    change_group(ada.actor, cardiology, capacity=cardiology.member_count)
    restrict(bo.actor, dara.member, cardiology, kind="ban", why="adverts")
    client = client_of(dara)
    for path in (at("entry", code=link.code), at("code", code=code.code)):
        status, invites, html = read(client, path)
        assert (status, invites, BANNED in html, "Ask for a place" in html) == (403, False, True, False)
    status, invites, html = read(client, at("card", group_id=cardiology.pk))
    assert (status, invites, BANNED in html, "Ask for a place" in html) == (200, False, True, False)


def test_somebody_else_is_invited_all_the_same(client_of, bo, chen, dara, link, code, cardiology):
    restrict(bo.actor, chen.member, cardiology, kind="ban", why="adverts")
    client = client_of(dara)
    for path in (at("entry", code=link.code), at("code", code=code.code), at("card", group_id=cardiology.pk)):
        status, invites, html = read(client, path)
        assert (status, invites, BANNED in html) == (200, True, False), path
    post(client, at("entry", code=link.code), norms_version=1, accept_norms="on")
    assert Membership.objects.filter(member=dara.member, left_at=None).exists()

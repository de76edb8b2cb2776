"""Sessions and tokens end when somebody ends them, everywhere and at once."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from hearth.core.tenancy import community_scope
from hearth.groups.models import Group
from hearth.groups.services import remove_member
from hearth.people.models import ApiToken, Member
from hearth.people.services import member_by_token, revoke_token
from tests.security.world import PASSWORD, World, know_password

pytestmark = pytest.mark.django_db
HOME = "/c/alfa/"


@pytest.fixture
def tabs(world: World, settings):
    """Two browsers in which the member signed in with their password."""
    settings.ACCOUNT_RATE_LIMITS = False
    user = world.alfa.people["member"].user
    know_password(user)
    made = [Client(), Client()]
    for each in made:
        each.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        assert each.get(HOME).status_code == 200
    return made


def signed_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def test_signing_out_everywhere_else_ends_every_other_session(tabs):
    here, there = tabs
    here.post("/c/alfa/me/sign-ins/ending/", {"idempotency_key": "out"})
    assert signed_in(here)
    assert not signed_in(there)


def test_ending_a_device_that_changed_its_password_ends_it(tabs):
    """A new password gives the session another key; the list of sign-ins follows it."""
    here, there = tabs
    change = {"oldpassword": PASSWORD, "password1": PASSWORD + "!", "password2": PASSWORD + "!"}
    there.post("/accounts/password/change/", change)
    assert signed_in(there)
    assert not signed_in(here)
    here.post("/accounts/login/", {"login": "member@alfa.example", "password": PASSWORD + "!"})
    here.post("/c/alfa/me/sign-ins/ending/", {"idempotency_key": "out"})
    assert signed_in(here)
    assert not signed_in(there)


def test_a_new_password_ends_the_other_sessions(tabs, world):
    user = world.alfa.people["member"].user
    user.set_password("another long secret")
    user.save()
    assert not any(signed_in(each) for each in tabs)


def test_a_deactivated_user_is_out_at_once(tabs, world):
    user = world.alfa.people["member"].user
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    assert not any(signed_in(each) for each in tabs)
    again = Client()
    again.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert SESSION_KEY not in again.session


def test_a_member_who_left_the_community_finds_nothing_there(tabs, world):
    with community_scope(world.alfa.community):
        Member.objects.filter(pk=world.alfa.people["member"].member.pk).update(left_at="2026-01-01T00:00:00Z")
    assert tabs[0].get(HOME).status_code == 404


def test_a_member_taken_out_of_a_group_reads_no_more_of_it(tabs, world):
    house = world.alfa
    room = f"/c/alfa/groups/{house.things['group']}/room/"
    assert tabs[0].get(room).status_code == 200
    with community_scope(house.community):
        group = Group.objects.get(pk=house.things["group"])
        remove_member(house.people["owner"].actor, group, house.people["member"].member, "Out.")
    assert tabs[0].get(room).status_code == 404
    assert tabs[0].get(f"/c/alfa/files/{house.things['attachment_id']}/").status_code == 404
    assert tabs[0].get(f"/c/alfa/messages/{house.things['message_id']}/thread/").status_code == 404


def test_signing_in_gives_the_session_another_name(world):
    client = Client()
    client.get("/")
    client.session.save()
    client.cookies["sessionid"] = "planted0planted0planted0planted0"
    user = world.alfa.people["member"].user
    know_password(user)
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert client.cookies["sessionid"].value != "planted0planted0planted0planted0"


def test_a_revoked_token_and_one_of_a_member_who_left_are_refused(world):
    house = world.alfa
    assert member_by_token(house.token).pk == house.people["member"].member.pk
    with community_scope(house.community):
        revoke_token(house.people["member"].actor, ApiToken.objects.get(pk=house.things["token_id"]))
    assert member_by_token(house.token) is None
    Member._base_manager.filter(pk=world.bravo.people["member"].member.pk).update(left_at="2026-01-01T00:00:00Z")
    assert member_by_token(world.bravo.token) is None
    assert member_by_token(house.token[:-1]) is None
    assert member_by_token("") is None


def test_no_token_opens_a_page(world):
    client = Client(headers={"Authorization": f"Bearer {world.alfa.token}"})
    assert client.get(HOME).status_code == 302

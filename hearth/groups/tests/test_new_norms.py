"""New norms: who owes them reads it on the first page, and a newer version is never accepted unread."""

import re

import pytest

from hearth.core.routing import link
from hearth.groups.models import Membership
from hearth.groups.queries.lists import has_accepted, newest_norms, norms_owed
from hearth.groups.services import accept_norms, close_group, make_join_link, publish_norms
from hearth.groups.tests.test_pages import at

pytestmark = pytest.mark.django_db

NEWS = "Cardiology has new norms. Please read them."


def shown(html):
    """(the version in the form, whether its box is ticked)"""
    version = re.search(r'name="norms_version"[^>]* value="(\d+)"|value="(\d+)"[^>]* name="norms_version"', html)
    box = re.search(r"<input[^>]*accept_norms[^>]*>", html).group()
    return int(version.group(1) or version.group(2)), "checked" in box


def press(client, path, page, **data):
    key = re.search(r'name="idempotency_key" value="([^"]+)"', client.get(page).content.decode()).group(1)
    return lambda: client.post(path, {"idempotency_key": key, **data})


def test_a_version_that_appeared_meanwhile_is_to_be_read_and_accepted_anew(client_of, bo, chen, cardiology):
    client, card = client_of(chen), at("card", group_id=cardiology.pk)
    publish_norms(bo.actor, cardiology, "Be kinder.")
    accept = press(client, at("acceptance", group_id=cardiology.pk), card, norms_version=2, accept_norms="on")
    publish_norms(bo.actor, cardiology, "Be kindest.")
    answer = accept()
    html = answer.content.decode()
    assert (answer.status_code, "The norms have changed since. Read the new version." in html) == (422, True)
    assert "to join" not in html
    assert ("Be kindest." in html, shown(html)) == (True, (3, False))
    assert not has_accepted(newest_norms(cardiology.pk), chen.member.pk)


@pytest.mark.parametrize("way", ["card", "link"])
def test_whoever_joins_by_old_norms_accepts_the_new_ones_anew(client_of, bo, dara, cardiology, way):
    code = make_join_link(bo.actor, cardiology).code
    page = at("card", group_id=cardiology.pk) if way == "card" else at("entry", code=code)
    path = at("join", group_id=cardiology.pk) if way == "card" else page
    join = press(client_of(dara), path, page, norms_version=1, accept_norms="on")
    publish_norms(bo.actor, cardiology, "Be kinder.")
    html = join().content.decode()
    assert ("Be kinder." in html, shown(html)) == (True, (2, False))
    assert not Membership.objects.filter(member=dara.member).exists()


def test_who_ticks_nothing_is_told_what_is_missing(client_of, bo, chen, cardiology):
    publish_norms(bo.actor, cardiology, "Be kinder.")
    path, card = at("acceptance", group_id=cardiology.pk), at("card", group_id=cardiology.pk)
    answer = press(client_of(chen), path, card, norms_version=2)()
    assert (answer.status_code, "Say first that you accept the norms." in answer.content.decode()) == (422, True)


def test_members_read_of_new_norms_at_home_until_they_accept_them(client_of, bo, chen, dara, cardiology):
    home, card = link("portal:home"), at("card", group_id=cardiology.pk)
    member, stranger = client_of(chen), client_of(dara)
    assert NEWS not in member.get(home).content.decode()
    publish_norms(bo.actor, cardiology, "Be kinder.")
    html = member.get(home).content.decode()
    assert (NEWS in html, f'href="{card}"' in html) == (True, True)
    assert NEWS not in stranger.get(home).content.decode()
    accept_norms(chen.actor, cardiology, 2)
    assert NEWS not in member.get(home).content.decode()


def test_what_is_owed_is_one_question_and_nothing_in_closed_groups(
    ada, bo, chen, cardiology, django_assert_num_queries
):
    publish_norms(bo.actor, cardiology, "Be kinder.")
    with django_assert_num_queries(1):
        assert norms_owed(chen.member.pk) == [(cardiology.pk, cardiology.name)]
    close_group(ada.actor, cardiology)
    assert norms_owed(chen.member.pk) == []

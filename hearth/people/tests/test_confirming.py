"""One's data and one's erasure are for whoever signed in lately: an open laptop is not enough."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from hearth.people.models import Erasure, Export
from hearth.people.services import order_own_export
from tests.cast import signed_in_now

PASSWORD = "correct horse battery staple"
HERE = "/c/stlucas/me/data/"
ERASE = {"words": "keep", "sure": "on", "idempotency_key": "one"}


def browser(somebody, minutes):
    """Where somebody signed in so many minutes ago."""
    client = Client()
    client.force_login(somebody.user, backend="django.contrib.auth.backends.ModelBackend")
    signed_in_now(client, somebody.user, seconds_ago=minutes * 60)
    return client


@pytest.fixture
def eva(chen):
    """Chen, with a password and a confirmed address."""
    chen.user.set_password(PASSWORD)
    chen.user.save()
    EmailAddress.objects.create(user=chen.user, email=chen.user.email, verified=True, primary=True)
    return chen


@pytest.mark.parametrize(("minutes", "asked"), [(9, 1), (11, 0)])
def test_ten_minutes_after_signing_in_it_is_asked_again(own_home, eva, minutes, asked):
    client = browser(eva, minutes)
    assert client.post(f"{HERE}export/", {"idempotency_key": "two"}).url == HERE
    assert client.post(f"{HERE}erasure/", ERASE).url == HERE
    assert (Export.objects.count(), Erasure.objects.count()) == (asked, asked)
    assert ("Confirm that it is you" in client.get(HERE).content.decode()) == (not asked)


def test_a_file_that_is_ready_is_given_to_nobody_else_at_the_laptop(own_home, eva):
    order_own_export(eva.actor)
    answer = browser(eva, 11).get(f"{HERE}export/{Export.objects.get().pk}/")
    assert (answer.status_code, answer.url) == (302, HERE)


def test_a_session_that_says_nothing_of_how_it_began_is_old(own_home, eva):
    client = Client()
    client.force_login(eva.user, backend="django.contrib.auth.backends.ModelBackend")
    client.post(f"{HERE}erasure/", ERASE)
    assert not Erasure.objects.exists()


def test_the_word_of_another_in_the_same_browser_counts_for_nothing(own_home, eva, dara):
    client = browser(eva, 11)
    signed_in_now(client, dara.user)
    client.post(f"{HERE}erasure/", ERASE)
    assert not Erasure.objects.exists()


def test_the_password_confirms(own_home, eva):
    client = browser(eva, 60)
    client.session.save()
    page = client.get(HERE).content.decode()
    way = f"{reverse('account_reauthenticate')}?next=%2Fc%2Fstlucas%2Fme%2Fdata%2F"
    assert way in page
    assert client.post(way, {"password": "wrong", "next": HERE}).status_code == 200
    client.post(f"{HERE}erasure/", ERASE)
    assert not Erasure.objects.exists()
    assert client.post(way, {"password": PASSWORD, "next": HERE}).url == HERE
    client.post(f"{HERE}erasure/", ERASE)
    assert Erasure.objects.get().person_id == eva.member.person_id


def test_who_has_no_password_signs_in_again_by_a_code(own_home, eva):
    eva.user.set_unusable_password()
    eva.user.save()
    client = browser(eva, 60)
    assert "account/reauthenticate" not in client.get(HERE).content.decode()
    asked = client.post(f"{HERE}signing-in-again/", {"idempotency_key": "three"})
    assert asked.url == f"{reverse('account_request_login_code')}?next=%2Fc%2Fstlucas%2Fme%2Fdata%2F"
    assert client.get(HERE).status_code == 302
    answer = client.post(asked.url, {"email": eva.user.email, "next": HERE}, follow=True)
    code = next(line for line in mail.outbox[0].body.splitlines() if line and line.strip() == line and " " not in line)
    answer = client.post(answer.request["PATH_INFO"], {"code": code, "next": HERE})
    assert answer.url == HERE
    client.post(f"{HERE}erasure/", ERASE)
    assert Erasure.objects.count() == 1

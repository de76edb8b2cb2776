import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.urls import reverse

from hearth.core.models import User
from hearth.people.models import SignIn
from hearth.people.registry import DemoPersona, demo_personas

PASSWORD = "a long enough sentence"


@pytest.fixture
def fay(db):
    user = User.objects.create_user("fay@example.com", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.ACCOUNT_RATE_LIMITS = False


def code_in(message):
    return re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", message.body, re.MULTILINE).group(1)


def is_signed_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_reset_password", "account_request_login_code"],
)
def test_every_page_before_signing_in_opens_in_hearths_look(client, db, name, language):
    client.cookies["hearth_language"] = language
    html = client.get(reverse(name)).content.decode()
    assert 'class="plain-box' in html
    assert "<c-" not in html
    assert "Menu:" not in html
    assert ('lang="zh-Han' in html) == (language != "en")


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_every_page_of_ones_account_opens_in_hearths_look(client, fay, language):
    client.cookies["hearth_language"] = language
    client.post(reverse("account_login"), {"login": fay.email, "password": PASSWORD})
    assert 'class="plain-box' in client.get(reverse("account_reauthenticate")).content.decode()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    names = [
        "account_email",
        "account_change_password",
        "account_logout",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
    ]
    for name in names:
        answer = client.get(reverse(name))
        assert answer.status_code == 200, name
        html = answer.content.decode()
        assert 'class="plain-box' in html, name
        assert "Menu:" not in html, name


def test_somebody_signs_up_confirms_by_code_and_is_in(client, db):
    answer = client.post(reverse("account_signup"), {"email": "Gil@Example.com", "password1": PASSWORD})
    assert answer.status_code == 302
    assert client.get(answer.url).status_code == 200
    assert not is_signed_in(client)
    client.post(answer.url, {"code": code_in(mail.outbox[0])})
    assert is_signed_in(client)
    assert User.objects.get().email == "gil@example.com"


def test_a_wrong_code_lets_nobody_in(client, db):
    answer = client.post(reverse("account_signup"), {"email": "gil@example.com", "password1": PASSWORD})
    refused = client.post(answer.url, {"code": "AAAAAA"})
    assert refused.status_code == 200
    assert not is_signed_in(client)


def test_signing_in_by_password_is_noted_with_its_device(client, fay):
    client.post(
        reverse("account_login"), {"login": "FAY@example.com", "password": PASSWORD}, headers={"User-Agent": "A phone"}
    )
    assert is_signed_in(client)
    assert SignIn.objects.get().device == "A phone"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, fay):
    told = []
    for login in (fay.email, "nobody@example.com"):
        answer = client.post(reverse("account_login"), {"login": login, "password": "something else"})
        told.append(re.findall(r'(?s)class="[^"]*error[^"]*".*?</', answer.content.decode()))
    assert told[0] == told[1]
    assert told[0]
    assert not is_signed_in(client)


def test_signing_in_by_mailed_code(client, fay):
    answer = client.post(reverse("account_request_login_code"), {"email": fay.email})
    assert client.get(answer.url).status_code == 200
    client.post(answer.url, {"code": code_in(mail.outbox[0])})
    assert is_signed_in(client)


def test_a_forgotten_password_is_set_anew_by_the_mailed_link(client, fay):
    assert client.post(reverse("account_reset_password"), {"email": fay.email}).status_code == 302
    assert client.get(reverse("account_reset_password_done")).status_code == 200
    path = re.search(r"http://[^/]+(/\S+)", mail.outbox[0].body).group(1)
    form = client.get(path, follow=True)
    assert 'class="plain-box' in form.content.decode()
    done = client.post(
        form.redirect_chain[-1][0], {"password1": "another long one", "password2": "another long one"}, follow=True
    )
    assert done.status_code == 200
    fay.refresh_from_db()
    assert fay.check_password("another long one")


def test_a_second_factor_is_asked_for_once_it_is_set_up(client, fay):
    secret = generate_totp_secret()
    TOTP.activate(fay, secret)
    answer = client.post(reverse("account_login"), {"login": fay.email, "password": PASSWORD})
    assert answer.url.startswith(reverse("mfa_authenticate"))
    assert 'class="plain-box' in client.get(answer.url).content.decode()
    assert not is_signed_in(client)
    client.post(answer.url, {"code": "000000"})
    assert not is_signed_in(client)
    counter = next(iter(yield_hotp_counters_from_time()))
    client.post(answer.url, {"code": format_hotp_value(hotp_value(secret, counter))})
    assert is_signed_in(client)
    for name in ("mfa_index", "mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        assert client.get(reverse(name), follow=True).status_code == 200


@pytest.fixture
def persona(fay):
    words = "Joined a few days ago and waits for an answer."
    made = DemoPersona("fay", fay.email, "Fay", words, path="/ui/components/")
    demo_personas.register("fay", made)
    yield made
    demo_personas._items.pop("fay")


def test_in_the_demo_one_press_steps_into_a_persona(client, settings, persona):
    settings.HEARTH_DEMO = True
    assert reverse("persona:step", kwargs={"key": "fay"}) in client.get(reverse("account_login")).content.decode()
    answer = client.post(reverse("persona:step", kwargs={"key": "fay"}))
    assert (answer.status_code, answer.url) == (302, "/ui/components/")
    assert is_signed_in(client)


def test_personas_are_told_of_in_the_language_of_the_page(client, settings, persona):
    settings.HEARTH_DEMO = True
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    assert "几天前加入，正在等一个回答。" in client.get(reverse("account_login")).content.decode()


def test_outside_the_demo_nobody_steps_into_anybody(client, settings, persona):
    settings.HEARTH_DEMO = False
    assert "persona" not in client.get(reverse("account_login")).content.decode()
    assert client.post(reverse("persona:step", kwargs={"key": "fay"})).status_code == 404
    assert not is_signed_in(client)


def test_in_the_demo_only_its_own_personas_are_open(client, settings, fay):
    settings.HEARTH_DEMO = True
    assert client.post(reverse("persona:step", kwargs={"key": "somebody-else"})).status_code == 404
    assert client.get(reverse("persona:step", kwargs={"key": "fay"})).status_code == 405

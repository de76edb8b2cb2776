"""What libraries answer to bad input is read in Chinese as well: their own catalogue has it, or ours."""

import inspect
import re
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django import forms
from django.contrib.auth.password_validation import get_default_password_validators
from django.core import mail, validators
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

LANGUAGES = ["zh-hans", "zh-hant"]
PASSWORD = "a long enough sentence"
HAN = re.compile("[\u3400-\u9fff]")


class Anything(dict):
    """Parameters for any sentence."""

    def __missing__(self, _name: str) -> int:
        return 3


def english(sentences):
    return [text for text in sentences if text and not HAN.search(text)]


def of_django() -> Iterator[str]:
    """Every sentence that a field or a validator of Django may say, and those about passwords."""
    for _name, made in [*inspect.getmembers(forms, inspect.isclass), *inspect.getmembers(validators, inspect.isclass)]:
        more = getattr(made, "messages", {})
        told = getattr(made, "default_error_messages", {}) | (more if isinstance(more, dict) else {})
        for sentence in (*told.values(), getattr(made, "message", "")):
            yield str(sentence % Anything() if sentence else "")
    for validator in get_default_password_validators():
        yield from map(str, validator.get_help_text().split("\n"))
        for bad in ("1", "password", "dara"):
            try:
                validator.validate(bad)
            except ValidationError as refused:
                yield from refused.messages


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_field_a_validator_or_a_password_is_refused_with_is_chinese(language):
    with translation.override(language):
        told = list(of_django())
        assert (len(told) > 60, english(told)) == (True, [])
        assert [text for text in told if "你" in text and "ManagementForm" not in text] == []  # no form of ours has one


@pytest.mark.parametrize(
    ("language", "greeting", "thanks"),
    [
        ("en", "Hello from Hearth!", "Thank you for using Hearth!"),
        ("zh-hans", "围炉 向您问好！", "感谢您使用 围炉！"),
        ("zh-hant", "圍爐 向您問好！", "感謝您使用圍爐。"),
    ],
)
def test_a_mail_about_signing_in_comes_in_the_name_of_the_house(client, db, language, greeting, thanks):
    client.cookies["hearth_language"] = language
    client.post(reverse("account_signup"), {"email": "gil@example.com", "password1": PASSWORD})
    lines = mail.outbox[0].body.splitlines()
    assert (lines[0], thanks in lines, lines[-1]) == (greeting, True, "testserver")


def test_negative_control_english_is_found():
    with translation.override("en"):
        assert "This password is too short. It must contain at least 10 characters." in english(of_django())


def errors_in(answer):
    """The sentences beside the fields and above the form of a page."""
    lists = re.findall(
        r'<(?:ul class="errorlist|div class="form-errors)[^>]*>(.*?)</(?:ul|div)>', answer.content.decode(), re.S
    )
    return [text.strip() for one in lists for text in re.split(r"<[^>]+>", one) if text.strip()]


SIGN_IN = [
    ("account_signup", {}),
    ("account_signup", {"email": "x", "password1": "1"}),
    ("account_signup", {"email": "abcdefghij@b.example", "password1": "abcdefghij"}),
    ("account_signup", {"email": "a@b.example", "password1": "1234567890"}),
    ("account_login", {}),
    ("account_login", {"login": "nobody@b.example", "password": "no"}),
    ("account_reset_password", {"email": "x"}),
    ("account_request_login_code", {"email": "x"}),
]
OWN = [
    ("account_change_password", {"oldpassword": "x", "password1": "12", "password2": "13"}),
    ("account_email", {"action_add": "", "email": "x"}),
    ("account_email", {"action_add": "", "email": "dara@stlucas.example"}),
    ("mfa_activate_totp", {"code": "123456"}),
    ("mfa_add_webauthn", {"name": "x"}),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_signing_in_refuse_in_chinese(client, client_of, dara, settings, language):
    settings.ACCOUNT_RATE_LIMITS = False
    dara.user.set_password(PASSWORD)
    dara.user.save()
    EmailAddress.objects.create(user=dara.user, email=dara.user.email, verified=True, primary=True)
    own = client_of(dara)
    own.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for browser, sent in ((client, SIGN_IN), (own, OWN)):
        browser.cookies["hearth_language"] = language
        for name, form in sent:
            told = errors_in(browser.post(reverse(name), form))
            assert (bool(told), english(told)) == (True, []), (name, form)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_passkey_has_a_name_in_chinese(client_of, dara, language):
    dara.user.set_password(PASSWORD)
    dara.user.save()
    own = client_of(dara)
    own.cookies["hearth_language"] = language
    own.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    [label] = re.findall(r'<label for="id_name">\s*(\S+)', own.get(reverse("mfa_add_webauthn")).content.decode())
    assert HAN.search(label)

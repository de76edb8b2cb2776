"""`page()`, undo messages, preferences and the tags."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import translation

from hearth.ui.pages import chosen_partial, page, tell_undo, undo_of
from hearth.ui.registry import frame_of, provides_frame
from hearth.ui.templatetags.hearth import avatar, figure, heat, initials, json_data, relative, share, when
from hearth.ui.types import NavItem, Shell, temperature

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class Named(forms.Form):
    """One field that must be filled."""

    name = forms.CharField(label="Name", help_text="As on the door")


def ask(**headers: str) -> HttpRequest:
    request = RequestFactory().get("/x/", headers=headers)
    request.user = AnonymousUser()
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("headers", "partial", "chosen"),
    [
        ({}, "list", None),
        (HTMX, "list", "list"),
        (HTMX, None, None),
        ({**HTMX, "HX-Target": "box"}, {"box": "inner"}, "inner"),
        ({**HTMX, "HX-Target": "other"}, {"box": "inner"}, None),
        ({**HTMX, "HX-Boosted": "true"}, "list", None),
        ({**HTMX, "HX-History-Restore-Request": "true"}, "list", None),
    ],
)
def test_a_part_is_rendered_only_for_whoever_asked_for_it(
    headers: dict[str, str], partial: Any, chosen: str | None
) -> None:
    assert chosen_partial(ask(**headers), partial) == chosen


def test_a_form_with_mistakes_answers_422_and_keeps_what_was_typed() -> None:
    refused = page(ask(), "ui/form.html", {"form": Named({"name": ""})})
    fresh = page(ask(), "ui/form.html", {"form": Named()})
    assert (refused.status_code, fresh.status_code) == (422, 200)


def test_a_field_is_tied_to_its_help_and_its_error() -> None:
    text = str(Named({"name": ""}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in text
    assert 'id="id_name_helptext"' in text
    assert 'id="id_name_error"' in text
    assert 'aria-invalid="true"' in text


def test_what_a_person_typed_is_escaped_in_the_form_that_comes_back() -> None:
    assert "&lt;script&gt;" in str(Named({"name": "<script>"}))


def test_an_undo_message_carries_its_address_and_its_time() -> None:
    request = ask()
    tell_undo(request, "Paused.", "/undo/1/", seconds=5)
    (message,) = list(request._messages)  # type: ignore[attr-defined]
    assert undo_of(message.extra_tags) == {"undo": "/undo/1/", "seconds": 5}
    assert [undo_of(tags) for tags in (None, "", "safe", "{", "[1]", '{"a":1}')] == [None] * 6


def test_preferences_are_kept_in_cookies_and_shown_by_the_server(client: Client, db: None) -> None:
    response = client.post(
        "/ui/preferences/",
        {"theme": "hearth-dark", "density": "compact", "language": "zh-hant", "next": "/ui/components/"},
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/ui/components/")
    text = client.get("/ui/components/?shell=plain").content.decode()
    assert '<html lang="zh-Hant" data-theme="hearth-dark" data-density="compact" data-nav="wide"' in text


def test_preferences_lead_nowhere_else_and_take_no_other_value(client: Client, db: None) -> None:
    response = client.post("/ui/preferences/", {"theme": "neon", "next": "https://evil.example/"})
    assert response.headers["Location"] == "/"
    assert "hearth_theme" not in response.cookies


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=40), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(hours=-5), "in 5 hours"),
        (timedelta(days=20), "Feb 18"),
        (timedelta(days=200), "Aug 22, 2025"),
    ],
)
def test_times_are_told_as_people_tell_them(ago: timedelta, words: str) -> None:
    with translation.override("en"):
        assert relative(NOW - ago, NOW) == words


def test_a_time_holds_the_exact_moment_for_the_browser() -> None:
    assert 'datetime="2026-03-10T12:00:00+00:00"' in str(when(NOW))
    assert when(None) == "–"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Moreau", "AM"),
        ("陈思远", "陈"),
        ("bo", "B"),
        ("", "?"),
        ("😀", "?"),
        ("Anna-Maria Li", "AL"),
        ("Mei Sutanto 苏美", "MS"),
    ],
)
def test_initials_suit_the_script(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_name_cannot_smuggle_markup_into_its_face() -> None:
    assert "<b" not in str(avatar("<b>x", 1)).replace("<b>", "", 0).split(">", 1)[1]


def test_temperature_always_comes_with_a_word_and_an_icon() -> None:
    with translation.override("en"):
        assert "heat-2" in str(heat("declining"))
        assert "Cooling" in str(heat("declining"))
        assert "#thermometer-snowflake" in str(heat("declining"))
        assert temperature("nonsense").css == "heat-none"


def test_numbers_are_grouped_and_shares_become_percentages() -> None:
    with translation.override("en"):
        assert [figure(n) for n in (1234567, 3.25, 3.0, None, "x")] == ["1,234,567", "3.2", "3", "–", "x"]
        assert [share(n) for n in (0.414, None)] == ["41 %", "–"]


def test_data_for_scripts_cannot_close_its_element() -> None:
    assert str(json_data({"a": "</script><b>&"}, "d")) == (
        '<script id="d" type="application/json">{"a": "\\u003C/script\\u003E\\u003Cb\\u003E\\u0026"}</script>'
    )


def test_a_shell_fills_the_frame_of_its_pages() -> None:
    provides_frame("sketch")(lambda request: Shell(nav=(NavItem("home", "/h/", "Home", "house", badge=120, hot=True),)))
    assert frame_of("sketch", ask()).nav[0].key == "home"
    assert frame_of("nobody", ask()) == Shell()
    text = Template(
        '{% use_frame "sketch" %}{% for item in shell.nav %}{% include "ui/count.html" %}{% endfor %}'
    ).render(Context({"request": ask()}))
    assert text.strip() == '<span class="count count-hot" data-badge="home">99+</span>'

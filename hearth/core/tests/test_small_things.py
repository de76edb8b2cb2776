"""Tickets, settings, permissions, sealed fields, pokes, texts."""

from collections.abc import Iterator

import pytest
import time_machine
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ValidationError

from hearth.core import audit, community_settings, crypto, live, texts, wake
from hearth.core.community_settings import Setting, change_setting, settings_declared, value_of
from hearth.core.errors import NotAllowed, Refusal
from hearth.core.models import AuditEntry, Community, CommunitySetting
from hearth.core.permissions import Actor, GroupRole, StaffRole, house_actor, may, permission, permissions
from hearth.core.tenancy import community_scope

# -- tickets


def test_a_ticket_opens_for_one_minute():
    with time_machine.travel("2026-05-04T12:00:00Z", tick=False):
        text = live.issue_ticket(5, 7, "session")
        assert live.read_ticket(text) == live.Ticket(5, 7, "session")
    with time_machine.travel("2026-05-04T12:00:59Z", tick=False):
        assert live.read_ticket(text) is not None
    with time_machine.travel("2026-05-04T12:01:01Z", tick=False):
        assert live.read_ticket(text) is None


@pytest.mark.parametrize("forged", ["", "x", "WzUsNyw1XQ:1abc:forged"])
def test_a_forged_ticket_opens_nothing(forged: str):
    assert live.read_ticket(forged) is None


def test_a_ticket_cannot_be_changed():
    text = live.issue_ticket(5, 7, "session")
    assert live.read_ticket(live.issue_ticket(6, 7, "session").split(":")[0] + text[text.index(":") :]) is None


# -- settings


@pytest.fixture
def doors() -> Iterator[Setting]:
    yield community_settings.declare("t.doors", "Doors", help="How many", kind="int", default=2, minimum=1, maximum=9)
    settings_declared._items.pop("t.doors")


def test_a_setting_has_its_default_until_somebody_changes_it(in_hill: Community, ada: Actor, doors: Setting):
    assert value_of(doors) == 2
    assert CommunitySetting.objects.count() == 0
    assert change_setting(ada, "t.doors", "5", why="more guests") == 5
    assert value_of(doors) == 5
    told = AuditEntry.objects.get()
    assert (told.action, told.before, told.after, told.why) == (
        "setting_changed",
        {"value": 2},
        {"value": 5},
        "more guests",
    )
    assert audit.first_break(in_hill.pk) is None


@pytest.mark.parametrize("raw", ["0", "10", "many", None])
def test_a_value_that_does_not_fit_is_refused_and_changes_nothing(in_hill, ada, doors, raw):
    with pytest.raises(Refusal):
        change_setting(ada, "t.doors", raw)
    assert (value_of(doors), AuditEntry.objects.count()) == (2, 0)


def test_a_setting_is_changed_by_those_who_run_the_community_only(in_hill, eve, doors):
    with pytest.raises(NotAllowed):
        change_setting(eve, "t.doors", "5")
    assert value_of(doors) == 2


def test_one_communitys_setting_says_nothing_about_another(hill, dale, ada, doors):
    with community_scope(hill):
        change_setting(ada, "t.doors", "5")
    with community_scope(dale):
        assert value_of(doors) == 2


# -- permissions


def test_permissions_follow_role_in_community_or_group(request: pytest.FixtureRequest):
    request.addfinalizer(lambda: permissions._items.pop("t.sweep"))
    permission("t.sweep", "Sweep", staff=frozenset({StaffRole.MODERATOR}), group=frozenset({GroupRole.KEEPER}))
    member = Actor(community_id=1, member_id=1)
    moderator = Actor(community_id=1, staff=frozenset({StaffRole.MODERATOR}))
    auditor = Actor(community_id=1, staff=frozenset({StaffRole.AUDITOR}))
    assert may(moderator, "t.sweep")
    assert not may(auditor, "t.sweep")
    assert not may(member, "t.sweep")
    assert may(member, "t.sweep", frozenset({GroupRole.KEEPER}))
    assert not may(member, "t.sweep", frozenset({GroupRole.MEMBER}))
    assert may(house_actor(1), "t.sweep")
    assert may(Actor(community_id=1, is_platform_admin=True), "t.sweep")


# -- sealed fields


def test_a_sealed_value_opens_with_its_key_only(settings):
    settings.HEARTH_FIELD_KEYS = "old:secret"
    key_id, sealed = crypto.seal("110101199003070000")
    assert "110101" not in sealed
    settings.HEARTH_FIELD_KEYS = "new:other,old:secret"
    assert crypto.unseal(key_id, sealed) == "110101199003070000"
    assert crypto.seal("x")[0] == "new"
    settings.HEARTH_FIELD_KEYS = "new:other"
    with pytest.raises(KeyError):
        crypto.unseal(key_id, sealed)
    with pytest.raises(InvalidTag):
        crypto.unseal("new", sealed)


# -- pokes


def test_a_poke_is_heard_and_a_stale_socket_is_replaced(settings, tmp_path):
    settings.HEARTH_HOME = tmp_path
    wake.poke("worker")  # nobody listens: nothing happens
    with wake.listener("worker"):
        pass
    with wake.listener("worker") as heard:
        wake.poke("worker")
        wake.poke("worker")
        assert heard.recv(8) == b"1"
        wake.drain(heard)
        with pytest.raises(BlockingIOError):
            heard.recv(8)


def test_a_deep_home_does_not_silence_pokes(settings, tmp_path):
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    settings.HEARTH_HOME = deep
    with wake.listener("worker") as heard:
        wake.poke("worker")
        assert heard.recv(8) == b"1"
    wake.socket_path("worker").unlink()
    wake.socket_path("worker").parent.rmdir()


# -- texts


def test_the_nearest_language_speaks():
    told = {"en": "Cardiology", "zh-hans": "心内科"}
    assert texts.best(told, "zh-hant") == "心内科"
    assert texts.best(told, "en") == "Cardiology"
    assert texts.best({"zh-hant": "心內科"}, "en") == "心內科"
    assert texts.best({}, "en") == texts.best(None) == ""


@pytest.mark.parametrize("wrong", ["text", {"en": 5}, {"xx": "?"}])
def test_a_text_in_no_known_language_is_refused(wrong):
    with pytest.raises(ValidationError):
        texts.LocalText().clean(wrong, None)

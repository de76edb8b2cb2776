"""The first act after installing: a community, and somebody who can sign in and run it."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from hearth.cli.main import app
from hearth.core.models import AuditEntry, Community, User
from hearth.core.permissions import StaffRole
from hearth.core.tenancy import community_scope
from hearth.groups.access import resolve_actor

pytestmark = pytest.mark.django_db


def run(*words: str):
    return CliRunner().invoke(app, ["found", *words])


def actor(key: str, email: str):
    return resolve_actor(User.objects.get(email=email), Community.objects.get(key=key))


def test_a_community_is_founded_and_its_administrator_signs_in_by_code():
    words = ("--admin", "Ada@hospital.example", "--name", "湖畔诊所", "--language", "zh-hans", "--tz", "Asia/Shanghai")
    done = run("lakeside", *words)
    assert (done.exit_code, "/c/lakeside/console/" in done.output) == (0, True)
    community = Community.objects.get(key="lakeside")
    assert (community.name, community.time_zone) == ({"zh-hans": "湖畔诊所"}, "Asia/Shanghai")
    assert actor("lakeside", "ada@hospital.example").staff == {StaffRole.ADMIN}

    browser = Client()
    browser.post(reverse("account_request_login_code"), {"email": "ada@hospital.example"})
    code = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", mail.outbox[0].body, re.MULTILINE)
    browser.post(reverse("account_confirm_login_code"), {"code": code[1]})
    assert "_auth_user_id" in browser.session


def test_a_second_administrator_is_added_and_repeating_changes_nothing():
    for email in ("ada@hospital.example", "bo@hospital.example", "bo@hospital.example"):
        assert run("lakeside", "--admin", email).exit_code == 0
    assert User.objects.count() == 2
    assert actor("lakeside", "bo@hospital.example").staff == {StaffRole.ADMIN}


def test_what_is_new_is_told_and_what_is_called_nearly_so():
    first = run("lakeside", "--admin", "ada@hospital.example")
    assert first.output.startswith("lakeside is founded, a new community.\nada@hospital.example administers lakeside.")
    again = run("lakeside", "--admin", "bo@hospital.example")
    assert again.output.startswith("bo@hospital.example administers lakeside.")
    slip = run("lakesied", "--admin", "bo@hospital.example")
    assert slip.output.startswith("lakesied is founded, a new community. There is also lakeside: was that meant?\n")


def test_whoever_runs_the_whole_house_is_made_so_and_it_stands_in_the_audit_log():
    run("lakeside", "--admin", "bo@hospital.example")
    assert not actor("lakeside", "bo@hospital.example").is_platform_admin
    for _again in range(2):
        done = run("lakeside", "--admin", "Ada@hospital.example", "--platform")
        assert "Ada@hospital.example may found communities and act in every one." in done.output
    assert actor("lakeside", "ada@hospital.example").is_platform_admin
    with community_scope(Community.objects.get(key="lakeside")):
        told = [entry.after for entry in AuditEntry.objects.filter(action="role_given").order_by("pk")]
    assert told == [{"role": "admin"}, {"role": "admin"}, {"role": "platform"}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lakeside", "--admin", "ada"), "“ada” is no e-mail address."),
        (("Lake Side", "--admin", "ada@hospital.example"), "Use small letters, digits and hyphens for the short name."),
        (("lakeside", "--admin", "ada@hospital.example", "--tz", "Mars"), "There is no time zone of this name."),
    ],
)
def test_what_cannot_be_founded_is_refused_and_leaves_nothing(words: tuple[str, ...], said: str):
    done = run(*words)
    assert done.exit_code == 2
    assert said in done.output
    assert not User.objects.exists()
    assert not Community.objects.exists()

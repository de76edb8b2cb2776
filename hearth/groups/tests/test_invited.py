"""What somebody reads who holds a link or code and has not signed in, and that they come back to it."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hearth.core.models import User
from hearth.core.tenancy import entered
from hearth.groups.queries.invited import invited_by
from hearth.groups.services import (
    change_group,
    close_group,
    invite,
    make_entry_code,
    make_join_link,
    open_group,
    revoke_entry_code,
    revoke_link,
)
from hearth.groups.tests.test_pages import at
from hearth.kit.clock import now
from hearth.people.models import Member
from hearth.people.registry import Invited
from tests.cast import NORMS

PASSWORD = "a long enough sentence"


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.ACCOUNT_RATE_LIMITS = False


def shown(client, path, name="account_login"):
    """The page that somebody sees who is sent to sign in, without what differs from one answer to the next."""
    return without_marks(client.get(f"{reverse(name)}?next={path}").content.decode())


def without_marks(html):
    """A page without its tokens, and without the code that was asked for."""
    html = re.sub(r"\b[A-Za-z0-9]{64}\b|name=.idempotency_key. value=.[^\"]+", "", html)  # tokens
    return re.sub(r"(/|%2F)(join|enter)(/|%2F)[A-Z0-9]+(/|%2F)", "", html)


def told(path):
    with entered(None):
        return invited_by(path)


def test_before_signing_in_the_holder_of_an_invitation_reads_where_it_leads_and_from_whom_it_is(client, bo, cardiology):
    path = at("entry", code=invite(bo.actor, cardiology, "fay@example.org").code)
    answer = client.get(path)
    assert answer.url == f"{reverse('account_login')}?next={path}"
    for name in ("account_login", "account_signup", "account_request_login_code"):
        page = shown(client, path, name)
        assert all(word in page for word in ("Cardiology", "St Lucas", "The invitation is from Bo.")), name
    assert "No patient names" not in page
    client.cookies["hearth_language"] = "zh-hans"
    assert "心内科" in shown(client, path)


def test_a_link_for_many_names_nobody(bo, cardiology):
    link = make_join_link(bo.actor, cardiology)
    assert told(at("entry", code=link.code.lower())) == Invited("St Lucas", "Cardiology")


def test_who_left_and_who_is_in_a_group_of_patients_is_not_named(ada, bo, cardiology):
    ill = open_group(ada.actor, name="Diabetes", space="patient", norms=NORMS, owner=ada.member)
    assert told(at("entry", code=invite(ada.actor, ill, "fay@example.org").code)) == Invited("St Lucas", "Diabetes")
    link = invite(bo.actor, cardiology, "fay@example.org")
    assert told(at("entry", code=link.code)).by == "Bo"
    Member.objects.filter(pk=bo.member.pk).update(left_at=now())
    assert told(at("entry", code=link.code)) == Invited("St Lucas", "Cardiology")


def test_a_code_that_leads_to_one_group_says_which(ada, cardiology):
    one = make_entry_code(ada.actor, title="Journal", default_group=cardiology.pk)
    rules = [{"attribute": "city", "values": ["Shanghai"], "group": cardiology.pk}]
    many = make_entry_code(ada.actor, title="Shop", rules=rules, default_group=cardiology.pk)
    assert told(at("code", code=one.code)) == Invited("St Lucas", "Cardiology")
    assert told(at("code", code=many.code)) == Invited("St Lucas", "")
    revoke_entry_code(ada.actor, one)
    assert told(at("code", code=one.code)) is None
    close_group(ada.actor, cardiology)
    assert told(at("code", code=many.code)) == Invited("St Lucas", "")


@pytest.fixture
def dead(ada, bo, cardiology, time_machine):
    """Links that once worked: revoked, past their day, spent, of a closed group."""
    time_machine.move_to(now())
    revoked = make_join_link(bo.actor, cardiology)
    revoke_link(bo.actor, revoked)
    late = make_join_link(bo.actor, cardiology, expires_at=now() + timedelta(days=1))
    spent = invite(bo.actor, cardiology, "fay@example.org")
    type(spent).objects.filter(pk=spent.pk).update(uses=1)
    shut = open_group(ada.actor, name="Shut", norms=NORMS, owner=ada.member)
    closed = make_join_link(ada.actor, shut)
    close_group(ada.actor, shut)
    time_machine.shift(timedelta(days=2))
    return [row.code for row in (revoked, late, spent, closed)]


def test_a_dead_code_and_a_wrong_one_get_the_same_page_with_the_same_work(client, dead, cardiology):
    shown(client, at("entry", code="WRONGCODE2"))  # what is kept from the first page on
    pages, queries = set(), set()
    for code in ("WRONGCODE2", *dead):
        with CaptureQueriesContext(connection) as seen:
            pages.add(shown(client, at("entry", code=code)))
        queries.add(tuple(re.sub(r"'[^']*'", "?", one["sql"]) for one in seen))
    assert (len(pages), len(queries)) == (1, 1)
    assert "St Lucas" not in pages.pop()
    assert "You are invited" not in shown(client, "/c/stlucas/")


def test_whoever_has_signed_in_reads_the_same_of_a_dead_code_and_of_a_wrong_one(client, ada, eve, dead, cardiology):
    ended = make_entry_code(ada.actor, title="Doctor Chen", rules=[], default_group=cardiology.pk)
    revoke_entry_code(ada.actor, ended)
    client.force_login(eve.user)
    paths = [at("entry", code=code) for code in ("WRONGCODE2", *dead[:3])]  # the fourth leads to a closed group
    paths += [at("code", code=code) for code in ("WRONGCODE2", ended.code)]
    answers = [client.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {410}
    assert len({without_marks(answer.content.decode()) for answer in answers}) == 1
    assert (
        "This link or code is mistyped, or it no longer works. Ask whoever invited you for a new one."
        in answers[0].content.decode()
    )


def test_a_code_tells_nothing_under_another_communitys_name(bo, cardiology, other_community):
    link = make_join_link(bo.actor, cardiology)
    for path in (f"/c/elsewhere/join/{link.code}/", f"/c/nowhere/join/{link.code}/", "/nowhere/", "https://x/"):
        assert told(path) is None, path


def test_registering_leads_back_to_the_invitation(client, ada, bo, cardiology):
    change_group(ada.actor, cardiology, space="general")
    path = at("entry", code=invite(bo.actor, cardiology, "gil@example.com").code)
    login = client.get(path).url
    signup = re.search(r'href="(/[^"]*signup/[^"]*)"', client.get(login).content.decode()).group(1)
    answer = client.get(signup)
    kept = re.search(r'name="next"[^>]*value="([^"]+)"', answer.content.decode()).group(1)
    assert kept == path
    form = {"email": "gil@example.com", "password1": PASSWORD, "next": kept}
    answer = client.post(reverse("account_signup"), form)
    code = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", mail.outbox[0].body, re.MULTILINE).group(1)
    answer = client.post(answer.url, {"code": code})
    assert answer.url == path
    assert "accept_norms" in client.get(path).content.decode()


def test_signing_in_leads_back_to_the_invitation(client, bo, cardiology):
    path = at("entry", code=make_join_link(bo.actor, cardiology).code)
    fay = User.objects.create_user("fay@example.com", PASSWORD)
    EmailAddress.objects.create(user=fay, email=fay.email, verified=True, primary=True)
    form = {"login": fay.email, "password": PASSWORD, "next": path}
    assert client.post(reverse("account_login"), form).url == path
    client.logout()
    answer = client.post(reverse("account_request_login_code"), {"email": fay.email, "next": path})
    code = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", mail.outbox[0].body, re.MULTILINE).group(1)
    assert client.post(answer.url, {"code": code}).url == path


def ways_in(html):
    """The buttons beside what somebody is invited to: (address, words)."""
    panel = html[html.index("panel-warm") :]
    panel = panel[: panel.index("</section>")]
    return [
        (url, re.sub(r"<[^>]*>|\s+", " ", words).strip())
        for url, words in re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', panel, re.S)
    ]


def test_who_is_invited_and_has_no_account_reads_what_to_press(client, bo, cardiology):
    path = at("entry", code=make_join_link(bo.actor, cardiology).code)
    page = client.get(client.get(path).url).content.decode()
    quoted = path.replace("/", "%2F")
    assert ways_in(page) == [
        (f"/accounts/signup/?next={quoted}", "Create an account and join"),
        ("#sign-in", "I have an account: sign in"),
    ]
    assert page.count("signup/") == 1, "one way to one place"
    assert page.count("btn-primary") == 1, "one first choice"
    page = client.get(f"{reverse('account_signup')}?next={path}").content.decode()
    assert ways_in(page) == []
    assert "Create the account and join</button>" in page
    assert f'href="/accounts/login/?next={quoted}">Sign in</a>' in page


def test_who_has_the_address_of_a_page_and_no_account_is_told_that_an_account_opens_nothing(client, cardiology):
    hint = "What you want to see is for members"
    for path in (at("card", group_id=cardiology.pk), at("card", group_id=999), "/c/nowhere/discover/"):
        assert hint in shown(client, path), path
        assert "Cardiology" not in shown(client, path)
        assert hint in shown(client, path, "account_signup")
    assert hint not in shown(client, "/")
    assert hint not in shown(client, "https://elsewhere.example/c/x")

"""Tags on the page of one member."""

import re

import pytest

from hearth.console.tests.test_people import staff_of
from hearth.core.audit import entries
from hearth.core.tenancy import community_scope
from hearth.people.models import MemberTag
from hearth.people.services import give_consent, tag_member, withdraw_consent
from tests.cast import newcomer, second_factor


@pytest.fixture
def desk(ada, client_of):
    second_factor(ada.user)
    return client_of(ada)


def shown(desk, url, somebody):
    """The tags that the page shows, and whether they can be changed there."""
    html = desk.get(url("member", member_id=somebody.member.pk)).content.decode()
    return re.findall(r'name="tag" value="([^"]*)"', html), "Add a tag" in html


def send(desk, url, somebody, name="tagging", key="k", **fields):
    address = url(f"member-{name}", member_id=somebody.member.pk)
    return desk.post(address, {"idempotency_key": f"{name}-{key}", **fields}, follow=True)


def tags(somebody):
    return list(MemberTag.objects.filter(member=somebody.member).order_by("tag").values_list("tag", "sensitive"))


def test_a_tag_is_put_on_shown_taken_off_and_back(desk, url, bo):
    assert shown(desk, url, bo) == ([], True)
    page = send(desk, url, bo, tag=" Speaker ").content.decode()
    assert "The tag is put on." in page
    assert shown(desk, url, bo) == (["Speaker"], True)
    send(desk, url, bo, "untagging", tag="Speaker")
    assert (tags(bo), [entry.action for entry in entries()[:2]]) == ([], ["tag_removed", "tag_added"])
    key = desk.session["console_undo"][-1]["key"]
    desk.post(url("members-undo", key=key), {"idempotency_key": "back"})
    assert tags(bo) == [("Speaker", False)]


def test_a_press_that_is_repeated_changes_once(desk, url, bo):
    for _press in range(2):
        assert send(desk, url, bo, tag="speaker").status_code == 200
    assert [entry.action for entry in entries()].count("tag_added") == 1
    assert tags(bo) == [("speaker", False)]


def test_what_cannot_be_put_says_why_beside_the_field(desk, url, ada, bo):
    tag_member(ada.actor, bo.member, "speaker")
    for number, (fields, told) in enumerate(
        (
            ({"tag": "SPEAKER"}, "Has it already."),
            ({"tag": "asthma", "sensitive": "on"}, "This needs the member&#x27;s consent, and there is none in force."),
            ({"tag": ""}, "This field is required."),
        )
    ):
        answer = send(desk, url, bo, key=number, **fields)
        assert (answer.status_code, told in answer.content.decode()) == (422, True), fields
        assert "<details open>" in answer.content.decode()
    assert tags(bo) == [("speaker", False)]


def test_what_tells_of_health_is_shown_while_the_consent_lasts(desk, url, chen):
    give_consent(chen.actor, "people.sensitive_tags")
    send(desk, url, chen, tag="asthma", sensitive="on")
    assert (shown(desk, url, chen)[0], tags(chen)) == (["asthma"], [("asthma", True)])
    send(desk, url, chen, "untagging", tag="asthma")
    key = desk.session["console_undo"][-1]["key"]
    desk.post(url("members-undo", key=key), {"idempotency_key": "back"})
    assert tags(chen) == [("asthma", True)], "it comes back as what it was"
    withdraw_consent(chen.actor, "people.sensitive_tags")
    assert shown(desk, url, chen)[0] == []


def test_who_may_not_tag_reads_and_changes_nothing(client_of, url, ada, bo, community):
    tag_member(ada.actor, bo.member, "speaker")
    browser = client_of(staff_of(community, "reviewer"))
    html = browser.get(url("member", member_id=bo.member.pk)).content.decode()
    assert ("speaker" in html, "Add a tag" in html, "Take off" in html) == (True, False, False)
    for name in ("tagging", "untagging"):
        assert send(browser, url, bo, name, tag="speaker").status_code in {403, 404}
    assert tags(bo) == [("speaker", False)]


def test_the_page_of_somebody_elsewhere_is_not_there(desk, url, other_community):
    with community_scope(other_community):
        fay = newcomer(other_community, "Fay")
    assert send(desk, url, fay, tag="speaker").status_code == 404

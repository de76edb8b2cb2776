"""Who may open which page of the console: every page for each of the cast."""

import pytest
from django.urls import reverse

from hearth.console.tests.conftest import pulse
from hearth.insight.models import CommunityPulse
from hearth.insight.rules.catalogue import OVERRIDES
from hearth.kit.clock import now
from hearth.people.services import ask_verification
from tests.cast import Castaway, newcomer

STAFF_PAGES = ["today", "groups", "members", "diagnosis", "jobs", "palette"]
RUNNING_PAGES = ["imports", "settings", "charter", "staff", "blueprint", "group-opening"]


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.HEARTH_DEMO = True


@pytest.fixture
def staff_of(community, ada):
    """Make somebody with one role."""
    from hearth.groups.services import make_staff

    def make(role: str) -> Castaway:
        found = newcomer(community, f"{role.title()} One", kind="staff")
        make_staff(ada.actor, found.member, role)
        return found

    return make


def url(name: str, **parts) -> str:
    return reverse(f"console:{name}", kwargs={"community": "stlucas", **parts})


@pytest.mark.parametrize("name", [*STAFF_PAGES, *RUNNING_PAGES, "audit", "verification"])
def test_an_operator_opens_every_page(name, ada, cardiology, client_of):
    assert client_of(ada).get(url(name)).status_code == 200


@pytest.mark.parametrize("name", [*STAFF_PAGES, *RUNNING_PAGES, "audit", "verification"])
def test_members_and_outsiders_do_not_learn_that_the_console_exists(name, chen, eve, client_of):
    assert client_of(chen).get(url(name)).status_code == 404
    assert client_of(eve).get(url(name)).status_code == 404


@pytest.mark.parametrize("role", ["moderator", "reviewer", "auditor"])
def test_other_staff_look_but_do_not_run(role, staff_of, cardiology, client_of):
    browser = client_of(staff_of(role))
    assert {browser.get(url(name)).status_code for name in STAFF_PAGES} == {200}
    assert {browser.get(url(name)).status_code for name in RUNNING_PAGES} == {404}
    assert browser.get(url("group", group_id=cardiology.pk)).status_code == 200
    assert browser.get(url("audit")).status_code == (200 if role == "auditor" else 404)


def test_only_reviewers_and_operators_open_the_desk(staff_of, dara, client_of):
    row = ask_verification(dara.actor, licence="99-1")
    places = [url("verification"), url("verification-row", verification_id=row.pk)]
    reviewer, moderator = client_of(staff_of("reviewer")), client_of(staff_of("moderator"))
    assert [reviewer.get(place).status_code for place in places] == [200, 200]
    assert [moderator.get(place).status_code for place in places] == [403, 403]


WORDS = "Which dose of apixaban for Mrs Lind?"
DIAGNOSES = ["group", "diagnosis", "diagnosis-data", "diagnosis-report"]


@pytest.fixture
def quoted(cardiology):
    """A reading that quotes what was said in cardiology, as reason and as unanswered question."""
    row = pulse(cardiology, "declining")
    [evidence] = row.reading["reasons"][0]["evidence"]
    evidence["excerpt"] = WORDS
    row.reading["unanswered"] = [evidence]
    row.reading["metrics"] = dict.fromkeys((metric.name for metric in OVERRIDES), 3)
    row.save()
    whole = {key: row.reading[key] for key in ("members", "messages", "mainstays", "weeks")}
    empty = {"at": 1_700_000_000_000, "steps": [], "seeded": 0, "reply_basis": "replies", "rejected": 0, "excluded": {}}
    CommunityPulse.objects.create(measured_at=now(), reading={**whole, **empty})
    return cardiology


@pytest.mark.parametrize("name", DIAGNOSES)
@pytest.mark.parametrize(("role", "reads"), [("moderator", True), ("reviewer", False), ("auditor", False)])
def test_a_diagnosis_quotes_talk_to_those_who_may_read_it_alone(name, role, reads, staff_of, quoted, client_of):
    place = url(name, **({"group_id": quoted.pk} if name == "group" else {}))
    page = client_of(staff_of(role)).get(place).content.decode()
    assert "No member has written for 41 days." in page
    assert (WORDS in page) is reads
    if "data" not in name and "report" not in name:
        assert ("What was said is shown to those who may read it." in page) is not reads


def test_somebody_signed_out_is_asked_to_sign_in(community, client):
    assert client.get(url("today")).status_code == 302


def test_staff_without_a_second_factor_are_sent_to_set_one_up(ada, client_of, settings):
    settings.HEARTH_DEMO = False
    assert client_of(ada).get(url("today")).url == reverse("mfa_index")


def test_the_portal_offers_the_console_to_staff_alone(ada, chen, cardiology, client_of):
    home = reverse("portal:home", kwargs={"community": "stlucas"})
    assert url("today") in client_of(ada).get(home).content.decode()
    assert url("today") not in client_of(chen).get(home).content.decode()

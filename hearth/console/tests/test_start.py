"""The guided start in the console: begun, told screen by screen, kept for later, looked at, applied."""

import re
import uuid

import pytest

from hearth.blueprint.models import Draft, Revision
from hearth.blueprint.queries.drafts import begun, shown
from hearth.blueprint.rules.answers import SCREENS
from hearth.blueprint.services.drafts import begin_draft, tell_screen
from hearth.core.jobs import running_alone
from hearth.core.models import AuditEntry
from hearth.groups.models import Group
from tests.cast import second_factor


@pytest.fixture
def browser(ada, client_of):
    second_factor(ada.user)
    return client_of(ada)


def text(response) -> str:
    return response.content.decode()


def fields(response) -> dict[str, object]:
    """What the form of a screen would send as it stands."""
    form = response.context["form"]
    told = {name: form[name].value() for name in form.fields}
    kept = {name: value for name, value in told.items() if value not in (None, "", [])}
    return kept | {"idempotency_key": uuid.uuid4().hex}


def begin(browser, url, start: str = "nothing"):
    return browser.post(url("start"), {"start": start, "language": "en", "idempotency_key": uuid.uuid4().hex})


def send(browser, url, screen: str, **other):
    page = browser.get(url("start-screen", screen=screen))
    return browser.post(url("start-screen", screen=screen), fields(page) | other)


@pytest.mark.parametrize("start", ["nothing", "hospital-doctors", "standing"])
def test_five_screens_as_they_come_lead_to_the_plan(browser, cardiology, url, start):
    told = begin(browser, url, start)
    for screen in SCREENS:
        assert told.headers["Location"] == url("start-screen", screen=screen)
        told = send(browser, url, screen)
        assert told.status_code == 302, text(told)
    assert told.headers["Location"] == url("start")
    assert "Show the plan" in text(browser.get(url("start")))
    assert browser.get(url("start-plan")).status_code == 200
    assert not Revision.objects.exists()


def test_a_living_community_gone_through_changes_nothing(browser, cardiology, url):
    begin(browser, url, "standing")
    for screen in SCREENS:
        send(browser, url, screen)
    assert "there is nothing to apply" in text(browser.get(url("start-plan")))


def test_each_screen_says_what_is_missing_and_it_is_gone_once_told(browser, url):
    begin(browser, url)
    assert "Say in one sentence what it is for" in text(browser.get(url("start-screen", screen="purpose")))
    send(browser, url, "purpose", purpose="Nurses learn from each other.")
    assert "Say in one sentence what it is for" not in text(browser.get(url("start-screen", screen="purpose")))
    assert "missing: 2" in text(browser.get(url("start")))


def test_it_is_gone_on_with_on_another_day_and_device(browser, ada, client_of, url):
    begin(browser, url)
    done = send(browser, url, "audience", audience="Wound nurses", name_0="Wounds", to="later")
    assert done.headers["Location"] == url("start")
    other = client_of(ada)
    page = text(other.get(url("start-screen", screen="audience")))
    assert ("Wound nurses" in page, 'value="wounds"' in page, "Last told by Ada Lind" in page) == (True, True, True)
    assert send(other, url, "audience", to="back").headers["Location"] == url("start-screen", screen="purpose")


def test_a_screen_that_is_left_out_says_so_and_can_be_taken_in_again(browser, url):
    begin(browser, url, "travel-club")
    assert send(browser, url, "purpose", to="leave", name="").headers["Location"] == url(
        "start-screen", screen="audience"
    )
    assert "This screen was left out" in text(browser.get(url("start-screen", screen="purpose")))
    send(browser, url, "purpose")
    assert "This screen was left out" not in text(browser.get(url("start-screen", screen="purpose")))


def test_of_two_operators_the_second_sees_so_keeps_their_words_and_may_insist(browser, ada, url):
    begin(browser, url)
    stale = fields(browser.get(url("start-screen", screen="audience"))) | {"audience": "Mine"}
    tell_screen(ada.actor, "audience", {"audience": "Theirs"}, seen=0)
    refused = browser.post(url("start-screen", screen="audience"), stale)
    assert refused.status_code == 422
    assert ("Somebody changed this screen" in text(refused), "Mine" in text(refused)) == (True, True)
    assert shown(begun(ada.actor), "audience").audience == "Theirs"
    again = {**stale, "seen": refused.context["form"].data["seen"], "idempotency_key": uuid.uuid4().hex}
    assert browser.post(url("start-screen", screen="audience"), again).status_code == 302
    assert shown(begun(ada.actor), "audience").audience == "Mine"


def test_without_hours_it_is_not_built_unless_knowingly(browser, url):
    begin(browser, url)
    send(browser, url, "audience", audience="Wound nurses", name_0="Wounds")
    send(browser, url, "value", service_new_knowledge="A card", times_new_knowledge="2")
    page = browser.get(url("start-plan"))
    assert ("Do not build yet" in text(page), "Wounds" in text(page)) == (True, True)
    sent = fields(page)
    refused = browser.post(url("start-plan"), sent)
    assert ("say that you go on knowingly" in text(refused), Revision.objects.count()) == (True, 0)
    knowing = {**sent, "knowingly": "on", "why": "The nurse begins in May.", "idempotency_key": uuid.uuid4().hex}
    for _again in range(2):
        done = browser.post(url("start-plan"), knowing)
        assert done.headers["Location"] == url("blueprint-applied", number=1)
    with running_alone() as drain:
        drain()
    assert Group.objects.get().name == {"en": "Wounds"}
    assert AuditEntry.objects.get(action="built_without_capacity").why == "The nurse begins in May."
    assert not Draft.objects.exists()


def test_with_hours_nothing_is_asked(browser, url):
    begin(browser, url)
    send(browser, url, "audience", audience="Wound nurses", name_0="Wounds")
    send(browser, url, "value", service_new_knowledge="A card", times_new_knowledge="2")
    send(browser, url, "team", hours_manager="8", makes_manager=["card", "hosting"])
    assert "It can be carried" in text(browser.get(url("start")))
    page = browser.get(url("start-plan"))
    assert "Do not build yet" not in text(page)
    done = browser.post(url("start-plan"), fields(page))
    assert done.headers["Location"] == url("blueprint-applied", number=1)


def test_a_plan_that_changed_since_is_shown_again(browser, ada, url):
    begin(browser, url)
    send(browser, url, "purpose", purpose="One.")
    stale = fields(browser.get(url("start-plan")))
    tell_screen(ada.actor, "purpose", {"name": "St Lucas", "purpose": "Two."}, seen=1)
    refused = browser.post(url("start-plan"), stale)
    assert ("The community changed since this plan was made." in text(refused), "Two." in text(refused)) == (True, True)
    assert not Revision.objects.exists()


def test_the_draft_is_downloaded_with_its_gaps_as_comments(browser, url):
    begin(browser, url)
    send(browser, url, "audience", audience="Wound nurses", name_0="Wounds")
    answer = browser.get(url("start-file"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="stlucas-draft.yaml"'
    assert re.search(r"^# - Say who has hours for it", text(answer), re.MULTILINE)
    assert re.search(r"^  wounds:$", text(answer), re.MULTILINE)


def test_thrown_away_it_begins_anew(browser, url):
    begin(browser, url)
    assert begin(browser, url, "travel-club").status_code == 422  # there is one already
    browser.post(url("start-ending"), {"idempotency_key": "a"})
    assert "Begin from" in text(browser.get(url("start")))
    assert browser.get(url("start-screen", screen="purpose")).status_code == 404


def test_wrong_numbers_and_long_texts_stand_beside_their_fields(browser, url):
    begin(browser, url)
    refused = send(browser, url, "audience", audience="x" * 2001, first="-1")
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"audience", "first"}
    for field, value in {"hours_manager": "nan", "email_manager": "nobody", "minutes_card": "0"}.items():
        assert set(send(browser, url, "team", **{field: value}).context["form"].errors) == {field}
    assert (
        browser.post(url("start-screen", screen="audience"), {"seen": "x", "idempotency_key": "a"}).status_code == 422
    )
    assert browser.get(url("start-screen", screen="nowhere")).status_code == 404
    assert Draft.objects.get().answers == {}


def test_what_is_typed_is_text_and_nothing_else(browser, ada, url):
    evil = "<script>alert(1)</script>{{ 7|add:7 }}%(x)s"
    begin(browser, url)
    send(browser, url, "purpose", name=evil[:80], purpose=evil, goals=evil)
    send(browser, url, "audience", audience=evil, name_0=evil, function_0=evil)
    send(browser, url, "doors", norms=evil, welcome=evil)
    for name in ("start", "start-plan"):
        assert "<script>alert" not in text(browser.get(url(name)))
    for screen in SCREENS:
        page = text(browser.get(url("start-screen", screen=screen)))
        assert "<script>alert" not in page


def test_an_empty_house_leads_to_it_and_so_do_the_settings(browser, ada, bo, client_of, url):
    assert "Begin the guided start" in text(browser.get(url("today")))
    begin_draft(ada.actor, "nothing", "en")
    assert "Go on with the draft" in text(browser.get(url("today")))
    assert url("start") in text(browser.get(url("blueprint")))


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_it_speaks_chinese(browser, url, language):
    begin(browser, url, "hospital-doctors")
    browser.cookies["django_language"] = language
    page = text(browser.get(url("start-screen", screen="team"), headers={"accept-language": language}))
    assert "Hours a week" not in page


# The request for what is missing


def short(browser, url) -> None:
    """A draft that promises more than anybody has hours for."""
    begin(browser, url)
    send(browser, url, "purpose", purpose="Wounds heal faster.", serves_link="relations")
    send(browser, url, "audience", audience="Wound nurses", name_0="Wounds")
    value = {"service_new_knowledge": "A card <b>a day</b>", "times_new_knowledge": "7"}
    send(browser, url, "value", **value)
    send(browser, url, "team", hours_manager="4", makes_manager=["hosting", "answer"])


def test_the_request_says_what_is_promised_what_there_is_and_what_is_missing(browser, url):
    short(browser, url)
    assert url("start-request") in text(browser.get(url("start")))
    page = browser.get(url("start-request"))
    assert page.context["text"].splitlines() == [
        "What is missing before we build: St Lucas",
        page.context["sheet"].under,
        "",
        "What we want to build",
        "Wounds heal faster.",
        "Wound nurses",
        "It serves one link of our business: relations.",
        "",
        "What we would promise",
        "- A card <b>a day</b>: 7 × a week",
        "",
        "What that needs, and what there is",
        "- Card or article: 14.0",
        "- Looking after the groups: 1.0",
        "- Needed for what is promised: 15.0",
        "- There is: 4.0",
        "",
        "What we ask for",
        "1. 14.0 more hours a week – by people who can do this: Card or article",
        "2. Name somebody by e-mail address as keeper: a group without a face is left alone.",
        "3. Say within how many hours a question is answered: people notice that first.",
        "4. Or leave to promise less, so that what is promised can be kept.",
        "5. Until then we build nothing: a community that waits in vain is harder to warm than none.",
        "",
        "Minutes assumed for one piece: Card or article 120, Looking after the groups 60."
        " For the groups, a week of one.",
        "They are assumptions, not measurements; whoever knows better puts their own in their place.",
    ]
    assert "<b>a day" not in text(page)


def test_the_request_is_a_file_to_print_in_every_language(browser, url):
    short(browser, url)
    for language in ("en", "zh-hans", "zh-hant"):
        told = browser.get(url("start-request") + f"?as=html&language={language}")
        assert re.search(r'filename="request-stlucas-\d{4}-\d\d-\d\d.html"', told.headers["Content-Disposition"])
        assert ("Hours a week" in text(told)) == (language == "en")
        assert "<b>a day" not in text(told)
        assert browser.get(url("start-request") + f"?as=pdf&language={language}").content.startswith(b"%PDF")


def test_where_nothing_is_missing_there_is_no_request(browser, url):
    begin(browser, url)
    assert browser.get(url("start-request")).headers["Location"] == url("start")

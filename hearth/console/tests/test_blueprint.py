"""A blueprint in the console: looked at, applied, remembered, taken back."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hearth.blueprint.models import Revision
from hearth.core.jobs import running_alone
from hearth.core.models import AuditEntry
from hearth.groups.services import add_place, change_group, remove_place, set_duty
from tests.cast import second_factor

LARGER = "hearth: 1\ngroups:\n  cardiology: {capacity: 40}\n"


@pytest.fixture
def browser(ada, client_of):
    second_factor(ada.user)
    return client_of(ada)


def text(response) -> str:
    return response.content.decode()


def hidden(response) -> dict[str, str]:
    """What the button of a plan would send."""
    form = response.context["form"]
    return {name: form.initial[name] for name in form.fields} | {"idempotency_key": uuid.uuid4().hex}


def looked_at(browser, url, told: str):
    return browser.post(url("blueprint"), {"text": told})


def work() -> None:
    with running_alone() as drain:
        drain()


def test_a_plan_is_shown_with_what_follows_and_changes_nothing(browser, cardiology, url):
    before = AuditEntry.objects.count()
    shown = text(looked_at(browser, url, "hearth: 1\ngroups:\n  neurology: {name: Neurology}\n"))
    assert "The group is closed: 3 members can read it, and write there no more." in shown
    assert re.search(r"Groups · neurology", shown)
    assert AuditEntry.objects.count() == before


def test_mistakes_are_listed_with_their_lines_and_the_text_stays(browser, cardiology, url):
    shown = text(looked_at(browser, url, "hearth: 1\ngroups:\n  cardiology: {capcity: 40}\n"))
    assert "blueprint.yaml:3:16: Unknown key `capcity`; did you mean `capacity`?" in shown
    assert "{capcity: 40}" in shown


def test_a_file_is_as_good_as_a_text(browser, cardiology, url):
    file = SimpleUploadedFile("ward.yaml", LARGER.encode())
    assert "ward.yaml" in text(browser.post(url("blueprint"), {"file": file}))
    spoilt = SimpleUploadedFile("ward.yaml", b"\xff\xfe")
    assert "This is not UTF-8" in text(browser.post(url("blueprint"), {"file": spoilt}))
    assert "Choose a file, or paste the text" in text(browser.post(url("blueprint"), {}))


def test_what_was_looked_at_is_applied_once_and_can_be_taken_back(browser, ada, cardiology, url):
    sent = hidden(looked_at(browser, url, LARGER))
    for _again in range(2):
        done = browser.post(url("blueprint-revisions"), sent)
        assert done.headers["Location"] == url("blueprint-applied", number=1)
    assert "Waiting for its turn" in text(browser.get(url("blueprint-applied", number=1)))
    work()
    cardiology.refresh_from_db()
    assert cardiology.capacity == 40
    shown = text(browser.get(url("blueprint-applied", number=1)))
    assert ("1 of 1 changes" in shown, "Roll back" in shown) == (True, True)

    back = browser.get(url("blueprint-way-back", number=1))
    assert "The way back to what stood before revision 1." in text(back)
    done = browser.post(url("blueprint-way-back", number=1), hidden(back))
    assert done.headers["Location"] == url("blueprint-applied", number=2)
    work()
    cardiology.refresh_from_db()
    assert cardiology.capacity == 30
    assert "Roll-back to before revision 1" in text(browser.get(url("blueprint")))
    assert Revision.objects.count() == 2
    assert url("blueprint-way-back", number=1) not in text(browser.get(url("blueprint-applied", number=1)))  # once
    assert url("blueprint-way-back", number=2) in text(browser.get(url("blueprint-applied", number=2)))
    told = [(line["row"].number, str(line["state"][0])) for line in browser.get(url("blueprint")).context["history"]]
    assert told == [(2, "Applied"), (1, "Rolled back")]


def test_a_plan_that_is_no_longer_true_is_not_applied(browser, ada, cardiology, url):
    sent = hidden(looked_at(browser, url, LARGER))
    change_group(ada.actor, cardiology, capacity=35)
    again = browser.post(url("blueprint-revisions"), sent)
    assert "The community changed since this plan was made." in text(again)
    assert re.search(r">35</del> → 40", text(again))
    assert again.status_code == 422
    assert not Revision.objects.exists()
    done = browser.post(url("blueprint-revisions"), hidden(again))
    assert done.headers["Location"] == url("blueprint-applied", number=1)


def test_a_text_that_points_nowhere_meanwhile_stays_with_its_mistakes(browser, ada, cardiology, url):
    place = add_place(ada.actor, kind="organisation", key="st-lucas", name="St Lucas")
    sent = hidden(looked_at(browser, url, "hearth: 1\ngroups:\n  cardiology: {place: st-lucas}\n"))
    remove_place(ada.actor, place)
    shown = browser.post(url("blueprint-revisions"), sent)
    assert "blueprint.yaml:3:16: There is no `st-lucas` under `places`" in text(shown)
    assert "{place: st-lucas}" in text(shown)
    assert f'action="{url("blueprint")}"' in text(shown)


def test_what_was_changed_by_hand_is_shown_until_it_is_taken_back(browser, ada, cardiology, url):
    browser.post(url("blueprint-revisions"), hidden(looked_at(browser, url, LARGER)))
    work()
    assert "Everything stands as revision 1 made it." in text(browser.get(url("blueprint")))
    change_group(ada.actor, cardiology, capacity=99)
    shown = text(browser.get(url("blueprint")))
    assert "Changed by hand since then" in shown
    assert re.search(r">40</del> → 99", shown)


def test_a_blueprint_of_another_community_says_so(browser, cardiology, url):
    shown = text(looked_at(browser, url, f"{LARGER}community: {{key: elsewhere}}\n"))
    assert "This blueprint was written for “elsewhere”." in shown


def test_the_community_is_downloaded_as_it_is_and_plans_nothing(browser, cardiology, url):
    answer = browser.get(url("blueprint-export"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="stlucas.yaml"'
    assert "there is nothing to apply" in text(looked_at(browser, url, text(answer)))


def test_names_in_a_blueprint_are_text_and_nothing_else(browser, cardiology, url):
    evil = "hearth: 1\ngroups:\n  cardiology: {name: '<script>alert(1)</script>'}\n"
    assert "<script>alert(1)" not in text(looked_at(browser, url, evil))


def test_duties_stand_beside_the_team(browser, ada, url):
    set_duty(ada.actor, "door", name="The door", task="Greet whoever comes.", turns=[])
    shown = text(browser.get(url("staff")))
    assert ("Greet whoever comes." in shown, "Nobody is on this roster yet." in shown) == (True, True)

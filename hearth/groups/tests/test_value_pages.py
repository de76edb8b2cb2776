"""The pages of value lines: described in the console, done with one tap, and the pause lifted for a reason."""

from datetime import timedelta

import pytest

from hearth.core.routing import link
from hearth.groups.models import Deed, PauseLift, ValueAnswer, ValueLine
from hearth.groups.queries.value_lines import promotion_rests
from hearth.groups.services import judge_rhythms, note_deed, open_group, set_answer
from hearth.groups.tests.test_pages import at, post
from hearth.groups.types import KeptBy
from hearth.kit.clock import now
from tests.cast import second_factor

LINES = "/c/stlucas/console/value-lines/"
COFFEE = {"force": "social", "name": "Coffee", "service": "A round with coffee.", "every_days": 7, "bound": "at_least"}


@pytest.fixture
def console(client_of, ada):
    second_factor(ada.user)
    return client_of(ada)


@pytest.fixture
def coffee(ada, cardiology):
    return set_answer(
        ada.actor, "coffee", name={"en": "Coffee", "zh-hans": "咖啡"}, force="social", service="A round with coffee.",
        kept_by=KeptBy(every_days=7), gets={"member": {"en": "Company", "zh-hans": "结伴"}}, groups=[cardiology],
    )  # fmt: skip


def stop():
    judge_rhythms(now() + timedelta(days=40))


def group_page(group):
    return f"/c/stlucas/console/groups/{group.pk}/"


def test_an_operator_writes_a_line_and_sees_it_with_its_state(console, cardiology):
    assert "No value line yet" in console.get(LINES).content.decode()
    told = {**COFFEE, "groups": [cardiology.pk], "gets_member": "Company.", "gets_company": "A name."}
    answer = post(console, LINES + "new/", **told)
    assert answer.redirect_chain == [(LINES, 302)]
    row = ValueAnswer.objects.get()
    assert (row.key, row.every_days, row.gets) == (
        "coffee",
        7,
        {"member": {"en": "Company."}, "company": {"en": "A name."}},
    )
    assert [place.group_id for place in row.places.all()] == [cardiology.pk]
    html = answer.content.decode()
    assert "A round with coffee." in html
    assert "Done every 7 days, by a tap · Cardiology" in html
    assert "Green: kept · 1" in html


def test_the_words_of_other_languages_stay_and_nothing_changes_what_counts(console, coffee, cardiology):
    row = ValueAnswer.objects.get()
    told = {**COFFEE, "name": "Coffee and cake", "groups": [cardiology.pk], "gets_member": "Company"}
    post(console, f"{LINES}{coffee.pk}/", **told)
    coffee.refresh_from_db()
    assert coffee.name == {"en": "Coffee and cake", "zh-hans": "咖啡"}
    assert coffee.gets == {"member": {"en": "Company", "zh-hans": "结伴"}}
    assert coffee.counts_from == row.counts_from


def test_a_metrics_share_is_typed_in_percent(console, cardiology):
    told = {**COFFEE, "every_days": "", "metric": "questions_answered_24h", "value": 60}
    post(console, LINES + "new/", **told)
    row = ValueAnswer.objects.get()
    assert (row.metric, row.bound, row.value, row.every_days) == ("questions_answered_24h", "at_least", 0.6, None)
    html = console.get(f"{LINES}{row.pk}/").content.decode()
    assert 'value="60.0"' in html
    assert ": at least 60 %" in console.get(LINES).content.decode()


def test_two_proofs_are_refused_and_what_was_typed_stays(console, cardiology):
    answer = post(console, LINES + "new/", **COFFEE, metric="authors_28d", value=3)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Say one of two: a metric, or every how many days it is done." in html
    assert "A round with coffee." in html
    assert ValueAnswer.objects.count() == 0


def test_a_line_is_promised_no_more_once_somebody_has_read_what_is_lost(console, ada, cardiology, coffee):
    note_deed(ada.actor, cardiology, coffee)
    shown = console.get(f"{LINES}{coffee.pk}/").content.decode()
    assert "1 group promises it. It does so no more, and what was noted as done is forgotten for good." in shown
    assert shown.index("<details><summary") < shown.index(f'action="{LINES}{coffee.pk}/removal/"')
    post(console, f"{LINES}{coffee.pk}/removal/", page=f"{LINES}{coffee.pk}/")
    assert ValueAnswer.objects.count() == 0


def test_a_keeper_says_with_one_tap_that_it_is_done_and_takes_it_back(client_of, bo, cardiology, coffee):
    stop()
    client, tending = client_of(bo), at("tending", group_id=cardiology.pk)
    html = client.get(tending).content.decode()
    assert "Red: stopped" in html
    assert "Something has stopped, so nothing new invites people here." in html
    tap = at("deed", group_id=cardiology.pk, value_id=coffee.pk)
    html = post(client, tap, page=tending).content.decode()
    assert "Done: Coffee." in html
    assert "Green: kept" in html
    assert "last by Bo" in html
    deed = Deed.objects.get()
    post(client, at("deed-undoing", deed_id=deed.pk), page=tending)
    deed.refresh_from_db()
    assert deed.undone_by == bo.actor.ref
    assert "not done yet" in client.get(tending).content.decode()


def test_pressing_done_twice_is_one_deed(client_of, bo, cardiology, coffee):
    import re

    client = client_of(bo)
    html = client.get(at("tending", group_id=cardiology.pk)).content.decode()
    key = re.search(r'name="idempotency_key" value="([^"]+)"', html).group(1)
    for _press in range(2):
        path = at("deed", group_id=cardiology.pk, value_id=coffee.pk)
        assert client.post(path, {"idempotency_key": key}).status_code == 302
    assert Deed.objects.count() == 1


def test_the_groups_page_shows_force_service_proof_and_state_and_leads_back_there(console, cardiology, coffee):
    stop()
    html = console.get(group_page(cardiology)).content.decode()
    for words in ("Company of others", "A round with coffee.", "Done every 7 days, by a tap", "Red: stopped"):
        assert words in html
    assert "Nothing new invites people here" in html
    assert "Nothing in it yet for: Keeper, Operator, Organisation." in html
    tap = at("deed", group_id=cardiology.pk, value_id=coffee.pk) + "?console"
    answer = post(console, tap, page=group_page(cardiology))
    assert answer.redirect_chain == [(group_page(cardiology), 302)]
    assert "Nothing new invites people here" not in answer.content.decode()


def test_an_operator_invites_all_the_same_for_a_time_and_takes_that_back(console, cardiology, coffee):
    stop()
    lift = f"/c/stlucas/console/groups/{cardiology.pk}/pause-lift/"
    html = post(console, lift, page=group_page(cardiology), days=3, why="").content.decode()
    assert PauseLift.objects.count() == 0
    assert "This field is required." in html
    html = post(console, lift, page=group_page(cardiology), days=3, why="The congress.").content.decode()
    assert not promotion_rests(cardiology.pk)
    assert "The reason given: The congress." in html
    post(console, lift + "ending/", page=group_page(cardiology))
    assert promotion_rests(cardiology.pk)


def test_today_and_the_fleet_lead_to_what_has_stopped(ada, console, cardiology, coffee):
    open_group(ada.actor, name="Surgery", key="surgery")
    today = "/c/stlucas/console/"
    assert "Services that have stopped" not in console.get(today).content.decode()
    stop()
    html = console.get(today).content.decode()
    assert "Cardiology: “Coffee” has stopped" in html
    assert "Nobody new is invited there until it goes again." in html
    fleet = console.get("/c/stlucas/console/groups/?f.value=stopped").content.decode()
    assert group_page(cardiology) in fleet
    assert "Surgery" not in fleet


def test_the_card_says_what_one_finds_there(client_of, dara, cardiology, coffee):
    html = client_of(dara).get(at("card", group_id=cardiology.pk)).content.decode()
    assert "What you find here" in html
    assert "Coffee" in html
    assert "Company" in html


def test_the_page_of_links_says_that_they_rest(client_of, bo, cardiology, coffee):
    client, path = client_of(bo), at("links", group_id=cardiology.pk)
    assert "These links rest" not in client.get(path).content.decode()
    stop()
    assert "These links rest" in client.get(path).content.decode()
    answer = post(client, path, days=7)
    assert answer.status_code == 422
    assert "invite one person by their address" in answer.content.decode()


def test_a_line_of_another_group_cannot_be_done_here(ada, client_of, bo, cardiology, coffee):
    surgery = open_group(ada.actor, name="Surgery", key="surgery")
    other = set_answer(
        ada.actor, "tea", name="Tea", force="social", service="Tea.", kept_by=KeptBy(every_days=7), groups=[surgery]
    )
    client, page = client_of(bo), at("tending", group_id=cardiology.pk)
    path = at("deed", group_id=cardiology.pk, value_id=other.pk)
    assert post(client, path, page=page).status_code == 404
    assert link("groups:deed", cardiology.pk, other.pk, community="stlucas") == path
    assert ValueLine.objects.get(answer=other).group_id == surgery.pk

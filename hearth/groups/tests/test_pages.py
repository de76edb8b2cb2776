import re
from uuid import uuid4

import pytest
from django.urls import reverse

from hearth.core.relay import run_once
from hearth.groups.access import actor_of_member
from hearth.groups.models import JoinLink, Membership
from hearth.groups.queries import keeper_ids, newest_norms
from hearth.groups.services import (
    change_group,
    invite,
    make_entry_code,
    make_join_link,
    revoke_entry_code,
    revoke_link,
)
from hearth.notify.models import Notice
from hearth.people.models import Member
from hearth.people.services import ask_verification, decide_verification, update_profile
from tests.cast import newcomer, second_factor
from tests.watching import facts

VERIFICATION = "/c/stlucas/me/verification/"


def at(name, **parts):
    return reverse(f"groups:{name}", kwargs={"community": "stlucas", **parts})


def post(client, path, page=None, **data):
    html = client.get(page or path.removesuffix("badge/")).content.decode()
    key = re.search(r'name="idempotency_key" value="([^"]+)"', html).group(1)
    return client.post(path, {"idempotency_key": key, **data}, follow=True)


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_every_page_of_a_group_opens_for_its_keeper(client_of, bo, chen, cardiology, language):
    client = client_of(bo)
    client.cookies["hearth_language"] = language
    make_join_link(bo.actor, cardiology)
    one = {"group_id": cardiology.pk}
    paths = [at("discover"), *(at(name, **one) for name in ("card", "members", "settings", "links", "leaving"))]
    paths += [at(name, **one, member_id=chen.member.pk) for name in ("removal", "mute")]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "<c-" not in answer.content.decode(), path


def test_a_newcomer_reads_the_norms_accepts_them_and_is_in(client_of, dara, cardiology):
    client = client_of(dara)
    card = at("card", group_id=cardiology.pk)
    assert "No patient names" in client.get(card).content.decode()
    refused = post(client, at("join", group_id=cardiology.pk), page=card, norms_version=1)
    assert refused.status_code == 422
    assert "Read the norms of the group and accept them to join." in refused.content.decode()
    done = post(client, at("join", group_id=cardiology.pk), page=card, norms_version=1, accept_norms="on")
    assert done.status_code == 200
    assert Membership.objects.get(member=dara.member).joined_by == "open_door"


def test_pressing_join_twice_admits_once(client_of, dara, cardiology):
    client = client_of(dara)
    html = client.get(at("card", group_id=cardiology.pk)).content.decode()
    key = re.search(r'name="idempotency_key" value="([^"]+)"', html).group(1)
    form = {"idempotency_key": key, "norms_version": 1, "accept_norms": "on"}
    for _press in range(2):
        assert client.post(at("join", group_id=cardiology.pk), form).status_code == 302
    assert len([fact for fact in facts("groups.member_admitted") if fact["member"] == dara.member.pk]) == 1


def test_a_form_without_its_key_is_refused(client_of, dara, cardiology):
    answer = client_of(dara).post(at("join", group_id=cardiology.pk), {"norms_version": 1, "accept_norms": "on"})
    assert answer.status_code == 400
    assert not Membership.objects.filter(member=dara.member).exists()


def test_a_keeper_edits_the_card_in_one_language_and_the_other_stays(client_of, bo, cardiology):
    form = {"name": "Heart talk", "visibility": "listed", "space": "professional", "capacity": 40}
    assert post(client_of(bo), at("settings", group_id=cardiology.pk), **form).status_code == 200
    cardiology.refresh_from_db()
    assert cardiology.name == {"en": "Heart talk", "zh-hans": "心内科"}
    too_small = post(client_of(bo), at("settings", group_id=cardiology.pk), **{**form, "capacity": 2})
    assert too_small.status_code == 422
    assert "The group already has 3 members" in too_small.content.decode()


def test_a_keeper_publishes_norms_by_the_page(client_of, bo, cardiology):
    page = at("settings", group_id=cardiology.pk)
    post(client_of(bo), at("norms", group_id=cardiology.pk), page=page, en="Be brief.", zh_hans="言简意赅。")
    assert newest_norms(cardiology.pk).text == {"en": "Be brief.", "zh-hans": "言简意赅。"}


def test_keepers_pages_are_shut_to_members(client_of, chen, dara, cardiology):
    for name in ("settings", "links"):
        assert client_of(chen).get(at(name, group_id=cardiology.pk)).status_code == 403
        assert client_of(dara).get(at(name, group_id=cardiology.pk)).status_code == 403
    assert client_of(dara).get(at("members", group_id=cardiology.pk)).status_code == 302


def test_a_keeper_mutes_removes_and_appoints_by_the_pages(client_of, ada, bo, chen, cardiology):
    client, one = client_of(ada), {"group_id": cardiology.pk}
    people = at("members", **one)
    post(client, at("role", **one, member_id=chen.member.pk), page=people, role="assistant")
    assert chen.member.pk in keeper_ids(cardiology.pk)
    post(client, at("role", **one, member_id=chen.member.pk), page=people, role="")
    assert chen.member.pk not in keeper_ids(cardiology.pk)
    post(client, at("mute", **one, member_id=chen.member.pk), hours=24, why="flooding")
    assert "flooding" in client.get(people).content.decode()
    post(client, at("removal", **one, member_id=chen.member.pk), why="adverts", ban="on")
    assert Membership.objects.get(member=chen.member).left_by == "banned"
    post(client, at("owner", **one, member_id=bo.member.pk), page=people)
    assert keeper_ids(cardiology.pk, ["owner"]) == [bo.member.pk]


def test_a_refused_removal_shows_nobody_from_outside_the_group(client_of, bo, dara, cardiology):
    client = client_of(bo)
    address = at("removal", group_id=cardiology.pk, member_id=dara.member.pk)
    answer = client.post(address, {"idempotency_key": "k" * 20, "why": ""})
    assert answer.status_code == 404
    assert "Dara" not in answer.content.decode()


def test_a_refused_removal_keeps_what_was_typed_beside_the_member(client_of, bo, chen, cardiology):
    address = at("removal", group_id=cardiology.pk, member_id=chen.member.pk)
    page = post(client_of(bo), address, why="", ban="on").content.decode()
    assert "陈立" in page
    assert re.search(r'name="ban"[^>]* checked', page)


def test_an_outsider_comes_in_by_link_with_a_name(client_of, ada, eve, cardiology):
    change_group(ada.actor, cardiology, space="general", visibility="hidden")
    link = make_join_link(ada.actor, cardiology)
    client = client_of(eve)
    path = at("entry", code=link.code)
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Eve Canary" not in answer.content.decode()
    done = post(client, path, norms_version=1, accept_norms="on", display_name="Eve")
    assert done.status_code == 200
    assert JoinLink.objects.get(pk=link.pk).uses == 1


def member_called(name):
    return Member.objects.get(display_name=name)


def test_a_newcomer_without_a_badge_asks_for_one_by_the_link_and_comes_in_by_it(client_of, ada, bo, eve, cardiology):
    link = make_join_link(bo.actor, cardiology, max_uses=1)
    client, path, ask = client_of(eve), at("entry", code=link.code), at("entry-badge", code=link.code)
    page = client.get(path).content.decode()
    assert "This group is for professionals" in page
    assert ("accept_norms" in page, ">Join<" in page, f'action="{ask}"' in page) == (False, False, True)
    answer = client.post(ask, {"idempotency_key": str(uuid4())})
    assert (answer.status_code, "display_name" in answer.content.decode()) == (422, True)
    page = post(client, ask, display_name="Eve").content.decode()
    assert "with your badge Cardiology is open to you" in page
    assert 'name="hospital"' in page, "the desk"
    eve_here = member_called("Eve")
    assert not Membership.objects.filter(member=eve_here).exists()
    page = client.get(path).content.decode()
    assert ("Your way in is kept" in page, VERIFICATION in page, ask in page) == (True, True, False)
    actor = actor_of_member(eve_here)
    home, kept = "/c/stlucas/", "Your way into Cardiology is kept"
    told = [client.get(place).content.decode() for place in (home, VERIFICATION)]
    assert [(kept in page, "Go on with your request" in page) for page in told] == [(True, True), (True, False)]
    update_profile(actor, real_name="Eve Marsh", hospital="St Lucas", department="Cardiology")
    asked = ask_verification(actor, licence="110-2024-5532")
    told = [client.get(place).content.decode() for place in (path, home, VERIFICATION)]
    assert ["is with a reviewer. As soon as" in page for page in told] == [True, True, True]
    assert [page.count("Go on with your request") for page in told] == [0, 0, 0]
    decide_verification(ada.actor, asked.pk, verified=True)
    run_once()
    run_once()
    page = client.get(home).content.decode()
    assert ("this group is open to you" in page, f'href="{path}"' in page) == (True, True)
    notice = Notice.objects.get(member=eve_here, reason="groups.way_open")
    assert (notice.path, notice.group_id) == (path, cardiology.pk)
    post(client, notice.path, norms_version=1, accept_norms="on")
    assert Membership.objects.get(member=eve_here).group == cardiology
    assert kept not in client.get(home).content.decode()
    assert JoinLink.objects.get(pk=link.pk).uses == 1


def test_whom_a_link_cannot_lead_to_the_desk_reads_why_and_gets_no_place(client_of, ada, bo, eve, cardiology):
    client = client_of(eve)
    addressed = invite(bo.actor, cardiology, "fay@example.org")
    link = make_join_link(bo.actor, cardiology)
    change_group(ada.actor, cardiology, capacity=3)
    late = make_join_link(bo.actor, cardiology)
    revoke_link(bo.actor, late)
    for code, told, status in (
        (addressed.code, "This invitation is for another e-mail address", 422),
        (link.code, "The group is full", 422),
        (late.code, "no longer works", 410),
    ):
        page = client.get(at("entry", code=code)).content.decode()
        assert (told in page, "Ask for a badge" in page) == (True, False), told
        assert (
            client.post(
                at("entry-badge", code=code), {"idempotency_key": str(uuid4()), "display_name": "E"}
            ).status_code
            == status
        )
    assert not Member.objects.filter(display_name="E").exists()


def test_a_member_without_a_badge_asks_for_one_by_a_code(client_of, ada, eve, community, cardiology):
    code = make_entry_code(ada.actor, title="Journal", default_group=cardiology.pk)
    ask = at("code-badge", code=code.code)
    assert client_of(eve).post(ask, {"idempotency_key": str(uuid4())}).status_code == 404
    guest = newcomer(community, "Gu")
    client = client_of(guest)
    assert f'action="{ask}"' in client.get(at("code", code=code.code)).content.decode()
    assert "with your badge Cardiology is open to you" in post(client, ask).content.decode()
    assert "Your way in is kept" in client.get(at("code", code=code.code)).content.decode()
    revoke_entry_code(ada.actor, code)
    assert client_of(newcomer(community, "Hal")).post(ask, {"idempotency_key": str(uuid4())}).status_code == 410


def test_who_has_no_badge_is_told_on_the_card_before_the_press(client_of, community, cardiology):
    page = client_of(newcomer(community, "Gu")).get(at("card", group_id=cardiology.pk)).content.decode()
    assert ("accept_norms" in page, VERIFICATION in page) == (False, True)


def test_a_qr_code_is_a_picture_for_those_who_invite(client_of, bo, chen, cardiology):
    link = make_join_link(bo.actor, cardiology)
    answer = client_of(bo).get(at("link-qr", link_id=link.pk))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert client_of(chen).get(at("link-qr", link_id=link.pk)).status_code == 403


def test_a_hidden_group_is_nothing_to_those_outside(client_of, ada, dara, cardiology):
    change_group(ada.actor, cardiology, visibility="hidden")
    assert client_of(dara).get(at("card", group_id=cardiology.pk)).status_code == 404
    assert "Cardiology" not in client_of(dara).get(at("discover")).content.decode()


def test_patients_see_chosen_names_only(client_of, ada, bo, chen, cardiology):
    change_group(ada.actor, cardiology, space="patient")
    html = client_of(bo).get(at("members", group_id=cardiology.pk)).content.decode()
    assert "陈立" not in html
    assert "圣路加医院" not in html
    assert "Chen" in html


@pytest.mark.parametrize(("space", "by_chosen", "by_real"), [("professional", False, True), ("patient", True, False)])
def test_members_are_found_by_the_name_that_the_space_shows(
    client_of, ada, bo, chen, cardiology, space, by_chosen, by_real
):
    change_group(ada.actor, cardiology, space=space)
    address = at("members", group_id=cardiology.pk)
    told = [client_of(bo).get(address, {"q": name}).context["page"].object_list for name in ("chen", "陈")]
    assert [chen.member.pk in [row.member_id for row in rows] for rows in told] == [by_chosen, by_real]
    assert "Nobody is called that here." in client_of(bo).get(address, {"q": "Nemo"}).content.decode()


@pytest.mark.parametrize("words", ["心内", "内科", "cardio", "cases", "病例 心内", "HEART"])
def test_discover_finds_a_group_by_its_name_theme_or_function_in_any_language(client_of, bo, dara, cardiology, words):
    change_group(
        bo.actor, cardiology, function={"en": "Hard cases, every week", "zh-hans": "每周病例讨论"}, theme="heart"
    )
    assert "Cardiology" in client_of(dara).get(at("discover"), {"q": words}).content.decode()


@pytest.mark.parametrize("words", ["心外", "u5fc3", "zh-hans", "cardiology dermatology"])
def test_discover_finds_nothing_by_words_that_nobody_wrote(client_of, dara, cardiology, words):
    assert "Cardiology" not in client_of(dara).get(at("discover"), {"q": words}).content.decode()


def test_a_role_stands_beside_the_name_and_a_real_name_that_is_shown_already_is_not_said_twice(
    client_of, ada, bo, cardiology
):
    second_factor(ada.user)

    def keeper(name):
        html = client_of(ada).get(at("members", group_id=cardiology.pk)).content.decode()
        cards = [card.split("<details")[0] for card in html.split('class="name-card"')[1:]]
        [mine] = [card for card in cards if f">{name}</span>" in card]
        return mine

    name, mark = re.search(
        r'class="name">(.*?)</span>\s*<span class="badge[^>]*>\s*(\S+?)\s*</span>', keeper("Bo Zhang")
    ).groups()
    assert ("Bo Zhang" in name, mark) == (True, "Keeper")
    assert keeper("Bo Zhang").count("Bo Zhang") == 1
    change_group(ada.actor, cardiology, space="general")
    assert keeper("Bo").count("Bo Zhang") == 1, "under the chosen name, for whoever may see members"

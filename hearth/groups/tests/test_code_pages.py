"""The pages of entry codes, without scripts."""

import pytest

from hearth.core.models import Fact
from hearth.groups.models import EntryCode, Membership
from hearth.groups.services import change_group, make_entry_code, open_group
from hearth.groups.tests.test_pages import at, post
from hearth.people.models import Member
from tests.cast import newcomer, second_factor
from tests.watching import facts

ENTRY = {"norms_version": 1, "accept_norms": "on"}


@pytest.fixture
def code(ada, cardiology):
    surgery = open_group(ada.actor, name="Surgery", key="surgery", space="general")
    rules = [
        {"attribute": "department", "values": ["Neurology"], "group": cardiology.pk},
        {"attribute": "department", "values": ["Surgery"], "group": surgery.pk},
    ]
    return make_entry_code(ada.actor, title="Article", rules=rules)


@pytest.fixture
def console(client_of, ada):
    second_factor(ada.user)
    return client_of(ada)


def at_console(rest=""):
    return f"/c/stlucas/console/entry-codes/{rest}"


def test_a_member_sees_where_they_are_led_and_why_and_joins(client_of, dara, cardiology, code):
    client, path = client_of(dara), at("code", code=code.code)
    html = client.get(path).content.decode()
    assert "You are led here because of: Department (Neurology)." in html
    assert "No patient names" in html
    assert post(client, path).status_code == 422
    post(client, path, **ENTRY)
    assert Membership.objects.get(member=dara.member).joined_by == "code"
    assert client.get(path).status_code == 302


def test_somebody_new_is_asked_who_they_are_and_led(client_of, eve, cardiology, code):
    client, path = client_of(eve), at("code", code=code.code)
    assert "Eve Canary" not in client.get(path).content.decode()
    html = post(client, path, display_name="Eve", department="Surgery").content.decode()
    assert "You are led here because of: Department (Surgery)." in html
    assert Member.objects.get(display_name="Eve").department == "Surgery"
    post(client, path + "?qr")
    assert Membership.objects.get(member__display_name="Eve").joined_by == "qr"


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Cardiology, Neurology"), ("zh-hans", "心内科、神经内科"), ("zh-hant", "心臟內科、神經內科")],
)
def test_what_is_asked_is_shown_as_the_reader_writes_it(client_of, ada, eve, cardiology, settings, language, told):
    spelt = [["Cardiology", "心内科", "心臟內科"], ["Neurology", "神经内科", "神經內科"]]
    rules = [{"attribute": "department", "values": values, "group": cardiology.pk} for values in spelt]
    code, client = make_entry_code(ada.actor, title="Article", rules=rules), client_of(eve)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    html = client.get(at("code", code=code.code)).content.decode()
    assert f"{told}</" in html.replace("\n", "")
    assert html.count("Cardiology") == (language == "en")


def test_whom_no_rule_fits_chooses(client_of, community, cardiology, code):
    kit = newcomer(community, "Kit", kind="guest", department="Pathology")
    client, path = client_of(kit), at("code", code=code.code)
    html = client.get(path).content.decode()
    assert "Which group fits you?" in html
    surgery = code.rules[1]["group"]
    assert f"?group={surgery}" in html
    post(client, f"{path}?group={surgery}")
    assert Membership.objects.get(member=kit.member).group_id == surgery
    assert facts("groups.placed_by_code")[-1]["rule"] is None


def test_a_full_group_is_told_of_and_the_next_opens_on_the_press(client_of, ada, dara, cardiology, code):
    change_group(ada.actor, cardiology, capacity=3)
    client, path = client_of(dara), at("code", code=code.code)
    before = Fact.objects.count()
    assert "the next one like it opens for you" in client.get(path).content.decode()
    assert Fact.objects.count() == before, "looking opens nothing"
    post(client, path, **ENTRY)
    assert Membership.objects.get(member=dara.member).group.key == "cardiology-2"


def test_the_team_makes_a_code_gives_it_rules_and_revokes_it(console, client_of, dara, cardiology):
    made = post(console, at_console(), title="Shop in the Main Street", opens_next="on", default_group=cardiology.pk)
    assert "Shop in the Main Street" in made.content.decode()
    row = EntryCode.objects.get()
    page = at_console(f"{row.pk}/")
    assert post(console, page, attribute="city", values=" ", group=cardiology.pk).status_code == 422
    html = post(console, page, attribute="city", values="Basel\n巴塞尔", group=cardiology.pk).content.decode()
    assert "Basel, 巴塞尔" in html
    assert console.get(page + "qr.svg").headers["Content-Type"] == "image/svg+xml"
    post(console, page, act="remove", rule=0)
    row.refresh_from_db()
    assert (row.rules, row.default_group_id) == ([], cardiology.pk)
    post(console, page + "revocation/", page=page)
    assert client_of(dara).get(at("code", code=row.code)).status_code == 410


def test_a_rule_about_what_the_house_knows_takes_words_and_keeps_keys(console, client_of, dara, cardiology, code):
    page = at_console(f"{code.pk}/")
    refused = post(console, page, attribute="language", values="Klingon", group=cardiology.pk)
    assert (refused.status_code, "“Klingon” is unknown here. Known are: English," in refused.content.decode()) == (
        422, True,
    )  # fmt: skip
    code.refresh_from_db()
    post(console, page, act="remove", rule=0)
    html = post(console, page, attribute="kind", values="Professional", group=cardiology.pk).content.decode()
    code.refresh_from_db()
    assert code.rules[-1] == {"attribute": "kind", "values": ["professional"], "group": cardiology.pk}
    assert "Kind of member: Professional" in html
    assert "Kind of member (Professional)" in client_of(dara).get(at("code", code=code.code)).content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_the_pages_open_in_every_language(console, client_of, dara, code, language):
    for client, path in (
        (console, at_console()), (console, at_console(f"{code.pk}/")), (client_of(dara), at("code", code=code.code)),
    ):  # fmt: skip
        client.cookies["hearth_language"] = language
        answer = client.get(path)
        assert (answer.status_code, "<c-" in answer.content.decode()) == (200, False), path


def test_codes_are_the_teams(client_of, bo, code):
    assert client_of(bo).get(at_console()).status_code in {403, 404}

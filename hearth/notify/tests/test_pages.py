import re

import pytest
from django.urls import reverse

from hearth.groups.services import admit_member, open_group
from hearth.notify.queries import inbox, levels_of, preference_of, unread_count
from hearth.notify.services import tell


def at(name, **parts):
    return reverse(f"notify:{name}", kwargs={"community": "stlucas", **parts})


def post(client, path, page=None, **data):
    html = client.get(page or path).content.decode()
    key = re.search(r'name="idempotency_key" value="([^"]+)"', html).group(1)
    return client.post(path, {"idempotency_key": key, **data})


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_inbox_and_settings_open(client_of, chen, cardiology, language):
    client = client_of(chen)
    client.cookies["hearth_language"] = language
    tell([chen.member.pk], "groups.welcome", group=cardiology, path="/x/")
    for name in ("inbox", "settings"):
        answer = client.get(at(name))
        assert answer.status_code == 200
        assert "<c-" not in answer.content.decode()


def test_opening_a_notice_reads_it_and_leads_on(client_of, chen, cardiology):
    tell([chen.member.pk], "groups.welcome", group=cardiology, path="/c/stlucas/discover/")
    client = client_of(chen)
    notice = inbox(chen.actor)[0]
    answer = post(client, at("opening", notice_id=notice.id), page=at("inbox"))
    assert (answer.status_code, answer.url) == (302, "/c/stlucas/discover/")
    assert unread_count(chen.member.pk) == 0


def test_somebody_elses_notice_is_nothing(client_of, chen, dara, cardiology):
    tell([chen.member.pk], "groups.welcome", group=cardiology, path="/x/")
    notice = inbox(chen.actor)[0]
    answer = post(client_of(dara), at("opening", notice_id=notice.id), page=at("settings"))
    assert answer.status_code == 404
    assert unread_count(chen.member.pk) == 1


def test_everything_is_marked_read_up_to_what_was_seen(client_of, chen, cardiology):
    tell([chen.member.pk], "groups.welcome", group=cardiology, path="/1/")
    seen = inbox(chen.actor)[0].id
    tell([chen.member.pk], "groups.welcome", group=cardiology, path="/2/")
    post(client_of(chen), at("reading"), page=at("inbox"), up_to=seen)
    assert unread_count(chen.member.pk) == 1


def test_levels_and_quiet_hours_are_chosen(client_of, chen, cardiology):
    client = client_of(chen)
    form = {"level": "all", "digest": "weekly", "digest_at": 7, "quiet_from": "22:00", "quiet_until": "07:00"}
    assert post(client, at("settings"), **form).status_code == 302
    chosen = preference_of(chen.member.pk)
    assert (chosen.level, chosen.digest, f"{chosen.quiet_from:%H:%M}") == ("all", "weekly", "22:00")
    post(client, at("level", group_id=cardiology.pk), page=at("settings"), level="nothing")
    assert levels_of(chen.member.pk, [cardiology.pk]) == {cardiology.pk: "nothing"}
    refused = post(client, at("settings"), **{**form, "quiet_until": ""})
    assert refused.status_code == 422
    assert "Give both ends of the quiet hours, or neither." in refused.content.decode()


def test_levels_of_many_groups_come_page_by_page_and_are_found_by_name(
    client_of, ada, chen, cardiology, django_assert_num_queries
):
    client = client_of(chen)
    client.get(at("settings"))
    with django_assert_num_queries(13) as few:
        client.get(at("settings"))
    for n in range(45):
        group = open_group(ada.actor, key=f"ward-{n:02}", name={"en": f"Ward {n}", "zh-hans": f"病房{n}"})
        admit_member(ada.actor, group, chen.member, how="staff")
    with django_assert_num_queries(len(few)):
        first = client.get(at("settings")).content.decode()
    assert (first.count('<form id="group-'), "Ward 18" in first, "Ward 19" in first) == (20, True, False)
    assert "Ward 44" in client.get(at("settings"), {"page": 3}).content.decode()
    found = client.get(at("settings"), {"q": "病房44"}).content.decode()
    assert (found.count('<form id="group-'), "Ward 44" in found) == (1, True)
    assert "No group fits these words" in client.get(at("settings"), {"q": "surgery"}).content.decode()
    page = f"{at('settings')}?q=%E7%97%85%E6%88%BF"
    saved = post(client, at("level", group_id=group.pk), page=page, level="all", q="病房")
    assert saved.url == f"{page}#group-{group.pk}"
    assert levels_of(chen.member.pk, [group.pk, cardiology.pk]) == {group.pk: "all"}

import re

import pytest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from hearth.core.community_settings import change_setting
from hearth.people.models import Block, Consent, Member
from hearth.people.services import note_sign_in
from tests.cast import second_factor
from tests.watching import facts

PAGES = ["profile", "verification", "vouch", "privacy", "tokens", "sessions", "speech"]


def at(name, **parts):
    return reverse(f"people:{name}", kwargs={"community": "stlucas", **parts})


def key_in(html):
    return re.search(r'name="idempotency_key" value="([^"]+)"', html).group(1)


def post(client, path, page=None, **data):
    key = key_in(client.get(page or path).content.decode())
    return client.post(path, {"idempotency_key": key, **data}, follow=True)


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_about_oneself_opens(client_of, chen, name, language):
    client = client_of(chen)
    client.cookies["hearth_language"] = language
    answer = client.get(at(name))
    assert answer.status_code == 200
    assert "<c-" not in answer.content.decode()


def test_a_member_changes_their_profile_and_it_is_kept_once(client_of, dara):
    client = client_of(dara)
    key = key_in(client.get(at("profile")).content.decode())
    form = {"display_name": "Dee", "real_name": "Dara Okafor", "idempotency_key": key}
    assert client.post(at("profile"), form).status_code == 302
    assert client.post(at("profile"), form).status_code == 302
    assert Member.objects.get(pk=dara.member.pk).display_name == "Dee"
    assert [fact["member"] for fact in facts("people.profile_changed")] == [dara.member.pk]


def test_a_change_that_would_end_a_badge_is_told_before_it_is_saved(client_of, chen):
    client = client_of(chen)
    form = {"display_name": "Chen", "real_name": "陈立", "hospital": "圣路加医院", "department": "心内科"}
    same = post(client, at("profile"), **form | {"department": "心內科"})
    assert (same.status_code, chen.actor.verified) == (200, True)
    asked = post(client, at("profile"), **form | {"department": "Surgery"})
    assert asked.status_code == 422
    assert "Doctor · 圣路加医院 · 心内科” ends" in asked.content.decode()
    assert (Member.objects.get(pk=chen.member.pk).department, chen.actor.verified) == ("心內科", True)
    [row] = re.findall(r'name="ending" value="(\d+)"', asked.content.decode())
    saved = post(client, at("profile"), **form | {"department": "Surgery", "ending": row})
    assert (saved.status_code, chen.actor.verified) == (200, False)
    assert Member.objects.get(pk=chen.member.pk).department == "Surgery"


def test_a_profile_that_is_refused_opens_again_at_the_fields_and_keeps_what_was_typed(client_of, dara):
    answer = post(client_of(dara), at("profile"), display_name="", hospital="H" * 121, city="Basel")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert (html.count('action="#names"'), html.count('id="names"')) == (1, 1)
    assert ("This field is required." in html, "H" * 121 in html, 'value="Basel"' in html) == (True, True, True)
    assert Member.objects.get(pk=dara.member.pk).city == ""


def test_a_request_says_which_fields_it_needs(client_of, dara):
    client = client_of(dara)
    html = client.get(at("verification")).content.decode()
    label = re.search(r'<label for="id_hospital">(.*?)</label>', html, re.S).group(1)
    assert "optional" not in label
    answer = post(client, at("verification"), kind="doctor", hospital="")
    assert (answer.status_code, "This field is required" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (7, "This happens 7 days after you ask for it. Until then you can call it off on this page."),
        (1, "This happens 1 day after you ask for it."),
        (0, "This happens at once: it cannot be called off."),
    ],
)
def test_the_days_of_grace_are_told_before_somebody_asks_to_go(client_of, ada, dara, days, told):
    change_setting(ada.actor, "people.erasure_days", days)
    assert told in client_of(dara).get(at("my-data")).content.decode()


def test_a_refused_form_keeps_what_was_typed(client_of, dara):
    answer = post(client_of(dara), at("verification"), kind="astronaut", hospital="Elsewhere General")
    assert answer.status_code == 422
    assert "Elsewhere General" in answer.content.decode()


def test_a_new_token_is_shown_once(client_of, dara):
    client = client_of(dara)
    answer = post(client, at("tokens"), name="my script", scopes=["read"])
    text = re.search(r"hth_[\w-]+", answer.content.decode()).group(0)
    assert text not in client.get(at("tokens")).content.decode()


def test_blocking_and_unblocking_by_the_pages(client_of, dara, chen):
    client = client_of(dara)
    post(client, at("block", member_id=chen.member.pk), page=at("privacy"))
    assert Block.objects.filter(member=dara.member, blocked=chen.member).exists()
    assert "Chen" in client.get(at("privacy")).content.decode()
    post(client, at("unblock", member_id=chen.member.pk), page=at("privacy"))
    assert not Block.objects.exists()


def test_consent_is_given_and_taken_back(client_of, dara):
    client = client_of(dara)
    post(client, at("consent", purpose="people.sensitive_tags"), page=at("privacy"))
    post(client, at("withdrawal", purpose="people.sensitive_tags"), page=at("privacy"))
    row = Consent.objects.get(member=dara.member)
    assert (row.version, row.channel, row.withdrawn_at is None) == ("1", "web", False)


def test_signing_out_everywhere_else_keeps_this_device(client_of, dara):
    here, there = client_of(dara), client_of(dara)
    for client in (here, there):
        note_sign_in(dara.user, client.session.session_key, "a phone")
    post(here, at("sessions-ending"), page=at("sessions"))
    assert here.get(at("sessions")).status_code == 200
    assert there.get(at("sessions")).status_code == 302


def test_language_and_time_zone_are_chosen(client_of, dara):
    client = client_of(dara)
    assert post(client, at("speech"), language="zh-hans", time_zone="Asia/Shanghai").status_code == 200
    dara.user.refresh_from_db()
    assert (dara.user.language, dara.user.time_zone) == ("zh-hans", "Asia/Shanghai")
    assert post(client, at("speech"), language="xx", time_zone="").status_code == 422


def test_an_outsider_finds_nothing(client_of, eve, community):
    for name in PAGES:
        assert client_of(eve).get(at(name)).status_code == 404


def test_members_do_not_open_each_others_card_and_staff_do(client_of, ada, dara, chen):
    assert client_of(dara).get(at("member", member_id=chen.member.pk)).status_code == 404
    assert client_of(ada).get(at("member", member_id=chen.member.pk)).status_code == 404
    second_factor(ada.user)
    answer = client_of(ada).get(at("member", member_id=chen.member.pk))
    assert answer.status_code == 200
    assert "陈立" in answer.content.decode()


def test_a_badge_says_what_was_verified_by_which_means_and_when(client_of, bo, chen, cardiology):
    page = client_of(bo).get(reverse("groups:members", kwargs={"community": "stlucas", "group_id": cardiology.pk}))
    told = re.search(r'class="verified" title="([^"]+)"', page.content.decode()).group(1)
    day = date_format(localtime(chen.member.verifications.get().decided_at))
    assert told == f"Doctor (by: Licence number) · verified {day}"
    own = client_of(chen).get(at("verification")).content.decode()
    assert f"Doctor (by: Licence number), confirmed on {day}." in own

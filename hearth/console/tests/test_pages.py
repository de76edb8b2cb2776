"""Today, groups, members, settings, jobs, audit and palette, as operators use them."""

import re
import uuid
from datetime import timedelta

import pytest

from hearth.carriers.services.uploads import UPLOAD_LIMIT
from hearth.console.tests.conftest import HOSTILE, pulse
from hearth.conversation.access import room_of_group
from hearth.conversation.models import Message
from hearth.conversation.services.posting import post_message
from hearth.core import audit
from hearth.core.community_settings import value_of
from hearth.core.jobs import enqueue
from hearth.core.models import AuditEntry, Fact, Job, ParkedFact
from hearth.groups.models import Group
from hearth.groups.queries import keepers_of
from hearth.groups.queries.charter import charter_of
from hearth.groups.rules.reasons import ROLLED_BACK
from hearth.groups.services import change_gates, close_group, knock, reopen_group
from hearth.kit.clock import now
from hearth.kit.ids import new_key
from hearth.people.models import Member, Verification
from hearth.people.services import ask_verification
from tests.cast import newcomer


def post(browser, address, **fields):
    return browser.post(address, {"idempotency_key": uuid.uuid4().hex, **fields}, follow=True)


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def overdue(community, chen, cardiology):
    """A question of Chen's that should have been answered yesterday."""
    access = room_of_group(chen.actor, cardiology.pk)
    posted = post_message(access, text="When do you pause apixaban?", client_id=str(new_key()))
    Message.objects.filter(pk=posted.message_id).update(answer_due_at=now() - timedelta(hours=30))
    return posted.message_id


def test_today_names_what_needs_a_person_with_its_deadline(ada, dara, overdue, cardiology, client_of, url):
    ask_verification(dara.actor, licence="99-1")
    pulse(cardiology, "declining", came_from="maturity")
    page = text(client_of(ada).get(url("today")))
    assert "3 things need a person" in page
    assert page.index("陈立 asked in Cardiology") < page.index("Dara Okafor asks for a badge")
    assert re.search(r"due <time [^>]*>1 day ago</time>", page)
    assert "Cardiology went from burning to cooling" in page
    assert "No member has written for 41 days." in page


def test_today_shows_each_kind_of_work_by_itself_the_most_urgent_first(
    ada, community, cardiology, fleet, overdue, client_of, url
):
    Job.objects.create(
        name="insight.refresh_pulse", community_id=community.pk, state="failed", finished_at=now() - timedelta(days=9)
    )
    pulse(cardiology, "declining", came_from="maturity")
    for n in range(7):
        asking = newcomer(community, f"M{n}", real_name=f"Asker {n}", hospital="St Lucas")
        Verification.objects.filter(pk=ask_verification(asking.actor, licence=f"9-{n}").pk).update(
            asked_at=now() - timedelta(days=n + 2)
        )
    page = text(client_of(ada).get(url("today")))
    heads = re.findall(r'<div class="panel-head"><h2>([^<]+)</h2><span class="[^"]*">(\d+)</span>', page)
    assert heads == [
        ("Overdue questions", "1"),
        ("Credentials to review", "7"),
        ("Groups that cooled down", "3"),
        ("Long work that failed", "1"),
    ]
    asked = re.findall(r"Asker (\d) asks for a badge</p>|(2 more)</summary>", page)
    assert [one or more for one, more in asked] == ["6", "5", "4", "3", "2", "2 more", "1", "0"]
    assert "12 things need a person, the most urgent first." in page


def test_of_two_kinds_alike_in_urgency_that_stands_first_of_which_something_waits_longest(
    ada, community, cardiology, client_of, url
):
    asking = newcomer(community, "Mo", real_name="Mo", hospital="St Lucas")
    case = ask_verification(asking.actor, licence="9")
    change_gates(ada.actor, cardiology, [{"from": 0, "conditions": [{"kind": "approval"}]}])
    knock(newcomer(community, "Noa", kind="professional").actor, cardiology, how="open_door", norms_version=1)
    kinds = ["Credentials to review", "Requests to come in"]
    for days, order in ((1, kinds), (-1, kinds[::-1])):
        Verification.objects.filter(pk=case.pk).update(asked_at=now() - timedelta(days=days))
        found = re.findall(r"<h2>([^<]+)</h2>", text(client_of(ada).get(url("today"))))
        assert [one for one in found if one in kinds] == order


def test_today_is_calm_when_nothing_waits(ada, cardiology, client_of, url):
    pulse(cardiology, "maturity")
    assert "Nothing needs you" in text(client_of(ada).get(url("today")))


def test_today_of_a_new_house_offers_to_drop_an_export(ada, client_of, url):
    page = text(client_of(ada).get(url("today")))
    assert "Drop an export of your community here" in page
    assert url("uploads") in page


def test_today_of_a_house_whose_groups_were_just_opened_says_what_comes_next(ada, cardiology, client_of, url):
    page = text(client_of(ada).get(url("today")))
    assert "Your groups are open" in page
    assert "A new house" not in page


def test_today_where_every_group_was_closed_does_not_call_them_open(ada, cardiology, client_of, url):
    close_group(ada.actor, cardiology)
    page = text(client_of(ada).get(url("today")))
    assert ("All groups are closed" in page, "Your groups are open" in page) == (True, False)


def test_a_reason_of_the_house_is_read_in_the_language_of_the_reader_and_others_as_written(
    ada, cardiology, client_of, url
):
    close_group(ada.actor, cardiology, why=ROLLED_BACK)
    browser = client_of(ada)
    browser.cookies["hearth_language"] = "zh-hans"
    for page in (text(browser.get(url("audit"))), text(browser.get(url("group", group_id=cardiology.pk)))):
        assert ("已与开设它的操作一并撤回。" in page, ROLLED_BACK in page) == (True, False)
    reopen_group(ada.actor, cardiology)
    close_group(ada.actor, cardiology, why="Quiet for weeks")
    assert "Quiet for weeks" in text(browser.get(url("audit")))


def test_today_shows_failed_work_and_parked_facts(ada, cardiology, client_of, url):
    Job.objects.create(
        name="insight.refresh_pulse", community_id=ada.community.pk, state="failed", finished_at=now(), error="x\nBoom"
    )
    fact = Fact.objects.order_by("pk").first()
    ParkedFact.objects.create(handler="notify.x", fact=fact, next_at=now(), parked_at=now(), error="no")
    browser = client_of(ada)
    page = text(browser.get(url("today")))
    assert "Measure every group failed" in page
    assert "Boom" in page
    parked = ParkedFact.objects.get()
    post(browser, url("fact-repetition", parked_id=parked.pk))
    parked.refresh_from_db()
    assert parked.parked_at is None


def test_today_asks_a_fixed_number_of_questions(
    ada, overdue, cardiology, fleet, client_of, url, django_assert_max_num_queries
):
    browser = client_of(ada)
    browser.get(url("today"))
    with django_assert_max_num_queries(30):
        browser.get(url("today"))


def test_a_group_page_tells_why_and_links_to_the_words(
    ada, overdue, cardiology, client_of, url, django_assert_max_num_queries
):
    pulse(cardiology, "declining")
    browser = client_of(ada)
    browser.get(url("group", group_id=cardiology.pk))
    with django_assert_max_num_queries(34):
        page = text(browser.get(url("group", group_id=cardiology.pk)))
    assert "Cooling" in page
    assert "No member has written for 41 days." in page
    assert "/c/stlucas/messages/7/" in page
    assert "When do you pause apixaban?" in page
    assert "<script>alert" not in page


def test_a_group_is_opened_edited_with_a_reason_and_closed_with_a_way_back(ada, client_of, url):
    browser = client_of(ada)
    fields = {"name": "Night shift", "visibility": "listed", "space": "general", "capacity": "50", "norms": "Be kind."}
    post(browser, url("group-opening"), **fields)
    group = Group.objects.get(key="night-shift")
    assert keepers_of([group.pk])[group.pk][0][1:] == ("Ada Lind", "owner")
    post(browser, url("group-edit", group_id=group.pk), **{**fields, "capacity": "60", "why": "Two more wards"})
    entry = AuditEntry.objects.filter(action="group_changed").latest("number")
    assert (entry.before, entry.why) == ({"capacity": 50}, "Two more wards")
    page = text(post(browser, url("group-closure", group_id=group.pk), why="Empty"))
    assert "This group is closed" in page
    assert url("group-reopening", group_id=group.pk) in page
    assert "This group is closed" not in text(post(browser, url("group-reopening", group_id=group.pk)))


def test_a_refused_edit_keeps_what_was_typed(ada, cardiology, client_of, url):
    fields = {
        "name": "Cardiology",
        "visibility": "listed",
        "space": "professional",
        "capacity": "2",
        "card": "Kept words",
    }
    response = post(client_of(ada), url("group-edit", group_id=cardiology.pk), **fields)
    assert response.status_code == 422
    assert "Kept words" in text(response)
    assert "The group already has 3 members" in text(response)


def test_roles_are_found_by_name_and_given(ada, dara, cardiology, client_of, url):
    browser = client_of(ada)
    address = url("group-roles", group_id=cardiology.pk)
    assert "Dara" in text(browser.get(address + "?q=Dara"))
    post(browser, address, member=str(dara.member.pk), role="assistant", why="")
    assert (dara.member.pk, "Dara", "assistant") in keepers_of([cardiology.pk])[cardiology.pk]


def test_members_are_listed_with_both_names_and_filtered(ada, bo, chen, dara, cardiology, client_of, url):
    browser = client_of(ada)
    assert "陈立" in text(browser.get(url("members")))
    page = text(browser.get(url("members") + f"?f.group={cardiology.pk}&f.verified=yes"))
    assert "Chen" in page
    assert "Dara" not in page


def test_the_member_list_asks_a_fixed_number_of_questions(ada, cardiology, client_of, url, django_assert_num_queries):
    browser = client_of(ada)
    browser.get(url("members"))
    with django_assert_num_queries(12) as few:
        browser.get(url("members"))
    for n in range(20):
        newcomer(ada.community, f"N{n} Person")
    with django_assert_num_queries(len(few)):
        browser.get(url("members"))


def test_two_members_are_merged_after_a_look_and_parted_again(ada, bo, dara, client_of, url):
    browser = client_of(ada)
    address = url("member-merging", member_id=dara.member.pk)
    assert "What would happen" in text(browser.get(f"{address}?into={bo.member.pk}"))
    page = text(post(browser, address, into=str(bo.member.pk), why="Same licence"))
    assert "are one member now" in page
    gone = Member.objects.get(pk=dara.member.pk)
    assert gone.merged_into_id == bo.member.pk
    post(browser, url("merge-undo", batch=str(gone.merge_batch)))
    assert Member.objects.get(pk=dara.member.pk).merged_into_id is None


def test_a_setting_is_changed_with_a_reason_and_the_change_is_shown(ada, client_of, url):
    browser = client_of(ada)
    values = {
        "module": "carriers",
        "carriers.upload_limit_mb": "77",
        "carriers.upload_days": "30",
        "why": "Small disk",
    }
    page = text(post(browser, url("settings"), **values))
    assert value_of(UPLOAD_LIMIT) == 77
    assert "Small disk" in page
    assert post(browser, url("settings"), **{**values, "carriers.upload_limit_mb": "0"}).status_code == 422


def test_the_charter_is_kept_per_language(ada, client_of, url):
    post(client_of(ada), url("charter"), purpose_en="Learn together", **{"purpose_zh-hans": "一起学习"})
    assert charter_of().purpose == {"en": "Learn together", "zh-hans": "一起学习"}


def test_staff_roles_are_given_and_the_last_administrator_stays(ada, dara, client_of, url):
    browser = client_of(ada)
    post(browser, url("staff"), member=str(dara.member.pk), role="reviewer", why="")
    assert "Dara" in text(browser.get(url("staff")))
    page = text(post(browser, url("staff-ending", member_id=ada.member.pk, role="admin")))
    assert "This is the last administrator" in page


def test_a_waiting_job_is_stopped_and_goes_on_again(ada, client_of, url):
    row = enqueue("insight.refresh_pulse", actor=ada.actor)
    browser = client_of(ada)
    told = browser.get(url("job-progress", job_id=row.pk)).json()
    assert (told["state"], told["note"]) == ("waiting", "Waiting for its turn")
    post(browser, url("job-cancellation", job_id=row.pk))
    assert Job.objects.get(pk=row.pk).state == "cancelled"
    post(browser, url("job-repetition", job_id=row.pk))
    assert Job.objects.get(pk=row.pk).state == "waiting"


def test_a_job_that_has_ended_is_not_said_to_stop(ada, client_of, url):
    row = enqueue("insight.refresh_pulse", actor=ada.actor)
    Job.objects.filter(pk=row.pk).update(state="done")
    page = text(post(client_of(ada), url("job-cancellation", job_id=row.pk)))
    assert "It had ended before it could be stopped." in page
    assert "It stops at the next safe point." not in page


@pytest.mark.parametrize("name", ["people.erase_person", "people.export_own"])
def test_what_a_person_has_a_right_to_offers_no_stop(ada, community, client_of, url, name):
    browser = client_of(ada)
    row, usual = enqueue(name), enqueue("insight.refresh_pulse")
    offered = [
        url("job-cancellation", job_id=one.pk) in text(browser.get(url("job", job_id=one.pk))) for one in (row, usual)
    ]
    assert offered == [False, True]
    refused = post(browser, url("job-cancellation", job_id=row.pk))
    assert refused.status_code == 422
    assert "Somebody has a right to this, so it cannot be stopped here." in text(refused)
    assert Job.objects.get(pk=row.pk).state == "waiting"


def test_jobs_of_another_community_stay_there(ada, eve, other_community, client_of, url):
    row = Job.objects.create(name="insight.refresh_pulse", community=other_community)
    assert client_of(ada).get(url("job", job_id=row.pk)).status_code == 404
    assert client_of(ada).get(url("job-progress", job_id=row.pk)).status_code == 404


def test_the_audit_log_names_people_and_says_whether_it_is_whole(ada, cardiology, client_of, url):
    browser = client_of(ada)
    page = text(browser.get(url("audit") + "?check=1"))
    assert "The chain is whole" in page
    assert "opened a group" in page
    entry = AuditEntry.objects.filter(chain=ada.community.pk, number=2).get()
    AuditEntry.objects.filter(pk=entry.pk).update(action="group_closed")
    assert "Entry 2 was changed" in text(browser.get(url("audit") + "?check=1"))
    assert audit.first_break(ada.community.pk) == 2


def test_the_palette_finds_groups_members_pages_and_actions_in_few_questions(
    ada, chen, cardiology, client_of, url, django_assert_max_num_queries
):
    browser = client_of(ada)
    browser.get(url("palette") + "?q=c")
    with django_assert_max_num_queries(10):
        found = browser.get(url("palette") + "?q=心内").json()["groups"]
    assert [(part["label"], [one["label"] for one in part["items"]]) for part in found] == [
        ("Groups", ["Cardiology"]),
        ("Members", ["Chen"]),  # whose department it is
    ]
    labels = {
        one["label"] for part in browser.get(url("palette") + "?q=chen").json()["groups"] for one in part["items"]
    }
    assert labels == {"Chen"}
    pages = {one["label"] for part in browser.get(url("palette")).json()["groups"] for one in part["items"]}
    assert {"Today", "Audit", "Open a group"} <= pages


def test_the_palette_offers_only_what_a_role_may_do(ada, dara, client_of, url):
    from hearth.groups.services import make_staff

    make_staff(ada.actor, dara.member, "auditor")
    pages = {one["label"] for part in client_of(dara).get(url("palette")).json()["groups"] for one in part["items"]}
    assert "Audit" in pages
    assert not {"Open a group", "Settings", "Import", "Verification"} & pages


def test_hostile_names_of_members_stay_words_everywhere(ada, client_of, url):
    bad = newcomer(ada.community, "Mallory")
    Member.objects.filter(pk=bad.member.pk).update(
        display_name=HOSTILE[:80], real_name=HOSTILE, hospital=HOSTILE, about=HOSTILE
    )
    browser = client_of(ada)
    for address in (url("members"), url("member", member_id=bad.member.pk), url("staff") + "?q=Mallory", url("audit")):
        assert "<script>alert" not in text(browser.get(address))

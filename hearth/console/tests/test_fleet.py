"""The list of all groups: exceptions first, exports what is shown, changes many with a way back."""

import csv
import re
import uuid

from hearth.console.tests.conftest import HOSTILE, pulse
from hearth.core.models import AuditEntry, SavedView
from hearth.groups.models import Group
from hearth.groups.queries import is_closed, keepers_of
from hearth.groups.services import admit_member, close_group, make_staff, open_group


def names(page: str) -> list[str]:
    return re.findall(r'<td class="lead[^>]*>\s*<a href="[^"]*">([^<]*)</a>', page)


def rows(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(text.splitlines()))[1:]


def post(browser, address, **fields):
    return browser.post(address, {"idempotency_key": uuid.uuid4().hex, **fields}, follow=True)


def test_groups_that_need_a_person_come_first(ada, bo, client_of, url):
    warm, cold, closed, _fresh, empty = (
        open_group(ada.actor, key=key, name=key) for key in ("warm", "cold", "closed", "fresh", "empty")
    )
    for group in (warm, cold, closed):
        admit_member(ada.actor, group, bo.member, how="staff")
    pulse(warm, "maturity"), pulse(cold, "dead"), pulse(closed, "dead"), pulse(empty, "dead")
    close_group(ada.actor, closed)
    page = client_of(ada).get(url("groups")).content.decode()
    assert names(page) == ["cold", "warm", "empty", "fresh", "closed"]


def test_the_list_asks_a_fixed_number_of_questions(ada, fleet, client_of, url, django_assert_num_queries):
    browser = client_of(ada)
    browser.get(url("groups"))
    with django_assert_num_queries(17) as few:
        browser.get(url("groups"))
    for n in range(15):
        pulse(open_group(ada.actor, key=f"more-{n}", name=f"More {n}"), "growth")
    with django_assert_num_queries(len(few)):
        browser.get(url("groups"))


def test_an_export_holds_exactly_what_is_filtered(ada, fleet, client_of, url):
    browser = client_of(ada)
    query = "?f.stage=declining&f.stage=dead&sort=name"
    shown = names(browser.get(url("groups") + query).content.decode())
    exported = rows(browser.get(url("groups") + query + "&export=csv"))
    assert [row[0] for row in exported] == shown == ["Ward 2", "Ward 7", "Ward 9"]
    assert {row[1] for row in exported} == {"Cold", "Cooling"}


def test_chinese_names_are_found(ada, fleet, client_of, url):
    page = client_of(ada).get(url("groups") + "?q=病房4").content.decode()
    assert names(page) == ["Ward 4"]


def test_the_names_of_groups_follow_the_reader(ada, fleet, client_of, url):
    browser = client_of(ada)
    browser.cookies["hearth_language"] = "zh-hans"
    assert "病房4" in browser.get(url("groups")).content.decode()


def test_hostile_names_stay_words(ada, fleet, client_of, url):
    browser = client_of(ada)
    for address in (url("groups"), url("group", group_id=fleet[3].pk), url("today")):
        page = browser.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in browser.get(url("groups")).content.decode()
    exported = rows(browser.get(url("groups") + "?q=script&export=csv"))
    assert exported[0][0].lstrip("'") == HOSTILE[:80]


def test_a_view_is_saved_and_comes_back(ada, fleet, client_of, url):
    browser = client_of(ada)
    post(browser, url("groups") + "?f.stage=declining", view="save", name="Cooling ones")
    page = browser.get(url("groups")).content.decode()
    assert "Cooling ones" in page
    assert url("groups") + "?f.stage=declining" in page


def test_a_shared_view_is_the_teams_and_an_own_one_nobody_elses(ada, bo, fleet, client_of, url):
    make_staff(ada.actor, bo.member, "moderator")
    browser, other = client_of(ada), client_of(bo)
    post(browser, url("groups") + "?f.stage=declining", view="save", name="Cooling ones", shared="on")
    post(browser, url("groups") + "?f.stage=dead", view="save", name="Mine alone")
    page = other.get(url("groups")).content.decode()
    assert "Shared by the team" in page
    assert ("Cooling ones" in page, "Mine alone" in page) == (True, False)
    assert "Remove the view Cooling ones" not in page
    page = browser.get(url("groups")).content.decode()
    assert "Shared by the team" not in page
    assert page.count("Shared with the team") == 2  # a title, and the same for those who hear the page
    shared, own = SavedView.objects.get(shared=True), SavedView.objects.get(shared=False)
    assert post(other, url("groups"), view="remove", key=shared.pk).status_code == 403
    assert post(other, url("groups"), view="remove", key=own.pk).status_code == 404
    assert SavedView.objects.count() == 2
    post(browser, url("groups") + "?f.stage=declining", view="save", name="Cooling ones")  # once more: no longer shared
    assert "Cooling ones" not in other.get(url("groups")).content.decode()


def test_whoever_runs_the_community_removes_what_others_share_and_it_is_written_down(ada, bo, fleet, client_of, url):
    make_staff(ada.actor, bo.member, "moderator")
    post(client_of(bo), url("groups") + "?f.stage=declining", view="save", name="Old", shared="on")
    view = SavedView.objects.get()
    assert "Remove the view Old" in client_of(ada).get(url("groups")).content.decode()
    post(client_of(ada), url("groups"), view="remove", key=view.pk)
    assert not SavedView.objects.exists()
    told = AuditEntry.objects.get(action="view_removed")
    assert (told.subject, told.actor) == (f"view:{view.pk}", ada.actor.ref)
    assert told.before == {"page": "groups", "query": "f.stage=declining", "owner": f"user:{bo.user.pk}"}


def test_many_groups_close_after_a_look_and_open_again(ada, fleet, client_of, url):
    browser = client_of(ada)
    pick = f"{fleet[1].pk},{fleet[2].pk}"
    asked = post(browser, url("groups"), bulk="close", pick=pick).content.decode()
    assert "Show what would change" in asked
    looked = post(browser, url("groups"), bulk="close", pick=pick, step="look", why="Merged").content.decode()
    assert "Ward 1" in looked
    assert not is_closed(fleet[1].pk)
    done = post(browser, url("groups"), bulk="close", pick=pick, step="apply", expected="2", why="Merged")
    assert [is_closed(group.pk) for group in fleet[1:4]] == [True, True, False]
    undo = re.search(r'action="([^"]*/undo/[^"]*)"', done.content.decode())[1]
    post(browser, undo)
    assert [is_closed(group.pk) for group in fleet[1:3]] == [False, False]
    reasons = AuditEntry.objects.filter(action="group_closed").values_list("why", flat=True)
    assert list(reasons) == ["Merged", "Merged"]


def test_a_bulk_action_is_taken_back_once(ada, fleet, client_of, url):
    browser = client_of(ada)
    fields = {"bulk": "capacity", "pick": str(fleet[1].pk), "capacity": "40", "why": ""}
    done = post(browser, url("groups"), step="apply", expected="1", **fields)
    assert Group.objects.get(pk=fleet[1].pk).capacity == 40
    undo = re.search(r'action="([^"]*/undo/[^"]*)"', done.content.decode())[1]
    post(browser, undo)
    assert Group.objects.get(pk=fleet[1].pk).capacity == 101
    assert post(browser, undo).status_code == 404


def test_a_capacity_below_the_members_is_refused_in_the_look(ada, bo, chen, cardiology, client_of, url):
    fields = {"bulk": "capacity", "pick": str(cardiology.pk), "capacity": "2", "why": ""}
    page = post(client_of(ada), url("groups"), step="look", **fields).content.decode()
    assert "These stay as they are" in page
    assert "It has 3 members already." in page


def test_keepers_change_in_many_groups_and_return(ada, bo, chen, cardiology, client_of, url):
    other = open_group(ada.actor, key="neuro", name="Neuro")
    browser = client_of(ada)
    fields = {"bulk": "keeper", "pick": f"{cardiology.pk},{other.pk}", "keeper": str(bo.member.pk), "why": "Rota"}
    done = post(browser, url("groups"), step="apply", expected="2", **fields)
    held = keepers_of([other.pk])[other.pk]
    assert [(name, role) for _pk, name, role in held] == [("Ada Lind", "owner"), ("Bo", "keeper")]
    undo = re.search(r'action="([^"]*/undo/[^"]*)"', done.content.decode())[1]
    post(browser, undo)
    assert [role for _pk, _name, role in keepers_of([other.pk])[other.pk]] == ["owner"]
    assert "keeper" in [role for _pk, _name, role in keepers_of([cardiology.pk])[cardiology.pk]]


def test_an_auditor_sees_the_list_without_its_actions(ada, dara, fleet, client_of, url):
    from hearth.groups.services import make_staff

    make_staff(ada.actor, dara.member, "auditor")
    page = client_of(dara).get(url("groups")).content.decode()
    assert "Ward 1" in page
    assert 'name="bulk"' not in page

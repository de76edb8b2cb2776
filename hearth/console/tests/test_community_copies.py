"""The whole community copied in the console: by whoever runs the house, seen by whoever may operate all copies."""

import html
import re
import uuid

import pytest

from hearth.blueprint.models import Revision
from hearth.core.jobs import running_alone
from hearth.core.models import Community
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.models import Group, GroupClosure, RoleAssignment
from hearth.groups.services import change_group
from tests.cast import second_factor

TOWNS = "key,city\nlake,Lakeside\nhill,Hillside\n"


@pytest.fixture
def browser(ada, cardiology, client_of):
    """Ada's, who administers the platform."""
    second_factor(ada.user)
    ada.user.is_superuser = True
    ada.user.save()
    return client_of(ada)


def text(response) -> str:
    return html.unescape(response.content.decode())


def key() -> dict[str, str]:
    return {"idempotency_key": uuid.uuid4().hex}


def work() -> None:
    with running_alone() as drain:
        drain()


def shown_plan(browser, url):
    form = browser.get(url("community-copying")).context["form"]
    given = {name: field.initial or "" for name, field in form.fields.items() if name not in {"file", "keep_going"}}
    return browser.post(url("community-copying"), given | {"table": TOWNS, "name:en": "St Lucas of {city}"})


def begun(browser, url) -> None:
    sent = dict(shown_plan(browser, url).context["hidden"]) | key()
    for _again in range(2):  # sent twice, begun once
        done = browser.post(url("community-copying-batch"), sent)
        assert done.headers["Location"] == url("copy-batch", number=1)
    work()


def test_the_first_is_shown_whole_then_made_then_the_other(browser, url):
    plan = text(shown_plan(browser, url))
    assert ("2 copies would be made." in plan, "St Lucas of Hillside" in plan, "Groups · cardiology" in plan) == (
        True, True, True,
    )  # fmt: skip
    group = plan[plan.index("Groups · cardiology") :]
    group = group[: group.index("</details>")]
    assert re.findall(r"<summary[^>]*>(\d+) fields</summary>", group) == [str(group.count("<dt"))]
    assert Community.objects.count() == 1
    begun(browser, url)
    waits = browser.get(url("copy-batch", number=1))
    assert "The first copy is made. Look at it, then go on." in text(waits)
    assert "/c/lake/console/" in text(waits)
    browser.post(url("copy-batch-going-on", number=1), key())
    work()
    assert "2 of 2 copies" in text(browser.get(url("copy-batch", number=1)))
    [line] = browser.get(url("blueprint")).context["history"]
    assert (line["what"], line["made"]) == ("Copies of St Lucas", 2)
    lake = browser.get("/c/lake/console/settings/blueprint/")
    assert "This community was copied from St Lucas." in text(lake)
    assert [row["row"].number for row in lake.context["history"]] == [1]


def test_the_report_tells_drift_and_numbers_and_runs_in_no_spreadsheet(browser, url):
    begun(browser, url)
    with community_scope(lake := Community.objects.get(key="lake")):
        change_group(house_actor(lake.pk), Group.objects.get(), capacity=77, name={"en": "=HYPERLINK(1)"})
    report = browser.get(url("community-copies"))
    [row] = report.context["rows"]
    assert [one["name"] for one in row["differences"]] == [
        "Groups · cardiology · name",
        "Groups · cardiology · capacity",
    ]
    assert text(report).count("no data") == 2 * 4
    told = browser.get(url("community-copies") + "?export=csv")
    lines = b"".join(told.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1].startswith("lake,St Lucas of Lakeside,1,2,")


def test_a_copy_is_brought_up_to_date_as_a_plan_in_its_own_history(browser, url, ada, cardiology):
    begun(browser, url)
    address = url("community-copies-update") + "?key=lake"
    with community_scope(lake := Community.objects.get(key="lake")):
        change_group(house_actor(lake.pk), Group.objects.get(), capacity=77)
    report = text(browser.get(url("community-copies")))
    assert address not in report  # the copy changed something, and is not behind
    change_group(ada.actor, cardiology, capacity=20, theme="hearts")
    assert address in text(browser.get(url("community-copies")))
    plan = browser.get(address)
    assert [one.change.after for one in plan.context["plan"].changes] == [{"theme": "hearts"}]
    assert "hearts" in text(plan)
    sent = {"key": "lake", "seen": plan.context["form"].initial["seen"]}
    change_group(ada.actor, cardiology, theme="stroke")
    stale = browser.post(url("community-copies-update"), sent | key())
    assert stale.headers["Location"] == url("community-copies")
    sent["seen"] = browser.get(address).context["form"].initial["seen"]
    again = sent | key()
    for _twice in range(2):
        done = browser.post(url("community-copies-update"), again)
        assert done.headers["Location"] == "/c/lake/console/settings/blueprint/2/"
    work()
    with community_scope(lake):
        assert (Group.objects.get().theme, Group.objects.get().capacity) == ("stroke", 77)
        assert Revision.objects.count() == 2
    assert address not in text(browser.get(url("community-copies")))


def test_who_may_not_operate_the_copy_brings_nothing_there(browser, url, ada, cardiology):
    begun(browser, url)
    change_group(ada.actor, cardiology, theme="hearts")
    with community_scope(lake := Community.objects.get(key="lake")):
        RoleAssignment.objects.filter(group=None).delete()
    ada.user.is_superuser = False
    ada.user.save()
    plan = browser.get(url("community-copies-update") + "?key=lake")
    assert ("hearts" in text(plan), "there is nothing to apply" in text(plan)) == (False, True)
    sent = {"key": "lake", "seen": plan.context["form"].initial["seen"]} | key()
    assert browser.post(url("community-copies-update"), sent).headers["Location"] == url("community-copies")
    with community_scope(lake):
        assert (Group.objects.get().theme, Revision.objects.count()) == ("cardiology", 1)


def test_rolling_back_says_what_is_taken_back_and_offers_it_once(browser, url):
    begun(browser, url)
    back = browser.get(url("copy-batch-rolling-back", number=1))
    assert "1 group there is closed; none is deleted." in text(back)
    seen = back.context["form"].initial["seen"]
    browser.post(url("copy-batch-rolling-back", number=1), {"seen": seen} | key())
    work()
    assert GroupClosure._base_manager.filter(reopened_at=None).count() == 1
    batch = text(browser.get(url("copy-batch", number=1)))
    assert ("Rolled back" in batch, url("copy-batch-rolling-back", number=1) in batch) == (True, False)
    shown = text(browser.get(url("community-copies")))
    assert "A copy that was closed, or that you do not run, is not shown here." in shown


def test_who_runs_not_the_house_founds_nothing_and_sees_no_batch_of_others(browser, url, ada):
    begun(browser, url)
    ada.user.is_superuser = False
    ada.user.save()
    assert browser.get(url("community-copying")).status_code == 403
    assert browser.post(url("community-copying-batch"), key()).status_code == 403
    shown = text(browser.get(url("copy-batches")))
    assert ("Copy this community" in shown, "1 · St Lucas" in shown) == (False, True)
    assert browser.get(url("copy-batch", number=1)).status_code == 200  # she founded the one at the lake, and runs it
    assert browser.post(url("copy-batch-going-on", number=1), key()).status_code == 403
    with community_scope(Community.objects.get(key="lake")):
        RoleAssignment.objects.filter(group=None).delete()
    assert browser.get(url("copy-batch", number=1)).status_code == 404

"""A group copied in the console: written down, looked at, the first, the others, and the way back."""

import html
import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hearth.blueprint.models import CopyBatch
from hearth.core.jobs import running_alone
from hearth.core.models import AuditEntry
from hearth.groups.models import Group, GroupClosure, Norms
from hearth.groups.services import change_group, close_group, open_group, publish_norms
from hearth.insight.services.measuring import rebuild_metrics
from hearth.kit.clock import now
from tests.cast import second_factor

CITIES = "key,city\nlyon,Lyon\nnice,Nice\nlille,Lille\n"


@pytest.fixture
def browser(ada, client_of):
    second_factor(ada.user)
    return client_of(ada)


@pytest.fixture
def filled(browser, cardiology, url) -> dict[str, str]:
    """The form as it comes, with a table and a name that has a placeholder."""
    form = browser.get(url("group-copying", group_id=cardiology.pk)).context["form"]
    given = {name: field.initial or "" for name, field in form.fields.items() if name not in {"file", "keep_going"}}
    return given | {"table": CITIES, "name:en": "Cardiology {city}", "name:zh-hans": "{city}心内科"}


def text(response) -> str:
    return html.unescape(response.content.decode())


def hidden(response) -> dict[str, str]:
    """What the button below the plan would send."""
    return dict(response.context["hidden"]) | {"idempotency_key": uuid.uuid4().hex}


def key() -> dict[str, str]:
    return {"idempotency_key": uuid.uuid4().hex}


def work() -> None:
    with running_alone() as drain:
        drain()


def begun(browser, cardiology, url, filled, **changes) -> None:
    plan = browser.post(url("group-copying", group_id=cardiology.pk), filled | changes)
    done = browser.post(url("group-copying-batch", group_id=cardiology.pk), hidden(plan))
    assert done.headers["Location"] == url("copy-batch", number=1)
    work()


def test_the_first_copy_is_shown_whole_and_nothing_is_changed(browser, cardiology, url, filled):
    before = AuditEntry.objects.count()
    shown = text(browser.post(url("group-copying", group_id=cardiology.pk), filled))
    assert "3 copies would be made." in shown
    assert "Cardiology Lyon / Lyon心内科" in shown
    assert "For the network's cardiologists." in shown
    assert re.search(r"Cardiology Nice.*nice", shown, re.S)
    assert (AuditEntry.objects.count(), CopyBatch.objects.count()) == (before, 0)


def test_mistakes_are_told_and_what_was_typed_stays(browser, cardiology, url, filled):
    here = url("group-copying", group_id=cardiology.pk)
    shown = text(browser.post(here, filled | {"name:en": "Ward {citty}"}))
    assert "`{citty}` in `name` is no column; did you mean `{city}`?" in shown
    assert "Ward {citty}" in shown
    assert "table:3:1: `city` is empty in this line." in text(
        browser.post(here, filled | {"table": "key,city\na,A\nb,\n"})
    )
    assert "Choose a file, or write the table down." in text(browser.post(here, filled | {"table": " "}))


def test_braces_in_what_nobody_touched_are_copied_as_they_stand(browser, ada, cardiology, url):
    publish_norms(ada.actor, cardiology, "Write {your name} first.")
    here = url("group-copying", group_id=cardiology.pk)
    form = browser.get(here).context["form"]
    given = {name: field.initial or "" for name, field in form.fields.items() if name not in {"file", "keep_going"}}
    plan = browser.post(here, given | {"table": CITIES, "first": "1"})
    assert "`{your name}` in `norms` is no column, and is copied as it stands." in text(plan)
    browser.post(url("group-copying-batch", group_id=cardiology.pk), hidden(plan))
    work()
    browser.post(url("copy-batch-going-on", number=1), key())
    work()
    told = dict(Norms.objects.filter(group__key__in=["lyon", "lille"]).values_list("group__key", "text"))
    assert [text["en"] for text in told.values()] == ["Write {your name} first."] * 2
    report = browser.get(url("group-copies", group_id=cardiology.pk))
    assert [row["differences"] for row in report.context["rows"]] == [[], [], []]


def test_a_file_in_any_encoding_is_as_good_as_a_table(browser, cardiology, url, filled):
    file = SimpleUploadedFile("门店.csv", "key,city\nbeijing,北京朝阳门外大街\n".encode("gb18030"))
    shown = browser.post(url("group-copying", group_id=cardiology.pk), filled | {"file": file})
    assert "北京朝阳门外大街心内科" in text(shown)
    browser.post(url("group-copying-batch", group_id=cardiology.pk), hidden(shown))
    work()
    assert Group.objects.get(key="beijing").name["en"] == "Cardiology 北京朝阳门外大街"
    assert CopyBatch.objects.get().source == "门店.csv"


def test_the_first_then_the_others_each_once(browser, ada, cardiology, url, filled):
    plan = browser.post(url("group-copying", group_id=cardiology.pk), filled)
    sent = hidden(plan)
    for _again in range(2):
        done = browser.post(url("group-copying-batch", group_id=cardiology.pk), sent)
        assert done.headers["Location"] == url("copy-batch", number=1)
    assert "Waiting for its turn" in text(browser.get(url("copy-batch", number=1)))
    work()
    shown = text(browser.get(url("copy-batch", number=1)))
    assert "The first copy is made. Look at it, then go on." in shown
    assert "Make the other 2" in shown
    assert Group.objects.filter(key__in=["lyon", "nice", "lille"]).count() == 1
    for _again in range(2):
        browser.post(url("copy-batch-going-on", number=1), key())
        work()
        if _again == 0:
            assert Group.objects.filter(key__in=["lyon", "nice", "lille"]).count() == 3
    assert "3 of 3 copies" in text(browser.get(url("copy-batches")))
    lyon = Group.objects.get(key="lyon")
    assert "Copied from" in text(browser.get(url("group", group_id=lyon.pk)))
    assert "Its copies" in text(browser.get(url("group", group_id=cardiology.pk)))
    fleet = text(browser.get(url("groups") + "?f.original=cardiology"))
    assert ("Cardiology Lyon" in fleet, "For the network" in fleet) == (True, False)
    assert f'href="{url("group", group_id=lyon.pk)}"' in fleet
    assert f'href="{url("group", group_id=cardiology.pk)}"' not in fleet


def test_changing_something_keeps_what_was_given(browser, cardiology, url, filled):
    sent = hidden(browser.post(url("group-copying", group_id=cardiology.pk), filled))
    again = browser.post(url("group-copying", group_id=cardiology.pk), sent | {"change": "1"})
    assert "Cardiology {city}" in text(again)
    assert "lille,Lille" in text(again)


def test_a_copy_that_is_refused_stops_the_others(browser, cardiology, url, filled):
    table = "key,city,name_rule\nlyon,Lyon,\nnice,Nice,Mars\nlille,Lille,\n"
    begun(browser, cardiology, url, filled, table=table, first="0")
    shown = text(browser.get(url("copy-batch", number=1)))
    assert "It stopped, because a copy was refused" in shown
    assert "Leave it out and go on" in shown
    browser.post(url("copy-batch-going-on", number=1), key() | {"leave_out": "1"})
    work()
    shown = text(browser.get(url("copy-batch", number=1)))
    assert ("left out" in shown, "2 of 3 copies" in shown) == (True, True)


def test_rolling_back_shows_what_is_closed_and_closes_it(browser, cardiology, url, filled):
    begun(browser, cardiology, url, filled, first="0")
    back = browser.get(url("copy-batch-rolling-back", number=1))
    assert "none is deleted" in text(back)
    assert "The group is closed: 1 member can read it, and write there no more." in text(back)
    seen = back.context["form"].initial["seen"]
    done = browser.post(url("copy-batch-rolling-back", number=1), {"seen": seen} | key())
    assert done.headers["Location"] == url("copy-batch", number=1)
    work()
    assert "Rolled back" in text(browser.get(url("copy-batch", number=1)))
    assert GroupClosure.objects.filter(reopened_at=None).count() == 3
    rolling_back = url("copy-batch-rolling-back", number=1)
    for page in (url("copy-batch", number=1), *(url("blueprint-applied", number=n) for n in (1, 2))):
        assert rolling_back not in text(browser.get(page))  # what was rolled back is not offered once more
    nothing = text(browser.get(url("copy-batch-rolling-back", number=1)))
    assert "No copy of this batch would be closed." in nothing


def test_the_history_has_one_line_for_a_batch_and_one_for_its_way_back(browser, cardiology, url, filled):
    begun(browser, cardiology, url, filled)
    browser.post(url("copy-batch-going-on", number=1), key())
    work()
    shown = browser.get(url("blueprint"))
    [line] = shown.context["history"]
    assert (line["what"], line["made"], line["copies"], str(line["state"][0])) == ("Copies of Cardiology", 3, 3, "Done")
    assert "Copies of Cardiology" in text(shown)
    seen = browser.get(url("copy-batch-rolling-back", number=1)).context["form"].initial["seen"]
    browser.post(url("copy-batch-rolling-back", number=1), {"seen": seen} | key())
    work()
    shown = browser.get(url("blueprint"))
    assert [str(line["state"][0]) for line in shown.context["history"]] == ["Applied", "Rolled back"]
    assert "Roll-back of the copies of Cardiology" in text(shown)
    undone = browser.get(url("blueprint-applied", number=3))
    assert ("Undoes" in text(undone), url("copy-batch", number=1) in text(undone)) == (True, True)


def test_a_plan_that_is_not_what_was_seen_is_shown_again(browser, ada, cardiology, url, filled):
    sent = hidden(browser.post(url("group-copying", group_id=cardiology.pk), filled))
    again = browser.post(url("group-copying-batch", group_id=cardiology.pk), sent | {"seen": "another"})
    assert "Look at the new plan, then apply it." in text(again)
    assert "3 copies would be made." in text(again)
    assert again.status_code == 422
    assert CopyBatch.objects.count() == 0
    done = browser.post(url("group-copying-batch", group_id=cardiology.pk), hidden(again))
    assert done.headers["Location"] == url("copy-batch", number=1)


def test_copies_that_cannot_be_made_meanwhile_stay_in_the_form_with_the_reason(browser, ada, cardiology, url, filled):
    sent = hidden(browser.post(url("group-copying", group_id=cardiology.pk), filled))
    open_group(ada.actor, key="nice", name="Nice")
    shown = text(browser.post(url("group-copying-batch", group_id=cardiology.pk), sent))
    assert "table:3:1: There is a group `nice` already; take another key." in shown
    assert ("lille,Lille" in shown, "Cardiology {city}" in shown) == (True, True)
    assert f'action="{url("group-copying", group_id=cardiology.pk)}"' in shown
    assert CopyBatch.objects.count() == 0
    close_group(ada.actor, cardiology)
    assert browser.get(url("group-copying", group_id=cardiology.pk)).status_code == 422


def test_without_batches_the_page_says_what_to_do(browser, community, url):
    shown = text(browser.get(url("copy-batches")))
    assert ("Nothing was copied yet" in shown, "Choose a group" in shown) == (True, True)


@pytest.fixture
def made(browser, cardiology, url, filled) -> dict[str, Group]:
    """Cardiology copied to three cities."""
    begun(browser, cardiology, url, filled, first="0")
    return {row.key: row for row in Group.objects.all()}


def test_the_report_says_who_changed_what_and_brings_ticked_copies_up_to_date(browser, ada, made, url):
    change_group(ada.actor, made["cardiology"], theme="hearts")
    change_group(ada.actor, made["lyon"], name={"en": "Coeur"})
    here = url("group-copies", group_id=made["cardiology"].pk)
    report = browser.get(here)
    assert [(row["key"], len(row["differences"])) for row in report.context["rows"]] == [
        ("lille", 1), ("nice", 1), ("lyon", 2),
    ]  # fmt: skip
    shown = text(report)
    assert "The original changed, and 3 copies did not follow." in shown
    assert ("changed in the copy" in shown, "changed in the original since" in shown) == (True, True)
    assert shown.count("no data") == 4 * 4  # nothing was measured: no cell pretends
    update = url("group-copies-update", group_id=made["cardiology"].pk)
    plan = browser.get(update, {"key": ["lyon", "nice"]})
    assert [one.change.key for one in plan.context["plan"].changes] == ["nice", "lyon"]
    seen = plan.context["form"].initial["seen"]
    done = browser.post(update, {"key": ["lyon", "nice"], "seen": seen} | key())
    assert done.headers["Location"] == url("blueprint-applied", number=2)
    work()
    for language, what in (("zh-hans", "“cardiology”的副本"), ("en", "Copies of cardiology")):
        browser.cookies["django_language"] = language
        assert browser.get(url("blueprint")).context["history"][0]["what"] == what
    themes = dict(Group.objects.values_list("key", "theme"))
    assert themes == {"cardiology": "hearts", "lyon": "hearts", "nice": "hearts", "lille": "cardiology"}
    assert [row["key"] for row in browser.get(here).context["rows"] if row["behind"]] == ["lille"]
    assert "there is nothing to apply" in text(browser.get(update, {"key": "lyon"}))
    stale = browser.post(update, {"key": "lille", "seen": "another"} | key(), follow=True)
    assert "Look at the new plan, then apply it." in text(stale)


@pytest.mark.thorough
def test_numbers_of_copies_stand_beside_the_originals(browser, made, url, settings, tmp_path, time_machine):
    settings.HEARTH_HOME = tmp_path
    time_machine.move_to(now() + timedelta(days=1), tick=False)  # readings are those of a day that is over
    rebuild_metrics()
    report = browser.get(url("group-copies", group_id=made["cardiology"].pk))
    assert report.context["first_cells"][0][1] == "3"
    assert {row["numbers"][0] for row in report.context["rows"]} == {"1"}
    assert {row["numbers"][2] for row in report.context["rows"]} == {"too few"}


def test_the_report_as_a_table_runs_in_no_spreadsheet(browser, ada, made, url):
    change_group(ada.actor, made["lyon"], name={"en": "=HYPERLINK(1)"})
    told = browser.get(url("group-copies", group_id=made["cardiology"].pk) + "?export=csv")
    lines = b"".join(told.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("key,Name,Batch,Differences,What differs,Members")
    assert lines[1].startswith("lille,Cardiology Lille,1,0,,")
    assert lines[3].startswith("lyon,'=HYPERLINK(1),1,1,name: changed in the copy,")


def test_a_group_without_copies_says_so(browser, cardiology, url):
    assert "No copies yet" in text(browser.get(url("group-copies", group_id=cardiology.pk)))

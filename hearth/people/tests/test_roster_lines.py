"""Line by line: which tags a table leaves out, and every mistake of a line."""

import csv
from uuid import uuid4

import pytest

from hearth.core.models import Job
from hearth.kit.chinese import simplified
from hearth.people.models import MemberTag, RosterLine
from hearth.people.queries.lists import tags_of
from hearth.people.queries.rosters import Known, lines_of
from hearth.people.rules.roster import HEADINGS, KINDS, Entry
from hearth.people.services import give_consent, tag_member, withdraw_consent
from hearth.people.services.roster_lines import bring_lines_in
from hearth.people.services.rosters import bring_in
from hearth.people.tests.tables import outcomes, quiet
from hearth.people.tests.test_rosters import sheet
from hearth.people.web.rosters import line_view
from tests.cast import newcomer, second_factor
from tests.watching import refused


def test_notes_about_health_need_a_consent(brought, ada, chen, dara):
    give_consent(chen.actor, "people.sensitive_tags")
    tag_member(ada.actor, chen.member, "Asthma", sensitive=True)
    give_consent(dara.actor, "people.sensitive_tags")
    row, _looked = brought(f"name,email,tags\nAnn,,asthma\nDara,{dara.user.email},asthma; speaker\n")
    assert outcomes(row) == [(2, "new", "no_consent"), (3, "known", "")]
    assert [line.tags for line in RosterLine.objects.order_by("number")] == [[], ["asthma", "speaker"]]


def remarks(row):
    return [[(str(column), text) for column, text in line_view(line).remarks] for line in lines_of(row)]


def test_a_tag_of_a_patient_counts_as_one_about_health(brought, ada, community):
    agreed, silent = newcomer(community, "Sunny", kind="patient"), newcomer(community, "Rain", kind="patient")
    give_consent(agreed.actor, "people.sensitive_tags")
    table = (
        f"name,email,kind,tags\nMoon,,patient,diabetes; speaker\nSunny,{agreed.user.email},,diabetes\n"
        f"Rain,{silent.user.email},guest,diabetes\nAnn,,doctor,diabetes\n"
    )
    row, _looked = brought(table)
    said = "A tag of a patient tells of health and is left out, for there is no consent in force: "
    left = [[("Tags", f"{said}diabetes, speaker.")], [], [("Tags", f"{said}diabetes.")], []]
    assert remarks(row) == left
    bring_in(ada.actor, row)
    bring_lines_in(ada.actor, row.pk, quiet)
    told = MemberTag.objects.order_by("member__display_name").values_list("member__display_name", "tag", "sensitive")
    assert list(told) == [("Ann", "diabetes", False), ("Sunny", "diabetes", True)], "a doctor's may be their field"
    assert remarks(row) == left
    again, _looked = brought("name,kind,tags\nBen,doctor,diabetes\n")
    assert (outcomes(again), tags_of([], "diabetes").sensitive) == ([(2, "new", "")], False)


def test_a_consent_taken_back_since_is_told_in_the_report(brought, ada, chen):
    give_consent(chen.actor, "people.sensitive_tags")
    tag_member(ada.actor, chen.member, "asthma", sensitive=True)
    row, _looked = brought(f"name,email,tags\nChen L,{chen.user.email},asthma; speaker\n")
    assert outcomes(row) == [(2, "known", "other_name")]
    withdraw_consent(chen.actor, "people.sensitive_tags")
    MemberTag.objects.filter(member=chen.member).delete()
    tag_member(ada.actor, newcomer_with_asthma(ada), "asthma", sensitive=True)
    bring_in(ada.actor, row)
    bring_lines_in(ada.actor, row.pk, quiet)
    line = RosterLine.objects.get(roster=row)
    assert (line.problem, line.tags, line.did["tags"]) == ("other_name\nno_consent", ["speaker"], ["speaker"])
    assert remarks(row)[0][1] == (
        "Tags",
        "Tells of health and is left out, for there is no consent in force: asthma.",
    )


def newcomer_with_asthma(ada):
    """Somebody who agreed to notes about their health."""
    found = newcomer(ada.community, "Wind", kind="patient")
    give_consent(found.actor, "people.sensitive_tags")
    return found.member


def test_a_line_tells_all_of_its_mistakes(brought):
    long = "x" * 90
    row, _looked = brought(f"name,email,phone,kind,city\n,bad@,12,king,{long}\nAnn,bad@,138 0000 0001,doctor,Bath\n")
    assert [problem.split("\n") for _n, _o, problem in outcomes(row)] == [
        ["too_long:city", "bad_email", "bad_phone", "bad_kind", "no_name"],
        ["bad_email"],
    ]
    assert [column for column, _text in remarks(row)[0]] == ["City", "E-mail", "Phone", "Kind", "Chosen name"]
    assert RosterLine.objects.filter(roster=row, number=2).get().values["city"] == long[:80]


def test_page_and_report_say_line_by_line_what_is_left_out(brought, ada, client_of):
    second_factor(ada.user)
    client = client_of(ada)
    row, _looked = brought("name,email,phone,kind,tags\nMoon,,,patient,diabetes\nAnn,bad@,12,,\n")
    place = f"/c/stlucas/console/members/import/{row.pk}/"
    page = client.get(place).content.decode()
    assert "no consent in force: diabetes." in page
    assert "In 1 line, tags about health are left out; its remark says which." in page
    [_head, moon, ann] = csv.reader(client.get(f"{place}report/").content.decode("utf-8-sig").splitlines(keepends=True))
    assert moon[:3] == ["2", "New", "Tags"]
    assert (moon[3].endswith("no consent in force: diabetes."), "diabetes" in moon[4:]) == (True, False)
    assert (ann[1:3], len(ann[3].splitlines())) == (["Mistake", "E-mail, Phone"], 2)


def test_a_line_without_work_may_be_whoever_has_the_name(brought, ada, chen):
    first, _looked = brought("name,hospital,phone\nAnn Bell,Lakeside,\nBen Moor,Lakeside,13800000001\n")
    bring_in(ada.actor, first)
    bring_lines_in(ada.actor, first.pk, quiet)
    told = ["chen,,,", "陈立,,,", "Ann Bell,,ann@h.example,", "Ann Bell,Seaside,,", "Ben Moor,,ben@h.example,",
            "Ben Moor,,,13800000002"]  # fmt: skip
    row, _looked = brought("\n".join(["name,hospital,email,phone", *told]))
    assert outcomes(row) == [
        (2, "alike", "alike:name:untold"),
        (3, "alike", "alike:name:untold"),
        (4, "alike", "alike:name:unreachable"),
        (5, "new", ""),
        (6, "alike", "alike:name:unreachable"),
        (7, "new", ""),
    ]
    lines = RosterLine.objects.filter(roster=row, number__in=(2, 3))
    assert set(lines.values_list("member", flat=True)) == {chen.member.pk}


def test_everybody_is_known_in_few_questions(community, chen, django_assert_num_queries):
    entry = Entry({"display_name": "Chen", "email": "", "kind": "guest"})
    with django_assert_num_queries(6):
        known = Known(take_alike=False)
        judged = [known.judge(entry, number) for number in range(2, 52)]
    assert judged == [("alike", chen.member.pk, "alike:name:untold")] * 50


def test_a_line_ends_where_a_file_says_and_not_within_a_cell(brought):
    row, _looked = brought("name,city\rAnn\x0bBell,Bath\u2028Spa\r\nBen\x0c,Y\x85ork\nTim,Ely\x1c\n")
    told = (
        RosterLine.objects.filter(roster=row)
        .order_by("number")
        .values_list("number", "values__display_name", "values__city")
    )
    assert list(told) == [(2, "Ann Bell", "Bath Spa"), (3, "Ben", "Y ork"), (4, "Tim", "Ely")]


def test_traditional_and_simplified_headings_and_kinds_mean_the_same(brought):
    head = "名稱,真實姓名,醫院,科別,職稱,城市,電子郵件,手機,類型,標籤"
    kinds = {
        "醫生": "professional", "醫師": "professional", "護士": "professional", "專業人士": "professional",
        "患者或家屬": "patient", "家屬": "patient", "顧客": "customer", "客戶": "customer", "訪客": "guest",
    }  # fmt: skip
    lines = [f"Ann {number},,,,,,,,{word}," for number, word in enumerate(kinds)]
    row, looked = brought("\n".join([head, *lines]))
    names = ["display_name", "real_name", "hospital", "department", "title", "city", "email", "phone", "kind", "tags"]
    assert row.places == {name: at for at, name in enumerate(names)}
    told = RosterLine.objects.filter(roster=row).order_by("number").values_list("values__kind", flat=True)
    assert (list(told), looked["wrong"]) == (list(kinds.values()), 0)


def test_words_are_listed_in_the_spelling_that_is_compared():
    assert [word for words in (*HEADINGS.values(), *KINDS.values()) for word in words if simplified(word) != word] == []


def test_a_table_knows_staff_and_brings_none(brought, ada):
    row, _looked = brought(
        f"name,email,kind\n{ada.member.display_name},{ada.user.email},Staff\nFay,fay@h.example,工作人員\n"
    )
    assert outcomes(row) == [(2, "known", ""), (3, "wrong", "bad_kind")]


def test_a_second_bringing_in_is_told_what_became_of_the_first(brought, ada, client_of):
    second_factor(ada.user)
    client = client_of(ada)
    row, _looked = brought("name\nAnn\n")
    bring_in(ada.actor, row)
    place = f"/c/stlucas/console/members/import/{row.pk}/"
    texts, told = ("This table is being brought in.", "This table was brought in already."), []
    for change in ({}, {"state": "done"}):
        Job.objects.filter(name="people.bring_roster_in").update(**change)
        with refused("conflict"):
            bring_in(ada.actor, row)
        page = client.post(f"{place}loading/", {"idempotency_key": str(uuid4())}, follow=True).content.decode()
        told.append([text for text in texts if text in page])
        assert "Upload it again" not in page
    assert told == [[texts[0]], [texts[1]]]


@pytest.mark.parametrize(("table", "name"), [(sheet([]), "a.xlsx"), ("name,email\n", "a.csv"), ("Wer,Wo\n\n", "a.csv")])
def test_a_table_without_lines_says_so(brought, ada, client_of, table, name):
    second_factor(ada.user)
    row, looked = brought(table, name)
    page = client_of(ada).get(f"/c/stlucas/console/members/import/{row.pk}/").content.decode()
    assert (row.refused, sum(looked.values())) == ("", 0)
    assert "There are no lines in this table." in page
    assert ("Which column holds the names?" in page, "Columns and aim" in page) == (False, False)

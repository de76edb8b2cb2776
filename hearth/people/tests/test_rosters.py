"""Many people at once, by a table: looked through first, brought in in portions, taken back."""

import io
from itertools import count
from uuid import uuid4

import pytest
import xlsxwriter
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile

from hearth.conversation.access import room_of_group
from hearth.conversation.services.posting import post_message
from hearth.core.models import User
from hearth.groups.access import actor_of_member
from hearth.groups.models import Group, Membership
from hearth.groups.services import change_gates, change_group
from hearth.groups.services.rosters import outlook
from hearth.people.models import Contact, Identity, Member, MemberTag, Roster, RosterLine
from hearth.people.queries.rosters import counts_of, known_members, new_kinds, results_of
from hearth.people.registry import Coming
from hearth.people.services import (
    give_consent,
    join_community,
    merge_members,
    tag_member,
    withdraw_consent,
)
from hearth.people.services.roster_back import take_lines_back
from hearth.people.services.roster_lines import bring_lines_in
from hearth.people.services.rosters import bring_in, keep_roster, look_again, remove_old_rosters, take_back, try_roster
from hearth.people.tests.tables import outcomes, quiet, settle
from tests.watching import facts, refused

TABLE = """\
姓名,医院,科室,邮箱,手机,身份,标签
李敏,圣路加医院,心内科,li.min@h.example,+86 138 0000 0001,医生,讲师；新人
Ann Bell,St Lucas,Cardiology,ann@h.example,,doctor,
Ann Bell,St Lucas,Cardiology,ANN@h.example,,doctor,
,St Lucas,Cardiology,nobody@h.example,,,
Bad Mail,St Lucas,,bad@,,,
Odd Kind,St Lucas,,,,king,
Dara Okafor,St Lucas,Neurology,,,,
"""
PLACES = {"real_name": 0, "hospital": 1, "department": 2, "email": 3, "phone": 4, "kind": 5, "tags": 6}


def everything():
    """All that a table may touch, to compare."""
    return (
        sorted(Member.objects.values_list("display_name", "kind", "hospital")),
        sorted(Contact.objects.values_list("email", "phone")),
        sorted(MemberTag.objects.values_list("tag", flat=True)),
        sorted(Membership.objects.filter(left_at=None).values_list("group_id", "member__display_name")),
        sorted(Group.objects.values_list("key", "member_count")),
    )


def test_each_line_says_what_would_happen(brought, dara):
    before = everything()
    row, looked = brought(TABLE)
    assert row.places == PLACES
    assert outcomes(row) == [
        (2, "new", ""),
        (3, "new", ""),
        (4, "twice", "line:3"),
        (5, "wrong", "no_name"),
        (6, "wrong", "bad_email"),
        (7, "wrong", "bad_kind"),
        (8, "alike", "alike:work:untold"),
    ]
    assert looked == {"new": 2, "known": 0, "twice": 1, "alike": 1, "wrong": 3} == dict(counts_of(row)) | {"known": 0}
    assert everything() == before


def test_sound_lines_become_members_without_a_sign_in(brought, ada, dara):
    users = User.objects.count()
    row, _looked = brought(TABLE)
    bring_in(ada.actor, row)
    assert bring_lines_in(ada.actor, row.pk, quiet) == {"made": 2, "admitted": 0, "outside": 0}
    li = Member.objects.get(real_name="李敏")
    assert (li.kind, li.hospital, li.department, li.person.user) == ("professional", "圣路加医院", "心内科", None)
    assert sorted(MemberTag.objects.filter(member=li).values_list("tag", flat=True)) == ["新人", "讲师"]
    assert Contact.objects.get(member=li).phone == "13800000001"
    assert Identity.objects.get(member=li).source == "hearth"
    assert User.objects.count() == users
    with refused("conflict"):
        bring_in(ada.actor, Roster.objects.get(pk=row.pk))


def test_a_known_address_means_somebody_known(brought, ada, chen):
    row, _looked = brought(f"name,email,tags\nChen L,{chen.user.email.upper()},speaker\n")
    assert outcomes(row) == [(2, "known", "other_name")]
    bring_in(ada.actor, row)
    bring_lines_in(ada.actor, row.pk, quiet)
    assert Member.objects.get(pk=chen.member.pk).display_name == "Chen"
    assert MemberTag.objects.get(member=chen.member).tag == "speaker"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16"])
def test_tables_come_in_many_encodings(brought, encoding):
    traditional = "姓名,醫院\n李敏,中山\n王國華,中山\n陳立安,中山\n"
    simplified = "姓名,医院\n李敏,中山\n王国华,中山\n陈立安,中山\n"
    table = simplified if encoding == "gb18030" else traditional
    row, _looked = brought(table.encode(encoding))
    assert row.refused == ""
    told = [line.values["real_name"] for line in RosterLine.objects.filter(roster=row).order_by("number")]
    assert told == [line.split(",")[0] for line in table.splitlines()[1:]]


def test_a_name_alone_is_enough_and_a_line_that_does_not_fit_says_so(brought):
    row, looked = brought("姓名,医院,科室\n李敏\nAnn,St Lucas,Cardiology,1\nBen,St Lucas\n")
    assert outcomes(row) == [(2, "new", ""), (3, "wrong", "broken"), (4, "new", "")]
    assert (looked["new"], RosterLine.objects.get(roster=row, number=3).values) == (2, {})


def sheet(rows):
    """An XLSX file."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return out.getvalue()


def test_an_excel_file_is_read_like_a_table(brought):
    row, looked = brought(sheet([["Full name", "Phone"], ["Ann", 13800000002], ["ANN", "138 0000 0002"]]), "a.xlsx")
    assert (row.refused, looked["new"], looked["twice"]) == ("", 1, 1)


def test_a_household_shares_a_number_and_nobody_is_twice_by_it(brought, ada):
    first, _looked = brought("name,phone\nAnn Bell,13800000001\nTim Bell,13800000001\nBell Ann,13800000001\n")
    assert outcomes(first) == [(2, "new", ""), (3, "new", "household:2"), (4, "twice", "line:2")]
    bring_in(ada.actor, first)
    assert bring_lines_in(ada.actor, first.pk, quiet)["made"] == 2
    second, _looked = brought("name,phone\nTIM BELL,13800000001\nKim Bell,13800000001\nAnn,13800000001\n")
    assert outcomes(second) == [(2, "known", ""), (3, "new", "household"), (4, "new", "household")]


def test_what_tells_two_of_one_name_apart_is_said_as_it_is(brought, ada):
    about = "name,hospital,email\n"
    first, _looked = brought(f"{about}Ann Bell,Lakeside,ann@h.example\nBen Moor,Lakeside,\nMia,,\n")
    bring_in(ada.actor, first)
    bring_lines_in(ada.actor, first.pk, quiet)
    told = "Ann Bell,Lakeside,\nAnn Bell,Lakeside,bell@h.example\nBen Moor,Lakeside,ben@h.example\nMia,,\n"
    second, _looked = brought(about + told)
    assert outcomes(second) == [
        (2, "alike", "alike:work:untold"),
        (3, "alike", "alike:work:other"),
        (4, "alike", "alike:work:unreachable"),
        (5, "alike", "alike:name:untold"),
    ]


def test_lines_of_one_table_are_twice_only_where_nothing_speaks_against_it(brought):
    known = "Ann,Bath,a@h.example\nAnn,York,\nBen,Bath,\nBen,Bath,\nTim,Bath,a@h.example\nAnn,,b@h.example\n"
    row, _looked = brought(f"name,city,email\n{known}")
    assert outcomes(row) == [
        (2, "new", ""),
        (3, "alike", "alike_line:2"),
        (4, "new", ""),
        (5, "twice", "line:4"),
        (6, "wrong", "mail_of:2"),
        (7, "new", ""),
    ]


def test_two_lines_that_mean_one_member_bring_it_once(brought, ada, chen):
    EmailAddress.objects.create(user=chen.user, email="Chen.Private@x.example", verified=True)
    row, _looked = brought(f"name,email\nChen,{chen.user.email}\nChen,chen.private@x.example\n")
    assert outcomes(row) == [(2, "known", ""), (3, "twice", "line:2")]


def test_what_changed_since_the_look_through_is_seen_when_they_come(brought, ada, chen, dara, community, cardiology):
    give_consent(chen.actor, "people.sensitive_tags")
    tag_member(ada.actor, chen.member, "asthma", sensitive=True)
    table = f"name,email,tags\nChen,{chen.user.email},asthma; speaker\nAnn,ann@h.example,\nBen,ben@h.example,new\n"
    row, _looked = brought(table, group=cardiology.pk, kind="professional")
    assert [outcome for _n, outcome, _p in outcomes(row)] == ["known", "new", "new"]
    withdraw_consent(chen.actor, "people.sensitive_tags")
    MemberTag.objects.filter(member=chen.member).delete()
    tag_member(ada.actor, dara.member, "speaker")
    user = User.objects.create_user("Ann@h.example")
    join_community(user, community, display_name="Ann")
    bring_in(ada.actor, row)
    assert bring_lines_in(ada.actor, row.pk, quiet) == {"made": 1, "admitted": 1, "outside": 0}
    assert outcomes(row)[1] == (3, "known", "came_since")
    assert Member.objects.filter(display_name="Ann").count() == 1


def test_who_was_merged_or_erased_since_is_followed_or_left_alone(brought, ada, chen, dara, community):
    first, _looked = brought("name,email\nAnn,ann@h.example\nBen,ben@h.example\n")
    bring_in(ada.actor, first)
    bring_lines_in(ada.actor, first.pk, quiet)
    second, _looked = brought("name,email,tags\nAnn,ann@h.example,speaker\nBen,ben@h.example,speaker\n")
    merge_members(ada.actor, Member.objects.get(display_name="Ann"), dara.member, "the same")
    Member.objects.get(display_name="Ben").delete()
    members = Member.objects.count()
    bring_in(ada.actor, second)
    assert bring_lines_in(ada.actor, second.pk, quiet)["made"] == 0
    assert Member.objects.count() == members
    assert list(MemberTag.objects.values_list("member", "tag")) == [(dara.member.pk, "speaker")]
    assert outcomes(second) == [(2, "known", ""), (3, "known", "gone_since")]


def test_what_is_no_table_is_refused_with_what_to_do(brought):
    row, looked = brought(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    assert (row.refused, looked) == ("This is no table of text. Save it as CSV in UTF-8, or as XLSX.", {})


def test_columns_are_remembered_for_the_next_table(brought, ada):
    head = "Wer,Wo\n"
    first, looked = brought(head + "Ann,St Lucas\n")
    assert looked == dict.fromkeys(looked, 0), "nothing is guessed of these headings"
    look_again(ada.actor, first, places={"real_name": 0, "hospital": 1}, kind="guest")
    try_roster(first.pk, quiet)
    first.refresh_from_db()
    settle(first)
    bring_in(ada.actor, first)
    second, looked = brought(head + "Ben,St Lucas\n")
    assert (second.places, looked["new"]) == ({"real_name": 0, "hospital": 1}, 1)


def test_no_patient_is_brought_in_under_the_real_name(brought):
    row, looked = brought(b"real name,chosen name,kind\nDara Okafor,,patient\nEve Marsh,Night Bus,patient\n")
    assert (outcomes(row), looked["new"]) == ([(2, "wrong", "no_chosen_name"), (3, "new", "")], 1)
    assert RosterLine.objects.get(roster=row, number=3).values["display_name"] == "Night Bus"


def test_columns_without_a_name_or_with_two_meanings_are_refused(brought, ada):
    row, _looked = brought(TABLE)
    with refused("refused", "display_name"):
        look_again(ada.actor, row, places={"email": 3}, kind="guest")
    with refused("refused"):
        look_again(ada.actor, row, places={"real_name": 0, "email": 0}, kind="guest")
    with refused("refused", "kind"):
        look_again(ada.actor, row, places={"real_name": 0}, kind="staff")


def test_capacity_holds_and_who_finds_no_place_is_told(brought, ada, cardiology):
    change_group(ada.actor, cardiology, capacity=cardiology.member_count + 1)
    row, _looked = brought("name\nAnn\nBen\n", group=cardiology.pk, kind="professional")
    bring_in(ada.actor, row)
    assert bring_lines_in(ada.actor, row.pk, quiet) == {"made": 2, "admitted": 1, "outside": 1}
    assert outcomes(row)[1][2] == "The group is full. When somebody leaves, a place becomes free."
    cardiology.refresh_from_db()
    assert cardiology.member_count == cardiology.capacity


def test_a_table_passes_the_door_or_says_why(brought, ada, cardiology):
    steps = [{"from": 0, "conditions": [{"kind": "approval", "by": "staff"}]}]
    change_gates(ada.actor, cardiology, steps)
    shut, _looked = brought("name\nAnn\n", group=cardiology.pk, kind="professional")
    bring_in(ada.actor, shut)
    assert bring_lines_in(ada.actor, shut.pk, quiet)["outside"] == 1
    aim = {"group": cardiology.pk, "kind": "professional", "why": "Members of the old list"}
    with_reason, _looked = brought("name\nBen\n", **aim)
    bring_in(ada.actor, with_reason)
    assert bring_lines_in(ada.actor, with_reason.pk, quiet)["admitted"] == 1


NO_BADGE = "This group asks for a badge, which this person does not hold. Say why you let them in; it is kept."
PREVIEW = "This group asks for a badge; 3 who come have none (lines 3–5). "
OUTSIDE = "They stay in the community and outside the group, unless you say below why they come in."
WITH_REASON = "They come in without it with the reason that you gave."


@pytest.mark.parametrize(("why", "words"), [(" ", OUTSIDE), ("They train here", WITH_REASON)])
def test_who_lacks_the_badge_of_a_professional_group_needs_a_reason(brought, ada, dara, cardiology, why, words):
    Member.objects.filter(pk=dara.member.pk).update(kind="guest")
    table = f"full name,display name,kind,email\nAnn,,doctor,\nPat,Sun,patient,\nDara,,,{dara.user.email}\nGus,,guest,"
    row, _looked = brought(table, group=cardiology.pk, kind="professional", why=why)
    told = outlook(ada.actor, Coming(cardiology.pk, new_kinds(row), known_members(row), row.why))
    assert [str(one) for one in told] == [PREVIEW + words]
    bring_in(ada.actor, row)
    past = 3 if words == WITH_REASON else 0
    assert bring_lines_in(ada.actor, row.pk, quiet) == {"made": 3, "admitted": 1 + past, "outside": 3 - past}
    assert [problem for _n, _outcome, problem in outcomes(row)].count(NO_BADGE) == 3 - past
    assert [fact["answer"] for fact in facts("groups.door_overruled")] == ["badge"] * past


def test_a_table_is_taken_back_but_not_who_has_acted_since(brought, ada, cardiology):
    before = everything()
    table = "name,email\nAnn,ann@h.example\nBen,ben@h.example\n"
    row, _looked = brought(table, group=cardiology.pk, kind="professional")
    bring_in(ada.actor, row)
    bring_lines_in(ada.actor, row.pk, quiet)
    ann = User.objects.create_user("ann@h.example")
    EmailAddress.objects.create(user=ann, email="ann@h.example", verified=True, primary=True)
    taken_up = join_community(ann, ada.community, display_name="Whoever")
    assert taken_up.display_name == "Ann"
    assert facts("people.place_taken_up") == [{"member": taken_up.pk, "person": taken_up.person_id}]
    row.refresh_from_db()
    row.loading.state = "done"
    row.loading.save()
    take_back(ada.actor, row)
    assert take_lines_back(ada.actor, row.pk, quiet) == {"gone": 1}
    assert results_of(row)["kept"] == 1
    assert not Member.objects.filter(display_name="Ben").exists()
    Membership.objects.filter(member=taken_up).delete()
    Group.objects.filter(pk=cardiology.pk).update(member_count=2 + 1)
    Member.objects.filter(pk=taken_up.pk).delete()
    assert everything() == before


def test_who_is_held_by_what_they_said_stays_and_the_others_of_the_portion_go(brought, ada, cardiology):
    row, _looked = brought("name\nAnn Bell\nBen Moor\nTim Hill\n", group=cardiology.pk, kind="professional")
    bring_in(ada.actor, row)
    bring_lines_in(ada.actor, row.pk, quiet)
    ben = Member.objects.get(display_name="Ben Moor")
    post_message(room_of_group(actor_of_member(ben), cardiology.pk), text="Here I am", client_id=uuid4().hex)
    Member.objects.filter(pk=ben.pk).update(last_seen_on=None)
    assert take_lines_back(ada.actor, row.pk, quiet) == {"gone": 2}
    assert [line.did.get("kept", False) for line in RosterLine.objects.order_by("number")] == [False, True, False]
    assert results_of(row)["kept"] == 1


class Broken(Exception):
    """The power went."""


def test_broken_off_after_any_portion_it_goes_on(brought, ada, cardiology):
    names = "\n".join(f"Person {number},p{number}@h.example" for number in range(50))
    row, _looked = brought(f"name,email\n{names}\n", group=cardiology.pk, kind="professional")
    change_group(ada.actor, cardiology, capacity=40)
    row.refresh_from_db()
    bring_in(ada.actor, row)

    def breaking(_done, _total):
        raise Broken

    for _number in count():
        try:
            done = bring_lines_in(ada.actor, row.pk, breaking)
        except Broken:
            continue
        break
    cardiology.refresh_from_db()
    assert done == {"made": 50, "admitted": 37, "outside": 13}
    assert Member.objects.filter(display_name__startswith="Person").count() == 50
    assert cardiology.member_count == 40
    assert len(facts("groups.member_admitted")) == 3 + 37


def test_words_of_a_table_are_forgotten_after_a_week(brought, ada, settings):
    row, _looked = brought(TABLE)
    Roster.objects.filter(pk=row.pk).update(at="2020-01-01T00:00:00Z")
    assert remove_old_rosters() == 1
    assert {str(line.values) for line in RosterLine.objects.filter(roster=row)} == {"{}"}
    assert not [path for path in (settings.HEARTH_HOME / "uploads").rglob("*") if path.is_file()]


def test_only_who_may_brings_people_in(own_home, community, bo, chen):
    for somebody in (bo, chen):
        with refused("not_allowed"):
            keep_roster(somebody.actor, SimpleUploadedFile("a.csv", b"name\nAnn\n"))

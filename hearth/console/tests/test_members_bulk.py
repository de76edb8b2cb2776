"""Tags on many members, and lists of members to take away."""

import io
import json

import pytest
from python_calamine import CalamineWorkbook

from hearth.core.audit import entries, sealed
from hearth.people.models import Member, MemberTag
from hearth.people.queries.lists import tagged, tags_in_use, with_notes
from hearth.people.services import change_tags, give_consent, tag_member, update_profile, withdraw_consent
from tests.cast import second_factor
from tests.watching import refused

LIST = "/c/stlucas/console/members/"


@pytest.fixture
def desk(ada, client_of):
    """Ada's browser, with her second factor."""
    second_factor(ada.user)
    return client_of(ada)


def bulk(desk, key, rows, **answers):
    """Press the bulk action and confirm it."""
    picked = {"bulk": key, "pick": ",".join(str(one.member.pk) for one in rows), "expected": str(len(rows))}
    more = {"step": "apply", "idempotency_key": f"{key}-{len(rows)}-{json.dumps(answers)}"[:80]}
    return desk.post(LIST, {**picked, **more, **answers}, follow=True)


def tags(*people):
    """Who has which tags."""
    found = MemberTag.objects.filter(member__in=[one.member.pk for one in people])
    return sorted(found.values_list("member__display_name", "tag"))


def test_a_tag_goes_on_many_and_comes_off_again(desk, community, bo, chen, dara):
    page = bulk(desk, "tag", [bo, chen], tag="speaker")
    assert "2 members changed." in page.content.decode()
    assert tags(bo, chen, dara) == [("Bo", "speaker"), ("Chen", "speaker")]
    bulk(desk, "untag", [bo, chen, dara], tag="Speaker")
    assert tags(bo, chen, dara) == []
    assert [entry.action for entry in entries()[:2]] == ["tag_removed", "tag_added"]


def test_undo_takes_off_only_what_was_put_on(desk, community, ada, bo, chen):
    tag_member(ada.actor, bo.member, "speaker")
    bulk(desk, "tag", [bo, chen], tag="speaker")
    key = desk.session["console_undo"][-1]["key"]
    desk.post(f"{LIST}undo/{key}/", {"idempotency_key": "undo"})
    assert tags(bo, chen) == [("Bo", "speaker")]
    assert desk.post(f"{LIST}undo/{key}/", {"idempotency_key": "again"}).status_code == 404


def test_notes_about_health_only_with_consent_and_only_while_it_lasts(desk, community, ada, bo, chen):
    give_consent(chen.actor, "people.sensitive_tags")
    bulk(desk, "tag", [bo, chen], tag="asthma", sensitive="on")
    assert tags(bo, chen) == [("Chen", "asthma")]
    assert change_tags(ada.actor, [bo.member.pk], "Asthma", on=True) == [], "once about health, always about health"
    assert list(Member.objects.filter(tagged(["asthma"]))) == [chen.member]
    withdraw_consent(chen.actor, "people.sensitive_tags")
    assert list(Member.objects.filter(tagged(["asthma"]))) == []
    assert tags_in_use() == []
    told = with_notes(Member.objects.all()).get(pk=chen.member.pk)
    assert (told.tag_names, told.has_agreed) == (None, False)


def test_undo_gives_each_their_tag_back_as_it_was(desk, community, ada, bo, chen):
    give_consent(chen.actor, "people.sensitive_tags")
    tag_member(ada.actor, bo.member, "diabetes")
    tag_member(ada.actor, chen.member, "diabetes", sensitive=True)
    bulk(desk, "untag", [bo, chen], tag="diabetes")
    key = desk.session["console_undo"][-1]["key"]
    assert tags(bo, chen) == []
    desk.post(f"{LIST}undo/{key}/", {"idempotency_key": "undo"})
    found = MemberTag.objects.order_by("member__display_name").values_list("member__display_name", "sensitive")
    assert list(found) == [("Bo", False), ("Chen", True)]


def test_who_may_not_tag_does_not(community, bo, chen):
    with refused("not_allowed"):
        change_tags(bo.actor, [chen.member.pk], "speaker", on=True)


def test_the_list_goes_as_excel_with_the_filters_and_columns_of_the_page(desk, ada, bo, chen):
    tag_member(ada.actor, chen.member, "speaker")
    update_profile(chen.actor, city="=1+1")
    answer = desk.get(f"{LIST}?f.tag=speaker&cols=tags,email,city,agreed&export=xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    head, *rows = sheet.to_python()
    assert head == ["Name", "Tags", "Agreed to health notes", "E-mail", "City"]
    assert rows == [["Chen", "speaker", "no", chen.user.email, "'=1+1"]]
    assert entries().first().action == "members_exported"
    taken = {"columns": ["name", "tags", "agreed", "email", "city"], "filters": {"tag": [sealed("speaker")]}}
    assert entries().first().after == taken


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_was_taken_is_on_record_though_nobody_chose_columns(desk, community, form):
    query = "?q=chen&f.kind=professional&f.verified=yes&f.tag=unknown&f.joined.low=2026-01-02"
    desk.get(f"{LIST}{query}&export={form}").getvalue()
    assert entries().first().after == {
        "columns": ["name", "kind", "hospital", "department", "verified", "groups", "role", "joined", "seen"],
        "filters": {
            "joined": ["2026-01-02.."],
            "kind": ["professional"],
            "search": sealed("chen"),
            "verified": ["yes"],
        },
    }


def test_only_who_runs_the_community_takes_lists_away(community, ada, dara, client_of):
    from hearth.core.permissions import house_actor
    from hearth.groups.services import make_staff

    make_staff(house_actor(community.pk), dara.member, "reviewer")
    second_factor(dara.user)
    answer = client_of(dara).get(f"{LIST}?export=csv")
    assert answer["Content-Type"].startswith("text/html"), "the list itself, no file"
    assert not entries().filter(action="members_exported").exists()

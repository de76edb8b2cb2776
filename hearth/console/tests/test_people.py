"""The page of people: who may see it, what it says, how it is narrowed and taken along."""

import csv
import io
import re
import uuid
from datetime import timedelta

import pytest

from hearth.core.models import Job
from hearth.core.permissions import house_actor
from hearth.groups.services import make_staff
from hearth.insight.models import CommunityPortrait, GroupPortrait, MemberPortrait
from hearth.insight.services.people import refresh_people
from hearth.kit.clock import now
from tests.cast import newcomer, second_factor

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode()


def sheet(response) -> list[dict[str, str]]:
    content = response.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


@pytest.fixture
def measured(community, ada, bo, chen, dara, cardiology):
    """Chen leads and may be leaving, Bo talks, Dara was never answered."""
    refresh_people()
    day = timedelta(days=1)
    rows = {
        chen: {"kind": "answers", "tier": "carrying", "is_leader": True, "is_fan": True, "comes": 0.123, "weeks": 20,
               "help_score": 90, "ties": 7, "last_at": now() - 20 * day, "leader_index": 0.91},
        bo: {"kind": "talks", "tier": "activated", "comes": 0.8, "weeks": 5, "last_at": now() - day},
        dara: {"kind": "asks", "tier": "kept", "phase": "new", "unanswered_id": 4711, "unanswered_at": now() - 3 * day,
               "last_at": now() - 3 * day},
    }  # fmt: skip
    for who, columns in rows.items():
        MemberPortrait.objects.filter(member=who.member).update(**columns)
    return rows


def staff_of(community, role):
    somebody = newcomer(community, f"{role.title()} One", kind="staff")
    make_staff(house_actor(community.pk), somebody.member, role)
    second_factor(somebody.user)
    return somebody


@pytest.fixture(autouse=True)
def _factors(ada):
    second_factor(ada.user)


def test_the_list_says_who_takes_part_how(ada, measured, client_of, url):
    page = text(client_of(ada).get(url("people")))
    assert page.index(">Bo<") < page.index(">Dara<") < page.index(">Chen<")  # who was active last comes first
    for words in ("Carries", "Answers others", "Opinion leader", "Hard-core fan", "Never answered", "12 %"):
        assert words in page


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("f.leader=yes", ["Chen"]),
        ("f.unanswered=yes", ["Dara"]),
        ("f.tier=activated", ["Bo"]),
        ("f.kind=answers&f.kind=talks&sort=name", ["Bo", "Chen"]),
        ("f.phase=new", ["Dara"]),
        ("f.helping=50..", ["Chen"]),
        ("q=okafor", ["Dara"]),
        ("sort=comes", ["Chen", "Bo", "Dara"]),
        ("sort=-helping", ["Chen", "Bo", "Dara"]),
    ],
)
def test_the_list_is_narrowed_and_taken_along_as_it_is(ada, measured, client_of, url, asked, names):
    rows = sheet(client_of(ada).get(url("people") + f"?{asked}&export=csv"))
    assert [row["Name"] for row in rows] == names


def test_the_list_of_one_group(ada, measured, cardiology, client_of, url):
    rows = sheet(client_of(ada).get(url("people") + f"?f.group={cardiology.pk}&sort=name&export=csv"))
    assert [row["Name"] for row in rows] == ["Bo", "Chen"]


def test_whether_somebody_may_leave_is_not_for_moderators_in_no_form(community, measured, client_of, url):
    browser = client_of(staff_of(community, "moderator"))
    page = text(browser.get(url("people") + "?cols=name,comes&sort=comes"))
    assert "Chen" in page
    assert "Comes again" not in page
    assert "12 %" not in page
    (row, *_rest) = sheet(browser.get(url("people") + "?cols=name,comes&sort=comes&export=csv"))
    assert list(row) == ["Name"]


@pytest.mark.parametrize("role", ["auditor", "reviewer"])
def test_staff_without_the_right_neither_see_the_page_nor_a_way_to_it(community, measured, client_of, url, role):
    browser = client_of(staff_of(community, role))
    assert browser.get(url("people")).status_code == 403
    assert url("people") not in text(browser.get(url("today")))


def test_a_members_page_says_why_they_are_known_and_hides_from_moderators_whether_they_may_leave(
    ada, community, chen, measured, client_of, url
):
    address = url("member", member_id=chen.member.pk)
    page = text(client_of(ada).get(address))
    for words in ("Activity", "Opinion leader", "Active weeks of the last 26: 20", "90 points", "12 %"):
        assert words in page
    page = text(client_of(staff_of(community, "moderator")).get(address))
    assert "Opinion leader" in page
    assert "12 %" not in page
    assert "Activity" not in text(client_of(staff_of(community, "auditor")).get(address))


def test_a_group_says_who_could_tend_it_next(ada, chen, cardiology, measured, client_of, url):
    why = {
        "person": chen.member.pk,
        "score": 0.9,
        "weeks": 12,
        "answers": 4,
        "ties": 3,
        "accepted": 1,
        "verified": True,
    }
    GroupPortrait.objects.create(group=cardiology, measured_at=now(), active=9, candidates=[why])
    page = text(client_of(ada).get(url("group", group_id=cardiology.pk)))
    assert "Could tend it next" in page
    assert "Active weeks of the last 26: 12 · First answers: 4 · Different people they talk with: 3" in page


def test_few_people_are_not_broken_down(ada, measured, client_of, url):
    page = text(client_of(ada).get(url("people")))
    assert "Too few to break down" in page
    assert "The network" not in page


def test_many_are_told_as_numbers(ada, measured, client_of, url):
    row = CommunityPortrait.objects.get()
    flow = {"new": 4, "returning": 20, "resurrected": 2, "dormant": 3}
    row.reading |= {
        "told": True, "active": 26, "people": 40, "flows": [flow] * 6,
        "kinds": {"answers": 5}, "tiers": {"carrying": 7}, "distance": 2.666, "ties": 90,
        "auc": 0.861, "auc_recency": 0.784, "tried_on": 219,
    }  # fmt: skip
    row.save()
    page = re.sub(r"<[^>]+>|\s+", " ", text(client_of(ada).get(url("people"))))
    page = re.sub(r"\s+", " ", page)
    for words in (
        "Steps between two people",
        "2.7",
        "on 219 members",
        "in 86 % of cases",
        "right in 78 %",
    ):
        assert words in page, words


def test_before_the_first_measuring_the_page_says_so(ada, cardiology, client_of, url):
    assert "Nobody was measured yet" in text(client_of(ada).get(url("people")))


def test_the_page_asks_a_fixed_number_of_questions(ada, community, measured, client_of, url, django_assert_num_queries):
    browser = client_of(ada)
    browser.get(url("people"))
    with django_assert_num_queries(16) as few:
        browser.get(url("people"))
    for number in range(20):
        newcomer(community, f"More{number}")
    refresh_people()
    with django_assert_num_queries(len(few)):
        assert "More19" in text(browser.get(url("people")))


def test_measuring_now_is_queued_once(ada, measured, client_of, url):
    key = uuid.uuid4().hex
    for _ in range(2):
        client_of(ada).post(url("people-refresh"), {"idempotency_key": key})
    assert Job.objects.filter(name="insight.refresh_people").count() == 1
    assert "Measuring" in text(client_of(ada).get(url("people")))


def test_today_asks_to_answer_a_newcomer(ada, dara, measured, client_of, url):
    page = text(client_of(ada).get(url("today")))
    assert "Nobody has answered the first message of Dara" in page
    MemberPortrait.objects.filter(member=dara.member).update(unanswered_at=now() - timedelta(days=15))
    assert "Nobody has answered" not in text(client_of(ada).get(url("today")))

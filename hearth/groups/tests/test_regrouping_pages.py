"""The console's pages for splitting and merging: a plan first, and nothing happens before it is begun."""

from uuid import uuid4

import pytest

from hearth.groups.models import Group, Regrouping
from hearth.groups.queries.lists import is_closed, member_ids
from hearth.groups.queries.sisters import candidates_for, suggested_sisters
from hearth.groups.services import admit_member, carry_out, open_group, restrict, wait_for_place
from hearth.insight.models import GroupPulse
from hearth.kit.clock import now
from tests.cast import NORMS, newcomer, second_factor

pytestmark = pytest.mark.django_db


def at(rest):
    return f"/c/stlucas/console/{rest}"


@pytest.fixture
def desk(ada, client_of):
    second_factor(ada.user)
    return client_of(ada)


@pytest.fixture
def full(ada, cardiology, community):
    for n in range(6):
        admit_member(ada.actor, cardiology, newcomer(community, f"M{n}", kind="professional").member, how="staff")
    return cardiology


def press(client, path, **fields):
    return client.post(path, {"idempotency_key": str(uuid4()), **fields})


def planned(desk, group):
    answer = press(desk, at(f"groups/{group.pk}/split/"), parts="2")
    assert answer.status_code == 302
    return Regrouping.objects.get(), answer.url


def test_a_split_is_planned_changed_begun_and_undone(desk, ada, full):
    row, path = planned(desk, full)
    page = desk.get(path).content.decode()
    assert "Nothing has changed yet." in page
    assert "Cardiology 2" in page
    stays = row.moves.filter(part=0).exclude(member=ada.member).first().member
    assert press(desk, path, act="shift", to=f"{stays.pk}-1").status_code == 302
    part = {"number": "1", "name": "Second", "capacity": "20", "owner": str(ada.member.pk)}
    assert press(desk, path, act="part", **part).status_code == 302
    assert press(desk, path, act="begin", why="It is full.").status_code == 302
    carry_out(row.pk, lambda done, total: None)
    made = Group.objects.get(lineage="split")
    assert made.name["en"] == "Second"
    assert stays.pk in member_ids(made.pk)
    assert "Undo all of it" in desk.get(path).content.decode()
    assert path.encode() in desk.get(at(f"groups/{full.pk}/")).content
    assert press(desk, path, act="take_back").status_code == 302
    carry_out(row.pk, lambda done, total: None)
    assert stays.pk in member_ids(full.pk)
    page = desk.get(path).content.decode()
    assert "Taken back" in page
    assert "closed, its name is free again" in page


def test_the_plan_says_who_would_tend_strangers_and_lets_one_choose(desk, ada, bo, full):
    row, path = planned(desk, full)
    people = list(row.moves.filter(part=0).exclude(member=ada.member).values_list("member", flat=True))
    row.moves.filter(member=bo.member).update(part=1)
    row.ties = [[one, bo.member.pk, 1, 1] for one in people if one != bo.member.pk]
    row.save()
    page = desk.get(path).content.decode()
    assert "Bo would tend Cardiology 2 among strangers: 0 of their" in page
    assert press(desk, path, act="keep", to=f"{ada.member.pk}-1").status_code == 302
    assert "among strangers" not in desk.get(path).content.decode()
    assert row.moves.get(member=bo.member).part == 1
    assert press(desk, path, act="keep", to=f"{people[0]}-1").status_code == 302
    assert "Choose one of the values offered." in desk.get(path).content.decode()


def test_pressed_twice_it_is_begun_once(desk, full):
    row, path = planned(desk, full)
    twice = {"act": "begin", "why": "", "idempotency_key": "k"}
    assert [desk.post(path, twice).status_code for _press in range(2)] == [302, 302]
    row.refresh_from_db()
    assert row.begun_at is not None


def test_what_is_refused_is_said_on_the_page(desk, ada, full):
    row, path = planned(desk, full)
    answer = press(desk, path, act="shift", to=f"{ada.member.pk}-1")
    assert "Hand the group over first" in desk.get(answer.url.partition("#")[0]).content.decode()
    assert press(desk, path, act="part", number="1", name="", capacity="", owner="1").status_code == 302
    row.moves.update(part=0)
    answer = press(desk, path, act="begin")
    assert answer.status_code == 422
    assert "A part of the plan is empty" in answer.content.decode()


@pytest.mark.parametrize("told", ["", "x-1", "1", "1-", "9" * 30 + "-1"])
def test_nonsense_moves_nobody(desk, full, told):
    row, path = planned(desk, full)
    before = list(row.moves.values_list("member", "part"))
    assert press(desk, path, act="shift", to=told).status_code == 302
    assert list(row.moves.values_list("member", "part")) == before


@pytest.fixture
def sister(ada, chen, community, cardiology):
    group = open_group(
        ada.actor, name="Heart", key="heart", norms=NORMS["en"], space="professional", theme="Cardiology"
    )
    for one in (chen, newcomer(community, "Fay", kind="professional")):
        admit_member(ada.actor, group, one.member, how="staff")
    return group


def cool(*groups):
    for group in groups:
        GroupPulse.objects.create(group=group, measured_at=now(), since=now(), stage="declining", heat=2, reading={})


def test_sisters_are_told_when_both_fade(ada, cardiology, sister):
    assert suggested_sisters() == []
    cool(cardiology)
    assert suggested_sisters() == []
    cool(sister)
    (found,) = suggested_sisters()
    assert (found.home, found.other) in {(cardiology, sister), (sister, cardiology)}
    assert (found.shared, found.same_theme, found.fits) == (2, True, True)


def test_groups_where_names_are_shown_otherwise_are_no_candidates(ada, cardiology, sister):
    open_group(ada.actor, name="Living with it", space="patient")
    assert [one.group for one in candidates_for(cardiology)] == [sister]


def test_a_merge_is_planned_from_the_list_of_sisters_and_a_member_finds_the_way(
    desk, chen, client_of, cardiology, sister
):
    cool(cardiology, sister)
    (pair,) = suggested_sisters()
    assert "Make a plan" in desk.get(at("groups/sisters/")).content.decode()
    answer = press(desk, at(f"groups/{pair.home.pk}/merge/"), sisters=str(pair.other.pk))
    page = desk.get(answer.url).content.decode()
    assert "Its norms differ" in page
    assert press(desk, answer.url, act="begin", why="Both are small.").status_code == 302
    carry_out(Regrouping.objects.get().pk, lambda done, total: None)
    assert is_closed(pair.other.pk)
    card = client_of(chen).get(f"/c/stlucas/groups/{pair.other.pk}/card/").content.decode()
    assert f"Its members went to {pair.home.name['en']}." in card
    GroupPulse.objects.all().delete()
    assert "Its members went to" in desk.get(at(f"groups/{pair.other.pk}/")).content.decode()


def test_the_pages_of_a_merge_say_what_becomes_of_the_line(desk, community, ada, cardiology, sister):
    waits = newcomer(community, "Gil", kind="professional")
    wait_for_place(waits.actor, sister, waits.member, how="open_door")
    path = press(desk, at(f"groups/{cardiology.pk}/merge/"), sisters=str(sister.pk)).url
    assert "1 person waits in line of a group that is closed" in desk.get(path).content.decode()
    restrict(ada.actor, waits.member, cardiology, kind="ban", why="Adverts.")
    press(desk, path, act="begin")
    carry_out(Regrouping.objects.get().pk, lambda done, total: None)
    page = desk.get(path).content.decode()
    assert "Who stood in line and was not taken over" in page
    assert "A decision of the keepers keeps this person out of the group." in page


def test_keepers_have_no_way_to_these_pages(bo, client_of, full):
    for path in (at(f"groups/{full.pk}/split/"), at(f"groups/{full.pk}/merge/"), at("groups/sisters/")):
        assert client_of(bo).get(path).status_code == 404

"""Who asked to be erased is marked for the team, and passed over by plans and offers until they stay after all."""

import pytest

from hearth.groups.models import Waiting, Welcoming
from hearth.groups.queries.purity import purity_of
from hearth.groups.queries.regrouping import going
from hearth.groups.services import (
    admit_member,
    change_group,
    give_role,
    offer_seats,
    plan_split,
)
from hearth.groups.services.onboarding import give_buddy
from hearth.people.services import ask_erasure, call_off_erasure
from tests.cast import newcomer, second_factor


@pytest.fixture
def eight(ada, cardiology, community):
    """Eight more in the group, of whom the last asked to be erased."""
    people = [newcomer(community, f"P{number}", kind="professional") for number in range(8)]
    for one in people:
        admit_member(ada.actor, cardiology, one.member, how="staff")
    ask_erasure(people[-1].actor, "keep")
    return people


def test_a_split_moves_nobody_who_is_about_to_be_erased(ada, cardiology, eight):
    gone = eight[-1].member
    for _round in range(2):
        row = plan_split(ada.actor, cardiology)
        assert going(row).exists()
        assert not going(row).filter(member=gone).exists()
        assert row.moves.get(member=gone).part == 0
        give_role(ada.actor, cardiology, gone, "keeper")  # not even to tend the other part


def test_a_free_place_is_offered_to_the_next_who_stays(ada, bo, chen, dara, eve, cardiology, community):
    line = [newcomer(community, name, kind="professional") for name in ("Ann", "Ben")]
    for one in line:
        Waiting.objects.create(group=cardiology, member=one.member, how="open_door")
    ask_erasure(line[0].actor, "keep")
    cardiology.refresh_from_db()
    change_group(ada.actor, cardiology, capacity=cardiology.member_count + 1)
    offer_seats(cardiology.pk)
    assert list(Waiting.objects.exclude(offer_until=None).values_list("member", flat=True)) == [line[1].member.pk]
    call_off_erasure(line[0].actor)
    change_group(ada.actor, cardiology, capacity=cardiology.member_count + 2)
    offer_seats(cardiology.pk)
    assert Waiting.objects.exclude(offer_until=None).count() == 2


def test_neither_buddy_nor_greeted(ada, bo, cardiology, eight):
    give_role(ada.actor, cardiology, eight[0].member, "keeper")
    ask_erasure(eight[0].actor, "keep")
    assert give_buddy(cardiology.pk, eight[-1].member.pk) is None
    for one in eight[1:4]:
        give_buddy(cardiology.pk, one.member.pk)
    assert Welcoming.objects.exclude(buddy=None).exists()
    assert not Welcoming.objects.filter(buddy=eight[0].member).exists()


def test_no_move_is_offered_to_them(ada, cardiology, eight):
    change_group(ada.actor, cardiology, definition=[{"attribute": "department", "values": ["Cardiology"]}])
    cardiology.refresh_from_db()
    before = purity_of(cardiology)
    call_off_erasure(eight[-1].actor)
    after = purity_of(cardiology)
    assert after.unknown + after.matching + len(after.misplaced) == (
        before.unknown + before.matching + len(before.misplaced) + 1
    )


def test_the_team_sees_it_and_nobody_else(client_of, ada, bo, chen, cardiology, eight):
    gone = eight[-1].member
    second_factor(ada.user)
    html = client_of(ada).get("/c/stlucas/console/members/?f.leaving=yes").content.decode()
    assert f"/console/members/{gone.pk}/" in html
    assert f"/console/members/{eight[0].member.pk}/" not in html
    assert "asked to be erased" in html
    page = client_of(ada).get(f"/c/stlucas/console/members/{gone.pk}/").content.decode()
    assert "Plans and offers pass them over until then." in page
    assert "erased" not in client_of(ada).get(f"/c/stlucas/console/members/{chen.member.pk}/").content.decode()
    assert "erased" not in client_of(chen).get(f"/c/stlucas/g/{cardiology.pk}/members/").content.decode()

"""Every part of a split needs somebody who tends it: who would tend strangers, and who keeps which part."""

import pytest

from hearth.groups.queries.lists import member_ids
from hearth.groups.queries.regrouping import going, parts_of
from hearth.groups.rules.tending import circle_elsewhere, kept_by, strong_by_part
from hearth.groups.services import choose_keeper, give_role, plan_split
from hearth.groups.tests.circles import carried, clique
from tests.watching import refused

ONE_CIRCLE = [*clique(1, 2, 3, 4), *clique(5, 6, 7, 8)]
HALVES = {1: 0, 2: 0, 3: 0, 4: 0, 5: 1, 6: 1, 7: 0, 8: 1}


def elsewhere(member, where):
    return circle_elsewhere(where[member], strong_by_part(member, where, ONE_CIRCLE))


def test_who_tends_a_part_away_from_their_circle_is_among_strangers():
    assert elsewhere(7, HALVES) == 1
    assert elsewhere(6, HALVES) is None
    assert elsewhere(9, {**HALVES, 9: 0}) is None, "nobody is known to be a stranger without ties"


@pytest.mark.parametrize(
    ("chosen", "part", "after"),
    [
        (7, 1, {1: 0, 2: 0, 3: 0, 4: 0, 5: 1, 6: 0, 7: 1, 8: 1}),  # 6 kept it and changes places with 7
        (6, 1, HALVES),
    ],
)
def test_keepers_change_places_and_nobody_else_does(chosen, part, after):
    assert kept_by(HALVES, ONE_CIRCLE, [6, 7], None, part, chosen) == after


def test_the_part_in_which_the_owner_is_is_the_group_itself():
    found = kept_by(HALVES, ONE_CIRCLE, [6, 7], 7, 1, 7)
    assert found == {1: 1, 2: 1, 3: 1, 4: 1, 5: 0, 6: 1, 7: 0, 8: 0}


def test_who_goes_from_a_part_that_another_tends_changes_places_with_nobody():
    found = kept_by(HALVES, ONE_CIRCLE, [1, 6, 7], 1, 1, 7)
    assert found == {**HALVES, 7: 1}


@pytest.mark.django_db
def test_another_keeps_the_new_group_and_answers_for_it(ada, bo, cardiology, circles):
    gil = circles[0]
    give_role(ada.actor, cardiology, gil.member, "keeper")
    row = plan_split(ada.actor, cardiology)
    assert parts_of(row)[1].owner == bo.member
    choose_keeper(ada.actor, row, gil.member.pk, 1)
    parts = {move.member_id: move.part for move in row.moves.all()}
    assert (parts[ada.member.pk], parts[gil.member.pk], parts[bo.member.pk]) == (0, 1, 1)
    assert parts_of(row)[1].owner == gil.member
    with refused("refused"):
        choose_keeper(ada.actor, row, circles[1].member.pk, 1)
    with refused("refused"):
        choose_keeper(ada.actor, row, bo.member.pk, 2)
    with refused("not_allowed"):
        choose_keeper(bo.actor, row, bo.member.pk, 1)


@pytest.mark.django_db
def test_the_owner_keeps_the_circle_that_would_have_gone(ada, bo, cardiology, circles):
    row = plan_split(ada.actor, cardiology)
    went = set(going(row).values_list("member", flat=True))
    choose_keeper(ada.actor, row, ada.member.pk, 1)
    stay = set(row.moves.filter(part=0).values_list("member", flat=True))
    assert stay == (went - {bo.member.pk}) | {ada.member.pk}
    assert parts_of(row)[1].owner == bo.member
    carried(ada.actor, row)
    assert set(member_ids(cardiology.pk)) == stay

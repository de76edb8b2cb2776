"""How long members last: the last 90 days, of which nobody can say who is gone, flatter no community."""

import pytest

from hearth.insight.services.archive_metrics import measure_archive
from hearth.insight.tests.talk import START, Talk

TODAY = 300
FIRST_DAY = START // 86_400_000


def lasting(talk: Talk, weeks: int = 4):
    found = measure_archive(talk.log(), day=FIRST_DAY + TODAY)
    (one,) = [one for one in found.readings if one.group == "" and one.metric.name == f"lasting_{weeks}w"]
    return one.value, one.n


@pytest.mark.parametrize(
    ("stayers", "leavers", "share"),
    [(6, 0, 1.0), (3, 3, 0.5), (6, 2, 0.75), (1, 4, 0.2)],
)
def test_who_left_at_once_and_who_stayed_are_counted_where_both_can_be_known(stayers, leavers, share):
    talk = Talk()
    talk.many(range(100, 299, 3), [f"stays {n}" for n in range(stayers)])
    talk.many([100], [f"leaves {n}" for n in range(leavers)])
    assert lasting(talk) == (pytest.approx(share, abs=1e-12), stayers + leavers)


def test_who_came_in_the_last_ninety_days_counts_neither_way():
    talk = Talk()
    talk.many(range(100, 299, 3), [f"stays {n}" for n in range(3)])
    talk.many([100], [f"leaves {n}" for n in range(3)])
    talk.many([250], [f"new {n}" for n in range(40)])  # they wrote once, and nobody knows yet
    assert lasting(talk) == (0.5, 6)


def test_a_young_community_is_told_nothing_rather_than_all():
    talk = Talk()
    talk.many(range(215, 299, 3), [f"new {n}" for n in range(20)])
    assert lasting(talk) == (None, 0)


def test_beyond_the_time_that_could_be_watched_nothing_is_told():
    talk = Talk()
    talk.many(range(100, 299, 3), [f"stays {n}" for n in range(6)])
    assert lasting(talk, 26) == (None, 6)  # watched for 110 days

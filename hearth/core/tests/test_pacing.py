"""How fast programs may read."""

from hearth.core.pacing import Pace


def test_a_burst_passes_and_then_one_for_each_interval():
    pace = Pace(per_minute=120, burst=3)
    assert [pace.wait("a", 10.0) for _ in range(3)] == [0, 0, 0]
    assert pace.wait("a", 10.0) == 1  # half a second, said in whole ones
    assert pace.wait("b", 10.0) == 0  # somebody else
    assert pace.wait("a", 10.5) == 0
    assert pace.wait("a", 10.5) == 1
    assert [pace.wait("a", 20.0) for _ in range(4)] == [0, 0, 0, 1]  # a rest gives the burst back, and no more


def test_who_waits_as_long_as_told_is_let_in():
    pace = Pace(per_minute=6, burst=2)
    assert [pace.wait("a", 0.0), pace.wait("a", 0.0)] == [0, 0]
    told = pace.wait("a", 0.0)
    assert told == 10
    assert pace.wait("a", told - 1) == 1
    assert pace.wait("a", told) == 0


def test_those_who_rest_are_forgotten():
    pace = Pace(per_minute=60, burst=1)
    pace.FORGET_AT = 3
    assert [pace.wait(name, 0.0) for name in "abc"] == [0, 0, 0]
    assert pace.wait("d", 100.0) == 0
    assert len(pace._due) == 1

"""What of a history is no longer in force."""

import pytest

from hearth.blueprint.rules.undoing import undone


@pytest.mark.parametrize(
    ("history", "gone"),
    [
        ([], set()),
        ([(2, None), (1, None)], set()),
        ([(3, 2), (2, None), (1, None)], {2}),
        ([(4, 2), (3, None), (2, None), (1, None)], {2, 3}),
        ([(3, 2), (2, 1), (1, None)], {2}),  # the way back was taken back: the first is in force again
        ([(5, 4), (4, 1), (3, 2), (2, None), (1, None)], {4, 2}),
        ([(4, 1), (3, 2), (2, None), (1, None)], {1, 2, 3}),
    ],
)
def test_a_way_back_takes_back_all_since_and_gives_it_again_when_it_is_taken_back(history, gone):
    assert undone(history) == gone

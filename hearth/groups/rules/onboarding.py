"""The first days in a group: how long one is new, what comes first, who greets."""

from collections.abc import Mapping
from datetime import timedelta

NEW_FOR = timedelta(days=7)  # who is greeted
STEPS_FOR = timedelta(days=14)  # how long the first steps are shown
MOST_STEPS = 3  # more is homework


def choose_buddy(greeting: Mapping[int, int]) -> int | None:
    """Of those who tend a group (member → newcomers they greet now) the one with the fewest; of equals the first."""
    return min(sorted(greeting), key=lambda member: greeting[member]) if greeting else None

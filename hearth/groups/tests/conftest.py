"""Groups that several files of tests begin with."""

import pytest

from hearth.groups.services import admit_member, change_group, open_group
from hearth.groups.tests.circles import talk
from tests.cast import newcomer


@pytest.fixture
def circles(ada, bo, cardiology, community):
    """Twelve in cardiology: Ada and Chen's circle, and Bo's, who answer one another."""
    people = [newcomer(community, f"M{n}", kind="professional") for n in range(9)]
    for one in people:
        admit_member(ada.actor, cardiology, one.member, how="staff")
    change_group(ada.actor, cardiology, capacity=12)
    for circle in ([ada, *people[:4]], [bo, *people[4:]]):
        for one, other in zip(circle, [*circle[1:], circle[0]], strict=True):
            talk(cardiology, one, other)
            talk(cardiology, other, one)
    return people


@pytest.fixture
def studio(ada):
    """A general group of three places, one of them its owner's."""
    return open_group(ada.actor, name="Yoga", capacity=3, space="general")


@pytest.fixture
def people(community):
    """Six customers, the first of them the first to come."""
    return [newcomer(community, name, kind="customer") for name in ("Fay", "Gu", "Hana", "Ivo", "Jo", "Kim")]

"""What measuring found."""

from hearth.core.facts import fact


@fact("insight.group_cooling")
class GroupCooling:
    """A group passed into a colder stage of life."""

    group: int
    before: str
    after: str


@fact("insight.group_warming")
class GroupWarming:
    """A group passed into a warmer stage of life."""

    group: int
    before: str
    after: str

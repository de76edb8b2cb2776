"""What happens when members go from group to group together."""

from hearth.core.facts import fact


@fact("groups.member_moved")
class MemberMoved:
    """A member went from one group to another with a regrouping; ``undone`` when they were brought back.

    ``kind`` is split, merge or move. After a merge they are still in the first group, which is closed.
    """

    regrouping: int
    kind: str
    member: int
    from_group: int
    to_group: int
    undone: bool = False


@fact("groups.line_moved")
class LineMoved:
    """Somebody's wait in the line of a group that was merged goes on in the home, or ended.

    ``refused``: the code of what keeps them out of that line. ``undone``: they stand in the first line again.
    """

    regrouping: int
    member: int
    from_group: int
    to_group: int
    refused: str = ""
    undone: bool = False


@fact("groups.group_split")
class GroupSplit:
    """A group was parted: into which groups, itself first, and how many members went and did not go."""

    regrouping: int
    group: int
    groups: list[int]
    moved: int
    refused: int


@fact("groups.groups_merged")
class GroupsMerged:
    """Groups were brought together in one, and closed where everybody found room."""

    regrouping: int
    group: int
    groups: list[int]
    moved: int
    refused: int


@fact("groups.regrouping_undone")
class RegroupingUndone:
    """A split, merge or move was taken back; ``stayed`` could not be."""

    regrouping: int
    group: int
    returned: int
    stayed: int

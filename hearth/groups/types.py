"""What groups hands to others: rights in a group. All immutable."""

from dataclasses import dataclass
from datetime import datetime

from hearth.core.permissions import GroupRole


@dataclass(frozen=True, slots=True)
class PostingRight:
    """Everything that decides whether a member has a voice in a group: one query, then pure rules.

    ``muted_until`` is the end of the longest live mute (a mute without end: the year 9999); ``readable`` says whether
    they may read it at all.
    """

    community_id: int
    group_id: int
    member_id: int | None
    is_in: bool
    readable: bool
    roles: frozenset[GroupRole]
    muted_until: datetime | None
    banned: bool
    closed: bool
    space: str

"""What groups hands to others: rights to post, rooms at a glance. All immutable."""

from dataclasses import dataclass
from datetime import datetime

from hearth.core.permissions import KEEPERS, LEADING, GroupRole


@dataclass(frozen=True, slots=True)
class PostingRight:
    """What a member may do in one group's talk, read in one query and judged by pure rules.

    ``muted_until`` is None without a mute; a mute without an end has the year 9999. ``readable``: members read, an open
    group is read by every member of the community, and staff who keep order read everywhere; the banned do not.
    """

    group_id: int
    member_id: int
    is_in: bool
    roles: frozenset[GroupRole]
    muted_until: datetime | None
    banned: bool
    closed: bool
    space: str
    visibility: str
    readable: bool

    @property
    def is_keeper(self) -> bool:
        """Owner, keeper or assistant."""
        return bool(self.roles & KEEPERS)

    @property
    def is_leading(self) -> bool:
        """Owner or keeper."""
        return bool(self.roles & LEADING)

    def muted_at(self, moment: datetime) -> bool:
        """Whether the member's voice is taken away at ``moment``."""
        return self.muted_until is not None and moment < self.muted_until

"""What notify hands to others."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice as its reader sees it: ``text`` is worded in their language, names as the group's space shows them."""

    id: int
    reason: str
    icon: str
    text: str
    path: str
    group_id: int | None
    group_name: str
    created_at: datetime
    is_read: bool

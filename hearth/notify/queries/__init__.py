"""What others may ask about notices."""

from hearth.notify.queries.digests import due_members
from hearth.notify.queries.inbox import (
    failed_deliveries,
    inbox,
    levels_of,
    preference_of,
    shown,
    unread_count,
)

__all__ = ["due_members", "failed_deliveries", "inbox", "levels_of", "preference_of", "shown", "unread_count"]

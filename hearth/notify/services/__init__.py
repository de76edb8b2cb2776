"""What can be done with notices."""

from hearth.notify.services.digests import close_lost_deliveries, send_digest, stop_mail
from hearth.notify.services.inbox import mark_all_read, mark_read, set_level, set_preference
from hearth.notify.services.telling import place_of, tell

__all__ = [
    "close_lost_deliveries",
    "mark_all_read",
    "mark_read",
    "place_of",
    "send_digest",
    "set_level",
    "set_preference",
    "stop_mail",
    "tell",
]

"""What insight does: measure, and keep the newest reading."""

from hearth.insight.services.people import refresh_people
from hearth.insight.services.pulse import refresh_pulse

__all__ = ["refresh_people", "refresh_pulse"]

"""What insight does: measure, keep the newest reading, and raise alarms within their budget."""

from hearth.insight.services.alarms import dismiss_alarm, keep_alarms, snooze_alarm, undo_answer
from hearth.insight.services.pulse import refresh_pulse

__all__ = ["dismiss_alarm", "keep_alarms", "refresh_pulse", "snooze_alarm", "undo_answer"]

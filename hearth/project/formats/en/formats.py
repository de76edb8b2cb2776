"""English: 11/28/2026 is the eleventh of something to half of those who read English."""

SHORT_DATE_FORMAT = "M j, Y"
SHORT_DATETIME_FORMAT = "M j, Y, P"

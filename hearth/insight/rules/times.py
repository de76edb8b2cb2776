"""Lengths of time in milliseconds, the unit of all times here."""

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

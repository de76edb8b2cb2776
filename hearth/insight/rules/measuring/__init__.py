"""From acts to numbers, in expressions that DuckDB and Spark both run: roll-ups by day, windows, all metrics.

Days are whole numbers since 1970-01-01 in the group's own zone, times ms since 1970 UTC: no engine's idea of zones or
calendars can make a difference.
"""

"""Metrics for programs: the catalogue and its readings, the same numbers that the pages show."""

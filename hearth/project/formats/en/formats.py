"""English: one way to write a day, the same in long and short, as the browser's own scripts write it: Nov 28, 2026.

11/28/2026 is the eleventh of something to half of those who read English; 4 p.m. is 16:00 everywhere else in the house.
"""

DATE_FORMAT = SHORT_DATE_FORMAT = "M j, Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "M j, Y, H:i"
MONTH_DAY_FORMAT = "M j"
TIME_FORMAT = "H:i"

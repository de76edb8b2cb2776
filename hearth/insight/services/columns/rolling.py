"""Roll-ups of dirty (group, day)s, week by week, and the spans of the members they touch."""

from collections.abc import Callable
from functools import cache

import ibis
from ibis.expr.types import Table

from hearth.insight.rules.measuring.rollup import LOOK_AHEAD, LOOK_BACK, Source, roll_up
from hearth.insight.services.columns.work import ROLLED, WEEK, Work, as_sql, described, getvariable, quoted

# A member's span in a group: from the rows that were rolled up now, from the old span where its ends still stand, and
# from all weeks for those whose first or last message is gone.
_SPANS = """
CREATE TABLE new_spans AS
WITH found AS (
    SELECT unit, member, min(day) AS first_day, min("at") AS first_at,
           arg_min(message, ("at", message)) AS first_message, max(day) AS last_day
    FROM rescanned GROUP BY unit, member
    UNION ALL
    SELECT unit, member, min(day), min("at"), arg_min(message, ("at", message)), max(day)
    FROM rolled WHERE (unit, member) NOT IN (SELECT (unit, member) FROM lost) GROUP BY unit, member
    UNION ALL
    SELECT unit, member, first_day, first_at, first_message, last_day
    FROM spans WHERE (unit, member) NOT IN (SELECT (unit, member) FROM lost)
)
SELECT unit, member, min(first_day) AS first_day, min(first_at) AS first_at,
       arg_min(first_message, (first_at, first_message)) AS first_message, max(last_day) AS last_day
FROM found GROUP BY unit, member
"""

_LOST = """
CREATE TABLE lost AS
SELECT s.unit, s.member FROM spans s
LEFT JOIN rolled f ON f.unit = s.unit AND f.message = s.first_message AND f.member = s.member AND f."at" = s.first_at
WHERE (s.unit, s.first_day) IN (SELECT (unit, day) FROM dirty) AND f.message IS NULL
UNION
SELECT s.unit, s.member FROM spans s
LEFT JOIN (SELECT DISTINCT unit, member, day FROM rolled) l
    ON l.unit = s.unit AND l.member = s.member AND l.day = s.last_day
WHERE (s.unit, s.last_day) IN (SELECT (unit, day) FROM dirty) AND l.member IS NULL
"""


def roll(work: Work, tell: Callable[[int, int], None]) -> None:
    """Write the roll-ups of every week with a dirty day; the rows of clean (group, day)s are carried over."""
    work.sql(f"CREATE TABLE rolled AS SELECT {quoted('messages')} FROM messages WHERE false")
    weeks = [week for (week,) in work.sql(f"SELECT DISTINCT day // {WEEK} FROM dirty ORDER BY 1")]
    for place, week in enumerate(weeks):
        _roll_week(work, week)
        tell(place + 1, len(weeks))
    work.view("messages", work.files("messages"), "every_message", check=False)
    work.sql(_LOST)
    work.sql(
        "CREATE TABLE rescanned AS SELECT m.* FROM every_message m JOIN lost USING (unit, member) WHERE m.organic"
        if work.sql("SELECT 1 FROM lost LIMIT 1")
        else "CREATE TABLE rescanned AS SELECT * FROM rolled WHERE false"
    )
    work.sql(_SPANS)
    work.write("spans", 0, "SELECT * FROM new_spans")


def _roll_week(work: Work, week: int) -> None:
    first, last = week * WEEK, week * WEEK + WEEK - 1
    work.sql(f"CREATE OR REPLACE TABLE todo AS SELECT unit, day FROM dirty WHERE day BETWEEN {first} AND {last}")
    near = work.files("acts", (first - LOOK_BACK) // WEEK, (last + LOOK_AHEAD) // WEEK)
    if not near:
        return
    work.view("acts", near, "week_acts")
    work.sql(f"SET VARIABLE first_day = {first}::INTEGER")
    work.sql(f"SET VARIABLE last_day = {last}::INTEGER")
    for name, statement in plan():
        work.sql(f"CREATE OR REPLACE TEMP TABLE {name} AS {statement}")
    for table in ROLLED:
        fresh = f"SELECT * FROM rolled_{table}"
        if table == "messages":
            work.sql(f"INSERT INTO rolled BY NAME {fresh} WHERE organic")
        old = work.files(table, week, week)
        if old:
            work.view(table, old, "old_rows")
            fresh += " UNION ALL BY NAME SELECT * FROM old_rows WHERE (unit, day) NOT IN (SELECT (unit, day) FROM todo)"
        work.write(table, week, fresh)


@cache
def plan() -> tuple[tuple[str, str], ...]:
    """The statements that roll up the days from ``first_day`` to ``last_day``, in order: compiled once, run for every
    week. Each makes the table of its name, and those after it read it.
    """
    made: list[tuple[str, str]] = []

    def keep(rows: Table, name: str = "") -> Table:
        name = name or f"kept_{len(made)}"
        made.append((name, as_sql(rows)))
        return ibis.table(rows.schema(), name=name)

    dirty = ibis.table({"unit": "int64", "day": "int32"}, name="todo")
    acts = described("week_acts", "acts").semi_join(dirty, "unit")
    gone, verdicts = described("new_takedowns", "takedowns"), described("new_verdicts", "verdicts")
    people = described("new_people", "people")
    source = Source(acts, people, gone.filter(gone.gone), verdicts.filter(verdicts.stands))
    rolls = roll_up(source, getvariable("first_day"), getvariable("last_day"), keep)
    for table in ROLLED:
        keep(getattr(rolls, table).semi_join(dirty, ["unit", "day"]), f"rolled_{table}")
    return tuple(made)

"""What a refresh has to compute anew: the (group, day)s that new acts, corrections and merges touch."""

from hearth.insight.rules.columnfile import place_of
from hearth.insight.rules.measuring.rollup import DAY_MS, LOOK_AHEAD, LOOK_BACK, SILENCE_MS
from hearth.insight.services.columns.work import WEEK, Feed, Work

# For each message taken down or put back: itself, whom it answered, who answered it, and the silence after it.
_TAKEN = """
INSERT INTO dirty
WITH heard AS (SELECT * FROM meant WHERE day // 7 = {week} AND object IN
    (SELECT object FROM new_acts WHERE kind IN ('taken_down', 'put_back')))
SELECT unit, day FROM heard
UNION ALL SELECT unit, day + 1 FROM heard
UNION ALL SELECT a.unit, a.day FROM beside a JOIN heard m ON a.object = m.parent
UNION ALL SELECT a.unit, a.day FROM beside a JOIN heard m ON a.object = m.thread
UNION ALL SELECT a.unit, a.day + 1 FROM beside a JOIN heard m ON a.object = m.thread
UNION ALL SELECT a.unit, a.day FROM beside a JOIN heard m ON a.thread = m.thread
UNION ALL SELECT a.unit, a.day FROM beside a JOIN heard m ON a.parent = m.object
UNION ALL SELECT a.unit, a.day FROM beside a JOIN heard m ON a.thread = m.object
"""

# Both the old and the new verdict on a question: the day it was given, and the day the question was asked.
_SETTLED = """
INSERT INTO dirty
SELECT unit, day FROM verdicts WHERE question IN (SELECT parent FROM new_acts WHERE kind IN ('accepted', 'withdrawn'))
UNION ALL SELECT unit, day FROM new_acts WHERE kind IN ('accepted', 'withdrawn')
UNION ALL SELECT unit, day FROM meant WHERE object IN
    (SELECT parent FROM new_acts WHERE kind IN ('accepted', 'withdrawn'))
"""

_ANSWERED = f"""
INSERT INTO dirty
SELECT q.unit, q.day FROM near_acts q JOIN new_acts r ON q.object = r.{{link}}
WHERE q.kind = 'message' AND r.kind = 'message' AND r."at" - q."at" <= {LOOK_AHEAD * DAY_MS}
"""

# A message that begins a thread leaves the talk outside threads: what follows within the hour may lie in the next day.
_OPENED = f"""
INSERT INTO dirty
SELECT q.unit, q.day + 1 FROM near_acts q JOIN new_acts r ON q.object = r.thread
WHERE q.kind = 'message' AND r.kind = 'message' AND r."at" - q."at" <= {LOOK_AHEAD * DAY_MS}
    AND (q."at" + q."offset" * 60000) % {DAY_MS} >= {DAY_MS - SILENCE_MS}
"""

# In a thread a message answers the one before it, and is answered by the one after it.
_BESIDE = f"""
INSERT INTO dirty
SELECT DISTINCT q.unit, q.day FROM near_acts q JOIN new_acts r ON q.thread = r.thread
WHERE q.kind = 'message' AND r.kind = 'message' AND (
    (q.question AND r."at" - q."at" BETWEEN 0 AND {LOOK_AHEAD * DAY_MS})
    OR (q."at" >= r."at" AND q.day <= r.day + {LOOK_BACK}))
"""

# A merge, a claim or its undoing: every day of every group the identity spoke in.
_MERGED = """
INSERT INTO dirty SELECT DISTINCT unit, day FROM every_act WHERE unit IN (
    SELECT DISTINCT unit FROM every_act WHERE identity IN (SELECT identity FROM moved)
)
"""


def take_in(work: Work, feed: Feed, upto: int) -> None:
    """Read the new acts and write them by week."""
    work.sql("CREATE TABLE new_acts AS SELECT * FROM acts")
    for batch in feed.acts(work.base.through, upto):
        work.add("new_acts", batch)
    work.write_weeks("acts", "new_acts")


def take_in_presence(work: Work, feed: Feed) -> int:
    """Read who was seen since; returns the last id read."""
    read = work.base.presence_through
    work.sql("CREATE TABLE new_presence AS SELECT * FROM presence WHERE false")
    for last, batch in feed.presence(work.base.presence_through):
        read = last
        work.add("new_presence", batch)
    work.write_weeks("presence", "new_presence")
    return read


def find_dirty(work: Work) -> None:
    """Fill the table ``dirty`` (unit, day). Costs nothing that grows with history unless history was corrected."""
    work.sql("CREATE TABLE dirty (unit BIGINT, day INTEGER)")
    work.sql("INSERT INTO dirty SELECT DISTINCT unit, day FROM new_acts")
    work.sql("INSERT INTO dirty SELECT DISTINCT unit, day + 1 FROM new_acts WHERE kind = 'message'")
    if not work.base.through:
        work.sql("CREATE OR REPLACE TABLE dirty AS SELECT DISTINCT unit, day FROM dirty")
        return
    first, last = work.sql("SELECT min(day), max(day) FROM new_acts WHERE kind = 'message'")[0]
    if first is not None:
        near = work.files("acts", (first - LOOK_AHEAD - 1) // WEEK, (last + LOOK_BACK) // WEEK)
        work.view("acts", near, "near_acts")
        for link in ("parent", "thread"):
            work.sql(_ANSWERED.format(link=link))
        work.sql(_OPENED)
        work.sql(_BESIDE)
    _find_meant(work)
    for (week,) in work.sql(f"SELECT DISTINCT day // {WEEK} FROM meant ORDER BY 1"):
        near = work.files("acts", week - 1 - LOOK_AHEAD // WEEK, week + 2 + LOOK_BACK // WEEK)
        work.view("acts", near, "beside_acts")
        work.sql("CREATE OR REPLACE VIEW beside AS SELECT * FROM beside_acts WHERE kind = 'message'")
        work.sql(_TAKEN.format(week=week))
    work.sql(_SETTLED)
    work.view("acts", work.files("acts"), "every_act", check=False)
    work.sql(
        "CREATE TABLE moved AS SELECT identity FROM new_people n JOIN people p USING (identity) "
        "WHERE n.member <> p.member OR n.is_bot <> p.is_bot"
    )
    if work.sql("SELECT 1 FROM moved LIMIT 1"):
        work.sql(_MERGED)
    work.sql("CREATE OR REPLACE TABLE dirty AS SELECT DISTINCT unit, day FROM dirty")


def _find_meant(work: Work) -> None:
    """Fill the table ``meant`` with the messages that takedowns and verdicts are about, looked for from the newest week
    back, further at every step: most are of the last days, and only what is older costs more.
    """
    work.sql("CREATE TABLE meant (unit BIGINT, day INTEGER, object BIGINT, parent BIGINT, thread BIGINT)")
    work.sql(
        "CREATE TABLE sought AS "
        "SELECT DISTINCT CASE WHEN kind IN ('accepted', 'withdrawn') THEN parent ELSE object END AS object "
        "FROM new_acts WHERE kind IN ('taken_down', 'put_back', 'accepted', 'withdrawn')"
    )
    weeks = sorted({place_of(name)[1] for name in work.files("acts")}, reverse=True)
    begin, step = 0, 2
    while begin < len(weeks) and work.sql("SELECT 1 FROM sought LIMIT 1"):
        work.view("acts", work.files("acts", weeks[min(begin + step, len(weeks)) - 1], weeks[begin]), "sought_acts")
        work.sql(
            "INSERT INTO meant SELECT unit, day, object, parent, thread FROM sought_acts "
            "WHERE kind = 'message' AND object IN (FROM sought)"
        )
        work.sql("DELETE FROM sought WHERE object IN (SELECT object FROM meant)")
        begin, step = begin + step, step * 2


def settle_states(work: Work) -> None:
    """The newest word on each takedown and verdict."""
    work.sql(
        "CREATE TABLE new_takedowns AS SELECT object, max(fact) AS fact, arg_max(gone, fact) AS gone FROM ("
        "SELECT object, fact, gone FROM takedowns UNION ALL "
        "SELECT object, fact, kind = 'taken_down' FROM new_acts WHERE kind IN ('taken_down', 'put_back')) "
        "GROUP BY object"
    )
    work.sql(
        "CREATE TABLE new_verdicts AS SELECT * FROM ("
        "SELECT question, fact, unit, day, answer, identity, stands FROM verdicts UNION ALL "
        "SELECT parent, fact, unit, day, object, identity, kind = 'accepted' FROM new_acts "
        "WHERE kind IN ('accepted', 'withdrawn')) "
        "QUALIFY row_number() OVER (PARTITION BY question ORDER BY fact DESC) = 1"
    )
    work.write("takedowns", 0, "SELECT * FROM new_takedowns")
    work.write("verdicts", 0, "SELECT * FROM new_verdicts")

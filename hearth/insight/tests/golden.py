"""Every metric written by hand in DuckDB's SQL, from its definition in words: what the expressions are held against.

``{m}`` is the moment; the tables are the log's (``log_messages`` and so on). Each gives (unit, value, n).
"""


def _share(rows: str, of: str) -> str:
    return f"SELECT unit, avg(coalesce({of}, false)::INT) AS value, count(*) AS n FROM {rows} GROUP BY unit"


def _count(rows: str) -> str:
    return f"SELECT unit, count(*) AS value, count(*) AS n FROM {rows} GROUP BY unit"


def _people(rows: str) -> str:
    return f"SELECT unit, count(DISTINCT member) AS value, count(DISTINCT member) AS n FROM {rows} GROUP BY unit"


def _during(table: str, days: int, skip: int = 0, more: str = "true") -> str:
    return f"(SELECT * FROM log_{table} WHERE day >= {{m}} - {days + skip} AND day < {{m}} - {skip} AND {more})"


def _sum(column: str) -> str:
    rows = _during("member_days", 28)
    return f"SELECT unit, sum({column}) AS value, sum({column}) AS n FROM {rows} GROUP BY unit"


def _active(days: int, skip: int = 0) -> str:
    return _during("member_days", days, skip, "messages + reactions > 0")


def _wrote(days: int, skip: int = 0) -> str:
    return _during("member_days", days, skip, "messages > 0")


def _who(rows: str) -> str:
    return f"(SELECT DISTINCT unit, member FROM {rows})"


def _both(rows: str, others: str) -> str:
    return f"({_who(rows)[1:-1]} INTERSECT {_who(others)[1:-1]})"


def _one(rows: str, others: str) -> str:
    return f"({_who(rows)[1:-1]} EXCEPT {_who(others)[1:-1]})"


def _ratio(part: str, whole: str, less: int = 0) -> str:
    return (
        f"SELECT w.unit, coalesce(p.value, 0) / nullif(w.value, 0)::DOUBLE - {less} AS value, w.value AS n "
        f"FROM ({whole}) w LEFT JOIN ({part}) p USING (unit)"
    )


def _quantile(rows: str, column: str, at: float) -> str:
    return f"SELECT unit, quantile_cont({column}, {at}) AS value, count(*) AS n FROM {rows} GROUP BY unit"


def _asked(days: int, skip: int = 0) -> str:
    return _during("messages", days, skip, "organic AND question")


def _opened(days: int, skip: int = 0) -> str:
    return _during("messages", days, skip, "organic AND start")


def _waiting(rows: str, duration: str, happened: str) -> str:
    """Kaplan-Meier, as a running product."""
    return f"""(
    SELECT unit, d, product(1 - h::DOUBLE / r) OVER (PARTITION BY unit ORDER BY d) AS still, n FROM (
        SELECT unit, d, h, sum(c) OVER (PARTITION BY unit ORDER BY d DESC) AS r,
            sum(c) OVER (PARTITION BY unit) AS n FROM (
            SELECT unit, {duration} AS d, count(*) AS c, count(*) FILTER (WHERE {happened}) AS h
            FROM {rows} GROUP BY ALL)) WHERE h > 0)"""


def _median(rows: str, duration: str, happened: str) -> str:
    steps = _waiting(rows, duration, happened)
    return (
        f"SELECT c.unit, h.value, c.n FROM (SELECT unit, count(*) AS n FROM {rows} GROUP BY unit) c LEFT JOIN "
        f"(SELECT unit, min(d) AS value FROM {steps} WHERE still <= 0.5 + 1e-9 GROUP BY unit) h USING (unit)"
    )


def _lasting(weeks: int) -> str:
    rows = "(SELECT *, last_day < {m} - 90 AS gone FROM log_spans WHERE first_day < {m} - 90)"
    lasted = "CASE WHEN gone THEN last_day ELSE {m} - 90 END - first_day"
    steps = _waiting(rows, lasted, "gone")
    return (
        f"SELECT c.unit, CASE WHEN c.longest >= {weeks * 7} THEN coalesce(s.still, 1.0) END AS value, c.n "
        f"FROM (SELECT unit, count(*) AS n, max({lasted}) AS longest "
        f"FROM {rows} GROUP BY unit) c "
        f"LEFT JOIN (SELECT unit, min(still) AS still FROM {steps} WHERE d <= {weeks * 7} GROUP BY unit) s USING (unit)"
    )


def _week(week: int) -> str:
    first = f"{{m}} - {7 * (week + 1)}"
    cohort = f"(SELECT * FROM log_spans WHERE first_day >= {first} AND first_day < {first} + 7)"
    return _ratio(_count(_both(cohort, _wrote(7))), _count(cohort))


_STANDS = "joined < {m} AND (until IS NULL OR until >= {m})"
_MEMBERS = f"(SELECT * FROM log_memberships WHERE {_STANDS})"
_SETTLED = "(SELECT * FROM log_memberships WHERE joined < {m} - 7 AND (until IS NULL OR until >= {m}))"
_THEN = "(SELECT * FROM log_memberships WHERE joined < {m} - 28 AND (until IS NULL OR until >= {m} - 28))"
_NEW = "(SELECT * FROM log_memberships WHERE joined >= {m} - 28 AND joined < {m})"
_LEFT = "(SELECT * FROM log_memberships WHERE until >= {m} - 28 AND until < {m} AND joined < {m})"
_SPANS = "(SELECT * FROM log_spans WHERE first_day < {m})"
_LATE = (  # members' first messages, without the founders'
    f"(SELECT * FROM (SELECT *, min(first_at) OVER (PARTITION BY unit) AS founded FROM {_SPANS}) "
    "WHERE first_at - founded >= 28::BIGINT * 86400000)"
)
_TALKED = f"(SELECT unit, member, sum(messages) AS x FROM {_during('member_days', 28)} GROUP BY ALL HAVING x > 0)"
_QUARTER = f"(SELECT unit, member, sum(messages) AS x FROM {_during('member_days', 91)} GROUP BY ALL HAVING x > 0)"
_PAIRS = f"(SELECT DISTINCT unit, member, other FROM {_during('ties', 91)})"
_MUTUAL = (
    f"(SELECT a.* FROM {_PAIRS} a JOIN {_PAIRS} b ON a.unit = b.unit AND a.member = b.other AND a.other = b.member)"
)
_DAYS = f"(SELECT unit, member, day FROM {_active(28)})"


def _entered(days: int, skip: int) -> str:
    return f"""(SELECT j.*, CASE WHEN s.first_day >= j.joined THEN s.first_day END AS first FROM log_memberships j
    LEFT JOIN {_SPANS} s USING (unit, member) WHERE joined >= {{m}} - {days + skip} AND joined < {{m}} - {skip})"""


def _cohort(week: int) -> str:
    joined = f"(SELECT * FROM log_memberships WHERE joined >= {{m}} - {7 * week + 7} AND joined < {{m}} - {7 * week})"
    return _ratio(_count(_both(joined, _active(7))), _people(joined))


_FIRST_WRITERS = f"(SELECT * FROM {_entered(28, 28)} WHERE first - joined < 28)"
_HEARD = f"""(SELECT w.* FROM {_FIRST_WRITERS} w SEMI JOIN (SELECT s.unit, s.member FROM {_SPANS} s
    JOIN {_during("messages", 56)} q ON q.unit = s.unit AND q.message = s.first_message
    WHERE answer_hours IS NOT NULL) a USING (unit, member))"""
_STAYED = f"""(SELECT unit, member FROM {_HEARD} j JOIN {_active(56)} d USING (unit, member)
    WHERE day >= joined AND day < joined + 28 GROUP BY ALL HAVING count(DISTINCT day) >= 3)"""


def _kept() -> str:
    rows = (
        f"(SELECT l.unit, l.member, {{m}} - l.first_day AS seen, min(d.day - l.first_day) AS back FROM {_LATE} l "
        f"LEFT JOIN {_wrote(182)} d ON d.unit = l.unit AND d.member = l.member "
        "AND d.day - l.first_day BETWEEN 8 AND 89 "
        "WHERE l.first_day >= {m} - 182 AND l.first_day < {m} - 8 GROUP BY ALL)"
    )
    steps = _waiting(rows, "coalesce(back, least(seen, 90))", "back IS NOT NULL")
    return (
        f"SELECT c.unit, CASE WHEN c.old >= 5 THEN 1 - coalesce(s.still, 1.0) END AS value, c.n FROM (SELECT unit, "
        f"count(*) AS n, count(*) FILTER (WHERE seen >= 36) AS old FROM {rows} GROUP BY unit) c LEFT JOIN "
        f"(SELECT unit, min(still) AS still FROM {steps} WHERE d <= 90 GROUP BY unit) s USING (unit)"
    )


def _habit() -> str:
    joined = "(SELECT * FROM log_memberships WHERE joined >= {m} - 42 AND joined < {m} - 14)"
    held = f"""(SELECT unit, member FROM {joined} j JOIN {_active(42)} d USING (unit, member)
    WHERE day >= joined AND day < joined + 14 GROUP BY ALL HAVING count(DISTINCT day) >= 3)"""
    return _ratio(_count(held), _count(joined))


_BEFORE, _NOW = _wrote(28, 28), _wrote(28)
_WAIT = 'coalesce(answer_hours, least(({m}::BIGINT * 86400000 - "at" - "offset" * 60000) / 3600000, 168)::DOUBLE)'
BY_HAND = {
    "messages_28d": _sum("messages"),
    "reactions_28d": _sum("reactions"),
    "seeded_28d": _sum("seeded"),
    "messages_median": _quantile(_TALKED, "x", 0.5),
    "messages_p90": _quantile(_TALKED, "x", 0.9),
    "starts_per_week": f"SELECT unit, count(*) / 4 AS value, count(*) AS n FROM {_opened(28)} GROUP BY unit",
    "starters_28d": _people(_opened(28)),
    "replies_median": _quantile(_opened(28, 7), "replies", 0.5),
    "threads_of_three": _share(_opened(28), "repliers >= 2"),
    "starts_trend": f"SELECT unit, coalesce(c, 0) / (b / 3) - 1 AS value, b AS n FROM (SELECT unit, count(*) AS b FROM "
                    f"{_opened(84, 28)} GROUP BY unit) LEFT JOIN (SELECT unit, count(*) AS c FROM {_opened(28)} "
                    "GROUP BY unit) USING (unit) SEMI JOIN (FROM log_units WHERE born <= {m} - 84) u USING (unit)",
    "organic_share": _share(_during("messages", 56), "organic"),
    "questions": _count(_asked(91)),
    "questions_28d": _count(_asked(28)),
    "questions_answered_24h": _share(_asked(90, 1), "answer_hours <= 24"),
    "questions_answered_7d": _share(_asked(28, 7), "answer_hours <= 168"),
    "questions_accepted": _share(_asked(28, 7), "accepted"),
    "questions_open": f"SELECT unit, count(*) AS value, count(*) AS n FROM {_asked(90, 1)} "
                      "WHERE answer_hours IS NULL GROUP BY unit",
    "time_to_first_answer": _median(_asked(91), _WAIT, "answer_hours IS NOT NULL"),
    "first_reply_coverage": _share(
        f"(SELECT q.* FROM {_during('messages', 181, 1, 'organic AND start')} q SEMI JOIN {_LATE} s "
        "ON q.unit = s.unit AND q.message = s.first_message)", "answer_hours <= 24"),
    "newcomers": _count(f"(SELECT * FROM {_LATE} WHERE first_day >= {{m}} - 28)"),
    "newcomers_kept": _kept(),
    "link_share": _share(_during("messages", 91, 0, "organic AND link IS NOT NULL"), "link"),
    "adverts": _count(_during("messages", 91, 0, "organic AND advert")),
    "advert_share": _share(_during("messages", 91, 0, "organic AND advert IS NOT NULL"), "advert"),
    "silence_days": "SELECT unit, greatest({m} - 1 - max(last_day), 0) AS value, count(*) AS n "
                    f"FROM {_SPANS} GROUP BY unit",
    "age_weeks": "SELECT unit, ({m} - min(d)) / 7 AS value, count(*) AS n FROM "
                 f"(SELECT unit, born AS d FROM log_units WHERE born < {{m}} UNION ALL "
                 f"SELECT unit, first_day FROM {_SPANS}) GROUP BY unit",
    "authors_peak": "SELECT unit, max(c) AS value, max(c) AS n FROM (SELECT unit, e, count(DISTINCT member) AS c FROM "
                    f"{_wrote(210)} w, range(27) t(e) WHERE ({{m}} - 1 - day) // 7 BETWEEN e AND e + 3 GROUP BY ALL) "
                    "GROUP BY unit",
    "top1_share": f"SELECT unit, max(x) / sum(x)::DOUBLE AS value, sum(x) AS n FROM {_QUARTER} GROUP BY unit",
    "absence_factor": "SELECT unit, count(*) FILTER (WHERE 2 * (c - x) < w) AS value, sum(x) AS n FROM ("
                      "SELECT unit, x, sum(x) OVER (PARTITION BY unit ORDER BY x DESC, member "
                      "ROWS UNBOUNDED PRECEDING) AS c, "
                      f"sum(x) OVER (PARTITION BY unit) AS w FROM {_QUARTER}) GROUP BY unit",
    "effective_speakers": f"SELECT unit, exp(ln(sum(x)) - sum(x * ln(x)) / sum(x)) AS value, sum(x) AS n "
                          f"FROM {_QUARTER} GROUP BY unit",
    "gini": "SELECT unit, coalesce((2.0 * sum(i * x) / (count(*) * sum(x)) - (count(*) + 1) / count(*)) * count(*) "
            "/ nullif(count(*) - 1, 0), 0) AS value, "
            "count(*) AS n FROM (SELECT unit, x::DOUBLE AS x, row_number() OVER (PARTITION BY unit ORDER BY x) AS i "
            f"FROM {_QUARTER}) GROUP BY unit",
    "reciprocity": _ratio(_count(_MUTUAL), _count(_PAIRS)),
    "mutual_tie_share": _ratio(_people(_MUTUAL), _people(_wrote(91))),
    "members": _people(f"(SELECT unit, member FROM {_MEMBERS} UNION ALL SELECT unit, member FROM {_SPANS} ANTI JOIN "
                       "(FROM log_memberships WHERE joined < {m}) k USING (unit, member))"),
    "new_members_28d": _people(_NEW),
    "members_left_28d": _people(_LEFT),
    "net_growth": _ratio(_count(_MEMBERS), _count(_THEN), 1),
    "leave_rate": _share(_THEN, "until < {m}"),
    "invited_share": _share(_NEW, "invited"),
    "in_two_groups": _share(
        f"(SELECT unit, member, count(*) AS c FROM log_places WHERE {_STANDS} GROUP BY ALL)", "c >= 2"),
    "verified_share": _share(_MEMBERS, "verified_from < {m} AND (verified_until IS NULL OR verified_until >= {m})"),
    "authors_28d": _people(_NOW),
    "authors_trend": _ratio(_people(_NOW), _people(_BEFORE), 1),
    "dau": f"SELECT unit, count(*) / 28 AS value, count(*) AS n FROM (SELECT DISTINCT * FROM {_DAYS}) GROUP BY unit",
    "wau": _people(_active(7)),
    "mau": _people(_active(28)),
    "stickiness": "SELECT unit, count(DISTINCT (member, day)) / 28 / count(DISTINCT member) AS value, "
                  f"count(DISTINCT member) AS n FROM {_DAYS} GROUP BY unit",
    "participation": _ratio(_count(_both(_SETTLED, _active(28))), _people(_SETTLED)),
    "lurker_share": _ratio(_count(_one(_during("presence", 28), _active(28))), _people(_during("presence", 28))),
    "weeks_active": "SELECT unit, count(*) AS value, count(*) AS n FROM (SELECT unit, ({m} - 1 - day) // 7 AS week "
                    f"FROM {_wrote(56)} GROUP BY ALL HAVING count(DISTINCT member) >= 2) GROUP BY unit",
    "activation_7d": _share(_entered(28, 7), "first - joined < 7"),
    "time_to_first_message": _median(_entered(91, 0), "coalesce(first, {m}) - joined", "first IS NOT NULL"),
    "habit_rate": _habit(),
    "approval_rate": _share(_during("doors", 28, 0, "kind = 'decided'"), "passed"),
    "threshold_passed": _share(_during("doors", 28, 7, "kind = 'tried'"), "passed AND settled < {m}"),
    "onboarding_completed": _share(_during("doors", 28, 7, "kind = 'welcomed'"), "passed"),
    "purity": _share("(SELECT * FROM log_doors WHERE kind = 'placed' AND day < {m})", "passed"),
    **{f"cohort_week_{week}": _cohort(week) for week in range(9)},
    "funnel_joined": _people(_entered(28, 28)),
    "funnel_wrote": _people(_FIRST_WRITERS),
    "funnel_answered": _people(_HEARD),
    "funnel_stayed": _people(_STAYED),
    "authors_returning": _ratio(_count(_both(_BEFORE, _NOW)), _people(_BEFORE)),
    **{f"week_{week}_retention": _week(week) for week in (1, 4, 8)},
    "lifecycle_new": _count("(SELECT * FROM log_spans WHERE first_day >= {m} - 28 AND first_day < {m})"),
    "lifecycle_returning": _count(_both(_NOW, _BEFORE)),
    "lifecycle_resurrected": _count(f"(SELECT * FROM {_one(_NOW, _BEFORE)} SEMI JOIN "
                                    "(SELECT * FROM log_spans WHERE first_day < {m} - 28) USING (unit, member))"),
    "lifecycle_dormant": _count(_one(_BEFORE, _NOW)),
    "quick_ratio": _ratio(_count(_one(_NOW, _BEFORE)), _count(_one(_BEFORE, _NOW))),
    **{f"lasting_{weeks}w": _lasting(weeks) for weeks in (4, 26, 52)},
}  # fmt: skip


def by_hand(name: str, nothing: float | None, minimum: int, moment: int) -> str:
    """A metric for every unit born by then, as its declaration says of nothing and of too few."""
    return (
        f"SELECT u.unit, CASE WHEN coalesce(f.n, 0) >= {minimum} "
        f"THEN coalesce(f.value, {'NULL' if nothing is None else nothing})::DOUBLE END AS value, "
        f"coalesce(f.n, 0)::BIGINT AS n "
        f"FROM log_units u LEFT JOIN ({BY_HAND[name]}) f USING (unit) WHERE u.born < {{m}}"
    ).replace("{m}", str(moment))

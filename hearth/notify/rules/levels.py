"""Who is told what: the level a member chose against the level a reason belongs to."""

ALWAYS, MENTIONS, ALL, NOTHING = "always", "mentions", "all", "nothing"


def is_told(reason_level: str, chosen: str) -> bool:
    """Whether a member with level ``chosen`` hears of a reason: what concerns them alone is always told."""
    if reason_level == ALWAYS:
        return True
    if reason_level == MENTIONS:
        return chosen in {MENTIONS, ALL}
    return chosen == ALL

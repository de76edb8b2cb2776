"""What real communities look like, measured on a plan.

The ranges the tests demand come from public archives: Gini of messages per member 0.74-0.97 with lurkers counted,
24-51 % of authors back after thirty days, 56-86 % of conversation starts answered within a day.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from hearth.project.demo.clock import local
from hearth.project.demo.shapes import DemoMessage, DemoPlan

SEEDS = ("operator", "scheduled", "bot", "partner")


@dataclass(frozen=True, slots=True)
class Measures:
    """Figures of a plan or of one of its groups. Shares are 0..1."""

    messages: int
    authors: int
    members: int
    gini: float
    top_share: float
    returned: float
    answered: float
    within_hour: float
    next_day: float
    night: float
    weekend: float
    repeated: float


def gini(counts: list[int]) -> float:
    """Gini coefficient of messages per member, members without any counted: 0 even, towards 1 one alone."""
    total, size = sum(counts), len(counts)
    if not total:
        return 0.0
    return 2 * sum(place * value for place, value in enumerate(sorted(counts), 1)) / (size * total) - (size + 1) / size


def measure(plan: DemoPlan, group: str | None = None) -> Measures:
    """The figures of one group, or of the whole community; seeded posts are left out."""
    rows = [row for row in plan.messages if row.origin not in SEEDS and group in (None, row.group)]
    members = {row.person for row in plan.memberships if group in (None, row.group)}
    written = Counter(row.author for row in rows)
    counts = [written.get(person, 0) for person in members]
    delays = first_delays(plan, rows)
    answered = [delay for delay in delays if delay is not None]
    texts = Counter(row.text for row in rows)
    size = max(len(rows), 1)
    return Measures(
        messages=len(rows),
        authors=len(written),
        members=len(members),
        gini=gini(counts),
        top_share=max(written.values(), default=0) / size,
        returned=returned_share(plan, rows),
        answered=sum(delay <= timedelta(hours=24) for delay in answered) / max(len(delays), 1),
        within_hour=sum(delay <= timedelta(hours=1) for delay in answered) / max(len(answered), 1),
        next_day=sum(timedelta(hours=6) <= delay <= timedelta(hours=36) for delay in answered) / max(len(answered), 1),
        night=sum(1 <= local(row.at).hour < 6 for row in rows) / size,
        weekend=sum(local(row.at).weekday() >= 5 for row in rows) / size,
        repeated=sum(count - 1 for count in texts.values()) / size,
    )


def first_delays(plan: DemoPlan, rows: list[DemoMessage]) -> list[timedelta | None]:
    """For each conversation start among ``rows`` the time to the first answer of somebody else, None without one.

    Starts of the last 24 hours are left out: their day is not over.
    """
    starts = {row.key: row for row in rows if row.thread is None and row.at < plan.now - timedelta(hours=24)}
    first: dict[str, timedelta] = {}
    for row in plan.messages:
        start = starts.get(row.thread or "")
        if start is not None and row.author != start.author and row.thread not in first:
            first[start.key] = row.at - start.at
    return [first.get(key) for key in starts]


def returned_share(plan: DemoPlan, rows: list[DemoMessage]) -> float:
    """Share of authors who wrote again thirty or more days after their first message.

    Only authors who began at least thirty days before the end can have come back.
    """
    first: dict[str, DemoMessage] = {}
    back: set[str] = set()
    for row in rows:
        opened = first.setdefault(row.author, row)
        if row.at - opened.at >= timedelta(days=30):
            back.add(row.author)
    able = [author for author, row in first.items() if row.at <= plan.now - timedelta(days=30)]
    return sum(author in back for author in able) / max(len(able), 1)

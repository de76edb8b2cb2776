"""Metrics: each declared once, in the module it belongs to, as an expression over the log; one engine computes all.

::

    metric(
        "authors_28d", title=_("Authors"), definition=_("Different members who wrote in the last 28 days."),
        family="engagement", unit="people", direction=1, window_days=28, expression=authors_28d,
    )

The expression is handed a ``Log`` and answers a table with ``unit``, ``value`` and ``n`` (how many observations stand
behind the value). It is written in ibis, so that the same expression runs embedded (DuckDB) and on a
cluster (Spark). It uses the methods of the tables alone, so that a declaration imports no engine.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

from hearth.kit.registry import Registry

if TYPE_CHECKING:
    from ibis.expr.types import Table

Grain = Literal["group", "community"]
Family = Literal[
    "acquisition", "activation", "retention", "engagement", "value", "belonging", "network", "order", "growth",
    "revenue", "service",
]  # fmt: skip
Unit = Literal["count", "share", "ratio", "score", "per day", "per week", "hours", "days", "weeks", "people"]

KEY = ("unit",)  # of a metric's answer
COMMUNITY = 0  # the unit of the whole community
FEW = 5  # a share of fewer says nothing: empty, shown as "too few"


class Log(Protocol):
    """The tables a metric may ask for, all with ``unit`` (a group, or the community), whole days of the group's own
    zone, and members after merges:

    ``member_days`` (unit, day, member, messages, starts, questions, reactions, accepted, seeded): what a member did on
    a day; all counts but ``seeded`` are of organic acts alone.

    ``messages`` (unit, day, at, offset, message, member, organic, question, start, link, advert, answer_hours,
    repliers, replies, accepted): each message, seeded ones too; ``at`` in ms since 1970 UTC and ``offset`` the minutes
    that the group's clock was ahead of it; ``answer_hours`` until another person's first reply within seven days, else
    null; ``repliers`` and ``replies`` within the same; ``accepted`` when it has an accepted answer; ``link`` and
    ``advert`` null where nobody looked for them.

    ``ties`` (unit, day, member, other, replies): who answered whom, organic, self-replies left out.

    ``presence`` (unit, day, member): who was seen reading.

    ``spans`` (unit, member, first_day, first_at, first_message, last_day): a member's first and last organic message.

    ``memberships`` (unit, member, joined, until, invited, verified_from, verified_until): days; ``until`` null while it
    lasts, ``verified_from`` null without a confirmed credential. ``places`` are the same, group by group even where the
    unit is the community.

    ``doors`` (unit, member, day, kind, passed, settled): what came of those who came to a group: ``tried`` a door that
    asks something (``day`` they came, ``settled`` the day it ended, null while it has not), ``decided`` on the day when
    keepers or staff decided, ``welcomed`` on the day they came in, ``passed`` when their first steps are done by now,
    ``placed`` (``day`` they came in) who is in now and known enough, ``passed`` when they match whom it is for.

    ``units`` (unit, born): the day it was opened.
    """

    @property
    def moment(self) -> Any:
        """The day before whose beginning everything seen lies, in days since 1970."""

    def window(self, table: str, days: int, skip: int = 0) -> "Table":
        """The rows of ``table`` whose ``day`` lies in the ``days`` days that end ``skip`` days before the moment."""

    def standing(self, table: str) -> "Table":
        """The rows of ``spans``, ``memberships``, ``places``, ``doors`` or ``units`` that began before the moment."""


Expression = Callable[[Log], "Table"]
KeptReading = tuple[int, float | None, int, str]  # day, value, observations, why it is missing


class Kept(Protocol):
    """Readings that were kept when they were taken: what a fitted model said, which nobody can compute again."""

    def readings(
        self, grain: Grain, units: Collection[int], first: int | None, last: int | None
    ) -> dict[int, list[KeptReading]]:
        """Those of several units from a day to a day, both included, the oldest first."""

    def measured_at(self) -> datetime | None:
        """When the newest were taken; None before the first."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's declaration.

    ``direction``: 1 more is better, -1 less is better, 0 neither. ``window_days``: how far back it looks; None for
    all time. ``minimum``: fewest observations for a value. ``seeded``: whether organic acts alone count, seeded ones,
    or both. ``nothing``: its value for a unit without any row (0 for counts, None where there is none).
    ``waits_for``: facts that no module emits yet; such a metric has no expression, or one for archives alone, whose
    words tell what the facts do not. ``history``: whether it can be told for a moment in the past; what rests on how
    long people stayed silent *until now* cannot. ``kept``: where its readings are kept if it is no expression over the
    log but read off a fitted model. ``listed``: whether it stands among the numbers of a page; a cell of a picture does
    not. ``of_replies``: whether it rests on who answered whom, so that it says nothing where hardly any reply is given.
    """

    name: str
    version: int
    title: str
    definition: str
    family: Family
    unit: Unit
    direction: Literal[-1, 0, 1]
    window_days: int | None
    minimum: int
    nothing: float | None
    seeded: Literal["organic", "seeded", "both"]
    grains: tuple[Grain, ...]
    expression: Expression | None
    waits_for: tuple[str, ...]
    history: bool
    kept: Kept | None = None
    listed: bool = True
    of_replies: bool = False

    @property
    def waits(self) -> bool:
        """Whether nothing can be told of a community until somebody emits the facts it waits for."""
        return bool(self.waits_for)


metrics: Registry[Metric] = Registry("metric")


def metric(
    name: str,
    *,
    title: str,
    definition: str,
    family: Family,
    unit: Unit,
    direction: Literal[-1, 0, 1],
    window_days: int | None,
    expression: Expression | None = None,
    waits_for: tuple[str, ...] = (),
    minimum: int | None = None,
    seeded: Literal["organic", "seeded", "both"] = "organic",
    grains: tuple[Grain, ...] = ("group", "community"),
    history: bool = True,
    kept: Kept | None = None,
    listed: bool = True,
    of_replies: bool = False,
    version: int = 1,
) -> Metric:
    """Declare a metric. ValueError unless it has one of expression, kept readings, facts it waits for (facts it waits
    for and an expression: for archives alone).

    Shares and ratios need ``FEW`` observations where ``minimum`` says nothing else; counts need none and are 0 where
    nothing happened.
    """
    if (expression is None and kept is None and not waits_for) or (kept is not None and (expression or waits_for)):
        raise ValueError(f"the metric {name!r} needs one of: an expression, kept readings, the facts it waits for")
    counts = unit in {"count", "people", "per week", "weeks"} and not minimum
    least = (0 if counts else FEW) if minimum is None else minimum
    made = Metric(
        name, version, title, definition, family, unit, direction, window_days, least, 0.0 if counts else None, seeded,
        grains, expression, waits_for, history, kept, listed, of_replies,
    )  # fmt: skip
    return metrics.register(name, made)


# "answer": that ``object`` answers ``parent``, where it does not say so itself; an archive's readers find it out.
ActKind = Literal["message", "reaction", "accepted", "withdrawn", "taken_down", "put_back", "answer"]


@dataclass(frozen=True, slots=True)
class Act:
    """How a fact becomes a row of the log: its kind, and the fields of the fact that hold each column.

    ``identity`` names who acted. ``object`` is the message meant; ``parent`` the one it answers, ``thread`` the one
    whose thread it stands in, ``question`` whether it asks.
    """

    fact: str
    kind: ActKind
    identity: str
    object: str = "message"
    group: str = "group"
    parent: str = ""
    thread: str = ""
    question: str = ""


acts: Registry[Act] = Registry("act")


def act(fact: str, kind: ActKind, *, identity: str, parent: str = "", thread: str = "", question: str = "",
        message: str = "message") -> Act:  # fmt: skip
    """Declare that a fact is an act people are measured by."""
    return acts.register(fact, Act(fact, kind, identity, message, "group", parent, thread, question))

"""Roll-ups: what the acts of some days come to, by message, by member and day, and by pair of people.

A roll-up of a day needs the acts from ``LOOK_BACK`` days before it (whom does this answer?) to ``LOOK_AHEAD`` days
after it (who answered this?).
"""

from collections.abc import Callable
from dataclasses import dataclass

import ibis
from ibis.expr.types import IntegerValue, Table

LOOK_BACK = 28
LOOK_AHEAD = 7
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
SILENCE_MS = HOUR_MS  # a message after so much silence opens a conversation
MACHINES = ("scheduled", "bot")


@dataclass(frozen=True, slots=True)
class Source:
    """The tables that roll-ups are made of.

    ``acts`` (fact, at, day, unit, identity, kind, object, parent, thread, origin, question), ``people`` (identity,
    member, is_bot), ``gone`` (object): messages taken down, ``accepted`` (unit, day, question, answer, identity).
    """

    acts: Table
    people: Table
    gone: Table
    accepted: Table


@dataclass(frozen=True, slots=True)
class RollUps:
    """The rows of the days ``first`` to ``last`` (see ``core.metrics.Log`` for their columns)."""

    messages: Table
    member_days: Table
    ties: Table


def roll_up(
    source: Source, first: int | IntegerValue, last: int | IntegerValue, keep: Callable[[Table], Table]
) -> RollUps:
    """The roll-ups of the days ``first`` to ``last``, both included; ``keep`` stores what is asked for repeatedly."""
    said = keep(_said(source))
    answers = keep(_answers(said))
    messages = keep(_within(_messages(said, answers, source), first, last))
    return RollUps(messages, _member_days(source, messages, first, last), _within(_ties(answers), first, last))


def _within(table: Table, first: int | IntegerValue, last: int | IntegerValue) -> Table:
    return table.filter((table.day >= first) & (table.day <= last))


def _said(source: Source) -> Table:
    """Messages that stand, each once however often the log tells of it, with who is behind them."""
    told = source.acts.filter(source.acts.kind == "message")
    once = told.group_by("object").agg(fact=told.fact.min())
    told = told.semi_join(once, ["object", "fact"])
    told = told.anti_join(source.gone, "object").join(source.people, "identity")
    before = told.at.lag().over(group_by=told.unit, order_by=[told.at, told.object])
    return told.select(
        "unit", "day", "at", "object", "member", "parent", "thread", "question", "origin",
        organic=(told.origin == "organic") & ~told.is_bot,
        human=~told.is_bot & told.origin.notin(MACHINES),
        quiet=before.isnull() | (told.at - before >= SILENCE_MS),
    )  # fmt: skip


def _answers(said: Table) -> Table:
    """Pairs of a message and another person's answer to it, or one in its thread. ``direct``: to this very message."""
    replies = said.filter(said.human)
    direct = replies.filter(replies.parent.notnull()).mutate(target=replies.parent, direct=replies.parent.notnull())
    in_thread = replies.filter(
        replies.thread.notnull() & (replies.parent.isnull() | (replies.parent != replies.thread))
    )
    in_thread = in_thread.mutate(target=in_thread.thread, direct=in_thread.parent.isnull())
    pairs = ibis.union(direct, in_thread)
    asked = said.select(
        target=said.object, asked_day=said.day, asked_at=said.at, asker=said.member, asked_organic=said.organic
    )
    pairs = pairs.join(asked, "target")
    near = pairs.day.between(pairs.asked_day - LOOK_AHEAD, pairs.asked_day + LOOK_BACK)  # before: a clock was wrong
    return pairs.filter(near & (pairs.member != pairs.asker))


def _messages(said: Table, answers: Table, source: Source) -> Table:
    late = answers.at - answers.asked_at
    counted = answers.mutate(wait=ibis.greatest(late, 0)).filter(
        (late <= LOOK_AHEAD * DAY_MS) & (answers.day <= answers.asked_day + LOOK_AHEAD)
    )
    heard = counted.group_by(heard=counted.target).agg(
        wait=counted.wait.min(), repliers=counted.member.nunique(), replies=counted.object.nunique()
    )
    threaded = said.filter(said.thread.notnull())
    threaded = threaded.join(said.select(thread=said.object, begun=said.day), "thread")
    opened = threaded.filter(threaded.day.between(threaded.begun - LOOK_AHEAD, threaded.begun + LOOK_AHEAD))
    opened = opened.select(opened="thread").distinct()
    settled = source.accepted.select(settled=source.accepted.question).distinct()
    rows = said.left_join(heard, said.object == heard.heard)
    rows = rows.left_join(opened, rows.object == opened.opened)
    rows = rows.left_join(settled, rows.object == settled.settled)
    first_word = rows.parent.isnull() & rows.thread.isnull()
    return rows.select(
        "unit", "day", "at", "member", "organic", "question",
        message=rows.object,
        start=first_word & (rows.quiet | rows.opened.notnull()),
        answer_hours=rows.wait.cast("float64") / HOUR_MS,
        repliers=rows.repliers.fill_null(0).cast("int32"),
        replies=rows.replies.fill_null(0).cast("int32"),
        accepted=rows.settled.notnull(),
    )  # fmt: skip


def _ties(answers: Table) -> Table:
    """Who answered whom on a day, both of their own accord."""
    pairs = answers.filter(answers.direct & answers.asked_organic & (answers.origin == "organic") & answers.organic)
    return pairs.group_by(unit=pairs.unit, day=pairs.day, member=pairs.member, other=pairs.asker).agg(
        replies=pairs.object.nunique().cast("int32")
    )


def _member_days(source: Source, messages: Table, first: int | IntegerValue, last: int | IntegerValue) -> Table:
    """One row for every member and day with an act; the columns add up acts of each kind."""
    wrote = messages.select(
        "unit", "day", "member",
        messages=messages.organic.cast("int32"),
        starts=(messages.organic & messages.start).cast("int32"),
        questions=(messages.organic & messages.question).cast("int32"),
        reactions=ibis.literal(0, "int32"),
        accepted=ibis.literal(0, "int32"),
        seeded=(~messages.organic).cast("int32"),
    )  # fmt: skip
    liked = source.acts.filter((source.acts.kind == "reaction") & (source.acts.origin == "organic"))
    rows = ibis.union(
        wrote,
        _credited(_within(liked, first, last), source.people, "reactions"),
        _credited(_within(source.accepted, first, last), source.people, "accepted"),
    )
    return rows.group_by(["unit", "day", "member"]).agg(
        **{name: rows[name].sum().cast("int32") for name in COUNTS}
    )  # fmt: skip


COUNTS = ("messages", "starts", "questions", "reactions", "accepted", "seeded")


def _credited(acts: Table, people: Table, column: str) -> Table:
    own = acts.join(people.filter(~people.is_bot), "identity")
    counts = {name: ibis.literal(1 if name == column else 0, "int32") for name in COUNTS}
    return own.select("unit", "day", "member", **counts)

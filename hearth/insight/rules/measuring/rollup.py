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
SAME_ASK_MS = 10 * 60_000  # questions of one person closer than this are one
MACHINES = ("scheduled", "bot")


@dataclass(frozen=True, slots=True)
class Source:
    """The tables that roll-ups are made of.

    ``acts`` (fact, at, day, offset, unit, identity, kind, object, parent, thread, origin, question, link, advert),
    ``people`` (identity, member, is_bot), ``gone`` (object): messages taken down, ``accepted`` (unit, day, question,
    answer, identity).
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
    said = keep(_said(source, keep))
    answers = keep(_answers(said, source))
    messages = keep(_within(_messages(said, answers, source), first, last))
    return RollUps(messages, _member_days(source, messages, first, last), _within(_ties(answers), first, last))


def _within(table: Table, first: int | IntegerValue, last: int | IntegerValue) -> Table:
    return table.filter((table.day >= first) & (table.day <= last))


def _said(source: Source, keep: Callable[[Table], Table]) -> Table:
    """Messages that stand, each once however often the log tells of it, with who is behind them; ``parent`` is what it
    answers, in a thread without a word of it the last message by somebody else; ``after`` the next by somebody else.
    """
    rows = keep(_in_lanes(source, keep))
    turns = _turns(rows)
    before = rows.at.lag().over(group_by=[rows.unit, rows.lane == 0], order_by=[rows.at, rows.object])
    asking = [rows.unit, rows.member, rows.lane, rows.organic, rows.question]
    again = rows.at.lag().over(group_by=asking, order_by=[rows.at, rows.object])
    quiet = before.isnull() | (rows.at - before >= SILENCE_MS)
    rows = rows.mutate(
        question=rows.question & (again.isnull() | (rows.at - again >= SAME_ASK_MS)),
        start=rows.opened | ((rows.lane == 0) & rows.parent.isnull() & quiet),
    )
    rows = rows.left_join(turns, rows.object == turns.spoken)
    return rows.mutate(parent=ibis.coalesce(rows.parent, rows.before)).drop("spoken", "before", "opened", "lane")


def _in_lanes(source: Source, keep: Callable[[Table], Table]) -> Table:
    """Messages with their ``lane``: the one whose thread they stand in or begin, 0 for the talk outside threads."""
    told = source.acts.filter(source.acts.kind == "message")
    once = told.group_by("object").agg(fact=told.fact.min())
    told = told.semi_join(once, ["object", "fact"])
    told = keep(told.anti_join(source.gone, "object").join(source.people, "identity"))
    opened = _threads(told)
    rows = told.left_join(opened, told.object == opened.opened)
    return rows.select(
        "unit", "day", "at", "object", "member", "parent", "thread", "question", "origin", "link", "advert",
        offset=rows.offset.fill_null(0),
        organic=(rows.origin == "organic") & ~rows.is_bot,
        human=~rows.is_bot & rows.origin.notin(MACHINES),
        lane=ibis.coalesce(rows.thread, rows.opened, 0),
        opened=rows.opened.notnull(),
    )  # fmt: skip


def _turns(rows: Table) -> Table:
    """For each message by a person in a thread the last one ``before`` it and the next one ``after`` it by another."""
    inside = rows.filter((rows.lane != 0) & rows.human).select("unit", "lane", "at", "object", "member")
    lane = {"group_by": [inside.unit, inside.lane], "order_by": [inside.at, inside.object]}
    spoken = inside.mutate(last=inside.object.lag().over(**lane), who=inside.member.lag().over(**lane))
    spoken = spoken.mutate(begins=(spoken.who.isnull() | (spoken.who != spoken.member)).cast("int32"))
    lane = {"group_by": [spoken.unit, spoken.lane], "order_by": [spoken.at, spoken.object]}
    spoken = spoken.mutate(turn=spoken.begins.sum().over(rows=(None, 0), **lane))
    heads = spoken.filter(spoken.begins == 1).select("unit", "lane", "turn", before="last", first="object")
    following = heads.first.lead().over(group_by=[heads.unit, heads.lane], order_by=heads.turn)
    heads = heads.mutate(after=following).drop("first")
    return spoken.join(heads, ["unit", "lane", "turn"]).select("before", "after", spoken="object")


def _threads(told: Table) -> Table:
    """Messages in whose thread somebody wrote near the day it was begun."""
    inside = told.filter(told.thread.notnull()).select("thread", "day")
    inside = inside.join(told.select(thread=told.object, begun=told.day), "thread")
    near = inside.filter(inside.day.between(inside.begun - LOOK_AHEAD, inside.begun + LOOK_AHEAD))
    return near.select(opened="thread").distinct()


def _answers(said: Table, source: Source) -> Table:
    """Pairs of a message and another person's answer to it: directly; in its thread; to a question in a thread the next
    word by somebody else; or as the source knows.
    """
    replies = said.filter(said.human)
    direct = replies.filter(replies.parent.notnull()).mutate(target=replies.parent, direct=replies.parent.notnull())
    in_thread = replies.filter(
        replies.thread.notnull() & (replies.parent.isnull() | (replies.parent != replies.thread))
    )
    in_thread = in_thread.mutate(target=in_thread.thread, direct=ibis.literal(False))  # noqa: FBT003  ibis's own
    asked = said.filter(said.question & said.after.notnull())
    links = ibis.union(
        source.acts.filter(source.acts.kind == "answer").select("object", target="parent"),
        asked.select(object=asked.after, target=asked.object),
    )
    known = replies.join(links, "object").mutate(direct=ibis.literal(False))  # noqa: FBT003  ibis's own
    pairs = ibis.union(direct, in_thread, known)
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
    settled = source.accepted.select(settled=source.accepted.question).distinct()
    rows = said.left_join(heard, said.object == heard.heard)
    rows = rows.left_join(settled, rows.object == settled.settled)
    return rows.select(
        "unit", "day", "at", "offset", "member", "organic", "question", "start", "link", "advert",
        message=rows.object,
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

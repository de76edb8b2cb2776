"""The diagnosis: a talk log in, stage, risk, reasons and plays out. One engine for archives and living communities."""

from dataclasses import asdict, replace

import numpy as np

from hearth.insight.rules.catalogue import measure
from hearth.insight.rules.changes import changes_of
from hearth.insight.rules.columns import Bools, Ints
from hearth.insight.rules.evidence import evidence
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.metric import Measure
from hearth.insight.rules.metrics_activity import weeks_of
from hearth.insight.rules.metrics_people import open_asks
from hearth.insight.rules.pulse import Pulse, pulses
from hearth.insight.rules.reasons import reasons_for
from hearth.insight.rules.replies import Talk, read_talk
from hearth.insight.rules.stages import ORDER
from hearth.insight.rules.steps import next_steps
from hearth.insight.rules.talk_log import Memberships, TalkLog
from hearth.insight.rules.times import DAY, WEEK
from hearth.insight.types import Diagnosis, GroupDiagnosis, Mainstay, Weeks

WEEKS_SHOWN = 52
MAINSTAYS_SHOWN = 5
OPEN_SHOWN = 20
LATELY = 28 * DAY


def diagnose(log: TalkLog, memberships: Memberships | None = None, at: int | None = None) -> Diagnosis:
    """Diagnose every group of a log as of ``at`` (ms), by default just after the members' last message.

    Messages at or after ``at`` are not looked at. ``memberships`` stand in for the log's own; without any, members are
    authors. Groups come coldest first, within a stage the riskiest and largest first.
    """
    if memberships is not None:
        log = replace(log, memberships=memberships)
    if at is None:
        last = log.last_ordinary()
        at = 0 if last is None else last + 1
    begun, log = _begun(log, at), log.until(at)
    talk = read_talk(log)
    bounds, members = log.bounds(), members_of(log, at)
    pulse = pulses(log, talk, at, members)
    groups = tuple(
        sorted(
            (
                _diagnose_group(GroupView(log, talk, info, int(left), int(right), at, members[g]), pulse[g])
                for g, (info, left, right) in enumerate(zip(log.groups, bounds, bounds[1:], strict=False))
                if begun[g]
            ),
            key=_coldest_first,
        )
    )
    recent = np.flatnonzero(log.organic & (log.at >= at - 91 * DAY))
    return Diagnosis(
        at=at,
        groups=groups,
        steps=next_steps(groups),
        members=len(np.unique(log.author[log.human])),
        messages=int(log.organic.sum()),
        seeded=int((~log.organic).sum()),
        mainstays=_mainstays(log, talk, recent, 2 * MAINSTAYS_SHOWN),
        reply_basis=talk.basis,
        rejected=log.rejected,
        rejections=log.rejections,
        excluded={**asdict(log.excluded), "broadcast": log.broadcasts, **asdict(log.doubts)},
        weeks=_weeks(log, np.arange(len(log)), at),
        first_message=int(log.at.min()) if len(log) else None,
        format=log.format,
    )


def _begun(log: TalkLog, at: int) -> Bools:
    """Per group: False where members first wrote at ``at`` or later, so that it was not there yet."""
    begun = np.ones(len(log.groups), dtype=np.bool_)
    begun[log.group[log.organic]] = False
    begun[log.group[log.organic & (log.at < at)]] = True
    return begun


def _coldest_first(group: GroupDiagnosis) -> tuple[float, float, float, str]:
    life = float(group.metrics["authors_28d"] or 0) + float(group.metrics["authors_peak"] or 0)
    return ORDER[group.stage], -(group.risk or 0.0), -life - group.messages / 1e9, group.name


def _diagnose_group(view: GroupView, pulse: Pulse) -> GroupDiagnosis:
    measured, open_ = measure(view), open_asks(view, until=view.at)
    return GroupDiagnosis(
        id=view.info.id,
        name=view.info.name,
        members=view.members,
        messages=len(view.own),
        stage=pulse.stage,
        risk=None if pulse.chance is None else round(pulse.chance, 4),
        risk_note=pulse.note,
        risk_base=None if pulse.base is None else round(pulse.base, 4),
        drivers=pulse.drivers,
        energy=pulse.energy,
        anchor=view.anchor,
        reasons=reasons_for(view, measured, pulse.stage),
        metrics={name: _rounded(found) for name, found in measured.items()},
        notes={name: found.note for name, found in measured.items() if found.note is not None},
        mainstays=_group_mainstays(view),
        unanswered=evidence(view, open_[::-1][:OPEN_SHOWN]),
        open_lately=int((view.log.at[open_] >= view.at - LATELY).sum()),
        weeks=_weeks(view.log, view.rows, view.at),
        changes=changes_of(view),
    )


def _rounded(found: Measure) -> float | int | None:
    return round(found.value, 4) if isinstance(found.value, float) else found.value


def _group_mainstays(view: GroupView) -> tuple[Mainstay, ...]:
    return _mainstays(view.log, view.talk, view.recent(91, until=view.anchor), MAINSTAYS_SHOWN)


def _mainstays(log: TalkLog, talk: Talk, rows: Ints, count: int) -> tuple[Mainstay, ...]:
    """Who wrote most in some rows, with the first answers they gave and the conversations they opened there."""
    people, written = np.unique(log.author[rows], return_counts=True)
    busiest = np.lexsort((people, -written))[:count]
    asks = rows[talk.asks[rows] & (talk.answer[rows] >= 0)]
    answered_by, opened_by = log.author[talk.answer[asks]], log.author[rows[talk.starts[rows]]]
    return tuple(
        Mainstay(
            name=log.authors[int(people[i])].name,
            share=round(int(written[i]) / len(rows), 4),
            messages=int(written[i]),
            answers=int((answered_by == people[i]).sum()),
            starts=int((opened_by == people[i]).sum()),
        )
        for i in busiest
    )


def _weeks(log: TalkLog, rows: Ints, at: int) -> Weeks:
    recent = rows[log.at[rows] >= at - WEEKS_SHOWN * WEEK]
    own = recent[log.organic[recent]]
    week = WEEKS_SHOWN - 1 - (at - 1 - log.at[own]) // WEEK
    pairs = np.unique(week * np.int64(len(log.authors) + 1) + log.author[own])
    authors = np.bincount(pairs // (len(log.authors) + 1), minlength=WEEKS_SHOWN)
    return Weeks(
        messages=tuple(weeks_of(log.at[own], at, WEEKS_SHOWN)),
        seeded=tuple(weeks_of(log.at[recent[~log.organic[recent]]], at, WEEKS_SHOWN)),
        authors=tuple(int(n) for n in authors),
    )


def _people(known: Memberships, log: TalkLog) -> Memberships:
    machine = np.array([author.is_bot for author in log.authors], dtype=np.bool_)[known.author]
    return Memberships(*(column[~machine] for column in (known.group, known.author, known.joined, known.left)))


def members_of(log: TalkLog, at: int) -> list[int]:
    """Per group: the members who ever wrote; where joins and leaves are known, who left is left out."""
    rows = np.flatnonzero(log.organic)
    width = len(log.authors) + 1
    wrote = np.unique(log.group[rows].astype(np.int64) * width + log.author[rows])
    known = log.memberships
    if known is not None:
        known = _people(known, log)
        key = known.group * width + known.author
        open_now = np.unique(key[(known.joined < at) & ((known.left == 0) | (known.left > at))])
        gone = np.setdiff1d(key[known.joined < at], open_now)
        wrote = np.union1d(np.setdiff1d(wrote, gone), open_now)
    return [int(n) for n in np.bincount(wrote // width, minlength=len(log.groups))]

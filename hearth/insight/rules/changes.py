"""Changes to hear of now: fewer conversations or writers, more open questions or adverts."""

import numpy as np

from hearth.insight.rules import wording as w
from hearth.insight.rules.columns import Ints
from hearth.insight.rules.cusum import BASE, WATCHED, Run, Side, watch
from hearth.insight.rules.evidence import SHOWN, evidence
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.times import DAY
from hearth.insight.types import Change, ChangeKind, Number, Text

SIDES: dict[ChangeKind, Side] = {
    ChangeKind.STARTS_FALL: "falls",
    ChangeKind.AUTHORS_FALL: "falls",
    ChangeKind.UNANSWERED_RISE: "rises",
    ChangeKind.ADVERTS_RISE: "rises",
}
WEIGHTS = {
    ChangeKind.STARTS_FALL: 2.0,  # groups die when conversation starts dry up
    ChangeKind.AUTHORS_FALL: 1.0,
    ChangeKind.UNANSWERED_RISE: 2.0,
    ChangeKind.ADVERTS_RISE: 1.0,
}
TEXTS = {
    ChangeKind.STARTS_FALL: (w.STARTS_CHANGED, w.PLAY_RITUAL),
    ChangeKind.AUTHORS_FALL: (w.AUTHORS_CHANGED, w.PLAY_INVITE),
    ChangeKind.UNANSWERED_RISE: (w.UNANSWERED_CHANGED, w.PLAY_DUTY),
    ChangeKind.ADVERTS_RISE: (w.ADVERTS_CHANGED, w.PLAY_ADVERTS),
}


def changes_of(view: GroupView) -> tuple[Change, ...]:
    """Every change that stands now, the dearest first; of a group that no longer lives, none."""
    if not view.lives:
        return ()
    found = []
    for kind, side in SIDES.items():
        rows, times = _events(view, kind)
        days = _by_day(view, rows, times, people=kind is ChangeKind.AUTHORS_FALL)
        run = watch(days, side)
        if run is not None:
            found.append(_change(view, kind, run, rows, times))
    return tuple(sorted(found, key=lambda change: -change.loss))


def _events(view: GroupView, kind: ChangeKind) -> tuple[Ints, Ints]:
    """The rows that count for a kind, and when each of them counts."""
    rows = view.recent(BASE + WATCHED + 1)
    log, talk = view.log, view.talk
    if kind is ChangeKind.STARTS_FALL:
        rows = rows[talk.starts[rows]]
    elif kind is ChangeKind.ADVERTS_RISE:
        rows = rows[log.advert[rows]]
    elif kind is ChangeKind.UNANSWERED_RISE:
        rows = rows[talk.asks[rows]]
        waited, _ = view.waited(rows)
        rows = rows[waited >= DAY]
        return rows, log.at[rows] + DAY  # when the day was over
    return rows, log.at[rows]


def _by_day(view: GroupView, rows: Ints, times: Ints, *, people: bool) -> Ints:
    day = BASE + WATCHED - 1 - (view.at - 1 - times) // DAY
    kept = (day >= 0) & (day < BASE + WATCHED)
    if people:
        width = len(view.log.authors)
        day = np.unique(day[kept] * width + view.log.author[rows[kept]]) // width
    else:
        day = day[kept]
    return np.bincount(day, minlength=BASE + WATCHED).astype(np.int64)


def _change(view: GroupView, kind: ChangeKind, run: Run, rows: Ints, times: Ints) -> Change:
    days = WATCHED - run.begin
    since = view.at - days * DAY
    text, play = TEXTS[kind]
    usual, seen = run.usual, float(run.seen)
    if kind is ChangeKind.AUTHORS_FALL:
        usual, seen = usual / days, seen / days
    shown = rows[times >= since] if SIDES[kind] == "rises" else rows
    numbers: dict[str, Number] = {
        "seen": f"{seen:.1f}".removesuffix(".0"),
        "usual": f"{usual:.1f}".removesuffix(".0"),
        "days": days,
    }
    return Change(
        kind=kind,
        since=since,
        usual=round(run.usual, 2),
        seen=run.seen,
        score=round(run.score, 2),
        loss=round(WEIGHTS[kind] * abs(run.seen - run.usual) * WATCHED / days, 1),
        text=Text(text, numbers),
        play=Text(play),
        evidence=evidence(view, shown[::-1][:SHOWN]),
    )

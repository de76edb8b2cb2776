"""Metrics of questions, newcomers and those who carry the talk."""

import numpy as np

from hearth.insight.rules import concentration, survival
from hearth.insight.rules.columns import AnyInts, Ints
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.metric import MIN_DENOMINATOR, Measure, share
from hearth.insight.rules.times import DAY, HOUR

ASK_DAYS = 91
TIE_DAYS, EARLY_DAYS = 28, 7  # how much later, or earlier by a wrong clock, a reply may be and still be a tie
NEWCOMER_DAYS = 182
KEPT_FROM, KEPT_TO, KEPT_WATCHED = 8, 90, 36


def questions(view: GroupView) -> Measure:
    """Asks by members."""
    count = len(view.asks(ASK_DAYS, settled=False))
    return Measure(count, count)


def open_asks(view: GroupView, *, until: int | None = None) -> Ints:
    """Rows of asks at least a day old that nobody answered within a week."""
    rows = view.asks(ASK_DAYS, settled=True, until=until)
    return rows[~view.waited(rows)[1]]


def questions_open(view: GroupView) -> Measure:
    """Asks that nobody answered."""
    return Measure(len(open_asks(view)), len(view.asks(ASK_DAYS, settled=True)))


def questions_answered_24h(view: GroupView) -> Measure:
    """Share of asks that another person answered within 24 hours."""
    waited, came = view.waited(view.asks(ASK_DAYS, settled=True))
    return share(int((came & (waited <= DAY)).sum()), len(waited))


def time_to_first_answer(view: GroupView) -> Measure:
    """Median hours until an ask is answered; the open ones are censored, not dropped."""
    waited, came = view.waited(view.asks(ASK_DAYS, settled=False))
    if len(waited) < MIN_DENOMINATOR:
        return Measure(None, len(waited), "too_few")
    middle = survival.median(waited / HOUR, came)
    return Measure(middle, len(waited), None if middle is not None else "more_than_half_open")


def newcomers(view: GroupView) -> Measure:
    """Members who wrote here for the first time."""
    count = int((view.log.at[view.firsts] >= view.at - 28 * DAY).sum())
    return Measure(count, count)


def newcomers_kept(view: GroupView) -> Measure:
    """Share of newcomers who write again in days 8 to 90 after their first message (Kaplan-Meier)."""
    firsts = view.newcomers(NEWCOMER_DAYS, skip=KEPT_FROM)
    if len(firsts) < MIN_DENOMINATOR:
        return Measure(None, len(firsts), "too_few")
    begun = view.days_before(firsts)
    watched = begun + 1
    if int((watched >= KEPT_WATCHED).sum()) < MIN_DENOMINATOR:
        return Measure(None, len(firsts), "too_young")
    back = _first_return(view, view.log.author[firsts], begun)
    came = (back >= 0) & (back < KEPT_TO)
    waited = np.where(came, back, np.minimum(watched, KEPT_TO)).astype(np.float64)
    return Measure(1.0 - survival.waiting_after(waited, came, KEPT_TO), len(firsts))


def _first_return(view: GroupView, authors: AnyInts, begun: Ints) -> Ints:
    """Days from first message to the first one on day 8 or later; -1 when there is none before the anchor."""
    log = view.log
    back = np.full(len(authors), -1, dtype=np.int64)
    rows = view.own[np.isin(log.author[view.own], authors)]
    order = np.argsort(authors)
    place = order[np.searchsorted(authors[order], log.author[rows])]
    days = begun[place] - view.days_before(rows)
    later = (days >= KEPT_FROM) & (log.at[rows] < view.anchor)
    first_place, first = np.unique(place[later], return_index=True)
    back[first_place] = days[later][first]
    return back


def welcome(view: GroupView) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Newcomers' first messages that opened a conversation, and whether each had an answer within 24 hours."""
    firsts = view.newcomers(NEWCOMER_DAYS, skip=1)
    firsts = firsts[view.talk.starts[firsts]]
    waited, came = view.waited(firsts)
    return firsts, came & (waited <= DAY)


def first_reply_coverage(view: GroupView) -> Measure:
    """Share of newcomers' conversation-opening first messages answered by another person within 24 hours."""
    firsts, answered = welcome(view)
    return share(int(answered.sum()), len(firsts))


def gini(view: GroupView) -> Measure:
    """Gini coefficient of messages per author."""
    _, counts = view.counts(91)
    return Measure(concentration.gini(counts), len(counts)) if len(counts) >= MIN_DENOMINATOR else _few(len(counts))


def top1_share(view: GroupView) -> Measure:
    """Share of the talk written by the busiest member."""
    _, counts = view.counts(91)
    return share(int(counts[0]) if len(counts) else 0, int(counts.sum()))


def absence_factor(view: GroupView) -> Measure:
    """How many people wrote half of it."""
    _, counts = view.counts(91)
    total = int(counts.sum())
    return Measure(concentration.absence_factor(counts), total) if total >= MIN_DENOMINATOR else _few(total)


def effective_speakers(view: GroupView) -> Measure:
    """How many equally busy people the talk is worth."""
    _, counts = view.counts(91)
    total = int(counts.sum())
    return Measure(concentration.effective_speakers(counts), total) if total >= MIN_DENOMINATOR else _few(total)


def reciprocity(view: GroupView) -> Measure:
    """Share of reply pairs answered in kind."""
    rows = view.recent(91, until=view.anchor)
    target = view.talk.target[rows]
    sources, targets = rows[target >= 0], target[target >= 0]
    late = view.days_before(targets) - view.days_before(sources)
    own = view.log.organic[targets] & (late <= TIE_DAYS) & (late >= -EARLY_DAYS)
    value, pairs = concentration.reciprocity(view.log.author[sources[own]], view.log.author[targets[own]])
    return Measure(value, pairs) if pairs >= MIN_DENOMINATOR else _few(pairs)


def _few(n: int) -> Measure:
    return Measure(None, n, "too_few")

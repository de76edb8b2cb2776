"""Why a group is not well: each reason with numbers, evidence and one play."""

from collections.abc import Callable

import numpy as np

from hearth.insight.rules import metrics_people as people, wording as w
from hearth.insight.rules.columns import Ints
from hearth.insight.rules.evidence import SHOWN, evidence
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.metric import Measure
from hearth.insight.rules.output import output_reasons
from hearth.insight.rules.stages import HALF, STARTS_FALLING
from hearth.insight.rules.tone import tone_reason
from hearth.insight.types import Number, Reason, ReasonCode, Stage, Text

Measured = dict[str, Measure]

OPEN_SHARE, OPEN_LEAST = 0.25, 3
ANSWERED_LOW = 0.5
ADVERT_SHARE, ADVERTS_LEAST = 0.05, 3
SHOW_SHARE, SHOW_LEAST = 0.5, 20
KEPT_LOW, COVERAGE_LOW = 0.2, 0.5
FED_SHARE, FED_LEAST = 0.6, 8
QUIET_WEEKS = 3
PEAK_LEAST = 4


def reasons_for(view: GroupView, measured: Measured, stage: Stage) -> tuple[Reason, ...]:
    """Every reason that holds, the weightiest first. A completed group has none."""
    if stage is Stage.COMPLETED:
        return ()
    checks: tuple[Callable[[GroupView, Measured, Stage], Reason | None], ...] = (
        _silence, _decline, _unanswered, _adverts, _one_person_show, _newcomers_lost, _fed_only, _tone,
    )  # fmt: skip
    found = [reason for check in checks if (reason := check(view, measured, stage)) is not None]
    found.extend(output_reasons(view))
    return tuple(sorted(found, key=lambda reason: -reason.weight))


def _value(measured: Measured, name: str) -> float:
    found = measured[name].value
    return 0.0 if found is None else float(found)


def _name(view: GroupView, author: int) -> str:
    return view.log.authors[int(author)].name


def _silence(view: GroupView, measured: Measured, stage: Stage) -> Reason | None:
    days = int(_value(measured, "silence_days"))
    authors, weeks = int(_value(measured, "authors_28d")), int(_value(measured, "weeks_active"))
    numbers = {"silence_days": days, "authors_28d": authors, "weeks_active": weeks}
    if view.last is None:
        if stage is Stage.INCEPTION:
            return None
        return Reason(
            ReasonCode.SILENCE, Text(w.NEVER), Text(w.PLAY_EMPTY), numbers | {"silence_days": None}, weight=10
        )
    recent = view.own[-1:-4:-1]
    last_people = list(dict.fromkeys(int(a) for a in view.log.author[view.own[::-1][:200]]))[:3]
    wake = Text(w.PLAY_WAKE, {"name": _name(view, last_people[0])})
    if stage is Stage.DEAD:
        play = Text(w.PLAY_ARCHIVE, {"people": len(last_people)}) if len(last_people) > 1 else Text(w.PLAY_EMPTY)
        return Reason(ReasonCode.SILENCE, Text(w.SILENT, {"days": days}), play, numbers, evidence(view, recent), 10)
    if stage is Stage.DORMANT and authors < 2:
        text = Text(w.ALONE) if authors else Text(w.SILENT, {"days": days})
        return Reason(ReasonCode.SILENCE, text, wake, numbers, evidence(view, recent), 9)
    old_enough = view.age_weeks is not None and view.age_weeks >= 8
    if days >= 14:
        return Reason(ReasonCode.SILENCE, Text(w.SILENT, {"days": days}), wake, numbers, evidence(view, recent), 6)
    if old_enough and weeks <= QUIET_WEEKS:
        text = Text(w.QUIET_WEEKS, {"weeks": weeks})
        return Reason(ReasonCode.SILENCE, text, Text(w.PLAY_RITUAL), numbers, evidence(view, recent), 5)
    return None


def _decline(view: GroupView, measured: Measured, stage: Stage) -> Reason | None:
    now, peak = int(_value(measured, "authors_28d")), int(_value(measured, "authors_peak"))
    trend = measured["authors_trend"].value
    started = measured["starts_trend"]
    dried = stage is Stage.DECLINING and started.value is not None and started.value <= STARTS_FALLING
    fell = stage is Stage.DECLINING or (trend is not None and trend <= -0.3)
    if not fell or peak < PEAK_LEAST or (now >= peak and not dried):
        return None
    lapsed = _lapsed(view)
    numbers = {
        "authors_28d": now,
        "authors_peak": peak,
        "authors_trend": trend,
        "starts_trend": started.value,
        "lapsed": len(lapsed),
    }
    play = (
        Text(w.PLAY_RECALL, {"name": _name(view, view.log.author[lapsed[0]])}) if len(lapsed) else Text(w.PLAY_RITUAL)
    )
    text, weight = Text(w.FEWER, {"now": now, "peak": peak}), 4 + 4 * (1 - now / peak)
    if dried and now >= HALF * peak:
        opened = round(4 * _value(measured, "starts_per_week"))
        text = Text(w.STARTS_FELL, {"now": opened, "before": round(started.n / 3)})
        weight = max(weight, 4 - 4 * float(started.value or 0))
    return Reason(ReasonCode.DECLINE, text, play, numbers, evidence(view, lapsed[:SHOWN]), weight)


def _lapsed(view: GroupView) -> Ints:
    """Last messages of those who wrote twice or more in the five months before and not in the last 28 days."""
    log = view.log
    before, now = view.recent(154, skip=28), view.recent(28)
    who, last, count = np.unique(log.author[before][::-1], return_index=True, return_counts=True)
    gone = ~np.isin(who, log.author[now]) & (count >= 2)
    rows = before[::-1][last[gone]]
    return rows[np.argsort(-count[gone], kind="stable")]


def _unanswered(view: GroupView, measured: Measured, stage: Stage) -> Reason | None:
    rows = people.open_asks(view)
    asked, left = measured["questions_open"].n, len(rows)
    in_time = measured["questions_answered_24h"].value
    numbers = {
        "questions": asked,
        "questions_open": left,
        "questions_answered_24h": in_time,
        "time_to_first_answer": measured["time_to_first_answer"].value,
    }
    if left >= OPEN_LEAST and left >= OPEN_SHARE * asked:
        text, play = Text(w.OPEN, {"open": left, "asked": asked}), Text(w.PLAY_ANSWER, {"open": left})
        weight = 4 + 4 * left / asked
    elif in_time is not None and in_time < ANSWERED_LOW:
        text, play = Text(w.SLOW, {"answered": round(in_time * asked), "asked": asked}), Text(w.PLAY_DUTY)
        weight = 4.0
    else:
        return None
    return Reason(ReasonCode.UNANSWERED, text, play, numbers, evidence(view, rows[::-1][:SHOWN]), weight)


def _adverts(view: GroupView, measured: Measured, stage: Stage) -> Reason | None:
    rows = view.recent(91, until=view.anchor)
    shown = rows[view.log.advert[rows]]
    if len(shown) < ADVERTS_LEAST or len(shown) < ADVERT_SHARE * len(rows):
        return None
    numbers = {"adverts": len(shown), "advert_share": len(shown) / len(rows), "messages": len(rows)}
    text = Text(w.ADS, {"adverts": len(shown), "messages": len(rows)})
    weight = 3 + 6 * len(shown) / len(rows)
    return Reason(ReasonCode.ADVERTS, text, Text(w.PLAY_ADVERTS), numbers, evidence(view, shown[::-1][:SHOWN]), weight)


def _one_person_show(view: GroupView, measured: Measured, stage: Stage) -> Reason | None:
    who, counts = view.counts(91)
    total = int(counts.sum())
    if total < SHOW_LEAST or counts[0] < SHOW_SHARE * total:
        return None
    name, share = _name(view, who[0]), float(counts[0]) / total
    numbers = {"top1_share": share, "messages": total, "absence_factor": 1, "authors": len(who)}
    play = (
        Text(w.PLAY_SHARE, {"name": name, "other": _name(view, who[1])})
        if len(who) > 1
        else Text(w.PLAY_SHARE_ALONE, {"name": name})
    )
    rows = view.recent(91, until=view.anchor)
    theirs = rows[view.log.author[rows] == who[0]][::-1][:3]
    text = Text(w.ALONE_TALKS, {"name": name, "percent": f"{round(100 * share)} %", "messages": total})
    return Reason(ReasonCode.ONE_PERSON_SHOW, text, play, numbers, evidence(view, theirs), 3 + 4 * (share - 0.5))


def _newcomers_lost(view: GroupView, measured: Measured, stage: Stage) -> Reason | None:
    kept, coverage = measured["newcomers_kept"], measured["first_reply_coverage"]
    firsts, answered = people.welcome(view)
    numbers = {
        "newcomers_kept": kept.value,
        "newcomers": kept.n,
        "first_reply_coverage": coverage.value,
        "first_messages": coverage.n,
    }
    if coverage.value is not None and coverage.value < COVERAGE_LOW:
        params: dict[str, Number] = {"answered": int(answered.sum()), "newcomers": len(firsts)}
        text, weight = Text(w.UNWELCOMED, params), 3 + 2 * (1 - float(coverage.value))
    elif kept.value is not None and kept.value < KEPT_LOW:
        params = {"percent": f"{round(100 * float(kept.value))} %", "newcomers": kept.n}
        text, weight = Text(w.LOST, params), 2.5 + 2 * (1 - float(kept.value))
    else:
        return None
    shown = firsts[~answered][::-1][:SHOWN]
    return Reason(ReasonCode.NEWCOMERS_LOST, text, Text(w.PLAY_WELCOME), numbers, evidence(view, shown), weight)


def _tone(view: GroupView, measured: Measured, stage: Stage) -> Reason | None:
    return tone_reason(view)


def _fed_only(view: GroupView, measured: Measured, stage: Stage) -> Reason | None:
    rows = view.all_in(56)
    seeded = rows[~view.log.organic[rows]]
    if len(seeded) < FED_LEAST or len(seeded) < FED_SHARE * len(rows):
        return None
    share = len(seeded) / len(rows)
    numbers = {"seeded_share": share, "seeded": len(seeded), "messages": len(rows)}
    text = Text(w.FED, {"percent": f"{round(100 * share)} %", "messages": len(rows)})
    shown = evidence(view, seeded[::-1][:SHOWN])
    return Reason(ReasonCode.FED_ONLY, text, Text(w.PLAY_UNFEED), numbers, shown, 4 + 4 * (share - FED_SHARE))

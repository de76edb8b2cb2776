"""What the team puts into a group, judged: templates, thin content, self-promotion, bursts.

Posts of operators, schedules and partners; bots that announce are alike by nature and left out. None of these causes
looks at what members were paid or given for: points buy no cure.
"""

import re

import numpy as np

from hearth.insight.rules import wording as w
from hearth.insight.rules.alike import alike
from hearth.insight.rules.columns import Bools, Ints
from hearth.insight.rules.evidence import SHOWN, evidence
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.talk_log import Origin
from hearth.insight.rules.times import DAY, HOUR
from hearth.insight.types import Reason, ReasonCode, Text
from hearth.kit.language import without_links_and_code

DAYS, READ = 56, 64  # posts of eight weeks, the latest of them
LEAST = 5
ALIKE_SHARE, THIN_SHARE, ADVERT_SHARE = 0.5, 0.4, 0.3
SUBSTANCE = 12  # words, or Chinese characters, below which a post says almost nothing
ECHO = 6 * HOUR  # a member who speaks within it spoke after the post
HEARD, SAID = 6, 3  # messages looked at after a post, and the words or Chinese characters that say something
BURST_DAYS, BURST_LEAST, BURST_SHARE, PAUSE = 84, 10, 0.6, 14
_WORDS = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]{2,}")
# What sells, in English and Chinese (not measured: no labelled set is at hand).
_OFFER = re.compile(
    r"\b(?:\d+\s?%\s+(?:off|discount)|discounts?|coupons?|promo(?:tion)?\s+code|special\s+offers?|limited\s+(?:time|offer)|"
    r"(?:order|buy|book|shop)\s+(?:now|here|today)|free\s+shipping|best\s+price)\b|"
    r"限[时時](?:特惠|优惠|優惠|抢购|搶購)|优惠[券价]|優惠[券價]|特[价價]|折扣|[打享]\s?\d(?:\.\d)?\s?折|立[减減]|[抢搶][购購]|秒[杀殺]|"
    r"下[单單]|包[邮郵]|[买買]一送一|[扫掃][码碼](?:[购購][买買]|下[单單]|[预預][约約])",
    re.IGNORECASE,
)
_PRICE_OR_LINK = re.compile(r"://|www\.|[$€£¥￥]\s?\d|\d\s?(?:元|%)", re.IGNORECASE)
_TEAM = (int(Origin.OPERATOR), int(Origin.SCHEDULED), int(Origin.PARTNER))


def output_reasons(view: GroupView) -> list[Reason]:
    """The causes that lie in the team's own posts."""
    rows = _posts(view, DAYS)[-READ:]
    found = [_bursts(view)]
    if len(rows) >= LEAST:
        texts = [view.log.texts[int(view.log.source_row[row])] for row in rows]
        found += [_templated(view, rows, texts), _thin(view, rows, texts), _promoting(view, rows, texts)]
    return [reason for reason in found if reason is not None]


def _posts(view: GroupView, days: int) -> Ints:
    """What the team opened with: answers to somebody are no posts."""
    log, rows = view.log, view.all_in(days)
    rows = rows[np.isin(log.origin[rows], _TEAM)]
    answers = (log.reply_to[rows] >= 0) | ((log.thread[rows] >= 0) & ~view.talk.starts[rows])
    return rows[~answers]


def _templated(view: GroupView, rows: Ints, texts: list[str]) -> Reason | None:
    """Copies that nobody takes up: a ritual is alike every week too, and lives."""
    near = alike([without_links_and_code(text) for text in texts])
    copied = near.any(axis=1)
    copied &= ~_echoed(view, rows)
    count = int(copied.sum())
    if count < LEAST or count < ALIKE_SHARE * len(rows):
        return None
    most = int((near & copied).sum(axis=1).argmax())
    family = rows[copied & (near[most] | (np.arange(len(rows)) == most))][::-1]
    numbers = {"alike": count, "posts": len(rows)}
    text = Text(w.TEMPLATE, {"alike": count, "posts": len(rows)})
    shown = evidence(view, family[:SHOWN])
    weight = 4 + 4 * (count / len(rows) - ALIKE_SHARE)
    return Reason(ReasonCode.TEMPLATED, text, Text(w.PLAY_TEMPLATE), numbers, shown, weight)


def _thin(view: GroupView, rows: Ints, texts: list[str]) -> Reason | None:
    thin = np.array([substance(text) < SUBSTANCE for text in texts], dtype=np.bool_) & ~_echoed(view, rows)
    count = int(thin.sum())
    if count < LEAST or count < THIN_SHARE * len(rows):
        return None
    numbers = {"thin": count, "posts": len(rows)}
    text = Text(w.THIN_POSTS, {"thin": count, "posts": len(rows)})
    shown = evidence(view, rows[thin][::-1][:SHOWN])
    weight = 3.5 + 4 * (count / len(rows) - THIN_SHARE)
    return Reason(ReasonCode.THIN, text, Text(w.PLAY_THIN), numbers, shown, weight)


def substance(text: str) -> int:
    """How much a post says: words of two letters or more and Chinese characters, outside links, code and quotes."""
    return len(_WORDS.findall(without_links_and_code(text)))


def _echoed(view: GroupView, rows: Ints) -> Bools:
    """Whether a member said something in the hours after each post, or in answer to it; "+1" and "ok" say nothing."""
    log, own = view.log, view.recent(DAYS)
    times, answered = log.at[own], np.where(log.reply_to[own] >= 0, log.reply_to[own], view.talk.target[own])

    def heard(row: int) -> bool:
        first = int(np.searchsorted(times, log.at[row], side="right"))
        last = int(np.searchsorted(times, log.at[row] + ECHO, side="right"))
        near = np.r_[own[first:last][:HEARD], own[answered == row][:HEARD]]
        return any(substance(log.texts[int(log.source_row[one])]) >= SAID for one in near)

    return np.array([heard(int(row)) for row in rows], dtype=np.bool_)


def promotes(text: str) -> bool:
    """Whether a post of the team sells: two phrases of an offer, or one beside a price or a link."""
    offers = {found.lower() for found in _OFFER.findall(text)}
    return len(offers) >= 2 or (bool(offers) and _PRICE_OR_LINK.search(text) is not None)


def _promoting(view: GroupView, rows: Ints, texts: list[str]) -> Reason | None:
    shown = rows[view.log.advert[rows] | np.array([promotes(text) for text in texts], dtype=np.bool_)]
    if len(shown) < LEAST or len(shown) < ADVERT_SHARE * len(rows):
        return None
    numbers = {"adverts": len(shown), "posts": len(rows)}
    text = Text(w.PROMOTING, {"adverts": len(shown), "posts": len(rows)})
    weight = 3 + 4 * (len(shown) / len(rows) - ADVERT_SHARE)
    given = evidence(view, shown[::-1][:SHOWN])
    return Reason(ReasonCode.SELF_PROMOTION, text, Text(w.PLAY_PROMOTING), numbers, given, weight)


def _bursts(view: GroupView) -> Reason | None:
    rows = _posts(view, BURST_DAYS)
    if len(rows) < BURST_LEAST:
        return None
    days, count = np.unique(view.log.at[rows] // DAY, return_counts=True)
    share = float(np.sort(count)[-3:].sum()) / len(rows)
    gap = int(np.diff(np.r_[days, view.at // DAY]).max())
    if share < BURST_SHARE or gap < PAUSE:
        return None
    numbers = {"burst_share": share, "posts": len(rows), "longest_pause_days": gap}
    text = Text(w.BURST, {"percent": f"{round(100 * share)} %", "posts": len(rows), "gap": gap})
    busiest = rows[view.log.at[rows] // DAY == days[count.argmax()]]
    shown = evidence(view, busiest[:3])
    return Reason(ReasonCode.BURSTS, text, Text(w.PLAY_STEADY), numbers, shown, 3 + 2 * share)

"""Whether a message sounds sharp: insult, contempt, quarrel, bitter complaint; a small list in English and Chinese.

A list knows no irony and no context; it misses most of what people mean and hits some quotes. It is used for one thing
alone: whether the share of sharp messages in a group has risen. ``bench/tone.py`` measures it.
"""

import re

import numpy as np

from hearth.insight.rules import wording as w
from hearth.insight.rules.columns import Bools, Ints
from hearth.insight.rules.evidence import SHOWN, evidence
from hearth.insight.rules.group_view import GroupView
from hearth.insight.types import Number, Reason, ReasonCode, Text
from hearth.kit.language import without_links_and_code

LATELY, BEFORE, READ = 28, 84, 1_000  # days; the latest messages looked at in each
LEAST, TIMES, SURE = 6, 2.0, 3.0  # sharp messages, times the share before, standard errors
_SHARP = re.compile(
    r"\b(?:idiots?|idiotic|morons?|stupid|dumb(?:ass)?|retard(?:ed|s)?|pathetic|disgusting|shut\s+up|stfu|gtfo|"
    r"f+u+c*k\w*|\w*fuck\w*|bitch\w*|assholes?|bastards?|bullshit|scum\w*|losers?|liars?|scam(?:mers?|med)?|"
    r"hate\s+(?:you|u|him|her|them|these|those|this)|screw\s+you|go\s+to\s+hell|piss(?:ed)?\s+off|"
    r"shame\s+on\s+you|how\s+dare\s+you|sick\s+of\s+(?:you|this|your)|waste\s+of\s+(?:time|money)|rip-?off|"
    r"(?:absolutely|totally|completely)\s+(?:useless|worthless|unacceptable)|nobody\s+(?:cares|here\s+cares|answers))\b|"
    r"傻[逼比叉缺瓜子屌]|煞笔|沙雕|脑[残殘]|智障|弱智|白[痴癡]|[废廢]物|垃圾|[贱賤][人货貨]|[滚滾](?:[蛋开開出粗犊犢]|吧)|去死|[闭閉]嘴|"
    r"他[妈媽]的|[妈媽]的|[操草艹][你尼]|[混王]八?蛋|畜[生牲]|人渣|狗[东東屁]|[恶惡]心|不要[脸臉]|[骗騙]子|[骗騙][钱錢]|黑心|坑人|"
    r"[没沒]人管|[没沒]人理|什么玩意|什麼玩意|太差了|差[劲勁]|受[够夠]了|[气氣]死|吵死|有病吧|[装裝][逼比]|[尼你][玛瑪嘛妈媽]|[仙田]女婊|婊子?|[杂雜][种種]|"
    r"[国國]蝻|蛆|死全家|[丑醜]八怪|[恶惡]臭|下[贱賤]|不配",
    re.IGNORECASE,
)


def sounds_sharp(text: str) -> bool:
    """Whether a message holds a sharp word outside links, code and quotes."""
    return _SHARP.search(without_links_and_code(text)) is not None


def tone_reason(view: GroupView) -> Reason | None:
    """The share of sharp messages rose clearly, compared with the twelve weeks before."""
    now, before = view.recent(LATELY)[-READ:], view.recent(BEFORE, skip=LATELY)[-READ:]
    if len(now) < LEAST:
        return None
    sharp = _sharp(view, now)
    count = int(sharp.sum())
    if count < LEAST or not len(before):
        return None
    earlier = int(_sharp(view, before).sum())
    share, usual = count / len(now), earlier / len(before)
    both = (count + earlier) / (len(now) + len(before))
    error = float(np.sqrt(both * (1 - both) * (1 / len(now) + 1 / len(before))))
    if share < TIMES * usual or (share - usual) < SURE * error:
        return None
    numbers = {"sharp": count, "messages": len(now), "sharp_share": share, "sharp_share_before": usual}
    params: dict[str, Number] = {"sharp": count, "messages": len(now), "before": f"{100 * usual:.1f} %"}
    shown = evidence(view, now[sharp][::-1][:SHOWN])
    return Reason(ReasonCode.TONE, Text(w.SHARP, params), Text(w.PLAY_CALM), numbers, shown, 4 + 4 * min(1, share))


def _sharp(view: GroupView, rows: Ints) -> Bools:
    texts = (view.log.texts[int(view.log.source_row[row])] for row in rows)
    return np.fromiter(map(sounds_sharp, texts), np.bool_, len(rows))

"""The same thought in other words: small changes people make when they say something again."""

import random
import re

SENTENCE_END = re.compile(r"""(?<=[.!?。！？])(?![.!?。！？\d”"’')）*_])\s*(?=\S)""")
SWAPS = {
    "en": tuple(
        (re.compile(old), new)
        for old, new in (
            (r"\bI'd (?!had|better|been)", "I would "),
            (r"\bdon't\b", "do not"),
            (r"\bThat's (?!been|got)", "That is "),
            (r"\b([Ii])t's (?!been|got)", r"\1t is "),
            (r"\bisn't\b", "is not"),
            (r"\bcan't\b", "cannot"),
            (r"\bWe've\b", "We have"),
            (r"\bdoesn't\b", "does not"),
            (r"\bI've\b", "I have"),
            (r"\bthey're\b", "they are"),
            (r"\busually\b", "mostly"),
            (r"(?<=[a-z]) first,", " first of all,"),
            (r"^We (?=[a-z])", "Here we "),
            (r"\bI ask\b", "I always ask"),
            (r"^Check ", "I'd check "),
            (r"^Ask (?=[a-z])", "I'd ask "),
            (r"\ba few\b", "some"),
            (r" and then ", ", then "),
            (r"(?<!well )\bworth (?=[a-z]+ing)", "well worth "),
            (r"\bthe chart\b", "the notes"),
            (r"^Treat ", "I'd treat "),
            (r"^Look at\b", "Have a look at"),
            (r"^Put ", "I'd put "),
            (r"^Write ", "I'd write "),
            (r"\bevery time\b", "each time"),
            (r"\bnearly\b", "almost"),
            (r"\bhelps\b", "does help"),
        )
    ),
    "zh": tuple(
        (re.compile(old), new)
        for old, new in (
            ("我们科", "我们这边"),
            ("(?<!咱)我们(?![科院中])", "咱们"),
            ("一般(?!人)", "通常"),
            ("(?<!我)建议(?=[先早大打把])", "我建议"),
            ("就行(?=[。，！])", "就好"),
            ("大家", "各位"),
            ("(?<!不)一定(?=[要看先会])", "务必"),
            ("多半", "大多"),
            ("管用", "有用"),
            ("病人", "患者"),
            ("然后", "接着"),
            ("特别(?=[好多暖细疼小愿])", "很"),
            ("(?<!学)问问(?!题)", "问一下"),
            ("看看(?=[，。！]|成分)", "看一下"),
            ("记得(?=[带写留约做问])", "别忘了"),
            ("很多", "好多"),
            ("(?<=[我他她])也(?=[有是在遇试做])", "同样"),
            ("马上", "立刻"),
            ("医生(?=[说让定讲]|都)", "大夫"),
            ("现在(?=[用吃做是只的])", "如今"),
            ("能不能", "可不可以"),
            ("不用(?=[天慌查停])", "用不着"),
            ("赶紧", "赶快"),
            ("以后", "之后"),
            ("复诊的时候", "复诊时"),
        )
    ),
}
HEAD_LENGTH = 34


def reword(text: str, language: str, rng: random.Random) -> str:
    """``text`` with one or two small changes: another word, the last sentence left off, another ending."""
    for _ in range(rng.randint(1, 2)):
        text = rng.choice((_swap, _swap, _shorten, _ending))(text, language, rng)
    return text


def _swap(text: str, language: str, rng: random.Random) -> str:
    known = [(old, new) for old, new in SWAPS[language] if old.search(text)]
    if not known:
        return text
    old, new = rng.choice(known)
    return old.sub(new, text, count=1)


def _shorten(text: str, language: str, rng: random.Random) -> str:
    pieces = SENTENCE_END.split(text)
    head = text[: text.rindex(pieces[-1])].rstrip() if len(pieces) > 1 else text
    enough = len(head) >= (HEAD_LENGTH if language == "en" else HEAD_LENGTH // 3)
    asks = (
        "?" in pieces[-1]
        or "？" in pieces[-1]
        or text.count("*") % 2
        or head.count('"') % 2
        or head.count("“") != head.count("”")
    )
    return head if enough and not asks and rng.random() < 0.8 else text


def _ending(text: str, language: str, rng: random.Random) -> str:
    if language == "zh" and text.endswith("。"):
        return text[:-1] + rng.choice(("", "", "！"))
    if language == "en" and text.endswith(".") and len(text) < 90:
        return text[:-1]
    return text

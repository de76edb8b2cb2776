"""What WeChat itself writes into a group: who came and went, and what was taken back. In Chinese and English."""

import re
from typing import NamedTuple

_NOTICE = 400  # characters
_Q = '["“”]?'
_MOVES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("join", rf"{_Q}(?P<by>.+?){_Q}邀请{_Q}(?P<who>.+?){_Q}加入了?群聊.*"),
        ("join", rf"{_Q}(?P<by>.+?){_Q}邀請{_Q}(?P<who>.+?){_Q}加入了?群組?聊?.*"),
        ("join", rf"{_Q}(?P<who>.+?){_Q}(?:通过|透過).+加入了?群聊.*"),
        ("join", rf"{_Q}(?P<who>.+?){_Q}加入了?群聊.*"),
        ("join", rf"{_Q}(?P<by>.+?){_Q} invited {_Q}(?P<who>.+?){_Q} to the group chat.*"),
        ("join", rf"{_Q}(?P<who>.+?){_Q} joined (?:the )?group chat.*"),
        ("leave", rf"{_Q}(?P<by>.+?){_Q}(?:将|將|把){_Q}(?P<who>.+?){_Q}移出了?群聊.*"),
        ("leave", rf"{_Q}(?P<by>.+?){_Q} removed {_Q}(?P<who>.+?){_Q} from the group chat.*"),
        ("leave", rf"{_Q}(?P<who>.+?){_Q}(?:退出|离开|離開)了?群聊.*"),
        ("leave", rf"{_Q}(?P<who>.+?){_Q} left the group chat.*"),
    )
)
_TAKEN_BACK = re.compile(r".{0,100}(?:撤回了一条(?:成员)?消息|收回了一則訊息|recalled a message).{0,40}", re.DOTALL)
_SPLIT = re.compile(r"[\"“”]?[、,，][\"“”]?\s?")
_YOU = frozenset(("你", "您", "You", "you"))
_TAG = re.compile(r"<!\[CDATA\[|\]\]>|<[^<>]{1,200}>")


class Moved(NamedTuple):
    """Who joined or left; ``by`` is empty when they did it themselves or the exporting person did it."""

    kind: str
    who: tuple[str, ...]
    by: str


def moved(notice: str) -> Moved | None:
    """Who came or went; None when the notice speaks of something else or of the exporting person alone."""
    text = _TAG.sub("", notice[:_NOTICE]).strip()
    for kind, pattern in _MOVES:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        told = found.groupdict()
        names = (name.strip('"“” ') for name in _SPLIT.split(told["who"]))
        who = tuple(name for name in names if name and name not in _YOU)
        by = told.get("by") or ""
        return Moved(kind, who, "" if by in _YOU else by) if who else None
    return None


def is_taken_back(notice: str) -> bool:
    """Whether somebody took a message back."""
    return _TAKEN_BACK.fullmatch(_TAG.sub("", notice[:_NOTICE]).strip()) is not None

"""When a line of WhatsApp's export was said. The form is that of the phone's language and region, not a fixed one.

``12/31/23, 9:15 PM - ``, ``31.12.23, 21:15 - ``, ``[2023/12/31 下午9:15:33] ``, ``[٣١/١٢/٢٠٢٣، ٩:١٥:٣٣ م] ``: order of
day and month, separators, seconds, halves of the day, digits and invisible marks all vary. Whether the day or the month
comes first is settled from the whole file: a number above 12 decides, or the one order in which time does not run
backwards; dots and hyphens are only used by people who write the day first. Otherwise it stays open.
"""

import re
from datetime import datetime, tzinfo
from typing import NamedTuple

from hearth.carriers.rules.times import TimeProblemError

MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_M = f"[{MARKS}]{{0,3}}"  # bounded: several in a row must not make matching slow
_HALF = r"[^\W\d_][^\d\[\]<>:]{0,11}?"
_HEAD = re.compile(
    rf"{_M}(?P<open>\[?){_M}"
    rf"(?P<a>\d{{1,4}}){_M}(?P<sep>\s?[-/.年년])\s?{_M}(?P<b>\d{{1,2}}){_M}\s?[-/.月월]\s?{_M}(?P<c>\d{{1,4}}){_M}"
    rf"\s?[.日일]?{_M}[,،、]?{_M}\s?(?P<word>[^\W\d]{{1,4}}[.,]{{0,2}}\s)?{_M}"
    rf"(?:(?P<before>{_HALF})\s?{_M})?"
    rf"(?P<h>\d{{1,2}}){_M}[:.]{_M}(?P<mi>\d{{2}})(?:{_M}[:.]{_M}(?P<s>\d{{2}}))?{_M}"
    rf"(?:\s?{_M}(?P<after>{_HALF}){_M})?"
    rf"(?:(?P<close>\])\s?|\s[-–—]\s)"
)
_NOISE = re.compile(rf"[{MARKS}\s.,\u0589'’״\"]+")
_AM = [
    "am",
    "vorm",
    "π.μ",
    "πμ",
    "ص",
    "صباحًا",
    "صباحا",
    "ق.ظ",
    "قظ",
    "上午",
    "早上",
    "凌晨",
    "오전",
    "午前",
    "öö",
    "sa",
    "pg",
    "पूर्वाह्न",
    "সকাল",
    "ก่อนเที่ยง",
    "לפנהצ",
]
_PM = [
    "pm",
    "nachm",
    "μ.μ",
    "μμ",
    "م",
    "مساءً",
    "مساء",
    "ب.ظ",
    "بظ",
    "下午",
    "晚上",
    "中午",
    "傍晚",
    "오후",
    "午後",
    "ös",
    "ch",
    "ptg",
    "अपराह्न",
    "বিকাল",
    "หลังเที่ยง",
    "אחהצ",
]


def _plain(half: str) -> str:
    return _NOISE.sub("", half).casefold()


_HALVES = {_plain(word): 12 for word in _PM} | {_plain(word): 0 for word in _AM}


def _half_in(word: str) -> str:
    """A word between date and time is a half of the day, or one like “at” that says nothing."""
    return word if _plain(word) in _HALVES else ""


class Head(NamedTuple):
    """The date's three numbers as they stand, its separator, and the minute of the day; whether it is in brackets."""

    first: int
    second: int
    third: int
    sep: str
    clock: tuple[int, int, int]
    half: str
    in_brackets: bool
    is_year_first: bool
    shown: str


def head_of(line: str) -> tuple[Head, str] | None:
    """The time a line begins with and what follows it, or None when it begins with none."""
    found = _HEAD.match(line) if line[:1].isdigit() or line[:1] == "[" or line[:1] in MARKS else None
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    first = found["a"]
    third = found["c"]
    if (len(first) > 2) == (len(third) > 2) and len(first) > 2:
        return None
    head = Head(
        int(first),
        int(found["b"]),
        int(third),
        found["sep"].strip(),
        (int(found["h"]), int(found["mi"]), int(found["s"] or 0)),
        found["before"] or found["after"] or _half_in(found["word"] or ""),
        bool(found["open"]),
        len(first) > 2,
        line[: found.end()].strip(" -–—[]"),
    )
    return head, line[found.end() :]


def moment_of(head: Head, zone: tzinfo, day_first: bool | None) -> int:
    """Milliseconds since 1970 UTC. Raises TimeProblemError: ``ambiguous_time`` or ``bad_time``."""
    try:
        year, month, day = _date(head, day_first)
        hour, minute, second = head.clock
        if head.half:
            shift = _HALVES.get(_plain(head.half))
            if shift is None or (hour > 12 and shift == 0):
                raise TimeProblemError("bad_time")
            hour = hour if hour > 12 else hour % 12 + shift
        return int(datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp()) * 1000
    except (ValueError, OverflowError, OSError) as error:
        raise error if isinstance(error, TimeProblemError) else TimeProblemError("bad_time") from None


def _date(head: Head, day_first: bool | None) -> tuple[int, int, int]:
    if head.is_year_first:
        return head.first, head.second, head.third
    year = head.third + (2000 if head.third < 100 else 0)
    if head.first > 12 or (day_first and head.second <= 12) or head.first == head.second:
        return year, head.second, head.first
    if head.second > 12 or day_first is False:
        return year, head.first, head.second
    raise TimeProblemError("ambiguous_time")


class DateOrder:
    """Learns from head after head whether the day comes first. ``settled`` when no further head can change it."""

    def __init__(self) -> None:
        self.settled: bool | None = None
        self._latest = {True: (0, 0, 0), False: (0, 0, 0)}
        self._backwards = {True: 0, False: 0}
        self._sep = ""

    def saw(self, head: Head) -> None:
        """One more head."""
        if head.is_year_first:
            return
        self._sep = head.sep
        if head.first > 12 or head.second > 12:
            self.settled = head.first > 12
        for day_first in (True, False):
            day, month = (head.first, head.second) if day_first else (head.second, head.first)
            date = (head.third, month, day)
            self._backwards[day_first] += date < self._latest[day_first]
            self._latest[day_first] = date

    @property
    def day_first(self) -> bool | None:
        """True for 31/12, False for 12/31, None when nothing tells."""
        if self.settled is not None:
            return self.settled
        if (self._backwards[True] == 0) != (self._backwards[False] == 0):
            return self._backwards[True] == 0
        return True if self._sep in (".", "-") else None

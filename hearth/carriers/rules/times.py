"""Times as people and programs write them, read into milliseconds since 1970 UTC.

Numbers: seconds, milliseconds, micro- or nanoseconds by size; days of a spreadsheet. Texts: ISO 8601, ``2024/3/5
14:03``, ``2024年3月5日 下午2:03``, ``5/3/2024 2:03 PM``, RFC 5322. A time without a zone is in the zone declared.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

EARLIEST_MS = 631_152_000_000  # 1990-01-01: before it there were no exports of this kind, only wrong units
DAY_MS = 86_400_000

_CLOCK = (
    r"(?:[T,，\s]*(?:星期|周|週|礼拜|禮拜)[一二三四五六日天])?[T,，\s]*"
    r"(?:(?P<half>凌晨|早上|上午|中午|下午|傍晚|晚上|[AaPp]\.?[Mm]\.?)?\s*"
    r"(?P<h>\d{1,2})\s*[:：时時点點]\s*(?P<mi>\d{1,2})?\s*分?\s*(?:[:：]?\s*(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?\s*秒?)?"
    r"\s*(?P<half2>[AaPp]\.?[Mm]\.?)?\s*(?P<z>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?\s*"
)
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<mo>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号號]?" + _CLOCK)
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})\s*[-/.]\s*(?P<b>\d{1,2})\s*[-/.]\s*(?P<y>\d{4}|\d{2})" + _CLOCK)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?")
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,12})?")
_AFTERNOON = frozenset(("pm", "下午", "傍晚", "晚上"))
_MORNING = frozenset(("am", "凌晨", "早上", "上午"))


class TimeProblemError(ValueError):
    """A time that cannot be used; ``code`` says why (``no_time``, ``bad_time``, ``ambiguous_time``)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def from_number(value: float, zone: tzinfo = UTC) -> int:
    """Milliseconds from a number: unit by size, as the ranges 1990 to 2100 of the units do not touch."""
    if not -1e30 < value < 1e30:  # also what is no number, or too large for a float
        raise TimeProblemError("bad_time")
    if 32_874 <= value < 73_051:  # days since 1899-12-30, as spreadsheets count: 1990 to 2099
        return _stamp(datetime(1899, 12, 30, tzinfo=zone) + timedelta(seconds=round(value * 86_400)), zone)
    size = abs(value)
    if size < 1e11:
        return round(value * 1000)
    if size < 1e14:
        return int(value)
    return int(value // 1000) if size < 1e17 else int(value // 1_000_000)


def parse_time(value: object, zone: tzinfo = UTC, day_first: bool | None = None) -> int:
    """Milliseconds since 1970 UTC. Raises ``TimeProblemError``."""
    if isinstance(value, bool) or value is None or value == "":
        raise TimeProblemError("no_time")
    if isinstance(value, int | float):
        return from_number(value, zone)
    if not isinstance(value, str):
        raise TimeProblemError("bad_time")
    text = value.strip()
    if not text:
        raise TimeProblemError("no_time")
    if len(text) > 64:
        raise TimeProblemError("bad_time")
    try:
        return _from_text(text, zone, day_first)
    except TimeProblemError:
        raise
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        raise TimeProblemError("bad_time") from None


def day_comes_first(texts: list[str]) -> bool | None:
    """What a sample of times shows: True for 25/3/2024, False for 3/25/2024, None when nothing tells."""
    for text in texts:
        found = _YEAR_LAST.fullmatch(unicodedata.normalize("NFKC", text.strip()))
        if found is None:
            continue
        first, second = int(found["a"]), int(found["b"])
        if first > 12 >= second:
            return True
        if second > 12 >= first:
            return False
    return None


def _from_text(text: str, zone: tzinfo, day_first: bool | None) -> int:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if text[0].isdigit() and "-" in text[4:5]:
        try:
            return _stamp(datetime.fromisoformat(text), zone)
        except ValueError:
            pass
    compact = _COMPACT.fullmatch(text)
    if compact:
        year, month, day, hour, minute, second = (int(part) for part in compact.groups("0"))
        return _stamp(datetime(year, month, day, hour, minute, second, tzinfo=zone), zone)
    if _NUMBER.fullmatch(text):
        return from_number(float(text), zone)
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        return _stamp(_moment(found, int(found["y"]), int(found["mo"]), int(found["d"]), zone), zone)
    found = _YEAR_LAST.fullmatch(text)
    if found:
        return _stamp(_moment(found, *_order(found, day_first), zone), zone)
    return _stamp(parsedate_to_datetime(text), zone)


def _order(found: re.Match[str], day_first: bool | None) -> tuple[int, int, int]:
    first, second, year = int(found["a"]), int(found["b"]), int(found["y"])
    year += 2000 if year < 100 else 0
    if first > 12 or (day_first and second <= 12):
        return year, second, first
    if second > 12 or day_first is False or first == second:
        return year, first, second
    raise TimeProblemError("ambiguous_time")


def _moment(found: re.Match[str], year: int, month: int, day: int, zone: tzinfo) -> datetime:
    hour = int(found["h"] or 0)
    half = (found["half"] or found["half2"] or "").lower().replace(".", "")
    if (half in _AFTERNOON and hour < 12) or (half == "中午" and hour < 10):
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    fraction = int((found["f"] or "").ljust(6, "0")[:6])
    moment = datetime(year, month, day, hour, int(found["mi"] or 0), int(found["s"] or 0), fraction, zone)
    mark = found["z"]
    if not mark:
        return moment
    if mark in ("Z", "UTC", "GMT"):
        return moment.replace(tzinfo=UTC)
    shift = timedelta(hours=int(mark[1:3]), minutes=int(mark[-2:]))
    return (moment - shift if mark[0] == "+" else moment + shift).replace(tzinfo=UTC)


def _stamp(moment: datetime, zone: tzinfo) -> int:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return round(moment.timestamp() * 1000)

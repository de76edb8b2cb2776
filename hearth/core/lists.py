"""What is put into sentences: members of a list in a row, days and moments as the reader writes them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext

TIMES = {"day": "DATE_FORMAT", "until": "DATETIME_FORMAT"}


def listed(values: Iterable[Any]) -> str:
    """ "Basel, Bern", in Chinese "Basel、Bern"; lists within the list are parted by the next stronger mark."""
    told = list(values)
    if any(isinstance(one, list | tuple) for one in told):
        return gettext("; ").join(listed(one) if isinstance(one, list | tuple) else str(one) for one in told)
    return pgettext("between the members of a list", ", ").join(str(one) for one in told)


def worded(params: Mapping[str, Any]) -> dict[str, Any]:
    """What is put into a sentence: its lists in a row, and what is called ``day`` or ``until`` (a day or moment of
    ISO 8601) as the reader writes it, by the clock of the reader.
    """
    return {name: _worded(name, value) for name, value in params.items()}


def _worded(name: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return listed(value)
    return _moment(value, TIMES[name]) if name in TIMES and isinstance(value, str) else value


def _moment(text: str, form: str) -> str:
    """A moment in this form, a day as a day, anything else as it is."""
    try:
        moment = datetime.fromisoformat(text)
        is_day = len(text) == len("2026-11-28")
        return date_format(moment if is_day else localtime(moment), "DATE_FORMAT" if is_day else form)
    except (ValueError, OverflowError):
        return text

"""Members of a list in a row, with the marks of the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext, pgettext


def listed(values: Iterable[Any]) -> str:
    """ "Basel, Bern", in Chinese "Basel、Bern"; lists within the list are parted by the next stronger mark."""
    told = list(values)
    if any(isinstance(one, list | tuple) for one in told):
        return gettext("; ").join(listed(one) if isinstance(one, list | tuple) else str(one) for one in told)
    return pgettext("between the members of a list", ", ").join(str(one) for one in told)


def worded(params: Mapping[str, Any]) -> dict[str, Any]:
    """What is put into a sentence, its lists in a row."""
    return {name: listed(value) if isinstance(value, list | tuple) else value for name, value in params.items()}

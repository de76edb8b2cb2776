"""Refreshes the readings of the community in scope: its facts in, every metric out.

Loads the engines; so it is imported by what measures, never by what every process starts with.
"""

from collections.abc import Callable

from hearth.core.metrics import metrics
from hearth.insight.queries.feed import LivingFeed
from hearth.insight.queries.readings import columns_folder, today_of_community
from hearth.insight.services.columns import ColumnStore, Manifest, refresh_columns, unheard


def refresh_metrics(tell: Callable[[str, int, int], None] | None = None) -> Manifest:
    """Bring the readings to the beginning of the community's present day. ``tell(step, done, total)`` hears of it."""
    hear = tell or unheard
    feed = LivingFeed(lambda count: hear("facts", count, count))
    told = [metric for metric in metrics if not metric.waits]
    return refresh_columns(ColumnStore(columns_folder()), feed, told, today_of_community(), hear)


def rebuild_metrics(tell: Callable[[str, int, int], None] | None = None) -> Manifest:
    """The same from nothing: what a full rebuild says is what the refreshes said."""
    ColumnStore(columns_folder()).discard()
    return refresh_metrics(tell)

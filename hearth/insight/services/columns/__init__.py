"""The column files of a community: acts and roll-ups by week, states, readings; what the metrics are computed from.

A refresh writes new files beside the old ones and publishes them by renaming one manifest, so that a reader sees all of
it or nothing, and a refresh that is killed leaves nothing behind but files the next one clears away.
"""

from hearth.insight.rules.columnfile import Damaged, Manifest
from hearth.insight.services.columns.at_once import readings_at
from hearth.insight.services.columns.refresh import Feed, refresh_columns, unheard
from hearth.insight.services.columns.store import ColumnStore

__all__ = ["ColumnStore", "Damaged", "Feed", "Manifest", "readings_at", "refresh_columns", "unheard"]

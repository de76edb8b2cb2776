"""Which tables of the log a metric asks for."""

from ibis.expr.types import Table

from hearth.core.metrics import Metric
from hearth.insight.rules.measuring.log import MomentLog


class _Listening:
    """A log that remembers what it was asked."""

    def __init__(self, log: MomentLog) -> None:
        self._log = log
        self.asked: set[str] = set()

    @property
    def moment(self) -> object:
        return self._log.moment

    def window(self, table: str, days: int, skip: int = 0) -> Table:
        self.asked.add(table)
        return self._log.window(table, days, skip)

    def standing(self, table: str) -> Table:
        self.asked.add(table)
        return self._log.standing(table)


def tables_asked(metric: Metric, log: MomentLog) -> frozenset[str]:
    """The names of the tables that the metric's expression reads; none for one that has no expression."""
    listening = _Listening(log)
    if metric.expression is not None:
        metric.expression(listening)
    return frozenset(listening.asked)

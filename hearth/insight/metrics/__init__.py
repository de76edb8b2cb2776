"""The metrics that cut across modules, and the catalogue's that wait for their facts."""

from hearth.insight.metrics import lives, waiting

__all__ = ["lives", "waiting"]

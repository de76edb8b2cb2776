"""The metrics that cut across modules, and the catalogue's that wait for their facts."""

from hearth.insight.metrics import lives, pulse, waiting

__all__ = ["lives", "pulse", "waiting"]

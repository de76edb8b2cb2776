"""The metrics that cut across modules, those of pictures, and the catalogue's that wait for their facts."""

from hearth.insight.metrics import cohorts, lives, pulse, waiting

__all__ = ["cohorts", "lives", "pulse", "waiting"]
